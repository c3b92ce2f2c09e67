// SPDX-License-Identifier: Apache-2.0
// Interoperation, in real time: slirp, a PPP implementation nobody here wrote, over real ptys. The
// link comes up, carries data, and comes back in time whenever slirp is killed.
#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "cli/demo_page.h"
#include "connection/detection.h"
#include "engine/plan.h"
#include "host/host.h"
#include "io/test_loop.h"
#include "support/slirp.h"

using namespace redial;
using namespace redial::test;
using connection::LinkConnected;
using connection::LinkEnded;
using connection::NextTry;

namespace {

constexpr uint32_t kOurAddress = 0x0a00020f;  // 10.0.2.15, what slirp gives its caller
constexpr uint32_t kHostBehind = 0x0a000202;  // 10.0.2.2, slirp's name for its host's loopback
constexpr uint32_t kSlirpsDns = 0xc0000235;   // 192.0.2.53, as its .slirprc says

phonebook::Entry entry_of(SlirpAuth auth, bool vj) {
  phonebook::Entry entry;
  entry.vj = vj;
  entry.name = "cable";
  entry.user = "branch7";
  entry.auth = {.pap = auth != SlirpAuth::Chap, .chap_md5 = true, .mschap_v2 = true};
  entry.redial.first_pause = entry.redial.longest_pause = 200ms;
  entry.redial.good_call = 500ms;
  entry.watch = {.echo_after_silence = 1s,
                 .dead_peer_bound = 4s,
                 .probes = 20,
                 .round_trip_max = 100ms,
                 .lcp_restart = 300ms,
                 .lcp_tries = 10};
  return entry;
}

const char* name_of(SlirpAuth auth) {
  constexpr std::array kNames = {"no authentication", "PAP", "CHAP-MD5"};
  return kNames[static_cast<size_t>(auth)];
}

/// Our side of the line, put together as the foreground command does it, and slirp at the other.
class Station {
 public:
  explicit Station(SlirpAuth auth, std::string password = "swordfish", bool vj = false,
                   LineFaults faults = {})
      : line(loop, auth, faults), host(loop, entropy, 11), entry_(entry_of(auth, vj)) {
    if (faults.latency > 0s) {
      entry_.watch = {.echo_after_silence = 5s,
                      .dead_peer_bound = 20s,
                      .probes = 20,
                      .round_trip_max = 3s,
                      .lcp_restart = 5s,
                      .lcp_tries = 20};
    }
    const phonebook::LineSpec spec{.name = "COM1",
                                   .kind = phonebook::LineKind::Direct,
                                   .path = line.path(),
                                   .modem_lines = false};
    const LineId id = host.add_line(
        {"COM1", nullptr}, host::port_door(loop, {.path = spec.path, .modem_lines = false}));
    const std::vector<engine::BoundLine> lines{{id, spec, nullptr}};
    const phonebook::Credential credential{.password = Secret(std::move(password))};
    auto plan = engine::plan_link(entry_, &credential, lines);
    REQUIRE(plan.has_value());
    session_ = plan->session;
    traits_ = engine::traits_of(lines);
    link = host.add_link(*std::move(plan));
    host.interface_of(link);  // from the start, so that it is told of every Up
    host.on_event = [this](Instant at, const engine::Event& event) {
      log_.emplace_back(at, event);
      if (const auto* progress = std::get_if<connection::LinkProgress>(&event.body)) {
        phase = progress->phase;
        if (on_phase) on_phase();
      }
    };
    host.on_up = [this](LinkId, const ppp::LinkUp& got) { addresses = got; };
  }

  bool run_until(const std::function<bool()>& done, Duration within) {
    return io::run_until(loop, done, within);
  }
  bool up() const { return host.engine().up(link); }
  bool dial_until_up(Duration within = 10s) {
    if (!line.start()) return false;
    host.dial(link);
    return run_until([this] { return up(); }, within);
  }
  /// Whether the page behind slirp arrives whole, through a SOCKS5 port of ours and the link.
  bool fetches_page() {
    auto page = cli::PageServer::start();
    auto socks = io::serve_socks(loop, host.interface_of(link), "127.0.0.1:0");
    if (!page || !socks) return false;
    std::optional<bool> arrived;
    const cli::PageFetch fetch(loop, (*socks)->port(), kHostBehind, (*page)->port(),
                               [&](bool good) { arrived = good; });
    run_until([&] { return arrived.has_value(); }, 10s);
    return arrived == true;
  }

