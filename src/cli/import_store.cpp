// SPDX-License-Identifier: Apache-2.0
#include "cli/import_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "io/files.h"
#include "migrate/native.h"

namespace redial::cli {
namespace {

constexpr std::string_view kStaged = ".imported.new", kRetired = ".imported.old";
constexpr std::string_view kConfigText =
    "# Redial: lines, phonebooks and settings; see docs/configuration.md. The folder \"imported\"\n"
    "# beside this file is read as well; what stands here counts before what stands there.\n";

bool same(const std::vector<io::TreeFile>& a, const std::vector<io::TreeFile>& b) {
  return std::ranges::equal(a, b, [](const io::TreeFile& x, const io::TreeFile& y) {
    return x.path == y.path && x.octets == y.octets && x.mode == y.mode && x.kind == y.kind;
  });
}

}  // namespace

Result<std::vector<io::TreeFile>> files_imported(const std::string& folder) {
  std::vector<io::TreeFile> out;
  const std::string here = folder + "/" + std::string(migrate::kImportedFolder);
  if (!io::exists(here)) return out;
  auto files = io::read_tree(here);
  if (!files) return files;
  for (io::TreeFile& file : *files) {
    out.push_back({.path = file.path,
                   .kind = file.kind,
                   .octets = std::move(file.octets),
                   .mode = file.mode});
  }
  return out;
}

Result<ImportStore> ImportStore::open(StoreOptions options) {
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  auto folder = io::real_folder(options.folder);
  if (!folder) {
    folder.error().text += "; nothing is imported; name another folder with --into";
    return tl::make_unexpected(std::move(folder).error());
  }
  options.folder = *std::move(folder);
  auto lock = io::lock_folder(options.folder);
  if (!lock) return tl::make_unexpected(std::move(lock).error());
  ImportStore store(std::move(options), *std::move(lock));
  if (auto ok = store.tidy(); !ok) return tl::make_unexpected(std::move(ok).error());
  return store;
}

/// An import that was interrupted has left its stage, or the old folder under another name.
Result<void> ImportStore::tidy() {
  const std::string here = at(migrate::kImportedFolder);
  if (!io::exists(here) && io::exists(at(kRetired))) {
    if (auto ok = io::rename_folder(at(kRetired), here); !ok) return ok;
  }
  for (const std::string_view left : {kStaged, kRetired}) {
    if (!io::exists(at(left))) continue;
    if (auto ok = io::remove_tree(at(left), {}); !ok) return ok;
  }
  auto files = files_imported(options_.folder);
  if (!files) return tl::make_unexpected(std::move(files).error());
  files_ = *std::move(files);
  return {};
}

/// True: it was made just now.
Result<bool> ImportStore::make_config() {
  const std::string config = at("redial.toml");
  if (io::exists(config)) return false;
  if (auto ok = io::write_file(config, kConfigText, 0644); !ok) {
    return tl::make_unexpected(std::move(ok).error());
  }
  return true;
}

Result<void> ImportStore::swap_in() {
  const std::string here = at(migrate::kImportedFolder), staged = at(kStaged);
  if (!io::exists(here)) return io::rename_folder(staged, here);
  if (options_.can_exchange) {
    auto exchanged = io::exchange_folders(staged, here);
    if (exchanged || exchanged.error().kind != ErrorKind::Unsupported) return exchanged;
  }
  if (auto ok = io::rename_folder(here, at(kRetired)); !ok) return ok;
  if (options_.between) options_.between();
  auto renamed = io::rename_folder(staged, here);
  if (!renamed) static_cast<void>(io::rename_folder(at(kRetired), here));
  return renamed;
}

Result<bool> ImportStore::replace(const std::vector<io::TreeFile>& files) {
  if (same(files_, files)) return false;
  const auto step = [&] {
    if (options_.between) options_.between();
  };
  auto written = io::write_tree(at(kStaged), files, 0755, options_.between);
  Result<bool> made = written ? make_config() : tl::make_unexpected(written.error());
  step();
  auto done = made ? swap_in() : tl::make_unexpected(made.error());
  step();
  if (!done) {
    if (made && *made) ::unlink(at("redial.toml").c_str());
    static_cast<void>(io::remove_tree(at(kStaged), {}));
    done.error().text += "; nothing is imported";
    return tl::make_unexpected(std::move(done).error());
  }
  // What is left now is the old folder; it is of no use to anybody.
  for (const std::string_view left : {kStaged, kRetired}) {
    if (io::exists(at(left))) static_cast<void>(io::remove_tree(at(left), {}));
  }
  files_ = files;
  return true;
}

}  // namespace redial::cli
