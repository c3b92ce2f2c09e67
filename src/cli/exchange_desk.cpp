// SPDX-License-Identifier: Apache-2.0
#include "cli/exchange_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "cli/exchange_plan.h"
#include "phonebook/text.h"

namespace redial::cli {
namespace {

using lab::Exchange;
using lab::ModemId;
using Words = std::span<const std::string_view>;
using Said = Result<std::string>;

tl::unexpected<Error> wrong(std::string text) { return fail(ErrorKind::Usage, std::move(text)); }

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    line = phonebook::trim(line);
    if (line.empty()) return words;
    const size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

Result<std::vector<ModemId>> modems_of(LabNetwork& network, std::string_view number) {
  auto modems = network.exchange().modems_of(std::string(number));
  if (!modems.empty()) return modems;
  return wrong(fmt::format("no modem has the number \"{}\"; see status", phonebook::shown(number)));
}

Result<uint32_t> count_of(std::string_view word, int64_t most) {
  const auto value = phonebook::to_integer(word);
  if (value && *value >= 0 && *value <= most) return static_cast<uint32_t>(*value);
  return wrong(fmt::format("\"{}\" is no number from 0 to {}", phonebook::shown(word), most));
}

/// Does something to every modem of a number.
template <class Fault>
Said each(LabNetwork& network, std::string_view number, const std::string& done, Fault fault) {
  const auto modems = modems_of(network, number);
  if (!modems) return tl::make_unexpected(modems.error());
  network.inject([&](Exchange& exchange, Instant now) {
    for (const ModemId modem : *modems) fault(exchange, modem, now);
  });
  return fmt::format("{}: {}", number, done);
}

Said drop(LabNetwork& network, Words words) {
  return each(network, words[1], "the carrier is gone",
              [](Exchange& e, ModemId m, Instant now) { e.drop_carrier(m, now); });
}

Said freeze(LabNetwork& network, Words words) {
  const std::string_view way = words.size() > 2 ? words[2] : "both";
  if (way != "both" && way != "towards" && way != "from") {
    return wrong("freeze knows towards, from and both");
  }
  const bool towards = way != "from", from = way != "towards";
  return each(
      network, words[1],
      fmt::format("data {} it vanish, the carrier stays", way == "both" ? "to and from" : way),
      [=](Exchange& e, ModemId m, Instant now) { e.freeze(m, towards, from, now); });
}

Said thaw(LabNetwork& network, Words words) {
  return each(network, words[1], "data flow again",
              [](Exchange& e, ModemId m, Instant now) { e.freeze(m, false, false, now); });
}

Said retrain(LabNetwork& network, Words words) {
  const auto seconds = count_of(words[2], 3600);
  if (!seconds) return tl::make_unexpected(seconds.error());
  return each(network, words[1],
              fmt::format("nothing passes for {} s, the carrier stays", *seconds),
              [&](Exchange& e, ModemId m, Instant now) { e.retrain(m, 1s * *seconds, now); });
}

/// peer NUMBER MANNER: what the PPP behind the number's modems does wrong.
Said peer(LabNetwork& network, Words words) {
  const auto manner = lab::manner_named(words[2]);
  if (!manner) {
    std::string names;
    for (size_t i = 0; i < lab::kManners; ++i) {
      names += fmt::format("{}{}", i == 0 ? "" : ", ", lab::name(static_cast<lab::Manner>(i)));
    }
    return wrong(fmt::format("no manner \"{}\"; there are {}", phonebook::shown(words[2]), names));
  }
  return each(network, words[1], fmt::format("its PPP is of the manner {}", words[2]),
              [&](Exchange& e, ModemId m, Instant now) { e.set_manner(m, *manner, now); });
}

Said area(LabNetwork& network, Words words) {
  const auto fate = fate_named(words[1]);
  if (!fate) return wrong(fmt::format("no fate \"{}\"", phonebook::shown(words[1])));
  const bool outage = *fate != lab::Fate::Ring;
  network.inject(
      [&](Exchange& e, Instant) { e.set_area(outage ? std::optional(*fate) : std::nullopt); });
  return outage ? fmt::format("every call meets {}, until area ring", words[1])
                : "each number has its own fate again";
}

Said set_fate(LabNetwork& network, Words words) {
  const lab::Fate fate = *fate_named(words[0]);
  const std::string number(words[1]);
  if (lab::digits_of(number).empty()) return wrong("a number without a digit");
  if (words.size() < 3) {
    network.inject([&](Exchange& e, Instant) { e.set_fate(number, fate); });
    return fmt::format("{}: {} from now on", number, words[0]);
  }
  const auto calls = count_of(words[2], 1'000'000);
  if (!calls) return tl::make_unexpected(calls.error());
  network.inject([&](Exchange& e, Instant) { e.set_fate_once(number, fate, *calls); });
  return fmt::format("{}: {} for {} calls", number, words[0], *calls);
}

std::optional<lab::Cure> cure_named(std::string_view word) {
  constexpr std::array<std::string_view, 4> kCures = {"init", "reset", "reopen", "power"};
  const auto found = std::ranges::find(kCures, word);
  if (found == kCures.end()) return std::nullopt;
  return static_cast<lab::Cure>(found - kCures.begin());
}

Said wedge(LabNetwork& network, Words words) {
  const bool until = words.size() >= 4 && words[2] == "until";
  const auto cure = until ? cure_named(words[3]) : std::nullopt;
  const bool after = words.size() == 6 && words[4] == "after";
  if (!cure || (words.size() > 4 && !after)) {
    return wrong("write wedge NUMBER until init|reset|reopen|power [after COMMANDS]");
  }
  if (!after) {
    return each(network, words[1], fmt::format("hangs until {}", words[3]),
                [&](Exchange& e, ModemId m, Instant now) { e.wedge(m, *cure, now); });
  }
  const auto commands = count_of(words[5], 1000);
  if (!commands) return tl::make_unexpected(commands.error());
  return each(network, words[1],
              fmt::format("hangs after {} commands, until {}", *commands, words[3]),
              [&](Exchange& e, ModemId m, Instant) { e.wedge_after(m, *commands, *cure); });
}

Said power(LabNetwork& network, Words words) {
  return each(network, words[1], "switched off and on",
              [](Exchange& e, ModemId m, Instant now) { e.power_cycle(m, now); });
}

/// noise NUMBER PPM: octets that the number's modems send are changed.
Said noise(LabNetwork& network, Words words) {
  const auto ppm = count_of(words[2], 1'000'000);
  if (!ppm) return tl::make_unexpected(ppm.error());
  const bool loss = words[0] == "loss";
  return each(network, words[1],
              fmt::format("{} of a million octets {}", *ppm, loss ? "are lost" : "are changed"),
              [&](Exchange& e, ModemId m, Instant) {
                lab::Channel channel = e.channel(m);
                (loss ? channel.octet_loss_ppm : channel.octet_error_ppm) = *ppm;
                e.set_channel(m, channel);
              });
}

Said strap(LabNetwork& network, Words words) {
  const bool on = words[2] == "on";
  if (!on && words[2] != "off") return wrong("write strap NUMBER on or off");
  return each(network, words[1], on ? "DCD is wired high" : "DCD follows the carrier",
              [on](Exchange& e, ModemId m, Instant now) {
                lab::Habits habits = e.habits(m);
                habits.dcd_strapped = on;
                e.set_habits(m, habits, now);
              });
}

Said unplug(LabNetwork& network, Words words) {
  const auto modems = modems_of(network, words[1]);
  if (!modems) return tl::make_unexpected(modems.error());
  for (const ModemId modem : *modems) network.unplug(modem);
  return fmt::format("{}: unplugged", words[1]);
}

Said plug(LabNetwork& network, Words words) {
  const auto modems = modems_of(network, words[1]);
  if (!modems) return tl::make_unexpected(modems.error());
  std::string said;
  for (const ModemId modem : *modems) {
    const auto path = network.plug_in(modem);
    if (!path) return tl::make_unexpected(path.error());
    said += fmt::format("{}{}: {}", said.empty() ? "" : "\n", words[1], *path);
  }
  return said;
}

Said trunks(LabNetwork& network, Words words) {
  if (words[1] == "all") {
    network.inject([](Exchange& e, Instant) { e.set_trunks(std::nullopt); });
    return "as many calls as it takes";
  }
  const auto calls = count_of(words[1], 1'000'000);
  if (!calls) return tl::make_unexpected(calls.error());
  network.inject([&](Exchange& e, Instant) { e.set_trunks(*calls); });
  return fmt::format("{} calls at a time", *calls);
}

Said status(LabNetwork& network, Words) {
  const Exchange& exchange = network.exchange();
  std::string said;
  for (uint32_t i = 0; i < exchange.modems(); ++i) {
    const ModemId modem{i};
    const std::string_view state = exchange.in_call(modem)   ? "in a call"
                                   : exchange.on_hook(modem) ? "on hook"
                                                             : "off hook";
    said += fmt::format("{}{:<12} {:<10} {} dials, last {}", said.empty() ? "" : "\n",
                        exchange.number(modem), state, exchange.dials(modem),
                        exchange.dials(modem) == 0 ? "-" : exchange.last_dialled(modem));
  }
  return said;
}

struct Verb {
  std::string_view name, arguments, text;
  size_t least, most;  // words, the name included
  Said (*run)(LabNetwork&, Words);
};

// clang-format off
constexpr std::array<Verb, 23> kVerbs = {{
  {"drop",        "NUMBER",                     "its call is lost, NO CARRIER at both ends", 2, 2, drop},
  {"freeze",      "NUMBER [towards|from|both]", "data vanish, the carrier stays",            2, 3, freeze},
  {"thaw",        "NUMBER",                     "the end of freeze",                         2, 2, thaw},
  {"retrain",     "NUMBER SECONDS",             "nothing passes for so long; nothing is lost", 3, 3, retrain},
  {"peer",        "NUMBER MANNER",              "its PPP misbehaves; none: no longer",       3, 3, peer},
  {"area",        "FATE",                       "every call meets it, until area ring",      2, 2, area},
  {"ring",        "NUMBER [CALLS]",             "calls to it ring again",                    2, 3, set_fate},
  {"busy",        "NUMBER [CALLS]",             "calls to it find it busy",                  2, 3, set_fate},
  {"no-answer",   "NUMBER [CALLS]",             "it rings in vain",                          2, 3, set_fate},
  {"no-dialtone", "NUMBER [CALLS]",             "who dials it has no dial tone",             2, 3, set_fate},
  {"voice",       "NUMBER [CALLS]",             "a person answers",                          2, 3, set_fate},
  {"reorder",     "NUMBER [CALLS]",             "the network is busy",                       2, 3, set_fate},
  {"silence",     "NUMBER [CALLS]",             "nothing is heard",                          2, 3, set_fate},
  {"wedge",       "NUMBER until init|reset|reopen|power [after COMMANDS]", "the modem hangs", 4, 6, wedge},
  {"power",       "NUMBER",                     "the modem is switched off and on",          2, 2, power},
  {"noise",       "NUMBER PPM",                 "so many octets it sends are changed",       3, 3, noise},
  {"loss",        "NUMBER PPM",                 "so many octets it sends are lost",          3, 3, noise},
  {"strap",       "NUMBER on|off",              "DCD is wired high",                         3, 3, strap},
  {"unplug",      "NUMBER",                     "its pty or TCP port goes away",             2, 2, unplug},
  {"plug",        "NUMBER",                     "and is there again, a pty by another name", 2, 2, plug},
  {"trunks",      "CALLS|all",                  "so many calls at a time, all lines together", 2, 2, trunks},
  {"status",      "",                           "the modems",                                1, 1, status},
  {"help",        "",                           "this text",                                 1, 1, nullptr},
}};
// clang-format on

std::string help() {
  constexpr size_t kColumn = 32;
  std::string text;
  for (const Verb& verb : kVerbs) {
    const std::string written = fmt::format("{} {}", verb.name, verb.arguments);
    const bool apart = written.size() > kColumn;
    text += fmt::format("{}{:<{}}{}{}", text.empty() ? "" : "\n", written, kColumn + 2,
                        apart ? fmt::format("\n{:{}}", "", kColumn + 2) : "", verb.text);
  }
  return text;
}

}  // namespace

std::string ExchangeDesk::obey(std::string_view line) {
  const auto words = words_of(line);
  if (words.empty()) return "";
  const auto verb = std::ranges::find(kVerbs, words[0], &Verb::name);
  if (verb == kVerbs.end()) {
    return fmt::format("error: no command \"{}\"; nothing is done; see help",
                       phonebook::shown(words[0]));
  }
  if (words.size() < verb->least || words.size() > verb->most) {
    return fmt::format("error: nothing is done; write {} {}", verb->name, verb->arguments);
  }
  if (verb->run == nullptr) return help();
  const Said said = verb->run(network_, words);
  return said ? *said : fmt::format("error: {}: {}", verb->name, said.error().text);
}

}  // namespace redial::cli
