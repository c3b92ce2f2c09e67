// SPDX-License-Identifier: Apache-2.0
// A link as an interface of the kernel's, in a network namespace that the test has made itself:
// what it changes in the system is undone to the last line, after thousands of flaps and after
// kill -9.
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <csignal>
#include <functional>
#include <memory>

#include "cli/far_side.h"
#include "engine/plan.h"
#include "host/host.h"
#include "host/tun_interface.h"
#include "io/test_loop.h"
#include "support/folder.h"
#include "support/name_space.h"

using namespace redial;
using namespace redial::test;

namespace {

constexpr uint32_t kOurs = 0x0a400002, kPeer = 0x0a400001;   // 10.64.0.2, 10.64.0.1
constexpr uint32_t kDns = 0x0a400035, kServer = 0xc6336409;  // 10.64.0.53, 198.51.100.9
// Without IPv6, whose routes come some time after their device.
constexpr const char* kLan =
    "ip link add lan type veth peer name far && "
    "for each in lan far; do echo 1 >/proc/sys/net/ipv6/conf/$each/disable_ipv6; done; "
    "ip link set lan up && ip link set far up && "
    "ip addr add 192.0.2.10/24 dev lan && "
    "ip route add default via 192.0.2.1 dev lan proto static metric 100";

std::string text_of(std::span<const std::string> lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

/// A computer with a LAN and somebody else's default route; its name servers are in a file.
struct Computer {
  Computer() {
    if (network.skipped()) return;
    const std::string made = output_of(kLan);
    CHECK_MESSAGE(made.empty(), made);
    write_text(paths.resolver.file, "# of the LAN\nnameserver 192.0.2.53\n");
  }
  bool skipped() const { return network.descriptor() < 0; }
  std::string state() const { return network_state() + read_text(paths.resolver.file); }

  NameSpace network;
  Folder folder;
  io::SystemPaths paths{
      .state = folder / "state",
      .resolver = {
          .file = folder / "resolv.conf", .backup_folder = {}, .programs = folder / "bin"}};
};

host::TunSettings settings_of(phonebook::DnsMode dns = phonebook::DnsMode::File) {
  return {.name = "redial%d",
          .routes = {*IpPrefix::parse("10.0.0.0/8"), *IpPrefix::parse("fd00::/8")},
          .default_route = true,
          .dns_mode = dns};
}

io::LinkAddresses addresses() {
  return {.local = kOurs,
          .peer = kPeer,
          .dns = kDns,
          .mtu = 1400,
          .interface_id = 2,
          .server = IpAddress::v4(kServer)};
}

/// An interface whose link is a list of what was sent.
struct Link {
  Link(const Computer& computer, host::TunSettings settings) {
    auto made = host::make_tun(loop, std::move(settings), computer.paths,
                               {.transmit =
                                    [this](ByteView packet) {
                                      sent.emplace_back(packet.begin(), packet.end());
                                      return true;
                                    },
                                .note = [this](const std::string& n) { notes.push_back(n); }});
    REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : made.error().text));
    tun = *std::move(made);
  }

  bool run_until(const std::function<bool()>& done) { return io::run_until(loop, done, 10s); }

  io::Loop loop;
  std::vector<Bytes> sent;
  size_t wanted = 0;
  std::vector<std::string> notes;
  std::unique_ptr<host::TunInterface> tun;
};

/// The calling thread in another network while it lives.
class Within {
 public:
  explicit Within(int network) : before_(network_of_thread()) {
    REQUIRE(::setns(network, CLONE_NEWNET) == 0);
  }
  ~Within() { ::setns(before_.get(), CLONE_NEWNET); }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  io::Descriptor before_;
};

