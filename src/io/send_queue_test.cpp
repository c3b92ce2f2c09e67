// SPDX-License-Identifier: Apache-2.0
#include "io/send_queue.h"

#include <doctest/doctest.h>

#include <string>

#include "core/rng.h"

using namespace redial;
using namespace redial::io;

namespace {

std::string take(SendQueue& queue, size_t octets) {
  std::vector<ByteView> views;
  queue.gather(octets, views);
  std::string out;
  for (const ByteView view : views) out += as_text(view);
  queue.sent(out.size());
  return out;
}

}  // namespace

TEST_CASE("units leave in order, and an urgent one before all that have not begun") {
  SendQueue queue;
  queue.push(as_bytes("one"));
  queue.push(as_bytes("two"));
  queue.push_urgent(as_bytes("URGENT"));
  queue.push_urgent(as_bytes("NEXT"));
  CHECK(queue.size() == 16);
  CHECK(take(queue, 100) == "URGENTNEXTonetwo");
  CHECK(queue.empty());
}

TEST_CASE("a unit that has begun is finished first, however it was cut") {
  SendQueue queue;
  queue.push(as_bytes("one"));
  queue.push(as_bytes("two"));
  CHECK(take(queue, 4) == "onet");
  queue.push_urgent(as_bytes("URGENT"));
  CHECK(take(queue, 1) == "w");
  CHECK(take(queue, 3) == "oUR");
  queue.push(as_bytes("three"));
  CHECK(take(queue, 100) == "GENTthree");
}

TEST_CASE("an urgent unit that has begun is finished before a later one, and before data") {
  SendQueue queue;
  queue.push(as_bytes("data"));
  queue.push_urgent(as_bytes("first"));
  CHECK(take(queue, 2) == "fi");
  queue.push_urgent(as_bytes("second"));
  CHECK(take(queue, 100) == "rstseconddata");
}

TEST_CASE("dropping data leaves the line in step, and urgent units in the queue") {
  SendQueue queue;
  queue.push(as_bytes("one"));
  queue.push(as_bytes("two"));
  CHECK(take(queue, 1) == "o");
  queue.push_urgent(as_bytes("U"));
  queue.clear_normal();
  CHECK(take(queue, 100) == "neU");
  queue.push(as_bytes("three"));
  CHECK(take(queue, 2) == "th");
  queue.clear();
  CHECK(queue.empty());
  queue.push(as_bytes("four"));
  CHECK(take(queue, 100) == "four");
}

TEST_CASE("whatever is pushed and taken, no unit is torn and none is lost") {
  Rng rng(3);
  SendQueue queue;
  std::string seen;
  int pushed = 0;
  for (int step = 0; step < 5000; ++step) {
    const bool urgent = rng.below(3) == 0;
    const std::string unit =
        "<" + std::string(rng.below(40), urgent ? 'u' : 'd') + ">";  // "<" and ">" only at borders
    if (rng.below(2) == 0) {
      ++pushed;
      urgent ? queue.push_urgent(as_bytes(unit)) : queue.push(as_bytes(unit));
    }
    seen += take(queue, rng.below(50));
  }
  while (!queue.empty()) seen += take(queue, 1000);
  int units = 0;
  for (size_t at = 0; at < seen.size(); ++units) {
    REQUIRE(seen[at] == '<');
    const size_t end = seen.find('>', at);
    REQUIRE(end != std::string::npos);
    const std::string body = seen.substr(at + 1, end - at - 1);
    CHECK(body == std::string(body.size(), body.empty() ? ' ' : body[0]));
    at = end + 1;
  }
  CHECK(units == pushed);
}
