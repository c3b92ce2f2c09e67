// SPDX-License-Identifier: Apache-2.0
#include "phonebook/pbk_document.h"

#include <algorithm>

#include "core/check.h"
#include "phonebook/phonebook.h"
#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

// clang-format off
// In file order. Keys that a Windows 7 file (PBVersion=1) lacks are known, so that a change puts them
// in their place, but a new entry does not get them.
constexpr HeadKey kHeadKeys[] = {
    {"Encoding", "1"},               {"PBVersion", "1"},              {"Type", "1"},
    {"AutoLogon", "0"},              {"UseRasCredentials", "1"},      {"LowDateTime", "0"},
    {"HighDateTime", "0"},           {"DialParamsUID", "0"},          {"Guid", ""},
    {"BaseProtocol", "1", false},    {"VpnStrategy", "0"},            {"ExcludedProtocols", "0"},
    {"LcpExtensions", "1"},          {"DataEncryption", "8"},         {"SwCompression", "0"},
    {"NegotiateMultilinkAlways", "0"}, {"SkipNwcWarning", "0", false},
    {"SkipDownLevelDialog", "0", false}, {"SkipDoubleDialDialog", "0"}, {"DialMode", "0"},
    {"DialPercent", "75", false},    {"DialSeconds", "120", false},   {"HangUpPercent", "10", false},
    {"HangUpSeconds", "120", false}, {"OverridePref", "15"},          {"RedialAttempts", "3"},
    {"RedialSeconds", "60"},         {"IdleDisconnectSeconds", "0"},  {"RedialOnLinkFailure", "1"},
    {"CallbackMode", "0"},           {"CustomDialDll", ""},           {"CustomDialFunc", ""},
    {"CustomRasDialDll", ""},        {"ForceSecureCompartment", "0"}, {"DisableIKENameEkuCheck", "0"},
    {"AuthenticateServer", "0"},     {"ShareMsFilePrint", "0"},       {"BindMsNetClient", "0"},
    {"SharedPhoneNumbers", "1"},     {"GlobalDeviceSettings", "0"},   {"PrerequisiteEntry", ""},
    {"PrerequisitePbk", ""},         {"PreferredPort", ""},           {"PreferredDevice", ""},
    {"PreferredBps", "0"},           {"PreferredHwFlow", "1"},        {"PreferredProtocol", "1"},
    {"PreferredCompression", "1"},   {"PreferredSpeaker", "1"},       {"PreferredMdmProtocol", "0"},
    {"PreviewUserPw", "1"},          {"PreviewDomain", "0"},          {"PreviewPhoneNumber", "1"},
    {"ShowDialingProgress", "1"},    {"ShowMonitorIconInTaskBar", "1"}, {"CustomAuthKey", "0"},
    {"CustomAuthData", "", false},   {"AuthRestrictions", "552"},     {"TypicalAuth", "1", false},
    {"IpPrioritizeRemote", "1"},     {"IpInterfaceMetric", "0"},      {"IpHeaderCompression", "0"},
    {"IpAddress", "0.0.0.0"},        {"IpDnsAddress", "0.0.0.0"},     {"IpDns2Address", "0.0.0.0"},
    {"IpWinsAddress", "0.0.0.0"},    {"IpWins2Address", "0.0.0.0"},   {"IpAssign", "1"},
    {"IpNameAssign", "1"},           {"IpFrameSize", "1006", false},  {"IpDnsFlags", "0"},
    {"IpNBTFlags", "0"},             {"TcpWindowSize", "0"},          {"UseFlags", "2"},
    {"IpSecFlags", "0"},             {"IpDnsSuffix", ""},             {"Ipv6Assign", "1"},
    {"Ipv6Address", "::"},           {"Ipv6PrefixLength", "0"},       {"Ipv6PrioritizeRemote", "1"},
    {"Ipv6InterfaceMetric", "0"},    {"Ipv6NameAssign", "1"},         {"Ipv6DnsAddress", "::"},
    {"Ipv6Dns2Address", "::"},       {"Ipv6Prefix", "0000000000000000"},
    {"Ipv6InterfaceId", "0000000000000000"}, {"DisableClassBasedDefaultRoute", "0"},
    {"DisableMobility", "0"},        {"NetworkOutageTime", "0"},      {"ProvisionType", "0"},
    {"PreSharedKey", ""},
};
// clang-format on

