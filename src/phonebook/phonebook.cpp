// SPDX-License-Identifier: Apache-2.0
// Diagnostics as text, what an entry demands, and which line it is dialled on.
#include "phonebook/phonebook.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

/// "acme.inf:Acme 56K" -> "Acme 56K": the modem's name in a description.
std::string_view section_of(std::string_view description) {
  const size_t colon = description.rfind(':');
  return colon == std::string_view::npos ? description : description.substr(colon + 1);
}

std::string names_of(const std::vector<LineSpec>& lines) {
  if (lines.empty()) return "redial.toml declares no line";
  std::string names;
  for (const LineSpec& line : lines) names += (names.empty() ? "" : ", ") + line.name;
  return "the lines are " + shown(names);
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view w) { return same_word(word, w); });
}

void add_type_demands(const Entry& entry, std::vector<std::string>& out) {
  switch (entry.type) {
    case EntryType::Phone:
    case EntryType::Direct: break;
    case EntryType::Vpn:
      out.push_back(
          "is a VPN (Type=2), which Redial does not build; use the VPN program of this system, "
          "or give the entry type = \"phone\" and a number");
      break;
    case EntryType::Broadband:
      out.push_back(
          "is broadband over PPPoE (Type=5), which Redial does not speak; use the PPPoE client "
          "of this system, or give the entry type = \"phone\" and a number");
      break;
  }
  if (entry.framing == Framing::Slip) {
    out.push_back(
        "asks for SLIP, which Redial does not speak; set framing = \"ppp\" when the far end can "
        "do PPP");
  }
  const bool logs_on = same_word(entry.device_type, "pad") && entry.script_compiled;
  if (!logs_on &&
      one_of(entry.device_type, {"x25", "pad", "atm", "framerelay", "sonet", "sw56", "irda"})) {
    out.push_back(fmt::format(
        "is made for a device of the type {}, which Redial has not; give it a line and a number "
        "of its own: line = \"COM1\"",
        shown(entry.device_type)));
  }
}

void add_security_demands(const Entry& entry, std::vector<std::string>& out) {
  if (entry.encryption == Encryption::Required || entry.encryption == Encryption::Strongest) {
    out.push_back(fmt::format(
        "demands {} encryption of the data (RAS error 741), which Redial does not do; set "
        "encryption = \"optional\" if the link may go without",
        entry.encryption == Encryption::Required ? "some" : "the strongest"));
  }
  const AuthMethods& auth = entry.auth;
  if (auth.pap || auth.chap_md5 || auth.mschap || auth.mschap_v2) return;
  if (auth.eap) {
    out.push_back(fmt::format(
        "allows only {} for the password, which Redial does not speak; allow another method "
        "that the server accepts: auth = [\"mschap-v2\"]",
        entry.custom_auth.empty() ? "EAP" : entry.custom_auth));
  } else {
    out.push_back(
        "allows only SPAP or certificates for the password, which Redial does not offer; allow "
        "another method that the server accepts: auth = [\"mschap-v2\", \"chap-md5\"]");
  }
}

/// Operations of RFC 1570 that name a place to call.
bool names_place(CallbackBy by) { return by != CallbackBy::Cbcp && by != CallbackBy::Account; }

void add_callback_demands(const Entry& entry, std::vector<std::string>& out) {
  if (entry.callback_mode == 0) return;
  // RAS error 751: what a number to call back may have.
  constexpr std::string_view kAllowed = "0123456789TPWtpw()-@,*#+ ";
  const bool is_number = entry.callback_by == CallbackBy::Cbcp ||
                         entry.callback_by == CallbackBy::DialString ||
                         entry.callback_by == CallbackBy::E164;
  if (names_place(entry.callback_by) && entry.callback_number.empty()) {
    out.push_back(
        "wants to be called back at a place that it does not name; write callback_number = "
        "\"...\", or callback_by = \"account\" if the server knows it");
  } else if (is_number && entry.callback_number.find_first_not_of(kAllowed) != std::string::npos) {
    out.push_back(fmt::format(
        "wants to be called back at {}, which is no telephone number (RAS error 751); write "
        "callback_number with digits, T, P, W, parentheses, hyphens, @ and blanks",
        shown(entry.callback_number)));
  }
}

}  // namespace

std::string to_text(const Diagnostic& d) {
  const bool error = d.severity == Diagnostic::Severity::Error;
  std::string where = d.file;
  if (d.line > 0) where += fmt::format(":{}:{}", d.line, d.column);
  return fmt::format("{}: {}: {}{}", where, error ? "error" : "warning",
                     d.entry.empty() ? "" : fmt::format("[{}] ", shown(d.entry)), d.text);
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::ranges::any_of(
      diagnostics, [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::Error; });
}

void report(std::vector<Diagnostic>& diagnostics, Diagnostic diagnostic) {
  if (diagnostics.size() > kDiagnosticsMax) return;
  if (diagnostics.size() == kDiagnosticsMax) {
    // An error, because one may be among those left out.
    diagnostic.severity = Diagnostic::Severity::Error;
    diagnostic.text = "and more from here on, left out; correct the first ones and check again";
  }
  diagnostics.push_back(std::move(diagnostic));
}

