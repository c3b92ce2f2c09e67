// SPDX-License-Identifier: Apache-2.0
// A dial script as people read it, step by step.
#include <fmt/format.h>

#include "modem/script.h"

namespace redial::modem {
namespace {

using What = ScriptPiece::What;

std::string quoted(std::string_view text) {
  return fmt::format("\"{}\"", to_visible(as_bytes(text), 120));
}

std::string target(size_t step) {
  if (step == ScriptStep::kDone) return "done";
  if (step == ScriptStep::kFail) return "failed";
  return fmt::format("step {}", step + 1);
}

std::string text_of(const ScriptPiece& piece) {
  switch (piece.what) {
    case What::Text: return quoted(piece.text);
    case What::User: return "the user name";
    case What::Password: return "the password";
    case What::Pause: return "(pause " + redial::to_text(piece.pause) + ")";
    case What::Hidden: return "***";
    case What::Value: return fmt::format("variable {}", piece.variable + 1);
    case What::Wait: return fmt::format("(pause of variable {} seconds)", piece.variable + 1);
  }
  return {};
}

std::string text_of(const ScriptStep::Pattern& pattern) {
  std::string text = quoted(pattern.text);
  if (!pattern.holes.empty()) text = to_text(Response{ResponseCode::Ok, pattern.holes});
  if (pattern.variable) text = fmt::format("variable {}", *pattern.variable + 1);
  if (pattern.address != 0) text = fmt::format("IP address number {}", pattern.address);
  if (pattern.any_case) text += " in any case";
  if (!pattern.to) return text;
  if (*pattern.to == ScriptStep::kFail)
    return fmt::format("{} (failed: {})", text, redial::text(pattern.refused));
  return fmt::format("{} ({})", text, target(*pattern.to));
}

template <class List>
std::string listed(const List& list, std::string_view between) {
  std::string text;
  for (const auto& each : list) {
    if (!text.empty()) text += between;
    text += text_of(each);
  }
  return text;
}

std::string value_text(const ScriptTerm& term) {
  using Term = ScriptTerm::What;
  if (term.what == Term::Variable) return fmt::format("variable {}", term.variable + 1);
  if (term.what == Term::User) return "the user name";
  if (term.what == Term::Password) return "the password";
  if (term.what == Term::Success) return "found";
  const ScriptValue& value = term.value;
  if (value.type == ScriptValue::Type::Text) return quoted(value.text);
  if (value.type == ScriptValue::Type::Number) return std::to_string(value.number);
  return value.number != 0 ? "true" : "false";
}

/// Between their values again, in brackets.
std::string expression_text(const ScriptExpression& expression) {
  // In the order of ScriptTerm::What, from Negate on.
  constexpr std::string_view kSigns[] = {"-", "not ", "*",  "/",  "+",  "-",   "<",
                                         ">", "<=",   ">=", "==", "!=", "and", "or"};
  std::vector<std::string> stack;
  for (const ScriptTerm& term : expression) {
    const unsigned takes = operands(term.what);
    if (takes == 0) {
      stack.push_back(value_text(term));
      continue;
    }
    if (stack.size() < takes) break;
    const std::string_view sign =
        kSigns[static_cast<size_t>(term.what) - static_cast<size_t>(ScriptTerm::What::Negate)];
    const std::string right = std::move(stack.back());
    stack.pop_back();
    if (takes == 1) {
      stack.push_back(fmt::format("{}{}", sign, right));
    } else {
      stack.back() = fmt::format("({} {} {})", stack.back(), sign, right);
    }
  }
  return stack.size() == 1 ? stack.front() : "?";
}

std::string computing(const ScriptStep& step) {
  const std::string text = expression_text(step.compute);
  if (step.into) return fmt::format("variable {} = {}", *step.into + 1, text);
  if (text == "true") return "go on";
  const std::string to = step.otherwise == ScriptStep::kFail ? step.say : target(step.otherwise);
  if (text == "false") return step.otherwise == ScriptStep::kFail ? to : "go to " + to;
  return fmt::format("unless {}, go to {}", text, to);
}

std::string described(const ScriptStep& step) {
  if (!step.compute.empty()) return computing(step);
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const std::string& abort : step.abort) add("give up at " + quoted(abort) + " from here on");
  if (!step.expect.empty()) {
    const std::string within = step.within_variable
                                   ? fmt::format("variable {} seconds", *step.within_variable + 1)
                                   : redial::to_text(step.within);
    add(fmt::format("wait {} for {}", within, listed(step.expect, " or ")));
    if (step.otherwise != ScriptStep::kFail) add("else " + target(step.otherwise));
  }
  if (!step.send.empty()) add("send " + listed(step.send, ", "));
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::string to_text(const Script& script) {
  std::string text;
  for (size_t i = 0; i < script.steps.size(); ++i)
    text += fmt::format("{:>4}  {}\n", i + 1, described(script.steps[i]));
  return text;
}

}  // namespace redial::modem