/// The place of a key in the table; unknown keys come after all of it.
size_t rank(std::string_view key) {
  const auto found = std::ranges::find_if(
      kHeadKeys, [&](const HeadKey& known) { return same_word(known.name, key); });
  return static_cast<size_t>(found - std::begin(kHeadKeys));
}

/// `DEVICE` starts a group, `Device` is the modem's name: the one place where case matters.
bool same_key(std::string_view a, std::string_view b) {
  if (a == "DEVICE" || b == "DEVICE") return a == b;
  return same_word(a, b);
}

}  // namespace

std::span<const HeadKey> head_keys() { return kHeadKeys; }

PbkDocument PbkDocument::parse(std::string_view octets) {
  PbkDocument document;
  document.octets_ = octets;
  document.index();
  return document;
}

void PbkDocument::index() {
  lines_.clear();
  sections_.clear();
  const std::string_view all = octets_;
  size_t at_octet = all.starts_with("\xef\xbb\xbf") ? 3 : 0;  // a byte order mark, never wanted
  while (at_octet < all.size() && lines_.size() < kLinesMax) {
    const size_t newline = std::min(all.find('\n', at_octet), all.size());
    size_t end = newline;
    if (end > at_octet && newline < all.size() && all[end - 1] == '\r') --end;
    Line line{.offset = static_cast<uint32_t>(at_octet),
              .size = static_cast<uint32_t>(end - at_octet)};
    const std::string_view text = trim(at(line));
    if (text.starts_with('[')) {
      line.form = Form::Header;
      if (!sections_.empty()) sections_.back().end = static_cast<uint32_t>(lines_.size());
      sections_.push_back({.header = static_cast<uint32_t>(lines_.size())});
    } else if (text.find('=') != std::string_view::npos) {
      line.form = Form::Setting;
    } else if (!text.empty()) {
      line.form = Form::Odd;
    }
    lines_.push_back(line);
    at_octet = newline + 1;
  }
  cut_short_ = at_octet < all.size();
  if (!sections_.empty()) sections_.back().end = static_cast<uint32_t>(lines_.size());
}

PbkDocument::Section PbkDocument::entry(size_t section) const {
  REDIAL_ASSERT(section < sections_.size());
  const Span& span = sections_[section];
  std::string_view name = trim(at(lines_[span.header])).substr(1);
  const bool closed = name.ends_with(']');
  if (closed) name.remove_suffix(1);
  return {.name = name,
          .line = span.header + 1,
          .closed = closed,
          .first = span.header + 1,
          .end = span.end};
}

std::optional<size_t> PbkDocument::entry_named(std::string_view raw_name) const {
  for (size_t i = 0; i < sections_.size(); ++i) {
    if (entry(i).name == raw_name) return i;
  }
  return std::nullopt;
}

std::vector<PbkDocument::Setting> PbkDocument::settings(size_t section) const {
  const Section found = entry(section);
  return settings_between(found.first, found.end);
}

std::vector<PbkDocument::Oddity> PbkDocument::oddities(size_t section) const {
  const Section found = entry(section);
  // With the header, which may be too long as well.
  return oddities_between(found.first - 1, found.end);
}

std::vector<PbkDocument::Setting> PbkDocument::preamble() const {
  const size_t end = sections_.empty() ? lines_.size() : sections_.front().header;
  return settings_between(0, static_cast<uint32_t>(end));
}

std::vector<PbkDocument::Oddity> PbkDocument::preamble_oddities() const {
  const size_t end = sections_.empty() ? lines_.size() : sections_.front().header;
  return oddities_between(0, static_cast<uint32_t>(end));
}