  template <class T>
  size_t count() const {
    return static_cast<size_t>(std::ranges::count_if(
        log_, [](const auto& one) { return std::holds_alternative<T>(one.second.body); }));
  }
  template <class T>
  const T* latest(Instant* when = nullptr) const {
    for (size_t i = log_.size(); i-- > 0;) {
      if (const T* body = std::get_if<T>(&log_[i].second.body)) {
        if (when) *when = log_[i].first;
        return body;
      }
    }
    return nullptr;
  }
  Duration noticed_within(const LinkEnded& ended) const {
    const auto failure = connection::failure_of(ended.cause.code, ended.phase);
    REQUIRE(failure.has_value());
    const auto rows = connection::detection(entry_, session_, traits_);
    const auto bound = connection::noticed_within(rows, *failure);
    REQUIRE(bound.has_value());
    return *bound;
  }
  Duration restored_within(connection::PauseReason reason) const {
    return connection::restore_bound(entry_, session_, traits_, reason);
  }

  io::Loop loop;
  SlirpLine line;
  SeededEntropy entropy{11};
  host::Host host;
  LinkId link{};
  Phase phase = Phase::Waiting;
  std::function<void()> on_phase;
  ppp::LinkUp addresses;

 private:
  phonebook::Entry entry_;
  ppp::SessionConfig session_;
  connection::LineTraits traits_;
  std::vector<std::pair<Instant, engine::Event>> log_;
};

bool skipped() {
  if (slirp_installed()) return false;
  MESSAGE("skipped: ", kSlirp, " is not installed (Debian package slirp)");
  return true;
}

/// After the death at `killed`: noticed within the bound for it, and, once slirp is there again, up
/// within the bound for that.
void comes_back(Station& station, Instant killed) {
  const size_t links_before = station.count<LinkConnected>();
  REQUIRE(station.run_until([&] { return station.count<LinkEnded>() == 1; }, 20s));
  Instant noticed;
  const LinkEnded ended = *station.latest<LinkEnded>(&noticed);
  INFO("ended by ", std::string(name(ended.cause.code)), " (", ended.cause.evidence, ") in phase ",
       std::string(name(ended.phase)), " after ", to_text(noticed - killed));
  CHECK(noticed - killed <= station.noticed_within(ended));
  const NextTry* next = station.latest<NextTry>();
  REQUIRE(next != nullptr);
  const Duration bound = station.restored_within(next->reason);
  REQUIRE(station.line.start());
  CHECK(station.run_until([&] { return station.up(); }, bound + 5s));
  Instant restored;
  REQUIRE(station.latest<LinkConnected>(&restored) != nullptr);
  CHECK(station.count<LinkConnected>() == links_before + 1);
  CHECK(restored - noticed <= bound);
  CHECK(station.fetches_page());
}

}  // namespace

TEST_CASE("a link to slirp comes up over a pty, with no authentication, PAP and CHAP-MD5") {
  if (skipped()) return;
  for (const SlirpAuth auth : {SlirpAuth::None, SlirpAuth::Pap, SlirpAuth::Chap}) {
    CAPTURE(std::string(name_of(auth)));
    Station station(auth);
    bool authenticated = false;
    station.on_phase = [&] { authenticated |= station.phase == Phase::Authenticating; };
    REQUIRE(station.dial_until_up());
    CHECK(authenticated == (auth != SlirpAuth::None));
    CHECK(station.addresses.local == kOurAddress);
    CHECK(station.addresses.dns == kSlirpsDns);
    CHECK(station.count<LinkEnded>() == 0);
    CHECK(station.fetches_page());
    if (auth != SlirpAuth::None) continue;
    // Longer than any probe may go unanswered: slirp echoes.
    CHECK_FALSE(station.run_until([&] { return station.count<LinkEnded>() > 0; }, 5s));
  }
}

TEST_CASE("TCP/IP headers compressed as slirp does it: the page arrives, both ways in VJ frames") {
  if (skipped()) return;
  struct Counter {
    int vj = 0, whole = 0;
    bool on_frame(ByteView octets) {
      const auto frame = wire::parse_frame(octets);
      const wire::Protocol protocol{frame ? frame->protocol : uint16_t{0}};
      vj += protocol == wire::Protocol::VjCompressed ? 1 : 0;
      whole += protocol == wire::Protocol::Ip ? 1 : 0;
      return true;
    }
    void on_bad_frame(wire::FrameError) {}
    void on_outside(ByteView) {}
  };
  for (const bool vj : {true, false}) {
    Station station(SlirpAuth::None, "swordfish", vj);
    Counter counter;
    wire::HdlcDecoder decoder;
    station.line.on_said = [&](ByteView octets) {
      decoder.decode(octets, counter);
      return octets;
    };
    REQUIRE(station.dial_until_up());
    CHECK(station.fetches_page());
    CHECK((counter.vj > 0) == vj);
    CHECK(station.count<LinkEnded>() == 0);
  }
}