uint16_t checksum(ByteView octets) {
  uint32_t sum = 0;
  for (size_t i = 0; i < octets.size(); ++i) sum += octets[i] * (i % 2 == 0 ? 256u : 1u);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

/// An ICMP echo request as an IP packet.
Bytes ping_packet(const std::string& from, const std::string& to) {
  Bytes packet(28);
  packet[0] = 0x45;
  packet[3] = 28;
  packet[8] = 64;
  packet[9] = 1;
  std::ranges::copy(IpAddress::parse(from)->octets(), packet.begin() + 12);
  std::ranges::copy(IpAddress::parse(to)->octets(), packet.begin() + 16);
  packet[20] = 8;
  packet[26] = 7;
  for (const size_t begins : {0u, 20u}) {
    const size_t at = begins == 0 ? 10 : 22, size = begins == 0 ? 20 : 8;
    const uint16_t sum = checksum(ByteView(packet).subspan(begins, size));
    packet[at] = static_cast<uint8_t>(sum >> 8);
    packet[at + 1] = static_cast<uint8_t>(sum);
  }
  return packet;
}

/// ping(8), as short as it can be: the kernel's own ICMP on both sides.
class Ping {
 public:
  explicit Ping(const std::string& to)
      : socket_(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP)) {
    to_.sin_family = AF_INET;
    ::inet_pton(AF_INET, to.c_str(), &to_.sin_addr);
  }
  void send() {
    icmphdr echo{};
    echo.type = ICMP_ECHO;
    echo.un.echo.id = htons(0x5244);
    const auto sum = checksum({reinterpret_cast<const uint8_t*>(&echo), sizeof echo});
    echo.checksum = htons(sum);
    static_cast<void>(::sendto(socket_.get(), &echo, sizeof echo, 0,
                               reinterpret_cast<const sockaddr*>(&to_), sizeof to_) < 0);
  }
  /// Told by the kernel that nobody can be reached there.
  bool refused() {
    int error = 0;
    socklen_t size = sizeof error;
    uint8_t packet[512];
    for (ssize_t got; (got = ::recv(socket_.get(), packet, sizeof packet, 0)) > 0;) {
      if (got >= 28 && packet[20] == ICMP_DEST_UNREACH && packet[21] == ICMP_HOST_UNREACH)
        return true;
    }
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error == EHOSTUNREACH;
  }
  bool answered() {
    uint8_t packet[512];
    for (ssize_t got; (got = ::recv(socket_.get(), packet, sizeof packet, 0)) > 0;) {
      if (got >= 28 && packet[20] == ICMP_ECHOREPLY && packet[24] == 0x52) return true;
    }
    return false;
  }

 private:
  io::Descriptor socket_;
  sockaddr_in to_{};
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an interface that is up has its address, peer, MTU, routes and name servers") {
  const Computer computer;
  if (computer.skipped()) return;
  Link link(computer, settings_of());
  link.tun->up(addresses());
  CHECK_MESSAGE(link.notes.empty(), text_of(link.notes));
  const std::string state = computer.state();
  CAPTURE(state);
  CHECK(has(state, "inet 10.64.0.2 peer 10.64.0.1/32"));
  CHECK(has(state, "inet6 fe80::2/64 scope link"));
  CHECK(has(state, "default dev redial0 proto 82 scope link src 10.64.0.2 metric 4000"));
  CHECK(has(state, "10.0.0.0/8 dev redial0 proto 82 scope link src 10.64.0.2 metric 4000"));
  CHECK(has(state, "fd00::/8 dev redial0 proto 82 metric 4000"));
  CHECK(has(state, "10.64.0.53 dev redial0"));
  // The way to the server of the line itself stays outside the link.
  CHECK(has(state, "198.51.100.9 via 192.0.2.1 dev lan proto 82 metric 4000"));
  CHECK(has(state, "default via 192.0.2.1 dev lan proto static metric 100"));
  CHECK(has(state, "nameserver 10.64.0.53"));
  CHECK_FALSE(has(state, "192.0.2.53"));
  CHECK(has(output_of("ip link show redial0"), "mtu 1400"));
}

