// SPDX-License-Identifier: Apache-2.0
#include "migrate/wvdial.h"

#include <doctest/doctest.h>

#include "migrate/test_support.h"

using namespace redial;
using namespace redial::migrate;
using phonebook::FlowControl;

namespace {

Reading read(std::string_view text) {
  Reading reading;
  read_wvdial({"/etc/wvdial.conf", std::string(text)}, reading);
  reading.report.seal();
  return reading;
}

constexpr std::string_view kTwoDiallers = R"(# made by wvdialconf
[Dialer Defaults]
Modem = /dev/ttyUSB0
Baud = 460800
Init1 = ATZ
Init2 = ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0
ISDN = 0
Modem Type = Analog Modem
; the office's exchange
Dial Prefix = 0,
Phone = 5550100
Phone1 = 5550101
Username = ann
Password = s3cret phrase
Idle Seconds = 300
Auto Reconnect = on
New PPPD = yes
Dial Attempts = 5

[Dialer quiet]
Init3 = ATM0
Stupid Mode = yes

[Modem0]
Baud = 9600
FlowControl = Hardware (CRTSCTS)

[Dialer field]
Inherits = Modem0
Phone = 5550199
Area Code = 425
Login Prompt = host name:
Password Prompt = code:
Default Reply = ppp
Carrier Check = no
Compuserve = yes
Force Address = 10.7.0.9
Dial Command = ATDP
Frobnicate = 7
)";

TEST_CASE("wvdial.conf: every setting of every section ends in exactly one column") {
  const Reading reading = read(kTwoDiallers);
  CHECK(reading.diagnostics.empty());
  CHECK(reading.report.settings().size() == lines_with(kTwoDiallers, " = "));
  size_t sum = 0;
  for (const size_t count : reading.report.counts()) sum += count;
  CHECK(sum == reading.report.settings().size());
  CHECK(ended(reading, "Frobnicate").column == Column::Dropped);
  CHECK(ended(reading, "Compuserve").column == Column::Dropped);
  CHECK(ended(reading, "New PPPD").column == Column::NotNeeded);
}

TEST_CASE("wvdial.conf: what is empty or off loses nothing, and is no mistake") {
  const Reading reading = read(R"([Dialer Defaults]
Modem = /dev/ttyS0
Phone = 5550100
Area Code =
Force Address =
Password =
Init3 =
DialMessage1 =
DialMessage2 = hello
Compuserve = 0
Tonline = no
FlowControl = CRTSCTS
)");
  CHECK(reading.diagnostics.empty());
  for (const char* key : {"Area Code", "Force Address", "Password", "Init3", "DialMessage1",
                          "DialMessage2", "Compuserve", "Tonline"}) {
    CAPTURE(key);
    CHECK(ended(reading, key).column == Column::NotNeeded);
  }
  REQUIRE(reading.connections.size() == 1);
  CHECK(reading.connections[0].password.empty());
  CHECK(reading.connections[0].device.flow_control == phonebook::FlowControl::Hardware);
}

TEST_CASE("wvdial.conf: defaults that each dialler has its own of are not lost") {
  const Reading reading = read(
      "[Dialer Defaults]\nBaud = 9600\nModem = /dev/ttyS0\n"
      "[Dialer a]\nPhone = 5550100\nBaud = 38400\n[Dialer none]\nInit3 = AT+CPIN?\n");
  CHECK(ended(reading, "Baud").column == Column::NotNeeded);
  CHECK(ended(reading, "Baud").how == "each dialler says otherwise");
  CHECK(ended(reading, "Modem").column == Column::Kept);
  CHECK(ended(reading, "Init3").column == Column::Dropped);
  CHECK(ended(read("[Dialer Defaults]\nBaud = 9600\n"), "Baud").column == Column::Dropped);
}

TEST_CASE("wvdial.conf: each dialler with a number is a connection, and defaults are everybody's") {
  const Reading reading = read(kTwoDiallers);
  REQUIRE(reading.connections.size() == 3);
  const Connection& defaults = reading.connections[0];
  CHECK(defaults.name == "Defaults");
  CHECK(defaults.device.path == "/dev/ttyUSB0");
  CHECK(defaults.device.speed_bps == 460800);
  REQUIRE(defaults.entry.numbers.size() == 2);
  CHECK(defaults.entry.numbers[0].digits == "0,5550100");
  CHECK(defaults.entry.user == "ann");
  CHECK(defaults.password.reveal() == "s3cret phrase");
  CHECK(defaults.init == std::vector<std::string>{"ATZ", "ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0"});
  CHECK(defaults.entry.redial.attempts == 4u);  // the first try is one of wvdial's five
  const Connection& quiet = reading.connections[1];
  CHECK(quiet.name == "quiet");
  CHECK(quiet.init.back() == "ATM0");
  CHECK_FALSE(quiet.entry.answer_login_prompt);
}

