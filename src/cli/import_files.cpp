// SPDX-License-Identifier: Apache-2.0
#include "cli/import_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "io/files.h"
#include "io/tree.h"
#include "migrate/lines.h"
#include "migrate/pppd_named.h"
#include "migrate/ras_directory.h"
#include "phonebook/text.h"

namespace redial::cli {
namespace {

namespace fs = std::filesystem;
using migrate::SourceFile;

constexpr size_t kFilesMax = 2000;  // of one folder

/// By path, so that nothing is read twice.
using Files = std::map<std::string, std::string>;

/// One octet more than the readers take, so that it is the reader who says what is too much.
Result<void> add_file(const std::string& path, Files& files) {
  if (files.contains(path)) return {};
  auto octets = io::read_file(path, migrate::kSourceOctetsMax + 1);
  if (!octets) return tl::make_unexpected(std::move(octets).error());
  files.emplace(path, *std::move(octets));
  return {};
}

/// Regular files in the folder itself. One that cannot be read is an error: half an import would
/// lose its settings without a word.
Result<void> add_folder(const std::string& folder, std::string_view as, Files& files) {
  std::error_code failed;
  size_t count = 0;
  for (const auto& each : fs::directory_iterator(folder, failed)) {
    const std::string name = each.path().filename().string();
    std::error_code unknown;
    const bool wanted = migrate::usual_name(as, name) && each.is_regular_file(unknown);
    if (!wanted || name.ends_with('~') || name.find(".dpkg-") != std::string::npos) continue;
    if (++count > kFilesMax) {
      return fail(ErrorKind::BadFile, fmt::format("{}: more than {} files; nothing is imported; "
                                                  "name the file that is meant",
                                                  folder, kFilesMax));
    }
    const auto size = each.file_size(unknown);
    // None of theirs is that large; but one of RAS' own names that is left out would be missed.
    const bool too_large = size > migrate::kSourceOctetsMax && !migrate::is_named_ras_file(name);
    if (unknown || too_large) continue;
    if (auto ok = add_file(each.path().string(), files); !ok) return ok;
  }
  return {};
}

std::string below(const std::string& folder, std::string_view name) {
  if (name.empty()) return folder;
  return (folder == "/" ? folder : folder + "/") + std::string(name);
}

/// A peer's file without the options and secrets beside it would be half of what it says.
Result<void> add_companions(const std::string& file, Files& files) {
  const fs::path folder = fs::path(file).parent_path();
  if (folder.filename() != "peers") return {};
  const std::string home = folder.parent_path().string();
  for (const std::string& each : {home, below(home, "../chatscripts")}) {
    const auto real = io::real_folder(each);
    if (!real) continue;
    if (auto ok = add_folder(*real, "", files); !ok) return ok;
  }
  return {};
}

std::vector<SourceFile> listed(const Files& files) {
  std::vector<SourceFile> list;
  list.reserve(files.size());
  for (const auto& [path, octets] : files) list.push_back({path, octets});
  return list;
}

/// Chat scripts and options lie wherever they are named, and name others in turn.
Result<void> add_named(Files& files) {
  constexpr int kHopsMax = 4;
  for (int hop = 0; hop < kHopsMax; ++hop) {
    const size_t before = files.size();
    for (const std::vector<std::string>& places : migrate::missing_among(listed(files))) {
      const auto there = std::ranges::find_if(places, [](const std::string& place) {
        std::error_code unknown;
        return fs::is_regular_file(place, unknown);
      });
      if (there == places.end() || files.size() >= kFilesMax) continue;
      if (auto ok = add_file(*there, files); !ok) return ok;
    }
    if (files.size() == before) break;
  }
  return {};
}

Result<void> add_path(const std::string& path, Files& files) {
  std::error_code failed;
  if (!fs::is_directory(path, failed)) {
    const fs::path real = fs::weakly_canonical(path, failed);
    const std::string file = failed ? path : real.string();
    if (auto ok = add_file(file, files); !ok) return ok;
    return add_companions(file, files);
  }
  const auto root = io::real_folder(path);
  if (!root) return tl::make_unexpected(root.error());
  for (const std::string_view each : migrate::usual_folders()) {
    const std::string folder = below(*root, each);
    if (!fs::is_directory(folder, failed)) continue;
    if (auto ok = add_folder(folder, *root == "/etc" && each.empty() ? "etc" : each, files); !ok) {
      return ok;
    }
  }
  // Its chat scripts are outside of it.
  if (fs::path(*root).filename() != "ppp") return {};
  const auto chat = io::real_folder(below(*root, "../chatscripts"));
  return chat ? add_folder(*chat, "", files) : Result<void>();
}

}  // namespace

Result<std::vector<migrate::SourceSet>> find_sources(const std::vector<std::string>& paths) {
  Files files;
  for (const std::string& path : paths) {
    const size_t before = files.size();
    if (auto ok = add_path(path, files); !ok) {
      ok.error().text += "; nothing is imported; correct its name or its rights";
      return tl::make_unexpected(std::move(ok).error());
    }
    if (files.size() == before) {
      return fail(ErrorKind::NotFound,
                  fmt::format("{}: has no file of a predecessor; nothing is imported; name a file, "
                              "a folder such as /etc/ppp, or a root with an etc in it",
                              phonebook::shown(path)));
    }
  }
  if (auto ok = add_named(files); !ok) {
    ok.error().text += "; nothing is imported; correct its rights";
    return tl::make_unexpected(std::move(ok).error());
  }
  std::vector<SourceFile> list = listed(files);
  std::vector<migrate::SourceSet> sets = migrate::sort_out(std::move(list));
  if (sets.empty()) {
    return fail(ErrorKind::NotFound,
                fmt::format("{}: nothing there is wvdial's, pppd's, NetworkManager's, OpenWrt's or "
                            "of a RAS directory; nothing is imported; name the file that is meant",
                            phonebook::shown(paths.front())));
  }
  return sets;
}

}  // namespace redial::cli
