// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_directory.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "migrate/doctor.h"
#include "migrate/ras.h"
#include "migrate/test_support.h"

using namespace redial;
using namespace redial::migrate;

namespace {

const SourceFile kBook = {"Ras/rasphone.pbk",
                          "[Head Office]\r\nRedialAttempts=7\r\nRedialSeconds=20\r\n"
                          "RedialOnLinkFailure=1\r\nMEDIA=serial\r\nPort=COM1\r\n"
                          "Device=Acme 56K\r\nDEVICE=modem\r\nPhoneNumber=5550100\r\n"};
const SourceFile kInf = {"Ras/modem.inf",
                         "[Responses]\nOK=<cr><lf>OK<cr><lf>\nCONNECT=<cr><lf>CONNECT<cr><lf>\n"
                         "[Acme 56K]\nCOMMAND_INIT=AT<cr>\nCOMMAND_DIAL=ATD<phonenumber><cr>\n"};
const std::string kSoftware = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\RAS\\";
const std::string kClass =
    "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Class\\"
    "{4D36E96D-E325-11CE-BFC1-08002BE10318}\\0000";
const std::string kModemKey =
    "[" + kClass +
    "]\n\"FriendlyName\"=\"Wren 28.8\"\n\"AttachedTo\"=\"COM2\"\n"
    "\"MaximumPortSpeed\"=dword:0000e100\n\"UserInit\"=\"S11=60\"\n"
    "[" +
    kClass +
    "\\Init]\n\"1\"=\"AT&FE0V1&C1&D2S0=0<cr>\"\n"
    "[" +
    kClass +
    "\\Settings]\n\"Prefix\"=\"AT\"\n\"Terminator\"=\"<cr>\"\n"
    "\"DialPrefix\"=\"D\"\n"
    "[" +
    kClass +
    "\\Responses]\n\"<cr><lf>OK<cr><lf>\"=hex:00,00,00,00,00,00,00,00,00,00\n"
    "\"<cr><lf>CONNECT<cr><lf>\"=hex:02,00,00,00,00,00,00,00,00,00\n";

SourceFile registry(const std::string& text) { return {"Ras/ras.reg", "REGEDIT4\n\n" + text}; }
SourceFile key(const std::string& name, const std::string& values) {
  return registry("[" + kSoftware + name + "]\n" + values);
}

struct Read {
  Reading reading;
  RasDirectory directory;
  explicit Read(std::vector<SourceFile> given) : files(std::move(given)) {
    directory = read_ras_directory(files, reading);
  }
  const RasPort& port(std::string_view name) const {
    const RasPort* found = directory.ports.find(name);
    REQUIRE(found != nullptr);
    return *found;
  }
  std::vector<SourceFile> files;
};

Read serial_ini(const std::string& text) { return Read({{"SERIAL.INI", text}}); }

Diagnosis only(const std::vector<SourceFile>& files) {
  Reading reading;
  read_ras(files, reading);
  reading.report.seal();
  REQUIRE(reading.connections.size() == 1);
  return diagnose(reading.connections[0], reading.report);
}

std::string utf16(std::string_view text) {
  std::string out = "\xff\xfe";
  for (const char c : text) out += {c, '\0'};
  return out;
}

}  // namespace

TEST_CASE("SERIAL.INI says which modem was on which port, and its rate") {
  const Read read = serial_ini(
      "; written by setup\r\n[COM1]\r\nDEVICENAME=USRobotics General\r\nINITIALBPS=57600\r\n"
      "\r\n[COM2]\r\nDEVICETYPE=Modem\r\nDEVICE=Mwave 28800\r\n");
  CHECK(read.directory.ports.all().size() == 2);
  CHECK(read.port("com1").device == "USRobotics General");
  CHECK(read.port("COM1").initial_bps == 57600);
  CHECK(read.port("COM1").where == "SERIAL.INI line 2");
  CHECK(read.port("COM1").in_serial_ini);
  CHECK(read.port("COM2").device == "Mwave 28800");
  CHECK(read.port("COM2").device_kind == "Modem");
}

