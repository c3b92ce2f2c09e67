// SPDX-License-Identifier: Apache-2.0
// SWITCH.INF and PAD.INF from anybody: every section that is read compiles, and its run ends within
// its bound, whatever the peer says; what an X.25 network is told in confidence is not shown.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "modem/script_run.h"
#include "modem/switch_inf.h"

using namespace redial;
using namespace redial::modem;

namespace {

void look(const ScriptRun::Actions& actions) {
  for (const ScriptAction& action : actions)
    if (const auto* typed = std::get_if<TypeText>(&action))
      REDIAL_ASSERT(typed->shown.find("s3same!") == std::string::npos);
}

void run(const Script& script, ByteView peer) {
  Instant now{1s};
  const Instant end = now + script.within;
  ScriptRun machine(std::make_shared<const Script>(script), "ann", Secret("s3same!"));
  look(machine.start(now));
  const size_t piece = 1 + peer.size() / 5;
  for (size_t at = 0; at < peer.size(); at += piece) {
    look(machine.on_octets(peer.subspan(at, std::min(piece, peer.size() - at)), now));
    if (machine.deadline() && at % 3 == 0) look(machine.on_deadline(now = *machine.deadline()));
  }
  for (int wakes = 0; machine.running(); ++wakes) {
    REDIAL_ASSERT(wakes < 50'000 && machine.deadline() && *machine.deadline() <= end);
    look(machine.on_deadline(now = *machine.deadline()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const size_t cut = std::min(octets.find('\0'), size);
  const InfFile file = read_modem_inf(octets.substr(0, cut), "fuzz");
  size_t runs_left = 20;
  for (const ModemDescription& section : file.scripts) {
    if (runs_left-- == 0) break;
    const auto script = compile_script(section, {"3110", "s3same!", "s3same!"});
    if (script) run(*script, as_bytes(octets.substr(cut)));
  }
  return 0;
}
