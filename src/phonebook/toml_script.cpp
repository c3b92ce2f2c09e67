// SPDX-License-Identifier: Apache-2.0
#include "phonebook/toml_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

using Kind = TomlNode::Kind;

/// A text of a script may have what ends a line; nothing else that moves a terminal.
std::optional<std::string> script_text(const TomlNode& node, TomlComplaints& to) {
  if (node.kind != Kind::Text) {
    to.error(node, fmt::format("a text of a script is to be in quotes, not {}; the script is left "
                               "out; write \"ogin:\"",
                               name(node.kind)));
    return std::nullopt;
  }
  std::string rest = node.text;
  std::erase_if(rest, [](char c) { return c == '\r' || c == '\n' || c == '\t'; });
  if (has_control_characters(rest)) {
    to.error(node,
             "a text of a script has control characters; the script is left out; write them as "
             "'\\xHH' in what is sent");
    return std::nullopt;
  }
  if (node.text.empty() || node.text.size() > kScriptTextMax) {
    to.error(node, fmt::format("a text of a script has {} octets, 1 to {} are allowed; the script "
                               "is left out; shorten it",
                               node.text.size(), kScriptTextMax));
    return std::nullopt;
  }
  return node.text;
}

/// A lone value, or an array of at most kScriptListMax.
std::optional<std::span<const TomlNode>> one_or_more(const TomlNode& node, TomlComplaints& to) {
  if (node.kind != Kind::Array) return std::span(&node, 1);
  if (!node.children.empty() && node.children.size() <= kScriptListMax) {
    return std::span<const TomlNode>(node.children);
  }
  to.error(node, fmt::format("{} has {} values, 1 to {} are allowed; the script is left out; "
                             "remove some",
                             shown(node.key), node.children.size(), kScriptListMax));
  return std::nullopt;
}

bool read_pattern(const TomlNode& node, ScriptStep& step, TomlComplaints& to) {
  ScriptStep::Pattern pattern;
  if (node.kind != Kind::Table) {
    auto text = script_text(node, to);
    if (text) step.expect.push_back({std::move(*text), ""});
    return text.has_value();
  }
  constexpr std::array<std::string_view, 2> kKnown = {"text", "then"};
  for (const TomlNode& child : node.children) {
    if (child.key == "text") {
      pattern.text = script_text(child, to).value_or("");
    } else if (child.key == "then") {
      pattern.then = toml_text(child, kScriptTextMax, to).value_or("fail");
    } else {
      to.unknown_key(child, kKnown);
    }
  }
  if (pattern.text.empty()) {
    to.error(node, "a pattern without a text; the script is left out; write { text = \"ogin:\" }");
    return false;
  }
  step.expect.push_back(std::move(pattern));
  return true;
}

bool read_wait(const TomlNode& node, ScriptStep& step, TomlComplaints& to) {
  const auto wait = node.kind == Kind::Text ? to_duration(node.text) : std::nullopt;
  if (wait && *wait >= kScriptWaitLeast && *wait <= kScriptWaitMost) {
    step.within = *wait;
    return true;
  }
  to.error(node, fmt::format("within is to be a duration with its unit from {} to {}; the script "
                             "is left out; write within = \"10 s\"",
                             to_exact_text(kScriptWaitLeast), to_exact_text(kScriptWaitMost)));
  return false;
}

bool read_step_key(const TomlNode& node, ScriptStep& step, TomlComplaints& to) {
  constexpr std::array<std::string_view, 6> kKnown = {"label",     "expect", "within",
                                                      "otherwise", "abort",  "send"};
  if (node.key == "label") {
    step.label = toml_text(node, kScriptTextMax, to).value_or("");
  } else if (node.key == "otherwise") {
    step.otherwise = toml_text(node, kScriptTextMax, to).value_or("fail");
  } else if (node.key == "within") {
    return read_wait(node, step, to);
  } else if (node.key == "send") {
    auto text = script_text(node, to);
    if (text) step.send = std::move(*text);
    return text.has_value();
  } else if (node.key == "expect") {
    const auto patterns = one_or_more(node, to);
    return patterns && std::ranges::all_of(*patterns, [&](const TomlNode& pattern) {
             return read_pattern(pattern, step, to);
           });
  } else if (node.key == "abort") {
    const auto texts = one_or_more(node, to);
    return texts && std::ranges::all_of(*texts, [&](const TomlNode& each) {
             auto text = script_text(each, to);
             if (text) step.abort.push_back(std::move(*text));
             return text.has_value();
           });
  } else if (!to.refused_password(node)) {
    to.unknown_key(node, kKnown);
  }
  return true;
}

