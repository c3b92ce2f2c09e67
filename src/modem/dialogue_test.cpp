// SPDX-License-Identifier: Apache-2.0
// Scripted modems, octet by octet, in virtual time.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "modem/dialogue_bench.h"

using namespace redial;
using namespace redial::modem;
using namespace redial::modem::bench;

TEST_CASE("a call is drained, initialised command by command, and dialled") {
  Bench bench;
  bench.dial("555-1234");
  CHECK(bench.take() == "dtr on");
  bench.wait(199ms);
  CHECK(bench.take().empty());
  bench.wait(1ms);
  CHECK(bench.take() == "send ATZ<cr>");
  bench.hear("ATZ\r\r\nOK\r\n");
  CHECK(bench.take() == "send AT&K3<cr>");
  bench.hear("AT&K3\r\r\nOK\r\n");
  CHECK(bench.take() == "send ATDT5551234<cr> | dialing");
  bench.wait(20s);
  bench.hear("\r\nCONNECT 28800/ARQ\r\n");
  CHECK(bench.take() == "connected carrier 28800 error control: CONNECT 28800/ARQ");
  CHECK(bench.dialogue().in_data_state());
  CHECK_FALSE(bench.dialogue().deadline());
}

TEST_CASE("a modem that failed is taken out of any state first: DTR, <cr>, the escape, ATH") {
  Bench bench;
  bench.dial("5551234", Preparation::Rouse);
  CHECK(bench.take() == "dtr off");
  bench.wait(1s);
  CHECK(bench.take() == "dtr on | send <cr>");
  bench.wait(1400ms);
  CHECK(bench.take() == "send +++");
  bench.hear("\r\nOK\r\n");  // by time alone, whatever it says
  CHECK(bench.take().empty());
  bench.wait(1100ms);
  CHECK(bench.take() == "send ATH<cr>");
  bench.wait(500ms + 200ms);
  CHECK(bench.take() == "dtr on | send ATZ<cr>");  // the description's own initialisation
}

TEST_CASE("a reset is ATZ and AT&F, answered or not, and what it spews forth is drained") {
  Bench bench;
  bench.dial("5551234", Preparation::Reset);
  bench.wait(1s + 300ms + 1100ms + 1100ms + 500ms + 200ms);
  CHECK(bench.take().ends_with("send ATH<cr> | dtr on | send ATZ<cr>"));
  bench.wait(5s);  // no answer
  CHECK(bench.take() == "send AT&F<cr>");
  bench.hear("\r\nERROR\r\n");
  bench.take();
  bench.hear("+CREADY\r\n^BOOT\r\n");
  CHECK(bench.take().empty());
  bench.wait(200ms);
  CHECK(bench.take() == "noted passed over 16 octets | send ATZ<cr>");
}

TEST_CASE("what a modem says is understood however the octets are cut") {
  const std::string_view say[] = {"ATZ\r\r\nOK\r\n", "AT&K3\r\r\nERROR\r\n",
                                  "ATDT5551234\r\r\nRINGING\r\n\r\nCONNECT 9600\r\n~\xff\x03"};
  const std::string expected =
      "dtr on | send ATZ<cr> | send AT&K3<cr> | noted ERROR to AT&K3 | send ATDT5551234<cr> | "
      "dialing | noted RINGING | connected carrier 9600: CONNECT 9600";
  for (size_t cut = 0; cut < 40; ++cut) {
    CAPTURE(cut);
    Bench bench;
    bench.dial();
    bench.wait(200ms);
    for (const std::string_view all : say) {
      bench.hear(all.substr(0, cut));
      bench.wait(10ms);
      if (cut < all.size()) bench.hear(all.substr(cut));
    }
    CHECK(bench.take() == expected);
    CHECK(bench.data() == "~\xff\x03");
  }
  Bench slow;
  slow.dial();
  slow.wait(200ms);
  for (const std::string_view all : say) slow.hear_slowly(all);
  CHECK(slow.take() == expected);
  CHECK(slow.data() == "~\xff\x03");
}

TEST_CASE("digits instead of words: a carriage return alone ends CONNECT, and the flag is data") {
  Bench bench;
  bench.dial();
  bench.wait(200ms);
  bench.hear("0\r");
  bench.wait(100ms);
  bench.hear("0\r");
  bench.wait(100ms);
  CHECK(bench.take() == "dtr on | send ATZ<cr> | send AT&K3<cr> | send ATDT5551234<cr> | dialing");
  bench.hear("1\r~\xff\x03");
  CHECK(bench.take() == "connected: 1");
  CHECK(bench.data() == "~\xff\x03");
}

TEST_CASE("digits that the description lists count at once, and echo is no result code") {
  ModemDescription modem = plain();
  modem.init = {command("ATS0=0\r")};
  modem.responses = {{ResponseCode::Ok, {{PatternPiece::Kind::Literal, "0\r"}}}};
  Bench bench(modem);
  bench.dial();
  bench.wait(200ms);
  CHECK(bench.take() == "dtr on | send ATS0=0<cr>");
  bench.hear("ATS0=0\r");
  CHECK(bench.take().empty());
  bench.hear("0\r");
  CHECK(bench.take() == "send ATDT5551234<cr> | dialing");
}

