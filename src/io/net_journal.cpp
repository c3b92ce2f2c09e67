// SPDX-License-Identifier: Apache-2.0
#include "io/net_journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "io/files.h"

namespace redial::io {
namespace {

constexpr std::string_view kHead = "redial-net 1 ";
constexpr std::string_view kSuffix = ".changes", kLockSuffix = ".changes.lock";
constexpr size_t kOctetsMax = 256 * 1024;
constexpr size_t kChangesMax = 1024;
constexpr size_t kFilesMax = 256;

std::string boot_id() {
  const auto text = read_file("/proc/sys/kernel/random/boot_id", 64);
  return text ? text->substr(0, text->find('\n')) : "unknown";
}

std::string network_name_space() {
  struct stat info {};
  if (::stat("/proc/thread-self/ns/net", &info) != 0) return "unknown";
  return std::to_string(info.st_ino);
}

Result<void> make_folder(const std::string& folder) {
  for (size_t slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
    const std::string part = folder.substr(0, slash);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      const ErrorKind kind =
          errno == EACCES || errno == EROFS ? ErrorKind::Permission : ErrorKind::Failed;
      return fail(kind, fmt::format("{}: cannot be made: {}; without it nothing could be undone "
                                    "after a crash, so nothing is changed; set STATE_DIRECTORY",
                                    part, std::strerror(errno)));
    }
    if (slash == std::string::npos) return {};
  }
}

/// Empty: somebody holds it.
Descriptor lock(const std::string& file) {
  const std::string path = file + ".lock";
  Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return {};
  // The one before us may have removed it between the two calls: then it locks nobody out.
  struct stat ours {
  }, named{};
  const bool same = ::fstat(fd.get(), &ours) == 0 && ::stat(path.c_str(), &named) == 0 &&
                    ours.st_ino == named.st_ino;
  return same ? std::move(fd) : Descriptor();
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* const open = ::opendir(folder.c_str());
  if (open == nullptr) return names;
  while (const dirent* each = ::readdir(open)) {
    if (each->d_name[0] != '.' && names.size() < kFilesMax) names.emplace_back(each->d_name);
  }
  ::closedir(open);
  std::ranges::sort(names);
  return names;
}

/// Whose journals there are, or at least their locks.
std::vector<std::string> devices_in(const std::vector<std::string>& names) {
  std::vector<std::string> devices;
  for (const std::string& name : names) {
    for (const std::string_view suffix : {kSuffix, kLockSuffix}) {
      if (!name.ends_with(suffix)) continue;
      const std::string device = name.substr(0, name.size() - suffix.size());
      if (std::ranges::find(devices, device) == devices.end()) devices.push_back(device);
    }
  }
  return devices;
}

/// Files that were being written when their writer was killed (io::write_file).
void remove_half_written(const std::string& folder, const std::vector<std::string>& names,
                         const std::string& device) {
  for (const std::string& name : names) {
    const bool journal = name.starts_with(fmt::format("{}{}.", device, kSuffix));
    const bool backup = name.starts_with(fmt::format("resolv.conf.{}.", device));
    if ((journal && !name.ends_with(kLockSuffix)) || backup) {
      ::unlink(fmt::format("{}/{}", folder, name).c_str());
    }
  }
}

/// What is still there to be undone, after which boot and in whose network.
NetChanges of_now(NetJournalText journal) {
  if (journal.boot == boot_id()) return std::move(journal.changes);
  // A reboot has taken addresses and routes; files have stayed.
  std::erase_if(journal.changes, [](const NetChange& change) {
    const auto* dns = std::get_if<DnsChange>(&change);
    return dns == nullptr || dns->keeper != DnsKeeper::File;
  });
  return std::move(journal.changes);
}

}  // namespace

std::string to_text(const NetJournalText& journal) {
  std::string out = fmt::format("{}boot {} ns {}\n", kHead, journal.boot, journal.name_space);
  for (const NetChange& change : journal.changes) out += to_text(change) + "\n";
  return out;
}

Result<NetJournalText> parse_net_journal(std::string_view text) {
  const auto bad = [] { return fail(ErrorKind::BadFile, "not a journal of changes"); };
  if (text.size() > kOctetsMax || !text.starts_with(kHead)) return bad();
  NetJournalText out;
  bool head = true;
  while (true) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // the rest was never finished
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (head) {
      const size_t boot = line.find("boot "), ns = line.find(" ns ");
      if (boot != kHead.size() || ns == std::string_view::npos || ns < boot + 5) return bad();
      out.boot = line.substr(boot + 5, ns - boot - 5);
      out.name_space = line.substr(ns + 4);
      head = false;
    } else if (auto change = parse_net_change(line)) {
      if (out.changes.size() == kChangesMax) return bad();
      out.changes.push_back(*std::move(change));
    }
  }
  if (head) return bad();
  return out;
}

Result<NetJournal> NetJournal::open(const std::string& folder, const std::string& device) {
  if (auto made = make_folder(folder); !made) return tl::make_unexpected(std::move(made).error());
  const std::string file = fmt::format("{}/{}{}", folder, device, kSuffix);
  Descriptor held = lock(file);
  if (!held) {
    return fail(ErrorKind::Busy,
                fmt::format("{}.lock: held by another process, which has an interface {}; give "
                            "another name",
                            file, device));
  }
  return NetJournal(file, std::move(held));
}

NetJournal::~NetJournal() {
  if (!lock_) return;
  // While it is still ours: nobody opens a lock file that is about to go and believes in it.
  if (!exists(file_)) ::unlink((file_ + ".lock").c_str());
}

Result<void> NetJournal::write(const NetChanges& changes) {
  if (changes.empty()) {
    if (::unlink(file_.c_str()) == 0 || errno == ENOENT) return {};
    return fail(ErrorKind::Failed, file_ + ": " + std::strerror(errno));
  }
  return write_file(file_, to_text(NetJournalText{boot_id(), network_name_space(), changes}), 0600);
}

void NetJournal::left_over(const std::string& folder,
                           const std::function<bool(const std::string& device, NetChanges)>& undo) {
  const std::vector<std::string> names = names_in(folder);
  for (const std::string& device : devices_in(names)) {
    const std::string file = fmt::format("{}/{}{}", folder, device, kSuffix);
    NetJournal journal(file, lock(file));
    if (!journal.lock_) continue;  // its writer lives
    remove_half_written(folder, names, device);
    const auto text = read_file(file, kOctetsMax);
    if (!text && exists(file)) continue;
    auto read = text ? parse_net_journal(*text) : Result<NetJournalText>(NetJournalText{});
    if (!read) continue;  // not ours to throw away
    const bool elsewhere = read->boot == boot_id() && read->name_space != network_name_space();
    if (elsewhere) continue;
    if (undo(device, of_now(*std::move(read)))) static_cast<void>(journal.write({}));
  }
}

std::string state_folder() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
  };
  if (const std::string given = variable("STATE_DIRECTORY"); !given.empty()) return given;
  if (::geteuid() == 0) return "/var/lib/redial";
  if (const std::string home = variable("XDG_STATE_HOME"); !home.empty()) return home + "/redial";
  return variable("HOME") + "/.local/state/redial";
}

}  // namespace redial::io
