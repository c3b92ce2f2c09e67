// SPDX-License-Identifier: Apache-2.0
// From the values of a modem's key to a description. Source: Windows Driver Kit, modem devices:
// "Data Modem INF File Entries", "Properties", "DCB"; KB Q170825 for the order of what is sent.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/text.h"
#include "modem/inf_text.h"
#include "modem/modem_key.h"
#include "modem/unimodem_responses.h"

namespace redial::modem {
namespace {

using chars::same_word;
using chars::shown;
using Part = CommandPiece::Kind;

constexpr size_t kCommandsMax = 100;  // of one kind

class Describer {
 public:
  Describer(const ModemKey& key, Findings::At at, Findings& findings)
      : key_(key), at_(at), findings_(findings) {}

  std::optional<ModemDescription> run() {
    modem_.init = commands("Init");
    modem_.listen = commands("Monitor");
    modem_.answer = commands("Answer");
    modem_.hang_up = commands("Hangup");
    modem_.responses = read_responses(key_, findings_);
    read_properties(key_, modem_, findings_);
    read_dcb(key_, modem_, findings_);
    if (!is_a_modem()) return std::nullopt;
    if (speaks_at()) {
      modem_settings();
    } else {
      cable();
    }
    return std::move(modem_);
  }

 private:
  std::vector<Command> commands(std::string_view subkey);
  std::optional<Command> command(const KeyValue& value);
  std::optional<std::string> setting(std::string_view name);
  bool is_a_modem();
  bool speaks_at();
  void modem_settings();
  void features();
  void switchable(std::string macro, std::string_view setting, std::string_view on,
                  std::string_view off, std::vector<CommandPiece>& into);
  void choice(std::string macro, std::string_view setting,
              std::initializer_list<std::string_view> names, std::vector<CommandPiece>& into);
  void further(std::string_view macro, std::string_view setting,
               std::initializer_list<std::string_view> names);
  void timers(std::vector<CommandPiece>& into);
  void configure(std::vector<CommandPiece> pieces);
  void dialling();
  void cable();
  Command plain(std::string_view text);

