// SPDX-License-Identifier: Apache-2.0
// What AT commands have told a modem, read as the modem reads them (V.250 §5.2 to §5.4).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace redial::modem {

/// The last value of each setting in lines that end with <cr>: "&C" -> 1, "S0" -> 0, "Q" -> 0. A
/// setting without a number is 0; &F and Z, which restore a profile, forget what came before.
/// Names are in upper case; extended commands (+IFC=2,2) and dialling are passed over.
std::map<std::string, uint32_t, std::less<>> at_settings(std::string_view lines);

/// The same lines with Q0 wherever they have Q1: to a command with Q1 there is no answer already.
std::string with_result_codes(std::string_view lines);

}  // namespace redial::modem
