// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <string>
#include <vector>

#include "host/telnet_door.h"
#include "io/descriptor.h"
#include "io/test_loop.h"
#include "wire/rfc2217_server.h"

using namespace redial;
using namespace redial::host;
using phonebook::LineKind;
using phonebook::LineSpec;
using phonebook::Transport;

namespace {

/// An access server on loopback with one port: the server's machine on a real connection, looked at
/// every millisecond.
class AccessServer {
 public:
  enum class Speaks : uint8_t { Rfc2217, Telnet, Nothing };

  AccessServer(io::Loop& loop, Speaks speaks)
      : loop_(loop), speaks_(speaks), look_(loop, [this] { look(); }) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&at), size) == 0);
    REQUIRE(::listen(listener_.get(), 4) == 0);
    REQUIRE(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    path = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    look();
  }

  void send(ByteView data) {
    server_.encode(data, [this](ByteView run) { put(run); });
  }
  void circuits(const wire::ModemState& state) {
    for (const auto& action : server_.on_circuits(state)) on_action(action);
  }
  // To a client that has gone meanwhile, nothing.
  void put(ByteView octets) {
    static_cast<void>(::send(client_.get(), octets.data(), octets.size(), MSG_NOSIGNAL));
  }
  void hang_up() { client_.reset(); }

  void on_data(ByteView octets) { heard += as_text(octets); }
  void on_action(const wire::ServerAction& action) {
    if (const auto* octets = std::get_if<wire::SendOctets>(&action)) put(octets->octets.view());
    if (const auto* dtr = std::get_if<wire::DtrSet>(&action)) said += dtr->on ? "DTR+ " : "DTR- ";
    if (const auto* asked = std::get_if<wire::PurgeAsked>(&action)) {
      said += asked->which == wire::ComPortPurge::ToPort ? "PURGE " : "";
    }
  }

  std::string path, heard, said;
  wire::ModemState at_first;
  uint32_t speed() const { return server_.settings().speed_bps; }

 private:
  void look() {
    if (!client_) {
      client_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK));
      if (client_) server_ = wire::ComPortServer(at_first, speaks_ == Speaks::Rfc2217);
    }
    uint8_t octets[4096];
    const ssize_t got = client_ ? ::recv(client_.get(), octets, sizeof octets, 0) : -1;
    if (got > 0 && speaks_ != Speaks::Nothing) {
      server_.on_octets(ByteView(octets, static_cast<size_t>(got)), *this);
    }
    if (got == 0) client_.reset();
    look_.set(loop_.now() + 1ms);
  }

  io::Loop& loop_;
  Speaks speaks_;
  io::Alarm look_;
  io::Descriptor listener_, client_;
  wire::ComPortServer server_;
};

/// A door, and the story of its events.
struct Line {
  Line(io::Loop& on, const std::string& path, Transport transport, bool modem_lines = true)
      : loop(on) {
    LineSpec spec{.name = "T", .kind = LineKind::Tcp, .path = path, .speed_bps = 57600};
    spec.transport = transport;
    spec.modem_lines = modem_lines;
    door = line_door(loop, spec);
  }
  void open() {
    door->open({.opened = [this] { story += "opened "; },
                .failed = [this](const Cause& cause) { end("failed ", cause); },
                .closed = [this](const Cause& cause) { end("closed ", cause); },
                .octets = [this](ByteView octets) { on_octets(octets); },
                .carrier = [this](bool dcd) { story += dcd ? "DCD+ " : "DCD- "; },
                .circuits = [this](bool present) { circuits = present; },
                .noted = [this](const std::string& text) { notes += text + "\n"; }});
  }
  void on_octets(ByteView octets) {
    ++reads;
    heard += as_text(octets);
    if (close_on_octets) door->close();
  }
  void end(const std::string& how, const Cause& cause) {
    story += how + std::string(name(cause.code)) + " ";
  }
  bool until(const std::function<bool()>& condition, Duration within = 10s) {
    return io::run_until(loop, condition, within);
  }

  io::Loop& loop;
  std::unique_ptr<Door> door;
  std::string story, notes, heard;
  std::optional<bool> circuits;
  int reads = 0;
  bool close_on_octets = false;
};

}  // namespace

TEST_CASE(
    "RFC 2217: open once it is agreed, DTR and the speed are set, DCD is told after the data") {
  io::Loop loop;
  AccessServer server(loop, AccessServer::Speaks::Rfc2217);
  Line line(loop, server.path, Transport::Rfc2217);
  line.open();
  REQUIRE(line.until([&] { return line.story == "opened "; }));
  CHECK(line.until([&] { return server.speed() == 57600; }));
  CHECK(line.notes.empty());

  const Bytes data = {0x7e, 0xff, 0x03, 0x0d, 0x00, 0xff, 0xff, 0x7e};
  server.circuits({.dcd = true});
  REQUIRE(line.until([&] { return line.story == "opened DCD+ "; }));
  server.send(data);
  line.door->write(data);
  CHECK(line.until([&] { return line.heard == as_text(data); }));
  CHECK(line.until([&] { return server.heard == as_text(data); }));
  CHECK(line.reads <= 2);  // a read is one call, however many 0xff are in it

  server.send(as_bytes("\r\nNO CARRIER\r\n"));
  server.circuits({});
  REQUIRE(line.until([&] { return line.story == "opened DCD+ DCD- "; }));
  CHECK(line.heard.ends_with("NO CARRIER\r\n"));

  line.door->set_dtr(false);
  line.door->discard_output();
  CHECK(line.until([&] { return server.said.ends_with("DTR- PURGE "); }));
  server.hang_up();
  CHECK(line.until([&] { return line.story.ends_with("closed TransportClosed "); }));
}

