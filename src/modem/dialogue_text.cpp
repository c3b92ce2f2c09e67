// SPDX-License-Identifier: Apache-2.0
// A dialogue's actions as lines of a log or transcript.
#include <string>

#include "modem/dialogue.h"

namespace redial::modem {

std::string describe(const DialogueAction& action) {
  return match(
      action, [](const Send& a) { return "send " + to_visible(a.octets); },
      [](const SetDtr& a) { return std::string(a.on ? "dtr on" : "dtr off"); },
      [](const Dialing&) { return std::string("dialing"); },
      [](const Listening&) { return std::string("listening"); },
      [](const Rang&) { return std::string("rang"); },
      [](const Connected& a) {
        std::string text = "connected";
        if (a.carrier_bps != 0) text += " carrier " + std::to_string(a.carrier_bps);
        if (a.port_bps != 0) text += " port " + std::to_string(a.port_bps);
        if (a.error_control) text += " error control";
        return a.text.empty() ? text : text + ": " + a.text;
      },
      [](const Failed& a) {
        return "failed " + std::string(name(a.cause.code)) + ": " + a.cause.evidence;
      },
      [](const HungUp& a) { return std::string(a.verified ? "hung up" : "hung up, unverified"); },
      [](const Noted& a) { return "noted " + a.text; });
}

}  // namespace redial::modem
