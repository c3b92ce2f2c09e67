// SPDX-License-Identifier: Apache-2.0
#include "modem/sim_pin.h"

#include <doctest/doctest.h>

using namespace redial::modem;

TEST_CASE("the PIN of a SIM is covered wherever a command has it, and nothing else is") {
  CHECK(without_sim_pins("AT+CPIN=1234\r") == "AT+CPIN=***\r");
  CHECK(without_sim_pins("at+cpin=\"1234\"") == "at+cpin=\"***\"");
  CHECK(without_sim_pins("AT+CPIN=\"12345678\", \"4321\"\r") == "AT+CPIN=\"***\", \"***\"\r");
  CHECK(without_sim_pins("ATE0+CPIN=0000;+CFUN=1") == "ATE0+CPIN=***;+CFUN=1");
  CHECK(without_sim_pins("AT+CLCK=\"SC\",0,\"1234\",1") == "AT+CLCK=\"SC\",0,\"***\",1");
  CHECK(without_sim_pins("AT+CPWD=\"SC\",\"1111\",\"2222\"") == "AT+CPWD=\"SC\",\"***\",\"***\"");
  for (const char* open :
       {"AT+CPIN?\r", "AT+CPIN=?\r", "AT+CPIN=", "AT+CGDCONT=1,\"IP\",\"x\"", "ATDT5551234", ""})
    CHECK(without_sim_pins(open) == open);
}

TEST_CASE("a PIN and the PUK before it are both handed out") {
  CHECK(sim_pins("AT+CPIN=12345678,4321\r") == std::vector<std::string>{"12345678", "4321"});
  CHECK(sim_pins("AT+CSQ;+CPIN?").empty());
}

TEST_CASE("lines of description files and chat scripts give their PIN, however it is quoted") {
  for (const char* line :
       {"COMMAND_INIT=AT+CPIN=1234<cr>", "COMMAND_INIT=AT+CPIN=<h22>1234<h22><cr>",
        "OK 'AT+CPIN=\"1234\"'", "OK \"AT+CPIN=\\\"1234\\\"\"",
        "HKR,Init,1,,\"AT+CPIN=\"\"1234\"\"<cr>\"", "OK AT+CPIN=1234"})
    CHECK(sim_pins(line) == std::vector<std::string>{"1234"});
}
