// SPDX-License-Identifier: Apache-2.0
// A description and the user's settings become texts that lack nothing but the number.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/bytes.h"
#include "modem/at_settings.h"
#include "modem/dialogue.h"
#include "modem/inf.h"

namespace redial::modem {
namespace {

struct Feature {
  std::string_view macro;
  std::optional<bool> wanted;  // nullopt: as the description starts
  std::string_view plainly;
};
using Features = std::array<Feature, 5>;

Features features(const ModemSettings& settings) {
  // Automatic dialling is nothing one demands; manual dialling is.
  const auto auto_dial = settings.auto_dial ? std::nullopt : std::optional<bool>(false);
  return {{{"speaker", settings.speaker, "the speaker"},
           {"hwflowcontrol", settings.hw_flow_control, "hardware flow control"},
           {"compression", settings.compression, "data compression"},
           {"protocol", settings.error_control, "error control"},
           {"autodial", auto_dial, "manual dialling"}}};
}

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return made;
}

// S25, in hundredths of a second: how long DTR must be off to be seen. It is off for half a second.
constexpr uint32_t kDtrDelayMost = 40;

using Lists = std::array<std::vector<Command>*, 5>;
Lists command_lists(ModemDescription& modem) {
  return {&modem.init, &modem.dial, &modem.listen, &modem.answer, &modem.hang_up};
}

void append_literal(std::vector<CommandPiece>& pieces, std::string_view text) {
  if (text.empty()) return;
  if (pieces.empty() || pieces.back().kind != CommandPiece::Kind::Literal) {
    pieces.push_back({CommandPiece::Kind::Literal, std::string(text)});
  } else {
    pieces.back().text += text;
  }
}

class Compiler {
 public:
  Compiler(const ModemDescription& description, const ModemSettings& settings)
      : from_(description) {
    made_.description = description;
    made_.settings = settings;
  }

  Result<CompiledDescription> run() {
    if (auto ok = choose(); !ok) return tl::make_unexpected(ok.error());
    for (std::vector<Command>* list : command_lists(made_.description)) {
      for (Command& command : *list)
        if (auto ok = expand(command); !ok) return tl::make_unexpected(ok.error());
    }
    for (const std::string& text : made_.settings.extra_init)
      if (auto ok = add_extra(text); !ok) return tl::make_unexpected(ok.error());
    keep_watched();
    dial_as_set();
    for (auto* list : {&made_.description.dial, &made_.description.answer})
      for (Command& command : *list) command.within = made_.settings.dial_within;
    return std::move(made_);
  }

 private:
  bool used(std::string_view macro) const;
  Result<void> choose();
  Result<void> expand(Command& command);
  Result<void> add_extra(std::string_view text);
  void keep_watched();
  void keep_result_codes();
  void answer_when_told();
  Result<void> choose_states();
  Result<std::string> text_of(const CommandPiece& piece, const Command& command) const;
  std::string dial_seconds() const;
  void dial_as_set();

