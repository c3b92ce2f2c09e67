// SPDX-License-Identifier: Apache-2.0
#include "migrate/native.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "migrate/lines.h"
#include "phonebook/text.h"
#include "phonebook/toml.h"
#include "phonebook/toml_tree.h"

namespace redial::migrate {

using phonebook::same_word;
using phonebook::toml_quoted;

namespace {

constexpr size_t kSectionMax = 31;   // of MODEM.INF, KB Q139364
constexpr size_t kLineNameMax = 64;  // of redial.toml

/// One octet sequence to the modem; an ERROR to it does not end the attempt.
modem::Command literal(std::string text, bool optional) {
  modem::Command command;
  command.pieces.push_back({modem::CommandPiece::Kind::Literal, std::move(text) + "\r"});
  command.optional = optional;
  return command;
}

modem::ModemDescription describe(const Connection& connection) {
  if (connection.modem) return *connection.modem;
  modem::ModemDescription made;
  // Words, echo and no silence first: the answers to all that follows are read.
  made.init.push_back(literal("ATQ0E1V1", false));
  for (const std::string& command : connection.init) {
    const bool attention = plain_key(command).starts_with("at");
    made.init.push_back(literal(attention ? command : "AT" + command, true));
  }
  using Kind = modem::CommandPiece::Kind;
  modem::Command dial;
  if (connection.dial_command.empty()) {
    made.macros["autodial"] = {"ATDT", "ATX3D", true};
    dial.pieces.push_back({Kind::Macro, "autodial"});
  } else {
    dial.pieces.push_back({Kind::Literal, connection.dial_command});
  }
  dial.pieces.push_back({Kind::PhoneNumber, {}});
  dial.pieces.push_back({Kind::Literal, "\r"});
  made.dial.push_back(std::move(dial));
  return made;
}

bool described(const Connection& connection) {
  return connection.modem || !connection.init.empty() || !connection.dial_command.empty();
}

/// What may be a section of MODEM.INF and a name after the colon of a description.
std::string section_name(std::string_view wanted) {
  std::string name;
  for (const char c : wanted.substr(0, kSectionMax)) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = octet >= 0x20 && octet < 0x7f && c != '[' && c != ']' && c != ':';
    name += plain ? c : '-';
  }
  return name;
}

bool same_device(const phonebook::LineSpec& a, const phonebook::LineSpec& b) {
  return !a.path.empty() && a.path == b.path;
}

class Writer {
 public:
  Writer(Reading& reading, std::string_view stem, const Taken& taken)
      : reading_(reading), stem_(stem), taken_(taken) {}

  NativeFiles write(std::string_view source_path) {
    for (Connection& connection : reading_.connections) add(connection);
    for (const phonebook::LineSpec& line : reading_.lines) line_for({}, line);
    files_.phonebook = fmt::format(
        "# Imported by `redial import` from {}, and written anew by the next import of it.\n"
        "# What redial.toml says of these lines and entries counts before what stands here.\n",
        clean(source_path));
    if (!files_.lines.empty()) files_.phonebook += "\n" + phonebook::write_toml(files_.lines);
    if (!files_.entries.empty()) files_.phonebook += "\n" + phonebook::write_toml(files_.entries);
    if (!modems_.empty()) files_.descriptions = write_modem_inf(modems_);
    if (modems_.empty()) files_.descriptions = reading_.descriptions;
    files_.modem_keys = reading_.modem_keys;
    files_.scripts = reading_.scripts;
    files_.pads = reading_.pads;
    verify();
    return std::move(files_);
  }

 private:
  void add(Connection& connection);
  void add_credential(const Connection& connection, const phonebook::Entry& entry,
                      const Secret& user_data, const Secret& facilities);
  std::string line_for(const Connection& connection, const phonebook::LineSpec& device);
  phonebook::LineSpec line_of(const Connection& connection, const phonebook::LineSpec& device,
                              const std::string& needs) const;
  std::string needs_of(const Connection& connection, const std::string& path) const;
  bool written(std::string_view line) const;
  static std::string usual_name(const Connection& connection, const phonebook::LineSpec& line);
  void note_kept(const Connection& connection, const phonebook::LineSpec& line,
                 const std::string& name);
  std::string free_entry_name(const Connection& connection) const;
  std::string free_line_name(std::string wanted) const;
  void verify();
  phonebook::LineSpec stable(phonebook::LineSpec line) const {
    const auto known = reading_.names.find(line.path);
    if (known != reading_.names.end()) line.path = known->second;
    return line;
  }