TEST_CASE("device and name stay through redials; what the far side gave leaves with the link") {
  const Computer computer;
  if (computer.skipped()) return;
  const std::string before = computer.state();
  {
    Link link(computer, settings_of());
    const std::string device = output_of("ip -o link show redial0 | cut -d: -f1");
    const std::string idle = computer.state();
    link.tun->up(addresses());
    link.tun->down();
    CHECK(computer.state() == idle);
    io::LinkAddresses other = addresses();
    other.local = kOurs + 1;
    link.tun->up(other);
    CHECK(has(computer.state(), "inet 10.64.0.3 peer"));
    CHECK_FALSE(has(computer.state(), "10.64.0.2 "));
    CHECK(output_of("ip -o link show redial0 | cut -d: -f1") == device);
    CHECK_MESSAGE(link.notes.empty(), text_of(link.notes));
  }
  CHECK(computer.state() == before);
  CHECK(has(output_of("ip link show redial0"), "status"));
}

TEST_CASE("an interface that somebody deletes is made again, with all that belongs to it") {
  const Computer computer;
  if (computer.skipped()) return;
  const std::string before = computer.state();
  {
    Link link(computer, settings_of());
    link.tun->up(addresses());
    const std::string up = computer.state();
    CHECK(output_of("ip link del redial0").empty());
    REQUIRE(link.run_until([&] { return !link.notes.empty(); }));
    CHECK(link.notes.size() == 1);
    const auto without_numbers = [](const std::string& state) {
      return state.substr(state.find("\ndefault"));  // a new device has a new number
    };
    CHECK(without_numbers(computer.state()) == without_numbers(up));
  }
  CHECK(computer.state() == before);
}

TEST_CASE("after 1000 flaps the system is as it was, line by line") {
  const Computer computer;
  if (computer.skipped()) return;
  const std::string before = computer.state();
  {
    Link link(computer, settings_of());
    const std::string idle = computer.state();
    for (int flap = 0; flap < 1000; ++flap) {
      link.tun->up(addresses());
      link.tun->down();
    }
    CHECK_MESSAGE(link.notes.empty(), text_of(link.notes));
    CHECK(computer.state() == idle);
  }
  CHECK(computer.state() == before);
  CHECK(std::filesystem::is_empty(computer.paths.journals()));
}

