// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd_given.h"

#include <algorithm>

#include "migrate/lines.h"
#include "migrate/pppd.h"

namespace redial::migrate {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "10.0.0.1:10.0.0.2", ":10.0.0.2", "10.0.0.1:"; names of hosts are taken as well.
bool is_addresses(std::string_view text) {
  constexpr std::string_view kMay =
      "0123456789.:-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  return std::ranges::count(text, ':') == 1 && text.size() > 1 &&
         text.find_first_not_of(kMay) == std::string_view::npos;
}

bool is_interface(std::string_view text) {
  for (const std::string_view begin :
       {"nic-", "eth", "wan", "enp", "ens", "eno", "br-", "br", "vlan"}) {
    if (text.starts_with(begin)) return true;
  }
  return false;
}

/// As devices are called in the files of distributions.
bool is_usual_device(std::string_view text) {
  if (text.starts_with("/dev/")) return true;
  for (const std::string_view begin : {"tty", "cua", "modem", "rfcomm", "ircomm"}) {
    if (text.starts_with(begin)) return true;
  }
  return false;
}

/// So many hundredths of the words, at least, are options.
bool reads_as_options(const SourceFile& file, size_t per_cent) {
  Reading scratch;
  const std::vector<PppdWord> words = pppd_words(file, scratch);
  if (!scratch.diagnostics.empty()) return per_cent < 50;  // the reader will say what is wrong
  size_t known = 0, all = 0;
  for (size_t at = 0; at < words.size() && all < 1000; ++all) {
    const GivenOption option = to_option(words, at, true);
    // A list of paths is no file of options.
    const bool path = option.kind == GivenOption::Kind::Device && !is_usual_device(option.value);
    if (option.kind != GivenOption::Kind::Unknown && !path) ++known;
  }
  return all > 0 && known * 100 >= all * per_cent;
}

}  // namespace

bool is_options_name(std::string_view name) {
  return name == "options" || name.starts_with("options.");
}

bool is_device(std::string_view text) {
  return text.starts_with('/') || is_usual_device(text);  // no option begins with a slash
}

std::string shown_argument(const PppdOption& option, const std::string& value) {
  if (option.secret) return std::string(kCovered);
  for (const std::string_view command : {"connect", "disconnect", "init", "welcome", "pty"}) {
    if (option.names != command) continue;
    const auto words = command_words(value);
    if (words.size() > 1) return clean(words.front()) + " ...";
  }
  return clean(value);
}

GivenOption to_option(const std::vector<PppdWord>& words, size_t& at, bool over_ethernet) {
  const PppdWord& word = words[at++];
  GivenOption made{.name = word.text, .line = word.line, .column = word.column};
  using Kind = GivenOption::Kind;
  if (const PppdOption* known = find_pppd_option(word.text)) {
    made.kind = Kind::Known;
    made.option = known;
    if (known->arguments > 0 && at < words.size()) made.value = words[at++].text;
    return made;
  }
  made.value = word.text;
  if (is_number(word.text)) {
    made.kind = Kind::Speed;
    made.name = "speed";
  } else if (is_addresses(word.text)) {
    made.kind = Kind::Addresses;
    made.name = "addresses";
  } else if (over_ethernet && is_interface(word.text)) {
    made.kind = Kind::Interface;
    made.name = "interface";
  } else if (is_device(word.text)) {
    made.kind = Kind::Device;
    made.name = "tty";
  } else {
    made.name = clean(word.text);
    made.value.clear();
  }
  return made;
}

PppdFile pppd_file_kind(const SourceFile& file) {
  const std::string_view name = base_name(file.path), folder = base_name(folder_name(file.path));
  if (name == "pap-secrets" || name == "chap-secrets") return PppdFile::Secrets;
  if (folder == "chatscripts" || name.ends_with(".chat")) return PppdFile::Chat;
  if (is_options_name(name)) return PppdFile::Options;
  // A README, notes or a copy of an editor's among the peers is none.
  const bool aside = name.ends_with('~') || name.ends_with(".txt") || name.ends_with(".md");
  const size_t per_cent = folder == "peers" && !aside ? 20 : 60;
  return reads_as_options(file, per_cent) ? PppdFile::Peer : PppdFile::No;
}

}  // namespace redial::migrate
