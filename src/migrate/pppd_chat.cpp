// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd_chat.h"

#include <fmt/format.h>

#include "migrate/lines.h"
#include "modem/chat.h"

namespace redial::migrate {
namespace {

using modem::ScriptPiece;
using modem::ScriptStep;
using What = ScriptPiece::What;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '\\' || c == '$') {
      out += '\\';
      out += c;
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (octet < 0x20 || octet > 0x7e) {
      out += fmt::format("\\x{:02x}", octet);
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> send_text(const std::vector<ScriptPiece>& pieces) {
  std::string out;
  for (const ScriptPiece& piece : pieces) {
    switch (piece.what) {
      case What::Text: out += escaped(piece.text); break;
      case What::User: out += "${user}"; break;
      case What::Password: out += "${password}"; break;
      case What::Pause:
        for (Duration left = piece.pause; left > 0s; left -= left >= 1s ? Duration(1s) : 100ms) {
          out += left >= 1s ? "\\d" : "\\p";
        }
        break;
      case What::Hidden:
      case What::Value:
      case What::Wait: return std::nullopt;
    }
  }
  if (out.size() > phonebook::kScriptTextMax) return std::nullopt;
  return out;
}

std::string target(size_t to, size_t next) {
  if (to == ScriptStep::kDone) return "done";
  if (to == ScriptStep::kFail) return "fail";
  return to == next ? "next" : fmt::format("s{}", to);
}

std::optional<phonebook::ScriptStep> to_step(const ScriptStep& step, size_t at, size_t count) {
  const auto place = [&](size_t to) {
    return target(to < ScriptStep::kDone && to >= count ? ScriptStep::kDone : to, at + 1);
  };
  phonebook::ScriptStep made;
  made.label = fmt::format("s{}", at);
  made.within = step.within;
  made.otherwise = place(step.otherwise);
  for (const ScriptStep::Pattern& pattern : step.expect) {
    if (pattern.any_case || pattern.address != 0 || pattern.variable || !pattern.holes.empty())
      return std::nullopt;
    phonebook::ScriptStep::Pattern written{pattern.text, {}};
    // Nothing is sent here on the way to another step, so "next" has to be said by its label.
    if (pattern.to) written.then = place(*pattern.to);
    if (written.then == "next") written.then = fmt::format("s{}", at + 1);
    made.expect.push_back(std::move(written));
  }
  if (step.compute != modem::ScriptExpression{} || step.into || step.parity) return std::nullopt;
  made.abort.assign(step.abort.begin(),
                    step.abort.begin() + static_cast<std::ptrdiff_t>(std::min(
                                             step.abort.size(), phonebook::kScriptListMax)));
  auto send = send_text(step.send);
  if (!send || made.expect.size() > phonebook::kScriptListMax) return std::nullopt;
  made.send = *std::move(send);
  return made;
}

}  // namespace

std::optional<phonebook::ScriptSteps> to_steps(const modem::Script& script) {
  if (script.steps.size() > phonebook::kScriptStepsMax) return std::nullopt;
  phonebook::ScriptSteps out;
  for (size_t i = 0; i < script.steps.size(); ++i) {
    auto step = to_step(script.steps[i], i, script.steps.size());
    if (!step) return std::nullopt;
    out.push_back(*std::move(step));
  }
  return out;
}

Result<std::string> apply_chat(const std::string& command, const std::string& name,
                               const std::function<Result<std::string>(const std::string&)>& read,
                               Connection& connection) {
  modem::ChatOptions options;
  options.name = name;
  options.read = read;
  options.take_credentials = true;
  modem::ChatScript chat = modem::read_chat_command(command, options);
  for (const modem::Diagnostic& d : chat.diagnostics) {
    if (d.severity == modem::Diagnostic::Severity::Error) return fail(ErrorKind::BadFile, d.text);
  }
  std::string lost;
  if (chat.login) {
    auto steps = to_steps(*chat.login);
    if (!steps) {
      lost =
          "the script after CONNECT hides a text or does more than wait and send; it is not "
          "taken over; write it as script = [...] of the entry";
    } else {
      connection.entry.script_steps = *std::move(steps);
    }
    if (!steps && !chat.modem) return fail(ErrorKind::BadFile, lost);
  }
  connection.rules.chat_aborts = std::move(chat.aborts);
  connection.modem = std::move(chat.modem);
  if (connection.modem) connection.entry.dial_within = clamped(chat.dial_within, 5s, 10min);
  if (!chat.number.empty()) {
    phonebook::Number number;
    number.digits = clean(chat.number).substr(0, phonebook::kNumberOctetsMax);
    connection.entry.numbers = {number};
  }
  if (connection.entry.user.empty()) connection.entry.user = clean(chat.user).substr(0, 255);
  if (connection.password.empty()) connection.password = std::move(chat.password);
  return lost;
}

}  // namespace redial::migrate
