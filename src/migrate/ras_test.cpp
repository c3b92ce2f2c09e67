// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras.h"

#include <doctest/doctest.h>

#include "migrate/native.h"
#include "migrate/sources.h"
#include "migrate/test_support.h"
#include "modem/unimodem.h"
#include "phonebook/toml.h"
#include "test_paths.h"

using namespace redial;
using namespace redial::migrate;

namespace {

constexpr std::string_view kBook =
    "[Head Office]\r\nRedialAttempts=5\r\nRedialSeconds=30\r\nRedialOnLinkFailure=1\r\n"
    "IpPrioritizeRemote=1\r\nPreSharedKey=s3cret\r\nFrobnicate=1\r\nMEDIA=serial\r\nPort=COM2\r\n"
    "Device=Acme 9600\r\nConnectBPS=19200\r\nDEVICE=modem\r\nPhoneNumber=5550100\r\n"
    "DEVICE=switch\r\nName=Host\r\n";
constexpr std::string_view kInf =
    "[Responses]\nOK=<cr><lf>OK<cr><lf>\n[Acme 9600]\nCOMMAND_INIT=AT&F<cr>\n"
    "COMMAND_DIAL=ATDT<phonenumber><cr>\nCONNECT=<cr><lf>CONNECT<cr><lf>\nCOMMAND_LISTEN=ATS0=1<cr>"
    "\n";
constexpr std::string_view kSerial = "[COM2]\nDEVICENAME=Acme 9600\nINITIALBPS=19200\nFOO=1\n";
constexpr std::string_view kRegistry =
    "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\RAS\\Protocols]\n"
    "\"EnableUnimodem\"=dword:00000000\n\"Other\"=\"x\"\n";

std::vector<SourceFile> directory() {
  return {{"/nt/RAS/RasPhone.Pbk", std::string(kBook)},
          {"/nt/RAS/modem.inf", std::string(kInf)},
          {"/nt/RAS/Serial.ini", std::string(kSerial)},
          {"/nt/RAS/ras.reg", std::string(kRegistry)},
          {"/nt/RAS/switch.inf",
           "; logon\n[host]\nCOMMAND=\nOK=<match>\"ogin:\"\nCOMMAND=s3cret<cr>\nNoResponse\n"}};
}

Reading read(const std::vector<SourceFile>& files) {
  Reading reading;
  read_ras(files, reading);
  reading.report.seal();
  return reading;
}

TEST_CASE("a RAS directory: the entry's device is bound to a line with its own description") {
  Reading reading = read(directory());
  REQUIRE(reading.connections.size() == 1);
  const NativeFiles files = write_native(reading, "ras", "/nt/RAS", {});
  CHECK_FALSE(phonebook::has_errors(reading.diagnostics));
  REQUIRE(files.lines.size() == 1);
  CHECK(files.lines[0].name == "COM2");
  CHECK(files.lines[0].path == "/dev/ttyS1");
  CHECK(files.lines[0].speed_bps == 19200);
  CHECK(files.lines[0].description == "imported/ras.inf:Acme 9600");
  CHECK(files.descriptions == kInf);
  CHECK(files.entries[0].redial.attempts == 5u);
  CHECK(files.entries[0].redial.on_link_failure);
  CHECK(files.entries[0].script == "imported/ras.switch.inf:host");
  CHECK(has(files.scripts, "[host]"));
  CHECK(ended(reading, "OK", "switch.inf").column == Column::Kept);
}

TEST_CASE("a RAS directory: every key of every file ends in one column") {
  const Reading reading = read(directory());
  CHECK(reading.report.settings().size() == 14 + 5 + 3 + 2 + 4);
  CHECK(ended(reading, "RedialOnLinkFailure").column == Column::Kept);
  CHECK(ended(reading, "Port").column == Column::MadeSafer);
  CHECK(ended(reading, "Frobnicate").column == Column::Dropped);
  CHECK(ended(reading, "EnableUnimodem").column == Column::MadeSafer);
  CHECK(ended(reading, "COMMAND_INIT").column == Column::Kept);
  CHECK(ended(reading, "INITIALBPS").column == Column::Kept);
  CHECK(ended(reading, "PreSharedKey").value == "***");
  CHECK(reading.connections[0].rules.unimodem->value == false);
  for (const Setting& setting : reading.report.settings()) {
    CHECK_FALSE(has(setting.key + setting.value, "s3cret"));
  }
}

TEST_CASE("a phonebook alone: built-in description, and a port of another kind needs a path") {
  Reading reading =
      read({{"office.pbk",
             "[A]\nMEDIA=serial\nPort=COM1\nDEVICE=modem\nPhoneNumber=1\n"
             "[B]\nMEDIA=rastapi\nPort=XYZ9\nDEVICE=modem\nPhoneNumber=2\n"
             "[C]\nType=5\nMEDIA=rastapi\nPort=PPPoE5-0\nDEVICE=PPPoE\nPhoneNumber=\n"}});
  const NativeFiles files = write_native(reading, "ras", "office.pbk", {});
  REQUIRE(files.entries.size() == 3);
  CHECK(files.lines.at(0).description == "builtin:hayes");
  CHECK(has(files.lines.at(1).needs, "path of its serial port"));
  CHECK(has(files.lines.at(2).needs, "PPPoE"));
}

TEST_CASE("a modem that no entry uses is a line all the same, described as the registry has it") {
  std::vector<SourceFile> files = directory();
  const std::string modem = "[HKEY_LOCAL_MACHINE\\System\\Class\\Modem\\0000";
  files[3].octets +=
      modem + "]\n\"FriendlyName\"=\"Wren\"\n\"AttachedTo\"=\"COM4\"\n" + modem +
      "\\Settings]\n\"Prefix\"=\"AT\"\n\"Terminator\"=\"<cr>\"\n\"DialPrefix\"=\"D\"\n" + modem +
      "\\Responses]\n\"<cr><lf>OK<cr><lf>\"=hex:00,00,00,00,00,00,00,00,00,00\n"
      "\"<cr><lf>CONNECT<cr><lf>\"=hex:02,00,00,00,00,00,00,00,00,00\n";
  Reading reading = read(files);
  const NativeFiles native = write_native(reading, "ras", "/nt/RAS", {});
  REQUIRE(native.lines.size() == 2);
  CHECK(native.lines[1].name == "COM4");
  CHECK(native.lines[1].path == "/dev/ttyS3");
  CHECK(native.lines[1].description == "imported/ras.reg:Wren");
  const modem::InfFile inf = modem::read_descriptions(native.modem_keys, "ras.reg");
  REQUIRE(inf.modems.size() == 1);
  CHECK(modem::compile(inf.modems[0], {}).has_value());
  CHECK_FALSE(has(native.modem_keys, "EnableUnimodem"));
  CHECK(ended(reading, "Prefix").column == Column::Kept);
}

TEST_CASE("a port that redial.toml declares is that line") {
  Reading reading = read(directory());
  Taken taken;
  taken.lines = {{.name = "com2", .path = "/dev/ttyUSB3"}};
  const NativeFiles files = write_native(reading, "ras", "/nt/RAS", taken);
  CHECK(files.lines.empty());
  CHECK(files.entries[0].lines == std::vector<std::string>{"com2"});
}

TEST_CASE("a phonebook: keys that say nothing in an entry are not lost with it") {
  const std::string common =
      "CustomDialDll=\nAuthenticateServer=0\nVpnStrategy=6\nNetworkOutageTime=1800\n"
      "ApnInfoAuthentication=1\nApnInfoAccessPoint=\nIpDnsSuffix=office.example\n";
  const Reading modem = read({{"/a/rasphone.pbk", "[M]\nType=1\n" + common +
                                                      "MEDIA=serial\nPort=COM1\nDEVICE=modem\n"
                                                      "PhoneNumber=5\n"}});
  for (const char* key : {"CustomDialDll", "AuthenticateServer", "VpnStrategy", "NetworkOutageTime",
                          "ApnInfoAuthentication"}) {
    CAPTURE(key);
    CHECK(ended(modem, key).column == Column::NotNeeded);
  }
  CHECK(ended(modem, "IpDnsSuffix").column == Column::Dropped);
  CHECK(ended(modem, "Port").column == Column::MadeSafer);
  const Reading vpn = read({{"/a/rasphone.pbk", "[V]\nType=2\n" + common +
                                                    "MEDIA=rastapi\nPort=VPN1-0\nDEVICE=vpn\n"
                                                    "PhoneNumber=vpn.example\n"}});
  CHECK(ended(vpn, "VpnStrategy").column == Column::Dropped);
  CHECK(ended(vpn, "Port").column == Column::NotNeeded);  // it is no line that is watched
}

TEST_CASE("the real samples: every setting is accounted for, and what is written reads") {
  const std::string root = REDIAL_SOURCE_DIR "/../shared/data/";
  std::vector<SourceFile> files;
  for (const char* name : {"pbk/rrasm-dd1.pbk", "pbk/pppoe-utf8.pbk", "pbk/three-entries-v1-v5.pbk",
                           "modeminf/modem.inf", "modeminf/switch.inf", "modeminf/pad.inf"}) {
    std::ifstream file(root + name, std::ios::binary);
    if (!file) {
      MESSAGE("no sample " << name);
      continue;
    }
    files.push_back({name, {std::istreambuf_iterator<char>(file), {}}});
  }
  Reading reading = read(files);
  const NativeFiles native = write_native(reading, "ras", "samples", {});
  CHECK_FALSE(phonebook::has_errors(reading.diagnostics));
  CHECK(native.entries.size() == reading.connections.size());
  for (const Setting& setting : reading.report.settings()) {
    CHECK_MESSAGE(setting.how != "no key that is known", setting.key);
  }
}

}  // namespace
