// SPDX-License-Identifier: Apache-2.0
// MODEM.INF from anybody: it is read, every section compiled, and what it says about its commands
// and answers must read back as the same.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "modem/inf.h"

namespace {

using namespace redial::modem;

/// `text` as the only command, with the macros of `modem`.
void check_command(const ModemDescription& modem, const Command& command) {
  std::string text = "[x]\n";
  for (const auto& [name, macro] : modem.macros) {
    Command on, off;
    on.pieces = {{CommandPiece::Kind::Literal, macro.on}};
    off.pieces = {{CommandPiece::Kind::Literal, macro.off}};
    const std::string stem = "<" + name;
    if (!macro.binary) text += stem + ">=" + to_text(on) + "\n";
    if (macro.binary)
      text += stem + "_on>=" + to_text(on) + "\n" + stem + "_off>=" + to_text(off) + "\n";
  }
  // Longer than a line: cannot have come from one, but its escapes may have grown.
  const std::string written = to_text(command);
  text += "COMMAND_DIAL=" + written + "\n";
  if (written.size() > 4000 || text.size() > 100'000) return;
  const InfFile again = read_modem_inf(text, "again");
  if (again.modems.size() != 1) return;  // A macro's text may have outgrown a line.
  REDIAL_ASSERT(again.modems[0].dial.size() == 1);
  REDIAL_ASSERT(again.modems[0].dial[0].pieces == command.pieces);
}

void check_response(const Response& response) {
  const std::string text = to_text(response);
  const InfFile again = read_modem_inf("[x]\nCOMMAND_DIAL=x\nOK=" + text + "\n", "again");
  REDIAL_ASSERT(again.modems.size() == 1);
  REDIAL_ASSERT(again.modems[0].dial[0].responses.size() == 1);
  REDIAL_ASSERT(to_text(again.modems[0].dial[0].responses[0]) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const InfFile file = read_modem_inf(octets, "fuzz");
  for (const Diagnostic& diagnostic : file.diagnostics)
    REDIAL_ASSERT(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.text.empty());

  size_t checks_left = 50;  // the property, not the patience of the machine, is what is tested
  for (const ModemDescription& modem : file.modems) {
    ModemSettings settings;
    REDIAL_ASSERT(compile(modem, settings).has_value());
    settings.speaker = settings.compression = true;
    settings.auto_dial = false;
    settings.extra_init = {std::string(octets.substr(0, 40))};
    (void)compile(modem, settings);
    for (const Command& command : modem.dial) {
      if (checks_left == 0) break;
      --checks_left;
      check_command(modem, command);
      for (const Response& response : command.responses) check_response(response);
    }
  }
  return 0;
}
