// SPDX-License-Identifier: Apache-2.0
#include "cli/import.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "cli/device_names.h"
#include "cli/import_files.h"
#include "cli/imported.h"
#include "io/files.h"
#include "migrate/lines.h"
#include "modem/sim_pin.h"
#include "phonebook/text.h"

namespace redial::cli {

using migrate::Taken;

namespace {

std::string without_end(std::string folder) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  return folder.empty() ? "." : folder;
}

std::string folder_for(const ImportOptions& options) {
  if (!options.into.empty()) return without_end(options.into);
  const std::string config = find_config(options.sources);
  if (!config.empty()) {
    const size_t slash = config.rfind('/');
    return slash == std::string::npos ? "." : without_end(config.substr(0, slash + 1));
  }
  if (::geteuid() == 0) return "/etc/redial";
  const char* own = std::getenv("XDG_CONFIG_HOME");
  if (own != nullptr && *own != 0) return std::string(own) + "/redial";
  const char* home = std::getenv("HOME");
  return (home == nullptr ? std::string(".") : std::string(home)) + "/.config/redial";
}

/// "wvdial", "pppd" ...; of a phonebook its own name.
std::string usual_stem(const migrate::SourceSet& set) {
  std::string stem(migrate::name(set.source));
  std::ranges::transform(stem, stem.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return stem;
}

/// The source that a file of ours says it is from.
bool is_from(const io::TreeFile& file, const std::string& path) {
  const std::string_view first(file.octets.data(),
                               std::min(file.octets.find('\n'), file.octets.size()));
  return first.find("from " + migrate::clean(path) + ", and written") != std::string_view::npos;
}

/// The name it had when it was imported before, else one that no other source has.
std::string stem_for(const migrate::SourceSet& set, const std::vector<io::TreeFile>& there,
                     const std::vector<ImportedSource>& others) {
  for (const io::TreeFile& file : there) {
    const bool phonebook =
        file.path.ends_with(".toml") && !file.path.ends_with(migrate::kCredentialsEnd);
    if (phonebook && is_from(file, set.path)) return file.path.substr(0, file.path.size() - 5);
  }
  const std::string usual = usual_stem(set);
  const auto taken = [&](const std::string& stem) {
    const auto is_file = [&](const io::TreeFile& f) { return f.path == stem + ".toml"; };
    const auto is_other = [&](const ImportedSource& s) { return s.stem == stem; };
    return std::ranges::any_of(there, is_file) || std::ranges::any_of(others, is_other);
  };
  for (int n = 1;; ++n) {
    const std::string stem = n == 1 ? usual : fmt::format("{}-{}", usual, n);
    if (!taken(stem)) return stem;
  }
}

bool belongs_to(const io::TreeFile& file, const std::string& stem) {
  for (const std::string_view end :
       {migrate::kBookEnd, migrate::kDescriptionsEnd, migrate::kKeysEnd, migrate::kScriptsEnd,
        migrate::kPadsEnd, migrate::kCredentialsEnd}) {
    if (file.path == stem + std::string(end)) return true;
  }
  return false;
}

/// Entries and lines of redial.toml, its phonebooks, and imports of other sources.
Taken taken_by_others(const std::string& folder, const std::vector<io::TreeFile>& there,
                      const std::vector<ImportedSource>& ours) {
  Taken taken;
  phonebook::Config config;
  std::vector<phonebook::PhonebookFile> files;
  const std::string file = folder + "/redial.toml";
  if (auto octets = io::read_file(file, phonebook::kPhonebookOctetsMax + 1)) {
    config = phonebook::read_config(*octets, file);
  }
  for (const std::string& name : config.phonebooks) {
    const std::string path = name.starts_with('/') ? name : folder + "/" + name;
    auto octets = io::read_file(path, phonebook::kPhonebookOctetsMax + 1);
    if (octets) files.push_back({.name = path, .octets = *std::move(octets)});
  }
  for (const io::TreeFile& each : there) {
    const bool phonebook =
        each.path.ends_with(".toml") && !each.path.ends_with(migrate::kCredentialsEnd);
    const bool own = std::ranges::any_of(
        ours, [&](const ImportedSource& source) { return belongs_to(each, source.stem); });
    if (phonebook && !own)
      files.push_back({.name = each.path, .octets = each.octets, .imported = true});
  }
  // What is laid over an entry is no entry of its own: it must not take an import's name away.
  phonebook::Config bare = config;
  bare.overlays.clear();
  for (const phonebook::Entry& entry : phonebook::combine(bare, files).entries) {
    taken.entries.push_back(entry.name);
  }
  for (const phonebook::Overlay& overlay : config.overlays) {
    const bool own = std::ranges::any_of(overlay.settings, [](const phonebook::Setting& setting) {
      const std::string name = full_name(phonebook::entry_keys()[setting.key]);
      return name == "number" || name == "numbers" || name == "type";
    });
    if (own) taken.entries.push_back(overlay.entry);
  }
  taken.lines = phonebook::lines_with_imported(config, files);
  return taken;
}

std::string first_error(const migrate::Reading& reading) {
  for (const phonebook::Diagnostic& d : reading.diagnostics) {
    if (d.severity == phonebook::Diagnostic::Severity::Error) return to_text(d);
  }
  return {};
}

std::vector<io::TreeFile> with_sources(const std::vector<io::TreeFile>& there,
                                       const std::vector<ImportedSource>& sources) {
  std::vector<io::TreeFile> files;
  for (const io::TreeFile& file : there) {
    const auto ours = [&](const ImportedSource& source) {
      return !source.native.empty() && belongs_to(file, source.stem);
    };
    if (std::ranges::none_of(sources, ours)) files.push_back(file);
  }
  for (const ImportedSource& source : sources) {
    if (source.native.empty()) continue;
    const auto put = [&](std::string_view end, const std::string& octets, unsigned mode) {
      if (octets.empty()) return;
      files.push_back({.path = source.stem + std::string(end), .octets = octets, .mode = mode});
    };
    put(migrate::kBookEnd, source.native.phonebook, 0644);
    // A SIM's PIN is sent to a modem as any other command.
    const bool pin = !modem::sim_pins(source.native.descriptions).empty();
    put(migrate::kDescriptionsEnd, source.native.descriptions, pin ? 0600 : 0644);
    put(migrate::kKeysEnd, source.native.modem_keys, 0600);
    put(migrate::kScriptsEnd, source.native.scripts, 0600);
    put(migrate::kPadsEnd, source.native.pads, 0600);
    put(migrate::kCredentialsEnd, source.native.credentials, 0600);
  }
  std::ranges::sort(files, {}, &io::TreeFile::path);
  return files;
}

std::vector<std::string> names_changed(const std::vector<io::TreeFile>& before,
                                       const std::vector<io::TreeFile>& after) {
  std::vector<std::string> names;
  for (const io::TreeFile& file : after) {
    const bool there = std::ranges::any_of(before, [&](const io::TreeFile& old) {
      return old.path == file.path && old.octets == file.octets && old.mode == file.mode;
    });
    if (!there) names.push_back(file.path);
  }
  return names;
}

void note_devices(ImportResult& result) {
  for (const ImportedSource& source : result.sources) {
    result.notes.insert(result.notes.end(), source.native.notes.begin(), source.native.notes.end());
    for (const phonebook::LineSpec& line : source.native.lines) {
      if (!line.needs.empty()) {
        result.notes.push_back(fmt::format("line {}: needs {}", line.name, line.needs));
      } else if (migrate::is_counted(line.path)) {
        result.notes.push_back(fmt::format(
            "line {}: {} is whichever adapter is met first; plug it in and import again, or "
            "declare the line in redial.toml under this name with its path of /dev/serial/by-id",
            line.name, line.path));
      } else if (line.path.starts_with("/dev/") && !io::exists(line.path)) {
        result.notes.push_back(fmt::format(
            "line {}: {} is not on this machine; before it is dialled, declare the line "
            "in redial.toml under this name with the path it has here",
            line.name, line.path));
      }
    }
  }
}

/// Nothing in it is no reason to forget what it had before.
void note_empty(ImportResult& result) {
  result.nothing = true;
  for (const ImportedSource& source : result.sources) {
    result.nothing = result.nothing && source.native.empty();
    if (!source.native.empty()) continue;
    result.notes.push_back(
        fmt::format("{}: no connection, line or password is in it; nothing of "
                    "it is written",
                    phonebook::shown(source.set.path)));
  }
}

Result<void> read_all(std::vector<migrate::SourceSet> sets, const std::vector<io::TreeFile>& there,
                      const migrate::DeviceNames& names, ImportResult& result) {
  for (migrate::SourceSet& set : sets) {
    ImportedSource source;
    source.stem = stem_for(set, there, result.sources);
    source.set = std::move(set);
    result.sources.push_back(std::move(source));
  }
  Taken taken = taken_by_others(result.folder, there, result.sources);
  for (ImportedSource& source : result.sources) {
    source.reading = migrate::read_source(source.set, names);
    if (first_error(source.reading).empty()) {
      source.native = write_native(source.reading, source.stem, source.set.path, taken);
    }
    if (const std::string error = first_error(source.reading); !error.empty()) {
      return fail(ErrorKind::BadFile, error);
    }
    for (const auto& entry : source.native.entries) taken.entries.push_back(entry.name);
    std::ranges::copy(source.native.lines, std::back_inserter(taken.lines));
  }
  return {};
}

}  // namespace

Result<ImportResult> run_import(const ImportOptions& options) {
  auto sets = find_sources(options.paths);
  if (!sets) return tl::make_unexpected(std::move(sets).error());
  ImportResult result;
  result.folder = folder_for(options);
  result.dry_run = options.dry_run;
  // Before anything is made or locked: what the sources say may be wrong.
  auto before = files_imported(result.folder);
  if (!before) return tl::make_unexpected(std::move(before).error());
  const migrate::DeviceNames names = stable_names(options.dev);
  ImportResult looked_at;
  looked_at.folder = result.folder;
  looked_at.dry_run = options.dry_run;
  if (auto ok = read_all(*sets, *before, names, looked_at); !ok) {
    return tl::make_unexpected(std::move(ok).error());
  }
  note_empty(looked_at);
  if (looked_at.nothing) return looked_at;
  if (options.dry_run) {
    auto there = files_imported(result.folder);
    if (!there) return tl::make_unexpected(std::move(there).error());
    if (auto ok = read_all(*std::move(sets), *there, names, result); !ok) {
      return tl::make_unexpected(std::move(ok).error());
    }
    const auto files = with_sources(*there, result.sources);
    result.written = names_changed(*there, files);
    result.changed = files.size() != there->size() || !result.written.empty();
  } else {
    auto store = ImportStore::open({.folder = result.folder,
                                    .between = options.between,
                                    .can_exchange = options.can_exchange});
    if (!store) return tl::make_unexpected(std::move(store).error());
    if (auto ok = read_all(*std::move(sets), store->files(), names, result); !ok) {
      return tl::make_unexpected(std::move(ok).error());
    }
    const auto files = with_sources(store->files(), result.sources);
    result.written = names_changed(store->files(), files);
    auto changed = store->replace(files);
    if (!changed) return tl::make_unexpected(std::move(changed).error());
    result.changed = *changed;
  }
  note_empty(result);
  note_devices(result);
  return result;
}

int import(const ImportOptions& options) {
  if (!options.rules.empty()) {
    fmt::print("{}", rules_text(options.rules));
    return 0;
  }
  const auto result = run_import(options);
  if (!result) return complain(result.error());
  fmt::print("{}", options.json ? import_json(*result) : import_text(*result));
  return result->nothing ? static_cast<int>(ErrorKind::NotFound) : 0;
}

}  // namespace redial::cli
