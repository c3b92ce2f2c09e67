// SPDX-License-Identifier: Apache-2.0
// ser2net(8), an access server nobody here wrote: it serves a device by telnet and RFC 2217 on a
// port of loopback.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "io/descriptor.h"

namespace redial::test {

constexpr const char* kSer2net = "/usr/sbin/ser2net";
inline bool ser2net_installed() { return ::access(kSer2net, X_OK) == 0; }

/// A port of loopback, bound by nobody a moment ago.
inline uint16_t free_port() {
  const io::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&at), size) != 0) return 0;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.sin_port);
}

class Ser2net {
 public:
  /// `accepter`: "telnet(rfc2217)" or "telnet".
  Ser2net(const std::string& device, const std::string& accepter) : port_(free_port()) {
    char name[] = "/tmp/redial-ser2net-XXXXXX.yaml";
    const io::Descriptor made(::mkstemps(name, 5));
    file_ = name;
    std::ofstream(file_) << "%YAML 1.1\n---\nconnection: &line\n"
                         << "    accepter: " << accepter << ",tcp,127.0.0.1," << port_ << "\n"
                         << "    options:\n      kickolduser: true\n"
                         << "    connector: serialdev(nouucplock=true)," << device
                         << ",9600n81,local\n";
  }
  ~Ser2net() {
    kill();
    ::unlink(file_.c_str());
  }
  Ser2net(const Ser2net&) = delete;
  Ser2net& operator=(const Ser2net&) = delete;

  std::string path() const { return "127.0.0.1:" + std::to_string(port_); }

  bool start() {
    kill();
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    for (const int fd : {0, 1, 2}) {
      ::posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    }
    std::string program = kSer2net, stay = "-n", which = "-c", path = "PATH=/usr/bin:/bin";
    char* arguments[] = {program.data(), stay.data(), which.data(), file_.data(), nullptr};
    char* environment[] = {path.data(), nullptr};
    const bool good = ::posix_spawn(&pid_, kSer2net, &files, nullptr, arguments, environment) == 0;
    ::posix_spawn_file_actions_destroy(&files);
    if (!good) pid_ = 0;
    return good;
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  void freeze() { ::kill(pid_, SIGSTOP); }
  void thaw() { ::kill(pid_, SIGCONT); }
  /// False once it has ended by itself.
  bool running() {
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
    return pid_ > 0;
  }

 private:
  uint16_t port_;
  std::string file_;
  pid_t pid_ = 0;
};

}  // namespace redial::test
