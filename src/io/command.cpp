// SPDX-License-Identifier: Apache-2.0
#include "io/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstring>

#include "io/asio_loop.h"
#include "io/descriptor.h"

extern char** environ;

namespace redial::io {
namespace {

/// Its own process group, so that nothing it started outlives it; no terminal, no descriptor of
/// ours. 0, or the errno.
int spawn(const std::vector<std::string>& words, pid_t& pid) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  }
  sigset_t none;
  ::sigemptyset(&none);
  sigset_t ignored = none;
  ::sigaddset(&ignored, SIGPIPE);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &ignored);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawnp(&pid, argv[0], &files, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

class Running final : public std::enable_shared_from_this<Running> {
 public:
  Running(Loop& loop, Duration within, std::function<void(CommandEnd)> done)
      : loop_(loop), within_(within), done_(std::move(done)), exit_(loop.impl().context) {}

  void start(const std::vector<std::string>& words) {
    int error = spawn(words, pid_);
    if (error == 0) {
      Descriptor exit(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
      if (!exit) error = errno;
      if (exit) exit_.assign(exit.release());
    }
    if (error != 0) {
      return loop_.post([self = shared_from_this(), words, error] {
        self->end({false, words.front() + " cannot be run: " + std::strerror(error)});
      });
    }
    bound_ = std::make_unique<Alarm>(loop_, [self = weak_from_this()] {
      if (const auto running = self.lock()) running->on_bound();
    });
    bound_->set(loop_.now() + within_);
    exit_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](ErrorCode failed) {
                       if (!failed) self->on_exit();
                     });
  }

  void abandon() {
    done_ = nullptr;
    bound_.reset();
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    // One that the kernel cannot end yet (it waits for a device) is waited for by on_exit, not
    // here.
    if (::waitpid(pid_, nullptr, WNOHANG) != pid_) return;
    pid_ = 0;
    ErrorCode ignored;
    exit_.cancel(ignored);
  }

 private:
  void on_exit() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ::kill(-pid_, SIGKILL);  // what it left behind
    pid_ = 0;
    if (late_) return end({false, "killed after " + to_text(within_)});
    if (WIFSIGNALED(status))
      return end({false, fmt::format("ended by signal {}", WTERMSIG(status))});
    end({WEXITSTATUS(status) == 0, fmt::format("ended with status {}", WEXITSTATUS(status))});
  }
  void on_bound() {
    late_ = true;
    ::kill(-pid_, SIGKILL);
  }
  void end(CommandEnd how) {
    bound_.reset();
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(how));
  }

  Loop& loop_;
  Duration within_;
  std::function<void(CommandEnd)> done_;
  asio::posix::stream_descriptor exit_;  // readable: the process has ended
  std::unique_ptr<Alarm> bound_;
  pid_t pid_ = 0;  // 0: none, or waited for
  bool late_ = false;
};

class OwnedCommand final : public Command {
 public:
  explicit OwnedCommand(std::shared_ptr<Running> running) : running_(std::move(running)) {}
  ~OwnedCommand() override { running_->abandon(); }

 private:
  std::shared_ptr<Running> running_;
};

}  // namespace

std::unique_ptr<Command> run_command(Loop& loop, const std::vector<std::string>& words,
                                     Duration within, std::function<void(CommandEnd)> done) {
  auto running = std::make_shared<Running>(loop, within, std::move(done));
  running->start(words);
  return std::make_unique<OwnedCommand>(std::move(running));
}

}  // namespace redial::io
