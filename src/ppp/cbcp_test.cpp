// SPDX-License-Identifier: Apache-2.0
#include "ppp/cbcp.h"

#include "ppp/test_pair.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::test;
using wire::Protocol;

namespace {

SessionConfig caller_wishing(CallbackWish wish) {
  auto config = caller_config();
  config.callback = std::move(wish);
  return config;
}
SessionConfig server_offering(CallbackOffer offer) {
  auto config = server_config();
  config.call_back = offer;
  return config;
}
Bytes chosen_by(const End& end) {
  for (const SendFrame& frame : end.sent) {
    const ByteView view = frame.information;
    if (frame.protocol == Protocol::Cbcp && view[0] == 2) return {view.begin() + 4, view.end()};
  }
  return {};
}

}  // namespace

TEST_CASE("options are read and written as [MS-CBCP] has them; broken ones are refused") {
  const uint8_t octets[] = {1, 2, 2, 12, 5, 1, '5', '5', '5', '0', '1', '9', '9', 0, 3, 3, 12};
  const auto options = parse_cbcp(octets);
  REQUIRE(options.has_value());
  CHECK(*options == std::vector<CbcpOption>{{CbcpType::None, 0, {}},
                                            {CbcpType::CallersNumber, 5, {"5550199"}},
                                            {CbcpType::KnownNumber, 12, {}}});
  wire::PacketWriter packet(uint8_t{2}, uint8_t{1});
  for (const CbcpOption& option : *options) write_cbcp(option, packet);
  CHECK(same(packet.written(), octets));
  const uint8_t broken[] = {2, 40, 5};
  CHECK_FALSE(parse_cbcp(broken).has_value());
  Bytes endless(250, '5');
  endless[0] = 2;
  endless[1] = 250;
  CHECK_FALSE(parse_cbcp(endless).has_value());  // no telephone number is that long
}

TEST_CASE("the caller takes its own number, else stays if it may, else takes the server's") {
  struct Row {
    CallbackWish wish;
    CallbackOffer offer;
    Bytes chosen;
  };
  const std::vector<Row> rows = {
      {{.number = "55"}, {}, {2, 7, 12, 1, '5', '5', 0}},
      {{}, {}, {1, 2}},
      {{.required = true}, {}, {3, 3, 12}},
      {{}, {.may_stay = false}, {3, 3, 12}},
      {{.number = "55"}, {.to_callers_number = false}, {3, 3, 12}},
      {{.number = "55"}, {.to_callers_number = false, .to_known_number = false}, {1, 2}},
      {{.required = true}, {.to_callers_number = true, .to_known_number = false}, {}},
  };
  for (const Row& row : rows) {
    Pair pair(caller_wishing(row.wish), server_offering(row.offer));
    pair.open();
    pair.run_until([&] { return pair.both_up() || pair.caller.finished; }, 1min);
    CHECK(chosen_by(pair.caller) == row.chosen);
    const bool stays = row.chosen == Bytes{1, 2};
    CHECK(pair.both_up() == stays);
    CHECK(pair.caller.callback.has_value() == (!stays && !row.chosen.empty()));
    // To be called back is no failure; to be offered nothing that will do is one.
    CHECK(pair.caller.down.has_value() == row.chosen.empty());
  }
}

TEST_CASE("with callback agreed no network protocol begins, and the caller says goodbye") {
  Pair pair(caller_wishing({.required = true, .number = "5550199"}), server_offering({}));
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.caller.finished; }, 1min));
  CHECK(pair.caller.callback == CallbackAgreed{12s, "5550199"});
  CHECK(pair.server.callback == CallbackAgreed{12s, "5550199"});
  CHECK(pair.caller.count(Protocol::Ipcp, 1) == 0);
  CHECK(pair.caller.count(Protocol::Lcp, 5) == 1);
}

TEST_CASE("a third of all frames lost: callback is agreed on, or ends in a cause") {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    Pair pair(caller_wishing({.required = true, .number = "5550199"}), server_offering({}), seed);
    pair.loss_ppm = 300'000;
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.caller.finished; }, 5min));
    CHECK((pair.caller.callback.has_value() != pair.caller.down.has_value()));
  }
}

TEST_CASE("a CBCP offer that comes before we know of our Success is neither rejected nor lost") {
  auto server = server_offering({});
  server.demand = {AuthMethod::ChapMd5};
  Pair pair(caller_wishing({.required = true, .number = "5550199"}), server);
  int lost = 0;
  pair.filter = [&](const End& from, const SendFrame& frame) {
    return !(&from == &pair.server && frame.protocol == Protocol::Chap &&
             ByteView(frame.information)[0] == 3 && lost++ == 0);
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.caller.finished; }, 1min));
  CHECK(pair.caller.callback.has_value());
  CHECK(pair.caller.count(Protocol::Lcp, 8) == 0);
}

TEST_CASE("a server that acks the option and then never speaks CBCP is given up in time") {
  Pair pair(caller_wishing({.number = "5550199"}), server_offering({}));
  pair.filter = [&](const End& from, const SendFrame& frame) {
    return frame.protocol != Protocol::Cbcp && !(&from == &pair.server && pair.now > Instant{10s});
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.caller.finished; }, 2min));
  CHECK(pair.caller.down->code == CauseCode::PppTimeout);
}

TEST_CASE("a server that Naks the operation is asked in its own way, if that needs no number") {
  for (const bool with_number : {true, false}) {
    Pair pair(caller_wishing({.number = with_number ? "5550199" : ""}), server_config());
    pair.filter = [&](const End& from, const SendFrame& frame) {
      const ByteView view = frame.information;
      if (&from != &pair.caller || frame.protocol != Protocol::Lcp || view[0] != 1) return true;
      const auto packet = *wire::parse_packet(view);
      wire::OptionReader options(packet.data);
      while (const auto option = options.next()) {
        if (option->type != 13 || option->data[0] != 6) continue;
        wire::PacketWriter nak(wire::Code::ConfigureNak, packet.id);
        nak.option(13, std::array<uint8_t, 1>{3});  // E.164
        pair.forge(pair.caller, Protocol::Lcp, nak);
        return false;
      }
      return true;
    };
    pair.carry(pair.caller, pair.caller.session.open(pair.now));
    pair.run_until([] { return false; }, 200ms);
    wire::OptionReader options(
        wire::parse_packet(pair.caller.sent.back().information.view())->data);
    Bytes callback;
    while (const auto option = options.next()) {
      if (option->type == 13) callback.assign(option->data.begin(), option->data.end());
    }
    CHECK(callback == (with_number ? Bytes{3, '5', '5', '5', '0', '1', '9', '9'} : Bytes{}));
  }
}

TEST_CASE("the call that was asked for does not ask again") {
  Pair pair(caller_wishing({.required = true}), server_config());
  pair.carry(pair.server, pair.server.session.open(pair.now));
  pair.carry(pair.caller, pair.caller.session.open_called_back(pair.now));
  CHECK(pair.run_until([&] { return pair.both_up(); }, 1min));
}
