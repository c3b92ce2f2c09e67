// SPDX-License-Identifier: Apache-2.0
#include "cli/exchange_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "phonebook/text.h"
#include "phonebook/toml_values.h"

namespace redial::cli {
namespace {

using namespace phonebook;
using Kind = TomlNode::Kind;

constexpr std::array<std::pair<std::string_view, lab::Fate>, 7> kFates = {{
    {"ring", lab::Fate::Ring},
    {"busy", lab::Fate::Busy},
    {"no-answer", lab::Fate::NoAnswer},
    {"no-dialtone", lab::Fate::NoDialtone},
    {"voice", lab::Fate::Voice},
    {"reorder", lab::Fate::Reorder},
    {"silence", lab::Fate::Silence},
}};
constexpr std::array<std::string_view, 3> kTransports = {"raw", "telnet", "rfc2217"};
constexpr std::array<std::string_view, 3> kEchoes = {"as-set", "always", "garbled"};

std::optional<size_t> word_of(const TomlNode& node, std::span<const std::string_view> words,
                              TomlComplaints& to) {
  const auto found = std::ranges::find(words, node.text);
  if (node.kind == Kind::Text && found != words.end()) {
    return static_cast<size_t>(found - words.begin());
  }
  to.error(node, fmt::format("{} knows {}; it is not set; write one of them", node.key,
                             fmt::join(words, ", ")));
  return std::nullopt;
}

std::optional<Duration> time_of(const TomlNode& node, Duration most, TomlComplaints& to) {
  const auto duration = node.kind == Kind::Text ? to_duration(node.text) : std::nullopt;
  if (duration && *duration >= 0s && *duration <= most) return duration;
  to.error(node, fmt::format("{} is to be a duration with its unit, up to {}; it is not set; write "
                             "{} = \"100 ms\"",
                             node.key, to_exact_text(most), node.key));
  return std::nullopt;
}

std::optional<std::string> number_of(const TomlNode& node, TomlComplaints& to) {
  auto text = toml_text(node, kNumberOctetsMax, to);
  if (text && !lab::digits_of(*text).empty()) return text;
  if (text) to.error(node, "a number without a digit; nobody could dial it; write \"5550199\"");
  return std::nullopt;
}

/// The keys of a table by name; each sets what it is about.
class Keys {
 public:
  explicit Keys(TomlComplaints& to) : to_(to) {}

  template <class T>
  Keys& flag(std::string_view name, T& into) {
    return add(name, [this, &into](const TomlNode& node) {
      if (const auto value = toml_flag(node, to_)) into = *value;
    });
  }
  template <class T>
  Keys& count(std::string_view name, int64_t least, int64_t most, T& into) {
    return add(name, [this, least, most, &into](const TomlNode& node) {
      if (const auto value = toml_count(node, least, most, to_)) {
        into = static_cast<T>(*value);
      }
    });
  }
  Keys& trunks(std::string_view name, std::optional<uint32_t>& into) {
    return add(name, [this, &into](const TomlNode& node) {
      if (const auto value = toml_count(node, 0, 1'000'000, to_)) {
        into = static_cast<uint32_t>(*value);
      }
    });
  }
  Keys& time(std::string_view name, Duration most, Duration& into) {
    return add(name, [this, most, &into](const TomlNode& node) {
      if (const auto value = time_of(node, most, to_)) into = *value;
    });
  }
  Keys& text(std::string_view name, std::string& into) {
    return add(name, [this, &into](const TomlNode& node) {
      if (auto value = toml_text(node, kTextOctetsMax, to_)) into = *std::move(value);
    });
  }
  Keys& number(std::string_view name, std::string& into) {
    return add(name, [this, &into](const TomlNode& node) {
      if (auto value = number_of(node, to_)) into = *std::move(value);
    });
  }
  Keys& add(std::string_view name, std::function<void(const TomlNode&)> set) {
    names_.push_back(name);
    sets_.push_back(std::move(set));
    return *this;
  }

  void read(const TomlNode& table) {
    if (table.kind != Kind::Table) {
      to_.error(table, "is to be a table; it is left out; write [[modem]] or [[number]] above it");
      return;
    }
    for (const TomlNode& key : table.children) {
      const auto known = std::ranges::find(names_, key.key);
      if (known != names_.end()) {
        sets_[static_cast<size_t>(known - names_.begin())](key);
      } else if (!to_.refused_password(key)) {
        to_.unknown_key(key, names_);
      }
    }
  }