TEST_CASE("what means nothing in SERIAL.INI is a warning, and the rest is read") {
  const Read read = serial_ini("nonsense\n[COM1\n[]\n[COM3]\nINITIALBPS=fast\nDEVICE=Acme\n");
  CHECK(read.reading.diagnostics.size() == 4);
  CHECK_FALSE(phonebook::has_errors(read.reading.diagnostics));
  CHECK(read.port("COM3").device == "Acme");
  CHECK(read.port("COM3").initial_bps == 0);
  std::string many;
  for (size_t i = 0; i < kRasPortsMax + 3; ++i) many += "[COM" + std::to_string(i) + "]\n";
  const Read bounded = serial_ini(many);
  CHECK(bounded.directory.ports.all().size() == kRasPortsMax);
  CHECK(bounded.reading.diagnostics.size() == 3);
}

TEST_CASE("a phonebook's ports are added, and complete what SERIAL.INI does not say") {
  const Read read(
      {{"SERIAL.INI", "[COM1]\nINITIALBPS=19200\n"},
       {"rasphone.pbk",
        "[Head Office]\nMEDIA=serial\nPort=com1\nDevice=Acme 56K\nConnectBPS=57600\n"
        "DEVICE=switch\nDEVICE=modem\nPhoneNumber=1\n[Tunnel]\nMEDIA=rastapi\nPort=VPN2-0\n"
        "Device=WAN\nDEVICE=vpn\n"}});
  CHECK(read.directory.ports.all().size() == 2);
  CHECK(read.port("COM1").device == "Acme 56K");
  CHECK(read.port("COM1").device_kind == "modem");
  CHECK(read.port("COM1").initial_bps == 19200);
  CHECK(read.port("VPN2-0").where == "rasphone.pbk line 11");
  CHECK_FALSE(read.port("VPN2-0").in_serial_ini);
  CHECK_FALSE(is_serial(read.port("VPN2-0")));
}

TEST_CASE("COM1 is the first serial port, a USB adapter by its driver; nothing else is guessed") {
  CHECK(device_of_port("COM1") == "/dev/ttyS0");
  CHECK(device_of_port("com12") == "/dev/ttyS11");
  CHECK(device_of_port("COM5", "\\Device\\VCP1") == "/dev/ttyUSB1");
  CHECK(device_of_port("COM7", "\\Device\\USBSER000") == "/dev/ttyACM0");
  CHECK(device_of_port("COM2", "\\Device\\Serial1") == "/dev/ttyS1");
  for (const char* name : {"COM0", "COM257", "COM", "COMx", "VPN2-0", ""}) {
    CHECK(device_of_port(name).empty());
  }
}

TEST_CASE("a .reg: the ports that RAS has from TAPI, each with the name of its modem") {
  const Read read({key("TAPI DEVICES\\Unimodem",
                       "\"Media Type\"=\"Modem\"\n"
                       "\"Address\"=hex(7):43,4f,4d,33,00,43,4f,4d,34,00,00\n"
                       "\"Friendly Name\"=hex(7):57,72,65,6e,00,41,63,6d,65,00,00\n"
                       "\"Usage\"=hex(7):43,6c,69,65,6e,74,00,43,6c,69,65,6e,74,00,00\n")});
  CHECK(read.port("COM3").device == "Wren");
  CHECK(read.port("COM4").device == "Acme");
  CHECK(read.port("COM3").by_tapi);
  CHECK(has_modem(read.port("COM3")));
  CHECK(ended(read.reading, "Address").column == Column::Translated);
  CHECK(ended(read.reading, "Address").value == "COM3, COM4");
  const Read isdn(
      {key("TAPI DEVICES\\Digi", "\"Media Type\"=\"ISDN\"\n\"Address\"=\"ISDN1 1 0\"\n")});
  CHECK_FALSE(is_serial(isdn.port("ISDN1 1 0")));
}

TEST_CASE("a .reg: an installed modem has its port, its rate and a description of its own") {
  const Read read({registry(kModemKey)});
  CHECK(read.port("COM2").device == "Wren 28.8");
  CHECK(read.port("COM2").initial_bps == 57600);
  const RasModem* modem = modem_of(read.directory, &read.port("COM2"), "Wren 28.8");
  REQUIRE(modem != nullptr);
  CHECK(modem->in_registry);
  CHECK(read.directory.key_values.size() == 7);  // FriendlyName, port and rate have been said
  CHECK(ended(read.reading, "AttachedTo").column == Column::MadeSafer);
}

