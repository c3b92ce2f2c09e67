// SPDX-License-Identifier: Apache-2.0
#include "migrate/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "connection/policy.h"
#include "migrate/doctor_parts.h"
#include "phonebook/text.h"

namespace redial::migrate {

using connection::Failure;
using phonebook::shown;

namespace {

struct Words {
  std::string_view name, title;
};
constexpr std::array<Words, kTroubles> kWords = {{
    {"Busy", "busy"},
    {"NoAnswer", "no answer"},
    {"NoDialTone", "no dial tone"},
    {"WrongPassword", "wrong password"},
    {"CarrierLost", "carrier lost"},
    {"PeerSilent", "peer silent"},
    {"PeerTerminates", "peer terminates"},
    {"ModemWedged", "modem wedged"},
    {"DeviceGone", "device gone"},
    {"AddressLost", "address lost"},
}};

/// As our own engine meets a trouble: the cause it becomes, where, and what watches for it.
struct Met {
  Trouble trouble;
  CauseCode cause;
  Phase phase;
  Failure failure;
};
constexpr std::array<Met, kTroubles> kMet = {{
    {Trouble::Busy, CauseCode::Busy, Phase::Dialing, Failure::NoCarrier},
    {Trouble::NoAnswer, CauseCode::NoAnswer, Phase::Dialing, Failure::NoCarrier},
    {Trouble::NoDialTone, CauseCode::NoDialTone, Phase::Dialing, Failure::NoCarrier},
    {Trouble::WrongPassword, CauseCode::AuthRejected, Phase::Authenticating, Failure::AuthSilent},
    {Trouble::CarrierLost, CauseCode::CarrierLost, Phase::Up, Failure::ModemHangsUp},
    {Trouble::PeerSilent, CauseCode::PeerSilent, Phase::Up, Failure::PeerDies},
    {Trouble::PeerTerminates, CauseCode::PeerTerminated, Phase::Up, Failure::PeerTerminates},
    {Trouble::ModemWedged, CauseCode::ModemSilent, Phase::Preparing, Failure::ModemSilent},
    {Trouble::DeviceGone, CauseCode::DeviceVanished, Phase::Up, Failure::DeviceVanishes},
    {Trouble::AddressLost, CauseCode::RegistrationTimeout, Phase::Up, Failure::PeerRenegotiates},
}};

std::string backed_off(const phonebook::RedialSettings& redial) {
  if (redial.pause) return "every " + to_text(*redial.pause);
  return fmt::format("after {}, doubling to {}", to_text(redial.first_pause),
                     to_text(redial.longest_pause));
}

std::string attempts_text(const phonebook::RedialSettings& redial) {
  std::string out = backed_off(redial);
  if (!redial.attempts) return out + ", for ever";
  out += fmt::format(", {} times, then ", *redial.attempts);
  if (redial.give_up) return out + "it rests (redial.give_up)";
  return out + fmt::format("after {}, {} ... {}, for ever", to_text(redial.unreachable_step),
                           to_text(redial.unreachable_step * 2),
                           to_text(redial.unreachable_longest));
}

/// What follows, and whether it ends without anybody having wanted that.
void judge(const Met& met, const phonebook::RedialSettings& redial, DoctorRow& row) {
  using enum connection::Action;
  switch (connection::action_for(met.cause, met.phase)) {
    case Restore:
      row.redialled = again("at once, for ever");
      if (redial.on_link_failure) return;
      row.redialled = not_again("redial.on_link_failure is false (RedialOnLinkFailure=0)");
      row.change = "redial.on_link_failure = true";
      break;
    case Redial:
      row.redialled = again(attempts_text(redial));
      if (!redial.attempts || !redial.give_up) return;
      row.change = "redial.give_up = false";
      break;
    case HoldAuth:
      row.redialled =
          again(fmt::format("held {}, doubling to {}: not hammered", to_text(redial.auth_hold),
                            to_text(redial.auth_hold_longest)));
      return;
    case HoldNumber:
    case AwaitEdit:
    case Stop:
    case Renew:
    case Await:
    case Keep:
      row.redialled = not_again(std::string(text(connection::action_for(met.cause, met.phase))));
      return;
  }
  row.health = Health::Finding;
}

}  // namespace

std::string_view name(Trouble trouble) { return kWords[static_cast<size_t>(trouble)].name; }
std::string_view title(Trouble trouble) { return kWords[static_cast<size_t>(trouble)].title; }

bool is_of_a_call(Trouble trouble) { return trouble <= Trouble::NoDialTone; }

std::string_view name(Health health) {
  constexpr std::array<std::string_view, 3> kNames = {"good", "limit", "finding"};
  return kNames[static_cast<size_t>(health)];
}

bool Diagnosis::healthy() const {
  return named.empty() && std::ranges::none_of(rows, [](const DoctorRow& row) {
           return row.health == Health::Finding;
         });
}

std::string Patient::cite(SettingId id) const {
  const Setting& setting = report.at(id);
  return fmt::format("{}{}{} ({} line {})", shown(setting.key), setting.value.empty() ? "" : " = ",
                     shown(setting.value), setting.file, setting.line);
}

std::string text(const Noticed& noticed) {
  if (!noticed.yes) return "NEVER: " + noticed.by;
  return noticed.within + ": " + noticed.by;
}
std::string text(const Redialled& redialled) {
  return redialled.yes ? redialled.until : "no: " + redialled.until;
}

Noticed within(Duration bound, std::string by) {
  return {true, "within " + to_text(bound), std::move(by)};
}

std::string every(Duration pause, int64_t limit, std::string_view ends) {
  if (limit <= 0) return fmt::format("every {}, for ever", to_text(pause));
  return fmt::format("every {}; {} after {} failures in a row", to_text(pause), ends, limit);
}

namespace {

/// Plugged in anew, or after another, it has another name.
void tell_counted_device(const Patient& patient) {
  const auto& device = *patient.rules().counted_device;
  patient.call_by_name(
      fmt::format("{} is whichever adapter is met first: plugged in anew, or beside another, it is "
                  "another device's name; write {}",
                  patient.cite(device.at),
                  device.value.empty() ? "its name in /dev/serial/by-id" : device.value),
      {"counted-device"});
}

}  // namespace

Diagnosis diagnose(const Connection& connection, const Report& report) {
  Diagnosis diagnosis{
      .source = std::string(name(connection.source)),
      .name = connection.name,
      .where = fmt::format("{}{}", connection.file,
                           connection.line > 0 ? fmt::format(" line {}", connection.line) : ""),
      .named = {},
      .rows = {}};
  const Patient patient{connection, report, diagnosis};
  switch (connection.source) {
    case Source::Wvdial: diagnose_wvdial(patient); break;
    case Source::Pppd: diagnose_pppd(patient); break;
    case Source::NetworkManager: diagnose_network_manager(patient); break;
    case Source::OpenWrt: diagnose_openwrt(patient); break;
    case Source::Ras: diagnose_ras(patient); break;
  }
  if (connection.rules.counted_device) tell_counted_device(patient);
  const bool called = connection.carrier == Carrier::Modem || connection.carrier == Carrier::Mobile;
  if (!called) {
    std::erase_if(diagnosis.rows, [](const DoctorRow& row) { return is_of_a_call(row.trouble); });
  }
  std::ranges::stable_sort(diagnosis.rows, {}, &DoctorRow::trouble);
  return diagnosis;
}

Diagnosis diagnose_native(const phonebook::Entry& entry,
                          const std::vector<connection::WatchedBy>& bounds, bool has_modem) {
  Diagnosis diagnosis{
      .source = "Redial", .name = entry.name, .where = entry.source, .named = {}, .rows = {}};
  for (const Met& met : kMet) {
    const bool of_modem = is_of_a_call(met.trouble) || met.trouble == Trouble::ModemWedged;
    if (of_modem && !has_modem) continue;
    DoctorRow row{.trouble = met.trouble};
    const auto watched = std::ranges::find(bounds, met.failure, &connection::WatchedBy::failure);
    if (watched == bounds.end()) continue;  // this line cannot fail so
    row.noticed = within(watched->bound, watched->by);
    if (met.trouble == Trouble::WrongPassword) row.noticed = at_once("the peer's refusal");
    if (met.trouble == Trouble::AddressLost) {
      row.noticed = within(watched->bound, "IPCP, which ends or does not come back");
    }
    judge(met, entry.redial, row);
    if (met.trouble == Trouble::ModemWedged)
      row.redialled.until += "; a ladder of resets with each call";
    diagnosis.rows.push_back(std::move(row));
  }
  return diagnosis;
}

}  // namespace redial::migrate
