// SPDX-License-Identifier: Apache-2.0
#include "cli/redial_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "connection/schedule.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::Entry;
using phonebook::shown;

namespace {

/// "5 s, 10 s, 20 s ... 5 min".
std::string doubling(Duration first, Duration longest) {
  std::string out;
  Duration pause = first;
  for (unsigned n = 0; n < 4 && pause < longest; pause = connection::doubled(first, ++n, longest)) {
    out += to_text(pause) + ", ";
  }
  return out + (pause < longest ? "... " : "") + to_text(longest);
}

std::string restore_text(const phonebook::RedialSettings& settings) {
  if (!settings.on_link_failure) {
    return "NOT redialled: redial.on_link_failure is false (RedialOnLinkFailure=0); it rests, and "
           "says so";
  }
  return fmt::format(
      "within {}, if the link was up for {}; a shorter one counts as a failed attempt",
      to_text(connection::Schedule::kRestorePause), to_text(settings.good_call));
}

std::string redial_text(const phonebook::RedialSettings& settings) {
  std::string pauses = "after " + doubling(settings.first_pause, settings.longest_pause);
  if (settings.jitter > 0) {
    pauses += fmt::format(", each drawn between {} % of it and the whole", 100 - settings.jitter);
  }
  if (settings.pause) pauses = "every " + to_text(*settings.pause);
  if (!settings.attempts) return pauses + ", for ever";
  if (settings.give_up) {
    return fmt::format("{}, {} more time{}; then it rests, and says so", pauses, *settings.attempts,
                       *settings.attempts == 1 ? "" : "s");
  }
  return fmt::format("{}, {} more time{}; then after {}, {}, ... {} (KB Q193834), for ever", pauses,
                     *settings.attempts, *settings.attempts == 1 ? "" : "s",
                     to_text(settings.unreachable_step), to_text(settings.unreachable_step * 2),
                     to_text(settings.unreachable_longest));
}

std::string numbers_text(const Entry& entry) {
  if (!entry.try_next_alternate) return "only the first is dialled (TryNextAlternateOnFail=0)";
  std::string out = fmt::format(
      "one try dials them in order, {} apart, while busy, no answer, no carrier, a voice or a "
      "refusal sends it on; then the pause",
      to_text(connection::Schedule::kNextNumberPause));
  if (entry.promote_alternates) out += "; the one that connects becomes the first";
  return out;
}

std::string limit_text(const phonebook::RedialSettings& settings) {
  if (!settings.attempts_per_hour) {
    return "none: a modem may refuse a number after some 15 failures, and redial.attempts_per_hour "
           "is unlimited";
  }
  return fmt::format(
      "{} failed attempts of one number in an hour, then that number waits (modems refuse a number "
      "after some 15)",
      *settings.attempts_per_hour);
}

void add_holds(const phonebook::HoldSettings& hold, std::vector<Rule>& rules) {
  std::string numbers, link;
  const auto add = [](std::string& to, std::string_view what, const std::optional<Duration>& set) {
    if (set) to += fmt::format("{}{} {}", to.empty() ? "" : ", ", what, to_text(*set));
  };
  add(numbers, "busy", hold.busy);
  add(numbers, "no answer", hold.no_answer);
  add(numbers, "no carrier", hold.no_carrier);
  add(numbers, "a voice", hold.voice);
  add(link, "no dial tone", hold.no_dial_tone);
  add(link, "device", hold.device);
  add(link, "network", hold.network);
  add(link, "peer", hold.peer);
  if (!numbers.empty()) rules.push_back({"hold, number", "that number, after " + numbers});
  if (!link.empty()) rules.push_back({"hold, link", "after a failed attempt: " + link});
}

std::string windows_text(const Entry& entry) {
  std::string out;
  for (const phonebook::TimeWindow& window : entry.windows) {
    out += (out.empty() ? "" : ", ") + to_text(window);
  }
  return "only " + out + " local time; " +
         (entry.window_hangs_up ? "the end of one hangs up (OutsideWindow), the next one dials"
                                : "a call may go on beyond, none begins outside");
}

std::string budget_text(const phonebook::BudgetSettings& budget) {
  std::string out;
  const auto add = [&out](auto limit, std::string_view what) {
    if (limit) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", *limit, what);
  };
  add(budget.minutes, "minutes");
  add(budget.calls, "answered calls");
  add(budget.bytes, "octets");
  return out + " a day; then down until local midnight (BudgetSpent)";
}

void add_bounds(const Entry& entry, std::vector<Rule>& rules) {
  if (entry.idle_disconnect) {
    rules.push_back(
        {"idle",
         fmt::format("hung up after {} without a packet of the user's; echoes, "
                     "negotiation and neighbour discovery do not count; no failure, no redial",
                     to_text(*entry.idle_disconnect))});
  }
  if (entry.session_limit) {
    rules.push_back({"session", fmt::format("ended after {}; {}", to_text(*entry.session_limit),
                                            entry.session_redial ? "a fresh call follows at once"
                                                                 : "no failure, no redial")});
  }
  if (!entry.windows.empty()) rules.push_back({"hours", windows_text(entry)});
  if (entry.budget.any()) rules.push_back({"budget", budget_text(entry.budget)});
}

void add_others(const Entry& entry, std::vector<Rule>& rules) {
  if (entry.dial == phonebook::DialMode::OnDemand) {
    rules.push_back(
        {"on demand",
         fmt::format("rests until a SOCKS request, a forward or a packet wants it; traffic {}; "
                     "tries go on as above until none has come for {}, then it rests again",
                     entry.while_down == phonebook::WhileDown::Wait
                         ? "waits up to " + to_text(entry.wait_within)
                         : std::string("is refused while it is down"),
                     to_text(entry.wait_within))});
  }
  if (!entry.prerequisite.empty()) {
    rules.push_back(
        {"first",
         fmt::format("{} is dialled first and may take {} (else PrerequisiteDown, a failed "
                     "attempt); its end ends this link, and both come back in order",
                     shown(entry.prerequisite), to_text(entry.prerequisite_within))});
  }
}

}  // namespace

