// SPDX-License-Identifier: Apache-2.0
// Listening, answering and hanging up, and descriptions that are not plain Hayes.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "modem/dialogue_bench.h"

using namespace redial;
using namespace redial::modem;
using namespace redial::modem::bench;

namespace {

PatternPiece literal(std::string text) { return {PatternPiece::Kind::Literal, std::move(text)}; }
PatternPiece hole(PatternPiece::Kind kind) { return {kind, ""}; }

/// The client and server of a direct cable between two NT machines (KB Q122318).
ModemDescription null_modem() {
  ModemDescription modem;
  Command nothing;
  nothing.no_response = true;
  modem.init = {nothing};
  Command client = command("CLIENT");
  client.responses = {{ResponseCode::Connect, {literal("SERVER")}}};
  modem.dial = {client};
  Command server;
  server.responses = {{ResponseCode::Connect, {literal("CLIENT")}}};
  modem.listen = {server};
  return modem;
}

}  // namespace

TEST_CASE(
    "listening: initialised, at rest without a deadline, each ring told, answered on demand") {
  Bench bench;
  bench.listen();
  bench.prepare();
  CHECK(bench.take() == "dtr on | send ATZ<cr> | send AT&K3<cr> | send ATS0=0<cr>");
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "listening");
  CHECK_FALSE(bench.dialogue().deadline());
  bench.wait(24h);
  bench.hear("\r\nRING\r\n");
  CHECK(bench.take() == "rang");
  bench.hear("\r\nRING\r\n\r\nRING\r\n");
  CHECK(bench.take() == "rang");
  bench.answer();
  CHECK(bench.take() == "send ATA<cr>");
  bench.hear("\r\nRING\r\n");
  CHECK(bench.take() == "noted RING");
  bench.wait(8s);
  bench.hear("\r\nCONNECT 14400\r\n~");
  CHECK(bench.take() == "connected carrier 14400: CONNECT 14400");
  CHECK(bench.data() == "~");
}

TEST_CASE("a modem that answers by itself (S0=1) connects without being told to answer") {
  ModemDescription modem = plain();
  modem.listen = {command("ATS0=1\r")};
  modem.responses = {{ResponseCode::Loop, {literal("\r\nRING\r\n")}}};
  Bench bench(modem);
  bench.listen();
  bench.prepare();
  bench.hear("\r\nOK\r\n");
  bench.take();
  bench.hear("\r\nRING\r\n");
  CHECK(bench.take() == "rang");
  bench.hear("\r\nCONNECT\r\n");
  CHECK(bench.take() == "connected: CONNECT");
}

TEST_CASE("a call that nobody trains with ends within the time for a carrier") {
  Bench bench;
  bench.listen();
  bench.prepare();
  bench.hear("\r\nOK\r\n");
  bench.hear("\r\nRING\r\n");
  bench.answer();
  bench.take();
  SUBCASE("the modem says so") {
    bench.wait(30s);
    bench.hear("\r\nNO CARRIER\r\n");
    CHECK(bench.take() == "failed NoCarrier: NO CARRIER");
  }
  SUBCASE("the modem says nothing") {
    bench.wait(60s);
    CHECK(bench.take() == "failed NoCarrier: no carrier within 1 min");
  }
  CHECK_FALSE(bench.dialogue().deadline());
}

TEST_CASE("a caller who gives up leaves the modem listening, and a listening modem may dial") {
  Bench bench;
  bench.listen();
  bench.prepare();
  bench.hear("\r\nOK\r\n");
  bench.hear("\r\nRING\r\n");
  bench.take();
  bench.hear("\r\nNO CARRIER\r\n");
  CHECK(bench.take() == "noted NO CARRIER");
  bench.hear("\r\nRING\r\n");
  CHECK(bench.take() == "rang");
  bench.dial();
  bench.prepare();
  CHECK(bench.take() == "dtr on | send ATZ<cr> | send AT&K3<cr> | send ATDT5551234<cr> | dialing");
}

