// SPDX-License-Identifier: Apache-2.0
// slirp(1), a PPP implementation nobody here wrote, as the far end of a line: it runs on one pty,
// what dials opens another, and octets are carried between the two, as a leased line would.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/port.h"

namespace redial::test {

constexpr const char* kSlirp = "/usr/bin/slirp-fullbolt";
inline bool slirp_installed() { return ::access(kSlirp, X_OK) == 0; }

/// What slirp demands of its caller.
enum class SlirpAuth : uint8_t { None, Pap, Chap };

/// A folder of its own for slirp's HOME: it reads .slirprc, .pap-secrets and .chap-secrets there.
class SlirpHome {
 public:
  explicit SlirpHome(SlirpAuth auth) {
    char name[] = "/tmp/redial-slirp-XXXXXX";
    if (::mkdtemp(name) == nullptr) return;
    path_ = name;
    std::string options =
        "host addr 127.0.0.1\n"  // found by the host's name otherwise, which may lead anywhere
        "dns 192.0.2.53\n"
        "nozeros\n"  // zeroes in the data are no command
        "ppp\n";     // must come before the options of PPP: it resets them
    if (auth == SlirpAuth::Pap) options += "+pap\n-chap\n";
    if (auth == SlirpAuth::Chap) options += "+chap\n-pap\n";
    options += "ppp_exit\n";
    write(".slirprc", options);
    const std::string secret = "branch7 * swordfish\n";
    write(".pap-secrets", secret);
    write(".chap-secrets", secret);
  }
  ~SlirpHome() {
    for (const std::string& file : files_) ::unlink(file.c_str());
    ::unlink((path_ + "/.slirp_socket").c_str());
    ::rmdir(path_.c_str());
  }
  SlirpHome(const SlirpHome&) = delete;
  SlirpHome& operator=(const SlirpHome&) = delete;
  const std::string& path() const { return path_; }

 private:
  void write(const std::string& name, const std::string& text) {
    files_.push_back(path_ + "/" + name);
    std::ofstream(files_.back()) << text;
    ::chmod(files_.back().c_str(), S_IRUSR | S_IWUSR);
  }

  std::string path_;
  std::vector<std::string> files_;
};

class SlirpLine {
 public:
  SlirpLine(io::Loop& loop, SlirpAuth auth) : home_(auth) {
    auto ours = io::open_pty(loop, [this](ByteView octets) {
      // While nobody is there the line leads nowhere: what is sent meanwhile is lost.
      if (running()) theirs_->write(octets);
    });
    auto theirs = io::open_pty(loop, [this](ByteView octets) {
      if (!running()) return;
      if (on_said) octets = on_said(octets);
      ours_->write(octets);
    });
    if (!ours || !theirs) return;
    ours_ = *std::move(ours);
    theirs_ = *std::move(theirs);
  }
  ~SlirpLine() { kill(); }
  SlirpLine(const SlirpLine&) = delete;
  SlirpLine& operator=(const SlirpLine&) = delete;

  const std::string& path() const { return ours_->slave_path(); }

  bool start() {
    kill();
    const std::string tty = theirs_->slave_path(), home = "HOME=" + home_.path();
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, tty.c_str(), O_RDWR | O_NOCTTY, 0);
    ::posix_spawn_file_actions_adddup2(&files, 0, 1);
    ::posix_spawn_file_actions_adddup2(&files, 0, 2);
    std::string program = kSlirp, path = "PATH=/usr/bin:/bin", variable = home;
    char* arguments[] = {program.data(), nullptr};
    char* environment[] = {variable.data(), path.data(), nullptr};
    const bool good = ::posix_spawn(&pid_, kSlirp, &files, nullptr, arguments, environment) == 0;
    ::posix_spawn_file_actions_destroy(&files);
    if (!good) pid_ = 0;
    return good;
  }
  /// Silently: not a word to the other side.
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  void ask_to_end() {
    if (pid_ > 0) ::kill(pid_, SIGTERM);
  }
  /// False once it has ended by itself.
  bool running() {
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
    return pid_ > 0;
  }

  /// Sees what slirp says before it is passed on, and says how much of it is.
  std::function<ByteView(ByteView)> on_said;

 private:
  SlirpHome home_;
  std::unique_ptr<io::PtyMaster> ours_, theirs_;
  pid_t pid_ = 0;
};

}  // namespace redial::test
