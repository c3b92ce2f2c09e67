// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_rules.h"

#include <doctest/doctest.h>

#include "migrate/doctor.h"
#include "migrate/test_support.h"

using namespace redial;
using namespace redial::migrate;

namespace {

const SourceFile kBook = {"Ras/rasphone.pbk",
                          "[Head Office]\r\nRedialAttempts=7\r\nRedialSeconds=20\r\n"
                          "RedialOnLinkFailure=1\r\nMEDIA=serial\r\nPort=COM1\r\n"
                          "Device=Acme 56K\r\nDEVICE=modem\r\nPhoneNumber=5550100\r\n"};
const std::string kKey = "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\RAS\\Protocols]\r\n";

Reading read(const std::vector<SourceFile>& files) {
  Reading reading;
  read_ras_rules(files, reading);
  return reading;
}

Diagnosis only(const Reading& reading) {
  REQUIRE(reading.connections.size() == 1);
  return diagnose(reading.connections[0], reading.report);
}

std::string utf16(std::string_view text) {
  std::string out = "\xff\xfe";
  for (const char c : text) out += {c, '\0'};
  return out;
}

}  // namespace

TEST_CASE("a phonebook alone brings its redial settings, and no suspicion") {
  const Reading reading = read({kBook});
  REQUIRE(reading.connections.size() == 1);
  const ForeignRules& rules = reading.connections[0].rules;
  CHECK(rules.attempts->value == 7);
  CHECK(rules.pause->value == 20s);
  CHECK(rules.redials_lost->value);
  CHECK_FALSE(rules.unimodem);
  CHECK(only(reading).named.empty());
}

TEST_CASE("EnableUnimodem=0 is the bug of KB Q153376, in either encoding of a .reg") {
  const std::string text = "REGEDIT4\r\n\r\n" + kKey + "\"EnableUnimodem\"=dword:00000000\r\n";
  for (const std::string& octets : {text, utf16(text)}) {
    const Diagnosis diagnosis = only(read({kBook, {"Ras/ras.reg", octets}}));
    REQUIRE(diagnosis.named.size() == 1);
    CHECK(has(diagnosis.named[0].text, "KB Q153376: EnableUnimodem = 0 (Ras/ras.reg line 4)"));
  }
  CHECK(read_enable_unimodem(kKey + "\"EnableUnimodem\"=dword:00000001\r\n")->on);
  CHECK_FALSE(read_enable_unimodem("[Other]\n\"EnableUnimodem\"=dword:00000000\r\n"));
}

TEST_CASE("a port that SERIAL.INI or MODEM.INF binds is old; one that TAPI has is not") {
  const SourceFile serial{"Ras/SERIAL.INI", "[COM1]\r\nDEVICENAME=Acme 56K\r\n"};
  const Diagnosis by_serial = only(read({kBook, serial}));
  REQUIRE(by_serial.named.size() == 1);
  CHECK(has(by_serial.named[0].text, "COM1 is bound to Acme 56K (Ras/SERIAL.INI line 1)"));
  const SourceFile inf{"Ras/modem.inf",
                       "[Responses]\nOK=<cr><lf>OK<cr><lf>\nCONNECT=<cr><lf>CONNECT<cr><lf>\n"
                       "[Acme 56K]\nCOMMAND_INIT=AT<cr>\nCOMMAND_DIAL=ATD<phonenumber><cr>\n"};
  CHECK(only(read({kBook, inf})).named.size() == 1);
  SourceFile tapi = kBook;
  tapi.octets.replace(tapi.octets.find("serial"), 6, "rastapi");
  CHECK(only(read({tapi, inf})).named.empty());
}
