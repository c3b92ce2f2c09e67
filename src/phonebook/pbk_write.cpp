// SPDX-License-Identifier: Apache-2.0
// Entries as .pbk text, and what gets lost on the way: found by reading the text back.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "phonebook/entry_keys.h"
#include "phonebook/pbk.h"
#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

using Values = std::map<std::string_view, std::string>;

/// 32 hex digits from the name (FNV-1a, twice), so that writing twice gives the same octets.
std::string guid_of(std::string_view name) {
  const auto hash = [&](uint64_t value) {
    for (const char c : name) value = (value ^ static_cast<uint8_t>(c)) * 0x100000001b3;
    return value;
  };
  return fmt::format("{:016X}{:016X}", hash(0xcbf29ce484222325), hash(0x9e3779b97f4a7c15));
}

std::string_view bit(bool on) { return on ? "1" : "0"; }

int64_t seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

std::string auth_bits(const AuthMethods& auth) {
  const int bits = (auth.pap ? 8 : 0) | (auth.chap_md5 ? 32 : 0) | (auth.mschap ? 64 : 0) |
                   (auth.eap ? 128 : 0) | (auth.mschap_v2 ? 512 : 0);
  return fmt::format("{}", bits == 0 ? 16 : bits);  // 0 would allow the usual ones; 16 is SPAP
}

std::string_view encryption_number(Encryption encryption) {
  switch (encryption) {
    case Encryption::None: return "0";
    case Encryption::Optional: return "8";
    case Encryption::Required: return "256";
    case Encryption::Strongest: return "512";
  }
  return "8";
}

Values head_values(const Entry& entry, uint32_t uid) {
  const RedialSettings& redial = entry.redial;
  const std::string port = entry.lines.empty() ? std::string() : entry.lines.front();
  const bool names = !entry.dns.empty() || !entry.dns2.empty();
  const auto or_none = [](const std::string& address) {
    return address.empty() ? std::string("0.0.0.0") : address;
  };
  const int64_t pause = redial.pause ? seconds(*redial.pause) : 60;
  Values values = {
      {"Type", fmt::format("{}", static_cast<int>(entry.type))},
      {"DialParamsUID", fmt::format("{}", uid)},
      {"Guid", guid_of(entry.name)},
      {"DataEncryption", std::string(encryption_number(entry.encryption))},
      {"DialMode", std::string(bit(entry.multilink))},
      {"RedialAttempts", fmt::format("{}", std::min<uint32_t>(redial.attempts.value_or(99), 99))},
      {"RedialSeconds", fmt::format("{}", std::clamp<int64_t>(pause, 1, 600))},
      {"IdleDisconnectSeconds",
       entry.idle_disconnect ? fmt::format("{}", seconds(*entry.idle_disconnect)) : "0"},
      {"RedialOnLinkFailure", std::string(bit(redial.on_link_failure))},
      {"CallbackMode", fmt::format("{}", entry.callback_mode)},
      {"PrerequisiteEntry", entry.prerequisite},
      {"PrerequisitePbk", entry.prerequisite_book},
      {"PreferredPort", port},
      {"PreferredDevice", entry.device},
      {"PreferredBps", fmt::format("{}", entry.connect_bps)},
      {"CustomAuthKey",
       entry.custom_auth.starts_with("EAP ") ? entry.custom_auth.substr(4) : std::string("0")},
      {"AuthRestrictions", auth_bits(entry.auth)},
      {"IpPrioritizeRemote", std::string(bit(entry.default_route))},
      {"ExcludedProtocols", entry.ipv6 ? "0" : "8"},
      {"IpHeaderCompression", std::string(bit(entry.vj))},
      {"IpInterfaceMetric", fmt::format("{}", std::min<uint32_t>(entry.metric, 9999))},
      {"IpAddress", or_none(entry.ip_address)},
      {"IpDnsAddress", or_none(entry.dns)},
      {"IpDns2Address", or_none(entry.dns2)},
      {"IpAssign", entry.ip_address.empty() ? "1" : "2"},
      {"IpNameAssign", names ? "2" : "1"},
  };
  if (entry.framing == Framing::Slip) values["BaseProtocol"] = "2";
  return values;
}

void put(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  out += '=';
  out += value;
  out += '\n';
}

void put_numbers(std::string& out, const Entry& entry) {
  for (const Number& number : entry.numbers) {
    put(out, "PhoneNumber", number.digits);
    put(out, "AreaCode", number.area_code);
    put(out, "CountryCode", fmt::format("{}", number.country_code));
    put(out, "CountryID", fmt::format("{}", number.country_code));
    put(out, "UseDialingRules", bit(number.use_dialing_rules));
    put(out, "Comment", number.comment);
    put(out, "FriendlyName", "");
  }
  put(out, "LastSelectedPhone", fmt::format("{}", entry.first_number));
  put(out, "PromoteAlternates", bit(entry.promote_alternates));
  put(out, "TryNextAlternateOnFail", bit(entry.try_next_alternate));
}

std::string device_type_of(const Entry& entry) {
  if (!entry.device_type.empty()) return entry.device_type;
  switch (entry.type) {
    case EntryType::Phone: return "modem";
    case EntryType::Vpn: return "vpn";
    case EntryType::Direct: return "serial";
    case EntryType::Broadband: return "PPPoE";
  }
  return "modem";
}

/// MEDIA and all below it for one line; only the first carries numbers, the others share them.
void put_switch(std::string& out, bool terminal, const std::string& script) {
  if (!terminal && script.empty()) return;
  out += "\nDEVICE=switch\n";
  put(out, "Terminal", bit(terminal));
  put(out, "Name", script);
  put(out, "Script", bit(!script.empty()));
}

