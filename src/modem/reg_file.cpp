// SPDX-License-Identifier: Apache-2.0
#include "modem/reg_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "modem/reg_value.h"
#include "modem/source.h"

namespace redial::modem {
namespace {

using chars::lower;
using chars::shown;
using chars::trim;

constexpr std::string_view kHeader4 = "REGEDIT4";
constexpr std::string_view kHeader5 = "Windows Registry Editor Version 5.00";
constexpr size_t kPathMax = 16'384;
constexpr size_t kNone = SIZE_MAX;

/// The first line with anything on it.
std::string_view first_line(std::string_view& rest) {
  while (!rest.empty()) {
    const std::string_view line = trim(take_line(rest));
    if (!line.empty()) return line;
  }
  return {};
}

int generation_of(std::string_view header) {
  return header == kHeader4 ? 4 : header == kHeader5 ? 5 : 0;
}

class Reader {
 public:
  Reader(std::string_view octets, std::string_view name)
      : source_(octets, name, kRegOctetsMax,
                "export only the branch that is needed (reg export KEY FILE)"),
        rest_(source_.text()) {}

  RegFile read() {
    if (source_.readable() && header()) {
      while (!rest_.empty() && !full_) line();
    }
    file_.diagnostics = source_.take();
    return std::move(file_);
  }

 private:
  bool header();
  void line();
  void key(std::string_view line);
  void remove(const std::string& path_lower);
  void add_key(std::string_view path, bool removed, std::string_view at);
  void value(std::string_view line);
  void keep(RegValue value, std::string_view at);
  void pass(std::string_view path, std::string_view name, inf::Place at) {
    if (file_.passed.size() < kRegValuesMax) {
      file_.passed.push_back({std::string(path), std::string(name), at});
    }
  }

