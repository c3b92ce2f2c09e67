// SPDX-License-Identifier: Apache-2.0
// One option of pppd's as it is given in a file: by its name, or as a speed, a device, addresses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migrate/pppd_options.h"
#include "migrate/pppd_words.h"

namespace redial::migrate {

/// With its argument, and where it stands.
struct GivenOption {
  enum class Kind : uint8_t { Known, Speed, Device, Addresses, Interface, Unknown };
  SettingId id{};
  Kind kind = Kind::Unknown;
  const PppdOption* option = nullptr;
  std::string name, value;
  uint32_t line = 0, column = 0;
};

/// The option that begins at words[at], which then is the next one's. `over_ethernet`: a word may
/// be an interface.
GivenOption to_option(const std::vector<PppdWord>& words, size_t& at, bool over_ethernet);
/// "ttyS0", "/dev/modem": whether a word names a device.
bool is_device(std::string_view text);
/// "options", "options.ttyS0": files that hold for every connection, or for a port's.
bool is_options_name(std::string_view name);
/// Its argument for people: programs are named, what they are given is not, as chat's words may be
/// secrets.
std::string shown_argument(const PppdOption& option, const std::string& value);

}  // namespace redial::migrate
