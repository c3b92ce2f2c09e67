// SPDX-License-Identifier: Apache-2.0
// Name servers of a link, told to whoever keeps the system's: a resolvconf that the test has
// written, an /etc/resolv.conf of its own, and systemd-resolved's D-Bus interface on a bus of its
// own, served by the test.
#include <spawn.h>
#include <systemd/sd-bus.h>

#include <csignal>
#include <functional>

#include "io/resolver.h"
#include "support/folder.h"
#include "support/name_space.h"

using namespace redial;
using namespace redial::test;
using io::DnsChange;
using io::DnsKeeper;
using io::Resolver;

namespace {

const IpAddress kFirst = *IpAddress::parse("192.0.2.53"), kSecond = *IpAddress::parse("fd00::53");

/// Nobody's bus: the system's, if there is one, has no part in this.
struct NoBus {
  NoBus() { ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1); }
};

struct Place {
  Place() {
    write_text(paths.file, kBefore);
    std::filesystem::create_directory(folder / "bin");
    std::filesystem::create_directory(folder / "state");
  }
  /// A resolvconf that keeps what it is told in files.
  void install_resolvconf(const std::string& script) {
    write_text(folder / "bin/resolvconf", "#!/bin/sh\ncd " + folder.path + "\n" + script);
    std::filesystem::permissions(folder / "bin/resolvconf", std::filesystem::perms::owner_all);
  }
  static constexpr const char* kKeeps =
      "case $1 in -a) cat > told.$2 ;; -d) rm told.$2 ;; *) exit 9 ;; esac\n";
  static constexpr const char* kBefore = "nameserver 192.0.2.1\nsearch example\n";

  NoBus bus;
  Folder folder;
  io::ResolverPaths paths{.file = folder / "resolv.conf",
                          .backup_folder = folder / "state",
                          .programs = folder / "bin"};
};

DnsChange change(DnsKeeper keeper, const std::string& device = "redial0") {
  return {keeper, device, {kFirst, kSecond}, true};
}

}  // namespace

TEST_CASE("resolvconf is told of the name servers under the device's name, and to forget them") {
  Place place;
  Resolver resolver(place.paths);
  CHECK_FALSE(resolver.found().has_value());
  place.install_resolvconf(Place::kKeeps);
  CHECK(resolver.found() == DnsKeeper::Resolvconf);
  const auto told = resolver.add(change(DnsKeeper::Resolvconf));
  CHECK_MESSAGE(told.has_value(), (told ? std::string() : told.error().text));
  CHECK(read_text(place.folder / "told.redial0.redial") ==
        "nameserver 192.0.2.53\nnameserver fd00::53\n");
  CHECK(resolver.remove(change(DnsKeeper::Resolvconf)).has_value());
  CHECK_FALSE(std::filesystem::exists(place.folder / "told.redial0.redial"));
}

TEST_CASE("a resolvconf that fails, or reads nothing, is an error and not the end of us") {
  Place place;
  Resolver resolver(place.paths);
  place.install_resolvconf("exit 3\n");
  const auto told = resolver.add(change(DnsKeeper::Resolvconf));
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().text.find("status 3") != std::string::npos);
}

TEST_CASE("/etc/resolv.conf is written with a backup, and comes back to the last octet") {
  const Place place;
  Resolver resolver(place.paths);
  CHECK(resolver.add(change(DnsKeeper::File)).has_value());
  const std::string now = read_text(place.paths.file);
  CHECK(now.find("nameserver 192.0.2.53\nnameserver fd00::53\n") != std::string::npos);
  CHECK(now.find("192.0.2.1\n") == std::string::npos);
  SUBCASE("it is still ours") {}
  SUBCASE("two links cannot both have it: the second is told so, and the first keeps it") {
    const auto second = resolver.add(change(DnsKeeper::File, "redial1"));
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().kind == ErrorKind::Busy);
    CHECK(resolver.remove(change(DnsKeeper::File, "redial1")).has_value());
    CHECK(read_text(place.paths.file) == now);
  }
  CHECK(resolver.remove(change(DnsKeeper::File)).has_value());
  CHECK(read_text(place.paths.file) == Place::kBefore);
  CHECK(std::filesystem::is_empty(place.folder / "state"));
  CHECK(resolver.remove(change(DnsKeeper::File)).has_value());  // twice does no harm
  CHECK(read_text(place.paths.file) == Place::kBefore);
}

TEST_CASE("what somebody else has written into /etc/resolv.conf since stays") {
  const Place place;
  Resolver resolver(place.paths);
  CHECK(resolver.add(change(DnsKeeper::File)).has_value());
  write_text(place.paths.file, "nameserver 192.0.2.77\n");
  CHECK(resolver.remove(change(DnsKeeper::File)).has_value());
  CHECK(read_text(place.paths.file) == "nameserver 192.0.2.77\n");
}

TEST_CASE("an /etc/resolv.conf that is a link belongs to another program and is not touched") {
  const Place place;
  std::filesystem::rename(place.paths.file, place.folder / "real");
  std::filesystem::create_symlink(place.folder / "real", place.paths.file);
  Resolver resolver(place.paths);
  const auto told = resolver.add(change(DnsKeeper::File));
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().kind == ErrorKind::Refused);
  CHECK(read_text(place.paths.file) == Place::kBefore);
}

