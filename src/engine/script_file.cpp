// SPDX-License-Identifier: Apache-2.0
#include "engine/script_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "modem/chat.h"
#include "modem/inf.h"
#include "modem/scp.h"
#include "modem/sim_pin.h"
#include "modem/switch_inf.h"
#include "phonebook/phonebook.h"
#include "phonebook/text.h"

namespace redial::engine {

using modem::Diagnostic;
using phonebook::Entry;
using phonebook::same_word;
using phonebook::shown;

namespace {

std::string_view file_of(std::string_view path) {
  return path.substr(path.find_last_of("\\/") + 1);
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && same_word(text.substr(text.size() - end.size()), end);
}

std::string changed(std::string_view text, char first, char last, int by) {
  std::string made(text);
  for (char& c : made)
    if (first <= c && c <= last) c = static_cast<char>(c + by);
  return made;
}

/// As written, then in small and in large letters: Windows does not care, we do.
Result<std::string> read_any_case(const std::string& name, const ReadFile& read) {
  auto octets = read(name);
  if (octets || octets.error().kind != ErrorKind::NotFound) return octets;
  for (const std::string& other :
       {changed(name, 'A', 'Z', 'a' - 'A'), changed(name, 'a', 'z', 'A' - 'a')}) {
    if (other == name) continue;
    if (auto again = read(other)) return again;
  }
  return octets;
}

/// One entry's script, wherever it stands.
class Finder {
 public:
  Finder(const Entry& entry, const ReadFile& read) : entry_(entry), read_(read) {}

  using Found = Result<std::shared_ptr<const modem::Script>>;
  Found scp(const std::string& file);
  Found chat(const std::string& file);
  Found section(const std::string& file, std::string_view name);
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  Result<std::string> octets(const std::string& file) {
    auto made = read_any_case(file, read_);
    if (!made) made.error().text = shown(entry_.name) + ": " + made.error().text;
    return made;
  }
  /// The first error, or all warnings.
  std::optional<Error> complaint(const std::string& file, const std::vector<Diagnostic>& said);
  static Found found(modem::Script script) {
    return std::make_shared<const modem::Script>(std::move(script));
  }

