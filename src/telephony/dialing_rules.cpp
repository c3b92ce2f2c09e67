// SPDX-License-Identifier: Apache-2.0
#include "telephony/dialing_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "modem/number.h"
#include "telephony/dialing_countries.h"

namespace redial::telephony {
namespace {

/// The three rules that count at a location: its own, else those of its country.
struct Rules {
  std::string_view local, long_distance, international;
};

Result<Rules> rules_of(const Location& location) {
  const Country known = [&] {
    const Country* country = country_of(location.country_code);
    return country == nullptr ? Country{} : *country;
  }();
  const auto own = [](const std::string& rule, std::string_view otherwise) {
    return rule.empty() ? otherwise : std::string_view(rule);
  };
  const Rules rules{own(location.local, known.local),
                    own(location.long_distance, known.long_distance),
                    own(location.international, known.international)};
  if (!rules.local.empty() && !rules.long_distance.empty() && !rules.international.empty()) {
    return rules;
  }
  return fail(ErrorKind::BadFile,
              fmt::format("location {}: how one dials in {} is not known here, so nothing is "
                          "dialled from it; write local = \"G\", long_distance = \"0FG\" and "
                          "international = \"00EFG\" as they are there",
                          location.name, country_text(location.country_code)));
}

/// An area code that is none would make every number of it long distance.
Result<void> check_areas(const Location& location) {
  const auto wrong = [&](std::string_view key, const std::string& code) -> Result<void> {
    const auto problem = area_problem(location.country_code, code);
    if (!problem) return {};
    return fail(ErrorKind::BadFile,
                fmt::format("location {}: {} = \"{}\": {}; nothing is dialled from it; correct it",
                            location.name, key, code, *problem));
  };
  if (auto ok = wrong("area_code", location.area_code); !ok) return ok;
  for (const AreaRule& rule : location.area_rules) {
    if (auto ok = wrong("area_code of a rule", rule.area_code); !ok) return ok;
  }
  return {};
}

/// The number with its area told apart, seen from the location, and how it is reached.
struct Route {
  Reach reach = Reach::International;
  std::string area_code, number;
  const AreaRule* area_rule = nullptr;
  std::string note;
};

bool fits(const AreaRule& rule, std::string_view number) {
  if (rule.prefixes.empty()) return true;
  const bool listed = std::ranges::any_of(
      rule.prefixes, [&](const std::string& prefix) { return number.starts_with(prefix); });
  return listed != rule.except;
}

/// Area codes are of any length, yet none begins with another: a number that begins with the
/// location's own area code, or with one that a rule names, is of that area.
void tell_area_apart(const Location& location, Route& route) {
  const auto take = [&](const std::string& code) {
    if (!route.area_code.empty() || code.empty() || route.number.size() <= code.size()) return;
    if (!route.number.starts_with(code)) return;
    route.area_code = code;
    route.number.erase(0, code.size());
  };
  if (location.country_code == kNorthAmerica) {
    if (!route.area_code.empty() || location.area_code.empty()) return;
    route.area_code = location.area_code;
    route.note = fmt::format("it has no area code: it is taken to be in area {}, the location's",
                             location.area_code);
    return;
  }
  take(location.area_code);
  for (const AreaRule& rule : location.area_rules) take(rule.area_code);
}

Route route_of(const CanonicalNumber& number, const Location& location, const Rules& rules) {
  Route route{.area_code = number.area_code, .number = number.number, .note = {}};
  if (number.country_code != location.country_code) return route;
  tell_area_apart(location, route);
  route.reach = route.area_code == location.area_code ? Reach::Local : Reach::LongDistance;
  for (const AreaRule& rule : location.area_rules) {
    if (rule.area_code != route.area_code || !fits(rule, route.number)) continue;
    route.area_rule = &rule;
    // Whoever dials the country's prefix places a toll call; else the exchange takes it as local.
    // Where local calls have the prefix as well, or none has one, it tells nothing.
    const std::string_view toll = prefix_of(rules.long_distance);
    if (!prefix_of(rules.local).starts_with(toll)) {
      const bool dials_toll = prefix_of(rule.dial).starts_with(toll);
      route.reach = dials_toll ? Reach::LongDistance : Reach::Local;
    }
    break;
  }
  return route;
}

/// One of three texts, by how far the call goes.
template <class T>
const T& by_reach(Reach reach, const T& local, const T& long_distance, const T& international) {
  switch (reach) {
    case Reach::AsWritten:
    case Reach::Local: return local;
    case Reach::LongDistance: return long_distance;
    case Reach::International: return international;
  }
  return local;
}

std::string_view words(Reach reach) {
  switch (reach) {
    case Reach::AsWritten: return "as written";
    case Reach::Local: return "a local call";
    case Reach::LongDistance: return "long distance";
    case Reach::International: return "international";
  }
  return "";
}

/// Collects what is dialled, step by step; from a rule letter by letter.
class Assembler {
 public:
  Assembler(const CanonicalNumber& number, const Location& location, Route route)
      : number_(number), location_(location), route_(std::move(route)) {}

