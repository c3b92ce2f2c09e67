// SPDX-License-Identifier: Apache-2.0
// `redial doctor [PATH...]`: for each connection that is found, of ours or of others: which
// failures would go unnoticed or unredialled, and what should change. It reads, and changes
// nothing.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "migrate/doctor.h"

namespace redial::cli {

struct DoctorOptions {
  std::vector<std::string> paths;  // none: this machine
  bool why = false;                // cite the rules
  bool json = false;
};

/// Everything there is to tell.
struct Examined {
  std::vector<migrate::Diagnosis> connections;
  std::vector<std::string> looked_at;   // files that were read
  std::vector<std::string> complaints;  // of what is in them: one line each
  std::vector<Error> unreadable;        // named by the user, or found and not to be read
  bool by_name = false;                 // paths were given: then `unreadable` is an error
};
Examined examine(const std::vector<std::string>& paths);

std::string doctor_text(const Examined& examined, bool why);
std::string doctor_json(const Examined& examined);
/// What was named and cannot be read, by its kind; else 1: findings; else 6: something of this
/// machine may not be read; 0: healthy.
int doctor_status(const Examined& examined);

int doctor(const DoctorOptions& options);

}  // namespace redial::cli
