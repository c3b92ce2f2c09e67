// SPDX-License-Identifier: Apache-2.0
// The doctor on pppd, as pppd(8) of 2.4.9 and 2.5 and its source tell.
#include <fmt/format.h>

#include "migrate/apply.h"
#include "migrate/doctor_parts.h"
#include "phonebook/text.h"

namespace redial::migrate {
namespace {

constexpr int64_t kMaxFail = 10;
constexpr Duration kHoldOff = 30s;

class Pppd {
 public:
  explicit Pppd(const Patient& patient)
      : patient_(patient),
        rules_(patient.rules()),
        persist_(value_or(rules_.redials_lost, false) || value_or(rules_.on_demand, false)),
        fails_(value_or(rules_.attempts, kMaxFail)),
        pause_(value_or(rules_.pause, kHoldOff)),
        echo_every_(value_or(rules_.echo_every, Duration(0s))),
        echo_failures_(value_or(rules_.echo_failures, int64_t{0})),
        local_(!value_or(rules_.watches_carrier, true)) {}

  void diagnose() {
    attempt(Trouble::Busy, {"BUSY"});
    attempt(Trouble::NoAnswer, {"NO ANSWER", "NO CARRIER"});  // a modem says the one or the other
    attempt(Trouble::NoDialTone, {"NO DIALTONE", "NO DIAL TONE"});
    password();
    carrier();
    silence();
    add(Trouble::PeerTerminates, at_once("LCP"), {});
    wedged();
    add(Trouble::DeviceGone, at_once("the kernel hangs up"), {"pppd-device"});
    add(Trouble::AddressLost, at_once("IPCP ends, and with it the link"), {});
  }

 private:
  bool echoes() const { return echo_every_ > 0s && echo_failures_ > 0; }

  /// A row with what follows any failure here.
  void add(Trouble trouble, Noticed noticed, std::vector<std::string_view> why) {
    DoctorRow row{.trouble = trouble, .noticed = std::move(noticed), .why = std::move(why)};
    follow(row);
    patient_.add(std::move(row));
  }

  void follow(DoctorRow& row) const {
    if (!persist_) {
      row.redialled = not_again("pppd ends");
      row.health = Health::Finding;
      row.change = "persist, maxfail 0";
      row.why.push_back("pppd-persist-off");
      return;
    }
    row.redialled = again(every(pause_, fails_, "pppd ends"));
    row.why.push_back("pppd-holdoff");
    if (fails_ <= 0) return;
    row.health = Health::Finding;
    row.change = "maxfail 0";
    row.why.push_back("pppd-maxfail");
  }

  /// Whether chat gives up at one of the modem's words; else the wait for CONNECT has to pass.
  void attempt(Trouble trouble, std::vector<std::string_view> words) {
    const Duration timeout = patient_.connection.entry.dial_within;
    if (!rules_.chat_aborts) {
      return add(trouble, within(45s, "chat; at once if ABORT names it"), {"chat-abort"});
    }
    for (const std::string_view word : words) {
      for (const std::string& abort : *rules_.chat_aborts) {
        if (word.find(abort) == std::string_view::npos) continue;
        return add(trouble, at_once(fmt::format("chat's ABORT {}", phonebook::shown(abort))),
                   {"chat-abort"});
      }
    }
    DoctorRow row{.trouble = trouble, .why = {"chat-abort"}};
    row.noticed = within(timeout, fmt::format("chat's TIMEOUT: no ABORT names {}", words.front()));
    follow(row);
    row.health = Health::Finding;
    row.change = add_to(fmt::format("ABORT '{}'", words.front()), row.change);
    patient_.add(std::move(row));
  }

  void password() {
    DoctorRow row{.trouble = Trouble::WrongPassword, .noticed = at_once("the peer's refusal")};
    row.redialled = persist_
                        ? again(every(pause_, fails_, "pppd ends") + ", with the same password")
                        : not_again("pppd ends (exit status 19)");
    if (persist_) {
      row.health = Health::Limit;
      row.change = "pppd cannot hold it back; the account may be locked";
      row.why = {"pppd-auth"};
    }
    patient_.add(std::move(row));
  }

  void carrier() {
    if (!local_) {
      std::vector<std::string_view> why = {"pppd-modem"};
      if (persist_) why.push_back("pppd-holdoff-skipped");
      return add(Trouble::CarrierLost, at_once("DCD"), std::move(why));
    }
    DoctorRow row{.trouble = Trouble::CarrierLost, .why = {"pppd-local"}};
    row.noticed = echoes() ? within(echo_bound(), "LCP echoes; not DCD")
                           : never("local hides DCD, and no echoes are sent");
    follow(row);
    if (!row.noticed.yes) row.redialled = not_noticed();
    row.health = Health::Finding;
    row.change = add_to("modem instead of local", row.change);
    patient_.add(std::move(row));
  }

  void silence() {
    if (echoes() && echo_bound() > kEchoBoundMost) {
      DoctorRow row{.trouble = Trouble::PeerSilent, .why = {"pppd-echo-late", "pppd-echo"}};
      row.noticed = within(echo_bound(), "LCP echoes");
      follow(row);
      row.health = Health::Finding;
      row.change = add_to("lcp-echo-interval 20", row.change);
      return patient_.add(std::move(row));
    }
    if (echoes()) {
      std::vector<std::string_view> why = {"pppd-echo"};
      if (value_or(rules_.echo_adaptive, false)) why.push_back("pppd-echo-adaptive");
      return add(Trouble::PeerSilent, within(echo_bound(), "LCP echoes"), std::move(why));
    }
    DoctorRow row{.trouble = Trouble::PeerSilent, .noticed = never("no LCP echoes are sent")};
    follow(row);
    row.redialled = not_noticed();
    row.health = Health::Finding;
    row.change = add_to("lcp-echo-interval 20, lcp-echo-failure 4", row.change);
    row.why.insert(row.why.begin(), "pppd-echo-off");
    patient_.add(std::move(row));
  }

  void wedged() {
    DoctorRow row{.trouble = Trouble::ModemWedged,
                  .noticed = when_dialled("the connect script's TIMEOUT"),
                  .why = {"no-ladder"}};
    follow(row);
    if (row.health == Health::Good) row.health = Health::Limit;
    row.change = add_to("pppd resets and power-cycles nothing", row.change);
    patient_.add(std::move(row));
  }

  static std::string add_to(std::string first, const std::string& second) {
    return second.empty() ? first : first + "; " + second;
  }
  Duration echo_bound() const { return echo_every_ * (echo_failures_ + 1); }

  const Patient& patient_;
  const ForeignRules& rules_;
  bool persist_;
  int64_t fails_;
  Duration pause_, echo_every_;
  int64_t echo_failures_;
  bool local_;
};

}  // namespace

void diagnose_pppd(const Patient& patient) {
  Pppd(patient).diagnose();
  const ForeignRules& rules = patient.rules();
  if (rules.idle && rules.idle->value > 0s && value_or(rules.redials_lost, false)) {
    patient.call_by_name(
        fmt::format("{} ends the link when nobody uses it, and persist dials it again at once, "
                    "for nothing",
                    patient.cite(rules.idle->at)),
        {"pppd-idle"});
  }
}

}  // namespace redial::migrate
