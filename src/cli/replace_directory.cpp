// SPDX-License-Identifier: Apache-2.0
#include "cli/replace_directory.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "io/files.h"
#include "migrate/repair_mark.h"

namespace redial::cli {

using io::TreeFile;
using migrate::Found;
using migrate::MarkedFile;
using migrate::Step;

namespace {

std::string staged_name(const std::string& folder) { return folder + ".repair-unfinished"; }

std::vector<MarkedFile> marked(const std::vector<TreeFile>& files) {
  std::vector<MarkedFile> out;
  for (const TreeFile& file : files) {
    if (file.kind == TreeFile::Kind::Folder || file.path == migrate::kMarkFile) continue;
    out.push_back({file.path, file.octets.size(), migrate::fingerprint(file.octets)});
  }
  std::ranges::sort(out, {}, &MarkedFile::path);
  return out;
}

std::optional<std::vector<MarkedFile>> mark_of(const std::string& folder) {
  const auto octets =
      io::read_file(folder + "/" + std::string(migrate::kMarkFile), migrate::kMarkOctetsMax);
  return octets ? migrate::read_mark(*octets) : std::nullopt;
}

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

class Worker {
 public:
  explicit Worker(const ReplaceOptions& options)
      : options_(options),
        here_(options.folder),
        old_(old_name(options.folder)),
        staged_(staged_name(options.folder)),
        run_{.goal = options.goal, .fresh = false, .can_exchange = options.can_exchange} {}

  Result<Replaced> work() {
    const auto lock = io::lock_folder(here_.substr(0, std::max<size_t>(here_.rfind('/'), 1)));
    if (!lock) return tl::make_unexpected(lock.error());
    for (int steps = 0; steps < 2 * migrate::kStepsMax; ++steps) {
      const auto names = look();
      if (!names) return tl::make_unexpected(names.error());
      const Step step = migrate::next_step(run_, *names);
      if (step == Step::Done) return replaced_;
      if (auto ok = carry_out(step); !ok) return tl::make_unexpected(std::move(ok).error());
      // What an earlier run has left is cleared away without a change to the directory.
      replaced_.changed |= step != Step::RemoveStaged && step != Step::KeepStaged;
      if (options_.between) options_.between();
    }
    return fail(ErrorKind::Failed,
                here_ + ": somebody else changes the directories beside it; given up");
  }

 private:
  Result<Found> look_at(const std::string& path, bool staged) const {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return Found::Nothing;
    const auto mark = mark_of(path);
    if (!mark) return staged ? Found::Unfinished : Found::Foreign;
    const auto files = io::read_tree(path);
    if (!files) return tl::make_unexpected(files.error());
    return marked(*files) == *mark ? Found::Renewed : Found::Changed;
  }

  Result<migrate::Names> look() const {
    const auto here = look_at(here_, false), old = look_at(old_, false),
               staged = look_at(staged_, true);
    for (const auto* each : {&here, &old, &staged}) {
      if (!*each) return tl::make_unexpected(each->error());
    }
    return migrate::Names{*here, *old, *staged};
  }

  Result<void> carry_out(Step step) {
    switch (step) {
      case Step::Stage: return stage();
      case Step::StagedToOld: return io::rename_folder(staged_, old_);
      case Step::Exchange: return exchange();
      case Step::OldToStaged: return io::rename_folder(old_, staged_);
      case Step::RemoveStaged:
        return io::remove_tree(staged_, std::string(migrate::kMarkFile), options_.between);
      case Step::KeepStaged: return keep();
      case Step::HereToOld: return io::rename_folder(here_, old_);
      case Step::StagedToHere: return io::rename_folder(staged_, here_);
      case Step::HereToStaged: return io::rename_folder(here_, staged_);
      case Step::OldToHere: return io::rename_folder(old_, here_);
      case Step::Done: return {};
      case Step::NoDirectory:
        return fail(ErrorKind::NotFound, here_ + ": there is no such directory; nothing is done");
      case Step::OldExists:
        return fail(ErrorKind::Refused,
                    fmt::format("{}: exists, so the old directory could not be kept under that "
                                "name; nothing is done; move it away and repair again",
                                old_));
      case Step::OldIsGone:
        return fail(ErrorKind::NotFound,
                    fmt::format("{}: the directory as it was before the repair is not there any "
                                "more; nothing can be undone, and nothing is",
                                old_));
    }
    return {};
  }

  Result<void> stage() {
    struct stat info {};
    if (::stat(here_.c_str(), &info) != 0) return fail(ErrorKind::NotFound, here_ + ": is gone");
    const auto old = io::read_tree(here_);
    if (!old) return tl::make_unexpected(old.error());
    auto files = options_.build(*old);
    if (!files) return tl::make_unexpected(std::move(files).error());
    files->push_back({.path = std::string(migrate::kMarkFile),
                      .octets = migrate::write_mark(marked(*files), last_part(old_)),
                      .owner = info.st_uid,
                      .group = info.st_gid});
    run_.fresh = true;
    auto written = io::write_tree(staged_, *files, info.st_mode & 07777u, options_.between);
    if (!written) {
      // On a disk that is full it would be what fills it.
      (void)io::remove_tree(staged_, std::string(migrate::kMarkFile), {});
      written.error().text +=
          fmt::format("; {} is as it was; make room or rights, and run it again", here_);
    }
    return written;
  }

  Result<void> exchange() {
    auto done = io::exchange_folders(here_, old_);
    if (done || done.error().kind != ErrorKind::Unsupported) return done;
    run_.can_exchange = false;
    return {};
  }

  Result<void> keep() {
    std::string name = here_ + ".repaired";
    for (int number = 2; io::exists(name); ++number) {
      name = fmt::format("{}.repaired.{}", here_, number);
    }
    auto done = io::rename_folder(staged_, name);
    if (done) replaced_.kept.push_back(name);
    return done;
  }

  const ReplaceOptions& options_;
  std::string here_, old_, staged_;
  migrate::Replacement run_;
  Replaced replaced_;
};

}  // namespace

Result<Replaced> replace_directory(const ReplaceOptions& options) { return Worker(options).work(); }

Result<std::string> directory_named(const std::string& path) {
  std::string plain = path;
  while (plain.size() > 1 && plain.ends_with('/')) plain.pop_back();
  auto real = io::real_folder(plain);
  if (real && *real == "/") {
    return fail(ErrorKind::Refused, "/: is no RAS directory");
  }
  if (real || real.error().kind != ErrorKind::NotFound) return real;
  const size_t slash = plain.rfind('/');
  const auto folder = io::real_folder(slash == std::string::npos ? "."
                                      : slash == 0               ? "/"
                                                                 : plain.substr(0, slash));
  if (!folder) return real;
  const std::string whole = (*folder == "/" ? "" : *folder) + "/" + last_part(plain);
  return io::exists(staged_name(whole)) ? Result<std::string>(whole) : real;
}

std::string old_name(const std::string& folder) { return folder + ".old"; }
bool is_renewed(const std::string& folder) { return mark_of(folder).has_value(); }

}  // namespace redial::cli
