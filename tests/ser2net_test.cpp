// SPDX-License-Identifier: Apache-2.0
// Interoperation, in real time: a modem behind ser2net, an access server nobody here wrote, dialled
// by RFC 2217 and by plain telnet. The link comes up and carries data; killed or frozen, ser2net is
// noticed within the bound that is promised, and the link is back when it is.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/demo_page.h"
#include "cli/event_text.h"
#include "cli/far_side.h"
#include "cli/lab_network.h"
#include "connection/detection.h"
#include "engine/plan.h"
#include "host/telnet_door.h"
#include "io/test_loop.h"
#include "support/ser2net.h"

using namespace redial;
using namespace redial::test;
using connection::LinkConnected;
using connection::LinkEnded;
using phonebook::Transport;

namespace {

constexpr uint32_t kServerAddress = 0x0a400001;  // 10.64.0.1: the far side, our loopback behind it
constexpr const char* kNumber = "5550100";

class Accounts final : public ppp::AccountBook {
 public:
  std::optional<Secret> password_of(std::string_view user) const override {
    return user == "branch7" ? std::optional(Secret("swordfish")) : std::nullopt;
  }
};

phonebook::Entry entry_of() {
  phonebook::Entry entry;
  entry.name = "office";
  entry.user = "branch7";
  entry.numbers = {{.digits = kNumber}};
  entry.dial_within = 15s;
  entry.redial.first_pause = entry.redial.longest_pause = 200ms;
  entry.redial.good_call = 500ms;
  entry.watch = {.echo_after_silence = 1s,
                 .dead_peer_bound = 4s,
                 .probes = 10,
                 .round_trip_max = 200ms,
                 .lcp_restart = 500ms,
                 .lcp_tries = 10};
  return entry;
}

/// A virtual modem on a pty, ser2net before it, and our side dialling through the two.
class Station {
 public:
  explicit Station(Transport transport, const std::string& accepter)
      : network(loop, 5),
        far(loop, network, entropy, 6, &accounts_),
        host(loop, entropy, 7),
        entry_(entry_of()) {
    REQUIRE(far.start_nat().has_value());
    far.add_port(kNumber);
    const auto modem = network.add_pty_modem({.number = "5550199", .reports_no_answer = true});
    REQUIRE(modem.has_value());
    server.emplace(modem->path, accepter);

    phonebook::LineSpec spec{.name = "rack",
                             .kind = phonebook::LineKind::Tcp,
                             .path = server->path(),
                             .description = "builtin:hayes",
                             .modem_lines = false};  // behind ser2net stands a pty
    spec.transport = transport;
    const auto description = engine::describe_line(
        spec, entry_, [](const std::string&) { return Result<std::string>(""); });
    REQUIRE(description.has_value());
    const LineId id = host.add_line({spec.name, *description}, host::line_door(loop, spec));
    const std::vector<engine::BoundLine> lines{{id, spec, *description}};
    const phonebook::Credential credential{.password = Secret("swordfish")};
    auto plan = engine::plan_link(entry_, &credential, lines);
    REQUIRE(plan.has_value());
    bounds_ = connection::detection(entry_, plan->session, engine::traits_of(lines));
    link = host.add_link(*std::move(plan));
    host.interface_of(link);
    host.on_event = [this](Instant at, const engine::Event& event) {
      log_.emplace_back(at, event);
    };
  }

  bool run_until(const std::function<bool()>& done, Duration within) {
    return io::run_until(loop, done, within);
  }
  bool up() const { return host.engine().up(link); }
  /// Whether the page behind the far side arrives whole, through a SOCKS5 port of ours.
  bool fetches_page() {
    auto page = cli::PageServer::start();
    auto socks = io::serve_socks(loop, host.interface_of(link), "127.0.0.1:0");
    if (!page || !socks) return false;
    std::optional<bool> arrived;
    const cli::PageFetch fetch(loop, (*socks)->port(), kServerAddress, (*page)->port(),
                               [&](bool good) { arrived = good; });
    run_until([&] { return arrived.has_value(); }, 10s);
    return arrived == true;
  }

