// SPDX-License-Identifier: Apache-2.0
#include "migrate/doctor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "migrate/doctor_rules.h"
#include "migrate/test_support.h"

using namespace redial;
using namespace redial::migrate;

namespace {

/// A connection with rules as a reader has told them.
struct Heard {
  explicit Heard(Source source) { connection.source = source; }
  template <class T>
  Heard& say(Said<T> ForeignRules::*rule, T value, std::string key = "option") {
    const SettingId id = report.add({.file = "/etc/conf", .line = 7, .key = std::move(key)});
    connection.rules.*rule = Told<T>{std::move(value), id};
    return *this;
  }
  Diagnosis diagnosis() const { return diagnose(connection, report); }
  Connection connection;
  Report report;
};

const DoctorRow& row(const Diagnosis& diagnosis, Trouble trouble) {
  const auto found = std::ranges::find(diagnosis.rows, trouble, &DoctorRow::trouble);
  REQUIRE(found != diagnosis.rows.end());
  return *found;
}
bool cites(const DoctorRow& row, std::string_view rule) {
  return std::ranges::find(row.why, rule) != row.why.end();
}

constexpr Source kSources[] = {Source::Wvdial, Source::Pppd, Source::NetworkManager,
                               Source::OpenWrt, Source::Ras};

}  // namespace

TEST_CASE("whoever keeps a called connection up, there is a row for each way it can fail") {
  for (const Source source : kSources) {
    CAPTURE(name(source));
    const Diagnosis diagnosis = Heard(source).diagnosis();
    REQUIRE(diagnosis.rows.size() == kTroubles);
    for (size_t i = 0; i < kTroubles; ++i) {
      const DoctorRow& each = diagnosis.rows[i];
      CHECK(each.trouble == static_cast<Trouble>(i));
      CHECK_FALSE(each.noticed.by.empty());
      CHECK(each.noticed.yes != each.noticed.within.empty());
      CHECK_FALSE(each.redialled.until.empty());
      if (!each.noticed.yes) CHECK_FALSE(each.redialled.yes);
      CHECK((each.health == Health::Good) == each.change.empty());
    }
  }
}

TEST_CASE("what the doctor cites is a rule with a source, and every rule is cited somewhere") {
  std::set<std::string_view> cited;
  const auto note_all = [&](const std::vector<std::string_view>& why) {
    for (const std::string_view id : why) {
      CAPTURE(id);
      REQUIRE(find_doctor_rule(id) != nullptr);
      cited.insert(id);
    }
  };
  const auto note = [&](const Diagnosis& diagnosis) {
    for (const NamedFinding& each : diagnosis.named) note_all(each.why);
    for (const DoctorRow& each : diagnosis.rows) note_all(each.why);
  };
  for (const Source source : kSources) {
    note(Heard(source).diagnosis());
    note(Heard(source).say(&ForeignRules::redials_lost, true).diagnosis());
    note(Heard(source).say(&ForeignRules::redials_lost, false).diagnosis());
    note(Heard(source)
             .say(&ForeignRules::redials_lost, true)
             .say(&ForeignRules::attempts, int64_t{3})
             .say(&ForeignRules::idle, Duration(300s))
             .say(&ForeignRules::abort_on_busy, true)
             .say(&ForeignRules::watches_carrier, false)
             .say(&ForeignRules::echo_every, Duration(20s))
             .say(&ForeignRules::echo_failures, int64_t{4})
             .say(&ForeignRules::echo_adaptive, true)
             .say(&ForeignRules::unimodem, false)
             .say(&ForeignRules::counted_device, std::string())
             .diagnosis());
    note(Heard(source).say(&ForeignRules::echo_failures, int64_t{0}).diagnosis());
    note(Heard(source)
             .say(&ForeignRules::echo_every, Duration(65535s))
             .say(&ForeignRules::echo_failures, int64_t{4})
             .diagnosis());
  }
  for (const DoctorRule& rule : doctor_rules()) {
    CAPTURE(rule.id);
    CHECK(cited.contains(rule.id));
    CHECK_FALSE(rule.source.empty());
    CHECK(rule.failure.starts_with('F'));
    CHECK(std::ranges::count(doctor_rules(), rule.id, &DoctorRule::id) == 1);
  }
}

