// SPDX-License-Identifier: Apache-2.0
#include "phonebook/toml_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

using Kind = TomlNode::Kind;

constexpr size_t kLinesMax = 10'000;

/// A word of a list in the order of its enum.
template <class E, size_t N>
std::optional<E> word_of(const TomlNode& node, const std::array<std::string_view, N>& words,
                         TomlComplaints& to) {
  const auto found = std::ranges::find(words, node.text);
  if (node.kind == Kind::Text && found != words.end()) {
    return static_cast<E>(found - words.begin());
  }
  std::string known;
  for (size_t i = 0; i < N; ++i) {
    known += fmt::format("{}\"{}\"", i == 0 ? "" : i + 1 == N ? " and " : ", ", words[i]);
  }
  to.error(node,
           fmt::format("{} knows {}; the line is left out; write one of them", node.key, known));
  return std::nullopt;
}

constexpr std::array<std::string_view, 3> kKinds = {"modem", "direct", "tcp"};
enum class Greeting : uint8_t { None, Windows };
constexpr std::array<std::string_view, 2> kGreetings = {"none", "windows"};
constexpr std::array<std::string_view, 3> kTransports = {"raw", "telnet", "rfc2217"};
constexpr std::array<std::string_view, 3> kFlowControls = {"none", "hardware", "software"};

void read_usb(const TomlNode& key, LineSpec& line, TomlComplaints& to) {
  const auto text = toml_text(key, 200, to);
  if (!text) return;
  constexpr std::string_view kSerial = "serial:", kPlace = "0123456789-.:";
  const bool serial = text->starts_with(kSerial) && text->size() > kSerial.size();
  const bool place = !text->empty() && text->find_first_not_of(kPlace) == std::string::npos &&
                     text->find('-') != std::string::npos;
  if (serial || place) {
    line.path = "usb:" + *text;
    return;
  }
  to.error(key, fmt::format("\"{}\" is no place on a USB bus; the line is left out; write usb = "
                            "\"1-1.2\" (see /sys/bus/usb/devices) or \"serial:A50285BI\"",
                            shown(*text)));
}

void read_format(const TomlNode& key, LineSpec& line, TomlComplaints& to) {
  const auto text = toml_text(key, 200, to);
  if (!text) return;
  const std::string_view form = *text;
  if (form.size() == 3 && form[0] == '8' &&
      std::string_view("NEO").find(form[1]) != std::string_view::npos &&
      (form[2] == '1' || form[2] == '2')) {
    line.format = form;
    return;
  }
  to.error(key, fmt::format("\"{}\" is no format that PPP can use, which needs eight data bits; "
                            "the line is left out; write format = \"8N1\", or E or O for parity, "
                            "2 for two stop bits",
                            shown(form)));
}

constexpr size_t kCommandWordsMax = 32;

void read_command(const TomlNode& key, LineSpec& line, TomlComplaints& to) {
  if (key.kind != Kind::Array || key.children.empty() || key.children.size() > kCommandWordsMax) {
    to.error(key, fmt::format("{} is to be an array of a program and its arguments, at most {} "
                              "words; the line is left out; write power_cycle = "
                              "[\"/usr/sbin/uhubctl\", \"-a\", \"cycle\"]",
                              key.key, kCommandWordsMax));
    return;
  }
  for (const TomlNode& word : key.children) {
    line.power_cycle.push_back(toml_text(word, kTextOctetsMax, to).value_or(""));
  }
}

void read_wait(const TomlNode& key, Duration& wait, TomlComplaints& to) {
  const auto text = toml_text(key, 40, to);
  if (!text) return;
  const auto duration = to_duration(*text);
  if (duration && *duration >= 0s && *duration <= 10min) {
    wait = *duration;
    return;
  }
  to.error(key, fmt::format("\"{}\" is no duration up to 10 minutes; the line is left out; write "
                            "{} = \"30 s\"",
                            shown(*text), key.key));
}

