// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd_named.h"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/lines.h"
#include "migrate/pppd.h"
#include "migrate/pppd_given.h"
#include "modem/chat.h"
#include "modem/inf_lexer.h"
#include "phonebook/text.h"

namespace redial::migrate {
namespace {

constexpr size_t kNamedMax = 64;  // of one file
constexpr size_t kPathMax = 200;
constexpr size_t kScriptOctetsMax = 64 << 10;

class Names {
 public:
  /// chat's -f FILE, in one word or two, and what it sends from a file.
  void add_of_chat(const std::vector<std::string>& words, bool hangs_up) {
    for (size_t at = 1; at < words.size(); ++at) {
      const std::string& word = words[at];
      if (word.size() > 1 && word.front() == '@') add(word.substr(1), true, hangs_up);
      if (word.empty() || word.front() != '-') continue;
      const size_t file = word.find('f');
      if (file == std::string::npos || word.find_first_not_of("-evVsSE") != file) continue;
      if (file + 1 < word.size()) {
        add(word.substr(file + 1), true, hangs_up);
      } else if (at + 1 < words.size()) {
        add(words[++at], true, hangs_up);
      }
    }
  }

  void add_of_command(const std::string& command, bool hangs_up) {
    const std::vector<std::string> words = command_words(command);
    if (words.empty()) return;
    if (base_name(words.front()) == "chat") return add_of_chat(words, hangs_up);
    const std::string& script = script_of(words);
    if (script.starts_with('/')) add(script, true, hangs_up);
  }

  void add(std::string path, bool script, bool hangs_up = false) {
    const bool usable = !path.empty() && path.size() <= kPathMax && clean(path) == path;
    if (usable && names_.size() < kNamedMax) names_.push_back({std::move(path), script, hangs_up});
  }

  std::vector<NamedFile> take() { return std::move(names_); }

