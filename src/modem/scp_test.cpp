// SPDX-License-Identifier: Apache-2.0
#include "modem/scp.h"

#include <doctest/doctest.h>

#include "modem/script_bench.h"

using namespace redial;
using namespace redial::modem;

namespace {

std::string complaints(const ScpFile& file) {
  std::string all;
  for (const Diagnostic& d : file.diagnostics)
    all += std::to_string(d.line) + ":" + std::to_string(d.column) + ": " + d.text + "\n";
  return all;
}

Script scp(std::string_view text) {
  const ScpFile file = read_scp(text, "login.scp");
  REQUIRE_MESSAGE(file.script.has_value(), complaints(file));
  return *file.script;
}

/// Around commands of proc main.
Script main_of(std::string_view commands) {
  return scp("proc main\n" + std::string(commands) + "\nendproc\n");
}

std::string fault(std::string_view commands) {
  const ScpFile file = read_scp("proc main\n" + std::string(commands) + "\nendproc\n", "x");
  CHECK_FALSE(file.script);
  return complaints(file);
}

constexpr std::string_view kMenu = R"(; a provider with a menu, and three tries
proc main
   integer nTries = 0
   boolean bDone = FALSE
   string szMenu = "ppp"

   delay 1
   transmit "^M"
   while nTries < 3 and !bDone do
      waitfor "ogin:" until 10
      if $FAILURE then
         transmit "<cr>"
         nTries = nTries + 1
      endif
      if $SUCCESS then
         bDone = TRUE
      endif
   endwhile
   if !bDone then
      goto BailOut
   endif
   transmit $USERID, raw
   transmit "^M"
   waitfor "Password:" matchcase
   transmit $PASSWORD, raw
   transmit "^M"
   waitfor "incorrect" then BailOut,
           "choose>" then Menu
           until 20
   goto BailOut
Menu:
   transmit szMenu + "^M"
   goto Finish
BailOut:
   set screen keyboard on
   halt
Finish:
endproc
)";

}  // namespace

TEST_CASE("a script with loop, condition, labels and names runs to its end") {
  const ScpFile file = read_scp(kMenu, "menu.scp");
  CHECK(complaints(file) == "");
  REQUIRE(file.script);
  Peer peer(*file.script, {"", "", "Welcome\r\nLOGIN: ", "Password: ", "Please CHOOSE> "});
  CHECK(peer.sent == "\r\rann\rsesame\rppp\r");
  CHECK(peer.shown == "\r\rann\r******\rppp\r");
  CHECK(peer.done);
  // One second of delay, one wait of ten in vain.
  CHECK(peer.now - Instant(100s) == 11s);
}

TEST_CASE("halt is a failure that names its line; the whole tries go as the script counts them") {
  const Script script = scp(kMenu);
  Peer silent(script, {});
  CHECK(silent.sent == "\r\r\r\r");
  REQUIRE(silent.failed);
  CHECK(silent.now - Instant(100s) == 31s);
  CHECK(silent.failed->evidence.find("the script halts in line 36") != std::string::npos);
  Peer refused(script, {"", "login:", "Password:", "Login incorrect"});
  REQUIRE(refused.failed);
  CHECK(refused.sent == "\rann\rsesame\r");
}

TEST_CASE("a wait without until is bounded too, and fails with what was awaited") {
  Peer peer(main_of("waitfor \"never\""), {"something else"});
  REQUIRE(peer.failed);
  CHECK(peer.now - Instant(100s) == kScriptWaitUnsaid);
  CHECK(peer.failed->evidence ==
        "script login.scp: no \"never\" within 1 min; last seen: \"something else\"");
}

