// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "wire/telnet.h"

using namespace redial;
using namespace redial::wire;

namespace {

constexpr auto kBinary = TelnetOption::Binary;
constexpr auto kComPort = TelnetOption::ComPort;
constexpr auto kLocal = TelnetSide::Local;
constexpr auto kRemote = TelnetSide::Remote;

/// Everything a decoder says, as text; data are gathered, since runs may be cut anywhere.
struct Heard {
  std::string data, sent;
  std::vector<std::string> events;
  void on_data(ByteView octets) { data += as_text(octets); }
  void on_send(ByteView octets) { sent += as_text(octets); }
  void on_option(TelnetOption option, TelnetSide side, bool on) {
    events.push_back(std::to_string(static_cast<int>(option)) +
                     (side == kLocal ? " local " : " remote ") + (on ? "on" : "off"));
  }
  void on_subnegotiation(TelnetOption option, ByteView value) {
    events.push_back("sb " + std::to_string(static_cast<int>(option)) + " " + to_hex(value));
  }
  void on_command(TelnetCommand command) {
    events.push_back("command " + std::to_string(static_cast<int>(command)));
  }
  bool operator==(const Heard&) const = default;
};

Bytes octets(std::initializer_list<int> list) {
  Bytes out;
  for (const int octet : list) out.push_back(static_cast<uint8_t>(octet));
  return out;
}
std::string text(std::initializer_list<int> list) { return std::string(as_text(octets(list))); }

Telnet accepting() {
  return Telnet({.local = {kBinary, TelnetOption::SuppressGoAhead},
                 .remote = {kBinary, TelnetOption::SuppressGoAhead}});
}
Heard hear(Telnet& telnet, ByteView stream) {
  Heard heard;
  telnet.decode(stream, heard);
  return heard;
}
std::string encoded(const Telnet& telnet, ByteView data) {
  Bytes out;
  telnet.encode(data, out);
  return std::string(as_text(out));
}
Telnet binary() {
  Telnet telnet = accepting();
  hear(telnet, octets({255, 251, 0, 255, 253, 0}));
  return telnet;
}

constexpr int kIac = 255, kSb = 250, kSe = 240, kWill = 251, kWont = 252, kDo = 253, kDont = 254;

}  // namespace

TEST_CASE("a stream means the same wherever it is cut") {
  const Bytes stream =
      octets({'a', kIac, kIac, 'b', kIac, kWill, 0,     kIac, kDo,  0,    kIac, kDo,  44,  13,
              0,   'c',  13,   10,  kIac, kSb,   44,    107,  kIac, kIac, 1,    kIac, kSe, kIac,
              246, 'd',  13,   0,   'e',  kIac,  kWont, 0,    13,   0,    'f',  kIac, kIac});
  Telnet whole = accepting();
  const Heard wanted = hear(whole, stream);
  CHECK(wanted.data == text({'a', 255, 'b', 13, 0, 'c', 13, 10, 'd', 13, 0, 'e', 13, 'f', 255}));
  CHECK(wanted.events == std::vector<std::string>{"0 remote on", "0 local on", "sb 44 6b ff 01",
                                                  "command 246", "0 remote off"});
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    CAPTURE(cut);
    Telnet telnet = accepting();
    Heard heard;
    telnet.decode(ByteView(stream).first(cut), heard);
    telnet.decode(ByteView(stream).subspan(cut), heard);
    CHECK(heard == wanted);
  }
  Telnet one_by_one = accepting();
  Heard heard;
  for (const uint8_t& octet : stream) one_by_one.decode(ByteView(&octet, 1), heard);
  CHECK(heard == wanted);
}

TEST_CASE("what one end encodes, the other decodes: binary, NVT, and before anything is agreed") {
  Rng rng(3);
  for (int round = 0; round < 300; ++round) {
    Telnet sender = round % 2 == 0 ? binary() : accepting();
    Telnet receiver = round % 2 == 0 ? binary() : accepting();
    if (round % 4 == 1) {  // both have shown to be telnet, and refuse BINARY
      hear(sender, octets({kIac, kDont, 0}));
      hear(receiver, octets({kIac, kWont, 0}));
    }
    constexpr uint8_t kOdd[] = {0, 10, 13, 240, 250, 251, 255, 'x'};
    Bytes data;
    for (uint64_t left = rng.below(40); left > 0; --left) data.push_back(kOdd[rng.below(8)]);
    const std::string line = encoded(sender, data);
    Heard heard;
    for (const char& octet : line) receiver.decode(as_bytes({&octet, 1}), heard);
    CHECK(heard.data == as_text(data));
    CHECK(heard.events.empty());
  }
}

TEST_CASE("RFC 854: without BINARY a CR goes out as CR NUL, with it as it is; IAC doubles always") {
  Telnet nvt = accepting();
  hear(nvt, octets({kIac, kDont, 0}));
  const Bytes data = octets({13, 255, 13});
  CHECK(encoded(nvt, data) == text({13, 0, 255, 255, 13, 0}));
  CHECK(encoded(binary(), data) == text({13, 255, 255, 13}));
  CHECK(encoded(accepting(), data) == text({13, 255, 255, 13}));  // nobody is known to be telnet
}

TEST_CASE("a peer that has never said anything that is telnet keeps its ff 03") {
  Telnet telnet = accepting();
  const Bytes frame = octets({0x7e, 0xff, 0x03, 0xc0, 0x21, 0x0d, 0x00, 0x7e});
  CHECK(hear(telnet, frame).data == as_text(frame));
  CHECK_FALSE(telnet.spoken());
}