TEST_CASE("wvdial: Idle Seconds names the disabled redial, with its place") {
  const Diagnosis idle =
      Heard(Source::Wvdial).say(&ForeignRules::idle, Duration(300s), "Idle Seconds").diagnosis();
  CHECK_FALSE(idle.healthy());
  REQUIRE(idle.named.size() == 1);
  CHECK(has(idle.named[0].text, "Idle Seconds"));
  CHECK(has(idle.named[0].text, "/etc/conf line 7"));
  CHECK(has(idle.named[0].text, "switches Auto Reconnect off"));
  const DoctorRow& lost = row(idle, Trouble::CarrierLost);
  CHECK_FALSE(lost.redialled.yes);
  CHECK(lost.change == "Idle Seconds = 0");
  CHECK(cites(lost, "wvdial-idle-seconds"));
  // 0 is off, and redialling then is on.
  const Diagnosis never = Heard(Source::Wvdial).say(&ForeignRules::idle, Duration(0s)).diagnosis();
  CHECK(never.named.empty());
  CHECK(row(never, Trouble::CarrierLost).health == Health::Good);
}

TEST_CASE("wvdial: a silent peer is never redialled, whatever is set") {
  const Diagnosis plain = Heard(Source::Wvdial).diagnosis();
  CHECK(row(plain, Trouble::PeerSilent).health == Health::Finding);
  CHECK(cites(row(plain, Trouble::PeerSilent), "wvdial-exit-codes"));
  CHECK(row(plain, Trouble::NoDialTone).change == "Abort on No Dialtone = no");
  // With the echoes of /etc/ppp/options it is noticed, and ends wvdial.
  const Diagnosis echoes = Heard(Source::Wvdial)
                               .say(&ForeignRules::echo_every, Duration(30s))
                               .say(&ForeignRules::echo_failures, int64_t{4})
                               .diagnosis();
  CHECK(
      text(row(echoes, Trouble::PeerSilent).noticed).starts_with("within 2 min 30 s: LCP echoes"));
  CHECK(row(echoes, Trouble::PeerSilent).redialled.until ==
        "pppd ends with 15, and wvdial with it");
  CHECK_FALSE(plain.healthy());
}

TEST_CASE("pppd: echoes off and persist off by default; ten failures end it with persist") {
  const Diagnosis plain = Heard(Source::Pppd).diagnosis();
  CHECK_FALSE(row(plain, Trouble::PeerSilent).noticed.yes);
  CHECK(has(text(row(plain, Trouble::CarrierLost).redialled), "pppd ends"));
  const Diagnosis persists = Heard(Source::Pppd).say(&ForeignRules::redials_lost, true).diagnosis();
  CHECK(text(row(persists, Trouble::Busy).redialled) ==
        "every 30 s; pppd ends after 10 failures in a row");
  CHECK(row(persists, Trouble::Busy).change == "maxfail 0");
}

TEST_CASE("pppd as it should be set is healthy: what it cannot do is a limit, not a finding") {
  const Diagnosis good = Heard(Source::Pppd)
                             .say(&ForeignRules::redials_lost, true)
                             .say(&ForeignRules::attempts, int64_t{0})
                             .say(&ForeignRules::pause, Duration(10s))
                             .say(&ForeignRules::echo_every, Duration(20s))
                             .say(&ForeignRules::echo_failures, int64_t{4})
                             .diagnosis();
  CHECK(good.healthy());
  CHECK(text(row(good, Trouble::PeerSilent).noticed) == "within 1 min 40 s: LCP echoes");
  CHECK(text(row(good, Trouble::CarrierLost).redialled) == "every 10 s, for ever");
  CHECK(row(good, Trouble::WrongPassword).health == Health::Limit);
}

TEST_CASE("pppd: each failure is noticed at once only where chat's ABORT names the modem's word") {
  Heard told(Source::Pppd);
  told.connection.rules.chat_aborts = {"BUSY", "NO CARRIER"};
  told.connection.entry.dial_within = 60s;
  const Diagnosis diagnosis = told.diagnosis();
  CHECK(text(row(diagnosis, Trouble::Busy).noticed) == "at once: chat's ABORT BUSY");
  CHECK(row(diagnosis, Trouble::NoAnswer).noticed.within == "at once");
  const DoctorRow& tone = row(diagnosis, Trouble::NoDialTone);
  CHECK(text(tone.noticed) == "within 1 min: chat's TIMEOUT: no ABORT names NO DIALTONE");
  CHECK(tone.change.starts_with("ABORT 'NO DIALTONE'"));
}

TEST_CASE("a device that the kernel numbers is named, with the name that stays") {
  const Diagnosis diagnosis =
      Heard(Source::Wvdial)
          .say(&ForeignRules::counted_device, std::string("/dev/serial/by-id/usb-X"), "Modem")
          .diagnosis();
  REQUIRE(diagnosis.named.size() == 1);
  CHECK(has(diagnosis.named[0].text, "Modem (/etc/conf line 7) is whichever adapter"));
  CHECK(has(diagnosis.named[0].text, "write /dev/serial/by-id/usb-X"));
}

