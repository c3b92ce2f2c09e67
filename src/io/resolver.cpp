// SPDX-License-Identifier: Apache-2.0
#include "io/resolver.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "io/descriptor.h"
#include "io/files.h"

namespace redial::io {
namespace {

constexpr size_t kFileOctetsMax = 64 * 1024;
constexpr int kProgramMs = 5000;
constexpr const char* kUsualPlaces = "/usr/sbin:/usr/bin:/sbin:/bin";

std::string lines_of(const DnsChange& change) {
  std::string out;
  for (const IpAddress& server : change.servers) out += "nameserver " + server.text() + "\n";
  return out;
}
constexpr std::string_view kMark = "# Written by redial for ";
std::string file_of(const DnsChange& change) {
  return fmt::format("{}{}; what was here before comes back with its end.\n", kMark,
                     change.device) +
         lines_of(change);
}

/// Bounded: a program that hangs is killed.
Result<void> await_program(pid_t pid, const std::string& program) {
  for (int waited = 0;; waited += 5) {
    int status = 0;
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    if (ended == pid) {
      return fail(ErrorKind::Failed,
                  fmt::format("{} ended with status {}; the link's name servers are not used",
                              program, WIFEXITED(status) ? WEXITSTATUS(status) : -1));
    }
    if (ended < 0) return fail(ErrorKind::Failed, program + ": " + std::strerror(errno));
    if (waited >= kProgramMs) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      return fail(ErrorKind::Failed, fmt::format("{} did not end within {} s and was killed; the "
                                                 "link's name servers are not used",
                                                 program, kProgramMs / 1000));
    }
    const timespec pause{0, 5'000'000};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

std::optional<DnsKeeper> Resolver::found() const {
  if (resolved_runs()) return DnsKeeper::Resolved;
  if (!resolvconf().empty()) return DnsKeeper::Resolvconf;
  return std::nullopt;
}

Result<void> Resolver::add(const DnsChange& change) {
  switch (change.keeper) {
    case DnsKeeper::Resolved: return tell_resolved(change);
    case DnsKeeper::Resolvconf: return run_resolvconf("-a", change);
    case DnsKeeper::File: return write_file(change);
  }
  return {};
}

Result<void> Resolver::remove(const DnsChange& change) {
  switch (change.keeper) {
    case DnsKeeper::Resolved: return revert_resolved(change.device);
    case DnsKeeper::Resolvconf: return run_resolvconf("-d", change);
    case DnsKeeper::File: return restore_file(change);
  }
  return {};
}

std::string Resolver::resolvconf() const {
  std::string places = paths_.programs.empty() ? kUsualPlaces : paths_.programs;
  for (size_t at = 0; at < places.size();) {
    const size_t colon = std::min(places.find(':', at), places.size());
    const std::string path = places.substr(at, colon - at) + "/resolvconf";
    if (::access(path.c_str(), X_OK) == 0) return path;
    at = colon + 1;
  }
  return {};
}

Result<void> Resolver::run_resolvconf(const std::string& verb, const DnsChange& change) const {
  std::string program = resolvconf();
  if (program.empty()) return fail(ErrorKind::Failed, "resolvconf is not installed any more");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorKind::Failed, "no pipe for resolvconf");
  Descriptor reading(ends[0]), writing(ends[1]);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, reading.get(), 0);
  for (const int fd : {1, 2}) {
    ::posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_WRONLY, 0);
  }
  // What it knows the link's name servers by, as other programs do: device.program.
  std::string what = verb, key = change.device + ".redial";
  std::string path = fmt::format("PATH={}", kUsualPlaces);
  char* arguments[] = {program.data(), what.data(), key.data(), nullptr};
  char* environment[] = {path.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), &files, nullptr, arguments, environment);
  ::posix_spawn_file_actions_destroy(&files);
  reading.reset();
  if (error != 0) return fail(ErrorKind::Failed, program + ": " + std::strerror(error));
  const std::string text = verb == "-a" ? lines_of(change) : std::string();
  // Less than a pipe holds, so this cannot wait; nobody reading is the program's own affair.
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  static_cast<void>(::write(writing.get(), text.data(), text.size()) < 0);
  ::sigaction(SIGPIPE, &before, nullptr);
  writing.reset();
  return await_program(pid, program);
}

std::string Resolver::backup_of(const DnsChange& change) const {
  return fmt::format("{}/resolv.conf.{}", paths_.backup_folder, change.device);
}

Result<void> Resolver::write_file(const DnsChange& change) {
  struct stat info {};
  if (::lstat(paths_.file.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
    return fail(ErrorKind::Refused,
                paths_.file +
                    ": is a link, so some other program keeps it; it is not touched and the "
                    "link's name servers are not used; write dns_mode = \"auto\"");
  }
  auto before = read_file(paths_.file, kFileOctetsMax);
  if (!before) return tl::make_unexpected(std::move(before).error());
  if (before->starts_with(kMark)) {  // a second link's backup would bring back the first's servers
    return fail(ErrorKind::Busy,
                paths_.file +
                    ": another link's name servers are in it; they stay, this link's are "
                    "not used; use resolvconf or systemd-resolved for several links");
  }
  // The backup stands before the file changes; without one a restart would not know what was.
  auto kept = io::write_file(backup_of(change), *before, 0600);
  if (!kept) return kept;
  return io::write_file(paths_.file, file_of(change), 0644);
}

Result<void> Resolver::restore_file(const DnsChange& change) {
  const std::string backup = backup_of(change);
  if (!exists(backup)) return {};  // it had not come to the change
  auto now = read_file(paths_.file, kFileOctetsMax);
  auto before = read_file(backup, kFileOctetsMax);
  if (!before) return tl::make_unexpected(std::move(before).error());
  // Somebody else has written it since: theirs stays.
  if (now && *now == file_of(change)) {
    if (auto written = io::write_file(paths_.file, *before, 0644); !written) return written;
  }
  ::unlink(backup.c_str());
  return {};
}

}  // namespace redial::io
