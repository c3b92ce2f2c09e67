// SPDX-License-Identifier: Apache-2.0
#include "answer/port.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::answer;

namespace {

constexpr Instant kStart = Instant(1h);
Instant at(Duration after) { return kStart + after; }

std::string transcript(const Port::Actions& actions) {
  std::string out;
  for (const PortAction& action : actions) {
    if (!out.empty()) out += " | ";
    out += match(
        action, [](const Listen&) { return std::string("listen"); },
        [](const AnswerCall&) { return std::string("answer"); },
        [](const HangUp&) { return std::string("hang up"); },
        [](const CloseLine&) { return std::string("close line"); },
        [](const ConditionChanged& a) { return std::string(name(a.to)); },
        [](const CallerGone& a) { return "gone: " + std::string(redial::name(a.cause.code)); });
  }
  return out;
}
std::string fails(Port& port, Instant now) {
  return transcript(port.on_cause({CauseCode::ModemError, "ERROR"}, now));
}

TEST_CASE("a port listens, answers, serves, hangs up and listens again") {
  Port port;
  CHECK(transcript(port.start(at(0s))) == "initialising | listen");
  CHECK(transcript(port.on_listening(at(1s))) == "listening");
  CHECK(transcript(port.on_ring(at(60s))) == "ringing | answer");
  CHECK(transcript(port.on_ring(at(64s))) == "");
  CHECK(transcript(port.on_connected(at(70s))) == "authenticating");
  CHECK(transcript(port.on_up(at(75s))) == "authenticated");
  CHECK(transcript(port.on_cause({CauseCode::PeerTerminated, ""}, at(1h))) ==
        "disconnecting | gone: PeerTerminated | hang up");
  CHECK(transcript(port.on_released(at(1h))) == "initialising | listen");
}

TEST_CASE("listening and serving may last; every other condition of a wanted port has a deadline") {
  Port port;
  static_cast<void>(port.start(at(0s)));
  CHECK(port.deadline() == at(Port::kInitialiseBound));
  static_cast<void>(port.on_listening(at(1s)));
  CHECK(!port.deadline());
  static_cast<void>(port.on_ring(at(2s)));
  CHECK(port.deadline() == at(2s + Port::kAnswerBound));
  static_cast<void>(port.on_connected(at(3s)));
  CHECK(port.deadline() == at(3s + Port::kServeBound));
  static_cast<void>(port.on_up(at(4s)));
  CHECK(!port.deadline());
  fails(port, at(5s));
  CHECK(port.deadline() == at(5s + Port::kReleaseBound));
}

TEST_CASE("a caller that never trains, or never gets through PPP, is thrown off in bounded time") {
  Port port;
  static_cast<void>(port.start(at(0s)));
  static_cast<void>(port.on_listening(at(0s)));
  static_cast<void>(port.on_ring(at(0s)));
  CHECK(transcript(port.on_deadline(at(Port::kAnswerBound - 1us))) == "");
  CHECK(transcript(port.on_deadline(at(Port::kAnswerBound))) ==
        "disconnecting | gone: NoCarrier | hang up");
  static_cast<void>(port.on_released(at(2min)));
  static_cast<void>(port.on_listening(at(2min)));
  static_cast<void>(port.on_ring(at(2min)));
  static_cast<void>(port.on_connected(at(2min)));
  CHECK(transcript(port.on_deadline(at(2min + Port::kServeBound))) ==
        "disconnecting | gone: PppNotConverging | hang up");
}

TEST_CASE("a port that does not get ready is tried again for ever, with pauses from 5 s to 5 min") {
  Port port;
  Instant now = at(0s);
  static_cast<void>(port.start(now));
  for (const Duration pause : {5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
    CHECK(fails(port, now) == "disconnecting | gone: ModemError | hang up");
    CHECK(transcript(port.on_released(now)) == "non-operational");
    REQUIRE(port.deadline() == now + pause);
    now += pause;
    CHECK(transcript(port.on_deadline(now)) == "initialising | listen");
  }
  for (int more = 0; more < 1000; ++more) {
    fails(port, now);
    static_cast<void>(port.on_released(now));
    REQUIRE(port.deadline() == now + 5min);
    now += 5min;
    static_cast<void>(port.on_deadline(now));
  }
}

TEST_CASE("a port that got ready once more starts its pauses anew") {
  Port port;
  static_cast<void>(port.start(at(0s)));
  for (int failure = 0; failure < 4; ++failure) {
    fails(port, at(0s));
    static_cast<void>(port.on_released(at(0s)));
    static_cast<void>(port.on_deadline(*port.deadline()));
  }
  static_cast<void>(port.on_listening(at(1h)));
  // A caller's failure is not the port's: it listens again at once.
  fails(port, at(1h));
  CHECK(transcript(port.on_released(at(1h))) == "initialising | listen");
  fails(port, at(1h));
  static_cast<void>(port.on_released(at(1h)));
  CHECK(port.deadline() == at(1h + Port::kRetryFirst));
}

TEST_CASE("a hang-up that does not end closes the line and goes on") {
  Port port;
  static_cast<void>(port.start(at(0s)));
  static_cast<void>(port.on_listening(at(0s)));
  fails(port, at(10s));
  CHECK(transcript(port.on_deadline(at(10s + Port::kReleaseBound))) ==
        "close line | initialising | listen");
}

TEST_CASE("a modem that neither answers nor fails is given up while initialising") {
  Port port;
  static_cast<void>(port.start(at(0s)));
  CHECK(transcript(port.on_deadline(at(Port::kInitialiseBound))) ==
        "disconnecting | gone: ModemSilent | hang up");
}

TEST_CASE("a stopped port hangs up, stays stopped, and can be started again") {
  Port port;
  static_cast<void>(port.start(at(0s)));
  static_cast<void>(port.on_listening(at(0s)));
  CHECK(transcript(port.stop(at(1s))) == "disconnecting | hang up");
  CHECK(transcript(port.stop(at(1s))) == "");
  CHECK(transcript(port.on_released(at(2s))) == "stopped");
  CHECK(!port.deadline());
  CHECK(transcript(port.on_ring(at(3s))) == "");
  CHECK(transcript(port.start(at(4s))) == "initialising | listen");
}

TEST_CASE("a stop during the pause of a dead port ends the pause") {
  Port port;
  static_cast<void>(port.start(at(0s)));
  fails(port, at(0s));
  static_cast<void>(port.on_released(at(0s)));
  CHECK(transcript(port.stop(at(1s))) == "stopped");
  CHECK(!port.deadline());
}

TEST_CASE("a cause that comes while hanging up, or while stopped, is the past") {
  Port port;
  CHECK(fails(port, at(0s)) == "");
  static_cast<void>(port.start(at(0s)));
  fails(port, at(0s));
  CHECK(fails(port, at(1s)) == "");
}

}  // namespace