TEST_CASE("a dropped carrier in data state is the end of the call, at once") {
  Bench bench;
  bench.call();
  bench.carrier(true);
  CHECK(bench.take().empty());
  bench.carrier(false);
  CHECK(bench.take() == "failed CarrierLost: DCD dropped");
  CHECK_FALSE(bench.dialogue().in_data_state());
  bench.hang_up();
  bench.wait(500ms);
  // The modem is in command state: no escape.
  CHECK(bench.take() == "dtr off | dtr on | send ATH<cr>");
}

TEST_CASE("hanging up a line with DTR: the modem says so, and needs no escape") {
  Bench bench;
  bench.call();
  bench.hang_up();
  CHECK(bench.take() == "dtr off");
  CHECK_FALSE(bench.dialogue().in_data_state());
  SUBCASE("in words, after what is left of the data") {
    bench.hear("~\xff\x7d#\xc0!}\r\nNO CARRIER\r\n");
  }
  SUBCASE("by the carrier") { bench.carrier(false); }
  bench.wait(500ms);
  CHECK(bench.take() == "dtr on | send ATH<cr>");
  bench.hear("ATH\r\r\nOK\r\n");
  bench.wait(300ms);
  CHECK(bench.take() == "hung up");
  CHECK_FALSE(bench.dialogue().deadline());
}

TEST_CASE("hanging up a line without DTR: guard time, escape, guard time, then ATH") {
  // 0 dtr low .5 dtr on, guard 1.6 +++ guard ... OK
  Bench bench;
  bench.call();
  bench.hang_up();
  bench.wait(500ms);
  CHECK(bench.take() == "dtr off | dtr on");
  bench.hear("~\xff\x03 still data ~");
  bench.wait(1099ms);
  CHECK(bench.take().empty());
  bench.wait(1ms);
  CHECK(bench.take() == "send +++");
  bench.wait(1s);
  bench.hear("\r\nOK\r\n");
  bench.wait(100ms);
  CHECK(bench.take() == "send ATH<cr>");
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "hung up");
}

TEST_CASE(
    "a peer that says OK while it is hung up hurries nothing: ATH comes after both guard times") {
  Bench bench;
  bench.call();
  bench.hang_up();
  bench.hear("\r\nOK\r\n");
  bench.wait(1s);
  bench.hear("\r\nOK\r\n");
  bench.wait(600ms);
  CHECK(bench.take() == "dtr off | dtr on | send +++");
  bench.hear("\r\nOK\r\n");
  bench.wait(1099ms);
  CHECK(bench.take().empty());
  bench.wait(1ms);
  CHECK(bench.take() == "send ATH<cr>");
}

TEST_CASE(
    "a peer that claims NO CARRIER and goes on talking is not believed: the call is escaped from") {
  Bench bench;
  bench.call();
  bench.hang_up();
  SUBCASE("while DTR is low") {
    bench.hear("\r\nNO CARRIER\r\n");
    bench.wait(500ms);
  }
  SUBCASE("in the guard time") {
    bench.wait(700ms);
    bench.hear("\r\nNO CARRIER\r\n");
  }
  CHECK(bench.take() == "dtr off | dtr on | send ATH<cr>");
  bench.hear("\r\nOK\r\n");
  bench.wait(100ms);
  bench.hear("\r\nOK\r\n");
  bench.wait(1s);
  bench.hear("\r\nNO CARRIER\r\n");  // believed once
  CHECK(bench.take().empty());
  bench.wait(100ms);
  CHECK(bench.take() == "send +++");
  bench.wait(1s);
  bench.hear("\r\nOK\r\n");
  bench.wait(100ms);
  CHECK(bench.take() == "send ATH<cr>");
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "hung up");
}