  const ModemKey& key_;
  Findings::At at_;
  Findings& findings_;
  ModemDescription modem_;
  std::string prefix_, terminator_;
};

std::optional<unsigned> number_in(std::string_view name) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return number;
}

void append(std::vector<CommandPiece>& pieces, Part kind, std::string text) {
  if (!text.empty() || kind != Part::Literal) pieces.push_back({kind, std::move(text)});
}

/// Init\1, Init\2, ...: in the order of their numbers, up to "None".
std::vector<Command> Describer::commands(std::string_view subkey) {
  std::vector<std::pair<unsigned, const KeyValue*>> numbered;
  for (const KeyValue* value : key_.all(subkey)) {
    if (const auto number = number_in(value->name)) {
      numbered.emplace_back(*number, value);
    } else {
      findings_.warning(value->at,
                        fmt::format("{}\\{} is no number; the command is not sent; number the "
                                    "commands 1, 2, ...",
                                    subkey, shown(value->name)));
    }
  }
  std::ranges::stable_sort(numbered, {}, [](const auto& pair) { return pair.first; });
  std::vector<Command> made;
  for (const auto& [number, value] : numbered) {
    if (same_word(chars::trim(value->text), "None")) break;
    if (made.size() >= kCommandsMax) {
      findings_.warning(value->at, fmt::format("more than {} commands in {}; the rest is not sent; "
                                               "join some of them",
                                               kCommandsMax, subkey));
      break;
    }
    if (auto one = command(*value)) made.push_back(*std::move(one));
  }
  return made;
}

std::optional<Command> Describer::command(const KeyValue& value) {
  if (value.binary) {
    findings_.warning(value.data_at,
                      fmt::format("{}\\{} is binary, not a text; the command is not sent; write it "
                                  "as a string",
                                  shown(value.subkey), shown(value.name)));
    return std::nullopt;
  }
  constexpr std::string_view kNoResponse = "NoResponse";
  std::string_view text = value.text;
  Command made;
  if (text.size() >= kNoResponse.size() &&
      same_word(text.substr(text.size() - kNoResponse.size()), kNoResponse)) {
    made.no_response = true;
    text.remove_suffix(kNoResponse.size());
  }
  append(made.pieces, Part::Literal, octets_named_in(text));
  if (made.pieces.empty()) return std::nullopt;
  if (inf::begins_with_at(made.pieces[0].text) && made.pieces[0].text.back() != '\r') {
    findings_.warning(
        value.data_at,
        fmt::format("{}\\{} has no <cr> at its end; the modem would wait for the rest "
                    "of it, so one is sent; add <cr>",
                    shown(value.subkey), shown(value.name)));
    made.pieces[0].text += '\r';
  }
  if (made.pieces[0].text.size() > kUnimodemCommandMax) {
    findings_.warning(value.data_at,
                      fmt::format("{}\\{} has more than {} octets; the command is not sent; split "
                                  "it into several",
                                  shown(value.subkey), shown(value.name), kUnimodemCommandMax));
    return std::nullopt;
  }
  return made;
}

std::optional<std::string> Describer::setting(std::string_view name) {
  const KeyValue* value = key_.find("Settings", name);
  if (value == nullptr || value->binary) return std::nullopt;
  std::string text = octets_named_in(value->text);
  if (text.size() <= kUnimodemCommandMax) return text;
  findings_.warning(value->data_at,
                    fmt::format("Settings\\{} has more than {} octets; it is left out; shorten it",
                                name, kUnimodemCommandMax));
  return std::nullopt;
}

bool Describer::is_a_modem() {
  const bool can_call = setting("DialPrefix") || setting("Prefix");
  if (can_call || !modem_.init.empty() || !modem_.listen.empty() || !modem_.answer.empty())
    return true;
  findings_.error(at_,
                  "there are neither commands (Init, Monitor, Answer) nor dial settings; no call "
                  "can be placed or taken and it is left out; give its AddReg sections, or the "
                  "files named by Include beside this one, or dial with builtin:hayes");
  return false;
}

bool Describer::speaks_at() {
  const auto at_begins = [](const Command& command) {
    return !command.pieces.empty() && inf::begins_with_at(command.pieces.front().text);
  };
  prefix_ = setting("Prefix").value_or("");
  bool at = inf::begins_with_at(prefix_);
  for (const auto* list : {&modem_.init, &modem_.listen, &modem_.answer})
    at = at || std::ranges::any_of(*list, at_begins);
  if (at && !setting("Prefix")) prefix_ = "AT";
  terminator_ = setting("Terminator").value_or(at ? "\r" : "");
  return at;
}

/// A command of prefix, text and terminator.
Command Describer::plain(std::string_view text) {
  Command made;
  append(made.pieces, Part::Literal, prefix_ + std::string(text) + terminator_);
  return made;
}

void Describer::modem_settings() {
  features();
  dialling();
  if (const KeyValue* user = key_.find("", "UserInit"); user != nullptr && !user->text.empty()) {
    const std::string text = octets_named_in(user->text).substr(0, kUnimodemCommandMax);
    Command extra = plain(inf::begins_with_at(text) ? text.substr(2) : text);
    extra.optional = true;
    modem_.init.push_back(std::move(extra));
  }
  if (modem_.listen.empty()) modem_.listen.push_back(plain("S0=0"));
  if (modem_.answer.empty()) modem_.answer.push_back(plain("A"));
  if (modem_.hang_up.empty()) modem_.hang_up.push_back(plain("H"));
  // Any octet during the handshake ends it (V.250 5.6.1).
  for (Command& command : modem_.answer) command.attempts = 1;
}

/// What the user may choose, as it is sent after Init: two lines, in the order of KB Q170825.
void Describer::features() {
  std::vector<CommandPiece> first, second;
  timers(first);
  choice("speakervolume", "SpeakerVolume", {"Low", "Med", "High"}, first);
  switchable("speaker", "SpeakerMode", "Dial", "Off", first);
  further("speaker", "SpeakerMode", {"On", "Setup"});
  if (modem_.macros.contains("speaker")) modem_.default_off.insert("speaker");
  switchable("protocol", "ErrorControl", "On", "Off", first);
  further("protocol", "ErrorControl", {"Forced", "Cellular", "Cellular_Forced"});
  switchable("compression", "Compression", "On", "Off", first);
  switchable("hwflowcontrol", "FlowControl", "Hard", "Off", first);
  further("hwflowcontrol", "FlowControl", {"Soft"});
  choice("modulation", "Modulation", {"CCITT", "Bell"}, second);
  switchable("speednegotiation", "SpeedNegotiation", "On", "Off", second);
  switchable("blind", "Blind", "On", "Off", second);
  if (modem_.macros.contains("blind")) modem_.default_off.insert("blind");
  configure(std::move(first));
  configure(std::move(second));
}

/// A feature with a text for on and one for off becomes a macro that the user's settings choose
/// from; with one of them only, that one is sent when it is the one for on.
void Describer::switchable(std::string macro, std::string_view setting_name, std::string_view on,
                           std::string_view off, std::vector<CommandPiece>& into) {
  const auto on_text = setting(fmt::format("{}_{}", setting_name, on));
  const auto off_text = setting(fmt::format("{}_{}", setting_name, off));
  if (on_text && off_text) {
    if (on_text->empty() && off_text->empty()) return;
    append(into, Part::Macro, macro);
    modem_.macros[std::move(macro)] = {.on = *on_text, .off = *off_text, .binary = true};
  } else if (on_text && macro != "speaker" && macro != "blind") {
    append(into, Part::Literal, *on_text);
  }
}

/// Further states of a feature that can be switched on and off.
void Describer::further(std::string_view macro, std::string_view setting_name,
                        std::initializer_list<std::string_view> names) {
  const auto found = modem_.macros.find(std::string(macro));
  if (found == modem_.macros.end()) return;
  for (const std::string_view name : names)
    if (auto text = setting(fmt::format("{}_{}", setting_name, name)))
      found->second.others[chars::lower(name)] = *std::move(text);
}

/// A feature with several states, none of them off: the first is the default.
void Describer::choice(std::string macro, std::string_view setting_name,
                       std::initializer_list<std::string_view> names,
                       std::vector<CommandPiece>& into) {
  Macro made{.binary = false};
  for (const std::string_view name : names) {
    auto text = setting(fmt::format("{}_{}", setting_name, name));
    if (!text || text->empty()) continue;
    if (made.others.empty()) made.on = made.off = *text;
    made.others[chars::lower(name)] = *std::move(text);
  }
  if (made.others.empty()) return;
  append(into, Part::Macro, macro);
  modem_.macros[std::move(macro)] = std::move(made);
}

/// S7=<#> is how long the modem waits for a carrier, which the compiler knows; S30=<#>, after how
/// much silence it hangs up, is 0: who ends an idle call is ours to decide.
void Describer::timers(std::vector<CommandPiece>& into) {
  constexpr std::string_view kNumber = "<#>";
  for (const auto& [name, number] : {std::pair<std::string_view, CommandPiece>{
                                         "CallSetupFailTimer", {Part::Macro, "dialseconds"}},
                                     {"InactivityTimeout", {Part::Literal, "0"}}}) {
    const auto text = setting(name);
    if (!text) continue;
    const size_t hole = text->find(kNumber);
    if (hole == std::string::npos) continue;  // no way to tell it how long
    append(into, Part::Literal, text->substr(0, hole));
    into.push_back(number);
    append(into, Part::Literal, text->substr(hole + kNumber.size()));
  }
}

/// A whim about loudspeakers must not keep the link down: an ERROR is noted, and no more.
void Describer::configure(std::vector<CommandPiece> pieces) {
  if (pieces.empty()) return;
  Command made;
  append(made.pieces, Part::Literal, prefix_);
  std::ranges::move(pieces, std::back_inserter(made.pieces));
  append(made.pieces, Part::Literal, terminator_);
  made.optional = true;
  modem_.init.push_back(std::move(made));
}

void Describer::dialling() {
  const std::string dial = setting("DialPrefix").value_or("D");
  // "DT" has said how it dials; another T behind it would be one of the number's.
  const bool said = !dial.empty() && (dial.back() == 'T' || dial.back() == 'P');
  const std::string tone = setting("Tone").value_or(said ? "" : "T");
  Macro made{.on = dial + tone, .off = dial + tone, .binary = false};
  if (const auto pulse = setting("Pulse")) made.others["pulse"] = dial + *pulse;
  made.others["tone"] = made.on;
  if (const auto blind = setting("Blind_On")) {
    made.off = *blind + dial;  // somebody has dialled by hand: no dial tone to wait for
    made.binary = true;
  }
  modem_.macros["autodial"] = std::move(made);
  Command command;
  append(command.pieces, Part::Literal, prefix_);
  append(command.pieces, Part::Macro, "autodial");
  append(command.pieces, Part::PhoneNumber, "");
  append(command.pieces, Part::Literal, terminator_);
  command.within = 60s;
  command.attempts = 1;  // A second ATD while the first one dials would hang up the first.
  modem_.dial = {std::move(command)};
  // Only V.250's own: what else stands there is no way to go on with a number.
  if (setting("DialSuffix") == ";") modem_.dial_suffix = ";";
}

/// No AT command anywhere: two machines on a cable. The caller says its word and waits for the
/// other's, as in MODEM.INF (KB Q122318); Answer is the word of the one that is called.
void Describer::cable() {
  std::vector<Response> called, connected;
  for (const Response& response : modem_.responses) {
    const bool connect =
        response.code == ResponseCode::Connect || response.code == ResponseCode::ConnectEc;
    if (connect) connected.push_back(response);
    if (response.code == ResponseCode::Ring) {
      called.push_back(response);
      called.back().code = ResponseCode::Connect;
    }
  }
  Command call = plain(setting("DialPrefix").value_or(""));
  call.responses = std::move(connected);
  call.within = 60s;
  modem_.dial = {std::move(call)};
  Command wait;
  wait.responses = std::move(called);
  modem_.listen = {std::move(wait)};
  for (Command& word : modem_.answer) {
    word.no_response = true;
    modem_.listen.push_back(std::move(word));
  }
  modem_.answer.clear();
  modem_.hang_up.clear();
  for (Command& command : modem_.init) command.no_response = true;
  // With its words as the commands' own, none is left to mistake something else for.
  modem_.responses.clear();
}

}  // namespace

std::optional<ModemDescription> describe(const ModemKey& key, std::string name, std::string source,
                                         Findings::At at, Findings& findings) {
  auto modem = Describer(key, at, findings).run();
  if (!modem) return std::nullopt;
  modem->name = std::move(name);
  modem->source = std::move(source);
  return modem;
}

}  // namespace redial::modem
