// SPDX-License-Identifier: Apache-2.0
#include "cli/explain.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "connection/policy.h"

using namespace redial;
using namespace redial::cli;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Explained office() {
  Explained what;
  what.entry.name = "Head Office";
  what.entry.source = "office.pbk line 1";
  what.entry.numbers = {{.digits = "5550100"}};
  const phonebook::LineSpec spec{.name = "COM1", .path = "/dev/ttyS0"};
  auto description = engine::describe_line(spec, what.entry, nullptr);
  REQUIRE(description.has_value());
  what.lines = {{LineId{0}, spec, *std::move(description)}};
  return what;
}

TEST_CASE("the policy rows that are printed are the cells the program goes by") {
  const std::vector<PolicyRow> rows = policy_rows();
  REQUIRE(rows.size() == kCauses);
  for (const PolicyRow& row : rows) {
    CAPTURE(name(row.cause));
    using connection::action_for;
    CHECK(row.up == name(action_for(row.cause, Phase::Up)));
    CHECK(row.idle == name(action_for(row.cause, Phase::Waiting)));
    CHECK(row.closing == name(action_for(row.cause, Phase::Closing)));
    for (const Phase phase : {Phase::Opening, Phase::Dialing, Phase::Registering}) {
      CHECK(has(row.before_up, name(action_for(row.cause, phase))));
    }
  }
}

TEST_CASE("an explanation names every cause with its RAS number, and every bound") {
  const std::string text = explanation(office());
  for (size_t i = 0; i < kCauses; ++i) {
    const auto code = static_cast<CauseCode>(i);
    CHECK(has(text, name(code)));
    CHECK(has(text, std::to_string(number(ras_error(code)))));
  }
  CHECK(has(text, "dial 5550100"));
  CHECK(has(text, "COM1: modem at /dev/ttyS0, Hayes compatible"));
  CHECK(has(text, "the peer is dead, the carrier stays"));
  CHECK(has(text, "<= 20 s"));
  CHECK(has(text, "<= 100 ms  DCD"));
}

TEST_CASE("an explanation gives the pauses of this entry as numbers") {
  Explained what = office();
  CHECK(has(explanation(what), "after 5 s, 10 s, 20 s, 40 s, ... 5 min"));
  CHECK(has(explanation(what), "for ever"));
  CHECK(has(explanation(what), "held 15 min, 30 min, 1 h, 2 h, ... 6 h"));
  what.entry.redial.attempts = 3;
  what.entry.redial.pause = 30s;
  CHECK(has(explanation(what), "every 30 s, 3 more times; then after 10 min, 20 min, ... 6 h"));
}

TEST_CASE("an explanation shows what each number becomes from where one is") {
  Explained what = office();
  CHECK_FALSE(has(explanation(what), "Numbers"));
  what.from = "berlin";
  what.numbers = {telephony::as_written("5550100", "no dialling rules are asked for")};
  what.numbers[0].notes = {"asks for dialling rules"};
  CHECK(has(explanation(what), "Numbers, dialled from berlin\n  5550100: 5550100  (as-written)\n"));
  CHECK(has(explanation(what), "    note: asks for dialling rules\n"));
  const auto json = nlohmann::json::parse(explanation_json(what), nullptr, false);
  CHECK(json["from"] == "berlin");
  CHECK(json["numbers"][0]["dialled"] == "5550100");
}

TEST_CASE("RedialOnLinkFailure=0 is said beforehand") {
  Explained what = office();
  what.entry.redial.on_link_failure = false;
  CHECK(has(explanation(what), "NOT redialled"));
}

TEST_CASE("callback is explained: who calls whom, and how long the call is waited for") {
  Explained what = office();
  CHECK_FALSE(has(explanation(what), "callback:"));
  what.entry.callback_mode = 2;
  what.entry.callback_number = "5550199";
  CHECK(has(explanation(what), "callback: required; the server calls 5550199"));
  CHECK(has(explanation(what), "1 min beyond the time that it tells"));
  what.entry.callback_mode = 1;
  what.entry.callback_number.clear();
  CHECK(has(explanation(what), "the call goes on without; the server calls the number that it"));
}

TEST_CASE("what is refused stands at the top, and the policy is still printed") {
  Explained what = office();
  what.entry.encryption = phonebook::Encryption::Required;
  what.refused = phonebook::unsupported(what.entry);
  CHECK(has(explanation(what), "refused: demands some encryption"));
  CHECK(has(explanation(what), "CarrierLost"));
}

TEST_CASE("an entry without a line is explained for a modem, and says so") {
  Explained what = office();
  what.lines.clear();
  what.unbound = "redial.toml declares no line";
  CHECK(has(explanation(what), "none: redial.toml declares no line"));
  CHECK(has(explanation(what), "the modem does not answer commands"));
}

TEST_CASE("as JSON: all nine phases of every cause, and bounds in milliseconds") {
  const auto json = nlohmann::json::parse(explanation_json(office()), nullptr, false);
  REQUIRE(json.is_object());
  REQUIRE(json["policy"].size() == kCauses);
  for (const auto& row : json["policy"]) CHECK(row["actions"].size() == kPhases);
  bool dead_peer = false;
  for (const auto& row : json["detection"]) {
    CHECK(row["bound_ms"] > 0);
    dead_peer |= row["failure"] == "PeerDies" && row["bound_ms"] == 20000;
  }
  CHECK(dead_peer);
  CHECK(json["lines"][0]["name"] == "COM1");
}

}  // namespace