std::vector<PbkDocument::Setting> PbkDocument::settings_between(uint32_t first,
                                                                uint32_t end) const {
  std::vector<Setting> out;
  Place place;
  uint32_t medias = 0, devices = 0;
  for (uint32_t i = first; i < end; ++i) {
    if (lines_[i].form != Form::Setting) continue;
    const std::string_view text = at(lines_[i]);
    const size_t equals = text.find('=');
    const std::string_view key = trim(text.substr(0, equals));
    if (same_word(key, "NETCOMPONENTS")) {
      place = {.group = Group::NetComponents};
    } else if (same_word(key, "MEDIA")) {
      place = {.group = Group::Media, .media = medias++};
      devices = 0;
    } else if (key == "DEVICE") {
      place = {.group = Group::Device, .media = medias > 0 ? medias - 1 : 0, .device = devices++};
    }
    out.push_back({.key = key,
                   .value = text.substr(equals + 1),
                   .line = i + 1,
                   .column = static_cast<uint32_t>(equals + 2),
                   .place = place});
  }
  return out;
}

std::vector<PbkDocument::Oddity> PbkDocument::oddities_between(uint32_t first, uint32_t end) const {
  std::vector<Oddity> out;
  for (uint32_t i = first; i < end; ++i) {
    const bool too_long = lines_[i].size > kLineOctetsMax;
    if (lines_[i].form == Form::Odd || too_long) {
      out.push_back({.line = i + 1, .too_long = too_long, .text = at(lines_[i])});
    }
  }
  return out;
}

std::string_view PbkDocument::line_end() const {
  const size_t newline = octets_.find('\n');
  const bool bare = newline != std::string::npos && (newline == 0 || octets_[newline - 1] != '\r');
  return bare ? "\n" : "\r\n";
}

size_t PbkDocument::start_of(size_t line) const {
  return line < lines_.size() ? lines_[line].offset : octets_.size();
}

void PbkDocument::insert_line(size_t before, std::string text) {
  const size_t offset = start_of(before);
  if (offset == octets_.size() && !octets_.empty() && octets_.back() != '\n') {
    text.insert(0, line_end());  // the last line has no end; the new last line has none either
  } else {
    text += line_end();
  }
  octets_.insert(offset, text);
  index();
}

Result<void> PbkDocument::set(size_t section, std::string_view key, std::string_view value,
                              Place place) {
  constexpr std::string_view kLineBreaks("\r\n\0", 3);
  if (key.empty() || key.find('=') != std::string_view::npos ||
      key.find_first_of(kLineBreaks) != std::string_view::npos ||
      value.find_first_of(kLineBreaks) != std::string_view::npos) {
    return fail(ErrorKind::BadFile, std::string(shown(key)) +
                                        ": the value cannot stand on one line of a phonebook; "
                                        "nothing is changed; take out its line breaks");
  }
  const Section found = entry(section);
  const bool head = place.group == Group::Head;
  std::optional<size_t> before;  // the line before which a new key belongs
  size_t last = found.line - 1;  // the last line of that group
  bool exists = head;
  for (const Setting& setting : settings_between(found.first, found.end)) {
    if (setting.place != place) continue;
    exists = true;
    if (same_key(setting.key, key)) {
      const size_t offset = lines_[setting.line - 1].offset + setting.column - 1;
      octets_.replace(offset, setting.value.size(), value);
      index();
      return {};
    }
    last = setting.line - 1;
    if (!before && head && rank(setting.key) > rank(key)) before = setting.line - 1;
  }
  if (!exists) {
    return fail(ErrorKind::NotFound, std::string(shown(key)) +
                                         ": the entry has no such group; nothing is changed; add "
                                         "its MEDIA and DEVICE first");
  }
  insert_line(before.value_or(last + 1), std::string(key) + "=" + std::string(value));
  return {};
}

void PbkDocument::append(std::string_view entries_text) {
  const std::string_view end = line_end();
  std::string added;
  if (!octets_.empty() && octets_.back() != '\n') added += end;
  if (!lines_.empty() && lines_.back().form != Form::Blank) added += end;
  while (!entries_text.empty()) {
    const size_t newline = std::min(entries_text.find('\n'), entries_text.size());
    added += entries_text.substr(0, newline);
    added += end;
    entries_text.remove_prefix(std::min(newline + 1, entries_text.size()));
  }
  octets_ += added;
  index();
}

}  // namespace redial::phonebook