  Result<Translation> run(const Rules& rules) {
    before_the_number();
    if (auto ok = number_part(rules); !ok) return tl::make_unexpected(std::move(ok).error());
    add(number_.extension, "behind the number, as it is written");
    if (!route_.note.empty()) note(route_.note);
    if (country_of(number_.country_code) == nullptr) {
      note(fmt::format("no country has the code +{}; it is dialled all the same",
                       number_.country_code));
    }
    if (!number_.subaddress.empty()) {
      note(fmt::format("the ISDN sub-address {} is left out: a modem cannot dial it",
                       number_.subaddress));
    }
    if (number_.more) note("the further addresses behind the first are left out");
    return finish();
  }

 private:
  void add(std::string_view text, std::string why) {
    if (text.empty()) return;
    dialled_ += text;
    made_.steps.push_back({std::string(text), std::move(why)});
  }
  void add_shown_as(std::string_view text, std::string_view shown, std::string why) {
    if (text.empty()) return;
    dialled_ += text;
    made_.steps.push_back({std::string(shown), std::move(why)});
  }
  void add_secret(std::optional<Secret> CallingCard::*which, std::string why) {
    const auto secret = location_.card ? *location_.card.*which : std::nullopt;
    if (secret) dialled_ += secret->reveal();
    complete_ = complete_ && secret.has_value();
    made_.covered = true;
    made_.steps.push_back({Secret().shown(), std::move(why)});
  }
  void note(std::string text) { made_.notes.push_back(std::move(text)); }

  void before_the_number() {
    if (location_.signalling) {
      const bool pulse = *location_.signalling == Signalling::Pulse;
      add(pulse ? "P" : "T", pulse ? "pulse dialling" : "tone dialling");
    }
    const std::string& far = location_.outside_long_distance.value_or(location_.outside_local);
    const bool local = route_.reach == Reach::Local;
    add(local ? location_.outside_local : far,
        local ? "an outside line for local calls" : "an outside line for long distance");
    add(location_.cancel_call_waiting,
        "call waiting is off during the call: its beep would end it");
  }

  Result<void> number_part(const Rules& rules) {
    const std::string_view plain =
        route_.area_rule != nullptr
            ? std::string_view(route_.area_rule->dial)
            : by_reach(route_.reach, rules.local, rules.long_distance, rules.international);
    if (!location_.card) return expand(plain, plain_why(), true);
    const CallingCard& card = *location_.card;
    const std::string& rule =
        by_reach(route_.reach, card.local, card.long_distance, card.international);
    if (rule.empty()) return expand(plain, plain_why(), true);
    return expand(rule, fmt::format("the calling card {}", card.name), false);
  }

  std::string plain_why() const {
    if (route_.area_rule == nullptr) {
      return route_.reach == Reach::International
                 ? fmt::format("international, from {}", country_text(location_.country_code))
                 : fmt::format("{} within {}", words(route_.reach),
                               country_text(location_.country_code));
    }
    const AreaRule& rule = *route_.area_rule;
    return fmt::format("{}: the rule for area {}{}", words(route_.reach), rule.area_code,
                       rule.prefixes.empty() ? ""
                       : rule.except         ? ", all but some numbers"
                                             : ", some numbers");
  }

  /// Where a rule of the location's is nothing but this, no digits of its own tell of it.
  std::string by_area_rule(std::string_view rule) const {
    const bool told = route_.area_rule != nullptr && route_.area_rule->dial == rule;
    return told ? fmt::format(", by the rule for area {}", route_.area_rule->area_code) : "";
  }

