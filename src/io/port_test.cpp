// SPDX-License-Identifier: Apache-2.0
#include "io/port.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "io/descriptor.h"
#include "io/test_loop.h"

using namespace redial;
using namespace redial::io;

namespace {

/// A port with everything it told written down.
struct Told {
  explicit Told(Loop& l, PortSpec spec) : loop(l) {
    port = open_port(loop, spec,
                     {.opened = [this] { opened = true; },
                      .failed = [this](Cause cause) { failed = cause; },
                      .octets = [this](ByteView seen) { octets += as_text(seen); },
                      .signals = [this](PortSignals) { ++signals; },
                      .closed = [this](Cause cause) { closed = cause; },
                      .writable = [this] { ++writable; }});
  }
  bool wait_open() {
    return run_until(loop, [this] { return opened || failed; }) && opened;
  }
  std::optional<CauseCode> wait_failed() {
    run_until(loop, [this] { return opened || failed; });
    return failed ? std::optional(failed->code) : std::nullopt;
  }
  std::optional<CauseCode> wait_closed() {
    run_until(loop, [this] { return closed.has_value(); });
    return closed ? std::optional(closed->code) : std::nullopt;
  }

  Loop& loop;
  bool opened = false;
  std::optional<Cause> failed, closed;
  std::string octets;
  int signals = 0, writable = 0;
  std::unique_ptr<Port> port;
};

struct Pty {
  explicit Pty(Loop& loop) {
    auto opened = open_pty(loop, [this](ByteView seen) { octets += as_text(seen); });
    REQUIRE(opened);
    master = std::move(*opened);
    path = master->slave_path();
  }
  std::string path, octets;
  std::unique_ptr<PtyMaster> master;
};

struct Listener {
  Listener() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    socklen_t size = sizeof at;
    REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    path = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
  }
  void listen() { REQUIRE(::listen(fd.get(), 5) == 0); }
  Descriptor accept() { return Descriptor(::accept(fd.get(), nullptr, nullptr)); }
  Descriptor fd;
  std::string path;
};

}  // namespace

TEST_CASE("octets pass through a pty both ways, all 256 of them untouched") {
  Loop loop;
  Pty pty(loop);
  Told told(loop, {.path = pty.path});
  REQUIRE(told.wait_open());
  std::string all;
  for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
  told.port->write(as_bytes(all));
  pty.master->write(as_bytes(all));
  CHECK(run_until(loop, [&] { return pty.octets.size() >= 256 && told.octets.size() >= 256; }));
  CHECK(pty.octets == all);
  CHECK(told.octets == all);
  CHECK(told.signals == 0);  // A pty has no modem lines, and asking for them must do no harm.
}

TEST_CASE("a pty slave whose master goes is told as vanished, once, and swallows writes") {
  Loop loop;
  Pty pty(loop);
  Told told(loop, {.path = pty.path});
  REQUIRE(told.wait_open());
  pty.master.reset();
  CHECK(told.wait_closed() == CauseCode::DeviceVanished);
  CHECK(told.closed->evidence.starts_with(pty.path + ": "));
  told.closed.reset();
  told.port->write(as_bytes("AT\r"));
  told.port->set_dtr(false);
  told.port->discard_output();
  settle(loop);
  CHECK_FALSE(told.closed);
  CHECK(told.port->queued() == 0);
}

TEST_CASE("a missing device, a file and a directory are told apart, with path and reason") {
  Loop loop;
  Told missing(loop, {.path = "/dev/no-such-line"});
  CHECK(missing.wait_failed() == CauseCode::DeviceMissing);
  CHECK(missing.failed->evidence == "/dev/no-such-line: No such file or directory");
  Told null(loop, {.path = "/dev/null"});
  CHECK(null.wait_failed() == CauseCode::DeviceNotALine);
  CHECK(null.failed->evidence == "/dev/null: Inappropriate ioctl for device");
  Told folder(loop, {.path = "/tmp"});
  CHECK(folder.wait_failed() == CauseCode::DeviceNotALine);
}

