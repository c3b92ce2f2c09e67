// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_ports.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::migrate;

namespace {

std::vector<RasPort> ports_of(std::string_view text, size_t complaints = 0) {
  std::vector<phonebook::Diagnostic> diagnostics;
  auto ports = read_serial_ini(text, "SERIAL.INI", diagnostics);
  CHECK(diagnostics.size() == complaints);
  return ports;
}

}  // namespace

TEST_CASE("SERIAL.INI says which modem was on which port, and its rate") {
  const auto ports = ports_of(
      "; written by setup\r\n[COM1]\r\nDEVICENAME=USRobotics General\r\nINITIALBPS=57600\r\n"
      "\r\n[COM2]\r\nDEVICETYPE=Modem\r\nDEVICE=Mwave 28800\r\n");
  REQUIRE(ports.size() == 2);
  CHECK(ports[0].name == "COM1");
  CHECK(ports[0].device == "USRobotics General");
  CHECK(ports[0].initial_bps == 57600);
  CHECK(ports[0].where == "SERIAL.INI line 2");
  CHECK(ports[0].in_serial_ini);
  CHECK(ports[1].device == "Mwave 28800");
  CHECK(ports[1].device_kind == "Modem");
}

TEST_CASE("what means nothing in SERIAL.INI is a warning, and the rest is read") {
  const auto ports = ports_of("nonsense\n[COM1\n[]\n[COM3]\nINITIALBPS=fast\nDEVICE=Acme\n", 4);
  REQUIRE(ports.size() == 1);
  CHECK(ports[0].device == "Acme");
  CHECK(ports[0].initial_bps == 0);
  std::string many;
  for (size_t i = 0; i < kRasPortsMax + 3; ++i) many += "[COM" + std::to_string(i) + "]\n";
  CHECK(ports_of(many, 3).size() == kRasPortsMax);
}

TEST_CASE("a phonebook's ports are added, and complete what SERIAL.INI does not say") {
  auto ports = ports_of("[COM1]\nINITIALBPS=19200\n");
  add_phonebook_ports(
      "[Head Office]\nMEDIA=serial\nPort=com1\nDevice=Acme 56K\nConnectBPS=57600\nDEVICE=switch\n"
      "DEVICE=modem\nPhoneNumber=1\n[Tunnel]\nMEDIA=rastapi\nPort=VPN2-0\nDevice=WAN\nDEVICE=vpn\n",
      "rasphone.pbk", ports);
  REQUIRE(ports.size() == 2);
  CHECK(ports[0].name == "COM1");
  CHECK(ports[0].device == "Acme 56K");
  CHECK(ports[0].device_kind == "modem");
  CHECK(ports[0].initial_bps == 19200);
  CHECK(ports[1].name == "VPN2-0");
  CHECK(ports[1].device_kind == "vpn");
  CHECK(ports[1].where == "rasphone.pbk line 11");
  CHECK_FALSE(ports[1].in_serial_ini);
}

TEST_CASE("COM1 is the first serial port; a name that is no COM port is not guessed at") {
  CHECK(device_of_port("COM1") == "/dev/ttyS0");
  CHECK(device_of_port("com12") == "/dev/ttyS11");
  for (const char* name : {"COM0", "COM257", "COM", "COMx", "VPN2-0", ""}) {
    CHECK(device_of_port(name).empty());
  }
}
