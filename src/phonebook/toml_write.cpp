// SPDX-License-Identifier: Apache-2.0
// Entries as native TOML: every key of the table that differs from a new entry's.
#include <fmt/format.h>

#include "core/outbox.h"
#include "phonebook/text.h"
#include "phonebook/toml.h"
#include "phonebook/toml_script.h"
#include "phonebook/toml_tree.h"

namespace redial::phonebook {
namespace {

std::string text_of(const Number& number) {
  Number plain;
  plain.digits = number.digits;
  if (number == plain) return toml_quoted(number.digits);
  std::string out = "{ number = " + toml_quoted(number.digits);
  if (!number.area_code.empty()) out += ", area_code = " + toml_quoted(number.area_code);
  if (number.country_code != 0) out += fmt::format(", country_code = {}", number.country_code);
  if (number.use_dialing_rules) out += ", dialing_rules = true";
  if (!number.comment.empty()) out += ", comment = " + toml_quoted(number.comment);
  return out + " }";
}

/// On one line where it fits, else one element a line: no line grows without bound.
std::string list_of(const std::vector<std::string>& elements) {
  std::string on_one;
  for (const std::string& element : elements) on_one += (on_one.empty() ? "" : ", ") + element;
  if (on_one.size() <= 80) return "[" + on_one + "]";
  std::string out = "[\n";
  for (const std::string& element : elements) out += "  " + element + ",\n";
  return out + "]";
}

std::string text_of(const Value& value, const EntryKey& key) {
  using K = EntryKey::Kind;
  const bool by_number = key.kind == K::Flag || key.kind == K::Count || key.kind == K::Time;
  return match(
      value, [](bool on) { return std::string(on ? "true" : "false"); },
      [](int64_t number) { return fmt::format("{}", number); },
      [](Duration duration) { return toml_quoted(to_exact_text(duration)); },
      [&](const std::string& text) { return toml_quoted(by_number ? key.words : text); },
      [](const std::vector<std::string>& texts) {
        std::vector<std::string> elements;
        for (const std::string& text : texts) elements.push_back(toml_quoted(text));
        return list_of(elements);
      },
      [](const std::vector<Number>& numbers) {
        std::vector<std::string> elements;
        for (const Number& number : numbers) elements.push_back(text_of(number));
        return list_of(elements);
      },
      [](const ScriptSteps& steps) { return script_to_toml(steps); });
}

std::string text_of(const Entry& entry) {
  const Entry fresh;
  std::string out = fmt::format("[entry.{}]\n", toml_quoted(entry.name));
  std::string table;  // the inline table being written
  for (const EntryKey& key : entry_keys()) {
    // Without a number it takes the type to tell an entry from what is laid over one.
    const bool needed = key.name == "type" && entry.numbers.empty();
    const auto value = key.get(entry);
    if (!value || (!needed && value == key.get(fresh))) continue;
    if (key.table != table) {
      if (!table.empty()) out += " }\n";
      table = key.table;
      out += fmt::format("{} = {{ {} = {}", table, key.name, text_of(*value, key));
    } else if (!table.empty()) {
      out += fmt::format(", {} = {}", key.name, text_of(*value, key));
    } else {
      out += fmt::format("{} = {}\n", key.name, text_of(*value, key));
    }
  }
  if (!table.empty()) out += " }\n";
  return out;
}

std::string_view word(LineKind kind) {
  switch (kind) {
    case LineKind::Modem: return "modem";
    case LineKind::Direct: return "direct";
    case LineKind::Tcp: return "tcp";
  }
  return "";
}
std::string_view word(Transport transport) {
  switch (transport) {
    case Transport::Raw: return "raw";
    case Transport::Telnet: return "telnet";
    case Transport::Rfc2217: return "rfc2217";
  }
  return "";
}
std::string_view word(FlowControl flow) {
  switch (flow) {
    case FlowControl::None: return "none";
    case FlowControl::Hardware: return "hardware";
    case FlowControl::Software: return "software";
  }
  return "";
}

void add_line_device(const LineSpec& line, std::string& out) {
  constexpr std::string_view kUsb = "usb:";
  if (line.path.starts_with(kUsb)) {
    out += fmt::format("usb = {}\n", toml_quoted(std::string_view(line.path).substr(kUsb.size())));
  } else if (!line.path.empty()) {
    out += fmt::format("path = {}\n", toml_quoted(line.path));
  }
  if (!line.needs.empty()) out += fmt::format("needs = {}\n", toml_quoted(line.needs));
  if (!line.description.empty()) {
    out += fmt::format("description = {}\n", toml_quoted(line.description));
  }
}

std::string text_of(const LineSpec& line) {
  const LineSpec fresh;
  std::string out =
      fmt::format("[[line]]\nname = {}\nkind = \"{}\"\n", toml_quoted(line.name), word(line.kind));
  add_line_device(line, out);
  if (line.speed_bps != fresh.speed_bps) out += fmt::format("speed = {}\n", line.speed_bps);
  const bool tcp = line.kind == LineKind::Tcp;
  const bool circuits = !tcp || line.transport == Transport::Rfc2217;
  if (line.modem_lines != circuits) out += fmt::format("modem_lines = {}\n", line.modem_lines);
  if (tcp) out += fmt::format("transport = \"{}\"\n", word(line.transport));
  if (tcp && line.modem) out += fmt::format("modem = {}\n", *line.modem);
  if (line.flow_control) out += fmt::format("flow_control = \"{}\"\n", word(*line.flow_control));
  if (line.format != fresh.format) out += fmt::format("format = {}\n", toml_quoted(line.format));
  if (line.dial) {
    out += fmt::format("dial = \"{}\"\n", *line.dial == DialBy::Pulse ? "pulse" : "tone");
  }
  if (line.blind) out += "blind = true\n";
  for (const auto& [key, word] : line.modem_settings) {
    out += fmt::format("{} = {}\n", key, toml_quoted(word));
  }
  if (!line.power_cycle.empty()) {
    std::vector<std::string> words;
    for (const std::string& each : line.power_cycle) words.push_back(toml_quoted(each));
    out += fmt::format("power_cycle = {}\n", list_of(words));
  }
  const auto wait = [&](std::string_view key, Duration value, Duration usual) {
    if (value != usual) out += fmt::format("{} = {}\n", key, toml_quoted(to_exact_text(value)));
  };
  wait("power_cycle_within", line.power_cycle_within, fresh.power_cycle_within);
  wait("ready_within", line.ready_within, fresh.ready_within);
  if (line.greeting) out += "greeting = \"windows\"\n";
  return out;
}

}  // namespace

std::string write_toml(const std::vector<LineSpec>& lines) {
  std::string out;
  for (const LineSpec& line : lines) out += (out.empty() ? "" : "\n") + text_of(line);
  return out;
}

std::string write_toml(const std::vector<Entry>& entries) {
  std::string out;
  for (const Entry& entry : entries) out += (out.empty() ? "" : "\n") + text_of(entry);
  return out;
}

}  // namespace redial::phonebook