TEST_CASE("killed at any moment: the next start undoes what was left, and nothing else") {
  const Computer computer;
  if (computer.skipped()) return;
  const std::string before = computer.state();
  for (int turn = 0; turn < 30; ++turn) {
    CAPTURE(turn);
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      io::Loop loop;
      auto tun = host::make_tun(
          loop, settings_of(), computer.paths,
          {.transmit = [](ByteView) { return true; }, .note = [](const std::string&) {}});
      while (tun) {
        (*tun)->up(addresses());
        (*tun)->down();
      }
      ::_exit(1);
    }
    ::usleep(static_cast<useconds_t>(20'000 + 731 * turn));
    ::kill(pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    std::vector<std::string> notes;
    io::SystemChanges::undo_left_over(computer.paths,
                                      [&](const std::string& n) { notes.push_back(n); });
    CHECK_MESSAGE(notes.empty(), text_of(notes));
    REQUIRE(computer.state() == before);
  }
  CHECK(std::filesystem::is_empty(computer.paths.journals()));
}

TEST_CASE(
    "a kill while the link is up leaves a route and a file, which the next start takes back") {
  const Computer computer;
  if (computer.skipped()) return;
  const std::string before = computer.state();
  int up[2];
  REQUIRE(::pipe(up) == 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    io::Loop loop;
    auto tun = host::make_tun(
        loop, settings_of(), computer.paths,
        {.transmit = [](ByteView) { return true; }, .note = [](const std::string&) {}});
    if (tun) (*tun)->up(addresses());
    static_cast<void>(::write(up[1], "u", 1) < 0);
    ::pause();
    ::_exit(1);
  }
  char octet = 0;
  REQUIRE(::read(up[0], &octet, 1) == 1);
  SUBCASE("its writer lives: nobody undoes anything") {
    const std::string now = computer.state();
    CHECK(io::SystemChanges::undo_left_over(computer.paths, [](const std::string&) {}) == 0);
    CHECK(computer.state() == now);
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  const std::string left = computer.state();
  CHECK(has(left, "198.51.100.9 via 192.0.2.1 dev lan proto 82"));
  CHECK(has(left, "nameserver 10.64.0.53"));
  SUBCASE("nobody has touched it: all of it goes") {
    Link next(computer, settings_of());
    CHECK(computer.state() == before);
  }
  SUBCASE("what somebody has made their own since stays") {
    static_cast<void>(
        output_of("ip route replace 198.51.100.9 via 192.0.2.7 dev lan proto static "
                  "metric 4000"));
    write_text(computer.paths.resolver.file, "nameserver 192.0.2.99\n");
    const std::string theirs = computer.state();
    Link next(computer, settings_of());
    CHECK(computer.state() == theirs);
  }
  ::close(up[0]);
  ::close(up[1]);
}

TEST_CASE("another program's default route is not replaced, whatever our metric") {
  const Computer computer;
  if (computer.skipped()) return;
  const std::string before = computer.state();
  for (const uint32_t metric : {50u, 100u, 4000u}) {
    CAPTURE(metric);
    CHECK(computer.state() == before);
    host::TunSettings settings = settings_of();
    settings.metric = metric;
    Link link(computer, settings);
    link.tun->up(addresses());
    const std::string state = computer.state();
    CHECK(has(state, "default via 192.0.2.1 dev lan proto static metric 100"));
    // Theirs has the very place that ours wants: it is said, and theirs stays.
    const bool taken = metric == 100;
    CHECK(has(state, "default dev redial0") != taken);
    CHECK(link.notes.size() == (taken ? 1 : 0));
  }
  CHECK(computer.state() == before);
}

TEST_CASE("a name that is taken, and a missing right, are refused before anything is changed") {
  const Computer computer;
  if (computer.skipped()) return;
  const std::string before = computer.state();
  io::Loop loop;
  host::TunSettings settings = settings_of();
  settings.name = "lan";
  const auto taken = host::make_tun(loop, settings, computer.paths, {});
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == ErrorKind::Busy);
  CHECK(computer.state() == before);
}

TEST_CASE(
    "one site never reaches another: what is for somebody else goes no further, and is counted") {
  const Computer computer;
  if (computer.skipped()) return;
  // The computer would forward whatever came as far as that.
  write_text("/proc/sys/net/ipv4/ip_forward", "1");
  host::TunSettings settings = settings_of(phonebook::DnsMode::None);
  settings.default_route = false;
  settings.routes = {};
  Link first(computer, settings), second(computer, settings);
  io::LinkAddresses ours = addresses();
  ours.interface_id = 0;  // nor does the kernel greet the neighbours by itself
  first.tun->up(ours);
  second.tun->up({.local = 0x0a410002, .peer = 0x0a410001});  // 10.65.0.2
  first.tun->receive(ping_packet("10.64.0.1", "10.64.0.2"));
  REQUIRE(first.run_until([&] { return first.sent.size() == 1; }));  // the kernel has answered

  SUBCASE("another site, its far side, our LAN, ourselves") {
    for (const char* to : {"10.65.0.1", "10.65.0.2", "192.0.2.77", "192.0.2.10", "127.0.0.1"}) {
      first.tun->receive(ping_packet("10.64.0.1", to));
    }
    first.tun->receive(ping_packet("10.64.0.2", "10.64.0.2"));
    CHECK(first.tun->foreign_packets() == 6);
  }
  SUBCASE("and nothing leaves by a link under another's address") {
    static_cast<void>(
        output_of("ip route add 10.99.0.0/16 dev " + second.tun->device() + " src 192.0.2.10"));
    Ping ping("10.99.0.1");
    ping.send();
    CHECK(second.run_until([&] { return second.tun->foreign_packets_out() > 0; }));
  }
  // Whatever was still under way has had its time.
  static_cast<void>(io::run_until(
      second.loop, [] { return false; }, 100ms));
  static_cast<void>(io::run_until(
      first.loop, [] { return false; }, 100ms));
  CHECK(first.sent.size() == 1);
  CHECK(second.sent.empty());
}

TEST_CASE("a network behind us is reached when the entry says so") {
  const Computer computer;
  if (computer.skipped()) return;
  static_cast<void>(output_of("ip addr add 10.70.0.1/24 dev lan"));
  host::TunSettings settings = settings_of(phonebook::DnsMode::None);
  settings.behind = {*IpPrefix::parse("10.70.0.0/24")};
  settings.routes = {};
  Link link(computer, settings);
  io::LinkAddresses ours = addresses();
  ours.interface_id = 0;
  link.tun->up(ours);
  link.tun->receive(ping_packet("10.64.0.1", "10.70.0.1"));
  CHECK(link.run_until([&] { return link.sent.size() == 1; }));
  CHECK(link.tun->foreign_packets() == 0);
  CHECK(link.tun->foreign_packets_out() == 0);
}

TEST_CASE(
    "on demand: routes stand while the link rests; a packet asks for it and waits, or is refused") {
  const Computer computer;
  if (computer.skipped()) return;
  host::TunSettings settings = settings_of();
  settings.keep_routes = true;
  settings.address = kOurs;
  Link link(computer, settings);
  io::Demand demand{.wanted = [&] { ++link.wanted; }, .wait_within = 60s};
  link.tun->on_demand(demand);
  CHECK(has(computer.state(), "10.0.0.0/8 dev redial0 proto 82"));
  CHECK(has(computer.state(), "nameserver 192.0.2.53"));  // that comes with the call
  Ping ping("10.1.2.3");
  SUBCASE("it waits until the link is up, and is the first that leaves") {
    ping.send();
    REQUIRE(link.run_until([&] { return link.wanted == 1; }));
    CHECK(link.sent.empty());
    link.tun->up(addresses());
    REQUIRE_FALSE(link.sent.empty());
    CHECK(link.sent[0][19] == 3);
    link.tun->down();
    CHECK(has(computer.state(), "10.0.0.0/8 dev redial0 proto 82"));
    CHECK_FALSE(has(computer.state(), "10.64.0.53 dev redial0"));
    ping.send();
    CHECK(link.run_until([&] { return link.wanted == 2; }));
  }
  SUBCASE("it is refused at once") {
    demand.wait_within = 0s;
    link.tun->on_demand(demand);
    ping.send();
    CHECK(link.run_until([&] { return ping.refused(); }));
    CHECK(link.wanted == 1);
    CHECK(link.sent.empty());
  }
  SUBCASE("it waits as long as the entry says, and is refused then") {
    demand.wait_within = 300ms;
    link.tun->on_demand(demand);
    ping.send();
    REQUIRE(link.run_until([&] { return link.wanted == 1; }));
    CHECK_FALSE(ping.refused());
    CHECK(link.run_until([&] { return ping.refused(); }));
    link.tun->up(addresses());
    CHECK(link.sent.empty());
  }
  SUBCASE("of many that wait only the last ones are kept") {
    for (int i = 0; i < 200; ++i) {
      ping.send();
      REQUIRE(link.run_until([&] { return link.wanted == size_t(i) + 1; }));
    }
    link.tun->up(addresses());
    CHECK(link.sent.size() == 64);
  }
}

namespace {

/// Our engine behind a pty and a modem, the far side's behind another, each in a network of its
/// own; both ends are interfaces of the kernel's.
struct Call {
  explicit Call(const Computer& computer)
      : home(computer.network.descriptor()),
        network(loop, 5),
        far(loop, network, entropy, 5, nullptr),
        host(loop, entropy, 6) {
    auto pty = network.add_pty_modem({.number = "5550199"});
    REQUIRE(pty.has_value());
    modem = pty->modem;
    const LinkId port = far.add_port("5550100");
    far.host().use_interface(port, far_end());
    add_link(pty->path, computer);
  }

  std::unique_ptr<io::NetInterface> far_end() {
    const Within elsewhere(there.descriptor());
    io::SystemPaths paths{.state = folder / "there", .resolver = {}};
    host::TunSettings settings{.name = "caller", .default_route = false};
    settings.dns_mode = phonebook::DnsMode::None;
    auto made = host::make_tun(
        loop, settings, paths,
        {.transmit = [this](ByteView packet) { return far.host().send_ip(LinkId{}, packet); },
         .note = [](const std::string& note) { MESSAGE(note); }});
    REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : made.error().text));
    return *std::move(made);
  }

  void add_link(const std::string& path, const Computer& computer) {
    phonebook::Entry entry;
    entry.name = "office";
    entry.user = "ann";
    entry.numbers.emplace_back().digits = "5550100";
    phonebook::LineSpec spec{.name = "COM1", .path = path, .modem_lines = false};
    auto description = engine::describe_line(spec, entry, nullptr);
    REQUIRE(description.has_value());
    const LineId line = host.add_line({"COM1", *description},
                                      host::port_door(loop, {.path = path, .modem_lines = false}));
    const std::vector<engine::BoundLine> lines{{line, spec, *description}};
    auto plan = engine::plan_link(entry, nullptr, lines);
    REQUIRE(plan.has_value());
    link = host.add_link(*std::move(plan));
    auto tun =
        host::make_tun(loop, settings_of(), computer.paths,
                       {.transmit = [this](ByteView packet) { return host.send_ip(link, packet); },
                        .note = [](const std::string& note) { MESSAGE(note); }});
    REQUIRE_MESSAGE(tun.has_value(), (tun ? std::string() : tun.error().text));
    host.use_interface(link, *std::move(tun));
  }

  bool pings() {
    Ping ping("10.64.0.1");
    Instant next = loop.now();
    return io::run_until(
        loop,
        [&] {
          if (loop.now() >= next) ping.send(), next = loop.now() + 1s;
          return ping.answered();
        },
        20s);
  }
  bool comes_up() {
    return io::run_until(
        loop, [&] { return host.engine().up(link); }, 60s);
  }

  NameSpace there;
  Within home;  // where the thread is again
  Folder folder;
  io::Loop loop;
  SeededEntropy entropy{7};
  cli::LabNetwork network;
  cli::FarSide far;
  host::Host host;
  lab::ModemId modem{};
  LinkId link{};
};

}  // namespace

