// SPDX-License-Identifier: Apache-2.0
// Dial scripts: what is awaited from a peer and sent to it before PPP begins, as data. One engine
// (script_run.h) runs them all: those of an entry, the built-in ones, and what other programs'
// scripts become: SWITCH.INF and PAD.INF (switch_inf.h), .scp (scp.h), chat (chat.h).
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
#include "modem/description.h"
#include "modem/script_value.h"

namespace redial::modem {

/// A part of what a step sends. The user's name and password are put in when it is sent.
struct ScriptPiece {
  enum class What : uint8_t {
    Text,
    User,
    Password,
    Pause,
    Hidden,  // text that people are shown as "***"
    Value,   // of a variable, as text
    Wait,    // a pause of as many seconds as a variable says
  };
  What what = What::Text;
  std::string text{};     // Text, Hidden
  Duration pause = 0s;    // Pause
  uint16_t variable = 0;  // Value, Wait
  bool operator==(const ScriptPiece&) const = default;
};

constexpr size_t kScriptTextMax = 128;  // octets of a pattern, and of a text to send
constexpr size_t kScriptStepsMax = 256;
constexpr size_t kCompiledStepsMax = 4096;        // of what another language became
constexpr Duration kScriptWaitMost = 10min;       // of one wait or pause
constexpr Duration kCompiledWithinMost = 10min;   // of a whole script of another language
constexpr Duration kScriptWaitUnsaid = 60s;       // where the language would wait for ever
constexpr Duration kCompiledWithinUnsaid = 5min;  // the same, of a whole script

/// "${user}\r", "\d", "\x1a": escapes are \r \n \t \\ \$ \xHH, \d (a second's pause), \p (a tenth).
Result<std::vector<ScriptPiece>> parse_send(std::string_view text);

/// Seven data bits with this parity, made and taken off here: the line itself has eight, for PPP.
enum class ScriptParity : uint8_t { None, Even, Odd, Mark, Space };
char with_parity(char c, ScriptParity parity);

/// Waits for one of its patterns, then sends; either may be missing.
struct ScriptStep {
  static constexpr size_t kDone = SIZE_MAX - 1, kFail = SIZE_MAX;
  struct Pattern {
    std::string text;
    std::optional<size_t> to{};  // a step, kDone or kFail, and nothing is sent; none: on from here
    bool any_case = false;
    uint16_t address = 0;                // not 0: the so-manieth IPv4 address of what comes
    std::optional<uint16_t> variable{};  // the text is this variable's; gets the address
    std::vector<PatternPiece> holes{};   // a pattern with holes, in place of the text
    bool keeps_all = false;              // what has come is looked at again by the next wait
    bool keeps_line = false;             // a line that is not over is looked at again
    CauseCode refused = CauseCode::ScriptFailed;  // what kFail means here
    bool operator==(const Pattern&) const = default;
  };
  std::vector<Pattern> expect;
  Duration within = 30s;
  size_t otherwise = kFail;        // where it goes on when nothing matched in time
  std::vector<std::string> abort;  // from here on, any of these ends the script as failed
  std::vector<ScriptPiece> send;
  std::vector<std::string> abort_no_more;   // from here on, these do not
  std::vector<std::string> report;          // from here on, lines with these are told
  std::string say;                          // told as the step begins
  std::optional<uint16_t> within_variable;  // `within` is so many seconds
  std::optional<ScriptParity> parity;       // from here on
  /// A step that computes does nothing else. Without `into` it is a condition: false goes on at
  /// `otherwise`.
  ScriptExpression compute;
  std::optional<uint16_t> into;
};

struct Script {
  std::string name;
  std::vector<ScriptStep> steps;
  Duration within = 2min;                       // all of it
  CauseCode refused = CauseCode::ScriptFailed;  // what an abort text means
  std::vector<ScriptValue> variables{};         // as they begin
};

/// One script, and then the other; the first has no variables (SWITCH.INF and PAD.INF know none).
Script joined(Script first, const Script& then);
/// What follows the question for a password is one: it is not to be seen by anybody.
void hide_passwords(Script& script);
/// "assword:", "Passcode>": whether a text that is waited for asks for what nobody may see.
bool asks_for_password(std::string_view awaited);

/// Step by step, as people read it; hidden texts as "***".
std::string to_text(const Script& script);

}  // namespace redial::modem
