// SPDX-License-Identifier: Apache-2.0
// From what people wrote to what an engine runs: an entry, its lines and its credential become a
// DialPlan; a line's description becomes commands. What an entry demands and cannot have is refused
// here, by name and with the remedy.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "connection/detection.h"
#include "core/result.h"
#include "engine/engine.h"
#include "phonebook/credentials.h"
#include "phonebook/lines.h"
#include "telephony/dialing_rules.h"

namespace redial::engine {

/// The octets of a file that redial.toml names; the caller knows the folder it is relative to.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// A line that an engine has, and what is known of it.
struct BoundLine {
  LineId id{};
  phonebook::LineSpec spec;
  std::shared_ptr<const modem::CompiledDescription> description;  // null: no modem
  /// Where a server may refuse RFC 2217: the same for a line without circuits; else null.
  std::shared_ptr<const modem::CompiledDescription> without_circuits{};
};

using phonebook::has_modem;

/// Scripts of other programs, as script_file.h has read them; null: none.
struct LinkScripts {
  std::shared_ptr<const modem::Script> script;  // once there is a carrier
  std::shared_ptr<const modem::Script> before;  // on the device, before the number is dialled
};

/// The line's description, "builtin:hayes" or "FILE:Name", run as the entry wants its modem;
/// null for a line without a modem.
Result<std::shared_ptr<const modem::CompiledDescription>> describe_line(
    const phonebook::LineSpec& line, const phonebook::Entry& entry, const ReadFile& read);

/// The line with its descriptions; its id is the caller's to set.
Result<BoundLine> bind_line(const phonebook::LineSpec& line, const phonebook::Entry& entry,
                            const ReadFile& read);
/// What an engine is told of it.
LineConfig config_of(const BoundLine& line);

/// What the line can tell and how long its steps may take. `description` may be null: no modem.
connection::LineTraits traits_of(const phonebook::LineSpec& line,
                                 const modem::CompiledDescription* description);
/// Of several lines the slowest in every respect: what holds for it holds for all.
connection::LineTraits traits_of(std::span<const BoundLine> lines);

/// What PPP is told. `credential` may be null: the entry's user name, no password.
Result<ppp::SessionConfig> session_of(const phonebook::Entry& entry,
                                      const phonebook::Credential* credential);

/// What is done before PPP: a script of `scripts`, else the entry's own, or none.
/// Errors: BadFile, a text to send that means nothing; Unsupported, a file that nobody has read.
Result<std::shared_ptr<const modem::BeforePppConfig>> before_ppp_of(
    const phonebook::Entry& entry, const phonebook::Credential* credential,
    LinkScripts scripts = {});

/// Lines in order of preference. `dialled`: the entry's numbers by the dialling rules; empty: as
/// they are written. Errors: Unsupported, one line, the first reason.
Result<DialPlan> plan_link(const phonebook::Entry& entry, const phonebook::Credential* credential,
                           std::span<const BoundLine> lines,
                           std::span<const telephony::Translation> dialled = {},
                           LinkScripts scripts = {});

}  // namespace redial::engine