void put_media(std::string& out, const Entry& entry, const std::string& line, bool first) {
  const std::string type = device_type_of(entry);
  const bool modem = same_word(type, "modem");
  out += '\n';
  put(out, "MEDIA", modem || same_word(type, "serial") ? "serial" : "rastapi");
  put(out, "Port", line);
  put(out, "Device", entry.device);
  if (first && entry.connect_bps > 0) {
    put(out, "ConnectBPS", fmt::format("{}", entry.connect_bps));
  }
  if (first) put_switch(out, entry.terminal_before, entry.script_before);
  out += '\n';
  put(out, "DEVICE", type);
  if (first) put_numbers(out, entry);
  if (!modem) return;
  const auto put_flag = [&](std::string_view key, std::optional<bool> on) {
    if (on) put(out, key, bit(*on));
  };
  put_flag("HwFlowControl", entry.hw_flow_control);
  put_flag("Protocol", entry.error_control);
  put_flag("Compression", entry.compression);
  put_flag("Speaker", entry.speaker);
}

std::string text_of(const Entry& entry, uint32_t uid) {
  std::string out = fmt::format("[{}]\n", entry.name);
  const Values values = head_values(entry, uid);
  for (const HeadKey& key : head_keys()) {
    const auto found = values.find(key.name);
    if (found != values.end()) {
      put(out, key.name, found->second);
    } else if (key.written) {
      put(out, key.name, key.fresh);
    }
  }
  out += "\nNETCOMPONENTS=\nms_msclient=0\nms_server=0\n";
  const std::vector<std::string> none = {""};  // PBVersion=1 with Type: MEDIA without a Port
  for (const std::string& line : entry.lines.empty() ? none : entry.lines) {
    put_media(out, entry, line, &line == &(entry.lines.empty() ? none : entry.lines).front());
  }
  put_switch(out, entry.terminal, entry.script);  // behind the modem: once there is a carrier
  return out;
}

/// The first text of the entry that cannot stand on a line, or nothing.
std::string unwritable(const Entry& entry) {
  std::vector<std::string_view> texts = {
      entry.name,          entry.device,       entry.device_type,      entry.script,
      entry.script_before, entry.prerequisite, entry.prerequisite_book};
  for (const std::string& line : entry.lines) texts.push_back(line);
  for (const Number& number : entry.numbers) {
    texts.insert(texts.end(), {number.digits, number.area_code, number.comment});
  }
  for (const std::string_view text : texts) {
    if (has_control_characters(text) || text.size() > kTextOctetsMax) return std::string(text);
  }
  return {};
}

uint32_t free_uid(const PbkDocument& document) {
  int64_t highest = 0;
  for (size_t i = 0; i < document.entries(); ++i) {
    for (const PbkDocument::Setting& setting : document.settings(i)) {
      if (!same_word(setting.key, "DialParamsUID")) continue;
      highest = std::max(highest, to_integer(trim(setting.value)).value_or(0));
      break;
    }
  }
  return highest < 0x7fffffff ? static_cast<uint32_t>(highest + 1) : 1;
}

Diagnostic about(const Entry& entry, Diagnostic::Severity severity, std::string text) {
  return {.severity = severity,
          .line = 0,
          .column = 0,
          .entry = entry.name,
          .text = std::move(text),
          .file = entry.source};
}

/// What a reader of the text gets otherwise than the entry has it.
void report_losses(const Entry& entry, const std::string& text,
                   std::vector<Diagnostic>& diagnostics) {
  const Book book = read_pbk(text, "phonebook");
  std::string lost;
  for (const EntryKey& key : entry_keys()) {
    const bool other = book.entries.empty() || differs(key, book.entries.front(), entry);
    // A device type that was left open is written as the usual one, which changes nothing.
    if (!other || (key.name == "device_type" && entry.device_type.empty())) continue;
    lost += (lost.empty() ? "" : ", ") + full_name(key);
  }
  if (lost.empty()) return;
  report(diagnostics,
         about(entry, Diagnostic::Severity::Warning,
               fmt::format("a .pbk cannot hold these as they are set: {}; the nearest it can is "
                           "written; keep them in redial.toml",
                           lost)));
}

}  // namespace

WrittenPbk write_pbk(const std::vector<Entry>& entries) {
  WrittenPbk written;
  std::string text;
  uint32_t uid = 0;
  for (const Entry& entry : entries) {
    if (const std::string bad = unwritable(entry); !bad.empty()) {
      report(written.diagnostics,
             about(entry, Diagnostic::Severity::Error,
                   fmt::format("{} cannot stand on one line of a phonebook, so the entry is left "
                               "out; correct it",
                               shown(bad))));
      continue;
    }
    const std::string one = text_of(entry, ++uid);
    report_losses(entry, one, written.diagnostics);
    text += (text.empty() ? "" : "\n") + one;
  }
  PbkDocument document;
  document.append(text);
  written.text = document.text();
  return written;
}

Result<std::vector<Diagnostic>> append_entry(PbkDocument& document, const Entry& entry) {
  const std::string bad = unwritable(entry);
  if (name_problem(entry.name) || !bad.empty()) {
    return fail(ErrorKind::BadFile,
                fmt::format("{}: the entry cannot be written into a phonebook; nothing is changed; "
                            "correct its name and texts",
                            shown(entry.name)));
  }
  if (document.entry_named(entry.name)) {
    return fail(ErrorKind::BadFile,
                fmt::format("{}: the phonebook has an entry of that name; nothing is changed; "
                            "choose another name",
                            shown(entry.name)));
  }
  const std::string text = text_of(entry, free_uid(document));
  std::vector<Diagnostic> diagnostics;
  report_losses(entry, text, diagnostics);
  document.append(text);
  return diagnostics;
}

}  // namespace redial::phonebook
