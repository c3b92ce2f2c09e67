// SPDX-License-Identifier: Apache-2.0
#include "ppp/automaton.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "core/rng.h"
#include "test_paths.h"

using namespace redial;
using namespace redial::ppp;
using enum Actions;

namespace {

Instant at(Duration since_start) { return Instant(since_start); }

const RestartPolicy kPolicy{};

// "irc,scr/6x" of the RFC's text -> the cell as we have it.
std::optional<CellView> parse_cell(std::string text) {
  if (text == "-") return std::nullopt;
  static const std::map<std::string, Actions> kWords = {
      {"tlu", tlu}, {"tld", tld}, {"tls", tls}, {"tlf", tlf}, {"irc", irc},
      {"zrc", zrc}, {"scr", scr}, {"sca", sca}, {"scn", scn}, {"str", str},
      {"sta", sta}, {"scj", scj}, {"ser", ser}};
  CellView cell{{go, ' '}, State::Initial};
  const size_t slash = text.find('/');
  std::string state = slash == std::string::npos ? text : text.substr(slash + 1);
  if (slash != std::string::npos) {
    std::stringstream words(text.substr(0, slash));
    for (std::string word; std::getline(words, word, ',');) {
      cell.outcome.actions = cell.outcome.actions | kWords.at(word);
    }
  }
  if (!isdigit(state.back())) {
    cell.outcome.note = state.back();
    state.pop_back();
  }
  cell.next = static_cast<State>(std::stoi(state));
  return cell;
}

}  // namespace

TEST_CASE("the automaton is the table of RFC 1661 section 4.1, in all 160 cells") {
  const std::map<std::string, Event> kRows = {
      {"Up", Event::Up},        {"Down", Event::Down},     {"Open", Event::Open},
      {"Close", Event::Close},  {"TO+", Event::TOPlus},    {"TO-", Event::TOMinus},
      {"RCR+", Event::RCRPlus}, {"RCR-", Event::RCRMinus}, {"RCA", Event::RCA},
      {"RCN", Event::RCN},      {"RTR", Event::RTR},       {"RTA", Event::RTA},
      {"RUC", Event::RUC},      {"RXJ+", Event::RXJPlus},  {"RXJ-", Event::RXJMinus},
      {"RXR", Event::RXR}};
  std::ifstream rfc(std::string(REDIAL_SOURCE_DIR) + "/docs/rfc/rfc1661-table.txt");
  REQUIRE(rfc.good());
  int first_state = -6, compared = 0;
  for (std::string line; std::getline(rfc, line);) {
    if (line.find("| State") != std::string::npos) first_state += 6;
    const size_t bar = line.find('|');
    if (bar == std::string::npos) continue;
    std::string event = line.substr(0, bar);
    std::erase(event, ' ');
    const auto row = kRows.find(event);
    if (row == kRows.end()) continue;
    std::stringstream cells(line.substr(bar + 1));
    int state = first_state;
    for (std::string text; cells >> text; ++state, ++compared) {
      const auto theirs = parse_cell(text);
      const auto ours = cell(row->second, static_cast<State>(state));
      INFO(event, " in state ", state, ": ", text);
      REQUIRE(ours.has_value() == theirs.has_value());
      if (!ours) continue;
      CHECK(ours->outcome == theirs->outcome);
      CHECK(ours->next == theirs->next);
    }
  }
  CHECK(compared == 160);
}

TEST_CASE("a silent peer gets ten Configure-Requests, three seconds apart, and is then given up") {
  Automaton lcp;
  CHECK(lcp.on(Event::Open, kPolicy, at(0s))->actions == tls);
  CHECK(lcp.on(Event::Up, kPolicy, at(0s))->actions == (irc | scr));
  for (int sent = 1; sent < 10; ++sent) {
    CHECK(lcp.deadline() == at(3s * sent));
    CHECK_FALSE(lcp.on_deadline(kPolicy, at(3s * sent - 1us)));
    CHECK(lcp.on_deadline(kPolicy, at(3s * sent))->actions == scr);
  }
  CHECK(lcp.on_deadline(kPolicy, at(30s))->actions == tlf);
  CHECK(lcp.state() == State::Stopped);
  CHECK_FALSE(lcp.deadline());
}

TEST_CASE("the restart timer runs in exactly the five timed states, whatever happens") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Rng rng(seed);
    Automaton automaton;
    Instant now{};
    for (int step = 0; step < 200; ++step) {
      now += rng.up_to(2s);
      if (rng.below(4) == 0) {
        (void)automaton.on_deadline(kPolicy, now);
      } else {
        // TO+ and TO- are the timer's own events, and come only through on_deadline.
        const auto event = static_cast<Event>(rng.below(kEvents));
        const bool timer = event == Event::TOPlus || event == Event::TOMinus;
        if (!timer) (void)automaton.on(event, kPolicy, now);
      }
      REQUIRE(automaton.deadline().has_value() == timed(automaton.state()));
    }
  }
}

TEST_CASE("an event that the RFC calls impossible changes nothing") {
  Automaton lcp;
  CHECK_FALSE(lcp.on(Event::RCA, kPolicy, at(0s)));
  CHECK(lcp.state() == State::Initial);
}
