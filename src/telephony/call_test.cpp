// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "telephony/call.h"

using namespace redial;
using namespace redial::telephony;

namespace {

std::shared_ptr<const modem::CompiledDescription> a_modem() {
  using Kind = modem::CommandPiece::Kind;
  const auto command = [](std::string text) {
    modem::Command made;
    made.pieces = {{Kind::Literal, std::move(text)}};
    return made;
  };
  modem::CompiledDescription compiled;
  compiled.description.init = {command("ATZ\r")};
  compiled.description.dial = {command("ATDT")};
  compiled.description.dial[0].pieces.push_back({Kind::PhoneNumber, ""});
  compiled.description.dial[0].pieces.push_back({Kind::Literal, "\r"});
  compiled.description.listen = {command("ATS0=0\r")};
  compiled.description.answer = {command("ATA\r")};
  compiled.description.hang_up = {command("ATH\r")};
  return std::make_shared<modem::CompiledDescription>(std::move(compiled));
}

/// A call, its clock, and everything it did, one action a line.
class Bench {
 public:
  explicit Bench(std::shared_ptr<const modem::CompiledDescription> description)
      : call_(std::move(description)) {}

  Call& call() { return call_; }
  Instant now() const { return now_; }
  void make_call(std::string_view number = "5551234") { log(call_.make_call(number, now_)); }
  void listen() { log(call_.listen(now_)); }
  void answer() { log(call_.answer(now_)); }
  void drop() { log(call_.drop(now_)); }
  void carrier(bool present) { log(call_.on_carrier(present, now_)); }
  void data(std::string_view octets, bool inside_frame = false) {
    call_.on_data(as_bytes(octets), inside_frame, now_);
  }
  void hear(std::string_view octets) {
    Call::Step step = call_.on_octets(as_bytes(octets), now_);
    log(std::move(step.actions));
    if (step.consumed < octets.size()) data(octets.substr(step.consumed));
  }
  void wait(Duration duration) {
    const Instant until = now_ + duration;
    for (int rounds = 0; rounds < 1000; ++rounds) {
      const auto due = call_.deadline();
      if (!due || *due > until) break;
      now_ = std::max(now_, *due);
      log(call_.on_deadline(now_));
    }
    now_ = until;
  }
  void connect() {
    make_call();
    wait(200ms);
    hear("\r\nOK\r\n");
    hear("\r\nCONNECT 9600\r\n");
    take();
  }
  void await_ring() {
    listen();
    wait(200ms);
    hear("\r\nOK\r\n");
    hear("\r\nOK\r\n");
  }
  std::string take() { return std::exchange(log_, {}); }

 private:
  void log(Call::Actions actions) {
    for (const CallAction& action : actions) {
      if (!log_.empty()) log_ += " | ";
      log_ += describe(action);
    }
  }

  Call call_;
  Instant now_{1000s};
  std::string log_;
};

}  // namespace

TEST_CASE("a call out: Dialing, Connected, and after the drop Idle and released") {
  Bench bench(a_modem());
  bench.make_call();
  bench.wait(200ms);
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "dtr on | send ATZ<cr> | send ATDT5551234<cr> | Dialing");
  bench.hear("\r\nCONNECT 28800/ARQ\r\n~\xff\x03");
  CHECK(bench.take() == "Connected | connected: CONNECT 28800/ARQ");
  CHECK(bench.call().connected());
  bench.drop();
  CHECK_FALSE(bench.call().connected());
  bench.hear("\r\nNO CARRIER\r\n");
  bench.wait(500ms);
  CHECK(bench.take() == "dtr off | dtr on | send ATH<cr>");
  bench.hear("\r\nOK\r\n");
  bench.wait(300ms);  // the words came among data: silence has to confirm them
  CHECK(bench.take() == "Idle | released");
  CHECK(bench.call().state() == CallState::Idle);
}

TEST_CASE("a call that fails is Disconnected with TAPI's mode, and the line is free after a drop") {
  Bench bench(a_modem());
  bench.make_call();
  bench.wait(200ms);
  bench.hear("\r\nOK\r\n");
  bench.take();
  bench.hear("\r\nBUSY\r\n");
  CHECK(bench.take() == "Disconnected (Busy) | failed Busy: BUSY");
  bench.drop();
  bench.wait(500ms);
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "dtr off | dtr on | send ATH<cr> | Idle | released");
}

TEST_CASE("a number that cannot be dialled fails before anything is sent") {
  Bench bench(a_modem());
  bench.make_call("AT\rDT");
  CHECK(bench.take() == "Disconnected (BadAddress) | failed BadNumber: \"AT<cr>DT\"");
}

TEST_CASE("NO CARRIER in the stream of an established call ends it, and no escape is sent") {
  Bench bench(a_modem());
  bench.connect();
  bench.data("~\xff\x03!data~");
  CHECK_FALSE(bench.call().deadline());
  bench.data("\r\nNO CARRIER\r\n");
  bench.wait(299ms);
  CHECK(bench.take().empty());
  bench.wait(1ms);
  CHECK(bench.take() == "Disconnected (Normal) | failed CarrierLost: NO CARRIER");
  bench.drop();
  bench.wait(500ms);
  CHECK(bench.take() == "dtr off | dtr on | send ATH<cr>");
}

TEST_CASE("NO CARRIER that arrives together with CONNECT is not lost") {
  Bench bench(a_modem());
  bench.make_call();
  bench.wait(200ms);
  bench.hear("\r\nOK\r\n");
  bench.hear("\r\nCONNECT\r\n\r\nNO CARRIER\r\n");
  bench.take();
  bench.wait(1s);
  CHECK(bench.take() == "Disconnected (Normal) | failed CarrierLost: NO CARRIER");
}

