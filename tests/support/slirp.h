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
#include <deque>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.h"
#include "io/loop.h"
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

/// A line's faults: everything comes late, and in bursts one bit of a hundred is wrong.
struct LineFaults {
  Duration latency = 0s;         // one way
  uint32_t burst_per_mille = 0;  // octets with which a burst begins
  size_t burst_octets = 100;
};

/// One direction of a line with faults; the dice are of one seed.
class LateLine {
 public:
  LateLine(io::Loop& loop, LineFaults faults, uint64_t seed, std::function<void(ByteView)> deliver)
      : loop_(loop),
        faults_(faults),
        rng_(seed),
        deliver_(std::move(deliver)),
        alarm_(loop, [this] { on_time(); }) {}

  void carry(ByteView octets) {
    if (faults_.latency == 0s) return deliver_(octets);
    Bytes spoiled(octets.begin(), octets.end());
    for (uint8_t& octet : spoiled) {
      if (burst_ == 0 && rng_.chance(faults_.burst_per_mille * 1000)) burst_ = faults_.burst_octets;
      if (burst_ == 0) continue;
      --burst_;
      for (unsigned bit = 0; bit < 8; ++bit) {
        if (!rng_.chance(10'000)) continue;
        octet = static_cast<uint8_t>(octet ^ (1u << bit));
        ++wrong_;
      }
    }
    queue_.emplace_back(loop_.now() + faults_.latency, std::move(spoiled));
    if (queue_.size() == 1) alarm_.set(queue_.front().first);
  }
  size_t wrong_bits() const { return wrong_; }

 private:
  void on_time() {
    while (!queue_.empty() && queue_.front().first <= loop_.now()) {
      deliver_(queue_.front().second);
      queue_.pop_front();
    }
    if (!queue_.empty()) alarm_.set(queue_.front().first);
  }
  io::Loop& loop_;
  LineFaults faults_;
  Rng rng_;
  std::function<void(ByteView)> deliver_;
  std::deque<std::pair<Instant, Bytes>> queue_;
  size_t burst_ = 0, wrong_ = 0;
  io::Alarm alarm_;
};

class SlirpLine {
 public:
  SlirpLine(io::Loop& loop, SlirpAuth auth, LineFaults faults = {})
      : home_(auth),
        to_slirp_(loop, faults, 1,
                  [this](ByteView octets) {
                    if (running()) theirs_->write(octets);
                  }),
        to_us_(loop, faults, 2, [this](ByteView octets) { ours_->write(octets); }) {
    auto ours = io::open_pty(loop, [this](ByteView octets) {
      // While nobody is there the line leads nowhere: what is sent meanwhile is lost.
      if (running()) to_slirp_.carry(octets);
    });
    auto theirs = io::open_pty(loop, [this](ByteView octets) {
      if (!running()) return;
      if (on_said) octets = on_said(octets);
      to_us_.carry(octets);
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

  size_t wrong_bits() const { return to_slirp_.wrong_bits() + to_us_.wrong_bits(); }

  /// Sees what slirp says before it is passed on, and says how much of it is.
  std::function<ByteView(ByteView)> on_said;

 private:
  SlirpHome home_;
  LateLine to_slirp_, to_us_;
  std::unique_ptr<io::PtyMaster> ours_, theirs_;
  pid_t pid_ = 0;
};

}  // namespace redial::test
