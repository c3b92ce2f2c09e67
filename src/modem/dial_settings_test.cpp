// SPDX-License-Identifier: Apache-2.0
// How a number goes out: tone or pulse, with or without a dial tone, and by a modem that cannot
// wait for everything.
#include <doctest/doctest.h>

#include <string>

#include "modem/dialogue.h"
#include "modem/inf.h"
#include "modem/number.h"

using namespace redial;
using namespace redial::modem;

namespace {

ModemDescription section(const std::string& dial, const std::string& init = "AT&F<cr>") {
  const std::string text = "[Acme]\nCOMMAND_INIT=" + init +
                           "\nOK=<cr><lf>OK<cr><lf>\nCOMMAND_DIAL=" + dial +
                           "\nCONNECT=<cr><lf>CONNECT<cr><lf>\n";
  InfFile file = read_modem_inf(text, "MODEM.INF");
  REQUIRE(file.modems.size() == 1);
  return file.modems.front();
}

std::string dial_text(const ModemDescription& modem, const ModemSettings& settings) {
  const auto compiled = compile(modem, settings);
  REQUIRE(compiled.has_value());
  return to_text(compiled->description.dial.back());
}
ModemSettings pulse(std::optional<bool> on) {
  ModemSettings settings;
  settings.pulse = on;
  return settings;
}

}  // namespace

TEST_CASE("a pulse-only line dials by pulse, whatever the description says") {
  CHECK(dial_text(hayes(), pulse(true)) == "ATDP<phonenumber><cr>");
  CHECK(dial_text(hayes(), pulse(false)) == "ATDT<phonenumber><cr>");
  CHECK(dial_text(hayes(), pulse(std::nullopt)) == "ATDT<phonenumber><cr>");
  CHECK(dial_text(section("ATDT<phonenumber><cr>"), pulse(true)) == "ATDP<phonenumber><cr>");
  CHECK(dial_text(section("ATDP<phonenumber><cr>"), pulse(false)) == "ATDT<phonenumber><cr>");
  CHECK(dial_text(section("ATD<phonenumber><cr>"), pulse(true)) == "ATDP<phonenumber><cr>");
  CHECK(dial_text(section("ATDT9,<phonenumber><cr>"), pulse(true)) == "ATDT9,P<phonenumber><cr>");
}

TEST_CASE("a blind line is told X3 after everything that might undo it, and that is told") {
  ModemSettings settings;
  CHECK(to_text(compile(hayes(), settings)->description.init.back()) != "ATX3<cr>");
  settings.blind = true;
  for (const ModemDescription& modem : {hayes(), section("ATDT<phonenumber><cr>", "ATX4<cr>")}) {
    const auto compiled = compile(modem, settings);
    REQUIRE(compiled.has_value());
    CHECK(to_text(compiled->description.init.back()) == "ATX3<cr>");
    CHECK(compiled->description.init.back().optional);
    REQUIRE_FALSE(compiled->corrections.empty());
    CHECK(compiled->corrections.back().starts_with("blind dialling: ATX3"));
  }
}

TEST_CASE("what a modem cannot wait for becomes pauses, and all else is left alone") {
  const DialAbilities all{.dial_tone = true, .quiet_answer = true, .billing_tone = true};
  const DialAbilities none{.dial_tone = false, .quiet_answer = false, .billing_tone = false};
  CHECK(fit("9W1@2$3,!T4P5;", all) == "9W1@2$3,!T4P5;");
  CHECK(fit("9W1@2$3,!T4P5;", none) == "9,1,,,2,,,,3,!T4P5;");
  CHECK(fit("9w1", none) == "9,1");
  CHECK(fit("1$2@3", hayes().abilities) == "1,,,,2@3");  // V.250 knows @, and no $
}
