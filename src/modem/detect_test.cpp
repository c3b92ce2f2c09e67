// SPDX-License-Identifier: Apache-2.0
#include "modem/detect.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>

using namespace redial;
using namespace redial::modem;

namespace {

std::vector<ModemDescription> descriptions() {
  const auto named = [](std::string name, std::string asks, std::string answer) {
    ModemDescription modem;
    modem.name = std::move(name);
    modem.detect_string = std::move(asks);
    modem.detect_response = std::move(answer);
    return modem;
  };
  return {named("Hayes Compatible 9600", "", ""), named("Birch Sportster 14400", "", ""),
          named("Birch Sportster 33600", "ATI3\r", "Sportster 336"),
          named("Birch Sportster 33600 V34", "ATI3\r", "Sportster 33600/Fax"),
          named("Wren ISDN", "AT$ID\r", "wren")};
}

/// Asks a modem that answers as the table says, and ERROR to what is not in it.
struct Asked {
  Asked(std::span<const ModemDescription> known, std::map<std::string, std::string> table)
      : detection(known) {
    take(detection.start(now));
    for (int turns = 0; detection.deadline() && turns < 500; ++turns) {
      if (question.empty()) {
        now = *detection.deadline();
        take(detection.on_deadline(now));
        continue;
      }
      const auto found = table.find(std::exchange(question, {}));
      const std::string says = found == table.end() ? "\r\nERROR\r\n" : found->second;
      take(detection.on_octets(as_bytes(says), now));
    }
  }
  void take(const Detection::Actions& actions) {
    for (const DetectAction& action : actions) {
      if (const auto* ask = std::get_if<AskModem>(&action)) {
        question = ask->octets;
        asked.push_back(question);
      }
      done |= std::holds_alternative<ModemAsked>(action);
      if (const auto* none = std::get_if<NoModem>(&action)) failed = none->cause;
    }
  }
  Instant now{100s};
  Detection detection;
  std::string question;
  std::vector<std::string> asked;
  bool done = false;
  std::optional<Cause> failed;
};

Match matched(std::map<std::string, std::string> table) {
  table.try_emplace("ATE0Q0V1\r", "\r\nOK\r\n");
  static const auto known = descriptions();
  const Asked asked(known, std::move(table));
  CHECK(asked.done);
  return best_match(known, asked.detection.heard());
}

}  // namespace

TEST_CASE("a DETECT_RESPONSE that comes back is exact, and of several the longest") {
  const Match match = matched({{"ATI3\r", "\r\nSportster 33600/Fax V1.0\r\n\r\nOK\r\n"}});
  CHECK(match.kind == Match::Kind::Exact);
  CHECK(match.index == 3);
  CHECK(match.why == "answers ATI3 with \"Sportster 33600/Fax\"");
}

TEST_CASE("a modem that names itself as a description does is exact too") {
  const Match match =
      matched({{"AT+GMI\r", "Birch\r\nOK\r\n"}, {"AT+GMM\r", "SPORTSTER 14400\r\nOK\r\n"}});
  CHECK(match.kind == Match::Kind::Exact);
  CHECK(match.index == 1);
}

TEST_CASE("else the description with most of its words, a make among them; a number is no make") {
  const Match family = matched({{"ATI\r", "\r\nBirch Sportster Flash 14400\r\n\r\nOK\r\n"}});
  CHECK(family.kind == Match::Kind::Family);
  CHECK(family.index == 1);
  CHECK(family.why == "says 14400, birch, sportster");
  CHECK(matched({{"ATI\r", "\r\nB.I.R.C.H. 1\r\n\r\nOK\r\n"}}).kind == Match::Kind::Family);
  const Match none = matched({{"ATI\r", "\r\n9600\r\n\r\nOK\r\n"}});
  CHECK(none.kind == Match::Kind::BuiltIn);
  CHECK(none.why.find("none of 5") == 0);
}

TEST_CASE("an own DETECT_STRING is asked, but never one that would dial or answer") {
  std::vector<ModemDescription> known = descriptions();
  known[0].detect_string = "ATDT5550100\r";
  known[0].detect_response = "CONNECT";
  const Asked asked(known, {{"ATE0Q0V1\r", "\r\nOK\r\n"}, {"AT$ID\r", "wren 4\r\nOK\r\n"}});
  CHECK(std::ranges::find(asked.asked, "AT$ID\r") != asked.asked.end());
  for (const std::string& question : asked.asked) CHECK(question.find("DT") == std::string::npos);
  CHECK(best_match(known, asked.detection.heard()).index == 4);
  // The last ATI are not needed then.
  CHECK(std::ranges::find(asked.asked, "ATI9\r") == asked.asked.end());
}

TEST_CASE("a line without a modem is told after three questions") {
  const auto known = descriptions();
  const Asked asked(known, {{"ATE0Q0V1\r", ""}});
  REQUIRE(asked.failed);
  CHECK(asked.failed->code == CauseCode::ModemSilent);
  CHECK(asked.asked.size() == 3);
  CHECK(asked.now - Instant(100s) == 6300ms);
}

TEST_CASE("a modem that babbles or forgets its OK is through within the bound") {
  const auto known = descriptions();
  std::map<std::string, std::string> table = {{"ATE0Q0V1\r", "\r\nOK\r\n"}};
  for (const char* question : {"ATI\r", "ATI3\r", "AT+GMI\r", "AT+GMM\r", "AT+GCAP\r", "AT$ID\r"})
    table[question] = std::string(5000, 'x') + "\r\nwords without end\r\n";
  for (int i = 0; i < 10; ++i) table["ATI" + std::to_string(i) + "\r"] = "no end\r\n";
  const Asked asked(known, table);
  CHECK(asked.done);
  CHECK(asked.now - Instant(100s) <= Detection::kBound);
  for (const Heard& each : asked.detection.heard())
    CHECK(each.answer.size() <= Detection::kAnswerMax);
}