TEST_CASE("wvdial.conf: what a section says itself counts before what it inherits") {
  const Reading reading = read(kTwoDiallers);
  const Connection& field = reading.connections[2];
  CHECK(field.device.speed_bps == 9600);
  CHECK(field.device.flow_control == FlowControl::Hardware);
  CHECK(field.device.path == "/dev/ttyUSB0");
  CHECK(field.dial_command == "ATDP");
  CHECK(field.entry.ip_address == "10.7.0.9");
  REQUIRE(field.entry.numbers.size() == 2);
  CHECK(field.entry.numbers[0].digits == "0,4255550199");
  REQUIRE(field.entry.script_steps.size() == 3);
  CHECK(field.entry.script_steps[0].expect[0].text == "host name:");
  CHECK(field.entry.script_steps[1].send == "${password}\\r");
  CHECK(field.entry.script_steps[2].send == "ppp\\r");
}

TEST_CASE("wvdial.conf: Idle Seconds does not switch redialling off here, and the report says so") {
  const Reading reading = read(kTwoDiallers);
  const Connection& defaults = reading.connections[0];
  CHECK(defaults.entry.idle_disconnect == 300s);
  CHECK(defaults.entry.redial.on_link_failure);
  CHECK(ended(reading, "Idle Seconds").column == Column::MadeSafer);
  CHECK(has(ended(reading, "Idle Seconds").how, "does not switch redialling off"));
  REQUIRE(defaults.rules.idle.has_value());
  CHECK(defaults.rules.idle->value == 300s);
  CHECK(reading.report.at(defaults.rules.idle->at).line == 15);
  CHECK(ended(reading, "Carrier Check").column == Column::MadeSafer);
  CHECK(reading.connections[2].rules.watches_carrier->value == false);
}

TEST_CASE("wvdial.conf: no password is in the report") {
  const Reading reading = read(kTwoDiallers);
  for (const Setting& setting : reading.report.settings()) {
    CHECK_FALSE(has(setting.value + setting.how, "s3cret"));
  }
  CHECK(ended(reading, "Password").value == "***");
}

TEST_CASE("wvdial.conf: an init string that hides the carrier is sent, and made good") {
  const Reading reading = read("[Dialer Defaults]\nPhone = 1\nInit1 = AT&F&C0\nInit2 = AT S7=60\n");
  CHECK(ended(reading, "Init1").column == Column::MadeSafer);
  CHECK(ended(reading, "Init2").column == Column::Translated);
}

TEST_CASE("wvdial.conf: set twice, the last one counts; inheriting in a circle ends") {
  const Reading twice = read("[Dialer a]\nPhone = 1\nphone = 2\n");
  CHECK(twice.connections[0].entry.numbers[0].digits == "2");
  CHECK(ended(twice, "Phone").column == Column::NotNeeded);
  const Reading circle = read("[Dialer a]\nPhone = 1\nInherits = b\n[Dialer b]\nInherits = a\n");
  CHECK(circle.connections.size() == 2);
  const Reading nowhere = read("[Dialer a]\nPhone = 1\nInherits = nobody\n");
  CHECK(ended(nowhere, "Inherits").column == Column::Dropped);
  CHECK(nowhere.diagnostics.size() == 1);
}

TEST_CASE("wvdial.conf: values that mean nothing are told with line and column") {
  const Reading reading = read("[Dialer a]\nPhone = 1\nBaud = fast\nForce Address = here\n");
  REQUIRE(reading.diagnostics.size() == 2);
  CHECK(reading.diagnostics[0].line == 3);
  CHECK(reading.diagnostics[0].column == 8);
  CHECK(ended(reading, "Baud").column == Column::Dropped);
}

TEST_CASE("wvdial.conf: a line that is none stops the import of the file, with its place") {
  Reading reading;
  read_wvdial({"w", "[Dialer a]\nPhone = 1\n  what is this\n"}, reading);
  REQUIRE(phonebook::has_errors(reading.diagnostics));
  CHECK(reading.diagnostics[0].line == 3);
  CHECK(reading.diagnostics[0].column == 3);
}

TEST_CASE("wvdial.conf is known by its sections, not by its name") {
  CHECK(is_wvdial("# x\n[Dialer Defaults]\nModem=/dev/modem\n"));
  CHECK_FALSE(is_wvdial("[connection]\nid=dialer\n"));
  CHECK_FALSE(is_wvdial("noauth\nlock\n"));
}

}  // namespace
