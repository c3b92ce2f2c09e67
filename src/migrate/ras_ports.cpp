// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_ports.h"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/lines.h"
#include "phonebook/pbk_document.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::Diagnostic;
using phonebook::PbkDocument;
using phonebook::PbkGroup;
using phonebook::same_word;
using phonebook::shown;

namespace {

constexpr size_t kNameOctetsMax = 256;

/// SERIAL.INI, setting by setting.
class SerialIni {
 public:
  SerialIni(const std::string& file, std::vector<Diagnostic>& diagnostics)
      : file_(file), diagnostics_(diagnostics) {}

  std::vector<RasPort> read(std::string_view octets) {
    if (octets.size() > kSerialIniOctetsMax) {
      complain("is larger than a SERIAL.INI can be; the rest is not read; cut it");
      octets = octets.substr(0, kSerialIniOctetsMax);
    }
    for (const IniLine& line : ini_lines(octets)) {
      line_ = line.line;
      switch (line.form) {
        case IniLine::Form::Section: section(line.value); break;
        case IniLine::Form::Setting:
          if (in_port_) setting(line.key, line.value);
          break;
        case IniLine::Form::Odd: odd(line.value); break;
      }
    }
    return std::move(ports_);
  }

 private:
  void complain(std::string text) {
    phonebook::report(diagnostics_,
                      {.line = line_, .column = 1, .text = std::move(text), .file = file_});
  }

  void odd(std::string_view text) {
    if (text.starts_with('[')) in_port_ = false;  // what follows is not the port's before it
    complain(fmt::format("{} is neither [COM1] nor KEY=value; it is left out; correct the line",
                         shown(text)));
  }

  void section(std::string_view name) {
    in_port_ = false;
    if (name.empty() || name.size() > kNameOctetsMax) {
      return complain("is no name of a port; its settings are left out; write [COM1]");
    }
    if (ports_.size() == kRasPortsMax) {
      return complain(
          fmt::format("more than {} ports; this one is left out; NT has no more", kRasPortsMax));
    }
    in_port_ = true;
    ports_.push_back({.name = std::string(name),
                      .in_serial_ini = true,
                      .where = fmt::format("{} line {}", file_, line_),
                      .line = line_});
  }

  /// Which key holds the modem's name has varied; DEVICETYPE has held its kind as well.
  void setting(std::string_view key, std::string_view value) {
    RasPort& port = ports_.back();
    if (value.size() > kNameOctetsMax) value = value.substr(0, kNameOctetsMax);
    if (same_word(key, "INITIALBPS")) {
      const auto bps = phonebook::to_integer(value);
      if (bps && *bps > 0 && *bps <= 4'000'000) {
        port.initial_bps = static_cast<uint32_t>(*bps);
      } else {
        complain(
            fmt::format("INITIALBPS={} is no rate; the modem's usual one is taken; write a "
                        "number of bit/s",
                        shown(value)));
      }
    } else if (same_word(key, "DEVICENAME") || same_word(key, "DEVICE") ||
               (same_word(key, "DEVICETYPE") && port.device.empty())) {
      const bool kind = same_word(value, "modem") || same_word(value, "pad") ||
                        same_word(value, "switch") || same_word(value, "null");
      (kind ? port.device_kind : port.device) = value;
    }
  }

  const std::string& file_;
  std::vector<Diagnostic>& diagnostics_;
  std::vector<RasPort> ports_;
  uint32_t line_ = 0;
  bool in_port_ = false;
};

RasPort* find_port(std::vector<RasPort>& ports, std::string_view name) {
  const auto found =
      std::ranges::find_if(ports, [&](const RasPort& port) { return same_word(port.name, name); });
  return found == ports.end() ? nullptr : &*found;
}

/// One MEDIA group of a phonebook.
struct Media {
  std::string_view media, port, device, kind;
  uint32_t line = 0, bps = 0;
};

std::vector<Media> media_of(const PbkDocument& book, size_t entry) {
  std::vector<Media> found;
  for (const PbkDocument::Setting& setting : book.settings(entry)) {
    if (setting.place.group != PbkGroup::Media && setting.place.group != PbkGroup::Device) continue;
    if (setting.place.media >= found.size()) found.resize(setting.place.media + 1);
    Media& media = found[setting.place.media];
    if (same_word(setting.key, "MEDIA")) media.media = setting.value;
    // The case of this key matters: Device is the name, DEVICE the kind ([MS-RRASM] 2.2.2.1).
    if (setting.key == "Device") media.device = setting.value;
    // Behind a switch or a pad stands the modem.
    if (setting.key == "DEVICE" && (media.kind.empty() || same_word(setting.value, "modem"))) {
      media.kind = setting.value;
    }
    if (same_word(setting.key, "Port")) {
      media.port = setting.value;
      media.line = setting.line;
    }
    if (same_word(setting.key, "ConnectBPS")) {
      const auto bps = phonebook::to_integer(setting.value);
      if (bps && *bps > 0 && *bps <= 4'000'000) media.bps = static_cast<uint32_t>(*bps);
    }
  }
  return found;
}

void fill(std::string& into, std::string_view from) {
  if (into.empty()) into = from.substr(0, kNameOctetsMax);
}

}  // namespace

std::vector<RasPort> read_serial_ini(std::string_view octets, const std::string& file,
                                     std::vector<Diagnostic>& diagnostics) {
  return SerialIni(file, diagnostics).read(octets);
}

void add_phonebook_ports(std::string_view octets, const std::string& file,
                         std::vector<RasPort>& ports) {
  const PbkDocument book = PbkDocument::parse(octets);
  for (size_t entry = 0; entry < book.entries(); ++entry) {
    for (const Media& media : media_of(book, entry)) {
      if (media.port.empty() || media.port.size() > kNameOctetsMax) continue;
      RasPort* port = find_port(ports, media.port);
      if (port == nullptr) {
        if (ports.size() == kRasPortsMax) return;
        port = &ports.emplace_back();
        port->name = media.port;
        port->where = fmt::format("{} line {}", file, media.line);
        port->line = media.line;
      }
      fill(port->device, media.device);
      fill(port->media, media.media);
      fill(port->device_kind, media.kind);
      if (port->initial_bps == 0) port->initial_bps = media.bps;
    }
  }
}

std::string device_of_port(std::string_view port) {
  if (port.size() < 4 || !same_word(port.substr(0, 3), "COM")) return "";
  const auto number = phonebook::to_integer(port.substr(3));
  if (!number || *number < 1 || *number > 256) return "";
  return fmt::format("/dev/ttyS{}", *number - 1);
}

}  // namespace redial::migrate
