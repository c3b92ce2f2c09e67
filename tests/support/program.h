// SPDX-License-Identifier: Apache-2.0
// The program itself, running: what it says, and what is typed at it. In real time; every wait has
// a generous end.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/folder.h"
#include "test_paths.h"

namespace redial::test {

/// Reads what comes until `part` is among it, or too long has passed. What came before a match
/// stays.
class Heard {
 public:
  explicit Heard(int fd) : fd_(fd) {}

  bool until(std::string_view part, std::chrono::milliseconds within = std::chrono::seconds(20)) {
    const auto give_up = std::chrono::steady_clock::now() + within;
    while (text_.find(part, from_) == std::string::npos) {
      const auto left = give_up - std::chrono::steady_clock::now();
      if (left.count() <= 0) return false;
      pollfd ready{fd_, POLLIN, 0};
      const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
      if (::poll(&ready, 1, static_cast<int>(ms) + 1) <= 0) continue;
      char octets[4096];
      const ssize_t got = ::read(fd_, octets, sizeof octets);
      if (got <= 0) return false;
      text_.append(octets, static_cast<size_t>(got));
    }
    from_ = text_.find(part, from_) + part.size();
    return true;
  }
  const std::string& text() const { return text_; }

 private:
  int fd_;
  std::string text_;
  size_t from_ = 0;
};

/// `redial ...` in a folder, with its standard input and output here.
class Program {
 public:
  Program(const Folder& folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), REDIAL_BIN_DIR "/redial");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int in[2], out[2];
    REQUIRE(::pipe2(in, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addchdir_np(&files, folder.path.c_str());
    ::posix_spawn_file_actions_adddup2(&files, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&files, out[1], 1);
    ::posix_spawn_file_actions_adddup2(&files, out[1], 2);
    REQUIRE(::posix_spawn(&pid_, argv[0], &files, nullptr, argv.data(), environ) == 0);
    ::posix_spawn_file_actions_destroy(&files);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
    said = Heard(output_);
  }
  ~Program() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    status();
    ::close(input_);
    ::close(output_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void type(std::string line) const {
    line += '\n';
    REQUIRE(::write(input_, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  }
  /// Types a command; whether this is among the answers.
  bool ask(const std::string& line, std::string_view part) {
    type(line);
    return said.until(part);
  }
  void interrupt() const { ::kill(pid_, SIGTERM); }
  /// Waits for its end.
  int status() {
    if (pid_ <= 0) return status_;
    int how = 0;
    ::waitpid(pid_, &how, 0);
    pid_ = 0;
    status_ = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
    return status_;
  }

  Heard said{-1};

 private:
  pid_t pid_ = 0;
  int input_ = -1, output_ = -1;
  int status_ = -1;
};

}  // namespace redial::test
