// SPDX-License-Identifier: Apache-2.0
// What the doctor's chapters have in common, one chapter a predecessor.
#pragma once

#include <string>
#include <utility>

#include "migrate/doctor.h"

namespace redial::migrate {

/// A connection on the table, and the diagnosis as it grows.
struct Patient {
  const Connection& connection;
  const Report& report;
  Diagnosis& diagnosis;

  const ForeignRules& rules() const { return connection.rules; }
  /// "Idle Seconds = 300 (/etc/wvdial.conf line 15)".
  std::string cite(SettingId id) const;
  void add(DoctorRow row) const { diagnosis.rows.push_back(std::move(row)); }
  void call_by_name(std::string text, std::vector<std::string_view> why) const {
    diagnosis.named.push_back({std::move(text), std::move(why)});
  }
};

template <class T>
T value_or(const Said<T>& said, T otherwise) {
  return said ? said->value : otherwise;
}

inline Noticed at_once(std::string by) { return {true, "at once", std::move(by)}; }
inline Noticed when_dialled(std::string by) { return {true, "when it is dialled", std::move(by)}; }
inline Noticed never(std::string why) { return {false, "", std::move(why)}; }
Noticed within(Duration bound, std::string by);
inline Redialled again(std::string until) { return {true, std::move(until)}; }
inline Redialled not_again(std::string instead) { return {false, std::move(instead)}; }
inline Redialled not_noticed() { return not_again("it is not noticed"); }

/// "every 30 s, for ever"; "every 30 s; after 10 failures in a row it ends" with limit > 0.
std::string every(Duration pause, int64_t limit, std::string_view ends);

void diagnose_pppd(const Patient& patient);
void diagnose_wvdial(const Patient& patient);
void diagnose_network_manager(const Patient& patient);
void diagnose_openwrt(const Patient& patient);
void diagnose_ras(const Patient& patient);

}  // namespace redial::migrate
