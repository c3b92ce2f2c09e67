// SPDX-License-Identifier: Apache-2.0
#include "phonebook/pbk.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

using Group = PbkDocument::Group;
using Place = PbkDocument::Place;
using PbkSetting = PbkDocument::Setting;
using Severity = Diagnostic::Severity;

constexpr uint32_t kMediasMax = 64, kDevicesMax = 16;
constexpr size_t kNumbersMax = 256;
constexpr int64_t kNeverIdle = 0xffffffff;

// AuthRestrictions, by value (phonebook.md counts its bits from 1: bit 4 is 8).
constexpr int64_t kPap = 0x008, kChapMd5 = 0x020, kMsChap = 0x040, kEap = 0x080, kMsChapV2 = 0x200,
                  kMsChapWin95 = 0x400;

/// Reads one entry of a document.
class EntryReader {
 public:
  EntryReader(const PbkDocument& document, size_t at, std::string_view file, const Entry& base,
              std::vector<Diagnostic>& diagnostics)
      : document_(document),
        section_(document.entry(at)),
        settings_(document.settings(at)),
        at_(at),
        file_(file),
        diagnostics_(diagnostics),
        entry_(base) {}

  /// The entry, or nullopt when an error makes it unusable.
  std::optional<Entry> read() {
    choose_encoding();
    entry_.name = decode(section_.name);
    entry_.source = fmt::format("{} line {}", file_, section_.line);
    check_header();
    check_lines();
    if (!usable_) return std::nullopt;  // what such a file says of its keys is no help
    read_kind();
    read_redial();
    read_authentication();
    read_addresses();
    read_groups();
    check_password_free();
    if (!usable_) return std::nullopt;
    return std::move(entry_);
  }

 private:
  enum class Encoding : uint8_t { Ansi, Utf8 };

  void report_at(Severity severity, uint32_t line, uint32_t column, std::string text) {
    if (severity == Severity::Error) usable_ = false;
    report(diagnostics_, {.severity = severity,
                          .line = line,
                          .column = column,
                          .entry = entry_.name,
                          .text = std::move(text),
                          .file = std::string(file_)});
  }
  void warn(const PbkSetting& setting, std::string text) {
    report_at(Severity::Warning, setting.line, setting.column, std::move(text));
  }
  void refuse(uint32_t line, std::string text) {
    report_at(Severity::Error, line, 1, std::move(text));
  }

  void choose_encoding();
  std::string decode(std::string_view octets) const;
  void check_header();
  void check_lines();
  void check_password_free();

  const PbkSetting* find(std::string_view key, Place place = {}) const;
  std::string text_of(const PbkSetting& setting);
  std::string text(std::string_view key, Place place = {});
  std::optional<int64_t> number(std::string_view key, int64_t least, int64_t most,
                                std::string_view used, Place place = {});
  std::optional<bool> flag(std::string_view key, std::string_view used, Place place = {});
  std::string address(std::string_view key);

  void read_kind();
  void read_redial();
  void read_authentication();
  void read_encryption();
  void read_addresses();
  void read_groups();
  void read_medias(uint32_t medias);
  void read_device(const PbkSetting& start);
  void read_switch(Place place, bool dials_later);
  bool dials_later(Place place) const;
  void read_modem(Place place);
  void read_numbers();
  void check_groups(uint32_t medias);

  const PbkDocument& document_;
  PbkDocument::Section section_;
  std::vector<PbkSetting> settings_;
  size_t at_;
  std::string_view file_;
  std::vector<Diagnostic>& diagnostics_;
  Entry entry_;
  Encoding encoding_ = Encoding::Utf8;
  bool usable_ = true;
};

const PbkSetting* EntryReader::find(std::string_view key, Place place) const {
  for (const PbkSetting& setting : settings_) {
    if (setting.place == place && same_word(setting.key, key) &&
        (setting.key != "DEVICE" || key == "DEVICE")) {
      return &setting;
    }
  }
  return nullptr;
}

