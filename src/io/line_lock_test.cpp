// SPDX-License-Identifier: Apache-2.0
#include "io/line_lock.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "io/descriptor.h"
#include "io/files.h"
#include "io/port.h"
#include "io/test_loop.h"
#include "support/folder.h"

using namespace redial;
using namespace redial::io;
using redial::test::Folder;

namespace {

const std::string kUs = "process " + std::to_string(::getpid()) + " (io_test)";

/// Another process that has a device open, and a lock on it if `locks`; it ends with this.
class Holder {
 public:
  Holder(const std::string& device, bool locks) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const int fd = ::open(device.c_str(), O_RDWR | O_NOCTTY);
      if (locks) ::flock(fd, LOCK_EX);
      static_cast<void>(!::write(ready[1], "x", 1));
      for (;;) ::pause();
    }
    char octet = 0;
    REQUIRE(::read(ready[0], &octet, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Holder() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  std::string text() const { return "process " + std::to_string(pid_) + " (io_test)"; }

 private:
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("a lock names its process, keeps others out, and goes with its owner") {
  const Folder folder;
  const std::string file = folder / "LCK..ttyS7";
  {
    const auto held = lock_line("/dev/ttyS7", folder.path);
    REQUIRE(held);
    CHECK(held->held());
    char expected[16];
    std::snprintf(expected, sizeof expected, "%10d\n", static_cast<int>(::getpid()));
    CHECK(read_file(file, 64) == std::string(expected));
    const auto again = lock_line("/dev/ttyS7", folder.path);
    REQUIRE_FALSE(again);
    CHECK(again.error() == "held by " + kUs + " by " + file);
    CHECK(lock_holder("/dev/ttyS7", folder.path) == kUs + " by " + file);
    CHECK(folder.names() == std::vector<std::string>{"LCK..ttyS7"});  // nothing half-made beside it
  }
  CHECK(folder.names().empty());
}

TEST_CASE("a lock of a dead process, an empty one and one full of nonsense are cleared") {
  const Folder folder;
  for (const char* content : {"  99999999\n", "", "root", "-5\n"}) {  // above every pid_max
    CAPTURE(content);
    std::ofstream(folder / "LCK..ttyS7") << content;
    CHECK(lock_holder("/dev/ttyS7", folder.path).empty());
    const auto taken = lock_line("/dev/ttyS7", folder.path);
    CHECK((taken && taken->held()));
  }
}

TEST_CASE("a lock as old UUCPs wrote it, four octets, is respected too") {
  const Folder folder;
  const pid_t us = ::getpid();
  std::ofstream(folder / "LCK..ttyS7").write(reinterpret_cast<const char*>(&us), sizeof us);
  CHECK_FALSE(lock_line("/dev/ttyS7", folder.path));
}

TEST_CASE("a device is locked under every name it has, or under none") {
  const Folder folder;
  const std::string device = folder / "ttyUSB3", by_id = folder / "usb-Acme_56K-port0";
  std::ofstream(device) << "";
  std::filesystem::create_symlink(device, by_id);
  const Folder locks;
  {
    const auto held = lock_line_names(by_id, locks.path);
    REQUIRE(held);
    CHECK(locks.names() == std::vector<std::string>{"LCK..ttyUSB3", "LCK..usb-Acme_56K-port0"});
  }
  const auto other = lock_line(device, locks.path);
  REQUIRE(other);
  CHECK_FALSE(lock_line_names(by_id, locks.path));
  CHECK(locks.names() == std::vector<std::string>{"LCK..ttyUSB3"});
  CHECK(lock_holder(by_id, locks.path) == kUs + " by " + (locks / "LCK..ttyUSB3"));
}

TEST_CASE("where no lock can be written there is none, and a pty needs none") {
  const auto none = lock_line("/dev/ttyS7", "/no-such-folder");
  CHECK((none && !none->held()));
  const auto pty = lock_line_names("/dev/pts/0", "/no-such-folder");
  CHECK((pty && pty->empty()));
}

TEST_CASE("a program that holds a line without a lock file is named, with its process number") {
  Loop loop;
  auto pty = open_pty(loop, [](ByteView) {});
  REQUIRE(pty);
  const std::string path = (*pty)->slave_path();
  CHECK(device_holder(path).empty());  // we hold it ourselves
  CHECK(flock_holder(path).empty());
  const Holder holder(path, true);
  CHECK(device_holder(path) == holder.text());
  CHECK(flock_holder(path) == holder.text());
  std::optional<Cause> failed;
  const auto port =
      open_port(loop, {.path = path}, {.failed = [&](Cause cause) { failed = cause; }});
  REQUIRE(run_until(loop, [&] { return failed.has_value(); }));
  CHECK(failed->code == CauseCode::DeviceBusy);
  CHECK(failed->evidence == path + ": held by " + holder.text());
}
