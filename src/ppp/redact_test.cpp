// SPDX-License-Identifier: Apache-2.0
#include "ppp/redact.h"

#include <doctest/doctest.h>

#include <string>

using namespace redial;
using namespace redial::ppp;
using namespace std::string_literals;

namespace {

std::string kept(uint16_t protocol, const std::string& packet, const char* secret = "sesame") {
  const Bytes out = redacted(protocol, as_bytes(packet), Secret(secret));
  CHECK(out.size() == packet.size());
  return std::string(as_text(out));
}

constexpr uint16_t kLcp = 0xc021, kPap = 0xc023, kChap = 0xc223, kIp = 0x0021;

}  // namespace

TEST_CASE("a PAP password becomes asterisks, its name stays, its length stays") {
  CHECK(kept(kPap, "\1\7\0\17\3ann\6sesame"s) == "\1\7\0\17\3ann\6******"s);
  CHECK(kept(kPap, "\1\7\0\17\3ann\6sesame"s, "") == "\1\7\0\17\3ann\6******"s);
  CHECK(kept(kPap, "\2\7\0\17\12no, sesame"s) ==
        "\2\7\0\17\12no, ******"s);  // an answer that quotes it
}

TEST_CASE("CHAP values and the proof of a server are covered, names and messages stay") {
  CHECK(kept(kChap, "\1\1\0\13\4abcdann"s) == "\1\1\0\13\4\0\0\0\0ann"s);
  CHECK(kept(kChap, "\2\1\0\13\4abcdann"s) == "\2\1\0\13\4\0\0\0\0ann"s);
  CHECK(kept(kChap, "\3\1\0\20S=AB12 M=ok"s) == "\3\1\0\20S=0000 M=ok"s);
  CHECK(kept(kChap, "\7\1\0\10abcd"s) == "\7\1\0\10\0\0\0\0"s);  // RFC 2759 §6: Change-Password
}

TEST_CASE("a rejected frame that comes back inside LCP is covered too") {
  CHECK(kept(kLcp, "\10\1\0\25\xc0\x23\1\7\0\17\3ann\6sesame"s) ==
        "\10\1\0\25\xc0\x23\1\7\0\17\3ann\6******"s);
}

TEST_CASE("whatever is cut or lies about its lengths is covered as far as it goes") {
  const std::string pap = "\1\7\0\17\377ann\6sesame"s, chap = "\1\1\0\13\377abcdann"s;
  for (size_t size = 0; size <= pap.size(); ++size) (void)kept(kPap, pap.substr(0, size));
  for (size_t size = 0; size <= chap.size(); ++size) (void)kept(kChap, chap.substr(0, size));
}

TEST_CASE("what users send over IP is theirs") { CHECK(kept(kIp, "sesame") == "sesame"); }
