// SPDX-License-Identifier: Apache-2.0
// The doctor: for each connection, whoever is to keep it up, and each way it can fail: would that
// be noticed, by what, within how long; would it be redialled, until when; what should change.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connection/detection.h"
#include "migrate/foreign.h"

namespace redial::migrate {

enum class Trouble : uint8_t {
  // An attempt.
  Busy,
  NoAnswer,
  NoDialTone,
  WrongPassword,
  // An established link.
  CarrierLost,
  PeerSilent,
  PeerTerminates,
  ModemWedged,
  DeviceGone,
  AddressLost,
};
constexpr size_t kTroubles = 10;
std::string_view name(Trouble trouble);   // "PeerSilent"
std::string_view title(Trouble trouble);  // "peer silent"
/// Needs a telephone: not what PPPoE or a cable can meet.
bool is_of_a_call(Trouble trouble);

enum class Health : uint8_t {
  Good,
  Limit,    // not as it should be, and nothing that can be set there changes it
  Finding,  // `change` says what to do
};
std::string_view name(Health health);  // "good", "limit", "finding"

struct Noticed {
  bool yes = true;
  std::string within;  // "at once", "within 20 s", "when it is dialled"; empty where it is not
  std::string by;      // what notices it, or why nothing does
};
struct Redialled {
  bool yes = true;
  std::string until;  // how, and until when; or what happens instead
};
/// As a table shows them: "at once: DCD", "NEVER: no LCP echoes are sent", "no: pppd ends".
std::string text(const Noticed& noticed);
std::string text(const Redialled& redialled);

struct DoctorRow {
  Trouble trouble = Trouble::Busy;
  Health health = Health::Good;
  Noticed noticed;
  Redialled redialled;
  std::string change;                 // what should; empty where health is Good
  std::vector<std::string_view> why;  // ids of doctor_rules.h
};

/// What is wrong as a whole, by name: "KB Q153376: ...", "Idle Seconds = 300 (...) switches ...".
struct NamedFinding {
  std::string text;
  std::vector<std::string_view> why;
};

struct Diagnosis {
  std::string source;  // "wvdial"
  std::string name;
  std::string where;  // "/etc/wvdial.conf line 12"
  std::vector<NamedFinding> named;
  std::vector<DoctorRow> rows;
  bool healthy() const;  // neither a row nor anything named is a finding
};

/// `report` is that of the reading the connection is from: findings name the setting's place.
Diagnosis diagnose(const Connection& connection, const Report& report);

/// An entry of our own: by its policy row and its bounds. Healthy, unless it is told to give up.
Diagnosis diagnose_native(const phonebook::Entry& entry,
                          const std::vector<connection::WatchedBy>& bounds, bool has_modem);

}  // namespace redial::migrate
