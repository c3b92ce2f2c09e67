// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_show.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/event_text.h"

namespace redial::cli {
namespace {

constexpr const char *kRed = "\033[31m", *kGreen = "\033[32m", *kYellow = "\033[33m",
                     *kDim = "\033[2m", *kBold = "\033[1m", *kOff = "\033[0m";

nlohmann::json seconds(std::optional<Duration> duration) {
  if (!duration) return nullptr;
  return static_cast<double>(duration->count()) / 1e6;
}

void print(const nlohmann::json& json) {
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  std::fflush(stdout);
}

std::string or_dash(std::optional<Duration> duration) {
  return duration ? to_text(*duration) : "-";
}

const char* colour_of(const engine::Event& event) {
  return match(
      event.body, [](const connection::LinkConnected&) { return kGreen; },
      [](const connection::LinkEnded&) { return kRed; },
      [](const connection::NextTry&) { return kYellow; },
      [](const engine::ModemSaid&) { return kDim; }, [](const auto&) { return ""; });
}

}  // namespace

bool FaultRow::good() const {
  if (ending == Ending::StaysUp) return stayed_up.has_value() && !noticed_after;
  const bool expected_cause = std::ranges::find(expected, cause) != expected.end();
  if (!noticed_after || !expected_cause || *noticed_after > notice_bound) return false;
  if (ending == Ending::Held) return held.has_value() && dials == 1;
  return restored_after.has_value() && *restored_after <= restore_bound;
}

DemoShow::DemoShow(bool plain, bool json, Instant start)
    : colour_(!plain && !json && ::isatty(STDOUT_FILENO) == 1), json_(json), start_(start) {}

void DemoShow::say(Instant now, const std::string& who, const std::string& text,
                   const char* colour) {
  if (json_) return;
  fmt::print("{:>7} s  {:<12} {}{}{}\n", to_seconds(now - start_), who, colour_ ? colour : "", text,
             colour_ && *colour ? kOff : "");
  std::fflush(stdout);
}

void DemoShow::fault(Instant now, const std::string& who, const std::string& what) {
  if (json_) {
    print({{"at", seconds(now - start_)}, {"entry", who}, {"event", "fault"}, {"fault", what}});
  } else {
    say(now, who, "*** fault: " + what + " ***", kBold);
  }
}

void DemoShow::event(Instant now, const std::string& who, const engine::Event& event) {
  if (json_) {
    print(event_json(now - start_, who, event, now));
    return;
  }
  const std::string text = event_text(event, now);
  if (!text.empty()) say(now, who, text, colour_of(event));
}

void DemoShow::table(const std::vector<FaultRow>& rows, Duration took) {
  json_ ? table_json(rows, took) : table_text(rows, took);
}

void DemoShow::table_text(const std::vector<FaultRow>& rows, Duration took) {
  constexpr auto kLine = "{:<33} {:<15} {:<38} {:>9} {:>9} {:>10} {:>11} {:>5}  {}\n";
  fmt::print("\n");
  fmt::print(kLine, "fault", "layer", "noticed by", "noticed", "bound", "restored", "bound",
             "dials", "");
  fmt::print(kLine, "", "", "", "after", "promised", "after", "promised", "", "");
  fmt::print("{:-<147}\n", "");
  size_t good = 0;
  for (const FaultRow& row : rows) {
    good += row.good();
    std::string by = row.noticed_by;
    if (by.size() > 38) by = by.substr(0, 35) + "...";
    const bool stays = row.ending == FaultRow::Ending::StaysUp;
    const std::string restored = row.held        ? "held"
                                 : row.stayed_up ? "stayed up"
                                                 : or_dash(row.restored_after);
    const std::string bound = stays      ? "for ever"
                              : row.held ? to_text(*row.held)
                                         : "<= " + to_text(row.restore_bound);
    const char* verdict = !row.good() ? "OUT OF BOUND"
                          : row.held  ? "held, not hammered"
                          : stays     ? "not torn down"
                                      : "ok";
    fmt::print(
        kLine, row.fault, row.layer, by, or_dash(row.noticed_after),
        stays ? "-" : "<= " + to_text(row.notice_bound), restored, bound, row.dials,
        colour_ ? fmt::format("{}{}{}", row.good() ? kGreen : kRed, verdict, kOff) : verdict);
  }
  fmt::print(
      "\n{} of {} faults noticed within their bound, and restored within theirs, held as the "
      "policy says, or outlived; {}\n",
      good, rows.size(), to_text(took));
}

void DemoShow::table_json(const std::vector<FaultRow>& rows, Duration took) {
  nlohmann::json out = nlohmann::json::array();
  bool all = !rows.empty();
  for (const FaultRow& row : rows) {
    all = all && row.good();
    out.push_back({{"fault", row.fault},
                   {"layer", row.layer},
                   {"entry", row.entry},
                   {"noticed_by", row.noticed_by},
                   {"cause", row.cause},
                   {"noticed_after_s", seconds(row.noticed_after)},
                   {"notice_bound_s", seconds(row.notice_bound)},
                   {"restored_after_s", seconds(row.restored_after)},
                   {"restore_bound_s", seconds(row.restore_bound)},
                   {"held_s", seconds(row.held)},
                   {"stayed_up_s", seconds(row.stayed_up)},
                   {"dials", row.dials},
                   {"ok", row.good()}});
  }
  print({{"rows", out}, {"ok", all}, {"took_s", seconds(took)}});
}

}  // namespace redial::cli
