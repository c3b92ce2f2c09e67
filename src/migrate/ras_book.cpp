// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_book.h"

#include <fmt/format.h>

#include "migrate/lines.h"
#include "migrate/ras_keys.h"
#include "phonebook/pbk.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::PbkDocument;
using phonebook::PbkGroup;
using phonebook::same_word;

namespace {

using enum Column;

/// One MEDIA group.
struct Media {
  std::string_view media, port, device, kind;
  uint32_t line = 0, bps = 0;
  std::optional<SettingId> port_at, device_at;
};

/// What is remembered of an entry while its keys are accounted for.
struct Seen {
  std::vector<Media> media;
  std::optional<SettingId> first, link_failure, attempts, pause, idle;
  std::vector<SettingId> all;
  bool access_point = false;  // of a mobile network is named
};

class Book {
 public:
  Book(const SourceFile& file, RasDirectory& directory, Reading& reading)
      : file_(file),
        directory_(directory),
        reading_(reading),
        document_(PbkDocument::parse(file.octets)) {}

  void read() {
    phonebook::Book book = phonebook::read_pbk(document_, file_.path);
    RasBook made{.file = &file_, .entries = {}};
    for (const PbkDocument::Setting& setting : document_.preamble()) {
      reading_.report.end(add(setting, {}), NotNeeded, "stands before the first entry");
    }
    for (size_t at = 0; at < document_.entries(); ++at) read_entry(at, book, made);
    for (phonebook::Diagnostic& d : book.diagnostics) {
      // An entry that cannot be dialled is left out; the others are as good as they were.
      if (!d.entry.empty()) d.severity = phonebook::Diagnostic::Severity::Warning;
      phonebook::report(reading_.diagnostics, std::move(d));
    }
    directory_.books.push_back(std::move(made));
  }

 private:
  SettingId add(const PbkDocument::Setting& setting, std::string_view section);
  void read_entry(size_t at, phonebook::Book& book, RasBook& made);
  void account(const PbkDocument::Setting& setting, SettingId id, const phonebook::Entry& entry,
               const Seen& seen);
  static void look(const PbkDocument::Setting& setting, SettingId id, Seen& seen);
  void add_ports(const Seen& seen);