std::optional<ScriptStep> read_step(const TomlNode& node, TomlComplaints& to) {
  if (node.kind != Kind::Table) {
    to.error(node, fmt::format("a step of a script is to be a table, not {}; the script is left "
                               "out; write {{ expect = \"ogin:\", send = '${{user}}\\r' }}",
                               name(node.kind)));
    return std::nullopt;
  }
  ScriptStep step;
  for (const TomlNode& child : node.children) {
    if (!read_step_key(child, step, to)) return std::nullopt;
  }
  return step;
}

bool leads_somewhere(const std::string& label, const ScriptSteps& steps) {
  if (label.empty() || label == "done" || label == "fail" || label == "next") return true;
  return std::ranges::find(steps, label, &ScriptStep::label) != steps.end();
}

bool check_labels(const TomlNode& node, const ScriptSteps& steps, TomlComplaints& to) {
  const auto refuse = [&](const std::string& label) {
    to.error(node, fmt::format("the script goes to \"{}\", which no step has as its label; it is "
                               "left out; write label = \"{}\" there",
                               shown(label), shown(label)));
    return false;
  };
  for (const ScriptStep& step : steps) {
    if (!leads_somewhere(step.otherwise, steps)) return refuse(step.otherwise);
    for (const auto& pattern : step.expect) {
      if (!leads_somewhere(pattern.then, steps)) return refuse(pattern.then);
    }
  }
  return true;
}

std::string list_of(const std::vector<std::string>& quoted) {
  std::string out;
  for (const std::string& each : quoted) out += (out.empty() ? "" : ", ") + each;
  return quoted.size() == 1 ? out : "[" + out + "]";
}

}  // namespace

std::optional<ScriptSteps> toml_script(const TomlNode& node, TomlComplaints& to) {
  if (node.kind != Kind::Array || node.children.empty() || node.children.size() > kScriptStepsMax) {
    to.error(node, fmt::format("a script is to be an array of 1 to {} steps; it is left out; write "
                               "[{{ expect = \"ogin:\", send = '${{user}}\\r' }}]",
                               kScriptStepsMax));
    return std::nullopt;
  }
  ScriptSteps steps;
  for (const TomlNode& element : node.children) {
    auto step = read_step(element, to);
    if (!step) return std::nullopt;
    steps.push_back(std::move(*step));
  }
  if (!check_labels(node, steps, to)) return std::nullopt;
  return steps;
}

std::vector<NamedScript> toml_named_scripts(const TomlNode& node, TomlComplaints& to) {
  constexpr size_t kScriptsMax = 1000;
  constexpr std::array<std::string_view, 1> kKnown = {"steps"};
  std::vector<NamedScript> scripts;
  if (node.kind != Kind::Table || node.children.size() > kScriptsMax) {
    to.error(node, fmt::format("script is to be at most {} tables; none is read; write "
                               "[script.login] and steps = [...]",
                               kScriptsMax));
    return scripts;
  }
  for (const TomlNode& child : node.children) {
    const TomlNode* steps = child.kind == Kind::Table ? child.child("steps") : nullptr;
    if (steps == nullptr) {
      to.error(child, fmt::format("script {} has no steps; it is left out; write steps = [...]",
                                  shown(child.key)));
      continue;
    }
    for (const TomlNode& key : child.children) {
      if (&key != steps && !to.refused_password(key)) to.unknown_key(key, kKnown);
    }
    if (auto read = toml_script(*steps, to)) scripts.push_back({child.key, std::move(*read)});
  }
  return scripts;
}

std::string script_to_toml(const ScriptSteps& steps) {
  const ScriptStep fresh;
  std::string out = "[\n";
  for (const ScriptStep& step : steps) {
    std::vector<std::string> keys, patterns, aborts;
    for (const auto& pattern : step.expect) {
      patterns.push_back(pattern.then.empty()
                             ? toml_quoted(pattern.text)
                             : fmt::format("{{ text = {}, then = {} }}", toml_quoted(pattern.text),
                                           toml_quoted(pattern.then)));
    }
    for (const std::string& text : step.abort) aborts.push_back(toml_quoted(text));
    if (!step.label.empty()) keys.push_back("label = " + toml_quoted(step.label));
    if (!patterns.empty()) keys.push_back("expect = " + list_of(patterns));
    if (step.within != fresh.within) {
      keys.push_back("within = " + toml_quoted(to_exact_text(step.within)));
    }
    if (step.otherwise != fresh.otherwise) {
      keys.push_back("otherwise = " + toml_quoted(step.otherwise));
    }
    if (!aborts.empty()) keys.push_back("abort = " + list_of(aborts));
    if (!step.send.empty()) keys.push_back("send = " + toml_quoted(step.send));
    std::string line;
    for (const std::string& key : keys) line += (line.empty() ? "" : ", ") + key;
    out += fmt::format("  {{ {} }},\n", line);
  }
  return out + "]";
}

}  // namespace redial::phonebook
