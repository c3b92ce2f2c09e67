// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

#include "core/rng.h"
#include "telephony/arbiter.h"

using namespace redial;
using namespace redial::telephony;

namespace {

using Actions = LineArbiter::Actions;

constexpr LinkId kHome{1}, kOffice{2}, kShop{3}, kAnswer{9};
constexpr LineId kCom1{0}, kCom2{1};

Actions dial(LineArbiter& arbiter, LinkId link, std::initializer_list<LineId> lines) {
  return arbiter.request(link, std::vector<LineId>(lines), false);
}
Actions listen(LineArbiter& arbiter, LinkId link, std::initializer_list<LineId> lines) {
  return arbiter.request(link, std::vector<LineId>(lines), true);
}

}  // namespace

TEST_CASE("a free line is granted at once, the first acceptable one first") {
  LineArbiter arbiter;
  CHECK(dial(arbiter, kHome, {kCom2, kCom1}) == Actions{Granted{kHome, kCom2}});
  CHECK(dial(arbiter, kOffice, {kCom2, kCom1}) == Actions{Granted{kOffice, kCom1}});
  CHECK(arbiter.owner(kCom1) == kOffice);
  CHECK(arbiter.owner(kCom2) == kHome);
}

TEST_CASE("two links want one line: one has it, the other is next, in the order they came") {
  LineArbiter arbiter;
  CHECK(dial(arbiter, kHome, {kCom1}) == Actions{Granted{kHome, kCom1}});
  CHECK(dial(arbiter, kOffice, {kCom1}).empty());
  CHECK(dial(arbiter, kShop, {kCom1}).empty());
  CHECK(arbiter.release(kCom1) == Actions{Granted{kOffice, kCom1}});
  CHECK(arbiter.release(kCom1) == Actions{Granted{kShop, kCom1}});
  CHECK(arbiter.release(kCom1).empty());
  CHECK_FALSE(arbiter.owner(kCom1));
}

TEST_CASE("who waits for several lines gets one of them, once") {
  LineArbiter arbiter;
  (void)dial(arbiter, kHome, {kCom1});
  (void)dial(arbiter, kOffice, {kCom2});
  CHECK(dial(arbiter, kShop, {kCom1, kCom2}).empty());
  CHECK(arbiter.release(kCom2) == Actions{Granted{kShop, kCom2}});
  CHECK_FALSE(arbiter.waits(kShop));
  CHECK(arbiter.release(kCom1).empty());
}

TEST_CASE("a listening owner yields to a caller, and has the line back afterwards") {
  LineArbiter arbiter;
  CHECK(listen(arbiter, kAnswer, {kCom1}) == Actions{Granted{kAnswer, kCom1}});
  CHECK(dial(arbiter, kHome, {kCom1}) == Actions{Yield{kAnswer, kCom1}});
  CHECK(dial(arbiter, kOffice, {kCom1}).empty());  // asked once
  CHECK(arbiter.release(kCom1) == Actions{Granted{kHome, kCom1}});
  CHECK(listen(arbiter, kAnswer, {kCom1}).empty());
  CHECK(arbiter.release(kCom1) == Actions{Granted{kOffice, kCom1}});  // callers first
  CHECK(arbiter.release(kCom1) == Actions{Granted{kAnswer, kCom1}});
}

TEST_CASE("a line that rings is not taken away; when it is quiet again it is asked for") {
  LineArbiter arbiter;
  (void)listen(arbiter, kAnswer, {kCom1});
  CHECK(arbiter.on_call(kCom1, true).empty());
  CHECK(dial(arbiter, kHome, {kCom1}).empty());
  SUBCASE("the caller gives up") {
    CHECK(arbiter.on_call(kCom1, false) == Actions{Yield{kAnswer, kCom1}});
  }
  SUBCASE("who wanted to dial has given up before") {
    arbiter.withdraw(kHome);
    CHECK(arbiter.on_call(kCom1, false).empty());
  }
  SUBCASE("the call is answered and ends") {
    CHECK(arbiter.release(kCom1) == Actions{Granted{kHome, kCom1}});
  }
}

TEST_CASE("a ring that crosses the request to yield wins, and the caller is not forgotten") {
  LineArbiter arbiter;
  (void)listen(arbiter, kAnswer, {kCom1});
  CHECK(dial(arbiter, kHome, {kCom1}) == Actions{Yield{kAnswer, kCom1}});
  CHECK(arbiter.on_call(kCom1, true).empty());
  CHECK(arbiter.on_call(kCom1, false) == Actions{Yield{kAnswer, kCom1}});
}

TEST_CASE("a listener does not take a line from anybody") {
  LineArbiter arbiter;
  (void)dial(arbiter, kHome, {kCom1});
  CHECK(listen(arbiter, kAnswer, {kCom1}).empty());
  LineArbiter other;
  (void)listen(other, kAnswer, {kCom1});
  CHECK(listen(other, kShop, {kCom1}).empty());
}

TEST_CASE("who withdraws or asks anew leaves no claim behind, nor a growing queue") {
  LineArbiter arbiter;
  (void)dial(arbiter, kHome, {kCom1});
  (void)dial(arbiter, kShop, {kCom2});
  for (int i = 0; i < 1000; ++i) CHECK(dial(arbiter, kOffice, {kCom1, kCom2}).empty());
  CHECK(arbiter.places(kCom1) <= 12);
  arbiter.withdraw(kOffice);
  CHECK(arbiter.release(kCom1).empty());
  CHECK_FALSE(arbiter.owner(kCom1));
}

TEST_CASE("whatever happens: one owner per line, nobody waits for a free line") {
  const std::array<LineId, 3> lines = {LineId{0}, LineId{1}, LineId{2}};
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed);
    LineArbiter arbiter;
    for (int step = 0; step < 300; ++step) {
      const LinkId link{static_cast<uint32_t>(rng.below(6))};
      const LineId line = lines[rng.below(3)];
      const bool owns =
          std::ranges::any_of(lines, [&](LineId id) { return arbiter.owner(id) == link; });
      Actions actions;
      switch (rng.below(5)) {
        case 0:
        case 1:
          if (!owns)
            actions =
                arbiter.request(link, std::span(lines).first(1 + rng.below(3)), rng.below(3) == 0);
          break;
        case 2:
          if (arbiter.owner(line)) actions = arbiter.release(line);
          break;
        case 3: arbiter.withdraw(link); break;
        case 4: actions = arbiter.on_call(line, rng.below(2) == 0); break;
      }
      for (const ArbiterAction& action : actions) {
        if (const Granted* granted = std::get_if<Granted>(&action)) {
          CHECK(arbiter.owner(granted->line) == granted->link);
          CHECK_FALSE(arbiter.waits(granted->link));
        }
      }
      // Line 0 is acceptable to everybody here.
      if (!arbiter.owner(lines[0])) {
        for (uint32_t each = 0; each < 6; ++each) CHECK_FALSE(arbiter.waits(LinkId{each}));
      }
    }
  }
}
