// SPDX-License-Identifier: Apache-2.0
// The one AT dialogue engine (V.250): it runs the sequences of a description: drain until quiet,
// initialise, dial, listen, answer, hang up, verify. Every state has a deadline or is resting, and
// no octet of AT is ever sent into a data stream.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/cause.h"
#include "core/outbox.h"
#include "modem/description.h"
#include "modem/dialogue_action.h"
#include "modem/dialogue_state.h"

namespace redial::modem {

struct Answer;  // answer.h

class Dialogue {
 public:
  using Actions = Outbox<DialogueAction, 8>;
  struct Step {
    Actions actions;
    size_t consumed;  // Octets after these are data (only after Connected).
  };

  explicit Dialogue(std::shared_ptr<const CompiledDescription> description);
  /// One for a call that is up: nothing is needed of a dialogue while data flows, so that it may
  /// be given up after Connected and taken up here to hang up.
  static Dialogue in_data(std::shared_ptr<const CompiledDescription> description);
  ~Dialogue();
  Dialogue(Dialogue&&) noexcept;
  Dialogue& operator=(Dialogue&&) noexcept;

  /// Both only while no call is up or being ended; a listening modem may be told to dial. After a
  /// call that failed half-way (no answer in time) hang up first, or get Failed{DeviceBusy}.
  Actions dial(std::string_view number, Instant now,
               Preparation preparation = Preparation::Initialise);  // prepare, dial
  Actions listen(Instant now);                                      // drain, initialise, listen
  Actions answer(Instant now);                    // after Rang, when the modem does not itself
  Actions hang_up(Instant now);                   // from any state; ends in HungUp, bounded
  Step on_octets(ByteView octets, Instant now);   // not in data state: see carrier_watch.h
  Actions on_carrier(bool present, Instant now);  // DCD, on lines that have it
  /// The modem has left data state by itself, as seen in the stream: Failed{CarrierLost}.
  Actions on_carrier_gone(std::string evidence, Instant now);
  Actions on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }
  bool in_data_state() const;

  /// The longest a hang-up may take; printed by `redial explain`.
  static constexpr Duration kHangUpBound = 12s;
  /// What a preparation takes beyond Initialise, at most.
  static Duration takes_longer(Preparation preparation);

 private:
  struct Work;  // what only a dialogue under way needs; none in Resting and InData

  const ModemDescription& modem() const { return description_->description; }
  Actions start(state::Goal goal, std::string number, Preparation preparation, Instant now);
  void rouse(state::Rousing state, Actions& out, Instant now);
  const Command* command_at(const state::Commanding& state) const;
  std::span<const Command> commands_of(state::Goal goal, state::Part part) const;
  const std::vector<Response>* own_responses() const;
  bool calling(const state::Commanding& state) const;
  bool more_parts(const state::Commanding& state) const;
  bool speaks_at() const;

  void run(state::Commanding state, Actions& out, Instant now);
  void send_command(state::Commanding state, std::string text, Actions& out, Instant now);
  void await(uint16_t at, Actions& out);
  void connect(const Answer& answer, Actions& out);
  void fail(CauseCode code, std::string evidence, state::Condition left, Actions& out);
  void note(std::string text, Actions& out);
  bool guess(Instant now, Actions& out);
  bool is_data(uint8_t octet) const;

  size_t pass_over(ByteView octets);
  bool take_octet(uint8_t octet, bool& taken, size_t& overshoot, Actions& out, Instant now);
  bool read(bool over, size_t& overshoot, Actions& out, Instant now);
  bool on_answer(const Answer& answer, Actions& out, Instant now);
  bool on_command_answer(state::Commanding state, const Answer& answer, Actions& out, Instant now);
  bool on_waiting_answer(state::Awaiting state, const Answer& answer, Actions& out, Instant now);
  bool on_hang_up_answer(state::HangingUp& state, const Answer& answer, Actions& out, Instant now);
  void on_command_silence(state::Commanding state, Actions& out, Instant now);
  void on_hang_up_deadline(state::HangingUp& state, Actions& out, Instant now);
  void send_hang_up(state::HangingUp& state, Actions& out, Instant now);
  void guard(state::HangingUp& state, Instant now);
  void finish(bool verified, Actions& out);

  std::shared_ptr<const CompiledDescription> description_;
  std::unique_ptr<Work> work_;
  state::Any state_;
};

static_assert(Machine<Dialogue>);
static_assert(sizeof(Dialogue) <= 200, "there is one per line, most of them at rest");

}  // namespace redial::modem
