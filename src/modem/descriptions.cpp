// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "core/text.h"
#include "modem/source.h"
#include "modem/unimodem.h"

namespace redial::modem {

/// A setup file has [Version] with a signature, or [Manufacturer]; MODEM.INF has modems' names
/// between its brackets, and neither.
DescriptionLanguage language_of(std::string_view octets) {
  if (is_reg_file(octets)) return DescriptionLanguage::Registry;
  constexpr size_t kLooked = 256 << 10;
  const chars::Decoded start = chars::decode(octets.substr(0, kLooked));
  bool version = false;
  for (std::string_view rest = start.text; !rest.empty();) {
    const std::string_view line = chars::trim(take_line(rest));
    if (line.starts_with('[')) {
      const std::string_view name = chars::trim(line.substr(1, line.find(']') - 1));
      if (chars::same_word(name, "Manufacturer")) return DescriptionLanguage::Unimodem;
      version = chars::same_word(name, "Version");
    } else if (version && chars::same_word(line.substr(0, 9), "Signature")) {
      return DescriptionLanguage::Unimodem;
    }
  }
  return DescriptionLanguage::ModemInf;
}

InfFile read_descriptions(std::string_view octets, std::string_view file_name,
                          const LoadInf& load) {
  switch (language_of(octets)) {
    case DescriptionLanguage::ModemInf: break;
    case DescriptionLanguage::Unimodem: return read_unimodem_inf(octets, file_name, load);
    case DescriptionLanguage::Registry:
      return read_unimodem_registry(read_reg_file(octets, file_name), file_name);
  }
  return read_modem_inf(octets, file_name);
}

LoadInf load_beside(const std::string& path, LoadInf read) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  return [folder, read = std::move(read)](const std::string& name) {
    if (name.starts_with('/')) return read(name);
    std::string upper = name;
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    Result<std::string> octets = read(folder + name);
    for (const std::string& other : {chars::lower(name), upper}) {
      if (octets || other == name) continue;
      if (auto again = read(folder + other)) return again;
    }
    return octets;
  };
}

const ModemDescription* find_modem(const InfFile& file, std::string_view octets) {
  const std::string name = chars::name_text(octets);  // SERIAL.INI has it in ANSI
  const auto exact = std::ranges::find(file.modems, name, &ModemDescription::name);
  if (exact != file.modems.end()) return &*exact;
  const auto near = std::ranges::find_if(file.modems, [&](const ModemDescription& modem) {
    return chars::same_word(modem.name, name);
  });
  return near != file.modems.end() ? &*near : nullptr;
}

}  // namespace redial::modem
