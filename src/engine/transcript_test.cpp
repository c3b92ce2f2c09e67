// SPDX-License-Identifier: Apache-2.0
#include "engine/transcript.h"

#include <doctest/doctest.h>

#include "core/rng.h"
#include "engine/escape.h"

using namespace redial;
using namespace redial::engine;

namespace {

std::string complaint(std::string_view text) {
  const auto read = read_transcript(text);
  return read ? "" : read.error().text;
}

constexpr std::string_view kHead =
    "redial-transcript 1\nbegun : 2026-11-25 20:15:00 UTC\nseed 00000000000000ff\n"
    "file : MODEM.INF\n| [Responses]\\r\n+ half\nline\n| [[line]]\nentry\n| [entry.a]\non 0 1\n"
    "user 9 : ann\ndomain : SALES\nnumber long-distance covered : 0,00\nnumber local unknown\n"
    "needs 0 1\nstart\n";

std::string with_head(std::string_view steps) { return std::string(kHead) + std::string(steps); }

}  // namespace

TEST_CASE("octets as text are what they were, whatever they are, and words stay readable") {
  CHECK(escaped(as_bytes("\r\nCONNECT 28800\r\n")) == "\\r\\nCONNECT 28800\\r\\n");
  CHECK(escaped(Bytes(1460, 0)) == "\\{00*1460}");
  CHECK(escaped(as_bytes("a\\{b\x7f")) == "a\\\\{b\\x7f");
  Rng dice(5);
  for (int i = 0; i < 2000; ++i) {
    Bytes octets;
    while (octets.size() < dice.below(60)) {
      const auto octet = static_cast<uint8_t>(dice.below(256));
      octets.insert(octets.end(), dice.chance(100'000) ? 20 : 1, octet);
    }
    CHECK(unescaped(escaped(octets), 4096) == octets);
  }
  for (const std::string_view wrong :
       {"\\", "\\q", "\\x1", "\\xgg", "\\{00*}", "\\{00*5", "\\{0*5}", "\\{00+5}", "\t",
        "\\{00*99999999999999999999}", "\\{00*4097}"}) {
    CAPTURE(std::string(wrong));
    CHECK_FALSE(unescaped(wrong, 4096).has_value());
  }
  CHECK_FALSE(unescaped("abc", 2).has_value());
}

TEST_CASE("every part of a head and every input is read as it was written") {
  const std::string text = with_head(
      "1.000000 dial 0\n  event 0 : calls, attempt 1\n  due never\n"
      "1.000001 opened 1\n1.500000 failed 0 DeviceMissing : /dev/ttyS0\n"
      "2.000000 octets 0 : \\r\\nOK\\r\\n\n  random 0a0b\n2.000000 carrier 0 on\n"
      "2.100000 packet 0 : E\\x00\n  not taken\n2.200000 keys 0 : ****\n2.300000 deadline\n"
      "2.300000 command 1 off\n2.300000 circuits 1 off\n2.300000 returned 0\n2.300000 demand 1\n"
      "2.300000 arm 1\n2.300000 end-terminal 0\n2.300000 calendar 2300000 1795637700000000\n"
      "2.400000 closed 0 DeviceVanished : unplugged\n2.500000 hang-up 0 UserHangUp\nend\n");
  const auto read = read_transcript(text);
  REQUIRE_MESSAGE(read.has_value(), read.error().text);
  CHECK(write_transcript(*read) == text);
  CHECK(read->finished);
  CHECK_FALSE(read->full);
  const TranscriptHead& head = read->head;
  CHECK(head.seed == 0xff);
  REQUIRE(head.files.size() == 1);
  CHECK(head.files[0].second == "[Responses]\r\nhalf");
  REQUIRE(head.links.size() == 1);
  CHECK(head.links[0].lines == std::vector<uint32_t>{0, 1});
  CHECK(head.links[0].password_octets == 9);
  REQUIRE(head.links[0].numbers.size() == 2);
  CHECK(head.links[0].numbers[0].covered);
  CHECK_FALSE(head.links[0].numbers[1].dialled.has_value());
  const TranscriptStep& heard = read->steps[3];
  CHECK(as_text(std::get<input::Octets>(heard.whole()).octets) == "\r\nOK\r\n");
  CHECK(heard.random == std::vector<Bytes>{{0x0a, 0x0b}});
  CHECK(heard.line == 23);
}

TEST_CASE("what is remembered of a link is read as it was written") {
  connection::LinkMemory memory;
  memory.wish = connection::Wish::Up;
  memory.failures = 3;
  memory.numbers = {{.digits = "555 0100", .held = 90s, .refusals = 1, .failed = {10s, 5s}}};
  const std::string line = write_input(Instant(5s), input::RestoreLink{LinkId{0}, memory}) + "\n";
  const auto read = read_transcript(with_head(line));
  REQUIRE_MESSAGE(read.has_value(), read.error().text);
  CHECK(std::get<input::RestoreLink>(read->steps[0].input).memory == memory);
}

TEST_CASE("a line that means nothing is named by its number, and nothing is run") {
  CHECK(complaint("") == "holds no record; nothing is run; redial dial --record FILE makes one");
  CHECK(complaint("hello\n").starts_with("line 1: no record begins so"));
  CHECK(complaint("redial-transcript 2\n").starts_with("line 1: "));
  CHECK(complaint("redial-transcript 1\nseed 1\n").starts_with("the record ends before"));
  CHECK(complaint("redial-transcript 1\nseed x\n").starts_with("line 2: "));
  CHECK(complaint("redial-transcript 1\n| text\n").starts_with("line 2: a text that belongs to"));
  for (const std::string_view wrong :
       {"1.000000 fly 0\n", "1.0 dial 0\n", "1.000000 dial\n", "1.000000 dial 0 0\n",
        "1.000000 dial 99999\n", "1.000000 answer 0\n", "1.000000 carrier 0 maybe\n",
        "1.000000 octets 0 : \\q\n", "1.000000 closed 0 Whatever : x\n", "  due never\n",
        "1.000000 restore-link 0 : x\n", "end\n1.000000 dial 0\n",
        "99999999999999.000000 dial 0\n"}) {
    CAPTURE(std::string(wrong));
    CHECK(complaint(with_head(wrong)).starts_with("line "));
  }
  const std::string back = complaint(with_head("2.000000 dial 0\n1.999999 dial 0\n"));
  CHECK(back.starts_with("line 19: earlier than the line before"));
}

TEST_CASE("half a last line was being written when its writer was killed") {
  const auto read = read_transcript(with_head("1.000000 dial 0\n  event 0 : cal"));
  REQUIRE(read.has_value());
  CHECK_FALSE(read->finished);
  REQUIRE(read->steps.size() == 1);
  CHECK(read->steps[0].answers.empty());
}