std::optional<std::string> name_problem(std::string_view name) {
  if (name.empty()) return "an entry needs a name";
  if (name.size() > kNameOctetsMax) {
    return fmt::format("the name has {} octets, {} is the limit", name.size(), kNameOctetsMax);
  }
  if (has_control_characters(name)) return "the name has control characters";
  return std::nullopt;
}

const Entry* find_entry(const std::vector<Entry>& entries, std::string_view name) {
  const auto found = std::ranges::find(entries, name, &Entry::name);
  return found == entries.end() ? nullptr : &*found;
}

bool names_script_file(std::string_view script) {
  const auto ends = [&](std::string_view end) {
    return script.size() > end.size() && same_word(script.substr(script.size() - end.size()), end);
  };
  const size_t colon = script.rfind(':');
  const bool section = colon != std::string_view::npos && colon >= 4 &&
                       same_word(script.substr(colon - 4, 4), ".inf");
  return ends(".scp") || ends(".chat") || section || script.starts_with('[');
}

std::vector<std::string> unsupported(const Entry& entry) {
  std::vector<std::string> out;
  add_type_demands(entry, out);
  add_security_demands(entry, out);
  add_callback_demands(entry, out);
  if (!entry.script_before.empty() && !entry.script_before_compiled &&
      !names_script_file(entry.script_before)) {
    out.push_back(fmt::format(
        "wants the script {} run before it is dialled, and no file is named that has it; put the "
        "SWITCH.INF that has it beside redial.toml, or set script_before = \"\" if nothing lies "
        "between here and the modem",
        shown(entry.script_before)));
  }
  if (!entry.script.empty() && entry.script_steps.empty() && !entry.script_compiled &&
      !names_script_file(entry.script)) {
    out.push_back(fmt::format(
        "wants the script {} run at the login, and redial.toml does not say what it does; write "
        "[script.\"{}\"] with its steps, put the SWITCH.INF that has it beside redial.toml, or set "
        "script = \"\" if the server starts PPP by itself",
        shown(entry.script), shown(entry.script)));
  }
  if (!entry.prerequisite.empty() && entry.prerequisite == entry.name) {
    out.push_back(
        "wants itself up first (PrerequisiteEntry), so it could never be dialled; set "
        "prerequisite = \"\" or name another entry");
  }
  return out;
}

std::vector<std::string> reduced(const Entry& entry) {
  std::vector<std::string> out;
  const bool shaped = !entry.interface_name.empty() || !entry.routes.empty() ||
                      !entry.local_networks.empty() || !entry.ipv6_address.empty() ||
                      entry.dns_mode != DnsMode::Auto;
  if (entry.interface == Interface::User && shaped) {
    out.push_back(
        "has routes or other settings of an interface, but ends in the program and makes "
        "none; they have no effect; set interface = \"tun\", or dial with --tun");
  }
  if (entry.multilink) {
    out.push_back(
        "is a multilink entry and is dialled as a single link on the first of its lines that "
        "works; set multilink = false to say that this is meant");
  }
  if (same_word(entry.device_type, "isdn")) {
    out.push_back(
        "was made for ISDN and is dialled by modem; name the line it is to use: line = \"COM1\"");
  }
  return out;
}

Result<std::vector<size_t>> bind_lines(const Entry& entry, const std::vector<LineSpec>& lines) {
  std::vector<size_t> bound;
  const auto add_where = [&](auto&& wanted) {
    for (size_t i = 0; i < lines.size(); ++i) {
      if (wanted(lines[i]) && std::ranges::find(bound, i) == bound.end()) bound.push_back(i);
    }
  };
  for (const std::string& name : entry.lines) {
    add_where([&](const LineSpec& line) { return same_word(line.name, name); });
  }
  if (bound.empty() && !entry.device.empty()) {
    add_where([&](const LineSpec& line) {
      return same_word(line.description, entry.device) ||
             same_word(section_of(line.description), entry.device);
    });
  }
  if (bound.empty() && entry.type == EntryType::Phone && !entry.numbers.empty()) {
    add_where(has_modem);
    if (bound.size() != 1) bound.clear();
  }
  if (!bound.empty()) return bound;

  std::string wanted = "names no line";
  if (!entry.lines.empty()) {
    wanted = "wants line " + shown(entry.lines.front()) + ", which does not exist";
  }
  return fail(ErrorKind::NotFound,
              fmt::format("{}: {}; {}; it cannot be dialled until redial.toml gives the entry one: "
                          "[entry.\"{}\"] line = \"...\"",
                          shown(entry.name), wanted, names_of(lines), shown(entry.name)));
}

Result<LineSpec> bind_line(const Entry& entry, const std::vector<LineSpec>& lines) {
  return bind_lines(entry, lines).map([&](const std::vector<size_t>& bound) {
    return lines[bound.front()];
  });
}

}  // namespace redial::phonebook