  const Entry& entry_;
  const ReadFile& read_;
  std::vector<std::string> warnings_;
};

std::optional<Error> Finder::complaint(const std::string& file,
                                       const std::vector<Diagnostic>& said) {
  for (const Diagnostic& each : said) {
    std::string text = fmt::format("{}:{}:{}: {}", shown(file), each.line, each.column, each.text);
    if (each.severity == Diagnostic::Severity::Error)
      return Error{ErrorKind::BadFile, fmt::format("{}: {}", shown(entry_.name), text)};
    warnings_.push_back(fmt::format("{}: {}", shown(entry_.name), text));
  }
  return std::nullopt;
}

Finder::Found Finder::scp(const std::string& file) {
  const auto text = octets(file);
  if (!text) return tl::make_unexpected(text.error());
  modem::ScpFile read = modem::read_scp(*text, file);
  if (auto wrong = complaint(file, read.diagnostics)) return tl::make_unexpected(*std::move(wrong));
  return found(*std::move(read.script));
}

Finder::Found Finder::chat(const std::string& file) {
  const auto text = octets(file);
  if (!text) return tl::make_unexpected(text.error());
  modem::ChatOptions options{.name = file, .phone = ""};
  if (!entry_.numbers.empty()) options.phone = entry_.numbers.front().digits;
  options.read = read_;
  modem::ChatScript read = modem::read_chat(*text, options);
  if (auto wrong = complaint(file, read.diagnostics)) return tl::make_unexpected(*std::move(wrong));
  return found(read.login ? *std::move(read.login) : modem::Script{.name = file, .steps = {}});
}

Finder::Found Finder::section(const std::string& file, std::string_view name) {
  const auto text = octets(file);
  if (!text) return tl::make_unexpected(text.error());
  const modem::InfFile read = modem::read_modem_inf(*text, file);
  std::string names;
  for (const modem::ModemDescription& section : read.scripts) {
    names += (names.empty() ? "" : ", ") + shown(section.name);
    if (!same_word(section.name, name)) continue;
    auto script = modem::compile_script(section, {.address = entry_.x25_address,
                                                  .user_data = entry_.x25_user_data,
                                                  .facilities = entry_.x25_facilities});
    if (script) return found(*std::move(script));
    return fail(script.error().kind,
                fmt::format("{}: {}: {}", shown(entry_.name), shown(file), script.error().text));
  }
  const bool wrong = std::ranges::any_of(read.diagnostics, [](const Diagnostic& each) {
    return each.severity == Diagnostic::Severity::Error;
  });
  return fail(wrong ? ErrorKind::BadFile : ErrorKind::NotFound,
              fmt::format("{}: {} has no usable script [{}]{}; the entry is not dialled; name "
                          "another, and see redial modem check {}",
                          shown(entry_.name), shown(file), shown(name),
                          names.empty() ? "" : ", but " + names, shown(file)));
}

/// A name alone: what NT 3.5x means by it stands in SWITCH.INF.
bool switch_has(std::string_view name, const ReadFile& read) {
  const auto octets = read_any_case("SWITCH.INF", read);
  if (!octets) return false;
  const modem::InfFile file = modem::read_modem_inf(*octets, "SWITCH.INF");
  return std::ranges::any_of(file.scripts,
                             [&](const auto& section) { return same_word(section.name, name); });
}

using Found = Result<std::shared_ptr<const modem::Script>>;

/// The script of that name; null: no file is known to have it.
Found find(Finder& finder, std::string_view name, const ReadFile& read) {
  if (name.empty()) return nullptr;
  if (name.starts_with('[')) {
    name.remove_prefix(1);
    return finder.section("SWITCH.INF", name.substr(0, name.find(']')));
  }
  if (ends_with(name, ".scp") || ends_with(name, ".chat")) {
    // C:\WINNT\system32\ras\isp.scp: the folder is another machine's.
    const bool windows = name.find('\\') != std::string_view::npos;
    const std::string file(windows ? file_of(name) : name);
    return ends_with(name, ".scp") ? finder.scp(file) : finder.chat(file);
  }
  const size_t colon = name.rfind(':');
  if (phonebook::names_script_file(name))
    return finder.section(std::string(name.substr(0, colon)), name.substr(colon + 1));
  if (switch_has(name, read)) return finder.section("SWITCH.INF", name);
  return nullptr;
}

Found find_pad(Finder& finder, const Entry& entry, const ReadFile& read) {
  const std::string& pad = entry.x25_pad;
  if (!same_word(entry.device_type, "pad") || pad.empty()) return nullptr;
  const bool in_file = phonebook::names_script_file(pad) && !pad.starts_with('[');
  if (in_file) return find(finder, pad, read);
  return read_any_case("PAD.INF", read) ? finder.section("PAD.INF", pad) : Found(nullptr);
}

/// The pad is reached first; what is behind it asks for its own login.
Found find_login(Finder& finder, const Entry& entry, const ReadFile& read) {
  auto pad = find_pad(finder, entry, read);
  if (!pad || !entry.script_steps.empty()) return pad;
  auto script = find(finder, entry.script, read);
  if (!script || !*script) return script ? pad : script;
  if (!*pad) return script;
  return std::make_shared<const modem::Script>(modem::joined(**pad, **script));
}

std::shared_ptr<const modem::Script> within(std::shared_ptr<const modem::Script> script,
                                            Duration bound) {
  if (!script) return script;
  modem::Script made = *script;
  made.within = bound;
  return std::make_shared<const modem::Script>(std::move(made));
}

}  // namespace

Result<FoundScript> read_script(Entry& entry, const ReadFile& read) {
  Finder finder(entry, read);
  FoundScript found;
  auto login = find_login(finder, entry, read);
  if (!login) return tl::make_unexpected(std::move(login).error());
  auto before = find(finder, entry.script_before, read);
  if (!before) return tl::make_unexpected(std::move(before).error());
  found.script = *std::move(login);
  found.before = *std::move(before);
  found.warnings = finder.warnings();
  if (!found.script && !found.before) return found;
  entry.script_compiled = found.script != nullptr;
  entry.script_before_compiled = found.before != nullptr;
  if (entry.script_within == Entry().script_within) {
    entry.script_within = std::max(found.script ? found.script->within : 0s,
                                   found.before ? found.before->within : 0s);
  } else {
    found.script = within(std::move(found.script), entry.script_within);
    found.before = within(std::move(found.before), entry.script_within);
  }
  return found;
}

std::vector<std::string> hidden_words(const std::string& file, const std::string& octets,
                                      const ReadFile& read) {
  std::vector<std::string> words;
  for (std::string_view rest = octets; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    for (std::string& pin : modem::sim_pins(rest.substr(0, end))) words.push_back(std::move(pin));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto look = [&words](const modem::Script& script) {
    for (const modem::ScriptStep& step : script.steps) {
      for (const modem::ScriptPiece& piece : step.send) {
        if (piece.what == modem::ScriptPiece::What::Hidden) words.push_back(piece.text);
      }
    }
  };
  if (ends_with(file, ".scp")) {
    const modem::ScpFile made = modem::read_scp(octets, file);
    if (made.script) look(*made.script);
  } else if (ends_with(file, ".chat")) {
    const modem::ChatScript made =
        modem::read_chat(octets, {.name = file, .phone = "", .read = read});
    if (made.login) look(*made.login);
  } else {
    for (const auto& section : modem::read_modem_inf(octets, file).scripts) {
      if (const auto script = modem::compile_script(section, {})) look(*script);
    }
  }
  return words;
}

}  // namespace redial::engine
