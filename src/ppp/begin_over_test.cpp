// SPDX-License-Identifier: Apache-2.0
// A server that begins over in mid-call: LCP, IPCP, or only the question who calls.
#include "ppp/test_pair.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::test;

namespace {

/// Both up, for so long.
struct Call {
  explicit Call(Duration since, AuthMethod method = AuthMethod::MsChapV2)
      : pair(caller_config(), server_with(method)) {
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }));
    pair.run_until([&] { return pair.caller.down.has_value(); }, since);
    REQUIRE(pair.both_up());
    pair.caller.phases.clear();
    pair.caller.sent.clear();
  }
  SessionConfig server_with(AuthMethod method) {
    SessionConfig config = server_config();
    config.accounts = &book;
    config.demand = {method};
    return config;
  }
  void begin_over(wire::Protocol layer) {
    pair.carry(pair.server, pair.server.session.begin_over(layer, pair.now));
    pair.run_until([&] { return pair.caller.down.has_value(); }, 40s);
  }

  Book book;
  Pair pair;
};

}  // namespace

TEST_CASE("LCP begun over by the server, early or late: the caller proves itself anew, and is up") {
  for (const Duration since : {0s, 10s, 3600s}) {
    CAPTURE(since.count());
    Call call(since);
    call.begin_over(wire::Protocol::Lcp);
    CHECK(call.pair.both_up());
    CHECK(call.pair.caller.phases ==
          std::vector{Phase::Establishing, Phase::Authenticating, Phase::Registering, Phase::Up});
    CHECK(call.pair.caller.count(wire::Protocol::Chap, 2) == 1);
  }
}

TEST_CASE("IPCP begun over by the server, with the options that it had: both are up again") {
  // Soon after the opening such a request may be a late one of the first negotiation.
  for (const Duration since : {0s, 1s, 10s, 20s, 3600s}) {
    CAPTURE(since.count());
    Call call(since);
    call.begin_over(wire::Protocol::Ipcp);
    CHECK(call.pair.both_up());
    CHECK(call.pair.caller.phases == std::vector{Phase::Registering, Phase::Up});
    CHECK(call.pair.caller.count(wire::Protocol::Chap, 2) == 0);
  }
}

TEST_CASE("asked again in mid-call who it is, a caller answers, and nothing else happens") {
  for (const AuthMethod method : {AuthMethod::MsChapV2, AuthMethod::ChapMd5}) {
    Call call(1min, method);
    call.begin_over(wire::Protocol::Chap);
    CHECK(call.pair.both_up());
    CHECK(call.pair.caller.phases.empty());
    CHECK(call.pair.caller.count(wire::Protocol::Chap, 2) == 1);
  }
}

TEST_CASE("PAP has no question that could be asked again") {
  Call call(1min, AuthMethod::Pap);
  call.pair.server.sent.clear();
  call.begin_over(wire::Protocol::Chap);
  CHECK(call.pair.both_up());
  CHECK(call.pair.server.count(wire::Protocol::Chap, 1) == 0);
}

TEST_CASE("an account that has expired in mid-call is refused by that name when it is asked") {
  for (const wire::Protocol layer : {wire::Protocol::Lcp, wire::Protocol::Chap}) {
    Call call(1min);
    call.book.refusal = 647;
    call.begin_over(layer);
    REQUIRE(call.pair.caller.down.has_value());
    CHECK(call.pair.caller.down->code == CauseCode::AuthDisabled);
  }
}

TEST_CASE("a caller that does not answer when it is asked again is hung up on") {
  Call call(1min);
  call.pair.filter = [&](const End& from, const SendFrame& frame) {
    return &from != &call.pair.caller || frame.protocol != wire::Protocol::Chap;
  };
  call.begin_over(wire::Protocol::Chap);
  REQUIRE(call.pair.server.down.has_value());
  CHECK(call.pair.server.down->code == CauseCode::AuthTimeout);
}

TEST_CASE("what was asked again while the network registers is answered for when the link is up") {
  Book book;
  SessionConfig config = server_config();
  config.accounts = &book;
  Pair pair(caller_config(), config);
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.server.session.phase() == Phase::Registering; }));
  pair.filter = [&](const End& from, const SendFrame& frame) {
    return &from != &pair.caller || frame.protocol != wire::Protocol::Chap;
  };
  pair.carry(pair.server, pair.server.session.begin_over(wire::Protocol::Chap, pair.now));
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  REQUIRE(pair.run_until([&] { return pair.server.down.has_value(); }, 1min));
  CHECK(pair.server.down->code == CauseCode::AuthTimeout);
}

TEST_CASE("a session that has ended, or has not begun, begins nothing over") {
  Call call(1s);
  call.pair.carry(call.pair.server, call.pair.server.session.close(call.pair.now));
  CHECK(call.pair.server.session.begin_over(wire::Protocol::Lcp, call.pair.now).empty());
  Pair fresh(caller_config(), server_config());
  CHECK(fresh.server.session.begin_over(wire::Protocol::Lcp, fresh.now).empty());
}