 private:
  TomlComplaints& to_;
  std::vector<std::string_view> names_;
  std::vector<std::function<void(const TomlNode&)>> sets_;
};

void add_habits(Keys& keys, lab::Habits& habits, TomlComplaints& to) {
  keys.flag("numeric_codes", habits.numeric_codes)
      .flag("dcd_strapped", habits.dcd_strapped)
      .flag("dcd_sticks", habits.dcd_sticks)
      .flag("loses_silently", habits.loses_silently)
      .flag("ignores_dtr", habits.ignores_dtr)
      .flag("loses_first_command", habits.loses_first_command)
      .text("after_reset", habits.after_reset)
      .time("slower_by", 1min, habits.slower_by)
      .add("echo", [&habits, &to](const TomlNode& node) {
        if (const auto at = word_of(node, kEchoes, to)) {
          habits.echo = static_cast<lab::Habits::Echo>(*at);
        }
      });
}

void add_dialect(Keys& keys, lab::ModemConfig& config) {
  keys.time("command_time", 1min, config.command_time)
      .time("train_time", 1min, config.train_time)
      .text("product", config.product)
      .text("connect_suffix", config.connect_suffix)
      .text("no_dialtone_text", config.no_dialtone_text)
      .flag("reports_voice", config.reports_voice)
      .flag("reports_no_answer", config.reports_no_answer)
      .count("blacklist_after", 0, 1000, config.habits.blacklist_after)
      .time("redial_delay", 1h, config.habits.redial_delay);
}

void add_channel(Keys& keys, lab::Channel& channel) {
  keys.count("rate", 0, 4'000'000, channel.rate_bps)
      .time("latency", 1min, channel.latency)
      .count("octet_errors_ppm", 0, 1'000'000, channel.octet_error_ppm)
      .count("octet_loss_ppm", 0, 1'000'000, channel.octet_loss_ppm);
}

void read_modem(const TomlNode& table, ExchangePlan& plan, TomlComplaints& to) {
  const size_t errors = to.errors();
  ExchangeModem modem;
  modem.config.reports_no_answer = true;
  Keys keys(to);
  keys.number("number", modem.config.number)
      .text("pty", modem.pty)
      .text("listen", modem.listen)
      .add("transport", [&modem, &to](const TomlNode& node) {
        if (const auto at = word_of(node, kTransports, to)) {
          modem.transport = static_cast<Transport>(*at);
        }
      });
  add_channel(keys, modem.config.channel);
  add_dialect(keys, modem.config);
  add_habits(keys, modem.config.habits, to);
  keys.read(table);
  if (to.errors() != errors) return;
  if (modem.config.number.empty()) {
    to.error(table, "a modem without a number; it is left out; write number = \"5550199\"");
  } else if (!modem.pty.empty() && !modem.listen.empty()) {
    to.error(table, "a modem with a pty and a TCP port; it is left out; write pty or listen");
  } else {
    plan.modems.push_back(std::move(modem));
  }
}

void read_number(const TomlNode& table, ExchangePlan& plan, TomlComplaints& to) {
  const size_t errors = to.errors();
  ExchangeNumber number;
  Keys keys(to);
  keys.number("number", number.number)
      .count("ports", 1, 100, number.ports)
      .add("fate", [&number, &to](const TomlNode& node) {
        const auto fate = node.kind == Kind::Text ? fate_named(node.text) : std::nullopt;
        number.isp = node.kind == Kind::Text && node.text == "isp";
        if (fate) number.fate = *fate;
        if (fate || number.isp) return;
        to.error(node,
                 "fate knows isp, ring, busy, no-answer, no-dialtone, voice, reorder and silence; "
                 "the number is left out; write one of them");
      });
  keys.read(table);
  if (to.errors() != errors) return;
  if (number.number.empty()) {
    to.error(table, "a fate without a number; it is left out; write number = \"5550100\"");
  } else {
    plan.numbers.push_back(std::move(number));
  }
}

/// [[name]]: each of its tables, up to a limit.
template <class Read>
void read_tables(const TomlNode& node, size_t most, TomlComplaints& to, Read read) {
  if (node.kind != Kind::Array) {
    to.error(node, fmt::format("{} is to be an array of tables; it is left out; write [[{}]]",
                               node.key, node.key));
    return;
  }
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (i == most) {
      to.error(node.children[i], fmt::format("more than {}; the rest is left out", most));
      return;
    }
    read(node.children[i]);
  }
}

}  // namespace

std::optional<lab::Fate> fate_named(std::string_view word) {
  const auto found =
      std::ranges::find_if(kFates, [word](const auto& f) { return f.first == word; });
  return found == kFates.end() ? std::nullopt : std::optional(found->second);
}

ExchangePlan read_exchange_plan(std::string_view octets, std::string_view file_name) {
  ExchangePlan plan;
  const TomlDocument document = parse_toml(octets);
  if (document.problem) {
    plan.diagnostics.push_back({.severity = Diagnostic::Severity::Error,
                                .line = document.problem->line,
                                .column = document.problem->column,
                                .entry = {},
                                .text = document.problem->text + "; nothing of the file is used; "
                                                                 "correct it",
                                .file = std::string(file_name)});
    return plan;
  }
  TomlComplaints to(file_name, plan.diagnostics);
  Keys keys(to);
  keys.text("accounts", plan.accounts)
      .text("control", plan.control)
      .trunks("trunks", plan.trunks)
      .add("modem",
           [&](const TomlNode& node) {
             read_tables(node, kExchangeModemsMax, to,
                         [&](const TomlNode& table) { read_modem(table, plan, to); });
           })
      .add("number", [&](const TomlNode& node) {
        read_tables(node, kExchangeNumbersMax, to,
                    [&](const TomlNode& table) { read_number(table, plan, to); });
      });
  keys.read(document.root);
  return plan;
}

Result<ExchangeModem> exchange_modem(const std::string& said) {
  ExchangeModem modem;
  const size_t equals = said.find('=');
  modem.config.number = said.substr(0, equals);
  modem.config.reports_no_answer = true;
  if (lab::digits_of(modem.config.number).empty()) {
    return fail(ErrorKind::Usage,
                fmt::format("exchange: \"{}\" has no number; nothing is served; write --modem "
                            "5550199, or --modem 5550199=./ttyModem",
                            shown(said)));
  }
  if (equals == std::string::npos) return modem;
  const std::string face = said.substr(equals + 1);
  constexpr std::array<std::pair<std::string_view, Transport>, 3> kPrefixes = {
      {{"raw:", Transport::Raw}, {"telnet:", Transport::Telnet}, {"2217:", Transport::Rfc2217}}};
  for (const auto& [prefix, transport] : kPrefixes) {
    if (!face.starts_with(prefix)) continue;
    modem.listen = face.substr(prefix.size());
    modem.transport = transport;
    return modem;
  }
  modem.pty = face;
  return modem;
}

}  // namespace redial::cli
