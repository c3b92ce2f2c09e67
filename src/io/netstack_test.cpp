// SPDX-License-Identifier: Apache-2.0
// The user-mode stack and the user-mode NAT joined back to back: what a local program asks of the
// SOCKS5 port leaves through the interface, passes the NAT, and reaches a server on this host.
#include "io/netstack.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "io/descriptor.h"
#include "io/nat.h"
#include "io/test_loop.h"

using namespace redial;
using namespace redial::io;

namespace {

constexpr uint32_t kOurs = 0x0a40000a;     // 10.64.0.10
constexpr uint32_t kGateway = 0x0a400001;  // 10.64.0.1
constexpr uint32_t kDns = 0x0a400003;      // 10.64.0.3

sockaddr_in loopback(uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

Descriptor bound(uint16_t* port) {
  Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at = loopback(0);
  socklen_t size = sizeof at;
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&at), size) == 0);
  REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
  *port = ntohs(at.sin_port);
  return fd;
}

char pattern(size_t at) { return static_cast<char>('a' + at % 23); }

/// On 127.0.0.1: "GET n\n" gets n patterned octets; "PUT\n..." gets, at its end, the count.
class Server {
 public:
  Server() : listening_(bound(&port_)) {
    REQUIRE(::listen(listening_.get(), 16) == 0);
    thread_ = std::thread([this] {
      while (true) {
        const Descriptor client(::accept(listening_.get(), nullptr, nullptr));
        if (!client) return;
        serve(client.get());
      }
    });
  }
  ~Server() {
    ::shutdown(listening_.get(), SHUT_RDWR);
    thread_.join();
  }
  uint16_t port() const { return port_; }

 private:
  static void serve(int fd) {
    std::string line;
    char c = 0;
    while (line.size() < 40 && ::recv(fd, &c, 1, 0) == 1 && c != '\n') line += c;
    std::string answer;
    if (line.starts_with("GET ")) {
      const size_t count = std::stoul(line.substr(4));
      for (size_t i = 0; i < count; ++i) answer += pattern(i);
    } else if (line == "PUT") {
      std::vector<char> buffer(65536);
      size_t seen = 0;
      bool right = true;
      for (ssize_t got; (got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;) {
        for (ssize_t i = 0; i < got; ++i) right &= buffer[size_t(i)] == pattern(seen++);
      }
      answer = std::to_string(seen) + (right ? " right" : " wrong");
    }
    for (size_t at = 0; at < answer.size();) {
      const ssize_t put = ::send(fd, answer.data() + at, answer.size() - at, MSG_NOSIGNAL);
      if (put <= 0) return;
      at += static_cast<size_t>(put);
    }
  }
  uint16_t port_ = 0;
  Descriptor listening_;
  std::thread thread_;
};

/// A local program that speaks to a service.
struct Program {
  explicit Program(uint16_t port)
      : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const sockaddr_in at = loopback(port);
    const int result = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at);
    REQUIRE((result == 0 || errno == EINPROGRESS));
  }
  void say(std::string_view octets) { unsent += octets; }
  void look() {
    if (!unsent.empty()) {
      const ssize_t put = ::send(fd.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
      if (put > 0) unsent.erase(0, static_cast<size_t>(put));
    }
    if (unsent.empty() && shut_after && !ended) ::shutdown(fd.get(), SHUT_WR), shut_after = false;
    char buffer[65536];
    const ssize_t got = ::recv(fd.get(), buffer, sizeof buffer, 0);
    if (got > 0) heard.append(buffer, static_cast<size_t>(got));
    if (got == 0) ended = true;
    if (got < 0 && (errno == ECONNRESET || errno == EPIPE)) ended = reset = true;
  }
  Descriptor fd;
  std::string unsent, heard;
  bool shut_after = false, ended = false, reset = false;
};

std::string socks_connect(std::string_view address_and_type, uint16_t port) {
  std::string request("\x05\x01\x00\x05\x01\x00", 6);
  request += address_and_type;
  request += static_cast<char>(port >> 8);
  request += static_cast<char>(port & 0xff);
  return request;
}
std::string ipv4(uint32_t address) {
  std::string octets("\x01", 1);
  for (int shift = 24; shift >= 0; shift -= 8) octets += static_cast<char>(address >> shift & 0xff);
  return octets;
}
std::string name(std::string_view host) {
  return std::string("\x03", 1) + static_cast<char>(host.size()) + std::string(host);
}

