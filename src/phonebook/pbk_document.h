// SPDX-License-Identifier: Apache-2.0
// A .pbk as it stands in its file ([MS-RRASM] 2.2.2, 2.2.2.1): groups, keys, odd lines, line ends.
// Reading one and writing it gives the same octets; changing one key changes one line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace redial::phonebook {

/// DEVICE groups lie in MEDIA groups; everything before the first group is the head.
enum class PbkGroup : uint8_t { Head, NetComponents, Media, Device };

/// Where in an entry: the `media`-th MEDIA and in it the `device`-th DEVICE, both from 0.
struct PbkPlace {
  PbkGroup group = PbkGroup::Head;
  uint32_t media = 0, device = 0;
  bool operator==(const PbkPlace&) const = default;
};

class PbkDocument {
 public:
  using Group = PbkGroup;
  using Place = PbkPlace;

  /// One "key=value". Views last until the document changes or goes.
  struct Setting {
    std::string_view key, value;    // raw octets, as in the file
    uint32_t line = 0, column = 0;  // of the value, from 1, in octets
    Place place;
  };
  struct Section {
    std::string_view name;  // raw octets between the brackets
    uint32_t line = 0;
    bool closed = true;           // false: the "]" is missing
    uint32_t first = 0, end = 0;  // its lines without the header, as indices
  };
  /// A line that is neither blank, header nor setting, or one that is too long to be believed.
  struct Oddity {
    uint32_t line = 0;
    bool too_long = false;
    std::string_view text;
  };

  /// Never fails: what is not understood is kept. Only the first kLinesMax lines are looked at.
  static constexpr size_t kLinesMax = 1'000'000;
  static PbkDocument parse(std::string_view octets);

  std::string text() const { return octets_; }
  bool cut_short() const { return cut_short_; }
  bool is_utf16() const {
    return octets_.starts_with("\xff\xfe") || octets_.starts_with("\xfe\xff");
  }

  size_t entries() const { return sections_.size(); }
  Section entry(size_t at) const;
  std::optional<size_t> entry_named(std::string_view raw_name) const;
  std::vector<Setting> settings(size_t at) const;
  std::vector<Oddity> oddities(size_t at) const;
  /// What stands before the first header (nothing, in most files).
  std::vector<Setting> preamble() const;
  std::vector<Oddity> preamble_oddities() const;

  /// Sets the first key of that name at that place; a key that is absent is put where the table of
  /// [MS-RRASM] has it. NotFound when the place is; BadFile when the value cannot stand on one
  /// line.
  Result<void> set(size_t entry, std::string_view key, std::string_view value, Place place = {});
  /// Appends whole entries (lines end in "\n"; they get the line end of this file).
  void append(std::string_view entries_text);

 private:
  enum class Form : uint8_t { Blank, Header, Setting, Odd };
  struct Line {
    uint32_t offset = 0, size = 0;  // without its line end
    Form form = Form::Blank;
  };

  std::string_view at(const Line& line) const {
    return std::string_view(octets_).substr(line.offset, line.size);
  }
  std::string_view line_end() const;
  size_t start_of(size_t line) const;
  std::vector<Setting> settings_between(uint32_t first, uint32_t end) const;
  std::vector<Oddity> oddities_between(uint32_t first, uint32_t end) const;
  void insert_line(size_t before, std::string text);
  void index();

  struct Span {
    uint32_t header = 0, end = 0;
  };
  std::string octets_;  // The file, always; everything below is derived from it.
  std::vector<Line> lines_;
  std::vector<Span> sections_;  // In file order; each ends where the next begins.
  bool cut_short_ = false;      // True: lines_ does not reach the end of octets_.
};

/// One key of an entry's head, in the order of [MS-RRASM] 2.2.2.2.
struct HeadKey {
  std::string_view name;
  std::string_view fresh;  // its value in a new entry
  bool written = true;     // false: only older systems write it
};
std::span<const HeadKey> head_keys();

}  // namespace redial::phonebook
