// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/rng.h"
#include "wire/rfc2217_client.h"
#include "wire/rfc2217_server.h"

using namespace redial;
using namespace redial::wire;

namespace {

constexpr Instant kStart{1h};
constexpr int kIac = 255, kSb = 250, kSe = 240, kWill = 251, kWont = 252, kDo = 253, kDont = 254;
constexpr int kOption = 44;

Bytes octets(std::initializer_list<int> list) {
  Bytes out;
  for (const int octet : list) out.push_back(static_cast<uint8_t>(octet));
  return out;
}
Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
Bytes notice(int state) { return octets({kIac, kSb, kOption, 107, state, kIac, kSe}); }
const Bytes kBinaryAgreed = octets({kIac, kDo, 0, kIac, kWill, 0});
const Bytes kAgreed = kBinaryAgreed + octets({kIac, kDo, kOption});

/// A client, and all it has said.
struct ClientEnd {
  explicit ClientEnd(const ComPortClient::Options& options = {}) : client(options) {
    take(client.start(now));
  }
  template <class Actions>
  void take(Actions&& actions) {
    for (ComPortAction& action : actions) on_action(std::move(action));
  }
  void on_data(ByteView octets) { data += as_text(octets); }
  void on_action(ComPortAction action) {
    match(
        action, [&](SendOctets& send) { sent += as_text(send.octets.view()); },
        [&](LineReady& ready) { readies.push_back(ready.com_port); },
        [&](CircuitsChanged& changed) { circuits.push_back(changed.state); },
        [&](OutputHeld& held) { holds.push_back(held.held); },
        [&](LineNoted& noted) { notes.push_back(noted.text); },
        [&](LineDead& dead) { deaths.push_back(dead.evidence); },
        [&](ComPortChanged& changed) { changes.push_back(changed.on); });
  }
  void hear(const Bytes& stream) { client.on_octets(stream, now, *this); }
  bool noted(std::string_view part) const {
    return std::ranges::any_of(
        notes, [&](const std::string& note) { return note.find(part) != std::string::npos; });
  }
  bool said(const Bytes& part) const {
    return sent.find(std::string(as_text(part))) != std::string::npos;
  }

  ComPortClient client;
  Instant now = kStart;
  std::string data, sent;
  std::vector<bool> readies, holds, changes;
  std::vector<ModemState> circuits;
  std::vector<std::string> notes, deaths;
};

struct ServerEnd {
  void take(ServerActions actions) {
    for (ServerAction& action : actions) on_action(std::move(action));
  }
  void on_data(ByteView octets) { data += as_text(octets); }
  void on_action(ServerAction action) {
    match(
        action, [&](SendOctets& send) { sent += as_text(send.octets.view()); },
        [&](DtrSet& dtr) { said += dtr.on ? "DTR+ " : "DTR- "; },
        [&](RtsSet& rts) { said += rts.on ? "RTS+ " : "RTS- "; },
        [&](BreakSet& brk) { said += brk.on ? "BREAK+ " : "BREAK- "; },
        [&](SettingsChanged& changed) { said += std::to_string(changed.settings.speed_bps) + " "; },
        [&](PurgeAsked& purge) {
          said += "PURGE" + std::to_string(static_cast<int>(purge.which)) + " ";
        },
        [&](ClientHeld& held) { said += held.held ? "HOLD " : "GO "; });
  }

  ComPortServer server;
  std::string data, sent, said;
};

/// Two ends joined by a wire that hands over `piece` octets at a time.
struct Pair {
  explicit Pair(size_t piece_octets, const ComPortClient::Options& options = {})
      : client(options), piece(piece_octets) {
    server.take(server.server.start());
    run();
  }
  void run() {
    while (!client.sent.empty() || !server.sent.empty()) {
      const Bytes up = cut(client.sent), down = cut(server.sent);
      server.server.on_octets(up, server);
      client.hear(down);
    }
  }
  Bytes cut(std::string& from) const {
    const size_t size = std::min(piece, from.size());
    const Bytes out(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(size));
    from.erase(0, size);
    return out;
  }