TEST_CASE("a script that never ends is ended, with one cause") {
  Peer computing(main_of("integer i while true do i = i + 1 endwhile"), {});
  REQUIRE(computing.failed);
  CHECK(computing.failed->evidence.find("goes round without end") != std::string::npos);
  CHECK(computing.now == Instant(100s));
  Peer jumping(main_of("Again:\ngoto Again"), {});
  REQUIRE(jumping.failed);
  Peer sending(main_of("while true do transmit \"" + std::string(100, 'x') + "\" endwhile"), {});
  REQUIRE(sending.failed);
  CHECK(sending.sent.size() < 10'000);
  Peer waiting(main_of("while true do waitfor \"x\" until 5 endwhile"), {});
  REQUIRE(waiting.failed);
  CHECK(waiting.now - Instant(100s) == kCompiledWithinUnsaid);
  CHECK(waiting.failed->evidence.find("not through within 5 min") != std::string::npos);
  Peer delaying(main_of("while true do delay 2000000000 endwhile"), {});
  CHECK(delaying.now - Instant(100s) == kCompiledWithinUnsaid);
}

TEST_CASE("expressions follow their operators' order, and types are checked before anything runs") {
  const auto truth = [](std::string_view expression) {
    return Peer(main_of("if " + std::string(expression) + " then transmit \"y\" endif"), {}).sent ==
           "y";
  };
  CHECK(truth("2 + 3 * 4 == 14"));
  CHECK(truth("(2 + 3) * 4 == 20"));
  CHECK(truth("-7 / 2 == -3"));
  CHECK(truth("1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3"));
  CHECK(truth("false and false or true"));
  CHECK(truth("!(1 == 2) and \"a\" + \"b\" == \"ab\" and \"a\" != \"A\""));
  CHECK(truth("$USERID == \"ann\""));
  CHECK(truth("2147483647 + 1 == 2147483647"));
  CHECK_FALSE(truth("true != true"));
  CHECK(fault("if 1 then halt endif").find("2:4: an integer stands where a boolean") == 0);
  CHECK(fault("transmit 1 + \"a\"").find("2:12: \"+\" between an integer and a string") == 0);
  CHECK(fault("if \"a\" < \"b\" then halt endif").find("2:8: \"<\" between") == 0);
  CHECK(fault("delay -\"a\"").find("2:7: \"-\" before a string") == 0);
  Peer zero(main_of("integer n n = 1 / n"), {});
  REQUIRE(zero.failed);
  CHECK(zero.failed->evidence.find("divides by zero") != std::string::npos);
}

TEST_CASE("texts: carets, names and backslashes; raw sends a caret as it is") {
  const auto sent = [](std::string_view text) {
    return Peer(main_of("transmit " + std::string(text)), {}).sent;
  };
  CHECK(sent("\"a^M^j^[\"") == "a\r\n\033");
  CHECK(sent("\"a<cr><LF>\"") == "a\r\n");
  CHECK(sent("\"say \\\"x\\\" \\^M \\<cr> \\\\\"") == "say \"x\" ^M <cr> \\");
  CHECK(sent("\"a^M\", raw") == "a^M");
  CHECK(sent("\"a^1\"") == "a^1");
}

TEST_CASE("case of a prompt does not matter, unless it is said so") {
  CHECK(
      Peer(main_of("waitfor \"login:\" until 1 if $SUCCESS then transmit \"y\" endif"), {"LOGIN:"})
          .sent == "y");
  CHECK(Peer(main_of("waitfor \"login:\" matchcase until 1 if $SUCCESS then transmit \"y\" endif"),
             {"LOGIN:"})
            .sent.empty());
  // With the comma that the language's document has, and in a list.
  CHECK(Peer(main_of("waitfor \"login:\", matchcase until 1 if $SUCCESS then transmit \"y\" endif"),
             {"LOGIN:"})
            .sent.empty());
  CHECK(Peer(main_of("waitfor \"login:\", matchcase then A, \"name:\" then B until 1 halt "
                     "A: transmit \"a\" B: transmit \"b\""),
             {"Name:"})
            .sent == "b");
}

TEST_CASE("a text that is computed is awaited, and a time that is computed is kept") {
  Peer peer(main_of("integer n = 3 string s = \"> \" s = $USERID + s waitfor s until n * 2 "
                    "if $FAILURE then transmit \"late\" endif"),
            {"ann>"});
  CHECK(peer.sent == "late");
  CHECK(peer.now - Instant(100s) == 6s);
  CHECK(Peer(main_of("string s s = $USERID + \">\" waitfor s transmit \"y\""), {"ann>"}).sent ==
        "y");
}

TEST_CASE("getip takes the address that is asked for out of what comes") {
  const Script script = main_of("string szIp szIp = getip 2 transmit szIp set ipaddr szIp");
  Peer peer(script, {"Server 10.1.2.3, yours is 10.1.2.77.\r\n"});
  // A full stop after it is not part of it, and no address has five parts.
  CHECK(peer.sent.empty());
  Peer plain(script, {"Server 10.1.2.3, yours is 10.1.2.77\r\n"});
  CHECK(plain.sent == "10.1.2.77");
  Peer unended(script, {"Server 10.1.2.3, yours is 10.1.2.77"});
  CHECK(unended.sent == "10.1.2.77");
  const ScpFile file = read_scp("proc main set ipaddr getip endproc", "x");
  CHECK(complaints(file).find("1:22: set ipaddr changes nothing") == 0);
  CHECK(file.script);
}

TEST_CASE("seven bits with parity are made on a line of eight") {
  const Script script = main_of(
      "set port databits 7 parity even waitfor \"ogin:\" transmit \"ac\" set port databits 8 "
      "parity none waitfor \">\" transmit \"ac\"");
  Peer peer(script, {"login:", ">"});
  CHECK(peer.sent ==
        "\xe1\x63"
        "ac");
  CHECK(fault("set port parity odd transmit \"x\"").find("2:10: eight data bits with parity") == 0);
  CHECK(complaints(read_scp("proc main set port stopbits 2 endproc", "x")) == "");
}

TEST_CASE("what answers the question for a password is shown to nobody") {
  Peer peer(main_of("waitfor \"password:\" until 5 if $FAILURE then halt endif "
                    "transmit \"hushhush^M\" waitfor \"ok\""),
            {"Password:", "hushhush was wrong"});
  CHECK(peer.sent == "hushhush\r");
  CHECK(peer.shown == "********\r");
  REQUIRE(peer.failed);
  CHECK(peer.failed->evidence.find("hush") == std::string::npos);
}

TEST_CASE("what a script cannot be is one complaint, with its place") {
  CHECK(complaints(read_scp("", "x")).find("1:1: there is no proc main") == 0);
  CHECK(complaints(read_scp("proc main\n", "x")).find("2:1: the file ends, and \"endproc\"") == 0);
  CHECK(fault("transmit \"open").find("2:10: the text is not closed") == 0);
  CHECK(fault("goto Nowhere").find("2:6: the label nowhere stands nowhere") == 0);
  CHECK(fault("A:\nA:").find("3:1: the label a stands here for the second time") == 0);
  CHECK(fault("transmit x").find("2:10: x is not declared") == 0);
  CHECK(fault("x = 1").find("2:1: x is not declared") == 0);
  CHECK(fault("delay 1 integer n").find("2:9: a variable is declared after") == 0);
  CHECK(fault("integer n integer N").find("2:19: n is declared twice") == 0);
  CHECK(fault("integer while").find("2:9: \"while\" stands where the name") == 0);
  CHECK(fault("dial 5").find("2:1: \"dial\" is no command") == 0);
  CHECK(fault("waitfor \"\"").find("2:9: a text to wait for has 1 to") == 0);
  CHECK(fault("delay 99999999999").find("2:17: a number above") == 0);
  CHECK(fault("if true transmit \"x\" endif").find("\"then\" belongs") != std::string::npos);
  CHECK(fault("#!").find("2:1: # means nothing here") == 0);
  CHECK(fault("delay " + std::string(1000, '(')).find("too many") != std::string::npos);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "if true then ";
  CHECK(fault(deep).find("blocks within each other") != std::string::npos);
  CHECK(complaints(read_scp(std::string("proc main\0endproc", 17), "x")).find("NUL") !=
        std::string::npos);
  CHECK(complaints(read_scp("proc other\nendproc\nproc main\nendproc", "x"))
            .find("1:6: proc other is never run") == 0);
}