/// One dialled link and the access server at its far end.
struct Site {
  explicit Site(Loop& l) : loop(l) {
    interface = make_interface(loop, "site", [this](ByteView packet) {
      ++sent;
      if (!carry || answer_dns(packet)) return;
      nat->receive(packet);
    });
    auto made = make_nat(loop, {}, [this](ByteView packet) {
      if (carry) interface->receive(packet);
    });
    REQUIRE(made);
    nat = std::move(*made);
  }
  void up() { interface->up({.local = kOurs, .peer = kGateway, .dns = kDns, .mtu = 1500}); }

  /// Plays the name server: "intranet" is the gateway, "nowhere" does not exist.
  bool answer_dns(ByteView packet) {
    if (packet.size() < 40 || packet[9] != 17 || packet[22] != 0 || packet[23] != 53) return false;
    ++questions;
    const ByteView query = packet.subspan(28);
    const bool known = as_text(query).find("intranet") != std::string_view::npos;
    Bytes message(query.begin(), query.end());
    message[2] = 0x81;
    message[3] = known ? 0x80 : 0x83;
    message[7] = known ? 1 : 0;
    const Bytes record = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 64, 0, 1};
    if (known) message.insert(message.end(), record.begin(), record.end());
    interface->receive(udp_reply(packet, message));
    return true;
  }
  static Bytes udp_reply(ByteView packet, ByteView message) {
    Bytes reply(packet.begin(), packet.begin() + 28);
    std::copy_n(packet.begin() + 12, 4, reply.begin() + 16);  // source and destination change
    std::copy_n(packet.begin() + 16, 4, reply.begin() + 12);
    std::copy_n(packet.begin() + 20, 2, reply.begin() + 22);
    std::copy_n(packet.begin() + 22, 2, reply.begin() + 20);
    const size_t total = 28 + message.size();
    reply[2] = static_cast<uint8_t>(total >> 8);
    reply[3] = static_cast<uint8_t>(total);
    reply[24] = static_cast<uint8_t>((total - 20) >> 8);
    reply[25] = static_cast<uint8_t>(total - 20);
    reply[26] = reply[27] = 0;  // no UDP checksum
    reply[10] = reply[11] = 0;
    uint32_t sum = 0;
    for (size_t i = 0; i < 20; i += 2) sum += reply[i] * 256u + reply[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    reply[10] = static_cast<uint8_t>(sum >> 8);
    reply[11] = static_cast<uint8_t>(sum);
    reply.insert(reply.end(), message.begin(), message.end());
    return reply;
  }

  Loop& loop;
  bool carry = true;
  int sent = 0, questions = 0;
  std::unique_ptr<NetInterface> interface;
  std::unique_ptr<Nat> nat;
};

std::unique_ptr<Service> socks_for(Site& site) {
  auto service = serve_socks(site.loop, *site.interface, "127.0.0.1:0");
  REQUIRE(service);
  return std::move(*service);
}

/// The REP octet a client gets for this request; -1: none, the connection was closed.
int socks_answer(Site& site, uint16_t service, const std::string& said) {
  Program program(service);
  program.say(said);
  run_until(site.loop, [&] {
    program.look();
    return program.heard.size() >= 4 || program.ended;
  });
  return program.heard.size() >= 4 ? program.heard[3] : -1;
}

constexpr size_t kSuccessOctets = 2 + 10;

/// An ICMP echo request, as a peer would send it.
Bytes ping(uint32_t from, uint32_t to, uint16_t fragment = 0) {
  Bytes packet = {0x45, 0, 0, 28, 0, 1, uint8_t(fragment >> 8), uint8_t(fragment), 64, 1, 0, 0};
  for (uint32_t address : {from, to}) {
    for (int shift = 24; shift >= 0; shift -= 8) packet.push_back(uint8_t(address >> shift));
  }
  uint32_t sum = 0;
  for (size_t i = 0; i < 20; i += 2) sum += packet[i] * 256u + packet[i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  packet[10] = uint8_t((~sum >> 8) & 0xff);
  packet[11] = uint8_t(~sum & 0xff);
  for (int octet : {8, 0, 0xf7, 0xff, 0, 0, 0, 0}) packet.push_back(uint8_t(octet));
  return packet;
}

}  // namespace

