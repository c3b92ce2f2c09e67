// SPDX-License-Identifier: Apache-2.0
// What every predecessor's configuration is read into: connections as they were meant, and beside
// them the predecessor's own rules for failures. Import makes entries and lines of them, the doctor
// judges the rules.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "migrate/report.h"
#include "modem/description.h"
#include "phonebook/phonebook.h"

namespace redial::migrate {

enum class Source : uint8_t { Wvdial, Pppd, NetworkManager, OpenWrt, Ras };
/// "wvdial", "pppd", "NetworkManager", "OpenWrt", "RAS".
std::string_view name(Source source);

/// What the connection runs over. Pppoe, Mobile and Bluetooth have no carrier here yet.
enum class Carrier : uint8_t { Modem, Cable, Pppoe, Mobile, Bluetooth, Other };

/// A value as the source gives it, with the setting that did: for the doctor to cite.
template <class T>
struct Told {
  T value{};
  SettingId at{};
};
/// nullopt: the source does not say, and the predecessor's own default counts.
template <class T>
using Said = std::optional<Told<T>>;

/// What the predecessor does about failures, in its own terms.
struct ForeignRules {
  Said<bool> redials_lost;      // persist, Auto Reconnect, autoconnect, RedialOnLinkFailure
  Said<int64_t> attempts;       // maxfail, Dial Attempts, autoconnect-retries, RedialAttempts; raw
  Said<Duration> pause;         // holdoff, RedialSeconds
  Said<Duration> idle;          // idle, Idle Seconds, IdleDisconnectSeconds
  Said<Duration> echo_every;    // lcp-echo-interval; 0: none
  Said<int64_t> echo_failures;  // lcp-echo-failure; 0: none
  Said<bool> echo_adaptive;     // lcp-echo-adaptive: no echo while data come
  Said<bool> on_demand;         // demand
  Said<bool> watches_carrier;   // false: local, Carrier Check = no, &C0 in an init string
  Said<Duration> dial_timeout;  // Dial Timeout, of chat
  Said<bool> abort_on_busy, abort_on_no_dial_tone;
  Said<bool> unimodem;  // RAS: EnableUnimodem; false: MODEM.INF, unwatched (KB Q153376)
  /// A device is named by what the kernel counts (/dev/ttyUSB0): the name that stays with it, empty
  /// where this machine has none for it.
  Said<std::string> counted_device;
  std::optional<std::vector<std::string>> chat_aborts;  // of the chat script; nullopt: none is run
};

/// Devices of this machine and the names that stay with them, whatever is plugged in after them:
/// "/dev/ttyUSB0" -> "/dev/serial/by-id/usb-FTDI_...".
using DeviceNames = std::map<std::string, std::string>;
/// /dev/ttyUSB0, /dev/ttyACM1: the name tells only which adapter the kernel met first.
bool is_counted(std::string_view path);

/// A connection somebody described elsewhere.
struct Connection {
  Source source = Source::Wvdial;
  std::string name;
  std::string file;  // and the line where it begins
  uint32_t line = 0;
  Carrier carrier = Carrier::Modem;

  phonebook::Entry entry;  // as it is to be here; name and lines are set by the import
  /// Path empty: the source names none. Its name, if any, is what the source calls the line; its
  /// description ".inf:" and a section of Reading::descriptions, or ".reg:" and a modem of
  /// Reading::modem_keys.
  phonebook::LineSpec device;
  std::vector<phonebook::LineSpec> spares;  // further ones, in order
  std::string script_section;               // of Reading::scripts; empty: no script of those
  std::string before_section;               // of the same: run before it dials
  std::string pad_section;                  // of Reading::pads: a logon to an X.25 pad
  std::vector<std::string> init;  // commands to the modem in order; empty: the built-in ones
  std::optional<modem::ModemDescription> modem;  // instead of the two, from a chat script
  std::string dial_command;                      // "ATDP"; empty: the built-in one
  Secret password;
  /// What must be had before it can be dialled, one line each: "a PPPoE carrier". Empty: nothing.
  std::vector<std::string> needs;

  ForeignRules rules;
};

/// A file that was found, as octets.
struct SourceFile {
  std::string path;
  std::string octets;
};

constexpr size_t kSourceOctetsMax = 4 << 20;
constexpr size_t kConnectionsMax = 10'000;

/// Everything a source says.
struct Reading {
  Report report;
  DeviceNames names;  // of this machine; told by the caller
  std::vector<Connection> connections;
  std::vector<phonebook::LineSpec> lines;  // of modems that no connection uses
  // Files that are taken over as they are; empty: none.
  std::string scripts;       // a SWITCH.INF
  std::string pads;          // a PAD.INF
  std::string descriptions;  // a MODEM.INF
  std::string modem_keys;    // a .reg with the keys of modems
  /// Errors: the source cannot be read as what it is, and nothing of it is imported.
  std::vector<phonebook::Diagnostic> diagnostics;
};

}  // namespace redial::migrate
