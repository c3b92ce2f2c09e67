// SPDX-License-Identifier: Apache-2.0
#include "engine/memory_codec.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::connection;
using namespace redial::engine;

namespace {

constexpr Moment kWritten{.boot = 0xb007, .at = Instant(1h)};

LinkMemory everything() {
  return {.wish = Wish::Up,
          .call = CallStage::Dialled,
          .up_for = 3s,
          .dialled = "+49 30 5550100",
          .line = "COM 1",
          .failures = 7,
          .flap_doublings = 1,
          .auth_holds = 2,
          .unreachable = 3,
          .deaths = {0s, 5min, 1s},
          .pause = 30min,
          .reason = PauseReason::AuthHold,
          .first_number = "5550101",
          .good_line = "COM2",
          .numbers = {{.digits = "9,5550100", .held = 1h, .refusals = 2, .failed = {50min, 4s}},
                      {.digits = "5550101", .held = kUntilEdited, .failed = {}}},
          .day = DayMemory{20'000, 11h, 42min, 3, 1'000'000}};
}

std::string journal(const LinkMemory& memory) {
  return std::string(kMemoryHead) + to_record({"office", kWritten, memory});
}

}  // namespace

TEST_CASE("what is remembered reads the same again") {
  const MemoryRecord link{"Zentrale Süd", kWritten, everything()};
  CHECK(parse_record(to_record(link)) == link);
  const MemoryRecord line{"COM1", kWritten, LineMemory{{20min, 3s}}};
  CHECK(parse_record(to_record(line)) == line);
  const MemoryRecord blank_one{"COM1", kWritten, LinkMemory{}};
  CHECK(parse_record(to_record(blank_one)) == blank_one);
}

TEST_CASE("the latest record of a link counts; a last one that was torn is none") {
  const std::string first = journal({.wish = Wish::Up});
  const std::string second = to_record({"office", kWritten, LinkMemory{}});
  for (size_t torn = 0; torn < second.size(); ++torn) {
    const auto read = read_memories(first + second.substr(0, torn), kWritten);
    REQUIRE(read.has_value());
    CHECK(read->damaged == 0);
    CHECK(read->links.at("office").wish == Wish::Up);
  }
  CHECK(read_memories(first + second, kWritten)->links.at("office").wish == Wish::Down);
}

TEST_CASE("a damaged octet costs its own record and no other") {
  const std::string good = to_record({"home", kWritten, LinkMemory{.wish = Wish::Up}});
  const std::string record = to_record({"office", kWritten, everything()});
  for (size_t at = 0; at + 1 < record.size(); ++at) {
    std::string damaged = record;
    damaged[at] ^= 1;
    const auto read = read_memories(std::string(kMemoryHead) + damaged + good, kWritten);
    REQUIRE(read.has_value());
    CHECK(read->damaged >= 1);
    CHECK_FALSE(read->links.contains("office"));
    CHECK(read->links.contains("home"));
  }
}

TEST_CASE("holds run on while the service is down; after a reboot only since that") {
  const auto hold_at = [](Moment now) {
    return read_memories(journal(everything()), now)->links.at("office").pause;
  };
  CHECK(hold_at({kWritten.boot, kWritten.at + 10min}) == 20min);
  CHECK(hold_at({kWritten.boot, kWritten.at + 2h}) == 0s);
  // Another boot, whatever its clock says: never shorter than certain, never longer than written.
  CHECK(hold_at({1, Instant(40s)}) == 30min - 40s);
  CHECK(hold_at({1, Instant(0s)}) == 30min);
}

TEST_CASE("a link that was up when the machine went down had a good call") {
  const std::string text = journal({.wish = Wish::Up, .call = CallStage::Up, .up_for = 0s});
  CHECK(read_memories(text, {1, Instant(20s)})->links.at("office").up_for >= 1h);
  CHECK(read_memories(text, {kWritten.boot, kWritten.at + 3s})->links.at("office").up_for == 3s);
}

TEST_CASE("written anew, a journal has what counts of it, and nothing blank") {
  const std::string text = journal(everything()) + to_record({"old", kWritten, LinkMemory{}}) +
                           to_record({"COM1", kWritten, LineMemory{{5min}}});
  const auto read = read_memories(text, kWritten);
  REQUIRE(read.has_value());
  const std::string again = write_memories(*read, kWritten);
  CHECK(again.find("old") == std::string::npos);
  const auto same = read_memories(again, kWritten);
  CHECK(same->links.at("office") == everything());
  CHECK(same->lines.at("COM1").power_cycles == std::vector<Duration>{5min});
}

TEST_CASE("another version's journal is refused as a whole") {
  CHECK(read_memories("redial-memory 2\n", kWritten).error().kind == ErrorKind::BadFile);
  CHECK_FALSE(read_memories("", kWritten).has_value());
}
