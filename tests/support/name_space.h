// SPDX-License-Identifier: Apache-2.0
// A network namespace of the test's own: what is changed there reaches nobody. And what a program
// sees of the system in it: addresses, routes, rules, name servers, as one text.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "io/descriptor.h"

namespace redial::test {

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}
inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What a command prints; it ends with "status n" unless that is 0.
inline std::string output_of(const std::string& command) {
  std::string out;
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "cannot be run";
  char buffer[4096];
  for (size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, got);
  const int status = ::pclose(pipe);
  return status == 0 ? out : out + "status " + std::to_string(status);
}

inline io::Descriptor network_of_thread() {
  return io::Descriptor(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
}

/// From its making to its end the calling thread, and what it starts, is in a new network.
class NameSpace {
 public:
  NameSpace() : before_(network_of_thread()) {
    if (::access("/dev/net/tun", R_OK | W_OK) != 0) {
      why_not_ = "/dev/net/tun cannot be opened here";
    } else if (::access("/usr/sbin/ip", X_OK) != 0 && ::access("/sbin/ip", X_OK) != 0) {
      why_not_ = "ip is not installed (Debian package iproute2)";
    } else if (::unshare(CLONE_NEWNET) != 0) {
      why_not_ = std::string("no network namespace can be made: ") + std::strerror(errno);
    } else {
      own_ = network_of_thread();
      static_cast<void>(output_of("ip link set lo up"));
    }
  }
  ~NameSpace() {
    if (own_) ::setns(before_.get(), CLONE_NEWNET);
  }
  NameSpace(const NameSpace&) = delete;
  NameSpace& operator=(const NameSpace&) = delete;

  /// True: the test cannot run here, and that has been said.
  bool skipped() const {
    if (own_) return false;
    MESSAGE("skipped: ", why_not_);
    return true;
  }
  int descriptor() const { return own_.get(); }

 private:
  io::Descriptor before_, own_;
  std::string why_not_;
};

/// Addresses, routes of every table, rules.
inline std::string network_state() {
  return output_of("ip -o addr; ip -4 route show table all; ip -6 route show table all; ip rule");
}

}  // namespace redial::test
