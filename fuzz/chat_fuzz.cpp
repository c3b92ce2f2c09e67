// SPDX-License-Identifier: Apache-2.0
// chat scripts from anybody, as a file and as a command line: what is read compiles, every login of
// it ends within its bound whatever the peer says, and no password of it gets into what people see.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "modem/chat.h"
#include "modem/script_language.h"
#include "modem/sim_pin.h"
#include "script_world.h"

using namespace redial;
using namespace redial::modem;

namespace {

void check(const ChatScript& made, ByteView peer) {
  for (const Diagnostic& diagnostic : made.diagnostics)
    REDIAL_ASSERT(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.text.empty());
  if (made.modem) (void)compile(*made.modem, {});
  if (made.login) fuzz::run_script(*made.login, peer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  // What a file says openly is no secret; the user's own password is.
  if (octets.find(fuzz::kPassword) != std::string_view::npos) return 0;
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
  (void)script_language("isp", octets);
  for (const std::string& pin : sim_pins(text)) REDIAL_ASSERT(pin.size() <= text.size());
  (void)without_sim_pins(text);
  return 0;
}
