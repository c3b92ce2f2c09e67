// SPDX-License-Identifier: Apache-2.0
// A description in whatever language from anybody, which may include itself: it is read, every
// complaint has a place, and every modem compiles as the user may want it.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "modem/unimodem.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redial;
  using namespace redial::modem;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto load = [&](const std::string& name) -> Result<std::string> {
    if (name.size() % 2 == 0) return fail(ErrorKind::NotFound, name);
    return std::string(octets.substr(octets.size() / 2));
  };
  const InfFile file = read_descriptions(octets, "fuzz", load);
  for (const Diagnostic& said : file.diagnostics)
    REDIAL_ASSERT(said.line >= 1 && said.column >= 1 && !said.text.empty());
  size_t checks_left = 50;  // the property, not the patience of the machine, is what is tested
  for (const ModemDescription& modem : file.modems) {
    if (checks_left-- == 0) break;
    REDIAL_ASSERT(find_modem(file, modem.name) != nullptr);
    Result<CompiledDescription> plain = compile(modem, {});
    // A command may have grown too long; then that is said.
    REDIAL_ASSERT(plain.has_value() || !plain.error().text.empty());
    if (plain) fit_to_line(*plain, size % 2 == 0);
    (void)compile(modem, {.speaker = true, .auto_dial = false, .states = {{"protocol", "forced"}}});
  }
  return 0;
}
