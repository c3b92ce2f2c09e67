// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_registry.h"

#include <fmt/format.h>

#include <set>

#include "migrate/lines.h"
#include "migrate/ras_keys.h"
#include "modem/unimodem.h"
#include "phonebook/text.h"

namespace redial::migrate {

using modem::RegFile;
using modem::RegKey;
using modem::RegValue;
using phonebook::same_word;

namespace {

using enum Column;

bool ends_in(std::string_view path, std::string_view end) {
  return path.size() > end.size() && same_word(path.substr(path.size() - end.size()), end);
}

/// Where a part of a path begins, without regard to case; npos: nowhere.
size_t find_part(std::string_view path, std::string_view part) {
  return chars::lower(path).find(part);
}

/// The keys below which NT and Windows 95 keep one key a modem.
constexpr std::string_view kModemClasses[] = {"\\class\\{4d36e96d-e325-11ce-bfc1-08002be10318}\\",
                                              "\\services\\class\\modem\\"};

/// As a person would write it.
std::string value_text(const RegValue& value) {
  if (value.removed) return "-";
  if (const auto text = modem::texts_of(value)) {
    std::string out;
    for (const std::string& each : *text) out += (out.empty() ? "" : ", ") + each;
    return out;
  }
  const bool word = value.type == modem::RegType::Dword;
  const auto number = word ? modem::number_of(value) : std::nullopt;
  return number ? fmt::format("{}", *number) : std::string();
}

class Registry {
 public:
  Registry(const SourceFile& file, RasDirectory& directory, Reading& reading)
      : file_(file), directory_(directory), reading_(reading) {}

  void read() {
    const RegFile registry = modem::read_reg_file(file_.octets, file_.path);
    complain(registry.diagnostics);
    find_roots(registry);
    std::vector<const RegKey*> of_modems;
    for (const RegKey& key : registry.keys) {
      read_key(key);
      if (!key.removed && !root_of(key.path).empty()) of_modems.push_back(&key);
    }
    for (const modem::RegPassed& each : registry.passed) {
      const SettingId id = add(each.path, each.name, {}, each.at);
      end(id, NotNeeded, "has no effect: a later line, or the line itself, undoes it");
    }
    if (!of_modems.empty()) describe(modem::write_reg_file(of_modems));
  }

 private:
  void complain(const std::vector<modem::Diagnostic>& said) {
    for (const modem::Diagnostic& d : said) warn(reading_, file_.path, d.line, d.column, d.text);
  }
  SettingId add(std::string_view path, std::string_view name, std::string value,
                modem::inf::Place at) {
    const bool secret = find_part(name, "passw") != std::string::npos;
    if (secret && !value.empty()) value = kCovered;
    return reading_.report.add(
        {.file = file_.path,
         .line = at.line,
         .column = at.column,
         .section = path.empty() ? std::string() : fmt::format("[{}]", clean(path)),
         .key = name.empty() ? "@" : clean(name),
         .value = clean(value)});
  }
  void end(SettingId id, Column column, std::string_view how) {
    reading_.report.end_if_open(id, column, std::string(how));
  }
  std::string where(modem::inf::Place at) const {
    return fmt::format("{} line {}", file_.path, at.line);
  }

  void find_roots(const RegFile& registry);
  std::string_view root_of(std::string_view path) const;
  void read_key(const RegKey& key);
  void read_protocols(const RegValue& value, SettingId id);
  void read_tapi(const RegKey& key);
  void read_modem(const RegKey& key, const RegValue& value, SettingId id);
  void read_com_port(const RegValue& value, SettingId id);
  void describe(std::string keys);