TEST_CASE("a line whose circuits are not to be trusted tells no DCD") {
  io::Loop loop;
  AccessServer server(loop, AccessServer::Speaks::Rfc2217);
  Line line(loop, server.path, Transport::Rfc2217, false);
  line.open();
  REQUIRE(line.until([&] { return line.story == "opened "; }));
  CHECK(line.circuits == false);
  server.circuits({.dcd = true});
  server.send(as_bytes("x"));
  CHECK(line.until([&] { return line.heard == "x"; }));
  CHECK(line.story == "opened ");
}

TEST_CASE(
    "a modem that had DSR on and drops it is out of service; one that raises it later is not") {
  for (const bool at_first : {true, false}) {
    io::Loop loop;
    AccessServer server(loop, AccessServer::Speaks::Rfc2217);
    server.at_first.dsr = at_first;
    Line line(loop, server.path, Transport::Rfc2217);
    line.open();
    REQUIRE(line.until([&] { return line.story == "opened "; }));
    CHECK(line.circuits == true);
    server.circuits({.dcd = true, .dsr = true});
    REQUIRE(line.until([&] { return line.story == "opened DCD+ "; }));
    server.circuits({});
    const std::string end = at_first ? "closed DeviceVanished " : "DCD- ";
    CHECK(line.until([&] { return line.story == "opened DCD+ " + end; }));
  }
}

TEST_CASE("a server without RFC 2217 is plain telnet at once, one that says nothing after 5 s") {
  io::Loop loop;
  AccessServer telnet(loop, AccessServer::Speaks::Telnet);
  AccessServer mute(loop, AccessServer::Speaks::Nothing);
  Line refused(loop, telnet.path, Transport::Rfc2217);
  Line silent(loop, mute.path, Transport::Rfc2217);
  const Instant begun = loop.now();
  refused.open();
  silent.open();
  REQUIRE(refused.until([&] { return refused.story == "opened "; }));
  CHECK(loop.now() - begun < 2s);
  CHECK(refused.notes.find("no modem lines") != std::string::npos);
  CHECK(refused.circuits == false);
  REQUIRE(silent.until([&] { return silent.story == "opened "; }));
  CHECK(loop.now() - begun >= 5s);
  CHECK(loop.now() - begun < 6s);
  CHECK(silent.notes.find("raw") != std::string::npos);
}

TEST_CASE("a connection that ends before telnet is settled was never open") {
  io::Loop loop;
  AccessServer mute(loop, AccessServer::Speaks::Nothing);
  Line line(loop, mute.path, Transport::Telnet);
  line.open();
  line.until([] { return false; }, 50ms);
  mute.hang_up();
  CHECK(line.until([&] { return line.story == "failed TransportClosed "; }));
  Line nobody(loop, "127.0.0.1:1", Transport::Telnet);
  nobody.open();
  CHECK(nobody.until([&] { return nobody.story == "failed ConnectionRefused "; }));
}

TEST_CASE("a door may be closed by what it reports, and opened again") {
  io::Loop loop;
  AccessServer server(loop, AccessServer::Speaks::Rfc2217);
  Line line(loop, server.path, Transport::Rfc2217);
  line.open();
  REQUIRE(line.until([&] { return line.story == "opened "; }));
  line.close_on_octets = true;
  server.send(as_bytes("one"));
  server.circuits({.dcd = true});
  CHECK(line.until([&] { return line.heard == "one"; }));
  line.until([] { return false; }, 20ms);
  CHECK(line.story == "opened ");
  line.close_on_octets = false;
  line.open();
  CHECK(line.until([&] { return line.story == "opened opened "; }));
}

TEST_CASE("FLOWCONTROL-SUSPEND holds data back and says so; hanging up drops them") {
  io::Loop loop;
  AccessServer server(loop, AccessServer::Speaks::Rfc2217);
  Line line(loop, server.path, Transport::Rfc2217);
  line.open();
  REQUIRE(line.until([&] { return line.story == "opened "; }));
  const Bytes suspend = {255, 250, 44, 108, 255, 240}, resume = {255, 250, 44, 109, 255, 240};
  server.put(suspend);
  REQUIRE(line.until([&] { return line.door->backed_up(); }));
  line.door->write(as_bytes("dropped"));
  line.door->discard_output();
  line.door->write(as_bytes("kept"));
  server.put(resume);
  CHECK(line.until([&] { return server.heard == "kept"; }));
  CHECK_FALSE(line.door->backed_up());
}