  const ModemDescription& from_;
  CompiledDescription made_;
  std::map<std::string, bool, std::less<>> wanted_;  // features the user has a will about
};

bool Compiler::used(std::string_view macro) const {
  const auto names_it = [&](const CommandPiece& piece) {
    return piece.kind == CommandPiece::Kind::Macro && piece.text == macro;
  };
  for (const auto* list : {&from_.init, &from_.dial, &from_.listen, &from_.answer})
    for (const Command& command : *list)
      if (std::ranges::any_of(command.pieces, names_it)) return true;
  return false;
}

/// The user's will, feature by feature: what the modem cannot be told is said, not dropped.
Result<void> Compiler::choose() {
  for (const Feature& feature : features(made_.settings)) {
    if (!feature.wanted) continue;
    const auto macro = from_.macros.find(std::string(feature.macro));
    if (macro != from_.macros.end() && !macro->second.binary)
      return fail(
          ErrorKind::BadFile,
          fmt::format("{}: <{}> has one text for on and off, so {} cannot be set; define "
                      "<{}_on> and <{}_off>, or leave the setting out (RAS error 693)",
                      from_.name, feature.macro, feature.plainly, feature.macro, feature.macro));
    if (macro != from_.macros.end() && used(feature.macro)) {
      wanted_[std::string(feature.macro)] = *feature.wanted;
      continue;
    }
    if (*feature.wanted || feature.macro == "autodial")
      return fail(ErrorKind::Unsupported,
                  fmt::format("{}: no command uses a macro <{}>, so {} cannot be demanded of this "
                              "modem; leave the setting out or choose another description (RAS "
                              "error 653)",
                              from_.name, feature.macro, feature.plainly));
    // To turn off what the description does not know of is no demand worth failing for.
    made_.corrections.push_back(
        fmt::format("{} cannot be turned off with this description; the modem's own default stays",
                    feature.plainly));
  }
  return choose_states();
}

/// V.250 §5.4.1: what follows an extended command (+IFC=2,2) is parted from it by a semicolon. Who
/// writes a setting by itself does not know what comes to stand behind it.
bool needs_semicolon(const std::vector<CommandPiece>& pieces, std::string_view next) {
  if (pieces.empty() || pieces.back().kind != CommandPiece::Kind::Literal) return false;
  const std::string_view before = pieces.back().text;
  if (next.empty() || lower(before.substr(0, 2)) != "at") return false;
  const size_t begun = before.rfind(';');
  const bool extended =
      before.find('+', begun == std::string_view::npos ? 0 : begun) != std::string_view::npos;
  const bool in_value = std::string_view("=,\"").find(before.back()) != std::string_view::npos;
  const bool command = std::string_view(";,\r\n \"").find(next.front()) == std::string_view::npos;
  return extended && !in_value && command && before.back() != ';';
}

Result<void> Compiler::expand(Command& command) {
  std::vector<CommandPiece> pieces;
  size_t octets = 0;
  bool composed = false;  // of a macro and what stands beside it
  for (CommandPiece& piece : command.pieces) {
    std::string_view text = piece.text;
    std::string expanded;
    if (piece.kind == CommandPiece::Kind::Macro) {
      Result<std::string> made = text_of(piece, command);
      if (!made) return tl::make_unexpected(std::move(made).error());
      expanded = *std::move(made);
      text = expanded;
    } else if (piece.kind != CommandPiece::Kind::Literal) {
      pieces.push_back(std::move(piece));
      continue;
    }
    const bool macro = piece.kind == CommandPiece::Kind::Macro;
    const bool part = (macro || composed) && needs_semicolon(pieces, text);
    composed = macro || (composed && text.empty());
    octets += text.size() + (part ? 1 : 0);
    if (octets > kCommandMax)
      return fail(ErrorKind::BadFile,
                  fmt::format("{}: a command grows beyond {} octets; it cannot be sent; split it "
                              "into several (RAS error 700)",
                              from_.name, kCommandMax));
    if (part) append_literal(pieces, ";");
    append_literal(pieces, text);
  }
  command.pieces = std::move(pieces);
  return {};
}

/// What a macro becomes by the user's settings.
Result<std::string> Compiler::text_of(const CommandPiece& piece, const Command& command) const {
  const auto macro = from_.macros.find(piece.text);
  if (macro == from_.macros.end()) {
    if (piece.text == "dialseconds") return dial_seconds();
    return fail(ErrorKind::BadFile,
                fmt::format("{}: the command {} uses <{}>, which is not defined; it cannot be "
                            "sent; define it in {} (RAS error 654)",
                            from_.name, to_text(command), piece.text, from_.source));
  }
  if (const auto state = made_.settings.states.find(piece.text);
      state != made_.settings.states.end())
    return macro->second.others.find(state->second)->second;  // choose_states has looked
  const auto wanted = wanted_.find(piece.text);
  const bool on =
      wanted != wanted_.end() ? wanted->second : !from_.default_off.contains(piece.text);
  return on ? macro->second.on : macro->second.off;
}

/// How long the modem waits for a carrier: as long as we do, and never so short that it would end
/// a slow handshake (KB Q194748).
std::string Compiler::dial_seconds() const {
  constexpr int64_t kLeast = 55, kMost = 255;
  const int64_t most = from_.dial_seconds_max > 0 ? from_.dial_seconds_max : kMost;
  const int64_t within = std::max<int64_t>(made_.settings.dial_within / 1s, kLeast);
  return std::to_string(std::min(within, most));
}

/// What people call a feature that has several states.
std::string_view plainly(std::string_view macro) {
  if (macro == "protocol") return "error control";
  if (macro == "speakervolume") return "speaker volume";
  if (macro == "hwflowcontrol") return "flow control";
  return macro;
}

/// Each must be one that the description has.
Result<void> Compiler::choose_states() {
  for (const auto& [name, state] : made_.settings.states) {
    const auto macro = from_.macros.find(name);
    const bool has = macro != from_.macros.end() && macro->second.others.contains(state);
    if (has && used(name)) continue;
    return fail(ErrorKind::Unsupported,
                fmt::format("{}: {} cannot be set to {} with this description; leave the setting "
                            "out or choose another description",
                            from_.name, plainly(name), state));
  }
  return {};
}

Result<void> Compiler::add_extra(std::string_view text) {
  while (text.ends_with('\r') || text.ends_with('\n')) text.remove_suffix(1);
  if (text.empty()) return {};
  const bool control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control)
    return fail(ErrorKind::BadFile,
                fmt::format("{}: the extra command {} has a control character inside; the modem "
                            "would take it for two; give each command by itself",
                            from_.name, to_visible(as_bytes(text))));
  const bool prefixed = lower(text.substr(0, 2)) == "at";
  Command extra;
  extra.optional = true;  // A whim of the user must not keep the link down.
  append_literal(extra.pieces, prefixed ? "" : "AT");
  append_literal(extra.pieces, text);
  append_literal(extra.pieces, "\r");
  if (extra.pieces.front().text.size() > kCommandMax)
    return fail(ErrorKind::BadFile,
                fmt::format("{}: an extra command has more than {} octets; it cannot be sent; "
                            "split it into several (RAS error 700)",
                            from_.name, kCommandMax));
  made_.description.init.push_back(std::move(extra));
  return {};
}