namespace {

/// systemd-resolved as far as links go, in a process of its own: it writes down what it is told.
class FakeResolved {
 public:
  static int note(sd_bus_message* message, void* file, sd_bus_error*) {
    std::ofstream out(static_cast<const char*>(file), std::ios::app);
    const std::string member = sd_bus_message_get_member(message);
    int index = 0;
    sd_bus_message_read(message, "i", &index);
    out << member << " " << index;
    if (member == "SetLinkDNS") {
      sd_bus_message_enter_container(message, 'a', "(iay)");
      while (sd_bus_message_enter_container(message, 'r', "iay") > 0) {
        int family = 0;
        const void* octets = nullptr;
        size_t size = 0;
        sd_bus_message_read(message, "i", &family);
        sd_bus_message_read_array(message, 'y', &octets, &size);
        const auto address = IpAddress::from({static_cast<const uint8_t*>(octets), size});
        out << " " << (address ? address->text() : "?");
        sd_bus_message_exit_container(message);
      }
      sd_bus_message_exit_container(message);
    }
    int on = 0;
    if (member == "SetLinkDefaultRoute" && sd_bus_message_read(message, "b", &on) > 0) {
      out << " " << on;
    }
    out << "\n";
    out.close();
    return sd_bus_reply_method_return(message, "");
  }

  [[noreturn]] static void serve(const std::string& file) {
    static const sd_bus_vtable table[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("SetLinkDNS", "ia(iay)", "", &note, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("SetLinkDefaultRoute", "ib", "", &note, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RevertLink", "i", "", &note, SD_BUS_VTABLE_UNPRIVILEGED), SD_BUS_VTABLE_END};
    sd_bus* bus = nullptr;
    std::string name = file;
    if (sd_bus_open_system(&bus) < 0 ||
        sd_bus_add_object_vtable(bus, nullptr, "/org/freedesktop/resolve1",
                                 "org.freedesktop.resolve1.Manager", table, name.data()) < 0 ||
        sd_bus_request_name(bus, "org.freedesktop.resolve1", 0) < 0) {
      ::_exit(1);
    }
    while (true) {
      if (sd_bus_process(bus, nullptr) == 0) sd_bus_wait(bus, UINT64_MAX);
    }
  }
};

class Process {
 public:
  explicit Process(pid_t pid) : pid_(pid) {}
  ~Process() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

 private:
  pid_t pid_;
};

bool comes_true(const std::function<bool()>& what) {
  for (int i = 0; i < 1000; ++i) {
    if (what()) return true;
    ::usleep(10'000);
  }
  return false;
}

}  // namespace

TEST_CASE("systemd-resolved is told over D-Bus which servers a link has, and to forget them") {
  constexpr const char* kDaemon = "/usr/bin/dbus-daemon";
  if (::access(kDaemon, X_OK) != 0) {
    MESSAGE("skipped: ", kDaemon, " is not installed (Debian package dbus-daemon)");
    return;
  }
  Place place;
  const std::string socket = place.folder / "bus", told = place.folder / "told";
  const std::string address = "unix:path=" + socket;
  std::string program = kDaemon, kind = "--session", stay = "--nofork", quiet = "--nopidfile",
              where = "--address=" + address;
  char* arguments[] = {program.data(), kind.data(),  stay.data(),
                       quiet.data(),   where.data(), nullptr};
  char* environment[] = {nullptr};
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, kDaemon, nullptr, nullptr, arguments, environment) == 0);
  const Process daemon(pid);
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", address.c_str(), 1);
  REQUIRE(comes_true([&] { return std::filesystem::exists(socket); }));
  CHECK_FALSE(io::resolved_runs());

  const pid_t fake = ::fork();
  if (fake == 0) FakeResolved::serve(told);
  const Process resolved(fake);
  REQUIRE(comes_true([] { return io::resolved_runs(); }));
  Resolver resolver(place.paths);
  CHECK(resolver.found() == DnsKeeper::Resolved);
  // The loopback device is there on every system, as number 1.
  const auto added = resolver.add(change(DnsKeeper::Resolved, "lo"));
  CHECK_MESSAGE(added.has_value(), (added ? std::string() : added.error().text));
  CHECK(resolver.remove(change(DnsKeeper::Resolved, "lo")).has_value());
  CHECK(resolver.remove(change(DnsKeeper::Resolved, "no-such")).has_value());
  CHECK(read_text(told) ==
        "SetLinkDNS 1 192.0.2.53 fd00::53\nSetLinkDefaultRoute 1 1\nRevertLink 1\n");
}

TEST_CASE("a system without a bus has no resolved, and that takes no time") {
  const Place place;
  CHECK_FALSE(io::resolved_runs());
  CHECK_FALSE(io::tell_resolved(change(DnsKeeper::Resolved, "lo")).has_value());
  CHECK(io::revert_resolved("lo").has_value());
}