/// One of the words that a line's choice has.
void read_choice(const TomlNode& key, const LineChoice& choice, LineSpec& line,
                 TomlComplaints& to) {
  if (key.kind == Kind::Text && std::ranges::find(choice.words, key.text) != choice.words.end()) {
    line.modem_settings[key.key] = key.text;
    return;
  }
  std::string known;
  for (const std::string_view word : choice.words) {
    known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", word);
  }
  to.error(key,
           fmt::format("{} knows {}; the line is left out; write one of them", key.key, known));
}

void read_line_key(const TomlNode& key, LineSpec& line, TomlComplaints& to) {
  constexpr std::array<std::string_view, 18> kKnown = {"name",         "needs",
                                                       "kind",         "path",
                                                       "usb",          "description",
                                                       "speed",        "modem_lines",
                                                       "transport",    "modem",
                                                       "flow_control", "format",
                                                       "power_cycle",  "power_cycle_within",
                                                       "ready_within", "dial",
                                                       "blind",        "greeting"};
  if (key.key == "name") {
    line.name = toml_text(key, 64, to).value_or("");
  } else if (key.key == "kind") {
    line.kind = word_of<LineKind>(key, kKinds, to).value_or(LineKind::Modem);
  } else if (key.key == "path") {
    line.path = toml_text(key, kTextOctetsMax, to).value_or("");
  } else if (key.key == "needs") {
    line.needs = toml_text(key, kTextOctetsMax, to).value_or("");
  } else if (key.key == "description") {
    line.description = toml_text(key, kTextOctetsMax, to).value_or("");
  } else if (key.key == "speed") {
    line.speed_bps = static_cast<uint32_t>(toml_count(key, 50, 4'000'000, to).value_or(115200));
  } else if (key.key == "modem_lines") {
    line.modem_lines = toml_flag(key, to).value_or(true);
  } else if (key.key == "transport") {
    line.transport = word_of<Transport>(key, kTransports, to).value_or(Transport::Raw);
  } else if (key.key == "modem") {
    line.modem = toml_flag(key, to);
  } else if (key.key == "usb") {
    read_usb(key, line, to);
  } else if (key.key == "flow_control") {
    line.flow_control = word_of<FlowControl>(key, kFlowControls, to);
  } else if (key.key == "format") {
    read_format(key, line, to);
  } else if (key.key == "power_cycle") {
    read_command(key, line, to);
  } else if (key.key == "power_cycle_within") {
    read_wait(key, line.power_cycle_within, to);
  } else if (key.key == "ready_within") {
    read_wait(key, line.ready_within, to);
  } else if (key.key == "dial") {
    line.dial = toml_dial_by(key, to);
  } else if (key.key == "blind") {
    line.blind = toml_flag(key, to).value_or(false);
  } else if (key.key == "greeting") {
    line.greeting = word_of<Greeting>(key, kGreetings, to) == Greeting::Windows;
  } else if (const auto choice = std::ranges::find(line_choices(), key.key, &LineChoice::key);
             choice != line_choices().end()) {
    read_choice(key, *choice, line, to);
  } else if (!to.refused_password(key)) {
    std::vector<std::string_view> known(kKnown.begin(), kKnown.end());
    for (const LineChoice& each : line_choices()) known.push_back(each.key);
    to.unknown_key(key, known);
  }
}