void EntryReader::choose_encoding() {
  const PbkSetting* setting = find("Encoding");
  const std::string_view value = setting ? trim(setting->value) : std::string_view();
  bool well_formed = is_utf8(section_.name);
  const PbkSetting* first_bad = nullptr;
  for (const PbkSetting& s : settings_) {
    if (first_bad == nullptr && !is_utf8(s.value)) first_bad = &s;
  }
  if (value == "0") {
    encoding_ = Encoding::Ansi;
  } else if (value.empty()) {  // NT wrote no such key: its files are 8-bit, ours may be UTF-8
    encoding_ = well_formed && first_bad == nullptr ? Encoding::Utf8 : Encoding::Ansi;
  } else {
    entry_.name = replace_invalid_utf8(section_.name);
    if (value != "1") {
      warn(*setting, fmt::format("Encoding={} is neither 0 nor 1, so it is read as UTF-8; write 1",
                                 shown(value)));
    }
    if (!well_formed || first_bad != nullptr) {
      report_at(Severity::Warning, well_formed ? first_bad->line : section_.line,
                well_formed ? first_bad->column : 2,
                "Encoding=1 says UTF-8, and this is not; what is not shows as \"?\" marks, the "
                "file keeps its octets; save it as UTF-8 or write Encoding=0");
    }
  }
}

std::string EntryReader::decode(std::string_view octets) const {
  return encoding_ == Encoding::Ansi ? from_windows_1252(octets) : replace_invalid_utf8(octets);
}

void EntryReader::check_header() {
  if (!section_.closed) {
    refuse(section_.line,
           "the header lacks its \"]\", so the entry is left out; close the bracket");
    return;
  }
  if (const auto problem = name_problem(entry_.name)) {
    refuse(section_.line, *problem + ", so the entry is left out; give it another name");
  }
}

void EntryReader::check_lines() {
  for (const PbkDocument::Oddity& odd : document_.oddities(at_)) {
    if (odd.too_long) {
      refuse(odd.line, fmt::format("this line has {} octets, {} is the limit, so the entry is left "
                                   "out; shorten or remove the line",
                                   odd.text.size(), kLineOctetsMax));
    } else if (odd.text.find('\0') != std::string_view::npos) {
      report_at(Severity::Warning, odd.line, 1,
                "this line has NUL octets and no setting; it is kept and has no effect; remove it "
                "if the file was damaged");
    } else if (const auto text = trim(odd.text); text[0] != ';' && text[0] != '#') {
      report_at(Severity::Warning, odd.line, 1,
                fmt::format("\"{}\" is neither [entry] nor key=value; it is kept and has no "
                            "effect; remove it, or complete it",
                            shown(text)));
    }
  }
}

void EntryReader::check_password_free() {
  for (const PbkSetting& setting : settings_) {
    if (trim(setting.value).empty()) continue;
    const auto is = [&](std::string_view word) { return same_word(setting.key, word); };
    if (is("Password") || is("Secret") || is("Pass")) {
      report_at(Severity::Error, setting.line, setting.column,
                "a password in a phonebook is refused, since others can read the file; move it to "
                "credentials.toml (mode 0600) and change it at the server");
    } else if (is("PreSharedKey") || is("ApnInfoPassword")) {
      warn(setting,
           "a secret in a phonebook can be read by others, and Redial does not use it; "
           "remove it");
    }
  }
}

std::string EntryReader::text_of(const PbkSetting& setting) {
  std::string value = decode(trim(setting.value));
  if (value.size() > kTextOctetsMax) {
    refuse(setting.line,
           fmt::format("the value has {} octets, {} is the limit, so the entry is left "
                       "out; shorten it",
                       value.size(), kTextOctetsMax));
    return {};
  }
  if (has_control_characters(value)) {
    warn(setting, "the value has control characters, which read as \"?\"; remove them");
    value = without_control_characters(value);
  }
  return value;
}

std::string EntryReader::text(std::string_view key, Place place) {
  const PbkSetting* setting = find(key, place);
  return setting ? text_of(*setting) : std::string();
}

std::optional<int64_t> EntryReader::number(std::string_view key, int64_t least, int64_t most,
                                           std::string_view used, Place place) {
  const PbkSetting* setting = find(key, place);
  if (setting == nullptr || trim(setting->value).empty()) return std::nullopt;
  const auto value = to_integer(trim(setting->value));
  if (value && *value >= least && *value <= most) return value;
  warn(*setting, fmt::format("{}={} is not a number from {} to {}, so {}; correct the line or "
                             "remove it",
                             key, shown(trim(setting->value)), least, most, used));
  return std::nullopt;
}

std::optional<bool> EntryReader::flag(std::string_view key, std::string_view used, Place place) {
  const auto value = number(key, 0, 1, used, place);
  return value ? std::optional(*value == 1) : std::nullopt;
}

