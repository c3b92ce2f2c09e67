// SPDX-License-Identifier: Apache-2.0
// A description and the user's settings become texts that lack nothing but the number.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/bytes.h"
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
  return {};
}

Result<void> Compiler::expand(Command& command) {
  std::vector<CommandPiece> pieces;
  size_t octets = 0;
  for (CommandPiece& piece : command.pieces) {
    std::string_view text = piece.text;
    if (piece.kind == CommandPiece::Kind::Macro) {
      const auto macro = from_.macros.find(piece.text);
      if (macro == from_.macros.end())
        return fail(ErrorKind::BadFile,
                    fmt::format("{}: the command {} uses <{}>, which is not defined; it cannot be "
                                "sent; define it in {} (RAS error 654)",
                                from_.name, to_text(command), piece.text, from_.source));
      const auto wanted = wanted_.find(piece.text);
      const bool on =
          wanted != wanted_.end() ? wanted->second : !from_.default_off.contains(piece.text);
      text = on ? macro->second.on : macro->second.off;
    } else if (piece.kind != CommandPiece::Kind::Literal) {
      pieces.push_back(std::move(piece));
      continue;
    }
    octets += text.size();
    if (octets > kCommandMax)
      return fail(ErrorKind::BadFile,
                  fmt::format("{}: a command grows beyond {} octets; it cannot be sent; split it "
                              "into several (RAS error 700)",
                              from_.name, kCommandMax));
    append_literal(pieces, text);
  }
  command.pieces = std::move(pieces);
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

/// Whether the last `&C` or `&D` of the initialisation is 0; without a digit it means 0 too
/// (V.250).
bool ends_at_zero(const std::string& sent, std::string_view setting) {
  const size_t last = sent.rfind(setting);
  if (last == std::string::npos) return false;
  const size_t at = std::min(sent.find_first_not_of(' ', last + setting.size()), sent.size());
  return at >= sent.size() || sent[at] == '0' || sent[at] < '0' || sent[at] > '9';
}

/// Every line is watched: a description may not blind us to the carrier, nor deafen the modem to
/// DTR. Old sections did, for cables without these circuits; the modem does no harm by having them.
void Compiler::keep_watched() {
  std::string sent;
  for (const Command& command : made_.description.init) {
    for (const CommandPiece& piece : command.pieces) sent += lower(piece.text);
    sent += '\r';
  }
  std::string correction;
  if (ends_at_zero(sent, "&c")) {
    correction += "&C1";
    made_.corrections.push_back(
        "the initialisation sets &C0: DCD would not follow the carrier and a lost call go "
        "unnoticed; AT&C1 is sent after it");
  }
  if (ends_at_zero(sent, "&d")) {
    correction += "&D2";
    made_.corrections.push_back(
        "the initialisation sets &D0: the modem would not hang up when DTR drops; AT&D2 is sent "
        "after it");
  }
  if (correction.empty()) return;
  Command command;
  command.pieces.push_back({CommandPiece::Kind::Literal, "AT" + correction + "\r"});
  command.optional = true;
  made_.description.init.push_back(std::move(command));
}

}  // namespace

Result<CompiledDescription> compile(const ModemDescription& description,
                                    const ModemSettings& settings) {
  return Compiler(description, settings).run();
}

void fit_to_line(CompiledDescription& compiled, bool has_dtr) {
  if (compiled.description.hang_up.empty()) return;  // no AT commands: a cable
  std::string last = "E0";
  if (!has_dtr) {
    last += "S2=43";
    compiled.corrections.push_back(
        "the line has no DTR to hang up with: the escape +++ is kept usable, ATS2=43 is sent after "
        "the initialisation");
  }
  Command command;
  command.pieces.push_back({CommandPiece::Kind::Literal, "AT" + last + "\r"});
  command.optional = true;
  compiled.description.init.push_back(std::move(command));
}

}  // namespace redial::modem