/// What the modem has been told when these commands are done.
std::map<std::string, uint32_t, std::less<>> told(
    std::initializer_list<const std::vector<Command>*> lists) {
  std::string sent;
  for (const std::vector<Command>* list : lists) {
    for (const Command& command : *list) {
      for (const CommandPiece& piece : command.pieces) sent += piece.text;
      sent += '\r';
    }
  }
  return at_settings(sent);
}

Command optional_command(std::string_view text) {
  Command command;
  command.pieces.push_back({CommandPiece::Kind::Literal, "AT" + std::string(text) + "\r"});
  command.optional = true;
  return command;
}

/// Every line is watched: a description may not blind us to the carrier, nor deafen the modem to
/// DTR. Old sections did, for cables without these circuits; the modem does no harm by having them.
void Compiler::keep_watched() {
  ModemDescription& modem = made_.description;
  const auto set = told({&modem.init});
  const auto at = [&](std::string_view name) { return set.find(name); };
  const auto is = [&](std::string_view name, uint32_t value) {
    return at(name) != set.end() && at(name)->second == value;
  };
  std::string correction;
  const auto correct = [&](std::string_view with, std::string why) {
    correction += with;
    made_.corrections.push_back(std::move(why));
  };
  if (is("&C", 0))
    correct("&C1",
            "the initialisation sets &C0: DCD would not follow the carrier and a lost call go "
            "unnoticed; AT&C1 is sent after it");
  if (is("&D", 0))
    correct("&D2",
            "the initialisation sets &D0: the modem would not hang up when DTR drops; AT&D2 is "
            "sent after it");
  if (const auto delay = at("S25"); delay != set.end() && delay->second > kDtrDelayMost)
    correct("S25=5", fmt::format("the initialisation sets S25={}: DTR would have to drop for "
                                 "longer than it does to hang up; ATS25=5 is sent after it",
                                 delay->second));
  if (!correction.empty()) modem.init.push_back(optional_command(correction));
  keep_result_codes();
  answer_when_told();
}