 private:
  std::vector<NamedFile> names_;
};

/// A script's commands, one a line; what is in a comment is none.
std::vector<std::string> commands_of(std::string_view octets) {
  std::vector<std::string> out;
  std::string command;
  modem::inf::Lines lines(octets);
  while (const auto line = lines.next()) {
    std::string_view text = phonebook::trim(line->text);
    if (command.empty() && (text.empty() || text.front() == '#')) continue;
    const bool goes_on = text.ends_with('\\');
    if (goes_on) text.remove_suffix(1);
    command += text;
    command += ' ';
    if (goes_on) continue;
    out.push_back(std::exchange(command, {}));
  }
  if (!command.empty()) out.push_back(command);
  return out;
}

/// What a script may do beside dialling without its leaving any trace on the line.
bool does_nothing(std::string_view program) {
  for (const std::string_view idle : {"sleep", "echo", "set", "exit", ":", "logger", "true"}) {
    if (program == idle) return true;
  }
  return false;
}

}  // namespace

std::string chat_command_in(const SourceFile& script) {
  const std::string_view octets = script.octets;
  if (octets.size() > kScriptOctetsMax || !octets.starts_with("#!")) return {};
  const std::string first(octets.substr(2, octets.find('\n') - 2));
  if (modem::is_chat_command(first)) return fmt::format("{} '{}'", first, script.path);
  std::string found;
  for (const std::string& command : commands_of(octets)) {
    const std::string_view whole = phonebook::trim(command);
    const std::string_view bare =
        whole.starts_with("exec ") ? phonebook::trim(whole.substr(5)) : whole;
    if (modem::is_chat_command(bare)) {
      const bool plain = bare.find_first_of("$`;|&<>") == std::string_view::npos;
      if (!found.empty() || !plain) return {};
      found = bare;
    } else if (!does_nothing(bare.substr(0, bare.find(' ')))) {
      return {};
    }
  }
  return found;
}

const std::string& script_of(const std::vector<std::string>& words) {
  const std::string_view shell = base_name(words.front());
  const bool by_shell = shell == "sh" || shell == "bash" || shell == "ash" || shell == "dash";
  return by_shell && words.size() > 1 ? words[1] : words.front();
}

std::vector<NamedFile> named_in(const SourceFile& file, bool script) {
  Names names;
  if (file.octets.size() > kSourceOctetsMax) return {};
  if (script) {
    const std::string command = chat_command_in(file);
    if (!command.empty()) {
      names.add_of_command(command, false);
    } else {
      std::vector<std::string> words = command_words(file.octets);
      words.insert(words.begin(), "chat");
      names.add_of_chat(words, false);
    }
    return names.take();
  }
  Reading unheard;
  const std::vector<PppdWord> words = pppd_words(file, unheard);
  for (size_t at = 0; at < words.size();) {
    const GivenOption option = to_option(words, at, false);
    const bool hangs_up = option.name == "disconnect";
    if (hangs_up || option.name == "connect") names.add_of_command(option.value, hangs_up);
    if (option.name == "file") names.add(option.value, false);
    if (option.name == "call") names.add("/etc/ppp/peers/" + option.value, false);
  }
  return names.take();
}

const SourceFile* find_named(std::span<const SourceFile> files, std::string_view named,
                             std::string_view from) {
  const SourceFile* by_end = nullptr;
  for (const SourceFile& file : files) {
    if (file.path == named) return &file;
    if (named.starts_with('/') && file.path.ends_with(named)) by_end = &file;
  }
  if (by_end != nullptr) return by_end;
  // Files that were copied away from where they were. A peer and its script often have one name, so
  // the folder's name decides before nearness does, and no file is meant by what stands in itself.
  const SourceFile* beside = nullptr;
  for (const SourceFile& file : files) {
    if (base_name(file.path) != base_name(named) || file.path == from) continue;
    if (base_name(folder_name(file.path)) == base_name(folder_name(named))) return &file;
    if (folder_name(file.path) == folder_name(from) ||
        folder_name(file.path) == folder_name(folder_name(from)))
      beside = &file;
  }
  return beside;
}

std::vector<std::string> places_of(std::string_view named, std::string_view from) {
  std::vector<std::string> out;
  if (named.empty() || named.find("..") != std::string_view::npos) return out;
  const size_t etc = from.rfind("/etc/");
  if (named.front() == '/' && etc != std::string_view::npos) {
    out.push_back(fmt::format("{}{}", from.substr(0, etc), named));
  }
  const std::string_view beside = folder_name(from), above = folder_name(beside);
  const std::string_view folder = base_name(folder_name(named)), name = base_name(named);
  for (const std::string_view each : {beside, above}) {
    if (!folder.empty()) out.push_back(fmt::format("{}/{}/{}", each, folder, name));
    out.push_back(fmt::format("{}/{}", each, name));
  }
  std::erase(out, from);  // a peer and its script often have one name
  return out;
}

std::vector<NamedScript> scripts_among(std::span<const SourceFile> files) {
  std::vector<NamedScript> out;
  std::vector<std::pair<const SourceFile*, bool>> open;  // and whether it is a script
  for (const SourceFile& file : files) {
    const PppdFile kind = pppd_file_kind(file);
    if (kind == PppdFile::Chat) out.push_back({file.path});
    if (kind != PppdFile::No && kind != PppdFile::Secrets) {
      open.emplace_back(&file, kind == PppdFile::Chat);
    }
  }
  while (!open.empty()) {
    const auto [from, script] = open.back();
    open.pop_back();
    for (const NamedFile& named : named_in(*from, script)) {
      const SourceFile* file = named.script ? find_named(files, named.path, from->path) : nullptr;
      if (file == nullptr || is_options_name(base_name(file->path))) continue;
      const auto known = std::ranges::find(out, file->path, &NamedScript::path);
      if (known != out.end()) {
        known->hangs_up = known->hangs_up && named.hangs_up;
        continue;
      }
      out.push_back({file->path, named.hangs_up});
      open.emplace_back(file, true);
    }
  }
  return out;
}

std::vector<std::vector<std::string>> missing_among(std::span<const SourceFile> files) {
  std::vector<std::vector<std::string>> out;
  const std::vector<NamedScript> scripts = scripts_among(files);
  for (const SourceFile& file : files) {
    const PppdFile kind = pppd_file_kind(file);
    const bool script = std::ranges::find(scripts, file.path, &NamedScript::path) != scripts.end();
    const bool options = kind == PppdFile::Options || kind == PppdFile::Peer;
    if (!script && !options) continue;
    for (const NamedFile& named : named_in(file, script)) {
      if (find_named(files, named.path, file.path) != nullptr) continue;
      if (auto places = places_of(named.path, file.path); !places.empty()) {
        out.push_back(std::move(places));
      }
    }
  }
  return out;
}

}  // namespace redial::migrate