  /// The first ending since `since`, and when.
  const LinkEnded* ended(Instant since, Instant& when) const {
    for (const auto& [at, event] : log_) {
      const auto* const body = std::get_if<LinkEnded>(&event.body);
      if (!body || at < since) continue;
      when = at;
      return body;
    }
    return nullptr;
  }
  /// The first ending since then comes in time, and is that, if it is to be a certain one.
  bool ended_within(Duration within, Instant since, std::optional<CauseCode> cause) {
    Instant when{};
    const LinkEnded* end = nullptr;
    run_until([&] { return (end = ended(since, when)) != nullptr; }, within);
    return end != nullptr && (!cause || end->cause.code == *cause);
  }
  Phase phase() const { return host.engine().supervisor(link)->phase(); }
  bool told(std::string_view part) const {
    return std::ranges::any_of(log_, [&](const auto& one) {
      const auto* const noted = std::get_if<engine::Noted>(&one.second.body);
      return noted && noted->text.find(part) != std::string::npos;
    });
  }
  /// For whoever reads a failure of this test.
  std::string story() const {
    std::string lines;
    for (const auto& [at, event] : log_) {
      const std::string line = cli::event_text(event, at);
      if (!line.empty()) lines += "\n" + to_seconds(at - log_.front().first) + " " + line;
    }
    return lines;
  }
  Duration noticed_within(CauseCode cause) const {
    const auto failure = connection::failure_of(cause, Phase::Up);
    REQUIRE(failure.has_value());
    const auto bound = connection::noticed_within(bounds_, *failure);
    REQUIRE(bound.has_value());
    return *bound;
  }
  /// What ends the link is `cause`, noticed within its bound.
  void notices(CauseCode cause, Instant since) {
    Instant when{};
    const LinkEnded* end = nullptr;
    const Duration bound = noticed_within(cause);
    run_until([&] { return (end = ended(since, when)) != nullptr; }, bound + 5s);
    REQUIRE(end != nullptr);
    INFO(end->cause.evidence, " after ", to_text(when - since), " of ", to_text(bound));
    CHECK(name(end->cause.code) == name(cause));
    CHECK(when - since <= bound);
  }

  io::Loop loop;
  SeededEntropy entropy{11};
  cli::LabNetwork network;
  Accounts accounts_;
  cli::FarSide far;
  host::Host host;
  std::optional<Ser2net> server;
  LinkId link{};

 private:
  phonebook::Entry entry_;
  std::vector<connection::WatchedBy> bounds_;
  std::vector<std::pair<Instant, engine::Event>> log_;
};

bool skipped() {
  if (ser2net_installed()) return false;
  MESSAGE("skipped: ", kSer2net, " is not installed (Debian package ser2net)");
  return true;
}

}  // namespace

TEST_CASE("dialled through ser2net by RFC 2217; killed and frozen, it is noticed and redialled") {
  if (skipped()) return;
  Station station(Transport::Rfc2217, "telnet(rfc2217)");
  INFO(station.story());
  REQUIRE(station.server->start());
  station.host.dial(station.link);
  REQUIRE(station.run_until([&] { return station.up(); }, 20s));
  CHECK_FALSE(station.told("modem lines"));  // RFC 2217 was agreed
  CHECK_FALSE(station.told("speed"));        // and the port runs at ours, not at its 9600
  CHECK(station.fetches_page());

  Instant struck = station.loop.now();
  station.server->kill();
  station.notices(CauseCode::TransportClosed, struck);
  REQUIRE(station.server->start());
  REQUIRE(station.run_until([&] { return station.up(); }, 30s));

  struck = station.loop.now();
  station.server->freeze();
  station.notices(CauseCode::PeerSilent, struck);
  station.server->thaw();
  REQUIRE(station.run_until([&] { return station.up(); }, 40s));
  CHECK(station.fetches_page());
  CHECK(station.server->running());
}

TEST_CASE("dialled through ser2net by telnet, with RFC 2217 asked for in vain or not at all") {
  if (skipped()) return;
  for (const Transport transport : {Transport::Telnet, Transport::Rfc2217}) {
    Station station(transport, "telnet");
    INFO(station.story());
    REQUIRE(station.server->start());
    station.host.dial(station.link);
    REQUIRE(station.run_until([&] { return station.up(); }, 20s));
    CHECK(station.told("no modem lines") == (transport == Transport::Rfc2217));
    CHECK(station.fetches_page());
  }
}

TEST_CASE("ser2net killed or frozen while a call is made, and gone before it: each is redialled") {
  if (skipped()) return;
  Station station(Transport::Rfc2217, "telnet(rfc2217)");
  INFO(station.story());
  // Nobody listens: refused, and tried again.
  Instant struck = station.loop.now();
  station.host.dial(station.link);
  REQUIRE(station.ended_within(10s, struck, CauseCode::ConnectionRefused));
  REQUIRE(station.server->start());
  REQUIRE(station.run_until([&] { return station.phase() >= Phase::Dialing; }, 30s));
  struck = station.loop.now();
  station.server->kill();
  REQUIRE(station.ended_within(10s, struck, CauseCode::TransportClosed));
  REQUIRE(station.server->start());
  REQUIRE(station.run_until([&] { return station.phase() >= Phase::Preparing; }, 30s));
  struck = station.loop.now();
  station.server->freeze();
  // Whichever deadline is first: the command's, the dial's, or the server's TIMING-MARK.
  REQUIRE(station.ended_within(30s, struck, std::nullopt));
  station.server->thaw();
  REQUIRE(station.run_until([&] { return station.up(); }, 60s));
}