TEST_CASE(
    "a modem that answers nothing is given up within the bound, and never mistaken for free") {
  Bench bench;
  SUBCASE("in data state") { bench.call(); }
  SUBCASE("at rest") {}
  SUBCASE("while dialling") {
    bench.dial();
    bench.prepare();
    bench.take();
  }
  SUBCASE("while draining") { bench.dial(); }
  const Instant began = bench.now();
  bench.hang_up();
  std::string taken;
  for (int tenth = 0; tenth < 120 && bench.dialogue().deadline(); ++tenth) {
    bench.wait(100ms);
    if (bench.dialogue().deadline()) bench.hear("noise \r\n noise");
  }
  CHECK(bench.now() - began <= Dialogue::kHangUpBound);
  taken = bench.take();
  CHECK(taken.ends_with("send ATH<cr> | send ATH<cr> | hung up, unverified"));
  CHECK(taken.find("send +++") != std::string::npos);
  CHECK_FALSE(bench.dialogue().deadline());
  bench.dial();
  CHECK(bench.take() == "dtr on");
}

TEST_CASE("a call that comes up while it is being ended is escaped from, not sent ATH as data") {
  Bench bench;
  bench.dial();
  bench.prepare();
  bench.hang_up();
  bench.take();
  SUBCASE("while DTR is low") {
    bench.hear("\r\nCONNECT 9600\r\n");
    bench.wait(500ms);
    CHECK(bench.take() == "dtr on");
  }
  SUBCASE("when the dialling is ended") {
    bench.wait(500ms);
    CHECK(bench.take() == "dtr on | send <cr>");
    bench.hear("\r\nCONNECT 9600\r\n");
    CHECK(bench.take().empty());
  }
  bench.wait(1100ms);
  CHECK(bench.take() == "send +++");
}

TEST_CASE("data that looks like a digit code, or OK to DTR in words: only words are believed") {
  Bench bench;
  bench.call();
  bench.hang_up();
  bench.hear("~\xff\x03\r\n3\r~");
  bench.wait(1600ms);
  CHECK(bench.take() == "dtr off | dtr on | send +++");
}

TEST_CASE("many slow hang-up commands are cut off at the bound") {
  ModemDescription modem = plain();
  modem.hang_up.assign(10, command("ATH\r"));
  Bench bench(modem);
  const Instant began = bench.now();
  bench.hang_up();
  while (bench.dialogue().deadline()) {
    bench.wait(1900ms);
    bench.hear("\r\nOK\r\n");
    REQUIRE(bench.now() - began < 1min);
  }
  CHECK(bench.take().ends_with("hung up, unverified"));
  Bench exact(modem);
  exact.hang_up();
  for (int i = 0; i < 6; ++i) {
    exact.wait(1900ms);
    exact.hear("\r\nOK\r\n");
  }
  CHECK(exact.dialogue().deadline() == began + Dialogue::kHangUpBound);
}

TEST_CASE("hanging up twice changes nothing, and a modem at rest is verified too") {
  Bench bench;
  bench.hang_up();
  bench.wait(200ms);
  bench.hang_up();
  bench.wait(300ms);
  CHECK(bench.take() == "dtr off | dtr on | send ATH<cr>");
  bench.hear("\r\nERROR\r\n");
  CHECK(bench.take() == "hung up");
}

TEST_CASE("deadlines may be called early and often") {
  Bench bench;
  bench.dial();
  bench.take();
  for (int i = 0; i < 5; ++i) CHECK(bench.dialogue().on_deadline(bench.now() + 10ms).empty());
  bench.wait(200ms);
  CHECK(bench.take() == "send ATZ<cr>");
  CHECK(bench.dialogue().on_deadline(bench.now()).empty());
}

