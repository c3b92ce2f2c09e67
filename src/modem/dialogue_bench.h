// SPDX-License-Identifier: Apache-2.0
// For the tests of the dialogue (V.250): a scripted modem's words in, a line per action out, in
// virtual time.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "modem/dialogue.h"

namespace redial::modem::bench {

inline Command command(std::string text) {
  Command made;
  made.pieces = {{CommandPiece::Kind::Literal, std::move(text)}};
  return made;
}

inline Response words(ResponseCode code, std::string text) {
  return {code, {{PatternPiece::Kind::Literal, "\r\n" + std::move(text) + "\r\n"}}};
}

/// Two commands to prepare, the second optional; knows no response but by V.250.
inline ModemDescription plain() {
  ModemDescription modem;
  modem.init = {command("ATZ\r"), command("AT&K3\r")};
  modem.init[1].optional = true;
  Command dial;
  dial.pieces = {{CommandPiece::Kind::Literal, "ATDT"},
                 {CommandPiece::Kind::PhoneNumber, ""},
                 {CommandPiece::Kind::Literal, "\r"}};
  modem.dial = {dial};
  modem.listen = {command("ATS0=0\r")};
  modem.answer = {command("ATA\r")};
  modem.hang_up = {command("ATH\r")};
  return modem;
}

/// A dialogue, its clock, and everything it did, one action a line.
class Bench {
 public:
  explicit Bench(ModemDescription modem = plain(), ModemSettings settings = {},
                 bool circuits = true)
      : dialogue_(std::make_shared<CompiledDescription>(
            CompiledDescription{std::move(modem), std::move(settings), circuits})) {}

  Dialogue& dialogue() { return dialogue_; }
  Instant now() const { return now_; }

  void dial(std::string_view number = "5551234",
            Preparation preparation = Preparation::Initialise) {
    log(dialogue_.dial(number, now_, preparation));
  }
  void listen() { log(dialogue_.listen(now_)); }
  void answer() { log(dialogue_.answer(now_)); }
  void hang_up() { log(dialogue_.hang_up(now_)); }
  void carrier(bool present) { log(dialogue_.on_carrier(present, now_)); }

  /// One read of the port; what was not consumed is data.
  void hear(std::string_view octets) {
    Dialogue::Step step = dialogue_.on_octets(as_bytes(octets), now_);
    log(std::move(step.actions));
    data_ += octets.substr(step.consumed);
  }
  /// The same, an octet at a time.
  void hear_slowly(std::string_view octets) {
    for (size_t at = 0; at < octets.size(); ++at) hear(octets.substr(at, 1));
  }
  void wait(Duration duration) {
    const Instant until = now_ + duration;
    for (int rounds = 0; rounds < 1000; ++rounds) {
      const auto due = dialogue_.deadline();
      if (!due || *due > until) break;
      now_ = std::max(now_, *due);
      log(dialogue_.on_deadline(now_));
    }
    now_ = until;
  }
  /// Past the drain and both init commands.
  void prepare() {
    wait(200ms);
    hear("\r\nOK\r\n");
    hear("\r\nOK\r\n");
  }
  void call() {
    dial();
    prepare();
    hear("\r\nCONNECT 9600\r\n");
    take();
  }

  /// Actions since the last look, joined by " | ".
  std::string take() { return std::exchange(log_, {}); }
  const std::string& data() const { return data_; }

 private:
  void log(Dialogue::Actions actions) {
    for (const DialogueAction& action : actions) {
      if (!log_.empty()) log_ += " | ";
      log_ += describe(action);
    }
  }

  Dialogue dialogue_;
  Instant now_{1000s};
  std::string log_, data_;
};

}  // namespace redial::modem::bench