TEST_CASE("a line that ends with a bare carriage return is over after a short silence") {
  Bench bench;
  bench.dial();
  bench.prepare();
  bench.take();
  bench.hear("\r\nBUSY\r");
  CHECK(bench.take().empty());
  bench.wait(100ms);
  CHECK(bench.take() == "failed Busy: BUSY");
}

TEST_CASE("every way a call can be refused has its cause, and the modem is at rest afterwards") {
  struct Row {
    std::string_view said, expected;
  };
  const Row rows[] = {
      {"\r\nBUSY\r\n", "failed Busy: BUSY"},
      {"\r\nNO CARRIER\r\n", "failed NoCarrier: NO CARRIER"},
      {"\r\nNO ANSWER\r\n", "failed NoAnswer: NO ANSWER"},
      {"\r\nNO DIALTONE\r\n", "failed NoDialTone: NO DIALTONE"},
      {"\r\nNO DIAL TONE\r\n", "failed NoDialTone: NO DIAL TONE"},
      {"\r\nVOICE\r\n", "failed VoiceAnswer: VOICE"},
      {"\r\nDELAYED 00:01:30\r\n", "failed Delayed: DELAYED 00:01:30"},
      {"\r\nBLACKLISTED\r\n", "failed Blacklisted: BLACKLISTED"},
      {"\r\nERROR\r\n", "failed ModemError: ERROR"},
      {"\r\n+CME ERROR: 3\r\n", "failed ModemError: +CME ERROR: 3"},
      {"\r\nRINGING\r\n\r\nFAX\r\n", "noted RINGING | failed NoCarrier: FAX"},
      {"7\r\r", "failed Busy: 7"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.said);
    Bench bench;
    bench.dial();
    bench.prepare();
    bench.take();
    bench.hear(row.said);
    CHECK(bench.take() == row.expected);
    CHECK_FALSE(bench.dialogue().deadline());
    bench.dial();
    CHECK(bench.take() == "dtr on");
  }
}

TEST_CASE("no carrier in time: the call is given up, and only a hang-up frees the line") {
  Bench bench(plain(), ModemSettings{.dial_within = 45s});
  bench.dial();
  bench.prepare();
  bench.take();
  // Ringing as long as it likes does not put the end off.
  for (int second = 0; second < 44; ++second) {
    bench.wait(1s);
    bench.hear("\r\nRINGING\r\n");
  }
  bench.take();
  bench.wait(1s);
  CHECK(bench.take() == "failed NoAnswer: no carrier within 45 s");
  bench.dial();
  CHECK(bench.take() == "failed DeviceBusy: the last call has not been hung up");
  bench.hang_up();
  bench.wait(500ms);
  CHECK(bench.take() == "dtr off | dtr on | send <cr>");
  bench.hear("\r\nNO CARRIER\r\n");
  CHECK(bench.take() == "send ATH<cr>");
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "hung up");
}

TEST_CASE("a silent modem is asked as often as the command says and then reported") {
  Bench bench;
  bench.dial();
  bench.wait(200ms);
  bench.take();
  bench.wait(2999ms);
  CHECK(bench.take().empty());
  bench.wait(1ms);
  CHECK(bench.take() == "send ATZ<cr>");
  bench.wait(3s);
  CHECK(bench.take() == "failed ModemSilent: no answer to ATZ (sent 2 times)");
  CHECK_FALSE(bench.dialogue().deadline());
}

TEST_CASE("a modem that only babbles is not understood, and cannot hold the dialogue up") {
  Bench bench;
  bench.dial();
  std::string taken;
  for (int tenth = 0; tenth < 200; ++tenth) {
    bench.hear("%$babble babble\r\n");
    bench.wait(100ms);
  }
  taken = bench.take();
  CHECK(taken.find("failed ModemNotUnderstood: %$babble babble to ATZ") != std::string::npos);
  CHECK_FALSE(bench.dialogue().deadline());
  // 3 s of draining, two attempts of 3 s.
  CHECK(taken.find("passed over") != std::string::npos);
  CHECK(taken.size() < 3000);
}

TEST_CASE("an endless line without an end is bounded too") {
  Bench bench;
  bench.dial();
  bench.wait(200ms);
  for (int i = 0; i < 100; ++i) {
    bench.hear(std::string(5000, 'x'));
    bench.wait(100ms);
  }
  CHECK(bench.take() ==
        "dtr on | send ATZ<cr> | send ATZ<cr> | "
        "failed ModemSilent: no answer to ATZ (sent 2 times)");
}

