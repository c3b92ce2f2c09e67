// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "modem/pattern.h"

using namespace redial::modem;

namespace {

using Kind = PatternPiece::Kind;
using Pattern = std::vector<PatternPiece>;

/// "full 6", "open 6", "partial", "none"; a "!" for a line that has ended.
std::string outcome(const Pattern& pattern, std::string_view text, bool over = false) {
  const PatternMatch match = match_pattern(pattern, text, over);
  switch (match.verdict) {
    case PatternMatch::Verdict::None: return "none";
    case PatternMatch::Verdict::Partial: return "partial";
    case PatternMatch::Verdict::Full: break;
  }
  std::string full = match.open ? "open " : "full ";
  return full.append(std::to_string(match.end));
}

}  // namespace

TEST_CASE("a literal matches octet by octet; line ends at its head are passed over") {
  const Pattern ok = {{Kind::Literal, "\r\nOK\r\n"}};
  CHECK(outcome(ok, "O") == "partial");
  CHECK(outcome(ok, "OK\r") == "partial");
  CHECK(outcome(ok, "OK\r\n") == "full 4");
  CHECK(outcome(ok, "OKAY") == "none");
  CHECK(outcome(ok, "ok\r\n") == "none");
  CHECK(outcome(ok, "OK\r", true) == "full 3");  // the line ended without <lf>
  CHECK(outcome({{Kind::Literal, std::string("\0CLIENT", 7)}}, "CLIENT") == "full 6");
  CHECK(outcome({{Kind::Literal, "\r\n"}}, "OK") == "none");
}

TEST_CASE("a hole takes any run of the line up to the next literal that fits") {
  const Pattern arq = {
      {Kind::Literal, "CONNECT "}, {Kind::Ignore, ""}, {Kind::Literal, "/ARQ"}, {Kind::Ignore, ""}};
  CHECK(outcome(arq, "CONNECT 9600") == "partial");
  CHECK(outcome(arq, "CONNECT 9600/AR/ARQ") == "open 19");
  CHECK(outcome(arq, "CONNECT 9600/ARQ/V32\r\n", true) == "full 22");
  CHECK(outcome(arq, "CONNECT 9600/NONE\r\n", true) == "none");
  CHECK(outcome(arq, "CONNECT 9600\r\n/ARQ", true) == "none");
}

TEST_CASE("digits are caught, one octet is one octet, and matched text may stand anywhere") {
  const Pattern rates = {{Kind::Literal, "CARRIER "},
                         {Kind::CarrierBps, ""},
                         {Kind::Literal, "/"},
                         {Kind::ConnectBps, ""}};
  const PatternMatch match = match_pattern(rates, "CARRIER 28800/57600\r\n", false);
  CHECK(match.verdict == PatternMatch::Verdict::Full);
  CHECK(match.end == 19);
  CHECK(match.caught.carrier_bps == 28800);
  CHECK(match.caught.connect_bps == 57600);
  CHECK(outcome(rates, "CARRIER 28800/57600") == "open 19");
  CHECK(outcome(rates, "CARRIER /") == "none");
  CHECK(match_pattern(rates, "CARRIER 99999999999/1\r", true).caught.carrier_bps == 0xffffffff);

  CHECK(outcome({{Kind::Literal, "A"}, {Kind::AnyOctet, ""}, {Kind::Literal, "C"}}, "AxC") ==
        "full 3");
  CHECK(outcome({{Kind::Match, "active"}}, "COM: call activ") == "none");
  CHECK(outcome({{Kind::Match, "active"}}, "COM: call active now") == "full 16");
}

TEST_CASE("diagnostics are caught up to the next literal, or to the end of the line") {
  CHECK(match_pattern(Pattern{{Kind::Literal, "CLR "}, {Kind::Diagnostics, ""}}, "CLR OCC 71\r\n",
                      true)
            .caught.diagnostics == "OCC 71");
  CHECK(match_pattern(Pattern{{Kind::Literal, "CLR "},
                              {Kind::Diagnostics, ""},
                              {Kind::Literal, " - "},
                              {Kind::Ignore, ""}},
                      "CLR OCC 71 - more\r\n", true)
            .caught.diagnostics == "OCC 71");
}

TEST_CASE("what begins with a hole for anything is vague") {
  CHECK(is_vague(Pattern{{Kind::Literal, "\r\n"}, {Kind::Diagnostics, ""}}));
  CHECK(is_vague(Pattern{{Kind::Ignore, ""}, {Kind::Literal, "OK"}}));
  CHECK_FALSE(is_vague(Pattern{{Kind::Literal, "\r\nOK"}}));
}

TEST_CASE("a pattern's first octet is that of its text, line ends passed over") {
  CHECK(head_of(Pattern{{Kind::Literal, "\r\nOK"}}).first == 'O');
  CHECK(head_of(Pattern{{Kind::Literal, "\r\n"}, {Kind::Literal, "BUSY"}}).first == 'B');
  CHECK_FALSE(head_of(Pattern{{Kind::Literal, "\r\n"}, {Kind::CarrierBps, ""}}).first);
  CHECK_FALSE(head_of(Pattern{{Kind::Ignore, ""}, {Kind::Literal, "OK"}}).first);
}

TEST_CASE("a pattern made to hurt takes no more than length times length") {
  Pattern pattern;
  for (int i = 0; i < 60; ++i) {
    pattern.push_back({Kind::Ignore, ""});
    pattern.push_back({Kind::Literal, "a"});
  }
  pattern.push_back({Kind::Literal, "b"});
  std::string text(252, 'a');
  text.replace(250, 2, "\r\n");
  CHECK(outcome(pattern, text, true) == "none");
}
