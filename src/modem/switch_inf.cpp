// SPDX-License-Identifier: Apache-2.0
#include "modem/switch_inf.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "modem/answer.h"

namespace redial::modem {
namespace {

using What = ScriptPiece::What;
using Pattern = ScriptStep::Pattern;

// KB Q125975: an empty command is a pause; text without <cr> is followed by a short one.
constexpr Duration kEmptyCommand = 2s, kAfterText = 300ms;
constexpr Duration kWithinLeast = 2min;

class Compiler {
 public:
  Compiler(const ModemDescription& section, const X25Fields& fields)
      : section_(section), fields_(fields) {}

  Result<Script> run();

 private:
  bool add(const Command& command);
  std::optional<std::vector<ScriptPiece>> pieces(const Command& command);
  std::optional<ScriptPiece> piece(const CommandPiece& from);
  Pattern pattern(const Response& response, size_t again_at);
  bool needs(std::string_view value, std::string_view what);

  const ModemDescription& section_;
  const X25Fields& fields_;
  Script script_;
  std::optional<Error> error_;
};

Result<Script> Compiler::run() {
  script_.name = section_.name;
  for (const Command& command : section_.dial) {
    if (!add(command)) break;
    if (script_.steps.size() > kCompiledStepsMax) {
      error_ = {ErrorKind::BadFile, fmt::format("[{}]: more than {} steps; it is not run; split it",
                                                section_.name, kCompiledStepsMax)};
    }
    if (error_) break;
  }
  if (error_) return tl::make_unexpected(*std::move(error_));
  Duration sum = 0s;
  for (const ScriptStep& step : script_.steps) {
    if (!step.expect.empty()) sum += step.within;
    for (const ScriptPiece& each : step.send) sum += each.pause;
  }
  script_.within = std::clamp(sum, kWithinLeast, kCompiledWithinMost);
  hide_passwords(script_);
  return std::move(script_);
}

bool Compiler::needs(std::string_view value, std::string_view what) {
  if (!value.empty()) return true;
  error_ = {ErrorKind::Unsupported,
            fmt::format("[{}] sends <{}>, and the entry does not say it; it is not run; write it "
                        "into the entry",
                        section_.name, what)};
  return false;
}

std::optional<ScriptPiece> Compiler::piece(const CommandPiece& from) {
  using Kind = CommandPiece::Kind;
  switch (from.kind) {
    case Kind::Literal: return ScriptPiece{What::Text, from.text};
    case Kind::Macro: {
      const auto macro = section_.macros.find(from.text);
      if (macro == section_.macros.end()) break;
      const bool off = section_.default_off.contains(from.text);
      return ScriptPiece{What::Text, off ? macro->second.off : macro->second.on};
    }
    case Kind::UserName: return ScriptPiece{What::User};
    case Kind::Password: return ScriptPiece{What::Password};
    case Kind::X25Address:
      if (!needs(fields_.address, "x25address")) return std::nullopt;
      return ScriptPiece{What::Text, fields_.address};
    case Kind::UserData: return ScriptPiece{What::Hidden, fields_.user_data};
    case Kind::Facilities: return ScriptPiece{What::Hidden, fields_.facilities};
    case Kind::PhoneNumber: break;
  }
  error_ = {ErrorKind::BadFile,
            fmt::format("[{}]: {} means nothing after the call is up; it is not run; remove it",
                        section_.name, to_text(Command{.pieces = {from}}))};
  return std::nullopt;
}

std::optional<std::vector<ScriptPiece>> Compiler::pieces(const Command& command) {
  std::vector<ScriptPiece> made;
  for (const CommandPiece& from : command.pieces) {
    auto each = piece(from);
    if (!each) return std::nullopt;
    made.push_back(*std::move(each));
  }
  if (made.empty()) {
    made.push_back({What::Pause, {}, kEmptyCommand});
  } else if (!made.back().text.ends_with('\r')) {
    made.push_back({What::Pause, {}, kAfterText});
  }
  return made;
}

Pattern Compiler::pattern(const Response& response, size_t again_at) {
  using Kind = PatternPiece::Kind;
  Pattern made;
  made.holes = response.pattern;
  made.keeps_all = std::erase_if(made.holes, [](const PatternPiece& each) {
                     return each.kind == Kind::Append;
                   }) > 0;
  const bool plain = made.holes.size() == 1 && made.holes[0].kind == Kind::Match &&
                     made.holes[0].text.size() <= kScriptTextMax;
  if (plain) {
    made.text = made.holes[0].text;
    made.holes.clear();
  }
  switch (response.code) {
    case ResponseCode::Ok: return made;
    case ResponseCode::Loop:
    case ResponseCode::Ring:
      made.to = again_at;
      made.keeps_all = false;  // it would go round on the same text
      made.keeps_line = true;  // the prompt may be half there
      return made;
    case ResponseCode::Connect:
    case ResponseCode::ConnectEc: made.to = ScriptStep::kDone; return made;
    case ResponseCode::Error:
    case ResponseCode::ErrorBusy:
    case ResponseCode::ErrorVoice:
    case ResponseCode::ErrorNoAnswer:
    case ResponseCode::ErrorNoCarrier:
    case ResponseCode::ErrorNoDialtone:
    case ResponseCode::ErrorDiagnostics:
    case ResponseCode::ErrorDelayed:
    case ResponseCode::ErrorBlacklisted: break;
  }
  made.to = ScriptStep::kFail;
  const CauseCode cause = cause_of(response.code);
  made.refused = cause == CauseCode::ModemError ? CauseCode::ScriptFailed : cause;
  return made;
}

/// False: nothing comes after it.
bool Compiler::add(const Command& command) {
  auto sends = pieces(command);
  if (!sends) return false;
  const bool empty = command.pieces.empty();
  ScriptStep send, wait;
  send.send = *std::move(sends);
  const size_t send_at = script_.steps.size();
  script_.steps.push_back(std::move(send));
  if (command.no_response) return true;
  // LOOP issues the command again; an empty one is a pause, and there is no need of another.
  const size_t again_at = empty ? send_at + 1 : send_at;
  for (const auto* list : {&command.responses, &section_.responses})
    for (const Response& response : *list) wait.expect.push_back(pattern(response, again_at));
  if (wait.expect.empty()) return false;
  wait.within = command.within;
  script_.steps.push_back(std::move(wait));
  return true;
}

}  // namespace

Result<Script> compile_script(const ModemDescription& section, const X25Fields& fields) {
  return Compiler(section, fields).run();
}

}  // namespace redial::modem
