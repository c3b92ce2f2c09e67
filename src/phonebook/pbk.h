// SPDX-License-Identifier: Apache-2.0
// `.pbk` phonebooks ([MS-RRASM] 2.2.2) to entries and back. Any generation is read: groups,
// repeated keys and unknown keys are kept in PbkDocument; what bears on dialling becomes an Entry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "phonebook/pbk_document.h"
#include "phonebook/phonebook.h"

namespace redial::phonebook {

/// What a .pbk entry is where its file says nothing: three further tries, sixty seconds apart, as
/// Windows makes new entries.
Entry pbk_defaults();

/// Reads a whole phonebook. Keys that are absent, empty or bad leave what `base` has.
Book read_pbk(std::string_view octets, std::string_view file_name,
              const Entry& base = pbk_defaults());
/// One that has been looked at already. Its size is not judged.
Book read_pbk(const PbkDocument& document, std::string_view file_name,
              const Entry& base = pbk_defaults());

struct WrittenPbk {
  std::string text;                     // CRLF, one entry after the other
  std::vector<Diagnostic> diagnostics;  // a warning for each key that a .pbk cannot hold
};
/// Entries as a phonebook of the Windows 7 generation (PBVersion=1), keys in the table's order.
WrittenPbk write_pbk(const std::vector<Entry>& entries);
/// Appends one entry to a phonebook and leaves every octet before it as it is; BadFile when the
/// name is taken or cannot be written.
Result<std::vector<Diagnostic>> append_entry(PbkDocument& document, const Entry& entry);

}  // namespace redial::phonebook
