// SPDX-License-Identifier: Apache-2.0
// Dial scripts from a file and peers that say anything: a script that is read is written and read
// again as the same, every run ends within its bound, and no password gets into what people see.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "engine/plan.h"
#include "phonebook/toml.h"

using namespace redial;

namespace {

const Secret kPassword("s3same!");

void check_shown(const std::string& text) {
  REDIAL_ASSERT(text.find(kPassword.reveal()) == std::string::npos);
}

void run(std::shared_ptr<const modem::BeforePppConfig> config, ByteView peer) {
  Instant now{1s};
  const Instant end = now + config->within + (config->script ? config->script->within : 0s) + 25s;
  modem::BeforePpp machine(std::move(config), {.direct = peer.size() % 2 == 0});
  const auto look = [](const modem::BeforePpp::Actions& actions) {
    for (const auto& action : actions) {
      if (const auto* typed = std::get_if<modem::TypeText>(&action)) check_shown(typed->shown);
      if (const auto* gave_up = std::get_if<modem::ScriptGaveUp>(&action)) {
        check_shown(gave_up->cause.evidence);
      }
    }
  };
  look(machine.begin(now));
  const size_t piece = 1 + peer.size() / 7;
  for (size_t at = 0; at < peer.size(); at += piece) {
    look(machine.on_octets(peer.subspan(at, std::min(piece, peer.size() - at)), now));
    if (machine.deadline() && at % 3 == 0) look(machine.on_deadline(now = *machine.deadline()));
    check_shown(machine.text());
  }
  for (int wakes = 0; const auto due = machine.deadline(); ++wakes) {
    REDIAL_ASSERT(wakes < 10'000 && *due <= end);
    look(machine.on_deadline(now = *due));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const size_t cut = std::min(octets.find('\0'), size);
  const auto config = phonebook::read_config(octets.substr(0, cut), "redial.toml");
  const ByteView peer = as_bytes(octets.substr(cut));
  const phonebook::Credential credential{.user = "ann", .domain = {}, .password = kPassword};
  run(*engine::before_ppp_of({}, &credential), peer);
  for (const phonebook::NamedScript& script : config.scripts) {
    phonebook::Entry entry;
    entry.name = "x";
    entry.script_steps = script.steps;
    const auto again = phonebook::read_config(phonebook::write_toml({entry}), "again.toml");
    REDIAL_ASSERT(!phonebook::has_errors(again.diagnostics) && again.overlays.size() == 1);
    phonebook::Entry read;
    for (const auto& setting : again.overlays[0].settings) phonebook::set_key(setting, read);
    REDIAL_ASSERT(read.script_steps == script.steps);
    if (auto before = engine::before_ppp_of(entry, &credential)) run(*before, peer);
  }
  return 0;
}
