// SPDX-License-Identifier: Apache-2.0
#include "io/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "io/file_parts.h"
#include "io/files.h"

namespace redial::io {
namespace {

/// Names that were added or taken away are on disk afterwards. Some file systems cannot; no harm.
void sync_folder(const std::string& folder) {
  const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open) static_cast<void>(::fsync(open.get()));
}

void tell(const Between& between) {
  if (between) between();
}

bool plain(const std::string& name) {
  return std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

struct Close {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, Close>;

Result<std::vector<std::string>> names_in(const std::string& folder) {
  const Folder open(::opendir(folder.c_str()));
  if (!open) return fail_with(errno, folder, "cannot be read");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

class Reader {
 public:
  Reader(std::string root, const TreeLimits& limits) : root_(std::move(root)), limits_(limits) {}

  Result<void> read(const std::string& inside, size_t depth) {
    const std::string folder = inside.empty() ? root_ : root_ + "/" + inside;
    const auto names = names_in(folder);
    if (!names) return tl::make_unexpected(names.error());
    for (const std::string& name : *names) {
      if (auto ok = read_one(inside.empty() ? name : inside + "/" + name, depth); !ok) return ok;
    }
    return {};
  }
  std::vector<TreeFile> files;

 private:
  Result<void> read_one(const std::string& path, size_t depth) {
    const std::string whole = root_ + "/" + path;
    struct stat info {};
    if (::lstat(whole.c_str(), &info) != 0) return fail_with(errno, whole, "cannot be read");
    if (files.size() == limits_.files_max || !plain(path)) return no_tree();
    TreeFile file{.path = path,
                  .mode = info.st_mode & 07777u,
                  .owner = info.st_uid,
                  .group = info.st_gid,
                  .modified_ns = static_cast<int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 +
                                 info.st_mtim.tv_nsec};
    if (S_ISDIR(info.st_mode)) {
      if (depth == limits_.depth_max) return no_tree();
      file.kind = TreeFile::Kind::Folder;
      files.push_back(std::move(file));
      return read(path, depth + 1);
    }
    if (auto ok = fill(file, whole, info); !ok) return ok;
    octets_ += file.octets.size();
    files.push_back(std::move(file));
    return {};
  }

  Result<void> fill(TreeFile& file, const std::string& whole, const struct stat& info) const {
    if (S_ISLNK(info.st_mode)) {
      char target[4096];
      const ssize_t size = ::readlink(whole.c_str(), target, sizeof target);
      if (size < 0) return fail_with(errno, whole, "cannot be read");
      file.kind = TreeFile::Kind::Link;
      file.octets.assign(target, static_cast<size_t>(size));
      return {};
    }
    if (!S_ISREG(info.st_mode)) {
      return fail(ErrorKind::BadFile, whole +
                                          ": is neither a file nor a folder, and cannot be taken "
                                          "over; nothing is done; move it away");
    }
    const size_t left = limits_.octets_max - std::min(octets_, limits_.octets_max);
    auto octets = read_file(whole, left);
    if (!octets) return tl::make_unexpected(std::move(octets).error());
    file.octets = *std::move(octets);
    return {};
  }

  Result<void> no_tree() const {
    return fail(ErrorKind::BadFile,
                root_ +
                    ": has more files, deeper folders or stranger names than such a directory "
                    "has; nothing is done; is it the right one?");
  }

  std::string root_;
  TreeLimits limits_;
  size_t octets_ = 0;
};

timespec to_timespec(int64_t ns) {
  return {.tv_sec = static_cast<time_t>(ns / 1'000'000'000),
          .tv_nsec = static_cast<long>(ns % 1'000'000'000)};
}

int put_file(const std::string& path, const TreeFile& file) {
  const Descriptor open(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!open) return errno;
  if (const int error = write_all(open.get(), file.octets); error != 0) return error;
  if (::fchmod(open.get(), static_cast<mode_t>(file.mode)) != 0) return errno;
  if (file.modified_ns != 0) {
    const timespec times[2] = {to_timespec(file.modified_ns), to_timespec(file.modified_ns)};
    if (::futimens(open.get(), times) != 0) return errno;
  }
  return ::fsync(open.get()) == 0 ? 0 : errno;
}

int put(const std::string& path, const TreeFile& file) {
  switch (file.kind) {
    case TreeFile::Kind::File: return put_file(path, file);
    case TreeFile::Kind::Folder: return ::mkdir(path.c_str(), 0700) == 0 ? 0 : errno;
    case TreeFile::Kind::Link: return ::symlink(file.octets.c_str(), path.c_str()) == 0 ? 0 : errno;
  }
  return EINVAL;
}

Result<void> take_out(const std::string& path, bool folder, const Between& between) {
  if (folder) {
    const auto names = names_in(path);
    if (!names) return tl::make_unexpected(names.error());
    for (const std::string& name : *names) {
      const std::string whole = path + "/" + name;
      struct stat info {};
      if (::lstat(whole.c_str(), &info) != 0) return fail_with(errno, whole, "cannot be removed");
      if (auto ok = take_out(whole, S_ISDIR(info.st_mode), between); !ok) return ok;
    }
  }
  const int done = folder ? ::rmdir(path.c_str()) : ::unlink(path.c_str());
  if (done != 0) return fail_with(errno, path, "cannot be removed");
  tell(between);
  return {};
}

}  // namespace

Result<std::vector<TreeFile>> read_tree(const std::string& folder, const TreeLimits& limits) {
  Reader reader(folder, limits);
  if (auto ok = reader.read("", 0); !ok) return tl::make_unexpected(std::move(ok).error());
  return std::move(reader.files);
}

Result<void> write_tree(const std::string& folder, const std::vector<TreeFile>& files,
                        unsigned mode, const Between& between) {
  if (::mkdir(folder.c_str(), 0700) != 0) return fail_with(errno, folder, "cannot be made");
  tell(between);
  for (const TreeFile& file : files) {
    const std::string path = folder + "/" + file.path;
    if (const int error = put(path, file); error != 0) {
      return fail_with(error, path, "cannot be written");
    }
    // Only root can, and only for root does it matter.
    static_cast<void>(
        ::fchownat(AT_FDCWD, path.c_str(), file.owner, file.group, AT_SYMLINK_NOFOLLOW));
    // A name is on disk before the next one, so that the last one tells that all are.
    sync_folder(folder_of(path));
    tell(between);
  }
  for (const TreeFile& file : files) {
    if (file.kind != TreeFile::Kind::Folder) continue;
    const std::string path = folder + "/" + file.path;
    if (::chmod(path.c_str(), static_cast<mode_t>(file.mode)) != 0) {
      return fail_with(errno, path, "cannot be given its rights");
    }
  }
  if (::chmod(folder.c_str(), static_cast<mode_t>(mode)) != 0) {
    return fail_with(errno, folder, "cannot be given its rights");
  }
  sync_folder(folder);
  sync_folder(folder_of(folder));
  tell(between);
  return {};
}

Result<void> remove_tree(const std::string& folder, const std::string& first,
                         const Between& between) {
  if (!first.empty() && ::unlink((folder + "/" + first).c_str()) == 0) {
    sync_folder(folder);
    tell(between);
  }
  auto done = take_out(folder, true, between);
  sync_folder(folder_of(folder));
  return done;
}

Result<void> rename_folder(const std::string& from, const std::string& to) {
  int done = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (done != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // Not on this file system. An empty folder may be replaced in between: nothing is lost.
    if (exists(to)) return fail_with(EEXIST, to, "is in the way");
    done = ::rename(from.c_str(), to.c_str());
  }
  if (done != 0) return fail_with(errno, from, "cannot be renamed");
  sync_folder(folder_of(to));
  return {};
}

Result<void> exchange_folders(const std::string& a, const std::string& b) {
  if (::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) != 0) {
    const bool cannot = errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
    if (cannot) return fail(ErrorKind::Unsupported, a + ": its file system exchanges no names");
    return fail_with(errno, a, "cannot be replaced");
  }
  sync_folder(folder_of(a));
  return {};
}

Result<Descriptor> lock_folder(const std::string& folder) {
  Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open) return fail_with(errno, folder, "cannot be opened");
  if (::flock(open.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return fail(ErrorKind::Busy,
                  folder + ": another program is at work in it; nothing is done; wait for its end");
    }
    return fail_with(errno, folder, "cannot be locked");
  }
  return open;
}

Result<std::string> real_folder(const std::string& path) {
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), ::free);
  if (!real) return fail_with(errno, path, "cannot be found");
  struct stat info {};
  if (::stat(real.get(), &info) != 0) return fail_with(errno, path, "cannot be read");
  if (!S_ISDIR(info.st_mode)) return fail(ErrorKind::BadFile, path + ": is no directory");
  return std::string(real.get());
}

}  // namespace redial::io