  ClientEnd client;
  ServerEnd server;
  size_t piece;
};

}  // namespace

TEST_CASE("two ends agree, set the port and tell the circuits, however the wire cuts") {
  for (const size_t piece : {1, 2, 3, 5, 7, 64, 4096}) {
    CAPTURE(piece);
    Pair pair(piece, {.settings = {.speed_bps = 16'777'215,  // 00 ff ff ff
                                   .flow = ComPortControl::FlowHardware}});
    CHECK(pair.client.readies == std::vector<bool>{true});
    CHECK(pair.client.notes.size() == 1);  // no port does 16 Mbit/s
    CHECK(pair.client.noted("speed 115200, not 16777215"));
    CHECK(pair.server.server.settings().flow == ComPortControl::FlowHardware);
    CHECK(pair.server.said.find("DTR+") != std::string::npos);

    pair.server.take(pair.server.server.on_circuits({.dcd = true, .dsr = true}));
    pair.run();
    REQUIRE(!pair.client.circuits.empty());
    CHECK(pair.client.circuits.back() == ModemState{.dcd = true, .dsr = true});
    pair.client.take(pair.client.client.set_dtr(false));
    pair.client.take(pair.client.client.purge_output());
    pair.run();
    CHECK(pair.server.said.ends_with("DTR- PURGE2 "));

    Rng rng(piece);
    Bytes data;
    for (int i = 0; i < 500; ++i) data.push_back(static_cast<uint8_t>(255 - rng.below(30)));
    pair.client.client.encode(data, [&](ByteView run) { pair.client.sent += as_text(run); });
    pair.server.server.encode(data, [&](ByteView run) { pair.server.sent += as_text(run); });
    pair.run();
    CHECK(pair.server.data == as_text(data));
    CHECK(pair.client.data == as_text(data));
    CHECK(pair.client.notes.size() == 1);
  }
}

TEST_CASE("settings, DTR and the circuits' mask are said as soon as the option is agreed") {
  ClientEnd end({.settings = {.speed_bps = 57600}});
  end.take(end.client.set_dtr(false));  // too early to be said
  CHECK_FALSE(end.said(octets({kIac, kSb})));
  end.hear(kAgreed);
  CHECK(end.said(octets({kIac, kSb, kOption, 1, 0, 0, 0xe1, 0x00, kIac, kSe})));
  CHECK(end.said(octets({kIac, kSb, kOption, 2, 8, kIac, kSe})));
  CHECK(end.said(octets({kIac, kSb, kOption, 3, 1, kIac, kSe})));
  CHECK(end.said(octets({kIac, kSb, kOption, 4, 1, kIac, kSe})));
  CHECK(end.said(octets({kIac, kSb, kOption, 5, 1, kIac, kSe})));   // no flow control
  CHECK(end.said(octets({kIac, kSb, kOption, 5, 9, kIac, kSe})));   // DTR off
  CHECK(end.said(octets({kIac, kSb, kOption, 5, 11, kIac, kSe})));  // RTS on
  CHECK(end.said(octets({kIac, kSb, kOption, 11, kIac, kIac, kIac, kSe})));
  CHECK(end.readies == std::vector<bool>{true});
  CHECK_FALSE(end.client.deadline().has_value());
}

TEST_CASE(
    "a server that does not answer for RFC 2217 within 5 s is plain telnet, and that is said") {
  ClientEnd end;
  end.hear(kBinaryAgreed);
  CHECK(end.readies.empty());
  REQUIRE(end.client.deadline() == kStart + 5s);
  end.take(end.client.on_deadline(kStart + 4999ms));
  CHECK(end.readies.empty());
  end.take(end.client.on_deadline(kStart + 5s));
  CHECK(end.readies == std::vector<bool>{false});
  CHECK(end.noted("plain telnet, no modem lines"));
  CHECK_FALSE(end.client.deadline().has_value());
  end.sent.clear();
  end.take(end.client.set_dtr(false));
  CHECK(end.sent.empty());

  end.hear(octets({kIac, kDo, kOption}) + notice(0x80));  // better late than never
  CHECK(end.noted("agreed after all"));
  CHECK(end.said(octets({kIac, kSb, kOption, 5, 9, kIac, kSe})));
  CHECK(end.circuits.size() == 1);
}