TEST_CASE("pppd: local hides the carrier, and idle with persist dials for nothing") {
  const Diagnosis local =
      Heard(Source::Pppd).say(&ForeignRules::watches_carrier, false).diagnosis();
  CHECK_FALSE(row(local, Trouble::CarrierLost).noticed.yes);
  const Diagnosis idle = Heard(Source::Pppd)
                             .say(&ForeignRules::redials_lost, true)
                             .say(&ForeignRules::idle, Duration(60s), "idle")
                             .diagnosis();
  CHECK(idle.named.size() == 1);
}

TEST_CASE("NetworkManager: four tries, then 300 s; retries of 0 go on") {
  const Diagnosis plain = Heard(Source::NetworkManager).diagnosis();
  CHECK(has(text(row(plain, Trouble::CarrierLost).redialled), "4 times; then blocked for 300 s"));
  CHECK_FALSE(row(plain, Trouble::PeerSilent).noticed.yes);
  const Diagnosis good = Heard(Source::NetworkManager)
                             .say(&ForeignRules::attempts, int64_t{0})
                             .say(&ForeignRules::echo_every, Duration(20s))
                             .say(&ForeignRules::echo_failures, int64_t{4})
                             .diagnosis();
  CHECK(good.healthy());
}

TEST_CASE("OpenWrt: netifd goes on, and five echoes a second apart watch where nothing is said") {
  const Diagnosis plain = Heard(Source::OpenWrt).diagnosis();
  CHECK(text(row(plain, Trouble::PeerSilent).noticed) == "within 6 s: LCP echoes");
  CHECK(plain.healthy());
  const Diagnosis off =
      Heard(Source::OpenWrt).say(&ForeignRules::echo_failures, int64_t{0}).diagnosis();
  CHECK_FALSE(row(off, Trouble::PeerSilent).noticed.yes);
}

TEST_CASE("RAS on MODEM.INF has the bug of KB Q153376, by name") {
  const Diagnosis old = Heard(Source::Ras)
                            .say(&ForeignRules::unimodem, false, "EnableUnimodem")
                            .say(&ForeignRules::attempts, int64_t{3})
                            .diagnosis();
  REQUIRE(old.named.size() == 1);
  CHECK(old.named[0].text.starts_with("KB Q153376: EnableUnimodem"));
  CHECK(text(row(old, Trouble::CarrierLost).redialled) == "no: KB Q153376");
  CHECK(row(old, Trouble::CarrierLost).change == "redial repair");
  CHECK(has(text(row(old, Trouble::Busy).redialled), "3 times"));
  const Diagnosis off = Heard(Source::Ras).say(&ForeignRules::redials_lost, false).diagnosis();
  CHECK(row(off, Trouble::CarrierLost).change == "RedialOnLinkFailure=1");
}

TEST_CASE("where nothing is dialled, there is no busy, no answer and no dial tone") {
  Heard told(Source::NetworkManager);
  told.connection.carrier = Carrier::Pppoe;
  const Diagnosis diagnosis = told.diagnosis();
  CHECK(diagnosis.rows.size() == kTroubles - 3);
  CHECK(diagnosis.rows.front().trouble == Trouble::WrongPassword);
}

TEST_CASE("an entry of our own is healthy by construction, with its own bounds") {
  phonebook::Entry entry;
  entry.name = "Head Office";
  const std::vector<connection::WatchedBy> bounds = {
      {connection::Failure::ModemHangsUp, "DCD", 100ms},
      {connection::Failure::PeerDies, "20 unanswered echoes", 20s},
      {connection::Failure::PeerTerminates, "its Terminate-Request", 100ms},
      {connection::Failure::NoCarrier, "the modem's result", 60s},
      {connection::Failure::AuthSilent, "the deadline", 30s}};
  const Diagnosis good = diagnose_native(entry, bounds, true);
  CHECK(good.healthy());
  CHECK(text(row(good, Trouble::PeerSilent).noticed) == "within 20 s: 20 unanswered echoes");
  CHECK(text(row(good, Trouble::PeerSilent).redialled) == "at once, for ever");
  CHECK(has(text(row(good, Trouble::WrongPassword).redialled), "held 15 min"));
  entry.redial.on_link_failure = false;
  const Diagnosis off = diagnose_native(entry, bounds, true);
  CHECK(row(off, Trouble::CarrierLost).change == "redial.on_link_failure = true");
  CHECK(row(off, Trouble::Busy).health == Health::Good);
  entry.redial = {.attempts = 3, .give_up = true};
  CHECK(row(diagnose_native(entry, bounds, true), Trouble::Busy).change ==
        "redial.give_up = false");
}
