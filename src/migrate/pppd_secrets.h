// SPDX-License-Identifier: Apache-2.0
// pap-secrets and chap-secrets (pppd(8), AUTHENTICATION): client, server, secret, addresses.
#pragma once

#include <string>
#include <vector>

#include "core/secret.h"
#include "migrate/foreign.h"

namespace redial::migrate {

struct PppdSecret {
  SettingId id{};
  std::string client, server;  // "*": any
  Secret secret;
  bool elsewhere = false;  // "@/path": the secret is in a file of its own
};

/// Registers each line as a setting, its secret covered. None after a complaint.
std::vector<PppdSecret> pppd_secrets(const SourceFile& file, Reading& reading);

/// The secret for this user towards that server ("" where the connection names none): the one that
/// names both before one with "*".
const PppdSecret* find_secret(const std::vector<PppdSecret>& secrets, std::string_view user,
                              std::string_view server);

}  // namespace redial::migrate