TEST_CASE("a program fetches through SOCKS5, the link and the NAT, and every octet is counted") {
  Loop loop;
  Server server;
  Site site(loop);
  site.up();
  CHECK(site.interface->is_up());
  const auto socks = socks_for(site);
  Program program(socks->port());
  program.say(socks_connect(ipv4(kGateway), server.port()) + "GET 300000\n");
  REQUIRE(run_until(loop, [&] {
    program.look();
    return program.ended;
  }));
  CHECK_FALSE(program.reset);
  REQUIRE(program.heard.size() == kSuccessOctets + 300'000);
  CHECK(program.heard.starts_with(std::string("\x05\x00\x05\x00\x00\x01\x0a\x40\x00\x0a", 10)));
  const std::string_view body = std::string_view(program.heard).substr(kSuccessOctets);
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] != pattern(i)) FAIL("octet " << i);
  }
  CHECK(site.interface->octets_carried() == 300'000 + 11);
}

TEST_CASE("a program uploads through a forward, ends its side, and still gets the answer") {
  Loop loop;
  Server server;
  Site site(loop);
  site.up();
  auto forward =
      serve_forward(loop, *site.interface, "0:10.64.0.1:" + std::to_string(server.port()));
  REQUIRE(forward);
  Program program((*forward)->port());
  std::string body;
  for (size_t i = 0; i < 2'000'000; ++i) body += pattern(i);
  program.say("PUT\n" + body);
  program.shut_after = true;
  REQUIRE(run_until(
      loop,
      [&] {
        program.look();
        return program.ended;
      },
      30s));
  CHECK(program.heard == "2000000 right");
}

