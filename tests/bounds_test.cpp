// SPDX-License-Identifier: Apache-2.0
// `redial explain` is true: for every failure it prints a bound for, the failure is made to happen,
// and what was measured lies within the bound; so does the time until the link is up again.
#include "engine/plan.h"
#include "support/world.h"

using namespace redial;
using namespace redial::test;
using connection::Failure;

namespace {

constexpr const char* kBuiltIn = "builtin:hayes";

struct Setting {
  std::string name;
  phonebook::LineSpec line;
  phonebook::Entry entry;
};

phonebook::Entry entry_of(bool impatient) {
  phonebook::Entry entry;
  entry.name = "office";
  entry.numbers = {{.digits = "5550100"}};
  entry.user = "branch7";
  entry.lines = {"COM1"};
  if (!impatient) return entry;
  entry.dial_within = 12s;
  entry.redial.pause = 2s;
  entry.watch = {.echo_after_silence = 2s,
                 .dead_peer_bound = 8s,
                 .round_trip_max = 250ms,
                 .lcp_restart = 500ms};
  return entry;
}

std::vector<Setting> settings() {
  std::vector<Setting> all;
  for (const bool modem_lines : {false, true}) {
    for (const bool impatient : {false, true}) {
      phonebook::LineSpec line{.name = "COM1", .path = "/dev/ttyX", .description = kBuiltIn};
      line.modem_lines = modem_lines;
      all.push_back({std::string(modem_lines ? "with DCD" : "without DCD") +
                         (impatient ? ", impatient" : ", by default"),
                     line, entry_of(impatient)});
    }
  }
  return all;
}

WorldOptions options_of(const Setting& setting) {
  WorldOptions options;
  options.modem_lines = setting.line.modem_lines;
  options.description = *engine::describe_line(setting.line, setting.entry, [](const auto&) {
    return Result<std::string>(fail(ErrorKind::NotFound, ""));
  });
  return options;
}

/// The product's own plan of the entry, dialled in virtual time; and what it says of itself.
class Measured : public World {
 public:
  explicit Measured(const Setting& setting) : World(options_of(setting)), entry_(setting.entry) {
    const phonebook::Credential credential{.password = Secret("swordfish")};
    const std::vector<engine::BoundLine> lines{
        {LineId{0}, setting.line, options_of(setting).description}};
    auto plan = engine::plan_link(entry_, &credential, lines);
    REQUIRE(plan.has_value());
    session_ = plan->session;
    traits_ = engine::traits_of(lines);
    bounds = connection::detection(entry_, session_, traits_);
    link = caller.engine.add_link(std::make_shared<engine::DialPlan>(*std::move(plan)));
  }

  void come_up() {
    start();
    REQUIRE(run_until([&] { return up(); }, 5min));
    run_for(entry_.redial.good_call + 30s);
    REQUIRE(up());
  }
  /// Dials; true at the first moment of that phase of the attempt.
  bool reach(Phase phase) {
    start();
    return run_until([&] { return latest_phase() == phase; }, 5min);
  }
  Phase latest_phase() const {
    for (size_t i = log.size(); i-- > 0;) {
      const auto* progress = std::get_if<connection::LinkProgress>(&log[i].second.body);
      if (progress) return progress->phase;
    }
    return Phase::Waiting;
  }
  void freeze() { exchange.freeze(modem(), true, true, now); }
  Duration restore_bound(connection::PauseReason reason) const {
    return connection::restore_bound(entry_, session_, traits_, reason);
  }

  std::vector<connection::WatchedBy> bounds;