TEST_CASE("a refusal of RFC 2217 is taken at once; a raw peer is told from a telnet one") {
  ClientEnd refused;
  refused.hear(kBinaryAgreed + octets({kIac, kDont, kOption}));
  CHECK(refused.readies == std::vector<bool>{false});
  CHECK(refused.noted("the server refuses RFC 2217"));

  ClientEnd raw;
  raw.take(raw.client.on_deadline(kStart + 5s));
  CHECK(raw.readies == std::vector<bool>{false});
  CHECK(raw.noted("transport = \"raw\""));
}

TEST_CASE("plain telnet asks for no COM-PORT and says when BINARY is refused") {
  ClientEnd end({.settings = {}, .com_port = false});
  CHECK_FALSE(end.said(octets({kIac, kWill, kOption})));
  end.hear(octets({kIac, kDont, 0, kIac, kWont, 0}));
  CHECK(end.readies == std::vector<bool>{false});
  CHECK(end.noted("BINARY"));
  end.hear(octets({kIac, kDo, kOption}));
  CHECK(end.said(octets({kIac, kWont, kOption})));
}

TEST_CASE("DCD, RI, DSR and CTS follow the notices; the same news is told once") {
  ClientEnd end;
  end.hear(kAgreed + notice(0x30) + notice(0x31) + notice(0xb8) + notice(0x70) + notice(0x00));
  CHECK(end.circuits == std::vector<ModemState>{{.dsr = true, .cts = true},
                                                {.dcd = true, .dsr = true, .cts = true},
                                                {.ri = true, .dsr = true, .cts = true},
                                                {}});
}

TEST_CASE("a carrier that went and came back between two notices has gone") {
  ClientEnd end;
  end.hear(kAgreed + notice(0x88));
  CHECK(end.circuits.size() == 1);  // it has come, no more
  end.hear(notice(0x88));
  CHECK(end.circuits == std::vector<ModemState>{{.dcd = true}, {}, {.dcd = true}});
  end.hear(notice(0x82));
  CHECK(end.circuits.size() == 3);
}

TEST_CASE("FLOWCONTROL-SUSPEND holds the output until RESUME, or for 10 s at the most") {
  const Bytes suspend = octets({kIac, kSb, kOption, 108, kIac, kSe});
  const Bytes resume = octets({kIac, kSb, kOption, 109, kIac, kSe});
  ClientEnd end;
  end.hear(kAgreed + suspend + suspend + resume + resume);
  CHECK(end.holds == std::vector<bool>{true, false});
  end.hear(suspend);
  REQUIRE(end.client.deadline() == kStart + 10s);
  end.take(end.client.on_deadline(kStart + 10s));
  CHECK(end.holds == std::vector<bool>{true, false, true, false});
  CHECK_FALSE(end.client.deadline().has_value());
}

TEST_CASE("answers that differ from what was asked for are told, but not for ever") {
  ClientEnd end;
  end.hear(kAgreed +
           octets({kIac,    kSb, kOption, 101,  0,   0,    0x25, 0x80,    kIac, kSe, kIac, kSb,
                   kOption, 102, 7,       kIac, kSe, kIac, kSb,  kOption, 105,  3,   kIac, kSe}));
  CHECK(end.noted("speed 9600, not 115200"));
  CHECK(end.noted("data bits 7, not 8"));
  CHECK(end.noted("flow control 3, not 1"));
  for (int i = 0; i < 1000; ++i) end.hear(octets({kIac, kSb, kOption, 102, 5, kIac, kSe}));
  CHECK(end.notes.size() <= 8);
}

