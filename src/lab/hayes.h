// SPDX-License-Identifier: Apache-2.0
// A Hayes modem (ITU-T V.250 and the vendors' habits) as a machine: command state, dialling,
// answering, data and online command state. The line it hangs on belongs to the exchange.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.h"
#include "core/outbox.h"
#include "core/time.h"
#include "lab/line_action.h"
#include "lab/modem_config.h"

namespace redial::lab {

class HayesModem {
 public:
  using Actions = Outbox<LineAction, 4>;

  explicit HayesModem(const ModemConfig& config);

  /// Command octets; answers and echo are appended to `reply`. Not in data state: see online().
  Actions on_octets(ByteView octets, Instant now, Bytes& reply);
  /// Data for the line have passed: looks for the escape sequence, in constant time.
  void on_data(ByteView octets, Instant now);
  Actions on_dtr(bool on, Bytes& reply);
  Actions on_deadline(Instant now, Bytes& reply);
  Instant due() const {
    const Online* const data = std::get_if<Online>(&state_);
    return data ? data->escape_at : command_due();
  }
  std::optional<Instant> deadline() const { return unless_never(due()); }

  Actions on_ring(Instant now, Bytes& reply);
  void on_ring_stopped() { rings_ = 0; }
  Actions on_tone(Tone tone, Instant now, Bytes& reply);
  void on_carrier(uint32_t rate_bps, Instant now, Bytes& reply);
  /// Not told: nothing is said, and DCD stays until the hang-up, whatever the habits.
  void on_carrier_lost(Bytes& reply, bool told = true);
  void become_cable(Instant now);  // in data state for ever, deaf to the escape and to DTR
  void fall_into_command_state();  // from data state, without a word
  void power_cycle();              // factory settings, on hook, nothing remembered
  /// Answers ERROR to everything until it is given settings again.
  void confuse() { confused_ = true; }
  void set_habits(const Habits& habits) { config_.habits = habits; }
  /// What a reset leads to beside the settings: first words, and a first command that is not heard.
  void after_reset(Bytes& reply);

  bool online() const { return std::holds_alternative<Online>(state_); }
  bool has_carrier() const;  // data or online command state
  bool thinking() const { return std::holds_alternative<Thinking>(state_); }
  bool dcd() const {
    return has_carrier() || !profile_.dcd_follows_carrier || dcd_stuck_ ||
           config_.habits.dcd_strapped;
  }
  bool heeds_dtr() const { return profile_.dtr != 0 && !config_.habits.ignores_dtr; }
  const ModemConfig& config() const { return config_; }
  uint32_t dials() const { return dials_; }
  const std::string& last_dialled() const { return last_dialled_; }

 private:
  enum class Result : uint8_t;
  struct Command;  // one command of a line: "&D2", "S7=55"
  struct Idle {};
  /// A command line is in; it is carried out at `due`. `carrier`: in online command state.
  struct Thinking {
    Instant typed_at, due;
    bool carrier;
  };
  struct Calling {
    Instant since, until;  // S7: no carrier by then, no call
    bool wants_dialtone, wants_quiet_answer, heard_ringback;
  };
  struct Answering {
    Instant since, until;
  };
  struct Online {
    Instant quiet_since;         // the last octet from the computer
    Instant escape_at = kNever;  // the escape sequence's second guard time is over
    uint8_t escapes = 0;         // of it, so far
  };
  struct OnlineCommand {};
  struct Profile {
    bool echo = true, verbose = true, quiet = false;
    bool dcd_follows_carrier = true;  // &C1
    uint8_t x = 4;                    // X4
    uint8_t dtr = 2;                  // &D2
    std::array<uint8_t, 32> s{};      // registers; higher ones are accepted and forgotten
  };
  struct Failures {  // of one number, in a row
    std::string number;
    uint32_t count;
    Instant last;
  };
  static Profile factory();
  Instant command_due() const;
  void echo(uint8_t octet, Bytes& reply) const;
  bool gives_settings() const;
  void on_command_octet(uint8_t octet, Instant now, Bytes& reply);
  void on_line_complete(Instant now);
  std::optional<Instant> calling_since() const;
  Actions hang_up();
  Actions execute(const Thinking& line, Instant now, Bytes& reply);
  std::optional<Result> configure(const Command& command, Bytes& reply);
  std::optional<Result> configure_ampersand(const Command& command);
  std::optional<Result> on_register(const Command& command, Bytes& reply);
  Actions dial(std::string_view text, const Thinking& line, Instant now, Bytes& reply);
  Actions answer(Instant since, Instant now);
  Actions go_online_again(Instant now, Bytes& reply);
  Actions fail_call(Result result, Instant now, Bytes& reply);
  Actions on_call_timeout(Instant now, Bytes& reply);
  Duration dialling_time(std::string_view text) const;
  Result refusal(const std::string& digits, Instant now) const;
  void remember_call(bool failed, Instant now);

  Duration guard_time() const { return 20ms * profile_.s[12]; }
  Duration carrier_wait() const { return 1s * (profile_.s[7] == 0 ? 255 : profile_.s[7]); }
  void say(Result result, Bytes& reply) const;
  void say_code(std::string_view text, unsigned code, Bytes& reply) const;
  void say_info(std::string_view text, Bytes& reply) const;
  void say_connect(Bytes& reply) const;

  ModemConfig config_;
  Profile profile_ = factory();
  std::variant<Idle, Thinking, Calling, Answering, Online, OnlineCommand> state_;
  bool dtr_ = true;        // Hosts without the circuit never tell.
  uint32_t rate_bps_ = 0;  // Of the carrier; means nothing without.
  uint32_t rings_ = 0;     // S1: of the call that is being offered.
  uint32_t dials_ = 0;
  uint8_t prefix_ = 0;  // Of "AT": how many octets have come. 2: line_ is being typed.
  bool line_too_long_ = false;
  bool confused_ = false;
  bool dcd_stuck_ = false;       // Habits::dcd_sticks, and a call was lost
  bool misses_command_ = false;  // Habits::loses_first_command, and a reset
  uint8_t register_ = 0;         // What a bare "=n" or "?" means.
  std::string line_;             // After "AT", as typed; kept for "A/".
  Bytes backlog_;                // Came while a line was being carried out.
  std::string held_digits_;      // ATD...; : the number goes on in the next ATD.
  bool off_hook_ = false;        // ATH1 or held digits.
  std::string last_dialled_;
  std::vector<Failures> failures_;  // The newest kFailuresMax numbers.
};

}  // namespace redial::lab
