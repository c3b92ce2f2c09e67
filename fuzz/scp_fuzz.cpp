// SPDX-License-Identifier: Apache-2.0
// Windows' dial-up scripts from anybody: what is read compiles to a script whose every run ends
// within its bound, whatever the peer says, and no password gets into what people see.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "modem/scp.h"
#include "script_world.h"

using namespace redial;
using namespace redial::modem;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  // What a file says openly is no secret; the user's own password is.
  if (octets.find(fuzz::kPassword) != std::string_view::npos) return 0;
  const size_t cut = std::min(octets.find('\0'), size);
  const ScpFile file = read_scp(octets.substr(0, cut), "fuzz");
  for (const Diagnostic& diagnostic : file.diagnostics)
    REDIAL_ASSERT(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.text.empty());
  REDIAL_ASSERT(file.script || !file.diagnostics.empty());
  if (!file.script) return 0;
  (void)to_text(*file.script);
  fuzz::run_script(*file.script, as_bytes(octets.substr(cut)));
  return 0;
}
