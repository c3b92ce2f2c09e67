// SPDX-License-Identifier: Apache-2.0
// The doctor on wvdial 1.61, as wvdial.conf(5) and its source tell.
#include <fmt/format.h>

#include "migrate/doctor_parts.h"

namespace redial::migrate {
namespace {

constexpr std::string_view kBackOff = "after 5 s, doubling to 10 min, for ever";

class Wvdial {
 public:
  explicit Wvdial(const Patient& patient)
      : patient_(patient),
        rules_(patient.rules()),
        idle_(rules_.idle && rules_.idle->value > 0s),
        wanted_(value_or(rules_.redials_lost, true)) {}

  void diagnose() {
    whole();
    busy();
    attempt(Trouble::NoAnswer);
    no_dial_tone();
    password();
    established(Trouble::CarrierLost, at_once("DCD, by pppd"));
    silence();
    established(Trouble::PeerTerminates, at_once("LCP, by pppd"));
    ends(Trouble::ModemWedged, when_dialled("no answer to Init, twice 5 s"));
    ends(Trouble::DeviceGone, at_once("pppd is hung up on"));
    established(Trouble::AddressLost, at_once("IPCP, by pppd"));
  }

 private:
  bool reconnects() const { return wanted_ && !idle_; }

  void whole() {
    if (idle_ && wanted_) {
      patient_.call_by_name(
          fmt::format("{} switches Auto Reconnect off: a link that is lost, of whatever, is not "
                      "redialled",
                      patient_.cite(rules_.idle->at)),
          {"wvdial-idle-seconds"});
    } else if (!wanted_) {
      patient_.call_by_name(fmt::format("{}: a link that is lost is not redialled",
                                        patient_.cite(rules_.redials_lost->at)),
                            {});
    }
  }

  /// What follows when an established link has ended and wvdial's rules leave redialling on.
  void follow(DoctorRow& row) const {
    if (reconnects()) {
      row.redialled = again(std::string(kBackOff));
      row.why.push_back("wvdial-reconnect");
      return;
    }
    row.health = Health::Finding;
    if (idle_) {
      row.redialled = not_again("Idle Seconds switches redialling off");
      row.change = "Idle Seconds = 0";
      row.why.push_back("wvdial-idle-seconds");
    }
    if (!wanted_) {
      row.redialled = not_again("Auto Reconnect is off");
      row.change = idle_ ? "Auto Reconnect = yes, Idle Seconds = 0" : "Auto Reconnect = yes";
    }
  }

  void established(Trouble trouble, Noticed noticed) {
    DoctorRow row{.trouble = trouble, .noticed = std::move(noticed)};
    follow(row);
    patient_.add(std::move(row));
  }

  /// Failed attempts follow each other until Dial Attempts of them.
  void attempt(Trouble trouble) {
    DoctorRow row{.trouble = trouble, .noticed = by_the_modem(), .why = {"wvdial-no-pause"}};
    const int64_t attempts = value_or(rules_.attempts, int64_t{0});
    if (attempts == 0) {
      row.redialled = again("within seconds, for ever");
      row.health = Health::Limit;
      row.change = "wvdial has no pause: the number may be blocked";
    } else {
      row.redialled = again(fmt::format("within seconds; wvdial ends after {} attempts", attempts));
      row.health = Health::Finding;
      row.change = "Dial Attempts = 0";
      row.why.push_back("wvdial-dial-attempts");
    }
    patient_.add(std::move(row));
  }

  Noticed by_the_modem() const {
    return within(value_or(rules_.dial_timeout, Duration(60s)),
                  "the modem's word, or the deadline");
  }

  void busy() {
    if (!value_or(rules_.abort_on_busy, false)) {
      return patient_.add({.trouble = Trouble::Busy,
                           .health = Health::Limit,
                           .noticed = at_once("BUSY"),
                           .redialled = again("within seconds, for ever"),
                           .change = "wvdial has no pause: the number may be blocked",
                           .why = {"wvdial-no-pause"}});
    }
    patient_.add({.trouble = Trouble::Busy,
                  .health = Health::Finding,
                  .noticed = at_once("BUSY"),
                  .redialled = not_again("wvdial ends"),
                  .change = "Abort on Busy = no",
                  .why = {"wvdial-abort-busy"}});
  }

  void no_dial_tone() {
    if (!value_or(rules_.abort_on_no_dial_tone, true)) return attempt(Trouble::NoDialTone);
    patient_.add({.trouble = Trouble::NoDialTone,
                  .health = Health::Finding,
                  .noticed = at_once("NO DIALTONE"),
                  .redialled = not_again("wvdial ends"),
                  .change = "Abort on No Dialtone = no",
                  .why = {"wvdial-abort-no-dial-tone"}});
  }

  void password() {
    DoctorRow row{.trouble = Trouble::WrongPassword, .noticed = at_once("pppd's log")};
    if (reconnects()) {
      row.health = Health::Limit;
      row.redialled = again(fmt::format("{}, with the same password", kBackOff));
      row.change = "wvdial cannot hold it back; the account may be locked";
      row.why = {"wvdial-auth"};
    } else {
      row.redialled = not_again("wvdial ends");
    }
    patient_.add(std::move(row));
  }

  /// wvdial asks for no echoes; the options that pppd reads for everybody may.
  void silence() {
    const Duration every = value_or(rules_.echo_every, Duration(0s));
    const int64_t failures = value_or(rules_.echo_failures, int64_t{0});
    const bool echoes = every > 0s && failures > 0;
    patient_.add(
        {.trouble = Trouble::PeerSilent,
         .health = Health::Finding,
         .noticed = echoes
                        ? within(every * (failures + 1), "LCP echoes, by the options of /etc/ppp")
                        : never("no LCP echoes are sent: neither wvdial nor the "
                                "options of /etc/ppp ask for them"),
         .redialled = echoes ? not_again("pppd ends with 15, and wvdial with it") : not_noticed(),
         .change = "nothing here redials it: pppd with persist, or redial import",
         .why = {"wvdial-echo", "wvdial-exit-codes"}});
  }

  /// Three tries of the modem, and wvdial is gone.
  void ends(Trouble trouble, Noticed noticed) {
    patient_.add({.trouble = trouble,
                  .health = Health::Limit,
                  .noticed = std::move(noticed),
                  .redialled = not_again("wvdial ends after three tries of the modem"),
                  .change = "start it anew by whatever watches programs",
                  .why = {"wvdial-modem", "no-ladder"}});
  }

  const Patient& patient_;
  const ForeignRules& rules_;
  bool idle_, wanted_;
};

}  // namespace

void diagnose_wvdial(const Patient& patient) { Wvdial(patient).diagnose(); }

}  // namespace redial::migrate