  /// A carrier's code goes where the rule has its letter, else in front.
  Result<void> expand(std::string_view rule, const std::string& why, bool carrier) {
    const bool far = route_.reach != Reach::Local && carrier;
    if (far && rule.find_first_of("NLSM") == std::string_view::npos) add_carrier();
    std::string run;  // characters that stand for themselves
    for (const char letter : rule) {
      const bool stands_for_more = std::string_view("EFGHKNLSM").find(letter) != rule.npos;
      if (!stands_for_more) {
        if (letter != ' ') run += letter;
        continue;
      }
      add(std::exchange(run, {}), why);
      if (auto ok = expand(letter); !ok) return ok;
    }
    add(run, why);
    return {};
  }

  Result<void> expand(char letter) {
    switch (letter) {
      case 'E':
        add(fmt::format("{}", number_.country_code),
            "country code: " + country_text(number_.country_code));
        return {};
      case 'F': add(route_.area_code, "area code" + by_area_rule("FG")); return {};
      case 'G': {
        const bool whole = route_.number == number_.number;
        add_shown_as(route_.number, whole ? number_.written : route_.number,
                     "the number" + by_area_rule("G"));
        return {};
      }
      case 'H': add_secret(&CallingCard::number, "the card's number"); return {};
      case 'K': add_secret(&CallingCard::pin, "the card's PIN"); return {};
      case 'L':
      case 'M':
        if (carrier_code().empty()) return no_carrier();
        [[fallthrough]];
      default: add_carrier(); return {};
    }
  }

  const std::string& carrier_code() const {
    return route_.reach == Reach::International ? location_.international_carrier
                                                : location_.long_distance_carrier;
  }
  void add_carrier() { add(carrier_code(), "the carrier for " + std::string(words(route_.reach))); }
  Result<void> no_carrier() const {
    const bool international = route_.reach == Reach::International;
    return fail(
        ErrorKind::BadFile,
        fmt::format("location {}: in {} a call of this kind ({}) needs the code of a "
                    "carrier; it is not dialled; write {} = \"...\"",
                    location_.name, country_text(location_.country_code), words(route_.reach),
                    international ? "international_carrier" : "long_distance_carrier"));
  }

  Result<Translation> finish() {
    made_.reach = route_.reach;
    if (dialled_.size() > kNumberMax) {
      return fail(ErrorKind::Unsupported,
                  fmt::format("{} from {}: {} characters to dial, {} is the limit (RAS error 723); "
                              "it is not dialled; shorten the codes of the location",
                              to_text(number_), location_.name, dialled_.size(), kNumberMax));
    }
    const auto clean = modem::dialable(dialled_);
    if (!clean) {
      return fail(ErrorKind::BadFile,
                  fmt::format("{} from {}: the rules make \"{}\", which no modem can dial; it is "
                              "not dialled; correct the codes of the location",
                              to_text(number_), location_.name, displayed_text(made_)));
    }
    if (complete_) made_.dialled = Secret(*clean);
    return std::move(made_);
  }

  const CanonicalNumber& number_;
  const Location& location_;
  Route route_;
  std::string dialled_;
  bool complete_ = true;  // no secret is missing in dialled_
  Translation made_;
};

}  // namespace

std::string_view name(Reach reach) {
  switch (reach) {
    case Reach::AsWritten: return "as-written";
    case Reach::Local: return "local";
    case Reach::LongDistance: return "long-distance";
    case Reach::International: return "international";
  }
  return "";
}

std::string dialled_text(const Translation& translation) {
  std::string out;
  for (const DialStep& step : translation.steps) {
    // Secret().shown() is three tones to a modem, so it is recognised as a whole.
    out +=
        step.text == Secret().shown() ? step.text : modem::dialable(step.text).value_or(step.text);
  }
  return out;
}

std::string displayed_text(const Translation& translation) {
  std::string out;
  for (const DialStep& step : translation.steps) out += (out.empty() ? "" : " ") + step.text;
  return out;
}

Result<void> check(const Location& location) {
  if (const auto rules = rules_of(location); !rules) return tl::make_unexpected(rules.error());
  return check_areas(location);
}

Result<Translation> translate(const CanonicalNumber& number, const Location& location) {
  const auto rules = rules_of(location);
  if (!rules) return tl::make_unexpected(rules.error());
  if (auto ok = check_areas(location); !ok) return tl::make_unexpected(std::move(ok).error());
  return Assembler(number, location, route_of(number, location, *rules)).run(*rules);
}

Translation as_written(std::string_view number, std::string why) {
  Translation made;
  made.dialled = Secret(std::string(number));
  made.steps.push_back({std::string(number), std::move(why)});
  return made;
}

}  // namespace redial::telephony
