// SPDX-License-Identifier: Apache-2.0
// What an AT dialogue (V.250) asks of its owner, as values, and how it is told to prepare a modem.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/bytes.h"
#include "core/cause.h"

namespace redial::modem {

/// How thoroughly a modem is made ready before a call: the rungs of the recovery ladder that AT
/// commands can climb (failures.md F6).
enum class Preparation : uint8_t {
  Initialise,  // drain and initialise
  Rouse,       // first out of whatever state it is in: DTR, <cr>, escape, ATH
  Reset,       // and then ATZ and AT&F
};

constexpr size_t kCommandMax = 256;  // RAS error 700 beyond

struct Send {
  BoundedBytes<kCommandMax> octets;
  bool operator==(const Send&) const = default;
};
struct SetDtr {
  bool on;
  bool operator==(const SetDtr&) const = default;
};
struct Dialing {  // the number is on its way
  bool operator==(const Dialing&) const = default;
};
struct Listening {  // resting, a ring is welcome
  bool operator==(const Listening&) const = default;
};
struct Rang {
  bool operator==(const Rang&) const = default;
};
/// Carrier: what follows is data.
struct Connected {
  uint32_t carrier_bps = 0, port_bps = 0;  // 0: not told
  bool error_control = false;
  std::string text;  // "CONNECT 28800/ARQ"
  bool operator==(const Connected&) const = default;
};
struct Failed {
  Cause cause;
  bool operator==(const Failed&) const = default;
};
/// Command state reached again (or the line given up after the bound): the line is free.
struct HungUp {
  bool verified;
  bool operator==(const HungUp&) const = default;
};
struct Noted {  // for the log
  std::string text;
  bool operator==(const Noted&) const = default;
};

using DialogueAction =
    std::variant<Send, SetDtr, Dialing, Listening, Rang, Connected, Failed, HungUp, Noted>;

std::string describe(const DialogueAction& action);  // one line of a transcript

}  // namespace redial::modem