 private:
  phonebook::Entry entry_;
  ppp::SessionConfig session_;
  connection::LineTraits traits_;
};

/// One failure made to happen. `strike` leads up to it and begins it: from its return on the time
/// counts. `mend` ends what does not end by itself.
struct Injection {
  Failure failure;
  CauseCode expected, or_expected;
  std::function<void(Measured&)> strike;
  std::function<void(Measured&)> mend = [](Measured&) {};
};

/// A peer that begins LCP anew on an established link, and says nothing more.
void renegotiate(Measured& world) {
  const uint8_t configure_request[] = {1, 77, 0, 4};
  Bytes frame;
  wire::encode(0xc021, configure_request, {}, frame);
  world.exchange.on_dte_octets(world.server.modems[0], frame, world.now);
  const Instant arrived = world.now + 100ms;
  world.run_until([&] { return world.now >= arrived; }, 100ms);
  world.freeze();
}

std::vector<Injection> injections() {
  using enum CauseCode;
  const auto at_phase = [](Phase phase) {
    return [phase](Measured& world) {
      REQUIRE(world.reach(phase));
      world.freeze();
    };
  };
  const auto called = [](lab::Fate fate) {
    return [fate](Measured& world) {
      world.exchange.set_fate_once("5550100", fate, 1);
      REQUIRE(world.reach(Phase::Dialing));
    };
  };
  return {
      {Failure::ModemHangsUp, CarrierLost, CarrierLost,
       [](Measured& world) {
         world.come_up();
         world.exchange.drop_carrier(world.modem(), world.now);
       }},
      {Failure::DeviceVanishes, DeviceVanished, DeviceVanished,
       [](Measured& world) {
         world.come_up();
         world.vanish(DeviceVanished);
       }},
      {Failure::PeerTerminates, PeerTerminated, PeerTerminated,
       [](Measured& world) {
         world.come_up();
         world.server_hangs_up();
       }},
      {Failure::PeerDies, PeerSilent, PeerSilent,
       [](Measured& world) {
         world.come_up();
         world.freeze();
       }},
      {Failure::PeerRenegotiates, PppTimeout, RegistrationTimeout,
       [](Measured& world) {
         world.come_up();
         renegotiate(world);
       }},
      {Failure::ModemSilent, ModemSilent, ModemSilent,
       [](Measured& world) {
         world.exchange.wedge_after(world.modem(), 3, lab::Cure::PowerCycle);
         REQUIRE(world.reach(Phase::Preparing));
       },
       [](Measured& world) { world.exchange.power_cycle(world.modem(), world.now); }},
      {Failure::NoCarrier, Busy, Busy, called(lab::Fate::Busy)},
      {Failure::NoCarrier, NoDialTone, NoDialTone, called(lab::Fate::NoDialtone)},
      {Failure::NoCarrier, VoiceAnswer, VoiceAnswer, called(lab::Fate::Voice)},
      {Failure::NoCarrier, NoCarrier, NoAnswer, called(lab::Fate::NoAnswer)},
      {Failure::NoCarrier, NoCarrier, NoAnswer, called(lab::Fate::Silence)},
      {Failure::NoPpp, PppNoResponse, PppNoResponse, at_phase(Phase::Establishing)},
      {Failure::AuthSilent, AuthTimeout, AuthTimeout, at_phase(Phase::Authenticating)},
      {Failure::PeerStalls, RegistrationTimeout, PppTimeout, at_phase(Phase::Registering)},
      {Failure::AttemptStuck, DeviceMissing, DeviceMissing,
       [](Measured& world) {
         world.caller.absent = true;
         world.start();
       },
       [](Measured& world) { world.caller.absent = false; }},
  };
}

bool bounded(const Measured& world, Failure failure) {
  return connection::noticed_within(world.bounds, failure).has_value();
}

}  // namespace

TEST_CASE(
    "explain is true: every failure is noticed within its bound, and the link is back in its") {
  for (const Setting& setting : settings()) {
    CAPTURE(setting.name);
    for (const Injection& injection : injections()) {
      INFO(connection::name(injection.failure), ", ", name(injection.expected));
      Measured world(setting);
      if (!bounded(world, injection.failure)) continue;  // this line cannot fail so
      injection.strike(world);
      const Instant struck = world.now;
      Instant noticed;
      REQUIRE(world.run_until([&] { return world.ended() != nullptr; }, 10min));
      const auto* ended = world.ended(&noticed);
      const std::string_view cause = name(ended->cause.code);
      CHECK((cause == name(injection.expected) || cause == name(injection.or_expected)));
      CHECK(noticed - struck <= *connection::noticed_within(world.bounds, injection.failure));
      injection.mend(world);

      REQUIRE(world.run_until([&] { return !world.events<connection::NextTry>().empty(); }, 1min));
      const auto reason = world.events<connection::NextTry>().front().reason;
      REQUIRE(world.run_until([&] { return world.up(); }, 10min));
      CHECK(world.now - noticed > 0s);
      CHECK(world.now - noticed <= world.restore_bound(reason));
    }
  }
}

TEST_CASE("explain is true: a modem that does not hang up holds its line no longer than it says") {
  for (const Setting& setting : settings()) {
    CAPTURE(setting.name);
    Measured world(setting);
    world.come_up();
    world.exchange.wedge(world.modem(), lab::Cure::PowerCycle, world.now);
    const Instant struck = world.now;
    world.hang_up();
    REQUIRE(world.run_until([&] { return world.caller.engine.resting(world.link); }, 10min));
    CHECK(world.now - struck > 0s);
    CHECK(world.now - struck <= *connection::noticed_within(world.bounds, Failure::HangUpStuck));
    CHECK_FALSE(world.caller.engine.line_of(world.link).has_value());
  }
}

TEST_CASE("every bound that explain prints is among those measured here") {
  // Never ends by itself against a decent peer: measured in session_test. Takes traffic: path_test.
  const std::vector<Failure> elsewhere = {Failure::NotConverging, Failure::HangUpStuck,
                                          Failure::PathDies};
  const Measured world(settings().front());
  for (const connection::WatchedBy& row : world.bounds) {
    const bool measured = std::ranges::any_of(
        injections(), [&](const Injection& each) { return each.failure == row.failure; });
    const bool known = std::ranges::find(elsewhere, row.failure) != elsewhere.end();
    INFO(connection::name(row.failure));
    CHECK((measured || known));
  }
}