/// Dotted address, empty for none. A bad one is left to the server.
std::string EntryReader::address(std::string_view key) {
  const PbkSetting* setting = find(key);
  const std::string value = text(key);
  if (value.empty() || value == "0.0.0.0") return {};
  if (is_ipv4(value)) return value;
  warn(*setting, fmt::format("{}={} is no address, so the server's is used; write a.b.c.d", key,
                             shown(value)));
  return {};
}

void EntryReader::read_kind() {
  if (const auto type = number("Type", 1, 5, "the device decides what the entry is")) {
    // Type 4 ("Internet") is a phone entry made by a wizard.
    entry_.type = *type == 4 ? EntryType::Phone : static_cast<EntryType>(*type);
  }
  const auto framing = number("BaseProtocol", 0, 4, "PPP is used");
  const bool slip_address = !address("SlipIpAddress").empty();
  if (framing == 2 || (slip_address && framing != 1)) entry_.framing = Framing::Slip;
  if (const auto excluded = number("ExcludedProtocols", 0, 0xffffffff, "none is excluded");
      excluded) {
    if ((*excluded & 4) != 0) {
      warn(*find("ExcludedProtocols"),
           "IPv4 is excluded, and Redial negotiates it all the same; let the entry keep IPv4");
    }
    // Files of before Vista know no IPv6, whatever is excluded in them.
    entry_.ipv6 = (*excluded & 8) == 0 && find("Ipv6Assign") != nullptr;
  }
  entry_.prerequisite = text("PrerequisiteEntry");
  entry_.prerequisite_book = text("PrerequisitePbk");
  if (const auto mode = number("CallbackMode", 0, 2, "no callback is asked for")) {
    entry_.callback_mode = static_cast<uint8_t>(*mode);
  }
}

void EntryReader::read_redial() {
  RedialSettings& redial = entry_.redial;
  const std::string attempts = redial.attempts
                                   ? fmt::format("{} further tries are made", *redial.attempts)
                                   : "it is tried for ever";
  if (const auto n = number("RedialAttempts", 0, 99, attempts)) {
    redial.attempts = static_cast<uint32_t>(*n);
  }
  const std::string pause = redial.pause
                                ? fmt::format("the pause is {}", redial::to_text(*redial.pause))
                                : "pauses back off";
  if (const auto n = number("RedialSeconds", 1, 600, pause)) {
    redial.pause = std::chrono::seconds(*n);
  }
  if (const auto on =
          flag("RedialOnLinkFailure", redial.on_link_failure ? "a lost link is redialled"
                                                             : "a lost link is not redialled")) {
    redial.on_link_failure = *on;
  }
  const auto idle = number("IdleDisconnectSeconds", -1, kNeverIdle + 1, "no idle limit is set");
  if (idle && (*idle == -1 || *idle >= kNeverIdle)) entry_.idle_disconnect.reset();
  if (idle && *idle > 0 && *idle < kNeverIdle) {
    entry_.idle_disconnect = std::chrono::seconds(*idle);  // 0 leaves the common setting
  }
}

void EntryReader::read_authentication() {
  if (const auto type = number("CustomAuthKey", -1, 255, "no EAP type is asked for")) {
    entry_.custom_auth = *type > 0 ? fmt::format("EAP {}", *type) : std::string();
  }
  const auto allowed = number("AuthRestrictions", 0, 0xffffffff, "the usual methods are allowed");
  if (allowed && *allowed != 0) {
    const auto has = [&](int64_t bits) { return (*allowed & bits) != 0; };
    entry_.auth = {.pap = has(kPap),
                   .chap_md5 = has(kChapMd5),
                   .mschap = has(kMsChap | kMsChapWin95),
                   .mschap_v2 = has(kMsChapV2),
                   .eap = has(kEap)};
  }
  if (flag("AuthenticateServer", "the server need not prove itself") == true &&
      (entry_.auth.pap || entry_.auth.chap_md5)) {
    warn(*find("AuthenticateServer"),
         "the server is to prove itself, which PAP and CHAP cannot do, so it may not; allow only "
         "what can: auth = [\"mschap-v2\"]");
  }
  read_encryption();
}

