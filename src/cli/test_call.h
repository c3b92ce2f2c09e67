// SPDX-License-Identifier: Apache-2.0
// A test call on a line: opened, the modem prepared, a number of the phonebook dialled until there
// is a carrier, hung up. No password is sent.
#pragma once

#include <string>
#include <vector>

#include "cli/workspace.h"

namespace redial::cli {

struct TestCall {
  enum class Outcome : uint8_t {
    Carrier,    // somebody's modem answered
    NoCarrier,  // the line works, the call led nowhere: busy, no answer
    NotOpened,
    NoEntry,  // nothing to dial on it
  };
  std::string line;
  std::string entry, number;  // empty: none
  Outcome outcome = Outcome::NoEntry;
  std::string said;                // what came of it, as people read it
  std::vector<std::string> notes;  // "DCD is strapped high"
  Duration took = 0s;
};
std::string_view name(TestCall::Outcome outcome);  // "carrier", "no_carrier", "not_opened"

/// One after the other, one per line, with the first entry that can be dialled on it. In real time,
/// each within its attempt's bound.
std::vector<TestCall> test_calls(const Workspace& workspace);

}  // namespace redial::cli
