// SPDX-License-Identifier: Apache-2.0
// The doctor on NetworkManager and OpenWrt, which run pppd or a modem manager and redial
// themselves.
#include <fmt/format.h>

#include "migrate/doctor_parts.h"

namespace redial::migrate {
namespace {

constexpr Trouble kAttempts[] = {Trouble::Busy, Trouble::NoAnswer, Trouble::NoDialTone};

/// What both have in common: one answer to every failure, whatever it was.
struct Habit {
  Health health = Health::Good;
  Redialled redialled;
  std::string change;
  std::vector<std::string_view> why;
};

void add(const Patient& patient, const Habit& habit, Trouble trouble, Noticed noticed,
         std::vector<std::string_view> why = {}) {
  DoctorRow row{.trouble = trouble,
                .health = habit.health,
                .noticed = std::move(noticed),
                .redialled = habit.redialled,
                .change = habit.change,
                .why = habit.why};
  row.why.insert(row.why.end(), why.begin(), why.end());
  patient.add(std::move(row));
}

/// A row of its own beside the habit: worse, with another thing to change.
DoctorRow worse(const Habit& habit, Trouble trouble, Health health, Noticed noticed,
                std::string change, std::vector<std::string_view> why) {
  DoctorRow row{.trouble = trouble,
                .health = std::max(health, habit.health),
                .noticed = std::move(noticed),
                .redialled = habit.redialled,
                .change = std::move(change),
                .why = std::move(why)};
  if (!habit.change.empty()) row.change += "; " + habit.change;
  row.why.insert(row.why.end(), habit.why.begin(), habit.why.end());
  return row;
}

void silence(const Patient& patient, const Habit& habit, Duration interval, int64_t failures,
             std::string change, std::string_view rule) {
  if (interval > 0s && failures > 0) {
    return add(patient, habit, Trouble::PeerSilent, within(interval * (failures + 1), "LCP echoes"),
               {"pppd-echo"});
  }
  DoctorRow row = worse(habit, Trouble::PeerSilent, Health::Finding,
                        never("no LCP echoes are sent"), std::move(change), {rule});
  row.redialled = not_noticed();
  patient.add(std::move(row));
}

Habit habit_of_network_manager(const ForeignRules& rules) {
  if (!value_or(rules.redials_lost, true)) {
    return {Health::Finding,
            not_again("autoconnect is off"),
            "connection.autoconnect = yes",
            {"nm-autoconnect-off"}};
  }
  const int64_t said = value_or(rules.attempts, int64_t{-1});
  if (said == 0) return {Health::Good, again("at once, for ever"), "", {}};
  const int64_t attempts = said < 0 ? 4 : said;
  return {Health::Finding,
          again(fmt::format("at once, {} time{}; then blocked for 300 s, and so on", attempts,
                            attempts == 1 ? "" : "s")),
          "connection.autoconnect-retries = 0",
          {"nm-retries"}};
}

}  // namespace

void diagnose_network_manager(const Patient& patient) {
  const ForeignRules& rules = patient.rules();
  const Habit habit = habit_of_network_manager(rules);
  for (const Trouble trouble : kAttempts)
    add(patient, habit, trouble, within(60s, "the modem's word"));
  patient.add({.trouble = Trouble::WrongPassword,
               .health = Health::Limit,
               .noticed = at_once("the peer's refusal"),
               .redialled = not_again("somebody is asked for it, or it stays down"),
               .change = "an agent that answers, or see that somebody is told",
               .why = {"nm-secrets"}});
  add(patient, habit, Trouble::CarrierLost, at_once("pppd, or the modem manager"));
  silence(patient, habit, value_or(rules.echo_every, Duration(0s)),
          value_or(rules.echo_failures, int64_t{0}),
          "ppp.lcp-echo-interval = 20, ppp.lcp-echo-failure = 4", "nm-echo-off");
  add(patient, habit, Trouble::PeerTerminates, at_once("pppd"));
  patient.add(worse(habit, Trouble::ModemWedged, Health::Limit, when_dialled("no answer"),
                    "nothing resets or power-cycles the modem", {"no-ladder"}));
  patient.add(worse(habit, Trouble::DeviceGone, Health::Limit, at_once("the device is missed"),
                    "gone while connecting, it can stay blocked after its return", {"nm-device"}));
  add(patient, habit, Trouble::AddressLost, at_once("pppd"));
}

void diagnose_openwrt(const Patient& patient) {
  const ForeignRules& rules = patient.rules();
  const bool on_demand = value_or(rules.on_demand, false);
  const Habit habit{Health::Good,
                    again(on_demand ? "when traffic wants it, for ever" : "by netifd, for ever"),
                    "",
                    {"openwrt-restart"}};
  for (const Trouble trouble : kAttempts) {
    add(patient, habit, trouble, within(45s, "chat; at once if ABORT names it"), {"chat-abort"});
  }
  patient.add(worse(habit, Trouble::WrongPassword, Health::Limit, at_once("the peer's refusal"),
                    "the same password is sent again; the account may be locked",
                    {"openwrt-auth"}));
  add(patient, habit, Trouble::CarrierLost, at_once("pppd"), {"pppd-modem"});
  const bool said = rules.echo_every.has_value() || rules.echo_failures.has_value();
  silence(patient, habit, value_or(rules.echo_every, Duration(said ? 5s : 1s)),
          value_or(rules.echo_failures, int64_t{said ? 0 : 5}), "keepalive = 5 20",
          "openwrt-keepalive");
  patient.add(worse(habit, Trouble::PeerTerminates, Health::Limit, at_once("LCP"),
                    "it may stay parked until the network is restarted", {"openwrt-parked"}));
  patient.add(worse(habit, Trouble::ModemWedged, Health::Limit, when_dialled("no answer"),
                    "may be blocked until ifup; nothing resets the modem",
                    {"openwrt-block", "no-ladder"}));
  add(patient, habit, Trouble::DeviceGone, at_once("the kernel hangs up"));
  add(patient, habit, Trouble::AddressLost, at_once("pppd"));
}

}  // namespace redial::migrate