/// What there is to trust and to say follows from kind and transport, unless it is written; what is
/// written and cannot be had is an error.
void fit_to_kind(const TomlNode& table, LineSpec& line, TomlComplaints& to) {
  const bool tcp = line.kind == LineKind::Tcp;
  const auto refuse = [&](std::string_view key, std::string_view why) {
    to.error(*table.child(key), fmt::format("line {}: {}", line.name, why));
  };
  if (!tcp && table.child("transport")) {
    refuse("transport", "only a tcp line has a transport; it is left out; write kind = \"tcp\"");
  }
  if (!tcp && line.modem && *line.modem != has_modem(line)) {
    refuse("modem",
           "its kind says otherwise; it is left out; write kind = \"modem\" or "
           "\"direct\"");
  }
  if (tcp && line.modem == false && !line.description.empty()) {
    refuse("modem",
           "has no modem, and a description of one; it is left out; write one or the "
           "other");
  }
  const bool has_port = !tcp || line.transport == Transport::Rfc2217;
  for (const std::string_view key : {"flow_control", "format"}) {
    if (!has_port && table.child(key)) {
      refuse(key, "only a port has it, or RFC 2217; it is left out; write transport = \"rfc2217\"");
    }
  }
  if (tcp && table.child("usb")) refuse("usb", "a tcp line has a path, host:port; it is left out");
  if (table.child("usb") && table.child("path")) {
    refuse("usb", "has a path as well; it is left out; write one of the two");
  }
  for (const std::string_view key : {"dial", "blind"}) {
    if (!has_modem(line) && table.child(key)) {
      refuse(key, "only a modem dials; it is left out; write kind = \"modem\"");
    }
  }
  for (const auto& [key, word] : line.modem_settings) {
    if (!has_modem(line)) {
      refuse(key, "only a modem has it; it is left out; write kind = \"modem\"");
    }
  }
  if (line.greeting && has_modem(line)) {
    refuse("greeting",
           "a modem's line has no null-modem greeting; it is left out; write kind = \"direct\"");
  }
  if (!tcp || table.child("modem_lines") == nullptr) {
    line.modem_lines = tcp ? line.transport == Transport::Rfc2217 : line.modem_lines;
  } else if (line.modem_lines && !has_circuits(line)) {
    refuse("modem_lines",
           "modem lines come over TCP by RFC 2217 only; it is left out; write "
           "transport = \"rfc2217\"");
  }
  if (has_modem(line) && line.description.empty()) line.description = "builtin:hayes";
}

void read_line(const TomlNode& table, Config& config, TomlComplaints& to) {
  const size_t errors = to.errors();
  LineSpec line;
  for (const TomlNode& key : table.children) read_line_key(key, line, to);
  if (to.errors() != errors) return;
  if (table.child("name") == nullptr || line.name.empty()) {
    to.error(table, "a line without a name; it is left out; write name = \"COM1\"");
    return;
  }
  if (line.path.empty() && line.needs.empty()) {
    to.error(table, fmt::format("line {} has no path; it is left out; write path = \"/dev/ttyS0\"",
                                line.name));
    return;
  }
  if (line.kind == LineKind::Tcp && table.child("path") && !is_host_and_port(line.path)) {
    to.error(*table.child("path"),
             fmt::format("line {} is a tcp line and \"{}\" is not host:port; it is left out; write "
                         "path = \"10.0.0.9:4001\"",
                         line.name, shown(line.path)));
    return;
  }
  for (const LineSpec& other : config.lines) {
    if (!same_word(other.name, line.name)) continue;
    to.error(table, fmt::format("a second line named {}; it is left out; rename one", line.name));
    return;
  }
  fit_to_kind(table, line, to);
  if (to.errors() != errors) return;
  line.bare = std::ranges::all_of(table.children, [](const TomlNode& key) {
    return key.key == "name" || key.key == "path" || key.key == "usb";
  });
  config.lines.push_back(std::move(line));
}

}  // namespace

bool is_host_and_port(std::string_view path) {
  const size_t colon = path.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto port = to_integer(path.substr(colon + 1));
  return port && *port >= 1 && *port <= 65535;
}

/// "1-1.2", "1-1.2:1.3" or "serial:A50285BI", kept as a path of its own kind.

void read_toml_lines(const TomlNode& node, Config& config, TomlComplaints& to) {
  if (node.kind != Kind::Array) {
    to.error(node, "line is to be an array of tables; no line is read; write [[line]]");
    return;
  }
  for (const TomlNode& element : node.children) {
    if (element.kind != Kind::Table) {
      to.error(element, "a line is to be a table; it is left out; write [[line]]");
    } else if (config.lines.size() >= kLinesMax) {
      to.error(element, fmt::format("more than {} lines; the rest is not read", kLinesMax));
      return;
    } else {
      read_line(element, config, to);
    }
  }
}

}  // namespace redial::phonebook