TEST_CASE("the kernel's own ping crosses a pty, two modems and two engines, after a redial too") {
  const Computer computer;
  if (computer.skipped()) return;
  const std::string before = computer.state();
  {
    Call call(computer);
    const std::string idle = computer.state();
    call.host.dial(call.link);
    REQUIRE(call.comes_up());
    CHECK(has(computer.state(), "inet 10.64.0.10 peer 10.64.0.1/32 "));
    CHECK(call.pings());

    call.network.inject(
        [&](lab::Exchange& exchange, Instant now) { exchange.drop_carrier(call.modem, now); });
    REQUIRE(io::run_until(
        call.loop, [&] { return !call.host.engine().up(call.link); }, 20s));
    CHECK(computer.state() == idle);
    CHECK_FALSE(has(output_of("ip link show redial0"), "status"));
    REQUIRE(call.comes_up());
    CHECK(call.pings());

    call.host.hang_up(call.link, CauseCode::UserHangUp);
    REQUIRE(io::run_until(
        call.loop, [&] { return call.host.engine().resting(call.link); }, 20s));
  }
  CHECK(computer.state() == before);
}

TEST_CASE(
    "without the right to make an interface: one line that says so, its own status, no change") {
  const Computer computer;
  if (computer.skipped()) return;
  std::filesystem::permissions(computer.folder.path, std::filesystem::perms::all);
  const std::string before = computer.state();
  const pid_t pid = ::fork();
  if (pid == 0) {
    constexpr uid_t kNobody = 65534;
    if (::setresgid(kNobody, kNobody, kNobody) != 0 ||
        ::setresuid(kNobody, kNobody, kNobody) != 0) {
      ::_exit(1);
    }
    io::Loop loop;
    const auto tun = host::make_tun(loop, settings_of(), computer.paths, {});
    const bool says_how = !tun && has(tun.error().text, "--socks");
    ::_exit(tun || !says_how ? 2 : static_cast<int>(tun.error().kind));
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == static_cast<int>(ErrorKind::Permission));
  CHECK(computer.state() == before);
}