void EntryReader::read_encryption() {
  const PbkSetting* setting = find("DataEncryption");
  if (setting == nullptr || trim(setting->value).empty()) return;
  const std::map<std::string_view, Encryption> known = {{"0", Encryption::None},
                                                        {"8", Encryption::Optional},
                                                        {"256", Encryption::Required},
                                                        {"512", Encryption::Strongest}};
  const auto found = known.find(trim(setting->value));
  if (found != known.end()) {
    entry_.encryption = found->second;
    return;
  }
  entry_.encryption = Encryption::Required;  // the guess that leaks nothing
  warn(*setting, fmt::format("DataEncryption={} is none of 0, 8, 256 and 512, so encryption is "
                             "taken as required; correct the line",
                             shown(trim(setting->value))));
}

void EntryReader::read_addresses() {
  const auto assign = number("IpAssign", 0, 2, "the server gives the address");
  if (assign == 2) entry_.ip_address = address("IpAddress");
  if (entry_.framing == Framing::Slip && entry_.ip_address.empty()) {
    entry_.ip_address = address("SlipIpAddress");
  }
  if (const auto on = flag("IpHeaderCompression", "headers are sent as they are")) {
    entry_.vj = *on;
  }
  if (number("IpNameAssign", 0, 3, "the server names the DNS servers") == 2) {
    entry_.dns = address("IpDnsAddress");
    entry_.dns2 = address("IpDns2Address");
  }
  if (const auto on = flag("IpPrioritizeRemote", "the default route follows the common setting")) {
    entry_.default_route = *on;
  }
  if (const auto metric = number("IpInterfaceMetric", 0, 9999, "the metric is automatic")) {
    entry_.metric = static_cast<uint32_t>(*metric);
  }
}

void EntryReader::read_groups() {
  uint32_t medias = 0;
  for (const PbkSetting& setting : settings_) {
    if (same_word(setting.key, "MEDIA")) ++medias;
  }
  if (medias > kMediasMax) {
    refuse(section_.line, fmt::format("{} MEDIA groups are more than the {} that are read, so the "
                                      "entry is left out; remove some",
                                      medias, kMediasMax));
    return;
  }
  read_medias(medias);
  for (const PbkSetting& setting : settings_) {
    // One MEDIA has four of them at most ([MS-RRASM] 2.2.2.1); more are looked at, not any number.
    if (setting.key == "DEVICE" && setting.place.device < kDevicesMax) read_device(setting);
  }
  read_numbers();
  check_groups(medias);
}

void EntryReader::read_medias(uint32_t medias) {
  std::vector<std::string> lines;
  for (uint32_t media = 0; media < medias; ++media) {
    const Place place{.group = Group::Media, .media = media};
    std::string port = text("Port", place);
    if (port.empty()) continue;
    if (std::ranges::find(lines, port) == lines.end()) lines.push_back(std::move(port));
    if (!entry_.device.empty()) continue;
    entry_.device = text("Device", place);
    if (const auto bps = number("ConnectBPS", 0, 4'000'000, "the line's speed is used", place)) {
      entry_.connect_bps = static_cast<uint32_t>(*bps);
    }
  }
  if (!lines.empty()) entry_.lines = std::move(lines);
  // DialMode 0: the first device that is free, so further MEDIA are spares, not a bundle.
  const auto mode = number("DialMode", 0, 2, "all devices are meant");
  entry_.multilink = medias > 1 && mode.value_or(1) != 0;
}

void EntryReader::read_device(const PbkSetting& start) {
  const std::string type = text_of(start);
  if (same_word(type, "switch")) {
    return read_switch(start.place, dials_later(start.place));
  }
  if (entry_.device_type.empty() || start.place.media == 0) {
    // A pad between the modem and an X.25 network is what must be noticed of such an entry.
    if (!same_word(entry_.device_type, "pad")) entry_.device_type = type;
  }
  if (same_word(type, "modem") && start.place.media == 0) read_modem(start.place);
  if (same_word(type, "pad") || same_word(type, "x25")) {
    entry_.x25_pad = text("X25Pad", start.place);
    entry_.x25_address = text("X25Address", start.place);
    entry_.x25_user_data = text("UserData", start.place);
    entry_.x25_facilities = text("Facilities", start.place);
  }
  if (same_word(type, "vpn")) entry_.type = EntryType::Vpn;
  if (same_word(type, "PPPoE")) entry_.type = EntryType::Broadband;
}

