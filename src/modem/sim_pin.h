// SPDX-License-Identifier: Apache-2.0
// The PIN of a SIM in an AT command (3GPP TS 27.007: +CPIN, +CLCK, +CPWD): sent to the modem as it
// stands, and shown to nobody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redial::modem {

/// PINs and PUKs in the command, in its order; questions (+CPIN?) have none. A line of a file that
/// has the command in it, in whatever quotes and with <cr> behind it, will do as well.
std::vector<std::string> sim_pins(std::string_view text);

/// The command as it may be shown, with *** in place of each of them.
std::string without_sim_pins(std::string_view command);

}  // namespace redial::modem
