// SPDX-License-Identifier: Apache-2.0
#include "cli/redial_rules.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace redial;
using namespace redial::cli;

namespace {

std::string rule(const phonebook::Entry& entry, std::string_view name, bool modem = true,
                 size_t lines = 1) {
  const auto rules = redial_rules(entry, modem, lines);
  const auto found = std::ranges::find(rules, name, &Rule::name);
  return found == rules.end() ? "" : found->text;
}
bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("a new entry: what nothing is set of is not told, but for a modem's limit") {
  const phonebook::Entry entry;
  for (const char* name : {"numbers", "lines", "hold, number", "hold, link", "idle", "session",
                           "hours", "budget", "on demand", "first"}) {
    CHECK(rule(entry, name).empty());
  }
  CHECK(has(rule(entry, "limit"), "12 failed attempts"));
  CHECK(rule(entry, "limit", false).empty());
}

TEST_CASE("explain tells every redial setting that is set, and what it does") {
  phonebook::Entry entry;
  entry.redial.attempts = 3;
  CHECK(has(rule(entry, "Redial"), "3 more times; then after 10 min"));
  entry.redial.give_up = true;
  entry.redial.jitter = 20;
  CHECK(has(rule(entry, "Redial"), "3 more times; then it rests"));
  CHECK(has(rule(entry, "Redial"), "80 %"));
  entry.redial.attempts_per_hour.reset();
  CHECK(has(rule(entry, "limit"), "some 15"));
  entry.numbers.resize(2);
  entry.promote_alternates = true;
  CHECK(has(rule(entry, "numbers"), "becomes the first"));
  entry.try_next_alternate = false;
  CHECK(has(rule(entry, "numbers"), "TryNextAlternateOnFail=0"));
  entry.line_order = phonebook::LineOrder::LastGoodFirst;
  CHECK(has(rule(entry, "lines", true, 2), "was up last comes first"));
  entry.hold.busy = 2min;
  entry.hold.peer = 1h;
  CHECK(has(rule(entry, "hold, number"), "busy 2 min"));
  CHECK(has(rule(entry, "hold, link"), "peer 1 h"));
  entry.idle_disconnect = 5min;
  CHECK(has(rule(entry, "idle"), "5 min"));
  entry.session_limit = 8h;
  CHECK(has(rule(entry, "session"), "no redial"));
  entry.session_redial = true;
  CHECK(has(rule(entry, "session"), "a fresh call"));
  entry.windows = {*phonebook::to_window("Mon-Fri 08:00-18:00")};
  CHECK(has(rule(entry, "hours"), "Mon-Fri 08:00-18:00"));
  entry.budget.minutes = 60;
  CHECK(has(rule(entry, "budget"), "60 minutes"));
  entry.dial = phonebook::DialMode::OnDemand;
  CHECK(has(rule(entry, "on demand"), "waits up to 1 min 30 s"));
  entry.while_down = phonebook::WhileDown::Refuse;
  CHECK(has(rule(entry, "on demand"), "refused"));
  entry.prerequisite = "Outer";
  CHECK(has(rule(entry, "first"), "Outer is dialled first"));
}