TEST_CASE("a .reg: the machine's COM ports say what they are, and not that a modem is on them") {
  const Read read(
      {registry("[HKEY_LOCAL_MACHINE\\HARDWARE\\DEVICEMAP\\SERIALCOMM]\n"
                "\"\\\\Device\\\\Serial0\"=\"COM1\"\n\"\\\\Device\\\\VCP0\"=\"COM5\"\n")});
  CHECK(read.directory.ports.all().size() == 2);
  CHECK_FALSE(has_modem(read.port("COM1")));
  CHECK(read.port("COM5").driver == "\\Device\\VCP0");
  CHECK(has(ended(read.reading, "\\Device\\VCP0").how, "COM5 is /dev/ttyUSB0"));
}

TEST_CASE("a .reg: what has no effect is counted, and what may be secret is covered") {
  const Read read(
      {registry("[HKEY_CURRENT_USER\\A]\n\"x\"=\"1\"\n\"x\"=\"2\"\n\"bad\"=what\n"
                "\"DefaultPassword\"=\"s3cret\"\n[-HKEY_CURRENT_USER\\A]\n")});
  CHECK(read.reading.report.settings().size() == 4);
  for (const Setting& setting : read.reading.report.settings()) {
    CHECK(setting.ended == Column::NotNeeded);
    CHECK_FALSE(has(setting.value, "s3cret"));
  }
}

TEST_CASE("copies of MODEM.INF and of phonebooks that lie beside them are not read") {
  SourceFile old = kInf;
  old.path = "Ras/MODEM.BAK";
  const Read read({old, kInf, kBook, {"Ras/rasphone.old", kBook.octets}});
  CHECK(read.directory.modem_inf->path == "Ras/modem.inf");
  CHECK(read.directory.books.size() == 1);
  CHECK(Read({old}).directory.modem_inf != nullptr);
}

TEST_CASE("an entry that cannot be dialled is left out, its keys are dropped, the others stay") {
  SourceFile book = kBook;
  book.octets += "[Broken]\r\nType=1\r\nDEVICE=modem\r\nPhoneNumber=1\r\n";
  const Read read({book});
  REQUIRE(read.directory.books.size() == 1);
  CHECK(read.directory.books[0].entries.size() == 1);
  CHECK_FALSE(phonebook::has_errors(read.reading.diagnostics));
  CHECK(read.reading.diagnostics.size() == 1);
  CHECK(ended(read.reading, "Type").column == Column::Dropped);
}

TEST_CASE("a phonebook alone brings its redial settings, and no suspicion") {
  Reading reading;
  const std::vector<SourceFile> files = {kBook};
  read_ras(files, reading);
  REQUIRE(reading.connections.size() == 1);
  const ForeignRules& rules = reading.connections[0].rules;
  CHECK(rules.attempts->value == 7);
  CHECK(rules.pause->value == 20s);
  CHECK(rules.redials_lost->value);
  CHECK_FALSE(rules.unimodem);
  CHECK(only({kBook}).named.empty());
}

TEST_CASE("EnableUnimodem=0 is the bug of KB Q153376, in either encoding of a .reg") {
  const SourceFile off = key("Protocols", "\"EnableUnimodem\"=dword:00000000\r\n");
  for (const std::string& octets : {off.octets, utf16(off.octets)}) {
    const Diagnosis diagnosis = only({kBook, {"Ras/ras.reg", octets}});
    REQUIRE(diagnosis.named.size() == 1);
    CHECK(has(diagnosis.named[0].text, "KB Q153376: EnableUnimodem = 0 (Ras/ras.reg line 4)"));
  }
  CHECK(only({kBook, key("Protocols", "\"EnableUnimodem\"=dword:00000001\n")}).named.empty());
  CHECK(only({kBook, key("Other", "\"EnableUnimodem\"=dword:00000000\n")}).named.empty());
}

TEST_CASE("a port that SERIAL.INI or MODEM.INF binds is old; one that TAPI has is not") {
  const SourceFile serial{"Ras/SERIAL.INI", "[COM1]\r\nDEVICENAME=Acme 56K\r\n"};
  const Diagnosis by_serial = only({kBook, serial});
  REQUIRE(by_serial.named.size() == 1);
  CHECK(has(by_serial.named[0].text, "COM1 is bound to Acme 56K (Ras/SERIAL.INI line 2)"));
  CHECK(only({kBook, kInf}).named.size() == 1);
  SourceFile tapi = kBook;
  tapi.octets.replace(tapi.octets.find("serial"), 6, "rastapi");
  CHECK(only({tapi, kInf}).named.empty());
  const SourceFile given = key("TAPI DEVICES\\Unimodem", "\"Address\"=\"COM1\"\n");
  CHECK(only({kBook, serial, given}).named.empty());
}