  const SourceFile& file_;
  RasDirectory& directory_;
  Reading& reading_;
  std::set<std::string> roots_;  // of modems, in lower case
};

/// A modem's key is known by where it is, or by the answers below it.
void Registry::find_roots(const RegFile& registry) {
  for (const RegKey& key : registry.keys) {
    if (key.removed) continue;
    const std::string path = chars::lower(key.path);
    for (const std::string_view parent : kModemClasses) {
      const size_t at = path.find(parent);
      if (at == std::string::npos) continue;
      roots_.insert(path.substr(0, path.find('\\', at + parent.size())));
    }
    if (path.ends_with("\\responses")) roots_.insert(path.substr(0, path.rfind('\\')));
  }
}

/// The modem's key that this one is, or is below; empty: of no modem.
std::string_view Registry::root_of(std::string_view path) const {
  const std::string low = chars::lower(path);
  for (size_t at = 0; at != std::string::npos;) {
    at = low.find('\\', at + 1);
    if (roots_.contains(low.substr(0, at))) return path.substr(0, at);
  }
  return {};
}

void Registry::read_key(const RegKey& key) {
  if (find_part(key.path, "\\ras\\tapi devices\\") != std::string::npos) return read_tapi(key);
  const bool protocols = ends_in(key.path, "\\RAS\\Protocols");
  const bool com_ports = ends_in(key.path, "\\DEVICEMAP\\SERIALCOMM");
  const bool of_modem = !root_of(key.path).empty();
  const bool location = find_part(key.path, "\\telephony\\locations") != std::string::npos;
  for (const RegValue& value : key.values) {
    const SettingId id = add(key.path, value.name, value_text(value), value.at);
    if (protocols && same_word(value.name, "EnableUnimodem")) {
      read_protocols(value, id);
    } else if (of_modem) {
      read_modem(key, value, id);
    } else if (com_ports) {
      read_com_port(value, id);
    } else if (location) {
      end(id, Dropped, "write a [[location]] into redial.toml, from which numbers are dialled");
    } else {
      end(id, NotNeeded, "Windows' own bookkeeping");
    }
  }
}

void Registry::read_protocols(const RegValue& value, SettingId id) {
  const auto number = modem::number_of(value);
  if (!number) return end(id, NotNeeded, "is no number, so NT passes it over as well");
  const bool on = *number != 0;
  directory_.unimodem = Told<bool>{on, id};
  end(id, on ? NotNeeded : MadeSafer, find_ras_key("EnableUnimodem")->text);
}

/// The ports that a provider of TAPI's gives to RAS: addresses, and in the same order their names.
void Registry::read_tapi(const RegKey& key) {
  std::vector<std::string> addresses, names;
  std::string media;
  std::optional<SettingId> bound_by;
  modem::inf::Place at = key.at;
  for (const RegValue& value : key.values) {
    const SettingId id = add(key.path, value.name, value_text(value), value.at);
    const auto texts = modem::texts_of(value);
    if (texts && same_word(value.name, "Address")) {
      addresses = *texts;
      bound_by = id;
      at = value.at;
      end(id, Translated, "each port with a modem is a line");
    } else if (texts && same_word(value.name, "Friendly Name")) {
      names = *texts;
      end(id, Translated, "the description of that name, where there is one, is the line's");
    } else if (texts && same_word(value.name, "Media Type")) {
      media = texts->empty() ? std::string() : texts->front();
      end(id, Translated, "kind of the line");
    } else if (same_word(value.name, "Usage")) {
      end(id, NotNeeded, "a line dials, and answers where redial.toml says so");
    } else {
      end(id, NotNeeded, "Windows' own bookkeeping");
    }
  }
  for (size_t i = 0; i < addresses.size(); ++i) {
    RasPort* port = directory_.ports.add(addresses[i]);
    if (port == nullptr) continue;
    port->by_tapi = true;
    if (i < names.size()) fill(port->device, names[i]);
    // Unimodem's own media are modems; its older name of them is the provider's.
    const bool modem = media.empty() || same_word(media, "Unimodem");
    fill(port->device_kind, modem ? "modem" : media);
    fill(port->where, where(at));
    if (!port->bound_by) port->bound_by = bound_by;
  }
}

void Registry::read_modem(const RegKey& key, const RegValue& value, SettingId id) {
  const bool own = root_of(key.path).size() == key.path.size();
  const auto text = modem::text_of(value);
  if (own && text && same_word(value.name, "AttachedTo")) {
    end(id, MadeSafer, find_ras_key("Port")->text);
    RasPort* port = directory_.ports.add(*text);
    if (port == nullptr) return;
    const RegValue* name = modem::find_value(key, "FriendlyName");
    if (name != nullptr) fill(port->device, modem::text_of(*name).value_or(""));
    const RegValue* speed = modem::find_value(key, "MaximumPortSpeed");
    const uint32_t bps = speed != nullptr ? modem::number_of(*speed).value_or(0) : 0;
    if (port->initial_bps == 0) port->initial_bps = port_rate(fmt::format("{}", bps));
    fill(port->device_kind, "modem");
    fill(port->where, where(value.at));
    if (!port->bound_by) port->bound_by = id;
  } else if (own && same_word(value.name, "FriendlyName")) {
    end(id, Translated, "the description of that name, where there is one, is the line's");
  } else if (own && same_word(value.name, "MaximumPortSpeed")) {
    end(id, Kept, "speed of the line");
  } else {
    directory_.key_values.push_back(id);
  }
}

/// "\\Device\\Serial0"="COM1": which driver has the port. Nothing says that a modem is on it.
void Registry::read_com_port(const RegValue& value, SettingId id) {
  const auto name = modem::text_of(value);
  RasPort* port = name ? directory_.ports.add(*name) : nullptr;
  if (port == nullptr) return end(id, NotNeeded, "names no port");
  fill(port->driver, value.name);
  fill(port->where, where(value.at));
  const std::string path = device_of_port(port->name, port->driver);
  end(id, path.empty() ? NotNeeded : Translated,
      path.empty() ? "what it is here cannot be known from it"
                   : fmt::format("{} is {}, where a modem is on it", port->name, path));
}

void Registry::describe(std::string keys) {
  const modem::InfFile described =
      modem::read_unimodem_registry(modem::read_reg_file(keys, file_.path), file_.path);
  for (const modem::ModemDescription& modem : described.modems) {
    directory_.modems.push_back({.modem = modem, .file = &file_, .in_registry = true});
  }
  if (!described.modems.empty()) directory_.modem_keys = std::move(keys);
}

}  // namespace

void read_ras_registry(const SourceFile& file, RasDirectory& directory, Reading& reading) {
  Registry(file, directory, reading).read();
}

}  // namespace redial::migrate
