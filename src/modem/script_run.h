// SPDX-License-Identifier: Apache-2.0
// The one engine that runs dial scripts. Every wait has a deadline, so has the whole, and a script
// that goes round is ended: one that hung blocked all dialling (KB Q123597, Q175410, Q237425).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "modem/script.h"

namespace redial::modem {

/// To be written to the line. `shown` is the same for people: a password as "***...".
struct TypeText {
  std::string octets, shown;
  bool operator==(const TypeText&) const = default;
};
struct ScriptNoted {  // for the log
  std::string text;
  bool operator==(const ScriptNoted&) const = default;
};
struct ScriptDone {
  bool operator==(const ScriptDone&) const = default;
};
struct ScriptGaveUp {
  Cause cause;  // its evidence: what was awaited, and what was seen last
  bool operator==(const ScriptGaveUp&) const = default;
};
using ScriptAction = std::variant<TypeText, ScriptNoted, ScriptDone, ScriptGaveUp>;

class ScriptRun {
 public:
  using Actions = Outbox<ScriptAction, 4>;
  static constexpr size_t kRecentMax = 256;     // octets in which a pattern is looked for
  static constexpr uint32_t kMovesMax = 20000;  // steps; beyond, the script is going round
  static constexpr Duration kReplyOver = 1s;    // nothing more for so long: the answer is complete

  ScriptRun(std::shared_ptr<const Script> script, std::string user, Secret password);

  Actions start(Instant now);
  Actions on_octets(ByteView octets, Instant now);
  Actions on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }
  bool running() const { return running_; }
  /// The last of what was seen, as people may read it; never a password.
  std::string seen() const;

 private:
  using Pattern = ScriptStep::Pattern;
  void advance(Instant now, Actions& out);
  bool enter(size_t step, Instant now, Actions& out);
  bool compute(const ScriptStep& step, size_t& next, Actions& out);
  bool type(Instant now);
  void look_again(Instant now, Actions& out);
  void on_waited(Instant now, Actions& out);
  void take(uint8_t octet, Instant now, Actions& out);
  const Pattern* fitting(bool over);
  void on_found(const Pattern& pattern, Instant now, Actions& out);
  bool ends_with(std::string_view pattern, bool any_case = false) const;
  void watch_line(char octet);
  void note(std::string_view text);
  void flush(Actions& out);
  void give_up(CauseCode code, std::string why, Actions& out);
  void hide(std::string& text) const;

  std::shared_ptr<const Script> script_;
  std::string user_;
  Secret password_;
  std::vector<ScriptValue> variables_;
  std::vector<std::string> aborts_, reports_;
  std::string recent_;       // the last octets that have come, since something was sent
  std::string held_;         // came during a pause, not looked at yet
  std::string again_;        // had come before, for the next wait to look at
  std::string line_;         // the line that comes now, while lines are reported
  std::string notes_;        // not told yet
  std::string diagnostics_;  // caught by the pattern that fitted
  TypeText typing_;          // gathered until a pause or a wait
  Instant due_ = kNever, give_up_at_ = kNever;
  Instant reply_over_ = kNever;  // in a step that waits for an answer's end
  size_t step_ = 0, piece_ = 0;
  uint32_t moves_ = 0;
  uint16_t addresses_ = 0;  // seen in this step
  ScriptParity parity_ = ScriptParity::None;
  bool running_ = false, sending_ = false;
  bool matched_ = false;  // the last wait found something
};

static_assert(Machine<ScriptRun>);

}  // namespace redial::modem
