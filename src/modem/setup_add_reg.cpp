// SPDX-License-Identifier: Apache-2.0
#include "modem/setup_add_reg.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace redial::modem {
namespace {

using chars::same_word;
using chars::shown;

constexpr uint32_t kBinary = 0x1, kNoClobber = 0x2, kRemoves = 0x4, kKeyOnly = 0x10;
constexpr uint32_t kTypes = 0xffff0001, kDword = 0x00010001;

std::optional<uint32_t> number(std::string_view text, int base) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

const std::string& field(const SetupLine& line, size_t at) {
  static const std::string none;
  return at < line.fields.size() ? line.fields[at].text : none;
}

class LineReader {
 public:
  LineReader(SetupInf& inf, const SetupLine& line, uint32_t file, Findings& findings)
      : inf_(inf), line_(line), file_(file), findings_(findings) {}

  std::optional<AddRegLine> read() {
    if (!same_word(field(line_, 0), "HKR")) return std::nullopt;
    KeyValue& value = made_.value;
    value.subkey = field(line_, 1);
    value.name = field(line_, 2);
    value.at = place(2);
    value.data_at = place(line_.fields.size() > 4 ? 4 : 2);
    const std::string& flags_text = field(line_, 3);
    const auto flags = flags_text.empty() ? 0 : number(flags_text, 10);
    if (!flags) {
      findings_.warning(place(3), fmt::format("the flags {} are no number; the value is left out; "
                                              "write 1 for octets, nothing for a text",
                                              shown(flags_text)));
      return std::nullopt;
    }
    if ((*flags & kKeyOnly) != 0) return std::nullopt;
    made_.keeps_old = (*flags & kNoClobber) != 0;
    made_.removes = (*flags & kRemoves) != 0;
    const uint32_t type = *flags & kTypes;
    value.binary = (type & kBinary) != 0;
    if (made_.removes) return std::move(made_);
    if (!value.binary) {
      value.text = field(line_, 4);
    } else if (type == kDword && line_.fields.size() <= 5) {
      if (!word()) return std::nullopt;
    } else if (!octets()) {
      return std::nullopt;
    }
    return std::move(made_);
  }

 private:
  Findings::At place(size_t at) const {
    const bool told = at < line_.fields.size() && !line_.fields[at].at.empty();
    return {file_, inf_.source().place(told ? line_.fields[at].at : line_.at)};
  }

  bool word() {
    const auto value = number(field(line_, 4), 10);
    if (!value) {
      findings_.warning(place(4), fmt::format("{} is no number of 32 bits; the value is left out; "
                                              "write it as 0x1 or 1",
                                              shown(field(line_, 4))));
      return false;
    }
    for (int i = 0; i < 4; ++i) made_.value.data.push_back(static_cast<uint8_t>(*value >> (8 * i)));
    return true;
  }

  bool octets() {
    for (size_t i = 4; i < line_.fields.size(); ++i) {
      std::string_view rest = line_.fields[i].text;
      if (rest.empty() && i + 1 == line_.fields.size()) break;
      // Some files have all of them between one pair of quotes: "07,00,00,00".
      for (bool more = true; more;) {
        const size_t comma = rest.find(',');
        more = comma != std::string_view::npos;
        if (!octet(chars::trim(rest.substr(0, comma)), i)) return false;
        rest.remove_prefix(more ? comma + 1 : rest.size());
      }
    }
    return true;
  }

  bool octet(std::string_view text, size_t at) {
    const auto value = number(text, 16);
    if (value && *value <= 0xff) {
      made_.value.data.push_back(static_cast<uint8_t>(*value));
      return true;
    }
    findings_.warning(place(at),
                      fmt::format("{} is no octet in hex; the value {} is left out; write two hex "
                                  "digits, parted by commas",
                                  text.empty() ? "nothing" : shown(text), shown(made_.value.name)));
    return false;
  }

  SetupInf& inf_;
  const SetupLine& line_;
  uint32_t file_;
  Findings& findings_;
  AddRegLine made_;
};

}  // namespace

void AddRegLine::carry_out(ModemKey& key) const {
  if (removes) return key.remove(value.subkey, value.name);
  if (keeps_old && key.find(value.subkey, value.name) != nullptr) return;
  key.set(value);
}

std::vector<AddRegLine> read_add_reg(SetupInf& inf, std::string_view section, uint32_t file,
                                     Findings& findings) {
  std::vector<AddRegLine> made;
  for (const SetupLine& line : inf.lines(section))
    if (auto one = LineReader(inf, line, file, findings).read()) made.push_back(*std::move(one));
  return made;
}

}  // namespace redial::modem