TEST_CASE(
    "a line with 1 s latency and bursts of 1 % bit errors: a page arrives, the link stays up") {
  if (skipped()) return;
  Station station(SlirpAuth::Chap, "swordfish", false,
                  {.latency = 1s, .burst_per_mille = 1, .burst_octets = 60});
  REQUIRE(station.dial_until_up(3min));
  const size_t ended = station.count<LinkEnded>();
  bool fetched = false;
  // Each fetch has a patience of its own; TCP over such a line may need more than one.
  for (int i = 0; i < 20 && !fetched; ++i) fetched = station.fetches_page();
  CHECK(fetched);
  // Longer than a dead peer would have gone unnoticed at a short round trip; noise goes on.
  station.run_until([&] { return station.count<LinkEnded>() > ended; }, 25s);
  CHECK(station.count<LinkEnded>() == ended);
  CHECK(station.up());
  CHECK(station.line.wrong_bits() > 0);
}

TEST_CASE(
    "slirp killed without a word while LCP negotiates: noticed, and up again within the bound") {
  if (skipped()) return;
  Station station(SlirpAuth::None);
  Instant killed{};
  size_t flags = 0;
  station.line.on_said = [&](ByteView octets) {
    for (size_t i = 0; i < octets.size(); ++i) {
      // Its first frame arrives, and nothing after it: LCP needs one in each direction at least.
      if (octets[i] != 0x7e || ++flags != 2) continue;
      station.line.kill();
      killed = station.loop.now();
      return octets.first(i + 1);
    }
    return octets;
  };
  REQUIRE(station.line.start());
  station.host.dial(station.link);
  REQUIRE(station.run_until([&] { return killed != Instant{}; }, 5s));
  CHECK(std::string(name(station.phase)) == "Establishing");
  comes_back(station, killed);
}

TEST_CASE("slirp killed without a word while it authenticates us or registers us: the same") {
  if (skipped()) return;
  struct Case {
    SlirpAuth auth;
    Phase phase;
  };
  for (const Case& each :
       {Case{SlirpAuth::Pap, Phase::Authenticating}, Case{SlirpAuth::Chap, Phase::Authenticating},
        Case{SlirpAuth::None, Phase::Registering}, Case{SlirpAuth::Chap, Phase::Registering}}) {
    CAPTURE(std::string(name_of(each.auth)));
    CAPTURE(std::string(name(each.phase)));
    Station station(each.auth);
    Instant killed{};
    station.on_phase = [&] {
      if (station.phase != each.phase || killed != Instant{}) return;
      station.line.kill();
      killed = station.loop.now();
    };
    REQUIRE(station.line.start());
    station.host.dial(station.link);
    REQUIRE(station.run_until([&] { return killed != Instant{}; }, 5s));
    comes_back(station, killed);
  }
}

TEST_CASE(
    "slirp killed without a word while the link is up: dead within the bound, then restored") {
  if (skipped()) return;
  for (const SlirpAuth auth : {SlirpAuth::None, SlirpAuth::Chap}) {
    CAPTURE(std::string(name_of(auth)));
    Station station(auth);
    REQUIRE(station.dial_until_up());
    const Instant up_at = station.loop.now();
    station.run_until([&] { return station.loop.now() - up_at >= 600ms; }, 5s);  // a good call
    REQUIRE(station.up());
    station.line.kill();
    const Instant killed = station.loop.now();
    comes_back(station, killed);
    CHECK(std::string(name(station.latest<LinkEnded>()->cause.code)) == "PeerSilent");
    CHECK(station.latest<LinkEnded>()->action == connection::Action::Restore);
    CHECK(station.latest<NextTry>()->reason == connection::PauseReason::LinkFailure);
  }
}

TEST_CASE("slirp replaced by a new one while the link is up: its greeting is no sign of life") {
  if (skipped()) return;
  Station station(SlirpAuth::Pap);
  REQUIRE(station.dial_until_up());
  REQUIRE(station.line.start());
  comes_back(station, station.loop.now());
}

TEST_CASE("a password that slirp refuses is held, not tried again and again") {
  if (skipped()) return;
  for (const SlirpAuth auth : {SlirpAuth::Pap, SlirpAuth::Chap}) {
    CAPTURE(std::string(name_of(auth)));
    Station station(auth, "not the password");
    REQUIRE(station.line.start());
    station.host.dial(station.link);
    REQUIRE(station.run_until([&] { return station.count<NextTry>() == 1; }, 20s));
    Instant noticed;
    CHECK(std::string(name(station.latest<LinkEnded>(&noticed)->cause.code)) == "AuthRejected");
    CHECK(station.latest<NextTry>()->reason == connection::PauseReason::AuthHold);
    CHECK(station.latest<NextTry>()->at - noticed >= 15min - 1s);
    CHECK(station.count<connection::LinkCalling>() == 1);
  }
}

TEST_CASE("hanging up ends slirp's PPP with a Terminate-Request that it acknowledges") {
  if (skipped()) return;
  Station station(SlirpAuth::None);
  REQUIRE(station.dial_until_up());
  station.host.hang_up(station.link, CauseCode::UserHangUp);
  // Its option ppp_exit: the end of PPP is the end of the program.
  CHECK(station.run_until([&] { return !station.line.running(); }, 10s));
  CHECK(station.run_until([&] { return station.host.engine().resting(station.link); }, 10s));
}