TEST_CASE("a CONNECT line that the description does not list is a connection nevertheless") {
  // KB Q114688: the file lists /ARQ, the modem says /SEL.
  ModemDescription modem = plain();
  modem.responses = {{ResponseCode::Connect,
                      {literal("\r\nCONNECT "), hole(PatternPiece::Kind::Ignore), literal("/NONE"),
                       hole(PatternPiece::Kind::Ignore)}},
                     {ResponseCode::ConnectEc,
                      {literal("\r\nCONNECT "), hole(PatternPiece::Kind::Ignore), literal("/ARQ"),
                       hole(PatternPiece::Kind::Ignore)}}};
  struct Row {
    std::string_view said, expected;
  };
  const Row rows[] = {
      {"\r\nCONNECT 14400/ARQ/V32\r\n~",
       "connected carrier 14400 error control: CONNECT 14400/ARQ/V32"},
      {"\r\nCONNECT 14400/NONE\r\n~", "connected carrier 14400: CONNECT 14400/NONE"},
      {"\r\nCONNECT 14400/SEL\r\n~", "connected carrier 14400: CONNECT 14400/SEL"},
      {"\r\nCONNECT\r\n~", "connected: CONNECT"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.said);
    Bench bench(modem);
    bench.dial();
    bench.prepare();
    bench.take();
    bench.hear(row.said);
    CHECK(bench.take() == row.expected);
    CHECK(bench.data() == "~");
  }
}

TEST_CASE(
    "a pattern shorter than the line waits for the line's end, so that no text becomes data") {
  ModemDescription modem = plain();
  modem.responses = {{ResponseCode::Connect, {literal("\r\nCONNECT")}}};
  Bench bench(modem);
  bench.dial();
  bench.prepare();
  bench.take();
  bench.hear_slowly("\r\nCONNECT 9600/ARQ\r");
  CHECK(bench.take().empty());
  bench.hear_slowly("\n~");
  CHECK(bench.take() == "connected carrier 9600 error control: CONNECT 9600/ARQ");
  CHECK(bench.data() == "~");
}

TEST_CASE("an answer of several lines is put together; rates of a progress report are kept") {
  ModemDescription modem = plain();
  modem.responses = {
      {ResponseCode::Connect,
       {literal("\r\nCARRIER "), hole(PatternPiece::Kind::CarrierBps), literal("\r\n\r\nCONNECT "),
        hole(PatternPiece::Kind::ConnectBps), literal("\r\n")}},
      {ResponseCode::Loop,
       {literal("\r\nSPEED "), hole(PatternPiece::Kind::CarrierBps), literal("\r\n")}}};
  Bench bench(modem);
  bench.dial();
  bench.prepare();
  bench.take();
  SUBCASE("in one pattern") {
    bench.hear_slowly("\r\nCARRIER 28800\r\n\r\nCONNECT 57600\r\n");
    CHECK(bench.take() == "connected carrier 28800 port 57600: CONNECT 57600");
  }
  SUBCASE("the second line is another one") {
    bench.hear_slowly("\r\nCARRIER 28800\r\n\r\nNO CARRIER\r\n");
    CHECK(bench.take() == "failed NoCarrier: NO CARRIER");
  }
  SUBCASE("in two reports") {
    bench.hear("\r\nSPEED 28800\r\n");
    bench.hear("\r\nCONNECT\r\n");
    CHECK(bench.take() == "noted SPEED 28800 | connected carrier 28800: CONNECT");
  }
}

TEST_CASE("a command's own responses come first; a plain ERROR is read for what it says") {
  ModemDescription modem = plain();
  modem.dial[0].responses = {words(ResponseCode::ErrorVoice, "BUSY")};
  modem.responses = {words(ResponseCode::ErrorBusy, "BUSY"),
                     words(ResponseCode::Error, "BLACKLISTED")};
  Bench bench(modem);
  bench.dial();
  bench.prepare();
  bench.take();
  SUBCASE("own") {
    bench.hear("\r\nBUSY\r\n");
    CHECK(bench.take() == "failed VoiceAnswer: BUSY");
  }
  SUBCASE("said more exactly") {
    bench.hear("\r\nBLACKLISTED\r\n");
    CHECK(bench.take() == "failed Blacklisted: BLACKLISTED");
  }
}