TEST_CASE("messages of a wrong length, of unknown code or without the option are nothing") {
  ClientEnd early;
  early.hear(notice(0x80));
  CHECK(early.circuits.empty());
  ClientEnd end;
  end.hear(kAgreed);
  const std::string sent = end.sent;
  end.hear(octets({kIac, kSb, kOption, kIac, kSe}));
  end.hear(octets({kIac, kSb, kOption, 107, kIac, kSe}));
  end.hear(octets({kIac, kSb, kOption, 107, 0x80, 0, kIac, kSe}));
  end.hear(octets({kIac, kSb, kOption, 101, 0, 0, kIac, kSe}));
  end.hear(octets({kIac, kSb, kOption, 7, 0x80, kIac, kSe}));  // that is a client's code
  end.hear(octets({kIac, kSb, kOption, 250, 1, kIac, kSe}));
  end.hear(octets({kIac, kSb, 39, 107, 0x80, kIac, kSe}));  // another option's
  CHECK(end.circuits.empty());
  CHECK(end.notes.empty());
  CHECK(end.sent == sent);
}

TEST_CASE("line errors are counted; a break alone and others too") {
  ClientEnd end;
  end.hear(kAgreed);
  for (const int state : {0x02, 0x04, 0x08, 0x60, 0x01}) {
    end.hear(octets({kIac, kSb, kOption, 106, state, kIac, kSe}));
  }
  CHECK(end.client.line_notices() ==
        LineNotices{.overrun = 1, .parity = 1, .framing = 1, .breaks = 0});
  end.hear(octets({kIac, kSb, kOption, 106, 0x18, kIac, kSe}));
  CHECK(end.client.line_notices().framing == 2);
  CHECK(end.client.line_notices().breaks == 1);
}

const Bytes kMark = octets({kIac, kDo, 6}), kMarked = octets({kIac, kWont, 6});

TEST_CASE(
    "a server that answers TIMING-MARK is asked again after 10 s of silence, dead after 20 s") {
  ClientEnd end;
  end.hear(kAgreed);
  REQUIRE(end.said(kMark));
  end.now += 1s;
  end.hear(kMarked);
  end.sent.clear();
  CHECK(end.client.deadline() == end.now + 10s);
  for (int asked = 0; asked < 3; ++asked) {
    end.now += 10s;
    end.take(end.client.on_deadline(end.now));
    CHECK(end.sent == as_text(kMark));
    end.sent.clear();
    end.now += 300ms;
    end.hear(kMarked);
  }
  end.now += 10s;
  end.take(end.client.on_deadline(end.now));
  end.now += 9999ms;
  end.take(end.client.on_deadline(end.now));
  CHECK(end.deaths.empty());
  end.now += 1ms;
  end.take(end.client.on_deadline(end.now));
  CHECK(end.deaths.size() == 1);
  CHECK_FALSE(end.client.deadline().has_value());
}

TEST_CASE("any octet is life; a server that never answered TIMING-MARK is not missed for it") {
  ClientEnd end;
  end.hear(kAgreed);
  end.now += 5s;
  end.hear(octets({'d', 'a', 't', 'a'}));
  CHECK_FALSE(end.client.deadline().has_value());
  end.hear(kMarked);
  end.now += 10s;
  end.take(end.client.on_deadline(end.now));
  end.now += 5s;
  end.hear(octets({'d'}));
  CHECK(end.client.deadline() == end.now + 10s);
  CHECK(end.deaths.empty());
}

TEST_CASE("asked for a TIMING-MARK, either end answers that it is there") {
  ServerEnd end;
  end.server.on_octets(kMark, end);
  CHECK(end.sent == as_text(octets({kIac, kWill, 6})));
}

TEST_CASE("RFC 2217 that ends or comes late is told, not only noted") {
  ClientEnd end;
  end.hear(kAgreed);
  end.hear(octets({kIac, kDont, kOption}));
  CHECK(end.changes == std::vector{false});
}