TEST_CASE("a speed that no terminal has is refused, not rounded") {
  Loop loop;
  Pty pty(loop);
  Told told(loop, {.path = pty.path, .speed_bps = 12'345});
  CHECK(told.wait_failed() == CauseCode::DeviceParameters);
  CHECK(told.failed->evidence ==
        pty.path + ": does not run at 12345 bit/s; write another speed, e.g. 115200");
}

TEST_CASE("a format that the driver silently does not take is refused, with what it has instead") {
  Loop loop;
  Pty pty(loop);
  Told told(loop, {.path = pty.path, .parity = Parity::Even});  // a pty's driver takes no parity
  CHECK(told.wait_failed() == CauseCode::DeviceParameters);
  CHECK(told.failed->evidence.find("does not run at 8E1, but at 8N1") != std::string::npos);
}

TEST_CASE("with software flow control the terminal obeys XOFF and XON and sends them itself") {
  Loop loop;
  Pty pty(loop);
  Told told(loop, {.path = pty.path, .flow = FlowControl::Software});
  REQUIRE(told.wait_open());
  const Descriptor look(::open(pty.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  // TIOCEXCL does not bind root, who runs this test or skips it.
  if (!look) return;
  termios settings{};
  REQUIRE(::tcgetattr(look.get(), &settings) == 0);
  CHECK((settings.c_iflag & (IXON | IXOFF)) == (IXON | IXOFF));
  pty.master->write(as_bytes("\x13"));
  settle(loop);
  told.port->write(as_bytes("held"));
  settle(loop);
  CHECK(pty.octets.empty());
  pty.master->write(as_bytes("\x11"));
  CHECK(run_until(loop, [&] { return pty.octets == "held"; }));
}

TEST_CASE("a line held by one port is busy for the next and free when the first is closed") {
  Loop loop;
  Pty pty(loop);
  Told first(loop, {.path = pty.path});
  REQUIRE(first.wait_open());
  {
    Told second(loop, {.path = pty.path});
    CHECK(second.wait_failed() == CauseCode::DeviceBusy);
  }
  first.port.reset();
  Told third(loop, {.path = pty.path});
  CHECK(third.wait_open());
}

TEST_CASE("a port destroyed while it opens, or with octets queued, tells nothing any more") {
  Loop loop;
  Pty pty(loop);
  Told opening(loop, {.path = pty.path});
  opening.port.reset();
  Told open(loop, {.path = pty.path});
  REQUIRE(open.wait_open());
  open.port->write(as_bytes("lost"));
  pty.master->write(as_bytes("lost"));
  open.port.reset();
  pty.master.reset();
  settle(loop);
  CHECK_FALSE(opening.opened);
  CHECK(open.octets.empty());
  CHECK_FALSE(open.closed);
}

TEST_CASE("a port may be destroyed from inside its own event") {
  Loop loop;
  Pty pty(loop);
  std::unique_ptr<Port> port;
  bool done = false;
  port = open_port(loop, {.path = pty.path}, {.octets = [&](ByteView) {
                     port.reset();
                     done = true;
                   }});
  pty.master->write(as_bytes("x"));
  // What waited in the line before we opened it is not for us, so say it again.
  CHECK(run_until(loop, [&] {
    if (!done) pty.master->write(as_bytes("x"));
    return done;
  }));
}

TEST_CASE("above its mark the queue owes a writable, once, when the reader catches up") {
  Loop loop;
  Listener listener;
  listener.listen();
  Told told(loop, {.kind = PortKind::Tcp, .path = listener.path});
  REQUIRE(told.wait_open());
  const Descriptor far = listener.accept();
  const Bytes much(500'000, 'x');
  told.port->write(much);
  settle(loop);
  CHECK(told.writable == 0);
  CHECK(told.port->queued() > Port::kQueueMark);
  size_t read = 0;
  Bytes sink(1 << 20);
  CHECK(run_until(loop, [&] {
    const ssize_t got = ::recv(far.get(), sink.data(), sink.size(), MSG_DONTWAIT);
    if (got > 0) read += static_cast<size_t>(got);
    return read == much.size();
  }));
  CHECK(told.writable == 1);
  CHECK(told.port->queued() == 0);
}

TEST_CASE(
    "on a paced line an urgent unit waits for half a second's data at most, not for the queue") {
  Loop loop;
  Pty pty(loop);
  Told told(loop, {.path = pty.path});
  REQUIRE(told.wait_open());
  told.port->set_pace(400);
  for (int i = 0; i < 40; ++i) told.port->write(Bytes(100, 'd'));  // ten seconds of it
  CHECK(told.port->backed_up());
  settle(loop);
  told.port->write_urgent(as_bytes("<echo>"));
  CHECK(run_until(loop, [&] { return pty.octets.find("<echo>") != std::string::npos; }));
  const size_t before = pty.octets.find("<echo>");
  CHECK(before % 100 == 0);  // at the border of a unit
  CHECK(before <= 300);      // half a second, and the unit that had begun
}

TEST_CASE("what a paced TCP line has not taken is still here, and an urgent unit overtakes it") {
  Loop loop;
  Listener listener;
  listener.listen();
  Told told(loop, {.kind = PortKind::Tcp, .path = listener.path});
  REQUIRE(told.wait_open());
  const Descriptor far = listener.accept();
  told.port->set_pace(960);
  for (int i = 0; i < 20; ++i) told.port->write(Bytes(500, 'd'));
  settle(loop);
  told.port->write_urgent(as_bytes("<echo>"));
  std::string seen;
  CHECK(run_until(loop, [&] {
    char text[4096];
    const ssize_t got = ::recv(far.get(), text, sizeof text, MSG_DONTWAIT);
    if (got > 0) seen.append(text, static_cast<size_t>(got));
    return seen.find("<echo>") != std::string::npos;
  }));
  CHECK(seen.find("<echo>") % 500 == 0);
  CHECK(seen.find("<echo>") <= 1000);
}

TEST_CASE("a queue that nobody empties stops growing; whole units are lost, never parts") {
  Loop loop;
  Pty pty(loop);
  Told told(loop, {.path = pty.path});
  REQUIRE(told.wait_open());
  told.port->set_pace(50);
  for (int i = 0; i < 1000; ++i) told.port->write(Bytes(1000, 'd'));
  CHECK(told.port->queued() <= Port::kQueueMax);
  CHECK(told.port->queued() % 1000 == 0);
}

TEST_CASE("discarding output empties the queue of a line that nobody reads") {
  Loop loop;
  Pty pty(loop);
  const Descriptor deaf(::open(pty.path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ::ioctl(deaf.get(), TCFLSH, TCIOFLUSH);
  Told told(loop, {.path = pty.path});
  REQUIRE(told.wait_open());
  told.port->write(Bytes(100'000, 'x'));
  CHECK(told.port->queued() == 100'000);
  told.port->discard_output();
  CHECK(told.port->queued() == 0);
  CHECK(run_until(loop, [&] { return told.writable == 1; }));
  CHECK(pty.octets.empty());
}

TEST_CASE("octets pass through TCP, and the other side's close is told as a closed transport") {
  Loop loop;
  Listener listener;
  listener.listen();
  Told told(loop, {.kind = PortKind::Tcp, .path = listener.path});
  REQUIRE(told.wait_open());
  Descriptor far = listener.accept();
  told.port->write(as_bytes("ATZ\r"));
  CHECK(run_until(loop, [&] {
    char text[4];
    return ::recv(far.get(), text, 4, MSG_DONTWAIT) == 4 && std::string_view(text, 4) == "ATZ\r";
  }));
  REQUIRE(::send(far.get(), "OK\r\n", 4, 0) == 4);
  CHECK(run_until(loop, [&] { return told.octets == "OK\r\n"; }));
  far.reset();
  CHECK(told.wait_closed() == CauseCode::TransportClosed);
  CHECK(told.closed->evidence == listener.path + ": closed by the other side");
}

TEST_CASE("of a host's addresses all are tried: a server on one of them is found") {
  Loop loop;
  // Where localhost is ::1 and 127.0.0.1, the server listens on the second only.
  Listener listener;
  listener.listen();
  const std::string port = listener.path.substr(listener.path.rfind(':'));
  Told by_name(loop, {.kind = PortKind::Tcp, .path = "localhost" + port});
  CHECK(by_name.wait_open());
  Told six(loop, {.kind = PortKind::Tcp, .path = "[::1]" + port});
  CHECK_FALSE(six.wait_open());
}

TEST_CASE("a connection is probed while it is silent, and has a bound for what is unacknowledged") {
  Loop loop;
  Listener listener;
  listener.listen();
  Told told(loop, {.kind = PortKind::Tcp, .path = listener.path, .dead_within = 12s});
  REQUIRE(told.wait_open());
  const auto option = [](int level, int name) {
    // The port's own descriptor is the one that is connected to the listener.
    for (int fd = 3; fd < 256; ++fd) {
      sockaddr_in at{};
      socklen_t size = sizeof at;
      if (::getpeername(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0) continue;
      int value = -1;
      socklen_t length = sizeof value;
      ::getsockopt(fd, level, name, &value, &length);
      return value;
    }
    return -1;
  };
  CHECK(option(SOL_SOCKET, SO_KEEPALIVE) == 1);
  CHECK(option(IPPROTO_TCP, TCP_USER_TIMEOUT) == 11'000);
  CHECK(option(IPPROTO_TCP, TCP_KEEPIDLE) == 6);
}

TEST_CASE("a refused connection, an unknown host and an address without port are told apart") {
  Loop loop;
  Listener bound_only;  // Bound without listening: the kernel refuses.
  Told refused(loop, {.kind = PortKind::Tcp, .path = bound_only.path});
  CHECK(refused.wait_failed() == CauseCode::ConnectionRefused);
  Told unknown(loop, {.kind = PortKind::Tcp, .path = "256.1.1.1.invalid.:1"});
  CHECK(unknown.wait_failed() == CauseCode::HostUnknown);
  Told no_port(loop, {.kind = PortKind::Tcp, .path = "localhost"});
  CHECK(no_port.wait_failed() == CauseCode::Unsupported);
}

TEST_CASE("a host that does not answer is given up at the deadline") {
  Loop loop;
  Listener listener;
  REQUIRE(::listen(listener.fd.get(), 0) == 0);
  // Fill the backlog: the kernel then drops further SYNs silently.
  std::vector<std::unique_ptr<Told>> filling;
  for (int i = 0; i < 4; ++i) {
    filling.push_back(std::make_unique<Told>(
        loop, PortSpec{.kind = PortKind::Tcp, .path = listener.path, .connect_within = 50ms}));
  }
  CHECK(run_until(loop, [&] { return filling.back()->failed.has_value(); }));
  CHECK(filling.back()->failed->code == CauseCode::HostUnreachable);
  CHECK(filling.back()->failed->evidence == listener.path + ": no answer within 50 ms");
}