TEST_CASE("a null modem: CLIENT and SERVER, no AT anywhere, not even when hanging up") {
  Bench client(null_modem());
  client.dial("");
  client.wait(200ms);
  CHECK(client.take() == "dtr on | send CLIENT | dialing");
  SUBCASE("plain") { client.hear("SERVER~"); }
  SUBCASE("echoed first") { client.hear("CLIENTSERVER~"); }
  CHECK(client.take() == "connected: SERVER");
  CHECK(client.data() == "~");
  client.hang_up();
  client.wait(12s);
  CHECK(client.take() == "dtr off | dtr on | hung up");

  Bench server(null_modem());
  server.listen();
  server.wait(200ms);
  CHECK(server.take() == "dtr on | listening");
  CHECK_FALSE(server.dialogue().deadline());
  server.hear(std::string_view("\0CLIENT~", 8));
  CHECK(server.take() == "connected: CLIENT");
  CHECK(server.data() == "~");
}

TEST_CASE("a null modem whose script goes on after the caller's word answers it before data flow") {
  ModemDescription modem = null_modem();
  Command word = command("SERVER");
  word.no_response = true;
  modem.listen.push_back(word);
  Bench server(modem);
  server.listen();
  server.wait(200ms);
  CHECK(server.take() == "dtr on | listening");
  server.hear("CLIENT");
  CHECK(server.take() == "send SERVER");
  server.wait(300ms);
  CHECK(server.take().starts_with("connected"));
}

TEST_CASE("a command without responses is followed by a short pause, not by a wait") {
  ModemDescription modem = plain();
  modem.init[0].no_response = true;
  Bench bench(modem);
  bench.dial();
  bench.wait(200ms);
  CHECK(bench.take() == "dtr on | send ATZ<cr>");
  bench.wait(300ms);
  CHECK(bench.take() == "send AT&K3<cr>");
}

TEST_CASE("a dialogue at rest or in data state takes no more than its object") {
  CHECK(sizeof(Dialogue) <= 200);
  Bench bench;
  bench.call();
  const Dialogue::Step step = bench.dialogue().on_octets(as_bytes("\r\nOK\r\n"), bench.now());
  CHECK(step.consumed == 0);  // data, whatever it looks like
  CHECK(step.actions.empty());
}

TEST_CASE("a long number is dialled in parts, each answered, all within the time of one") {
  ModemDescription modem = plain();
  modem.dial_suffix = ";";
  const std::string first(40, '1'), second(40, '2'), last = "333";
  Bench bench(modem);
  bench.dial(first + second + last);
  bench.prepare();
  CHECK(bench.take().find("send ATDT" + first + ";<cr>") != std::string::npos);
  bench.wait(20s);
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "send ATDT" + second + ";<cr>");
  bench.wait(20s);
  bench.hear("\r\nOK\r\n");
  CHECK(bench.take() == "send ATDT" + last + "<cr>");
  bench.hear("\r\nOK\r\n");  // late, and of no part
  bench.wait(15s);
  bench.hear("\r\nCONNECT 9600\r\n");
  CHECK(bench.dialogue().in_data_state());

  Bench busy(modem);
  busy.dial(first + last);
  busy.prepare();
  busy.take();
  busy.hear("\r\nNO DIALTONE\r\n");
  CHECK(busy.take().find("NoDialTone") != std::string::npos);

  Bench silent(modem);
  silent.dial(first + second + last);
  silent.prepare();
  silent.wait(50s);
  silent.hear("\r\nOK\r\n");
  silent.take();
  silent.wait(11s);  // sixty seconds for all of it, and no part is ever dialled twice
  CHECK(silent.take().find("failed") != std::string::npos);
  CHECK_FALSE(silent.dialogue().deadline().has_value());
}
