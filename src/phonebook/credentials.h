// SPDX-License-Identifier: Apache-2.0
// credentials.toml: user names and passwords by entry, calling cards by name, apart from everything
// that others may read. The shell has checked that the file is ours alone (mode 0600) before its
// text comes here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "phonebook/phonebook.h"

namespace redial::phonebook {

struct Credential {
  std::string user;    // empty: the entry's
  std::string domain;  // empty: the entry's
  Secret password;
  Secret x25_user_data, x25_facilities;  // what a pad is told in confidence; empty: the entry's
};

/// What a calling card's rules dial for H and K.
struct CardSecret {
  std::optional<Secret> number, pin;
};

struct Credentials {
  std::map<std::string, Credential, std::less<>> by_entry;
  std::map<std::string, CardSecret, std::less<>> by_card;
  std::vector<Diagnostic> diagnostics;  // never quote the file: any word in it may be a secret
};

Credentials read_credentials(std::string_view octets, std::string_view file_name);

/// A warning for each credential whose entry is in no phonebook.
std::vector<Diagnostic> unused(const Credentials& credentials, const std::vector<Entry>& entries,
                               std::string_view file_name);

}  // namespace redial::phonebook