std::vector<Rule> redial_rules(const Entry& entry, bool modem, size_t lines) {
  const phonebook::RedialSettings& settings = entry.redial;
  std::vector<Rule> rules = {
      {"Restore", restore_text(settings)},
      {"Redial", redial_text(settings)},
      {"flap guard",
       fmt::format("more than {} deaths in {}: after {}", connection::Schedule::kFlapDeaths,
                   to_text(connection::Schedule::kFlapWindow),
                   doubling(settings.first_pause, settings.longest_pause))},
      {"HoldAuth", "held " + doubling(settings.auth_hold, settings.auth_hold_longest)},
      {"HoldNumber",
       "that number is held " + doubling(entry.hold.number, entry.hold.number_longest)},
      {"AwaitEdit", "rests until the entry is edited, and says so"},
      {"Stop", "rests, as wanted"},
      {"Renew", entry.session_redial ? "a fresh call at once" : "rests, as wanted"},
      {"Await", "dialled again as soon as hours and budget allow"},
      {"Keep", "what was decided stands"},
      {"a good call",
       fmt::format("{} or longer: all counters begin anew", to_text(settings.good_call))},
  };
  if (entry.numbers.size() > 1) rules.push_back({"numbers", numbers_text(entry)});
  if (lines > 1) {
    rules.push_back({"lines", std::string("one that is missing, taken or without dial tone gives "
                                          "way to the next within the same try") +
                                  (entry.line_order == phonebook::LineOrder::LastGoodFirst
                                       ? "; the one that was up last comes first"
                                       : "")});
  }
  if (modem) rules.push_back({"limit", limit_text(settings)});
  add_holds(entry.hold, rules);
  add_bounds(entry, rules);
  add_others(entry, rules);
  return rules;
}

}  // namespace redial::cli
