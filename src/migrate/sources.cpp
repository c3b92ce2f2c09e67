// SPDX-License-Identifier: Apache-2.0
#include "migrate/sources.h"

#include <algorithm>

#include "migrate/keyfile.h"
#include "migrate/lines.h"
#include "migrate/pppd.h"
#include "migrate/pppd_named.h"
#include "migrate/ras.h"
#include "migrate/uci.h"
#include "migrate/wvdial.h"
#include "phonebook/text.h"

namespace redial::migrate {
namespace {

constexpr std::string_view kFolders[] = {
    "",
    "peers",
    "chatscripts",
    "ppp",
    "ppp/peers",
    "config",
    "system-connections",
    "NetworkManager/system-connections",
    "etc",
    "etc/ppp",
    "etc/ppp/peers",
    "etc/chatscripts",
    "etc/NetworkManager/system-connections",
    "etc/config",
    "usr/lib/NetworkManager/system-connections",
};

/// The folder that one installation is named by: /etc/ppp for what is in its peers.
std::string home_of(Source source, std::string_view path) {
  std::string_view folder = folder_name(path);
  switch (source) {
    case Source::Wvdial:
    case Source::OpenWrt: return std::string(path);
    case Source::Pppd:
      if (base_name(folder) == "peers") folder = folder_name(folder);
      if (base_name(folder) == "chatscripts") folder = folder_name(folder);
      return std::string(folder);
    case Source::NetworkManager:
    case Source::Ras: return std::string(folder);
  }
  return std::string(folder);
}

/// Chat scripts lie beside the folder of pppd's, "/etc/chatscripts" beside "/etc/ppp".
bool joins(const SourceSet& set, Source source, std::string_view home) {
  if (set.source != source) return false;
  if (set.path == home) return true;
  return source == Source::Pppd &&
         (folder_name(set.path) == home || folder_name(home) == set.path ||
          (folder_name(set.path) == folder_name(home) && !home.empty()));
}

}  // namespace

std::optional<Source> recognise(const SourceFile& file) {
  if (ras_file_kind(file) != RasFileKind::No) return Source::Ras;
  if (is_wvdial(file.octets)) return Source::Wvdial;
  if (is_keyfile(file.octets)) return Source::NetworkManager;
  if (is_uci_network(file.octets)) return Source::OpenWrt;
  if (pppd_file_kind(file) != PppdFile::No) return Source::Pppd;
  return std::nullopt;
}

std::span<const std::string_view> usual_folders() { return kFolders; }

bool usual_name(std::string_view folder, std::string_view name) {
  if (folder != "etc") return true;
  return name == "wvdial.conf";
}

namespace {

/// Scripts that pppd's options name have names and words of their own.
void add_scripts(SourceSet& set, std::vector<SourceFile>& unknown) {
  const size_t known = set.files.size();
  for (SourceFile& file : unknown) set.files.push_back(std::move(file));
  std::vector<std::string> scripts;
  for (const NamedScript& script : scripts_among(set.files)) scripts.emplace_back(script.path);
  unknown.clear();
  for (size_t at = known; at < set.files.size();) {
    if (std::ranges::find(scripts, set.files[at].path) != scripts.end()) {
      ++at;
      continue;
    }
    unknown.push_back(std::move(set.files[at]));
    set.files.erase(set.files.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

}  // namespace

std::vector<SourceSet> sort_out(std::vector<SourceFile> files) {
  std::vector<SourceSet> sets;
  std::vector<SourceFile> unknown;
  std::ranges::sort(files, {}, &SourceFile::path);
  for (SourceFile& file : files) {
    const auto source = recognise(file);
    if (!source) {
      unknown.push_back(std::move(file));
      continue;
    }
    const std::string home = home_of(*source, file.path);
    const auto found =
        std::ranges::find_if(sets, [&](const SourceSet& set) { return joins(set, *source, home); });
    SourceSet& set = found != sets.end()
                         ? *found
                         : sets.emplace_back(SourceSet{.source = *source, .path = home});
    if (base_name(home) == "ppp") set.path = home;
    set.files.push_back(std::move(file));
  }
  for (SourceSet& set : sets) {
    if (set.source == Source::Pppd) add_scripts(set, unknown);
  }
  return sets;
}

const SourceFile* find_pppd_options(std::span<const SourceFile> files) {
  const auto found = std::ranges::find_if(files, [](const SourceFile& file) {
    return base_name(file.path) == "options" && base_name(folder_name(file.path)) == "ppp";
  });
  return found == files.end() ? nullptr : &*found;
}

ForeignRules rules_of_options(const SourceFile& options) {
  // As a peer that says nothing itself would have them.
  const std::vector<SourceFile> files = {options, {"ppp/peers/any", "/dev/ttyS0\n"}};
  Reading reading;
  read_pppd(files, reading);
  return reading.connections.empty() ? ForeignRules() : reading.connections.front().rules;
}

Reading read_source(const SourceSet& set, const DeviceNames& names) {
  Reading reading;
  reading.names = names;
  switch (set.source) {
    case Source::Wvdial:
      for (const SourceFile& file : set.files) read_wvdial(file, reading);
      break;
    case Source::Pppd: read_pppd(set.files, reading); break;
    case Source::NetworkManager:
      for (const SourceFile& file : set.files) read_keyfile(file, reading);
      break;
    case Source::OpenWrt:
      for (const SourceFile& file : set.files) read_uci(file, reading);
      break;
    case Source::Ras: read_ras(set.files, reading); break;
  }
  reading.report.seal();
  if (reading.report.full()) {
    refuse(reading, set.path, 0, 0,
           "has more settings than can be accounted for; nothing of it is read; split it");
  }
  return reading;
}

}  // namespace redial::migrate
