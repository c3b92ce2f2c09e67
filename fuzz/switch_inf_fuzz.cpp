// SPDX-License-Identifier: Apache-2.0
// SWITCH.INF and PAD.INF from anybody: every section that is read compiles, and its run ends within
// its bound, whatever the peer says; what an X.25 network is told in confidence is not shown.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "modem/switch_inf.h"
#include "script_world.h"

using namespace redial;
using namespace redial::modem;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  // What a file says openly is no secret; the user's own password is.
  if (octets.find(fuzz::kPassword) != std::string_view::npos) return 0;
  const size_t cut = std::min(octets.find('\0'), size);
  const InfFile file = read_modem_inf(octets.substr(0, cut), "fuzz");
  size_t runs_left = 20;
  for (const ModemDescription& section : file.scripts) {
    if (runs_left-- == 0) break;
    const auto script = compile_script(section, {"3110", "s3same!", "s3same!"});
    if (script) fuzz::run_script(*script, as_bytes(octets.substr(cut)));
  }
  return 0;
}