TEST_CASE("RFC 1143: every state of an option, whatever the peer says and we ask for") {
  struct Row {
    std::vector<std::string> steps;  // + and -: we ask; Y and N: the peer
    std::string sent;                // D: DO, X: DONT
    bool on;
    bool pending;
  };
  const Row rows[] = {
      {{"Y"}, "D", true, false},
      {{"N"}, "", false, false},
      {{"+"}, "D", false, true},
      {{"+", "Y"}, "D", true, false},
      {{"+", "N"}, "D", false, false},
      {{"+", "Y", "Y"}, "D", true, false},
      {{"+", "+"}, "D", false, true},
      {{"+", "-"}, "D", false, true},
      {{"+", "-", "Y"}, "DX", false, true},
      {{"+", "-", "Y", "N"}, "DX", false, false},
      {{"+", "-", "N"}, "D", false, false},
      {{"+", "-", "+", "Y"}, "D", true, false},
      {{"Y", "-"}, "DX", false, true},
      {{"Y", "-", "N"}, "DX", false, false},
      {{"Y", "-", "Y"}, "DX", false, false},
      {{"Y", "-", "+"}, "DX", false, true},
      {{"Y", "-", "+", "N"}, "DXD", false, true},
      {{"Y", "-", "+", "N", "Y"}, "DXD", true, false},
      {{"Y", "-", "+", "Y"}, "DX", true, false},
      {{"Y", "-", "+", "-", "N"}, "DX", false, false},
      {{"Y", "N"}, "DX", false, false},
  };
  for (const Row& row : rows) {
    Telnet telnet = accepting();
    std::string sent;
    const auto add = [&sent](ByteView said) {
      if (said.empty()) return;
      REQUIRE(said.size() == 3);
      sent += said[1] == kDo ? 'D' : 'X';
    };
    std::string story;
    for (const std::string& step : row.steps) {
      story += step;
      if (step == "+" || step == "-") {
        add(telnet.ask(kBinary, kRemote, step == "+").view());
      } else {
        add(as_bytes(hear(telnet, octets({kIac, step == "Y" ? kWill : kWont, 0})).sent));
      }
    }
    CAPTURE(story);
    CHECK(sent == row.sent);
    CHECK(telnet.on(kBinary, kRemote) == row.on);
    CHECK(telnet.pending(kBinary, kRemote) == row.pending);
  }
}

TEST_CASE("what we do not know is refused, and a refusal is never answered") {
  Telnet telnet = accepting();
  CHECK(hear(telnet, octets({kIac, kDo, 24, kIac, kWill, 31})).sent ==
        text({kIac, kWont, 24, kIac, kDont, 31}));
  CHECK(hear(telnet, octets({kIac, kDo, 44})).sent == text({kIac, kWont, 44}));
  CHECK(hear(telnet, octets({kIac, kDont, 24, kIac, kWont, 31, kIac, kDont, 0})).sent.empty());
}

TEST_CASE("two ends that ask for everything at once fall silent, whatever each accepts") {
  Rng rng(11);
  constexpr TelnetOption kOptions[] = {kBinary, TelnetOption::Echo, TelnetOption::SuppressGoAhead,
                                       kComPort};
  for (int round = 0; round < 500; ++round) {
    Telnet ends[2] = {accepting(), Telnet({.local = {kBinary, kComPort}, .remote = {}})};
    std::string queue[2];
    for (int asked = 0; asked < 12; ++asked) {
      const size_t end = rng.below(2);
      const auto said = ends[end].ask(kOptions[rng.below(4)], rng.below(2) == 0 ? kLocal : kRemote,
                                      rng.below(3) != 0);
      queue[end] += as_text(said.view());
      if (rng.below(2) == 0)
        queue[1 - end] += hear(ends[1 - end], as_bytes(std::exchange(queue[end], {}))).sent;
    }
    int turns = 0;
    while (!queue[0].empty() || !queue[1].empty()) {
      REQUIRE(++turns < 20);
      queue[1] += hear(ends[1], as_bytes(std::exchange(queue[0], {}))).sent;
      queue[0] += hear(ends[0], as_bytes(std::exchange(queue[1], {}))).sent;
    }
    for (const TelnetOption option : kOptions) {
      CHECK(ends[0].on(option, kLocal) == ends[1].on(option, kRemote));
      CHECK(ends[1].on(option, kLocal) == ends[0].on(option, kRemote));
      CHECK_FALSE(ends[0].pending(option, kLocal));
      CHECK_FALSE(ends[1].pending(option, kRemote));
    }
  }
}

TEST_CASE("a subnegotiation is bounded, and one whose end was lost does not swallow what follows") {
  Telnet telnet = accepting();
  Bytes endless = octets({kIac, kSb, 44});
  endless.resize(endless.size() + 100'000, 'x');
  CHECK(hear(telnet, endless) == Heard());
  CHECK(hear(telnet, octets({kIac, kSe, 'a'})) == Heard{.data = "a"});

  const Heard cut = hear(telnet, octets({kIac, kSb, 44, 1, 2, kIac, kWill, 0, 'b'}));
  CHECK(cut.data == "b");
  CHECK(cut.events == std::vector<std::string>{"0 remote on"});
}

TEST_CASE("Are You There is answered with what is no data") {
  Telnet telnet = accepting();
  CHECK(hear(telnet, octets({kIac, 246})).sent == text({kIac, 241}));
}
