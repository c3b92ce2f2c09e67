// SPDX-License-Identifier: Apache-2.0
// The virtual modem against command strings of real description files.
#include <doctest/doctest.h>

#include "lab/hayes.h"
#include "test_paths.h"

using namespace redial;
using namespace redial::lab;

namespace {

const std::string kSamples = REDIAL_SOURCE_DIR "/../shared/data/";

std::string answer_to(const std::string& command) {
  HayesModem modem{ModemConfig{}};
  Bytes said;
  for (const std::string& line : {std::string("ATE0\r"), command}) {
    said.clear();
    CHECK(modem.on_octets(as_bytes(line), Instant{}, said).empty());
    CHECK(modem.on_deadline(Instant{1s}, said).empty());
  }
  return to_visible(said);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// Every COMMAND_INIT and COMMAND_LISTEN with its macros all on, and all off.
std::vector<std::string> commands_of_modem_inf(std::istream& file) {
  std::vector<std::string> commands, waiting;
  std::map<std::string, std::string> macros;
  const auto expand = [&] {
    for (const std::string& command : waiting) {
      for (const char* state : {"_on", "_off"}) {
        std::string text = command;
        for (const auto& [name, value] : macros) {
          if (!name.ends_with(std::string(state) + ">")) continue;
          text = replaced(text, name.substr(0, name.rfind('_')) + ">", value);
        }
        commands.push_back(replaced(replaced(text, "<cr>", "\r"), "\\\\", "\\"));
      }
    }
    waiting.clear();
    macros.clear();
  };
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with('[')) expand();
    const auto equals = line.find('=');
    if (equals == std::string::npos || line.starts_with(';')) continue;
    const std::string key = line.substr(0, equals);
    if (line.starts_with('<')) macros[key] = line.substr(equals + 1);
    if (key == "COMMAND_INIT" || key == "COMMAND_LISTEN")
      waiting.push_back(line.substr(equals + 1));
  }
  expand();
  return commands;
}

}  // namespace

TEST_CASE("every section of a MODEM.INF initialises, with its features on and off") {
  std::ifstream file(kSamples + "modeminf/modem.inf");
  if (!file) {
    MESSAGE("skipped: no sample files beside the source tree");
    return;
  }
  const auto commands = commands_of_modem_inf(file);
  CHECK(commands.size() >= 20);
  for (const std::string& command : commands) {
    CAPTURE(command);
    CHECK(answer_to(command).ends_with("OK<cr><lf>"));
  }
}

TEST_CASE("what vendors write into initialisation strings is accepted") {
  for (const char* command :
       {"AT&F&C1&D2 V1 -M0 W1 S2=128 S7=55", "AT%C1\"H3\\N7&K3M1",
        "AT&F E0 V1 &D2 &C1 W2 S95=47 S0=0", "ATS7=60S30=0L0M1&Q5S36=7S48=7S46=138&K3", "ATB0N1X4",
        "AT&A3&B1&H1&R2&M4Y0", "AT%TCB", "AT+FCLASS=0;+GCI=B5", "ATX3",
        "AT#CID=1*Q1)M1:T0-SDR=0"}) {
    CAPTURE(command);
    CHECK(answer_to(std::string(command) + "\r") == "<cr><lf>OK<cr><lf>");
  }
  // A logged session: numeric answers from the very line that asks for them.
  CHECK(answer_to("AT&FE0V0W1&C1&D2S95=47\r") == "0<cr>");
}