/// A switch in front of what dials is there before the call, one behind it once there is a carrier.
bool EntryReader::dials_later(Place place) const {
  return std::ranges::any_of(settings_, [&](const PbkSetting& setting) {
    return setting.key == "DEVICE" && setting.place.media == place.media &&
           setting.place.device > place.device && !same_word(trim(setting.value), "switch");
  });
}

void EntryReader::read_switch(Place place, bool dials_later) {
  if (flag("Terminal", "no terminal is opened", place) == true) {
    (dials_later ? entry_.terminal_before : entry_.terminal) = true;
  }
  const auto run = flag("Script", "no script is run", place);
  std::string name = text("Name", place);
  if (name.empty()) name = text("Type", place);
  if (name.empty() || run == false) return;
  // NT files name the SWITCH.INF section and have no Script key.
  (dials_later ? entry_.script_before : entry_.script) = name;
}

void EntryReader::read_modem(Place place) {
  constexpr std::string_view kModemDecides = "the modem decides";
  entry_.hw_flow_control = flag("HwFlowControl", kModemDecides, place);
  entry_.error_control = flag("Protocol", kModemDecides, place);
  entry_.compression = flag("Compression", kModemDecides, place);
  entry_.speaker = flag("Speaker", kModemDecides, place);
}

/// The first MEDIA that has numbers gives them all; links beside it share them (RASEO_SharedPhone-
/// Numbers) or belong to a bundle, of which only the first link is dialled.
void EntryReader::read_numbers() {
  std::vector<Number> numbers;
  std::optional<uint32_t> media;
  for (const PbkSetting& setting : settings_) {
    const bool in_group =
        setting.place.group == Group::Device || setting.place.group == Group::Media;
    if (!in_group || (media && setting.place.media != *media)) continue;
    if (same_word(setting.key, "PhoneNumber")) {
      const std::string value = decode(trim(setting.value));
      if (value.size() > kNumberOctetsMax || has_control_characters(value)) {
        refuse(setting.line, fmt::format("the number {} has control characters or more than {} "
                                         "octets, so the entry is left out; correct it",
                                         shown(value), kNumberOctetsMax));
        return;
      }
      numbers.emplace_back().digits = value;
      media = setting.place.media;
      continue;
    }
    if (numbers.empty()) continue;
    Number& last = numbers.back();
    if (same_word(setting.key, "AreaCode")) last.area_code = text_of(setting);
    if (same_word(setting.key, "Comment")) last.comment = text_of(setting);
    const std::string_view value = trim(setting.value);
    if (same_word(setting.key, "UseDialingRules")) last.use_dialing_rules = value == "1";
    if (same_word(setting.key, "CountryCode")) {
      last.country_code =
          static_cast<uint32_t>(std::clamp<int64_t>(to_integer(value).value_or(0), 0, 9999));
    }
  }
  std::erase_if(numbers, [](const Number& number) { return number.digits.empty(); });
  if (numbers.size() > kNumbersMax) {
    refuse(section_.line, fmt::format("{} numbers are more than the {} that are read, so the entry "
                                      "is left out; remove some",
                                      numbers.size(), kNumbersMax));
    return;
  }
  if (!numbers.empty()) entry_.numbers = std::move(numbers);
  const Place place{.group = Group::Device, .media = media.value_or(0)};
  if (const auto next = flag("TryNextAlternateOnFail", "the next number is tried", place)) {
    entry_.try_next_alternate = *next;
  }
  if (const auto promote = flag("PromoteAlternates", "the order of numbers stays", place)) {
    entry_.promote_alternates = *promote;
  }
  const auto last = number("LastSelectedPhone", 0, kNumbersMax - 1, "the first is dialled", place);
  entry_.first_number = static_cast<uint16_t>(last.value_or(0));
}

void EntryReader::check_groups(uint32_t medias) {
  // [MS-RRASM] note 235: from PBVersion=1 on, an entry with a Type does without Port.
  const bool portless =
      number("PBVersion", 0, 1000, "it is read as the oldest form").value_or(0) >= 1 &&
      find("Type") != nullptr;
  bool has_port = false;
  for (uint32_t media = 0; media < medias; ++media) {
    const PbkSetting* port = find("Port", {.group = Group::Media, .media = media});
    has_port = has_port || (port != nullptr && !trim(port->value).empty());
  }
  if (!has_port && !portless) {
    refuse(section_.line,
           fmt::format("has no MEDIA group with a Port, so the entry cannot be dialled and is left "
                       "out; add {}",
                       medias == 0 ? "MEDIA=serial, Port=COM1, DEVICE=modem and PhoneNumber="
                                   : "Port=COM1 below MEDIA="));
    return;
  }
  const bool cable = same_word(entry_.device_type, "serial") ||
                     same_word(entry_.device_type, "generic") ||
                     same_word(entry_.device_type, "rastapi");
  if (entry_.type == EntryType::Phone && entry_.numbers.empty()) {
    if (cable || entry_.device_type.empty()) {
      entry_.type = EntryType::Direct;  // a null-modem cable: nothing to dial
    } else {
      report_at(Severity::Warning, section_.line, 1,
                "has no phone number, so it works only on a direct line; add PhoneNumber= below "
                "DEVICE=");
    }
  }
}