TEST_CASE("data that quotes NO CARRIER leaves the call up") {
  Bench bench(a_modem());
  bench.connect();
  bench.data("~\xff\x03!\r\nNO CARRIER\r\n", true);
  bench.wait(900ms);
  bench.data("~", false);
  bench.wait(1h);
  CHECK(bench.take().empty());
  CHECK(bench.call().connected());
}

TEST_CASE("a dropped carrier ends the call at once, on a modem line and on a direct one") {
  Bench modem(a_modem());
  modem.connect();
  modem.carrier(false);
  CHECK(modem.take() == "Disconnected (Normal) | failed CarrierLost: DCD dropped");
  Bench direct(nullptr);
  direct.make_call("");
  direct.take();
  direct.carrier(false);
  CHECK(direct.take() == "Disconnected (Normal) | failed CarrierLost: DCD dropped");
}

TEST_CASE("a call in: every ring is offered, the answer is Accepted, then Connected") {
  Bench bench(a_modem());
  bench.await_ring();
  CHECK(bench.take() == "dtr on | send ATZ<cr> | send ATS0=0<cr> | listening");
  bench.hear("\r\nRING\r\n");
  CHECK(bench.take() == "Offering | ring");
  bench.wait(6s);
  bench.hear("\r\nRING\r\n");
  CHECK(bench.take() == "ring");
  bench.answer();
  CHECK(bench.take() == "Accepted | send ATA<cr>");
  bench.hear("\r\nCONNECT\r\n");
  CHECK(bench.take() == "Connected | connected: CONNECT");
}

TEST_CASE("a caller who gives up is gone after eight seconds, and the line goes on listening") {
  Bench bench(a_modem());
  bench.await_ring();
  bench.hear("\r\nRING\r\n");
  bench.take();
  bench.wait(7999ms);
  CHECK(bench.take().empty());
  bench.wait(1ms);
  CHECK(bench.take() == "Disconnected (Normal) | Idle");
  bench.answer();  // too late
  CHECK(bench.take().empty());
  CHECK_FALSE(bench.call().deadline());
  bench.hear("\r\nRING\r\n");
  CHECK(bench.take() == "Offering | ring");
}

TEST_CASE("a direct line has its carrier at once, and shows the far end that it hangs up") {
  Bench bench(nullptr);
  bench.make_call("");
  CHECK(bench.take() == "dtr on | Connected | connected: direct");
  bench.data("\r\nNO CARRIER\r\n");  // a modem that somebody else had dialled with
  bench.wait(300ms);
  CHECK(bench.take() == "Disconnected (Normal) | failed CarrierLost: NO CARRIER");
  bench.drop();
  bench.drop();
  CHECK(bench.take() == "dtr off");
  bench.wait(500ms);
  CHECK(bench.take() == "dtr on | Idle | released");
  CHECK_FALSE(bench.call().deadline());
}

TEST_CASE("a direct line that listens is connected by the first octet, which is data") {
  Bench bench(nullptr);
  bench.listen();
  CHECK(bench.take() == "dtr on | listening");
  CHECK_FALSE(bench.call().deadline());
  const Call::Step step = bench.call().on_octets(as_bytes("~\xff\x03"), bench.now());
  CHECK(step.consumed == 0);
  CHECK(bench.call().connected());
}

TEST_CASE("a modem that does not let go is released within the bound, and said to be unverified") {
  Bench bench(a_modem());
  bench.connect();
  bench.drop();
  const Instant began = bench.now();
  std::string taken;
  while (bench.call().deadline() && bench.now() - began < 1min) {
    bench.wait(100ms);
    taken += bench.take();
  }
  CHECK(bench.now() - began <= modem::Dialogue::kHangUpBound);
  CHECK(taken.ends_with("Idle | released, unverified"));
}

TEST_CASE("disconnect modes have TAPI's values, RAS's numbers, and a way back to the cause") {
  struct Row {
    DisconnectMode mode;
    unsigned value, ras;
    CauseCode cause;
  };
  const Row rows[] = {
      {DisconnectMode::Busy, 0x20, 676, CauseCode::Busy},
      {DisconnectMode::NoAnswer, 0x40, 678, CauseCode::NoAnswer},
      {DisconnectMode::BadAddress, 0x80, 749, CauseCode::BadNumber},
      {DisconnectMode::Unreachable, 0x100, 679, CauseCode::NoCarrier},
      {DisconnectMode::NoDialtone, 0x1000, 680, CauseCode::NoDialTone},
      {DisconnectMode::TempFailure, 0x8000, 774, CauseCode::Delayed},
      {DisconnectMode::Blocked, 0x20000, 775, CauseCode::Blacklisted},
      {DisconnectMode::Reject, 0x4, 770, CauseCode::ConnectionRefused},
      {DisconnectMode::Cancelled, 0x80000, 631, CauseCode::UserHangUp},
      {DisconnectMode::Normal, 0x1, 629, CauseCode::CarrierLost},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CHECK(static_cast<unsigned>(row.mode) == row.value);
    CHECK(number(ras_error(row.mode)) == row.ras);
    CHECK(cause_code(row.mode) == row.cause);
    CHECK(disconnect_mode(row.cause) == row.mode);
  }
  CHECK(number(ras_error(DisconnectMode::Congestion)) == 771);
  CHECK(name(DisconnectMode::OutOfOrder) == "OutOfOrder");
  CHECK(disconnect_mode(CauseCode::ModemSilent) == DisconnectMode::OutOfOrder);
  CHECK(static_cast<unsigned>(CallState::Disconnected) == 0x4000);
  CHECK(name(CallState::Disconnected) == "Disconnected");
}