TEST_CASE("a program that does not read stops the far side instead of filling memory") {
  Loop loop;
  Server server;
  Site site(loop);
  site.up();
  const auto socks = socks_for(site);
  Program program(socks->port());
  const int small = 200'000;
  ::setsockopt(program.fd.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  program.say(socks_connect(ipv4(kGateway), server.port()) + "GET 30000000\n");
  REQUIRE(run_until(loop, [&] {
    if (program.heard.size() < kSuccessOctets) program.look();
    return program.heard.size() >= kSuccessOctets;
  }));
  uint64_t before = 1, after = 0;
  // The kernel's own buffers take some; when nothing moves for a while, the window is closed.
  while (before != after) {
    before = site.interface->octets_carried();
    run_until(
        loop, [] { return false; }, 200ms);
    after = site.interface->octets_carried();
  }
  CHECK(after < 12'000'000);
  REQUIRE(run_until(
      loop,
      [&] {
        program.look();
        return program.ended;
      },
      30s));
  CHECK(program.heard.size() == kSuccessOctets + 30'000'000);
}

TEST_CASE("a name is resolved by the link's own server, an unknown one is host unreachable") {
  Loop loop;
  Server server;
  Site site(loop);
  site.up();
  const auto socks = socks_for(site);
  CHECK(socks_answer(site, socks->port(), socks_connect(name("intranet"), server.port())) == 0);
  CHECK(socks_answer(site, socks->port(), socks_connect(name("nowhere"), 80)) == 4);
  CHECK(site.questions == 2);
  site.interface->up({.local = kOurs, .peer = kGateway});
  CHECK(socks_answer(site, socks->port(), socks_connect(name("intranet"), 80)) == 4);
  CHECK(site.questions == 2);  // Without a server of the link nobody is asked.
}

TEST_CASE("SOCKS5 answers say what is wrong: link down, refused, command, address type, method") {
  Loop loop;
  Site site(loop);
  const auto socks = socks_for(site);
  uint16_t closed_port = 0;
  const Descriptor not_listening = bound(&closed_port);
  const std::string request = socks_connect(ipv4(kGateway), closed_port);
  CHECK(socks_answer(site, socks->port(), request) == 3);
  site.up();
  CHECK(socks_answer(site, socks->port(), request) == 5);
  std::string bind = request;
  bind[4] = 2;
  CHECK(socks_answer(site, socks->port(), bind) == 7);
  std::string ipv6(17, '\0');
  ipv6[0] = 4;
  CHECK(socks_answer(site, socks->port(), socks_connect(ipv6, 80)) == 8);
  CHECK(socks_answer(site, socks->port(), socks_connect("\x09", 80)) == 8);
  CHECK(socks_answer(site, socks->port(), "GET / HTTP/1.0\r\n\r\n") == -1);

  Program password_only(socks->port());
  password_only.say("\x05\x01\x02");
  CHECK(run_until(loop, [&] {
    password_only.look();
    return password_only.ended;
  }));
  CHECK(password_only.heard == "\x05\xff");
}

TEST_CASE(
    "when the link goes down its connections break at once, and are not taken for ended well") {
  Loop loop;
  Server server;
  Site site(loop);
  site.up();
  const auto socks = socks_for(site);
  Program program(socks->port());
  program.say(socks_connect(ipv4(kGateway), server.port()));
  REQUIRE(run_until(loop, [&] {
    program.look();
    return program.heard.size() == kSuccessOctets;
  }));
  site.interface->down();
  CHECK(run_until(loop, [&] {
    program.look();
    return program.reset;
  }));
  site.up();
  CHECK(socks_answer(site, socks->port(), socks_connect(ipv4(kGateway), server.port())) == 0);
}

TEST_CASE("traffic that may wait for the link tells that it is wanted, and goes on when it is up") {
  Loop loop;
  Server server;
  Site site(loop);
  int wanted = 0;
  site.interface->on_demand({.wanted = [&] { ++wanted; }, .wait_within = 60s});
  const auto socks = socks_for(site);
  const auto forward =
      serve_forward(loop, *site.interface, "0:10.64.0.1:" + std::to_string(server.port()));
  REQUIRE(forward);
  Program by_socks(socks->port()), by_forward((*forward)->port()), gone(socks->port());
  by_socks.say(socks_connect(ipv4(kGateway), server.port()) + "GET 3\n");
  by_forward.say("GET 3\n");
  gone.say(socks_connect(ipv4(kGateway), server.port()));
  const auto look = [&] {
    by_socks.look();
    by_forward.look();
    gone.look();
  };
  REQUIRE(run_until(loop, [&] {
    look();
    return wanted == 3;
  }));
  CHECK(by_socks.heard.size() == 2);  // the method, and no answer to the request yet
  gone.fd = Descriptor();
  site.up();
  REQUIRE(run_until(loop, [&] {
    by_socks.look();
    by_forward.look();
    return by_socks.ended && by_forward.ended;
  }));
  CHECK(by_socks.heard.ends_with("abc"));
  CHECK(by_forward.heard == "abc");
}

TEST_CASE("traffic waits no longer than it may; where it may not wait, it is refused and wanted") {
  Loop loop;
  Site site(loop);
  int wanted = 0;
  const auto socks = socks_for(site);
  const std::string request = socks_connect(ipv4(kGateway), 80);
  site.interface->on_demand({.wanted = [&] { ++wanted; }, .wait_within = 50ms});
  CHECK(socks_answer(site, socks->port(), request) == 3);
  site.interface->on_demand({.wanted = [&] { ++wanted; }, .wait_within = 0ms});
  CHECK(socks_answer(site, socks->port(), request) == 3);
  CHECK(wanted == 2);
}

TEST_CASE("a new address breaks what was bound to the old one; the same address keeps it") {
  Loop loop;
  Server server;
  Site site(loop);
  site.up();
  const auto socks = socks_for(site);
  Program program(socks->port());
  program.say(socks_connect(ipv4(kGateway), server.port()));
  REQUIRE(run_until(loop, [&] {
    program.look();
    return program.heard.size() == kSuccessOctets;
  }));
  site.up();
  settle(loop);
  program.look();
  CHECK_FALSE(program.ended);
  site.interface->up({.local = kOurs + 1, .peer = kGateway});
  CHECK(run_until(loop, [&] {
    program.look();
    return program.reset;
  }));
}

TEST_CASE("two sites with the same addresses stay apart: each its own traffic, its own end") {
  Loop loop;
  Server server;
  Site one(loop), other(loop);
  one.up();
  other.up();
  const auto through_one = socks_for(one), through_other = socks_for(other);
  Program a(through_one->port()), b(through_other->port());
  a.say(socks_connect(ipv4(kGateway), server.port()));
  REQUIRE(run_until(loop, [&] {
    a.look();
    return a.heard.size() == kSuccessOctets;
  }));
  CHECK(one.sent > 0);
  CHECK(other.sent == 0);
  b.say(socks_connect(ipv4(kGateway), server.port()));
  REQUIRE(run_until(loop, [&] {
    b.look();
    return b.heard.size() == kSuccessOctets;
  }));
  one.interface->down();
  settle(loop);
  a.look();
  b.look();
  CHECK(a.reset);
  CHECK_FALSE(b.ended);
}

TEST_CASE(
    "a packet for a foreign address, a fragment and our own address coming back are dropped") {
  Loop loop;
  std::vector<Bytes> answered;
  const auto interface = make_interface(
      loop, "site", [&](ByteView packet) { answered.emplace_back(packet.begin(), packet.end()); });
  interface->receive(ping(kGateway, kOurs));  // not up yet
  interface->up({.local = kOurs, .peer = kGateway});
  interface->receive(ping(kGateway, kOurs));
  REQUIRE(run_until(loop, [&] { return answered.size() == 1; }));
  const auto second =
      make_interface(loop, "other site", [&](ByteView) { answered.emplace_back(); });
  second->up({.local = 0x0a410001, .peer = 0x0a410002});
  interface->receive(ping(kGateway, 0x0a410001));  // the other site's address
  interface->receive(ping(kGateway, 0x0a410002));
  interface->receive(ping(kGateway, 0xffffffff));
  interface->receive(ping(kOurs, kOurs));
  interface->receive(ping(kGateway, kOurs, 0x2000));
  interface->receive(ByteView());
  const Bytes truncated = ping(kGateway, kOurs);
  interface->receive(ByteView(truncated).first(19));
  interface->receive(ByteView(truncated).first(24));
  settle(loop);
  CHECK(answered.size() == 1);
  CHECK(interface->foreign_packets() == 8);
}

TEST_CASE("callers reach neither each other nor, by its own name, the host's loopback") {
  Loop loop;
  int answered = 0;
  auto nat = make_nat(loop, {}, [&](ByteView) { ++answered; });
  REQUIRE(nat);
  (*nat)->receive(ping(kOurs, 0x7f000001));
  (*nat)->receive(ping(kOurs, kOurs + 1));
  (*nat)->receive(ping(0xc0a80001, kGateway));
  settle(loop);
  CHECK(answered == 0);
  (*nat)->receive(ping(kOurs, kGateway));
  (*nat)->receive(ping(kOurs + 7, kGateway));
  CHECK(run_until(loop, [&] { return answered == 2; }));
}

TEST_CASE("a network that does not hold its gateway is refused") {
  Loop loop;
  const auto nat = make_nat(loop, {.gateway = 0xc0a80001}, [](ByteView) {});
  REQUIRE_FALSE(nat);
  CHECK(nat.error().kind == ErrorKind::Usage);
}

TEST_CASE("services open on loopback only, say when a port is taken, and free it when they go") {
  Loop loop;
  Site site(loop);
  auto first = socks_for(site);
  const std::string where = "127.0.0.1:" + std::to_string(first->port());
  const auto second = serve_socks(loop, *site.interface, where);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::Busy);
  CHECK(second.error().text.starts_with(where + ": the port is in use"));
  first.reset();
  CHECK(serve_socks(loop, *site.interface, where));

  const auto open_to_all = serve_socks(loop, *site.interface, "0.0.0.0:1080");
  REQUIRE_FALSE(open_to_all);
  CHECK(open_to_all.error().kind == ErrorKind::Refused);
  CHECK(open_to_all.error().text.find("use 127.0.0.1:1080") != std::string::npos);
  CHECK(serve_forward(loop, *site.interface, "0.0.0.0:0:10.0.0.5:80").error().kind ==
        ErrorKind::Refused);
  for (const char* wrong : {"", "1080", "8080:10.0.0.5", "8080:10.0.0.5:", "8080:10.0.0.5:99999"}) {
    CHECK(serve_forward(loop, *site.interface, wrong).error().kind == ErrorKind::Usage);
  }
  CHECK(serve_socks(loop, *site.interface, "nonsense").error().kind == ErrorKind::Usage);
  CHECK(serve_forward(loop, *site.interface, "127.0.0.1:0:10.0.0.5:80"));
}

TEST_CASE("a service and its interface may go in either order, with connections open") {
  Loop loop;
  Server server;
  for (const bool service_first : {true, false}) {
    Site site(loop);
    site.up();
    auto socks = socks_for(site);
    Program program(socks->port());
    program.say(socks_connect(ipv4(kGateway), server.port()));
    REQUIRE(run_until(loop, [&] {
      program.look();
      return program.heard.size() == kSuccessOctets;
    }));
    if (service_first) socks.reset();
    site.interface.reset();
    site.carry = false;
    CHECK(run_until(loop, [&] {
      program.look();
      return program.reset;
    }));
    if (socks) CHECK(socks_answer(site, socks->port(), socks_connect(ipv4(kGateway), 80)) == 3);
  }
}
