// SPDX-License-Identifier: Apache-2.0
// The description every modem has in common: V.250 basic commands and result codes, as words and as
// digits, because nobody knows how the last user left the modem.
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "modem/description.h"

namespace redial::modem {
namespace {

using Part = CommandPiece::Kind;
using Hole = PatternPiece::Kind;

Command command(std::string text) {
  Command made;
  made.pieces.push_back({Part::Literal, std::move(text) + "\r"});
  return made;
}

/// For what not every modem knows: an ERROR to it is noted and the sequence goes on.
Command optional(std::string text) {
  Command made = command(std::move(text));
  made.optional = true;
  return made;
}

Command optional_macro(std::string name) {
  Command made;
  made.pieces = {{Part::Literal, "AT"}, {Part::Macro, std::move(name)}, {Part::Literal, "\r"}};
  made.optional = true;
  return made;
}

Command dial() {
  Command made;
  made.pieces = {{Part::Macro, "autodial"}, {Part::PhoneNumber, ""}, {Part::Literal, "\r"}};
  made.within = 60s;
  made.attempts = 1;  // A second ATD while the first one dials would hang up the first.
  return made;
}

Command answer() {
  Command made = command("ATA");
  made.within = 60s;
  made.attempts = 1;  // Any octet during the handshake ends it (V.250 5.6.1).
  return made;
}

Response words(ResponseCode code, std::string_view text) {
  return {code, {{Hole::Literal, "\r\n" + std::string(text) + "\r\n"}}};
}

/// V0: the digit and a carriage return, without line feeds (V.250 5.7.1).
Response digit(ResponseCode code, std::string_view digits) {
  return {code, {{Hole::Literal, std::string(digits) + "\r"}}};
}

/// "CONNECT 28800/ARQ/V34/LAPM": a rate, and a word that tells of error control.
Response connect_ec(std::string_view word) {
  return {ResponseCode::ConnectEc,
          {{Hole::Literal, "\r\nCONNECT "},
           {Hole::CarrierBps, ""},
           {Hole::Literal, std::string(word)},
           {Hole::Ignore, ""},
           {Hole::Literal, "\r\n"}}};
}

void add_connects(ModemDescription& modem) {
  // The first complete match counts, so what says more stands first.
  for (const std::string_view word :
       {"/ARQ", "/LAPM", "/V42", "/MNP", "/REL", "/EC", " EC", "/ALT", " REL", " LAPM"})
    modem.responses.push_back(connect_ec(word));
  modem.responses.push_back({ResponseCode::Connect,
                             {{Hole::Literal, "\r\nCONNECT "},
                              {Hole::CarrierBps, ""},
                              {Hole::Ignore, ""},
                              {Hole::Literal, "\r\n"}}});
  modem.responses.push_back(words(ResponseCode::Connect, "CONNECT"));
  modem.responses.push_back(
      {ResponseCode::Connect,
       {{Hole::Literal, "\r\nCONNECT "}, {Hole::Ignore, ""}, {Hole::Literal, "\r\n"}}});
}

void add_words(ModemDescription& modem) {
  const std::initializer_list<std::pair<ResponseCode, std::string_view>> table = {
      {ResponseCode::Ok, "OK"},
      {ResponseCode::Ring, "RING"},
      {ResponseCode::Loop, "RINGING"},
      {ResponseCode::ErrorNoCarrier, "NO CARRIER"},
      {ResponseCode::Error, "ERROR"},
      {ResponseCode::ErrorNoDialtone, "NO DIALTONE"},
      {ResponseCode::ErrorNoDialtone, "NO DIAL TONE"},
      {ResponseCode::ErrorBusy, "BUSY"},
      {ResponseCode::ErrorNoAnswer, "NO ANSWER"},
      {ResponseCode::ErrorVoice, "VOICE"},
      {ResponseCode::ErrorDelayed, "DELAYED"},
      {ResponseCode::ErrorBlacklisted, "BLACKLISTED"},
  };
  for (const auto& [code, text] : table) modem.responses.push_back(words(code, text));
}

void add_digits(ModemDescription& modem) {
  // V.250 table 1. What is beyond 8 differs between makers; V1 in `init` spares us the guess.
  const std::initializer_list<std::pair<ResponseCode, std::string_view>> table = {
      {ResponseCode::Ok, "0"},        {ResponseCode::Connect, "1"},
      {ResponseCode::Ring, "2"},      {ResponseCode::ErrorNoCarrier, "3"},
      {ResponseCode::Error, "4"},     {ResponseCode::ErrorNoDialtone, "6"},
      {ResponseCode::ErrorBusy, "7"}, {ResponseCode::ErrorNoAnswer, "8"},
  };
  for (const auto& [code, digits] : table) modem.responses.push_back(digit(code, digits));
}

ModemDescription make_hayes() {
  ModemDescription modem;
  modem.name = "Hayes compatible";
  modem.source = "built in";
  // Result codes first: a modem left at Q1 would not even acknowledge the reset. Then the factory
  // profile, because ATZ recalls whatever the last user stored; &F may undo E, V and Q.
  modem.init = {command("ATQ0E1V1"), optional("AT&FQ0E1V1"), command("ATE1V1Q0"),
                // DCD follows the carrier, a dropped DTR hangs up: how the line is watched.
                optional("AT&C1&D2"), optional("ATX4"), optional_macro("speaker"),
                optional_macro("hwflowcontrol"), optional_macro("protocol"),
                optional_macro("compression")};
  modem.dial = {dial()};
  modem.listen = {command("ATS0=0")};  // report RING, answer only when told
  modem.answer = {answer()};
  modem.hang_up = {command("ATH")};
  add_connects(modem);
  add_words(modem);
  add_digits(modem);
  modem.macros = {{"speaker", {"M1", "M0", true}},
                  {"hwflowcontrol", {"+IFC=2,2", "+IFC=0,0", true}},
                  {"protocol", {"+ES=3,0,2", "+ES=1", true}},
                  {"compression", {"+DS=3", "+DS=0", true}},
                  {"autodial", {"ATDT", "ATX3D", true}}};
  modem.default_off = {"speaker"};
  return modem;
}

}  // namespace

const ModemDescription& hayes() {
  static const ModemDescription modem = make_hayes();  // immutable, built once
  return modem;
}

}  // namespace redial::modem