  Source source_;
  std::string_view rest_;
  RegFile file_;
  size_t key_ = kNone;  // the one being read; none: its values are passed over
  bool full_ = false;
  size_t values_ = 0;
  std::map<std::string, size_t> key_named_;              // lower case; not those removed
  std::unordered_map<std::string, size_t> value_named_;  // "key number\name" -> place in its key
};

bool Reader::header() {
  std::string_view before = rest_;
  const std::string_view line = first_line(rest_);
  file_.generation = generation_of(line);
  if (file_.generation != 0) return true;
  const std::string_view at = line.empty() ? before.substr(0, 0) : line;
  if (line == "REGEDIT") {
    source_.error(at,
                  "this is a registry file of Windows 3.1; it has no values with names and nothing "
                  "of it is read; export the keys on NT or Windows 95");
  } else {
    source_.error(at, fmt::format("this is no registry export: its first line is neither \"{}\" "
                                  "nor \"{}\"; nothing of it is read; give a .reg file",
                                  kHeader4, kHeader5));
  }
  return false;
}

void Reader::line() {
  const std::string_view from = rest_;
  const std::string_view line = trim(take_line(rest_));
  if (line.empty() || line.starts_with(';')) return;
  if (line.starts_with('[')) return key(line);
  if (line.starts_with('"') || line.starts_with('@')) {
    // Values may go on over several lines: they are read from where the line begins.
    rest_ = from.substr(static_cast<size_t>(line.data() - from.data()));
    return value(line);
  }
  source_.warning_once("line", line,
                       "neither a [key], nor a \"name\"=value, nor a ; comment; lines like it are "
                       "ignored; remove them");
}

void Reader::key(std::string_view line) {
  key_ = kNone;
  const size_t end = line.rfind(']');
  const bool removed = line.starts_with("[-");
  const size_t begin = removed ? 2 : 1;
  if (end == std::string_view::npos || end < begin) {
    return source_.error(line, "the key has no ']'; it and its values are left out; add the ']'");
  }
  const std::string_view path = line.substr(begin, end - begin);
  if (!chars::same_word(path.substr(0, 5), "HKEY_") || path.size() > kPathMax) {
    return source_.error(
        path.empty() ? line : path,
        fmt::format("[{}] is no key of a registry (HKEY_LOCAL_MACHINE\\...); it and its values "
                    "are left out; write the whole path",
                    shown(path)));
  }
  if (file_.keys.size() >= kRegKeysMax) {
    full_ = true;
    return source_.error(line, fmt::format("more than {} keys; the rest of the file is not read; "
                                           "export only the branch that is needed",
                                           kRegKeysMax));
  }
  add_key(path, removed, line);
}

/// A key and everything below it.
void Reader::remove(const std::string& path_lower) {
  const auto forget = [&](std::map<std::string, size_t>::iterator found) {
    RegKey& key = file_.keys[found->second];
    key.removed = true;
    for (const RegValue& value : key.values) pass(key.path, value.name, value.at);
    key.values = {};
    return key_named_.erase(found);
  };
  if (const auto found = key_named_.find(path_lower); found != key_named_.end()) forget(found);
  const std::string prefix = path_lower + '\\';
  auto below = key_named_.lower_bound(prefix);
  while (below != key_named_.end() && below->first.starts_with(prefix)) below = forget(below);
}

void Reader::add_key(std::string_view path, bool removed, std::string_view at) {
  const std::string named = lower(path);
  if (removed) remove(named);
  const auto [found, added] = key_named_.try_emplace(named, file_.keys.size());
  if (added) file_.keys.push_back({std::string(path), removed, source_.place(at), {}});
  if (!removed) {
    key_ = found->second;
  } else {
    key_named_.erase(found);
  }
}

void Reader::value(std::string_view line) {
  reg::ValueReader reader(source_, rest_, file_.generation);
  std::optional<RegValue> read = reader.read();
  rest_ = reader.rest();
  if (!read) {
    const std::string_view name = trim(line.substr(0, line.find('=')));
    return pass(key_ == kNone ? std::string_view() : file_.keys[key_].path, name,
                source_.place(line));
  }
  if (key_ == kNone) {
    pass({}, read->name, read->at);
    return source_.warning_once("no key", line,
                                "values that stand under no [key] of a registry; they are ignored; "
                                "put them under their key");
  }
  keep(*std::move(read), line);
}

void Reader::keep(RegValue value, std::string_view at) {
  std::vector<RegValue>& values = file_.keys[key_].values;
  const std::string named = fmt::format("{}\\{}", key_, lower(value.name));
  const auto [found, added] = value_named_.try_emplace(named, values.size());
  if (!added) {
    pass(file_.keys[key_].path, value.name, values[found->second].at);
    values[found->second] = std::move(value);
    return;
  }
  if (++values_ > kRegValuesMax) {
    full_ = true;
    return source_.error(at, fmt::format("more than {} values; the rest of the file is not read; "
                                         "export only the branch that is needed",
                                         kRegValuesMax));
  }
  values.push_back(std::move(value));
}

}  // namespace

bool is_reg_file(std::string_view octets) {
  constexpr size_t kLooked = 512;
  const chars::Decoded start = chars::decode(octets.substr(0, kLooked));
  std::string_view rest = start.text;
  return generation_of(first_line(rest)) != 0;
}

RegFile read_reg_file(std::string_view octets, std::string_view file_name) {
  return Reader(octets, file_name).read();
}

const RegKey* find_key(const RegFile& file, std::string_view path) {
  const auto found = std::ranges::find_if(file.keys, [&](const RegKey& key) {
    return !key.removed && chars::same_word(key.path, path);
  });
  return found == file.keys.end() ? nullptr : &*found;
}

const RegValue* find_value(const RegKey& key, std::string_view name) {
  const auto found = std::ranges::find_if(key.values, [&](const RegValue& value) {
    return !value.removed && chars::same_word(value.name, name);
  });
  return found == key.values.end() ? nullptr : &*found;
}

std::vector<const RegKey*> children_of(const RegFile& file, std::string_view parent) {
  std::vector<const RegKey*> found;
  for (const RegKey& key : file.keys) {
    const std::string_view name = last_component(key.path);
    const bool child =
        !key.removed && key.path.size() == parent.size() + 1 + name.size() &&
        chars::same_word(std::string_view(key.path).substr(0, parent.size()), parent);
    if (child) found.push_back(&key);
  }
  return found;
}

std::string_view last_component(std::string_view path) { return path.substr(path.rfind('\\') + 1); }

std::optional<std::string> text_of(const RegValue& value) {
  const bool text = value.type == RegType::String || value.type == RegType::ExpandString ||
                    value.type == RegType::Strings;
  if (!text) return std::nullopt;
  return value.text.substr(0, value.text.find('\0'));
}

std::optional<std::vector<std::string>> texts_of(const RegValue& value) {
  if (!text_of(value)) return std::nullopt;
  std::vector<std::string> texts;
  for (std::string_view rest = value.text; !rest.empty();) {
    const size_t end = std::min(rest.find('\0'), rest.size());
    texts.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return texts;
}

std::optional<uint32_t> number_of(const RegValue& value) {
  const bool big = value.type == RegType::DwordBigEndian;
  const bool word = big || value.type == RegType::Dword;
  if (!word && value.type != RegType::Binary) return std::nullopt;
  if (value.data.empty() || value.data.size() > 4 || (word && value.data.size() != 4))
    return std::nullopt;
  uint32_t number = 0;
  for (size_t i = 0; i < value.data.size(); ++i)
    number = number << 8 | value.data[big ? i : value.data.size() - 1 - i];
  return number;
}

}  // namespace redial::modem
