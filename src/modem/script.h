// SPDX-License-Identifier: Apache-2.0
// Dial scripts: what is awaited from a peer and sent to it before PPP begins, as data. One engine
// runs them all: those of an entry, the built-in ones, and what other programs' scripts become.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.h"
#include "core/cause.h"
#include "core/outbox.h"
#include "core/result.h"
#include "core/secret.h"

namespace redial::modem {

/// A part of what a step sends. The user's name and password are put in when it is sent.
struct ScriptPiece {
  enum class What : uint8_t { Text, User, Password, Pause };
  What what = What::Text;
  std::string text;     // Text
  Duration pause = 0s;  // Pause
  bool operator==(const ScriptPiece&) const = default;
};

constexpr size_t kScriptTextMax = 128;  // octets of a pattern, and of a text to send
constexpr size_t kScriptStepsMax = 256;

/// "${user}\r", "\d", "\x1a": escapes are \r \n \t \\ \$ \xHH, \d (a second's pause), \p (a tenth).
Result<std::vector<ScriptPiece>> parse_send(std::string_view text);

/// Waits for one of its patterns, then sends; either may be missing.
struct ScriptStep {
  static constexpr size_t kDone = SIZE_MAX - 1, kFail = SIZE_MAX;
  struct Pattern {
    std::string text;
    std::optional<size_t> to;  // a step, kDone or kFail, and nothing is sent; none: on from here
  };
  std::vector<Pattern> expect;
  Duration within = 30s;
  size_t otherwise = kFail;        // where it goes on when nothing matched in time
  std::vector<std::string> abort;  // from here on, any of these ends the script as failed
  std::vector<ScriptPiece> send;
};

struct Script {
  std::string name;
  std::vector<ScriptStep> steps;
  Duration within = 2min;                       // all of it
  CauseCode refused = CauseCode::ScriptFailed;  // what an abort text means
};

/// To be written to the line. `shown` is the same for people: a password as "***...".
struct TypeText {
  std::string octets, shown;
  bool operator==(const TypeText&) const = default;
};
struct ScriptDone {
  bool operator==(const ScriptDone&) const = default;
};
struct ScriptGaveUp {
  Cause cause;  // its evidence: what was awaited, and what was seen last
  bool operator==(const ScriptGaveUp&) const = default;
};
using ScriptAction = std::variant<TypeText, ScriptDone, ScriptGaveUp>;

class ScriptRun {
 public:
  using Actions = Outbox<ScriptAction, 3>;
  static constexpr size_t kRecentMax = 256;    // octets in which a pattern is looked for
  static constexpr uint32_t kMovesMax = 2000;  // steps; beyond, the script is going round

  ScriptRun(std::shared_ptr<const Script> script, std::string user, Secret password);

  Actions start(Instant now);
  Actions on_octets(ByteView octets, Instant now);
  Actions on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }
  bool running() const { return running_; }
  /// The last of what was seen, as people may read it; never the password.
  std::string seen() const;

 private:
  void advance(Instant now, Actions& out);
  bool enter(size_t step, Instant now, Actions& out);
  bool type(Instant now);
  void take(uint8_t octet, Instant now, Actions& out);
  bool ends_with(std::string_view pattern) const;
  void flush(Actions& out);
  void give_up(CauseCode code, std::string why, Actions& out);

  std::shared_ptr<const Script> script_;
  std::string user_;
  Secret password_;
  std::vector<std::string> aborts_;
  std::string recent_;  // the last octets that have come, since something was sent
  std::string held_;    // came during a pause, not looked at yet
  TypeText typing_;     // gathered until a pause or a wait
  Instant due_ = kNever, give_up_at_ = kNever;
  size_t step_ = 0, piece_ = 0;
  uint32_t moves_ = 0;
  bool running_ = false, sending_ = false;
};

static_assert(Machine<ScriptRun>);

}  // namespace redial::modem
