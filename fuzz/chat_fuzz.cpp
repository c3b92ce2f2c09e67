// SPDX-License-Identifier: Apache-2.0
// chat scripts from anybody, as a file and as a command line: what is read compiles, every login of
// it ends within its bound whatever the peer says, and no password of it gets into what people see.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "modem/chat.h"
#include "modem/script_run.h"

using namespace redial;
using namespace redial::modem;

namespace {

void check_shown(const std::string& text) {
  REDIAL_ASSERT(text.find("s3same!") == std::string::npos);
}

void look(const ScriptRun::Actions& actions) {
  for (const ScriptAction& action : actions) {
    if (const auto* typed = std::get_if<TypeText>(&action)) check_shown(typed->shown);
    if (const auto* noted = std::get_if<ScriptNoted>(&action)) check_shown(noted->text);
    if (const auto* gave_up = std::get_if<ScriptGaveUp>(&action))
      check_shown(gave_up->cause.evidence);
  }
}

void run(const Script& script, ByteView peer) {
  Instant now{1s};
  const Instant end = now + script.within;
  ScriptRun machine(std::make_shared<const Script>(script), "ann", Secret("s3same!"));
  look(machine.start(now));
  const size_t piece = 1 + peer.size() / 7;
  for (size_t at = 0; at < peer.size(); at += piece) {
    look(machine.on_octets(peer.subspan(at, std::min(piece, peer.size() - at)), now));
    if (machine.deadline() && at % 3 == 0) look(machine.on_deadline(now = *machine.deadline()));
  }
  for (int wakes = 0; machine.running(); ++wakes) {
    REDIAL_ASSERT(wakes < 50'000 && machine.deadline() && *machine.deadline() <= end);
    look(machine.on_deadline(now = *machine.deadline()));
  }
}

void check(const ChatScript& made, ByteView peer) {
  for (const Diagnostic& diagnostic : made.diagnostics)
    REDIAL_ASSERT(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.text.empty());
  if (made.modem) (void)compile(*made.modem, {});
  if (made.login) run(*made.login, peer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const size_t cut = std::min(octets.find('\0'), size);
  const std::string_view text = octets.substr(0, cut);
  const ByteView peer = as_bytes(octets.substr(cut));
  ChatOptions options{.name = "fuzz", .phone = "5550100"};
  options.read = [&](const std::string&) -> Result<std::string> {
    return std::string(text.substr(text.size() / 2));
  };
  options.environment = [](const std::string& name) { return std::optional(name); };
  check(read_chat(text, options), peer);
  options.take_credentials = true;
  check(read_chat(text, options), peer);
  check(read_chat_command(text, options), peer);
  return 0;
}