  const SourceFile& file_;
  RasDirectory& directory_;
  Reading& reading_;
  PbkDocument document_;
  size_t next_ = 0;  // of the entries that can be dialled, which are in the file's order
};

SettingId Book::add(const PbkDocument::Setting& setting, std::string_view section) {
  const RasKey* key = find_ras_key(setting.key);
  const bool secret = key != nullptr ? key->secret : names_secret(setting.key);
  return reading_.report.add(
      {.file = file_.path,
       .line = setting.line,
       .column = setting.column,
       .section = section.empty() ? std::string() : fmt::format("[{}]", clean(section)),
       .key = clean(setting.key),
       .value = secret && !setting.value.empty() ? std::string(kCovered) : clean(setting.value)});
}

/// Windows writes every key into every entry: most of them say nothing in most entries.
std::string_view says_nothing(const PbkDocument::Setting& setting, const RasKey& key,
                              const phonebook::Entry& entry, bool access_point) {
  using phonebook::EntryType;
  const bool miniport = entry.type == EntryType::Vpn || entry.type == EntryType::Broadband;
  if (miniport && same_word(setting.key, "Port")) return "a port of Windows' own, and no device";
  if (key.column != Dropped) return {};
  if (key.of == RasKey::Of::Vpn && entry.type != EntryType::Vpn) return "the entry is no VPN";
  if (key.of == RasKey::Of::Mobile && !access_point) return "the entry names no access point";
  if (setting.value.empty()) return "is empty";
  return setting.value == "0" && key.of == RasKey::Of::Any ? "is off" : "";
}

void Book::account(const PbkDocument::Setting& setting, SettingId id, const phonebook::Entry& entry,
                   const Seen& seen) {
  if (const RasKey* key = find_ras_key(setting.key)) {
    const std::string_view nothing = says_nothing(setting, *key, entry, seen.access_point);
    return reading_.report.end(id, nothing.empty() ? key->column : NotNeeded,
                               std::string(nothing.empty() ? key->text : nothing));
  }
  const bool component = setting.place.group == PbkGroup::NetComponents;
  reading_.report.end(id, component ? NotNeeded : Dropped,
                      component ? "bindings of Windows' network" : "no key that is known");
}

void Book::look(const PbkDocument::Setting& setting, SettingId id, Seen& seen) {
  seen.all.push_back(id);
  if (!seen.first) seen.first = id;
  if (same_word(setting.key, "ApnInfoAccessPoint")) seen.access_point = !setting.value.empty();
  if (same_word(setting.key, "RedialOnLinkFailure")) seen.link_failure = id;
  if (same_word(setting.key, "RedialAttempts")) seen.attempts = id;
  if (same_word(setting.key, "RedialSeconds")) seen.pause = id;
  if (same_word(setting.key, "IdleDisconnectSeconds")) seen.idle = id;
  if (setting.place.group != PbkGroup::Media && setting.place.group != PbkGroup::Device) return;
  if (setting.place.media >= seen.media.size()) seen.media.resize(setting.place.media + 1);
  Media& media = seen.media[setting.place.media];
  if (same_word(setting.key, "MEDIA")) media.media = setting.value;
  if (same_word(setting.key, "ConnectBPS")) media.bps = port_rate(setting.value);
  // The case of this key matters: Device is the name, DEVICE the kind ([MS-RRASM] 2.2.2.1).
  if (setting.key == "Device") {
    media.device = setting.value;
    media.device_at = id;
  }
  // Behind a switch or a pad stands the modem.
  if (setting.key == "DEVICE" && (media.kind.empty() || same_word(setting.value, "modem"))) {
    media.kind = setting.value;
  }
  if (same_word(setting.key, "Port")) {
    media.port = setting.value;
    media.line = setting.line;
    media.port_at = id;
  }
}

void Book::add_ports(const Seen& seen) {
  for (const Media& media : seen.media) {
    RasPort* port = directory_.ports.add(media.port);
    if (port == nullptr) continue;
    if (!port->bound_by) port->bound_by = media.device_at ? media.device_at : media.port_at;
    fill(port->where, fmt::format("{} line {}", file_.path, media.line));
    fill(port->device, media.device);
    fill(port->media, media.media);
    fill(port->device_kind, media.kind);
    if (port->initial_bps == 0) port->initial_bps = media.bps;
  }
}

void Book::read_entry(size_t at, phonebook::Book& book, RasBook& made) {
  const PbkDocument::Section section = document_.entry(at);
  Seen seen;
  std::vector<std::pair<PbkDocument::Setting, SettingId>> keys;
  for (const PbkDocument::Setting& setting : document_.settings(at)) {
    const SettingId id = add(setting, section.name);
    look(setting, id, seen);
    keys.emplace_back(setting, id);
  }
  phonebook::Entry* entry = next_ < book.entries.size() ? &book.entries[next_] : nullptr;
  if (entry == nullptr || !entry->source.ends_with(fmt::format(" line {}", section.line))) {
    for (const SettingId id : seen.all) {
      reading_.report.end(id, Dropped, "the entry cannot be dialled, and is left out");
    }
    return;
  }
  ++next_;
  for (const auto& [setting, id] : keys) account(setting, id, *entry, seen);
  add_ports(seen);
  RasEntry& read = made.entries.emplace_back();
  read.line = section.line;
  const SettingId any = seen.first.value_or(SettingId{});
  const phonebook::RedialSettings& redial = entry->redial;
  read.rules.redials_lost = Told<bool>{redial.on_link_failure, seen.link_failure.value_or(any)};
  read.rules.attempts = Told<int64_t>{redial.attempts.value_or(0), seen.attempts.value_or(any)};
  if (redial.pause) read.rules.pause = Told<Duration>{*redial.pause, seen.pause.value_or(any)};
  if (entry->idle_disconnect && seen.idle) {
    read.rules.idle = Told<Duration>{*entry->idle_disconnect, *seen.idle};
  }
  read.entry = std::move(*entry);
}

}  // namespace

void read_ras_book(const SourceFile& file, RasDirectory& directory, Reading& reading) {
  if (file.octets.size() > kSourceOctetsMax) {
    return refuse(reading, file.path, 0, 0,
                  "is larger than is read; nothing is imported; split it");
  }
  Book(file, directory, reading).read();
}

}  // namespace redial::migrate
