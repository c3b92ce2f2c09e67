// SPDX-License-Identifier: Apache-2.0
#include "modem/inf_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "core/text.h"
#include "modem/inf_text.h"

namespace redial::modem::inf {
namespace {

struct ResponseKey {
  std::string_view key;
  ResponseCode code;
};
constexpr ResponseKey kResponseKeys[] = {
    {"ok", ResponseCode::Ok},
    {"loop", ResponseCode::Loop},
    {"connect", ResponseCode::Connect},
    {"connect_ec", ResponseCode::ConnectEc},
    {"error", ResponseCode::Error},
    {"error_busy", ResponseCode::ErrorBusy},
    {"error_voice", ResponseCode::ErrorVoice},
    {"error_no_answer", ResponseCode::ErrorNoAnswer},
    {"error_no_carrier", ResponseCode::ErrorNoCarrier},
    {"error_no_dialtone", ResponseCode::ErrorNoDialtone},
    {"error_diagnostics", ResponseCode::ErrorDiagnostics},
};

constexpr std::string_view kFeatures[] = {"speaker", "hwflowcontrol", "compression", "protocol",
                                          "autodial"};

std::optional<ResponseCode> response_key(std::string_view key) {
  for (const ResponseKey& row : kResponseKeys)
    if (row.key == key) return row.code;
  return std::nullopt;
}

bool is_feature(std::string_view name) {
  return std::ranges::find(kFeatures, name) != std::end(kFeatures);
}

std::optional<uint32_t> number(std::string_view text) {
  text = trimmed(text);
  uint32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The lines of one section, one after the other.
class SectionReader {
 public:
  SectionReader(const RawSection& raw, Complaints& complaints)
      : raw_(raw), complaints_(complaints), text_(section_.modem.macros, complaints) {}

  Section read();
  std::vector<Response> read_global();

 private:
  struct Definition {
    std::string text;
    Place at;
  };

  // First the macros, which a command may use before they are defined.
  void define(const Entry& entry);
  void pair_macros();
  // Then the rest, in order.
  void read_entry(const Entry& entry);
  bool read_parameter(const std::string& key, const Entry& entry);
  bool read_command(const std::string& key, const Entry& entry);
  bool read_response(const std::string& key, const Entry& entry);
  void read_word(const Entry& entry);
  void read_default_off(const Entry& entry);
  void read_rate(const Entry& entry, uint32_t& rate);
  void finish();
  void check_script();
  void finish_command();

  const RawSection& raw_;
  Complaints& complaints_;
  Section section_;
  TextReader text_;
  std::map<std::string, Definition> definitions_;
  std::vector<Command>* list_ = nullptr;  // that of the command being read; nullptr: none yet
  Place command_at_;
  bool no_response_seen_ = false;
  std::vector<Response> before_commands_;
};

/// COMMAND= belongs to scripts, the other three to modems.
bool is_script(const RawSection& raw) {
  bool plain = false, modem = false;
  for (const Entry& entry : raw.entries) {
    const std::string key = lower(entry.key);
    plain |= key == "command";
    modem |= key == "command_dial" || key == "command_listen";
  }
  return plain && !modem;
}

Section SectionReader::read() {
  section_.at = raw_.at;
  section_.script = is_script(raw_);
  for (const Entry& entry : raw_.entries)
    if (entry.has_value && entry.key.starts_with('<')) define(entry);
  pair_macros();
  for (const Entry& entry : raw_.entries) read_entry(entry);
  finish_command();
  finish();
  return std::move(section_);
}

std::vector<Response> SectionReader::read_global() {
  std::vector<Response> responses;
  for (const Entry& entry : raw_.entries) {
    const auto code = response_key(lower(entry.key));
    if (!entry.has_value || !code) {
      complaints_.warning(entry.key_at, 698,
                          fmt::format("{} in [Responses] is not an answer; it is ignored; write "
                                      "OK=, LOOP=, CONNECT=, CONNECT_EC=, ERROR= or ERROR_...=",
                                      quoted(entry.key)));
      continue;
    }
    if (auto made = text_.response(*code, entry)) responses.push_back(std::move(*made));
  }
  return responses;
}

void SectionReader::define(const Entry& entry) {
  if (entry.key.size() < 3 || !entry.key.ends_with('>')) {
    complaints_.error(entry.key_at, 654,
                      fmt::format("{} does not name a macro; commands cannot use it; write "
                                  "<name>=text",
                                  quoted(entry.key)));
    return;
  }
  const std::string name = lower(entry.key.substr(1, entry.key.size() - 2));
  Definition made{text_.plain(entry, "the macro's text"), entry.key_at};
  const auto [known, fresh] = definitions_.try_emplace(name, made);
  if (fresh) return;
  if (known->second.text != made.text)
    complaints_.warning(entry.key_at, 0,
                        fmt::format("<{}> was defined otherwise in line {}; this later text "
                                    "counts; remove one of the two",
                                    quoted(name), known->second.at.line));
  known->second = std::move(made);
}

void SectionReader::pair_macros() {
  for (const auto& [name, definition] : definitions_) {
    const bool on = name.ends_with("_on");
    if (on) {
      const std::string stem = name.substr(0, name.size() - 3);
      const auto off = definitions_.find(stem + "_off");
      if (off != definitions_.end()) {
        section_.modem.macros[stem] = {definition.text, off->second.text, true};
        continue;
      }
    }
    const bool off = name.ends_with("_off");
    if (off && definitions_.contains(name.substr(0, name.size() - 4) + "_on")) continue;
    section_.modem.macros.try_emplace(name, Macro{definition.text, definition.text, false});
  }
}

void SectionReader::read_entry(const Entry& entry) {
  if (entry.key.starts_with('<') && entry.has_value) return;  // define() had it
  if (!entry.has_value) return read_word(entry);
  const std::string key = lower(entry.key);
  if (read_parameter(key, entry) || read_command(key, entry) || read_response(key, entry)) return;
  complaints_.warning(entry.key_at, list_ ? uint16_t{698} : uint16_t{662},
                      fmt::format("{}= is not a keyword of MODEM.INF; the line is ignored; check "
                                  "its spelling",
                                  quoted(entry.key)));
}

void SectionReader::read_word(const Entry& entry) {
  if (lower(entry.key) != "noresponse") {
    complaints_.warning(entry.key_at, 662,
                        fmt::format("{} is neither KEY=value nor NoResponse; the line is ignored; "
                                    "a comment has its ';' in column 1",
                                    quoted(entry.key)));
    return;
  }
  if (!list_) {
    complaints_.warning(entry.key_at, 0,
                        "NoResponse before any command; it is ignored; put it below its command");
    return;
  }
  list_->back().no_response = true;
  no_response_seen_ = true;
}

bool SectionReader::read_parameter(const std::string& key, const Entry& entry) {
  ModemDescription& modem = section_.modem;
  if (key == "maxcarrierbps") {
    read_rate(entry, modem.max_carrier_bps);
  } else if (key == "maxconnectbps") {
    read_rate(entry, modem.max_connect_bps);
  } else if (key == "callbacktime" || key == "callback_time") {
    uint32_t seconds = 0;
    read_rate(entry, seconds);
    modem.callback_time = std::chrono::seconds(std::min(seconds, 86400u));
  } else if (key == "defaultoff") {
    read_default_off(entry);
  } else if (key == "alias") {
    section_.alias = trimmed(entry.value);
    section_.alias_at = entry.value_at;
    if (section_.alias.empty())
      complaints_.error(entry.value_at, 659,
                        "ALIAS= names no section; there is nothing to take over; write the name of "
                        "the section that describes this modem");
  } else if (key == "devicetype") {
    if (lower(trimmed(entry.value)) != "modem")
      complaints_.warning(entry.value_at, 663,
                          fmt::format("DEVICETYPE={} is not modem; the section is used as a modem "
                                      "all the same; remove the line or the section",
                                      quoted(trimmed(entry.value))));
  } else if (key == "detect_string") {
    modem.detect_string = text_.plain(entry, "DETECT_STRING");
  } else if (key == "detect_response") {
    modem.detect_response = text_.plain(entry, "DETECT_RESPONSE");
  } else {
    return false;
  }
  return true;
}

void SectionReader::read_rate(const Entry& entry, uint32_t& rate) {
  const auto value = number(entry.value);
  if (!value) {
    complaints_.warning(entry.value_at, 0,
                        fmt::format("{}={} is not a number; it counts as not told; write digits "
                                    "only",
                                    quoted(entry.key), quoted(entry.value)));
    return;
  }
  if (rate != 0 && rate != *value)
    complaints_.warning(entry.key_at, 0,
                        fmt::format("{} was {} before; this later value counts; remove one of the "
                                    "two",
                                    quoted(entry.key), rate));
  rate = *value;
}

void SectionReader::read_default_off(const Entry& entry) {
  constexpr std::string_view kBetween = " \t,<>";
  for (size_t at = 0; (at = entry.value.find_first_not_of(kBetween, at)) < entry.value.size();) {
    const size_t end = std::min(entry.value.find_first_of(kBetween, at), entry.value.size());
    const std::string name = lower(entry.value.substr(at, end - at));
    const Place here = {entry.value_at.line, entry.value_at.column + static_cast<uint32_t>(at)};
    at = end;
    const auto known = section_.modem.macros.find(name);
    if (known == section_.modem.macros.end()) {
      // The well-known features may be named without being there: off is what they are then.
      if (!is_feature(name))
        complaints_.error(here, 656,
                          fmt::format("DEFAULTOFF names {}, which the section does not define; "
                                      "there is nothing to turn off; define <{}_on> and <{}_off> "
                                      "or remove the name",
                                      quoted(name), quoted(name), quoted(name)));
    } else if (!known->second.binary) {
      complaints_.error(here, 693,
                        fmt::format("DEFAULTOFF names {}, which has no off; it could not be turned "
                                    "off; define <{}_on> and <{}_off>",
                                    quoted(name), quoted(name), quoted(name)));
    }
    section_.modem.default_off.insert(name);
  }
}

bool SectionReader::read_command(const std::string& key, const Entry& entry) {
  if (!key.starts_with("command")) return false;
  ModemDescription& modem = section_.modem;
  std::vector<Command>* list = nullptr;
  if (key == "command_init") list = &modem.init;
  if (key == "command_dial") list = &modem.dial;
  if (key == "command_listen") list = &modem.listen;
  if (section_.script && (key == "command" || key == "command_init")) list = &modem.dial;
  if (key == "command" && !section_.script) {
    complaints_.error(
        entry.key_at, 662,
        "COMMAND= is for the scripts of SWITCH.INF and PAD.INF, and the section has commands "
        "of a modem too; the section is left out; keep one or the other");
    return true;
  }
  if (!list) return false;
  finish_command();
  Command made;
  made.pieces = text_.command(entry);
  if (section_.script) {
    made.within = 30s;
    made.attempts = 1;
  } else if (list == &modem.dial) {
    made.within = 60s;
    made.attempts = 1;  // A second one would hang up what the first one dials.
  }
  list->push_back(std::move(made));
  list_ = list;
  command_at_ = entry.key_at;
  no_response_seen_ = false;
  return true;
}

void SectionReader::finish_command() {
  if (!list_ || !no_response_seen_ || list_->back().responses.empty()) return;
  list_->back().no_response = false;
  complaints_.warning(command_at_, 702,
                      "the command has both answers and NoResponse; its answers are waited for; "
                      "remove one or the other");
}

bool SectionReader::read_response(const std::string& key, const Entry& entry) {
  auto code = response_key(key);
  if (!code && key.starts_with("error_")) {
    complaints_.warning(entry.key_at, 698,
                        fmt::format("{}= is not an answer RAS knows; it counts as ERROR=; write "
                                    "one of the ERROR_... keywords",
                                    quoted(entry.key)));
    code = ResponseCode::Error;
  }
  if (!code) return false;
  auto made = text_.response(*code, entry);
  if (!made) return true;
  if (list_) {
    list_->back().responses.push_back(std::move(*made));
    return true;
  }
  complaints_.warning(entry.key_at, 0,
                      fmt::format("{}= stands before any command; it is used for all commands of "
                                  "the section; put it below its command",
                                  quoted(entry.key)));
  before_commands_.push_back(std::move(*made));
  return true;
}

/// Whether any command of the section is an AT command.
bool speaks_at(const ModemDescription& modem) {
  for (const auto* list : {&modem.init, &modem.dial, &modem.listen}) {
    for (const Command& command : *list) {
      if (command.pieces.empty()) continue;
      const CommandPiece& first = command.pieces.front();
      const auto macro = modem.macros.find(first.text);
      const bool named = first.kind == CommandPiece::Kind::Macro && macro != modem.macros.end();
      if (begins_with_at(named ? macro->second.on : first.text)) return true;
    }
  }
  return false;
}

/// A command with neither answers nor NoResponse is the script's last (KB Q125975).
void SectionReader::check_script() {
  const std::vector<Command>& commands = section_.modem.dial;
  for (size_t i = 0; i + 1 < commands.size(); ++i) {
    if (commands[i].no_response || !commands[i].responses.empty()) continue;
    if (!section_.modem.responses.empty()) continue;
    complaints_.warning(raw_.at, 660,
                        fmt::format("[{}]: command {} has neither an answer nor NoResponse, so the "
                                    "script ends there and the rest is never run; write one below "
                                    "it",
                                    quoted(raw_.name), i + 1));
    return;
  }
}

void SectionReader::finish() {
  ModemDescription& modem = section_.modem;
  modem.responses = std::move(before_commands_);
  if (!section_.alias.empty()) {
    if (raw_.entries.size() > 1)
      complaints_.warning(section_.alias_at, 0,
                          fmt::format("[{}] has an ALIAS and other lines; everything is taken from "
                                      "[{}], the other lines are ignored; remove them or the "
                                      "ALIAS",
                                      quoted(raw_.name), quoted(section_.alias)));
    return;
  }
  if (section_.script) return check_script();
  if (modem.dial.empty() && modem.listen.empty()) {
    complaints_.error(raw_.at, 661,
                      fmt::format("[{}] has neither COMMAND_DIAL nor COMMAND_LISTEN; it can place "
                                  "and take no call and is left out; add them, or ALIAS=",
                                  quoted(raw_.name)));
  } else if (modem.dial.empty()) {
    complaints_.warning(raw_.at, 661,
                        fmt::format("[{}] has no COMMAND_DIAL; it can only take calls; add one to "
                                    "dial with it",
                                    quoted(raw_.name)));
  }
  // MODEM.INF has no hang-up: RAS drops DTR and no more. ATH is for the modem that comes out of it
  // in command state with the line still held (&D1, or a cable without DTR). A null modem section
  // (KB Q122318) has no AT commands, and its peer would take ATH for data.
  if (speaks_at(modem)) {
    Command hang_up;
    hang_up.pieces.push_back({CommandPiece::Kind::Literal, "ATH\r"});
    modem.hang_up.push_back(std::move(hang_up));
  }
  // `answer` stays empty: with COMMAND_LISTEN=ATS0=1 the modem answers by itself.
}

}  // namespace

Section read_section(const RawSection& raw, std::string_view file_name, Complaints& complaints) {
  const size_t errors_before = complaints.errors();
  Section section = SectionReader(raw, complaints).read();
  section.modem.name = chars::name_text(raw.name);
  section.modem.source = fmt::format("{} line {}", file_name, raw.at.line);
  section.good = !raw.broken && complaints.errors() == errors_before;
  return section;
}

std::vector<Response> read_responses(const RawSection& raw, Complaints& complaints) {
  return SectionReader(raw, complaints).read_global();
}

}  // namespace redial::modem::inf
