// SPDX-License-Identifier: Apache-2.0
// What is known about one kind of modem, whatever file described it: the sequences that initialise,
// dial, listen, answer and hang up, and the patterns of its answers. Data; dialogue.h runs it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "modem/settings.h"

namespace redial::modem {

/// What an answer means (MODEM.INF keywords, modem-inf.md A7; Unimodem states B3 map onto them).
enum class ResponseCode : uint8_t {
  Ok,
  Loop,  // not final: keep waiting in the same command
  Connect,
  ConnectEc,  // connected with error control
  Ring,
  Error,
  ErrorBusy,
  ErrorVoice,
  ErrorNoAnswer,
  ErrorNoCarrier,
  ErrorNoDialtone,
  ErrorDiagnostics,
  ErrorDelayed,
  ErrorBlacklisted,
};

/// One piece of a response pattern.
struct PatternPiece {
  enum class Kind : uint8_t {
    Literal,      // `text`, byte for byte
    AnyOctet,     // <?>
    Ignore,       // <ignore>: any run up to the next literal, or the rest of the response
    Match,        // <match>"text": text anywhere in what was received
    CarrierBps,   // digits: line (DCE) rate
    ConnectBps,   // digits: port (DTE) rate
    Diagnostics,  // text kept and shown with the error
    Append,       // <append>: match against old and new text
  };
  Kind kind = Kind::Literal;
  std::string text;
  bool operator==(const PatternPiece&) const = default;
};

struct Response {
  ResponseCode code = ResponseCode::Ok;
  std::vector<PatternPiece> pattern;
  // What a description says of the answer beside its text (Unimodem); 0 and false: not told.
  uint32_t carrier_bps = 0, port_bps = 0;
  bool error_control = false, compression = false;
  bool operator==(const Response&) const = default;
};

/// One piece of a command.
struct CommandPiece {
  enum class Kind : uint8_t {
    Literal,
    Macro,        // <name>: a binary or unary macro of the section, by lower-case name
    PhoneNumber,  // <phonenumber>
    UserName,     // <username>
    Password,     // <password>
    X25Address,
    UserData,
    Facilities,
  };
  Kind kind = Kind::Literal;
  std::string text;
  bool operator==(const CommandPiece&) const = default;
};

/// One command with its own answers; those of the description (`responses`) come after them.
struct Command {
  std::vector<CommandPiece> pieces;
  std::vector<Response> responses;
  bool no_response = false;  // sent, nothing expected
  bool optional = false;     // an ERROR to it is noted, not fatal
  Duration within = 3s;      // each attempt's deadline
  uint8_t attempts = 2;      // sends in all
  bool operator==(const Command&) const = default;
};

struct Macro {
  std::string on, off;  // unary macros have the same text in both
  bool binary = true;
  std::map<std::string, std::string> others{};  // further states by name: "forced", "soft"
  bool operator==(const Macro&) const = default;
};

struct ModemDescription {
  std::string name;
  std::string source;  // "MODEM.INF line 84", "built in"
  std::vector<Command> init;
  std::vector<Command> dial;            // usually one
  std::vector<Command> listen;          // ATS0=1 (NT 3.x) or ATS0=0 (Unimodem Monitor)
  std::vector<Command> answer;          // ATA; empty: the modem answers by itself (S0)
  std::vector<Command> hang_up;         // ATH, in command state after DTR drop or escape
  std::vector<Response> responses;      // for every command
  std::map<std::string, Macro> macros;  // keys in lower case
  std::set<std::string> default_off;    // macros that start "off" (DEFAULTOFF), lower case
  uint32_t max_carrier_bps = 0;         // 0: not told
  uint32_t max_connect_bps = 0;
  uint32_t port_bps = 0;            // the port rate that the file sets; 0: none
  std::string dial_suffix;          // behind a part of a number that goes on; empty: it never is
  uint16_t dial_seconds_max = 255;  // what <dialseconds> may become (S7)
  DialAbilities abilities;
  Duration callback_time = 0s;
  std::string detect_string, detect_response;
  std::string alias_of;  // the section everything was taken from; empty: its own
  bool operator==(const ModemDescription&) const = default;
};

/// A description with its macros expanded by the settings: texts that only lack the number.
struct CompiledDescription {
  ModemDescription description;  // every Macro piece replaced by Literal
  ModemSettings settings;
  bool circuits = true;  // of the line: DCD is told (fit_to_line)
  /// What was added so that the line stays watched, as people read it (`redial explain`).
  std::vector<std::string> corrections;
};

/// Octets that a description takes in memory: readers bound what a file may fill.
size_t weight(const ModemDescription& modem);
size_t weight(const Response& response);

/// As MODEM.INF writes them: "AT&F<speaker><cr>", "<cr><lf>CONNECT <carrierbps><ignore>".
std::string to_text(const Command& command);
std::string to_text(const Response& response);  // the pattern only
std::string_view name(ResponseCode code);       // "CONNECT_EC"
/// As people read them: octets that cannot be seen by their names, all else as it goes over the
/// line, but for a SIM's PIN. Not to be read back.
std::string readable(const Command& command);
std::string readable(const Response& response);

/// The built-in Hayes description (V.250 commands every modem has; optional ones are marked so).
const ModemDescription& hayes();

}  // namespace redial::modem
