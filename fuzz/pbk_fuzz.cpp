// SPDX-License-Identifier: Apache-2.0
// Phonebooks of unknown origin: a document gives back its octets, a changed key reads back, and
// what is read can be written as .pbk and as TOML and read again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/check.h"
#include "phonebook/pbk.h"
#include "phonebook/toml.h"

using namespace redial;
using namespace redial::phonebook;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets = as_text({data, size});
  PbkDocument document = PbkDocument::parse(octets);
  REDIAL_ASSERT(document.text() == octets);

  const Book book = read_pbk(octets, "fuzz.pbk");
  for (const Diagnostic& diagnostic : book.diagnostics) REDIAL_ASSERT(!to_text(diagnostic).empty());
  for (const Entry& entry : book.entries) {
    (void)unsupported(entry);
    (void)bind_lines(entry, {});
  }

  std::vector<Entry> expected = book.entries;
  const Config config = read_config(write_toml(expected), "fuzz.toml");
  const Book native = phonebook::apply({}, config);
  REDIAL_ASSERT(config.diagnostics.empty() && native.diagnostics.empty() &&
                native.entries.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    expected[i].source = native.entries[i].source;
    REDIAL_ASSERT(native.entries[i] == expected[i]);
  }
  const Book written = read_pbk(write_pbk(book.entries).text, "fuzz.pbk");
  REDIAL_ASSERT(written.entries.size() == book.entries.size());

  for (size_t i = 0; i < document.entries(); ++i) {
    REDIAL_ASSERT(document.set(i, "RedialAttempts", "7").has_value());
  }
  REDIAL_ASSERT(PbkDocument::parse(document.text()).text() == document.text());
  return 0;
}