TEST_CASE("draining waits for 200 ms of quiet and never longer than 3 s") {
  Bench bench;
  bench.dial();
  bench.wait(150ms);
  bench.hear("RING\r\n");
  bench.wait(199ms);
  CHECK(bench.take() == "dtr on");
  bench.wait(1ms);
  CHECK(bench.take() == "noted passed over 6 octets | send ATZ<cr>");

  Bench noisy;
  noisy.dial();
  for (int i = 0; i < 29; ++i) {
    noisy.wait(100ms);
    noisy.hear("~");
  }
  CHECK(noisy.take() == "dtr on");
  noisy.wait(100ms);
  CHECK(noisy.take() == "noted passed over 29 octets | send ATZ<cr>");
}

TEST_CASE("ERROR to a required command ends it, except to the very first one, once") {
  ModemDescription modem = plain();
  modem.init[1].optional = false;
  Bench bench(modem);
  bench.dial();
  bench.wait(200ms);
  bench.take();
  bench.hear("\r\nERROR\r\n");
  CHECK(bench.take() == "noted ERROR to ATZ | send ATZ<cr>");
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "send AT&K3<cr>");
  bench.hear("\r\nERROR\r\n");
  CHECK(bench.take() == "failed ModemError: ERROR to AT&K3");

  Bench twice;
  twice.dial();
  twice.wait(200ms);
  twice.hear("\r\nERROR\r\n");
  twice.take();
  twice.hear("\r\nERROR\r\n");
  CHECK(twice.take() == "failed ModemError: ERROR to ATZ");
}

TEST_CASE("reports of their own accord are noted between any two octets, and change nothing") {
  const std::string_view reports[] = {"\r\nRING\r\n", "\r\n+CREG: 1\r\n", "\r\nNO CARRIER\r\n",
                                      "\r\nBUSY\r\n"};
  for (const std::string_view report : reports) {
    CAPTURE(report);
    Bench bench;
    bench.dial();
    bench.wait(200ms);
    bench.hear_slowly(report);
    bench.hear_slowly("ATZ\r");
    bench.hear_slowly(report);
    bench.hear_slowly("\r\nOK\r\n");
    const std::string taken = bench.take();
    CHECK(taken.starts_with("dtr on | send ATZ<cr> | noted "));
    CHECK(taken.ends_with("send AT&K3<cr>"));
    CHECK(taken.find("failed") == std::string::npos);
  }
}

TEST_CASE("what was read together with an answer came before the next command: no answer to that") {
  Bench bench;
  bench.dial();
  bench.wait(200ms);
  bench.take();
  bench.hear("\r\nOK\r\n\r\nOK\r\n");
  CHECK(bench.take() == "send AT&K3<cr> | noted ignored: <cr><lf>OK<cr><lf>");
}

TEST_CASE("a late OK does not end a call that is being dialled") {
  Bench bench;
  bench.dial();
  bench.prepare();
  bench.take();
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "noted ignored: OK");
  bench.hear("\r\nCONNECT\r\n");
  CHECK(bench.take() == "connected: CONNECT");
}

TEST_CASE("a modem that answers a caller while we prepare to dial is not sent a command as data") {
  Bench bench;
  bench.dial();
  bench.wait(200ms);
  bench.take();
  bench.hear("\r\nCONNECT 2400\r\n");
  CHECK(bench.take() == "failed DeviceBusy: CONNECT 2400 before dialling");
  bench.dial();
  CHECK(bench.take() == "failed DeviceBusy: the last call has not been hung up");
  bench.hang_up();
  bench.wait(500ms);
  CHECK(bench.take() == "dtr off | dtr on");
  bench.wait(1100ms);
  CHECK(bench.take() == "send +++");
}

TEST_CASE(
    "numbers: formatting is dropped, modifiers kept or made pauses, all else refused unsent") {
  struct Row {
    std::string_view number, expected;
  };
  const Row rows[] = {
      {"(708) 555-12.34/5", "send ATDT70855512345<cr> | dialing"},
      {"0,,W555@$!P1T2#*A", "send ATDT0,,W555@,,,,!P1T2#*A<cr> | dialing"},
      {"+1 555", "send ATDT+1555<cr> | dialing"},
      {"5551234;", "send ATDT5551234;<cr> | dialing"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.number);
    Bench bench;
    bench.dial(row.number);
    bench.prepare();
    const std::string taken = bench.take();
    CHECK(taken.ends_with(row.expected));
  }
  const std::string_view bad[] = {"",      "   ",   ",,,",    "555\rATH",
                                  "555\n", "555?",  "1+555",  "+",
                                  "+W5",   "555;1", "callme", std::string_view("5\0005", 3)};
  for (const std::string_view number : bad) {
    CAPTURE(number);
    Bench bench;
    bench.dial(number);
    CHECK(bench.take().starts_with("failed BadNumber: "));
    CHECK_FALSE(bench.dialogue().deadline());
  }
  Bench longest;
  longest.dial(std::string(251, '5'));
  CHECK(longest.take() == "dtr on");
  Bench bench;
  bench.dial(std::string(252, '5'));
  CHECK(bench.take() == "failed BadNumber: longer than a command may be");
}