void check_document(const PbkDocument& document, std::string_view file, Book& book) {
  const auto add = [&](Severity severity, uint32_t line, std::string text) {
    report(book.diagnostics, {.severity = severity,
                              .line = line,
                              .column = 1,
                              .entry = {},
                              .text = std::move(text),
                              .file = std::string(file)});
  };
  for (const PbkDocument::Oddity& odd : document.preamble_oddities()) {
    if (odd.too_long) {
      add(Severity::Error, odd.line,
          fmt::format("this line has {} octets, {} is the limit; it is ignored; remove it",
                      odd.text.size(), kLineOctetsMax));
    }
  }
  if (document.entries() == 0) {
    if (!document.preamble().empty() || !document.preamble_oddities().empty()) {
      add(Severity::Error, 1, "no [entry] anywhere, so this is no phonebook; look at the file");
    }
  } else if (!document.preamble().empty()) {
    add(Severity::Warning, document.preamble().front().line,
        "settings before the first [entry] are kept and have no effect; move them into an entry");
  }
  if (document.cut_short()) {
    add(Severity::Error, PbkDocument::kLinesMax,
        fmt::format("more than {} lines; the rest is not read; split the phonebook",
                    PbkDocument::kLinesMax));
  }
}

Book nothing_of(std::string_view file_name, std::string text) {
  Book book;
  book.diagnostics.push_back({.severity = Severity::Error,
                              .line = 1,
                              .column = 1,
                              .entry = {},
                              .text = std::move(text),
                              .file = std::string(file_name)});
  return book;
}

}  // namespace

Entry pbk_defaults() {
  Entry entry;
  entry.redial.attempts = 3;
  entry.redial.pause = 60s;
  return entry;
}

Book read_pbk(std::string_view octets, std::string_view file_name, const Entry& base) {
  if (octets.size() <= kPhonebookOctetsMax) {
    return read_pbk(PbkDocument::parse(octets), file_name, base);
  }
  return nothing_of(file_name,
                    fmt::format("{} octets, {} is the limit; nothing is read; split the phonebook",
                                octets.size(), kPhonebookOctetsMax));
}

Book read_pbk(const PbkDocument& document, std::string_view file_name, const Entry& base) {
  if (document.is_utf16()) {
    return nothing_of(file_name, "this is UTF-16; nothing is read; save it as UTF-8 or ANSI");
  }
  Book book;
  check_document(document, file_name, book);
  std::map<std::string, uint32_t> seen;
  for (size_t i = 0; i < document.entries(); ++i) {
    const PbkDocument::Section section = document.entry(i);
    const auto refuse = [&](std::string text) {
      report(book.diagnostics,
             {.severity = Severity::Error,
              .line = section.line,
              .column = 1,
              .entry = replace_invalid_utf8(section.name.substr(0, kNameOctetsMax)),
              .text = std::move(text),
              .file = std::string(file_name)});
    };
    if (i == kEntriesMax) {
      refuse(
          fmt::format("more than {} entries; this one and the rest are not read; split the "
                      "phonebook",
                      kEntriesMax));
      break;
    }
    auto entry = EntryReader(document, i, file_name, base, book.diagnostics).read();
    // An unusable entry still owns its name: which of two was meant is for a person to say.
    const std::string name = entry ? entry->name : std::string(section.name);
    if (const auto [first, fresh] = seen.try_emplace(name, section.line); !fresh) {
      refuse(fmt::format("the name is taken by line {}, so this entry is left out; rename one",
                         first->second));
      continue;
    }
    if (entry) book.entries.push_back(std::move(*entry));
  }
  return book;
}

}  // namespace redial::phonebook