/// The command that has Q1 is not answered itself, so what would come after it helps nobody.
void Compiler::keep_result_codes() {
  bool quiet = false;
  for (Command& command : made_.description.init) {
    for (CommandPiece& piece : command.pieces) {
      std::string heard = with_result_codes(piece.text);
      quiet = quiet || heard != piece.text;
      piece.text = std::move(heard);
    }
  }
  if (quiet)
    made_.corrections.emplace_back(
        "the initialisation sets Q1: the modem would say neither CONNECT nor NO CARRIER; Q0 is "
        "sent instead");
}

/// A modem that is to answer when it is told (ATA after RING) must not answer by itself: the ATA
/// would end the handshake that is under way (V.250 §5.6.1).
void Compiler::answer_when_told() {
  ModemDescription& modem = made_.description;
  if (modem.answer.empty() || modem.listen.empty()) return;
  const auto set = told({&modem.init, &modem.listen});
  const auto rings = set.find("S0");
  if (rings == set.end() || rings->second == 0) return;
  made_.corrections.push_back(
      fmt::format("the description sets S0={}: the modem would answer by itself before it is told "
                  "to; ATS0=0 is sent after it",
                  rings->second));
  modem.listen.push_back(optional_command("S0=0"));
}

/// The tail of "ATDT", which says how digits go out; the number's own T and P outrank it.
void set_signalling(Command& command, bool pulse) {
  const auto number =
      std::ranges::find(command.pieces, CommandPiece::Kind::PhoneNumber, &CommandPiece::kind);
  if (number == command.pieces.end()) return;
  const bool literal =
      number != command.pieces.begin() && (number - 1)->kind == CommandPiece::Kind::Literal;
  if (!literal) {
    command.pieces.insert(number, {CommandPiece::Kind::Literal, pulse ? "P" : "T"});
    return;
  }
  std::string& text = (number - 1)->text;
  const std::string tail = lower(text.substr(text.size() < 2 ? 0 : text.size() - 2));
  if (tail == "dt" || tail == "dp") text.pop_back();
  text += pulse ? 'P' : 'T';
}

/// Pulse and blind dialling, which sections of their own seldom provide for.
void Compiler::dial_as_set() {
  const ModemSettings& settings = made_.settings;
  if (settings.pulse) {
    for (Command& command : made_.description.dial) set_signalling(command, *settings.pulse);
  }
  if (!settings.blind || made_.description.hang_up.empty()) return;  // a cable takes no commands
  Command command;
  command.pieces.push_back({CommandPiece::Kind::Literal, "ATX3\r"});
  command.optional = true;
  made_.description.init.push_back(std::move(command));
  made_.corrections.push_back(
      "blind dialling: ATX3 is sent after the initialisation; without a dial tone it dials all the "
      "same, and an unplugged cable looks like a number that does not answer");
}

}  // namespace

Result<CompiledDescription> compile(const ModemDescription& description,
                                    const ModemSettings& settings) {
  return Compiler(description, settings).run();
}

void fit_to_line(CompiledDescription& compiled, bool has_dtr) {
  ModemDescription& modem = compiled.description;
  compiled.circuits = has_dtr;
  if (modem.hang_up.empty()) return;  // no AT commands: a cable
  std::string last = "E0";
  if (!has_dtr) {
    last += "S2=43";
    compiled.corrections.push_back(
        "the line has no DTR to hang up with: the escape +++ is kept usable, ATS2=43 is sent after "
        "the initialisation");
    compiled.corrections.push_back(
        "the line has no DCD to watch: a lost call is noticed by the modem's NO CARRIER among the "
        "data, and by LCP echoes that stay unanswered");
  } else {
    // Old modems leave the factory with &C0&D0: what nobody says is not left to them.
    const auto set = told({&modem.init});
    std::string circuits;
    if (!set.contains("&C")) circuits += "&C1";
    if (!set.contains("&D")) circuits += "&D2";
    if (!circuits.empty()) {
      compiled.corrections.push_back(fmt::format(
          "the initialisation leaves {} to the modem: AT{} is sent after it, so that "
          "{}",
          circuits == "&C1&D2" ? "DCD and DTR"
          : circuits == "&C1"  ? "DCD"
                               : "DTR",
          circuits, circuits == "&D2" ? "a dropped DTR hangs up" : "a lost call is noticed"));
      modem.init.push_back(optional_command(circuits));
    }
  }
  modem.init.push_back(optional_command(last));
}

}  // namespace redial::modem