  Reading& reading_;
  std::string_view stem_;
  const Taken& taken_;
  NativeFiles files_;
  std::vector<modem::ModemDescription> modems_;
  std::vector<modem::ModemDescription> of_line_;  // of each line of ours; without a name: built in
  std::vector<std::string> device_of_line_;       // a line that needs something has no path
};

std::string Writer::free_entry_name(const Connection& connection) const {
  std::string wanted = clean(connection.name).substr(0, 200);
  if (wanted.empty()) wanted = "connection";
  const auto taken = [&](const std::string& name) {
    return std::ranges::find(taken_.entries, name) != taken_.entries.end() ||
           phonebook::find_entry(files_.entries, name) != nullptr;
  };
  if (!taken(wanted)) return wanted;
  const std::string source = fmt::format("{} ({}", wanted, name(connection.source));
  for (int n = 1;; ++n) {
    const std::string next = n == 1 ? source + ")" : fmt::format("{} {})", source, n);
    if (!taken(next)) return next;
  }
}

std::string Writer::free_line_name(std::string wanted) const {
  wanted = clean(wanted).substr(0, kLineNameMax - 8);
  if (wanted.empty()) wanted = "line";
  const auto taken = [&](const std::string& name) {
    const auto is = [&](const phonebook::LineSpec& line) { return same_word(line.name, name); };
    return std::ranges::any_of(taken_.lines, is) || std::ranges::any_of(files_.lines, is);
  };
  for (int n = 1;; ++n) {
    const std::string next = n == 1 ? wanted : fmt::format("{} {}", wanted, n);
    if (!taken(next)) return next;
  }
}

std::string Writer::needs_of(const Connection& connection, const std::string& path) const {
  std::string needs;
  for (const std::string& each : connection.needs) needs += (needs.empty() ? "" : ", and ") + each;
  if (!needs.empty()) return needs;
  switch (connection.carrier) {
    case Carrier::Pppoe:
      return fmt::format("a PPPoE carrier{}, which there is not yet",
                         path.empty() ? std::string() : " over " + path);
    case Carrier::Mobile:
      return "a carrier for mobile data without a serial port, which there is not yet";
    case Carrier::Bluetooth:
      return "a serial port to the telephone, made by `rfcomm bind`, as its path";
    case Carrier::Other: return "a carrier that there is not yet";
    case Carrier::Modem:
    case Carrier::Cable:
      return path.empty() ? "the path of its serial port, which the source does not name"
                          : std::string();
  }
  return needs;
}

phonebook::LineSpec Writer::line_of(const Connection& connection, const phonebook::LineSpec& device,
                                    const std::string& needs) const {
  phonebook::LineSpec line = device;
  line.needs = needs;
  const bool tcp = line.kind == phonebook::LineKind::Tcp;
  if (!line.needs.empty()) {
    line = phonebook::LineSpec{.name = line.name, .needs = line.needs};
    line.description = "builtin:hayes";
  } else if (connection.carrier == Carrier::Cable && !tcp) {
    line.kind = phonebook::LineKind::Direct;
  } else if (!tcp || connection.carrier == Carrier::Modem) {
    line.description = line.description.empty()
                           ? "builtin:hayes"
                           : fmt::format("{}/{}{}", kImportedFolder, stem_, line.description);
  }
  return line;
}

bool Writer::written(std::string_view line) const {
  const auto is = [&](const phonebook::LineSpec& each) { return same_word(each.name, line); };
  return std::ranges::any_of(files_.lines, is);
}

/// As a line is called that no other takes the name of.
std::string Writer::usual_name(const Connection& connection, const phonebook::LineSpec& line) {
  if (!line.name.empty()) return line.name;
  return line.needs.empty() ? std::string(base_name(line.path)) : connection.name;
}

/// What the source says of the modem counts for nothing where another says how it is driven.
void Writer::note_kept(const Connection& connection, const phonebook::LineSpec& line,
                       const std::string& name) {
  const bool driven = described(connection) || line.description.find(':') == std::string::npos ||
                      !line.description.starts_with("builtin:");
  if (!driven || !phonebook::has_modem(line) || !line.needs.empty()) return;
  std::string note = fmt::format(
      "line {}: stays as it is declared already, so what {} says to its modem is not taken over; "
      "leave it only its name and path in redial.toml, and import again",
      name, clean(connection.name));
  if (std::ranges::find(files_.notes, note) == files_.notes.end()) {
    files_.notes.push_back(std::move(note));
  }
}

std::string Writer::line_for(const Connection& connection, const phonebook::LineSpec& device) {
  phonebook::LineSpec line = line_of(connection, device, needs_of(connection, device.path));
  std::string bare;  // of redial.toml, where the rest of it is to come from here
  for (const phonebook::LineSpec& there : taken_.lines) {
    const bool named = !line.name.empty() || there.bare;
    const bool same = same_device(there, line) || same_device(stable(there), line) ||
                      (named && same_word(there.name, usual_name(connection, line)));
    if (!same) continue;
    if (there.bare && line.kind != phonebook::LineKind::Tcp) {
      phonebook::LineSpec moved = device;
      moved.path = there.path;
      line = line_of(connection, moved, {});
      bare = there.name;
      break;
    }
    // It is watched as that line is.
    note_kept(connection, line, there.name);
    return there.name;
  }
  modem::ModemDescription modem;
  if (line.needs.empty() && described(connection) && phonebook::has_modem(line)) {
    modem = describe(connection);
    modem.name.clear();
    modem.source.clear();  // the same modem, whichever script says so
  }
  for (size_t i = 0; i < files_.lines.size(); ++i) {
    phonebook::LineSpec same = files_.lines[i];
    same.name = line.name;
    same.description = line.description;
    modem::ModemDescription as = of_line_[i];
    as.name.clear();
    if (same == line && as == modem && device_of_line_[i] == device.path)
      return files_.lines[i].name;
  }
  const bool claimed = !bare.empty() && !written(bare);
  line.name = claimed ? bare : free_line_name(usual_name(connection, line));
  of_line_.push_back(modem);
  device_of_line_.push_back(device.path);
  if (!modem.dial.empty()) {
    modem.name = section_name(line.name);
    line.description =
        fmt::format("{}/{}{}:{}", kImportedFolder, stem_, kDescriptionsEnd, modem.name);
    modems_.push_back(modem);
  }
  files_.lines.push_back(line);
  return line.name;
}

void Writer::add(Connection& connection) {
  phonebook::Entry& entry = connection.entry;
  entry.name = free_entry_name(connection);
  if (entry.lines.empty() && entry.type != phonebook::EntryType::Vpn) {
    entry.lines = {line_for(connection, connection.device)};
    for (const phonebook::LineSpec& spare : connection.spares) {
      std::string line = line_for(connection, spare);
      if (std::ranges::find(entry.lines, line) == entry.lines.end()) entry.lines.push_back(line);
    }
  }
  if (connection.carrier == Carrier::Cable) entry.type = phonebook::EntryType::Direct;
  const auto name_section = [&](std::string_view end, const std::string& section,
                                std::string& into) {
    if (!section.empty()) into = fmt::format("{}/{}{}:{}", kImportedFolder, stem_, end, section);
  };
  name_section(kScriptsEnd, connection.script_section, entry.script);
  name_section(kScriptsEnd, connection.before_section, entry.script_before);
  name_section(kPadsEnd, connection.pad_section, entry.x25_pad);
  const Secret user_data(std::exchange(entry.x25_user_data, {}));
  const Secret facilities(std::exchange(entry.x25_facilities, {}));
  files_.entries.push_back(entry);
  add_credential(connection, entry, user_data, facilities);
}

/// What nobody else may read: a pad's user data and facilities often are a name and a password.
void Writer::add_credential(const Connection& connection, const phonebook::Entry& entry,
                            const Secret& user_data, const Secret& facilities) {
  const bool login = !connection.password.empty();
  if (!login && user_data.empty() && facilities.empty()) return;
  files_.credentials += fmt::format("{}[entry.{}]\n", files_.credentials.empty() ? "" : "\n",
                                    toml_quoted(entry.name));
  const auto put = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) files_.credentials += fmt::format("{} = {}\n", key, toml_quoted(value));
  };
  if (login) {
    put("user", entry.user);
    put("domain", entry.domain);
    put("password", connection.password.reveal());
  }
  put("x25_user_data", user_data.reveal());
  put("x25_facilities", facilities.reveal());
}

/// What is written must read as it was meant, or nothing is written.
void Writer::verify() {
  const std::string file = fmt::format("{}/{}{}", kImportedFolder, stem_, kBookEnd);
  const phonebook::Config config = phonebook::read_config(files_.phonebook, file);
  phonebook::Config all = config;
  all.lines.insert(all.lines.end(), taken_.lines.begin(), taken_.lines.end());
  const phonebook::Book book = phonebook::apply({}, all);
  for (const auto* list : {&config.diagnostics, &book.diagnostics}) {
    for (const phonebook::Diagnostic& d : *list) {
      if (d.severity != phonebook::Diagnostic::Severity::Error) continue;
      phonebook::Diagnostic told = d;
      told.text += "; nothing is imported";
      phonebook::report(reading_.diagnostics, std::move(told));
    }
  }
}

}  // namespace

NativeFiles write_native(Reading& reading, std::string_view stem, std::string_view source_path,
                         const Taken& taken) {
  return Writer(reading, stem, taken).write(source_path);
}

}  // namespace redial::migrate