TEST_CASE("the server tells what is set, refuses nonsense, and asks its port for the rest") {
  Pair pair(4096);
  const auto ask = [&](std::initializer_list<int> message) {
    pair.server.sent.clear();
    Bytes stream = octets({kIac, kSb, kOption}) + octets(message) + octets({kIac, kSe});
    pair.server.server.on_octets(stream, pair.server);
    return to_hex(as_bytes(pair.server.sent));
  };
  CHECK(ask({1, 0, 0, 0, 0}) == "ff fa 2c 65 00 01 c2 00 ff f0");  // 0 asks
  CHECK(ask({2, 9}) == "ff fa 2c 66 08 ff f0");
  CHECK(ask({3, 2}) == "ff fa 2c 67 02 ff f0");
  CHECK(ask({5, 0}) == "ff fa 2c 69 01 ff f0");
  CHECK(ask({5, 7}) == "ff fa 2c 69 08 ff f0");
  CHECK(ask({5, 9}) == "ff fa 2c 69 09 ff f0");
  CHECK(ask({5, 5}) == "ff fa 2c 69 05 ff f0");
  CHECK(ask({5, 16}) == "ff fa 2c 69 0e ff f0");
  CHECK(ask({12, 3}) == "ff fa 2c 70 03 ff f0");
  CHECK(ask({8}).empty());
  CHECK(ask({9}).empty());
  CHECK(ask({107, 0x80}).empty());
  CHECK(ask({13, 0}).empty());
  CHECK(pair.server.said.ends_with("DTR- BREAK+ PURGE3 HOLD GO "));
}

TEST_CASE("the server notifies only what the mask lets through, with the change since the last") {
  Pair pair(4096);
  const auto told = [&](ModemState state) {
    pair.server.sent.clear();
    pair.server.take(pair.server.server.on_circuits(state));
    return to_hex(as_bytes(pair.server.sent));
  };
  CHECK(told({.dcd = true}) == "ff fa 2c 6b 88 ff f0");
  CHECK(told({.dcd = true}).empty());
  CHECK(told({.dcd = true, .ri = true}) == "ff fa 2c 6b c0 ff f0");  // RI's delta is its end
  CHECK(told({.dcd = true}) == "ff fa 2c 6b 84 ff f0");
  pair.server.server.on_octets(octets({kIac, kSb, kOption, 11, 0x80, kIac, kSe}), pair.server);
  CHECK(told({.dcd = true, .dsr = true}).empty());
  CHECK(told({.dsr = true}) == "ff fa 2c 6b 00 ff f0");
}

TEST_CASE("a plain telnet client and a raw one are served without circuits") {
  ServerEnd raw;
  raw.take(raw.server.start());
  CHECK(raw.sent.empty());  // nothing a raw client would take for data
  raw.server.on_octets(octets({'A', 'T', 13}), raw);
  CHECK(raw.data == "AT\r");
  raw.take(raw.server.on_circuits({.dcd = true}));
  CHECK(raw.sent.empty());
}

TEST_CASE("hostile octets, both ends: bounded answers, and never more than was asked") {
  Rng rng(29);
  for (int round = 0; round < 300; ++round) {
    ClientEnd client;
    ServerEnd server;
    client.hear(kAgreed);
    server.server.on_octets(octets({kIac, kWill, kOption}), server);
    client.sent.clear();
    server.sent.clear();
    constexpr uint8_t kOdd[] = {0, 1, 5, 11, 44, 107, 108, 240, 250, 251, 252, 253, 254, 255};
    Bytes noise;
    for (int i = 0; i < 400; ++i) {
      noise.push_back(rng.below(4) == 0 ? static_cast<uint8_t>(rng.next()) : kOdd[rng.below(14)]);
    }
    client.hear(noise);
    server.server.on_octets(noise, server);
    CHECK(client.notes.size() <= 8);
    CHECK(client.sent.size() <= noise.size() * 30);
    CHECK(server.sent.size() <= noise.size() * 4);
  }
}
