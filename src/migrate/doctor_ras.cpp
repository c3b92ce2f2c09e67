// SPDX-License-Identifier: Apache-2.0
// The doctor on RAS: of NT 3.x, of a 4.0 that was upgraded, and of phonebooks alone.
#include <fmt/format.h>

#include "migrate/doctor_parts.h"
#include "migrate/lines.h"
#include "phonebook/text.h"

namespace redial::migrate {
namespace {

constexpr std::string_view kRepair = "redial repair";

class Ras {
 public:
  explicit Ras(const Patient& patient)
      : patient_(patient),
        rules_(patient.rules()),
        old_binding_(!value_or(rules_.unimodem, true)),
        attempts_(value_or(rules_.attempts, int64_t{0})),
        pause_(value_or(rules_.pause, Duration(60s))) {}

  void diagnose() {
    whole();
    attempt(Trouble::Busy, at_once("the modem's word (676)"), {});
    attempt(Trouble::NoAnswer, within(60s, "the modem's word (678)"), {});
    attempt(Trouble::NoDialTone, at_once("the modem's word (680, or 676)"), {"Q239870"});
    patient_.add({.trouble = Trouble::WrongPassword,
                  .noticed = at_once("the peer's refusal (691)"),
                  .redialled = not_again("it is asked for again")});
    established(Trouble::CarrierLost, old_binding_
                                          ? never("MODEM.INF is used, so nobody watches the call")
                                          : at_once("DCD or DSR"));
    silence();
    established(Trouble::PeerTerminates, at_once("LCP"));
    wedged();
    established(Trouble::DeviceGone,
                old_binding_ ? never("nobody watches the call") : at_once("DSR"));
    established(Trouble::AddressLost, at_once("IPCP"));
  }

 private:
  void whole() {
    if (!old_binding_) return;
    patient_.call_by_name(
        fmt::format("KB Q153376: {}; the modem is driven by MODEM.INF, not by Unimodem and TAPI: "
                    "attempts are redialled, an established link that is lost is not; redial "
                    "repair cures it",
                    binding()),
        {"Q153376", "Q150808", "Q162293"});
  }

  /// "COM1 is bound to Acme 56K (SERIAL.INI line 2)", or the switch for all of them.
  std::string binding() const {
    const SettingId at = rules_.unimodem->at;
    const Setting& setting = patient_.report.at(at);
    const std::string key = plain_key(setting.key);
    if (key == "enableunimodem") return patient_.cite(at);
    const bool named = key.starts_with("device") || key == "friendly name";
    return fmt::format(
        "{} is bound to {} ({} line {})", phonebook::shown(patient_.connection.device.name),
        named ? phonebook::shown(setting.value) : "a modem", setting.file, setting.line);
  }

  void attempt(Trouble trouble, Noticed noticed, std::vector<std::string_view> why) {
    DoctorRow row{.trouble = trouble,
                  .health = Health::Finding,
                  .noticed = std::move(noticed),
                  .why = std::move(why)};
    row.redialled =
        attempts_ > 0
            ? again(fmt::format("every {}, {} times, then it ends", to_text(pause_), attempts_))
            : not_again("RedialAttempts is 0");
    row.change = "RedialAttempts ends at 99; redial import goes on";
    row.why.push_back("ras-attempts");
    patient_.add(std::move(row));
  }

  void follow(DoctorRow& row) const {
    row.health = Health::Finding;
    if (!value_or(rules_.redials_lost, true)) {
      row.redialled = not_again("RedialOnLinkFailure=0");
      row.change = "RedialOnLinkFailure=1";
      row.why.push_back("ras-link-failure");
    } else if (old_binding_) {
      row.redialled = not_again("KB Q153376");
      row.change = kRepair;
      row.why.push_back("Q153376");
    } else {
      row.redialled = again(fmt::format("every {}, {} times, while somebody is logged on",
                                        to_text(pause_), attempts_));
      row.change = "a service redials without a user: redial import";
      row.why.push_back("Q136633");
    }
  }

  void established(Trouble trouble, Noticed noticed) {
    DoctorRow row{.trouble = trouble, .noticed = std::move(noticed)};
    follow(row);
    const bool by_circuit = trouble == Trouble::CarrierLost || trouble == Trouble::DeviceGone;
    if (by_circuit) row.why.push_back("Q101878");
    patient_.add(std::move(row));
  }

  void silence() {
    patient_.add({.trouble = Trouble::PeerSilent,
                  .health = Health::Finding,
                  .noticed = never("no echoes; without traffic after 20 min"),
                  .redialled = not_noticed(),
                  .change = std::string(old_binding_ ? kRepair : "no echoes there: redial import"),
                  .why = {"Q101878"}});
  }

  void wedged() {
    patient_.add({.trouble = Trouble::ModemWedged,
                  .health = Health::Limit,
                  .noticed = when_dialled("error 692"),
                  .redialled = not_again("it ends with the error"),
                  .change = "nothing resets or power-cycles the modem",
                  .why = {"Q161340", "no-ladder"}});
  }

  const Patient& patient_;
  const ForeignRules& rules_;
  bool old_binding_;
  int64_t attempts_;
  Duration pause_;
};

}  // namespace

void diagnose_ras(const Patient& patient) { Ras(patient).diagnose(); }

}  // namespace redial::migrate
