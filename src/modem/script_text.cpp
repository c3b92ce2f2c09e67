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
    case What::Pause: return "a pause of " + redial::to_text(piece.pause);
    case What::Hidden: return "***";
    case What::Value: return fmt::format("variable {}", piece.variable + 1);
    case What::Wait: return fmt::format("a pause of variable {} seconds", piece.variable + 1);
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

std::string described(const ScriptStep& step) {
  if (!step.compute.empty())
    return step.into ? fmt::format("compute variable {}", *step.into + 1)
                     : "if not so, go to " + target(step.otherwise);
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
