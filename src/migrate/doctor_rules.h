// SPDX-License-Identifier: Apache-2.0
// What is known of how others meet failures: one rule a fact, each with the complaint that it is
// known from and where that can be read. The doctor cites them; `redial doctor --why` prints them.
#pragma once

#include <span>
#include <string_view>

namespace redial::migrate {

struct DoctorRule {
  std::string_view id;       // "wvdial-idle-seconds"
  std::string_view fact;     // a sentence
  std::string_view failure;  // the class of docs/failures.md that it belongs to: "F1"
  std::string_view source;   // public: an address, a manual page, an article
};

std::span<const DoctorRule> doctor_rules();
/// nullptr: there is none of that name.
const DoctorRule* find_doctor_rule(std::string_view id);

}  // namespace redial::migrate
