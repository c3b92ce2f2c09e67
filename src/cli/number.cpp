// SPDX-License-Identifier: Apache-2.0
#include "cli/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/dialling.h"
#include "io/files.h"
#include "modem/number.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::Entry;
using phonebook::shown;
using telephony::Location;
using telephony::Translation;
using Json = nlohmann::ordered_json;
using Translations = std::vector<Translation>;

namespace {

const Location* pointer_to(const std::optional<Location>& place) {
  return place ? &*place : nullptr;
}

bool complete(const Translations& numbers) {
  return std::ranges::all_of(numbers,
                             [](const Translation& each) { return each.dialled.has_value(); });
}

bool dials(const telephony::CallingCard& card, char letter) {
  return (card.local + card.long_distance + card.international).find(letter) != std::string::npos;
}

/// What the credentials do not have is asked for.
Result<void> ask_for(const telephony::CallingCard& card, phonebook::CardSecret& secret) {
  const auto ask = [&](std::optional<Secret>& into, char letter,
                       std::string_view what) -> Result<void> {
    if (into || !dials(card, letter)) return {};
    if (!at_terminal()) {
      return fail(ErrorKind::Refused,
                  fmt::format("calling card {}: its {} is not known, and there is no terminal to "
                              "ask on; nothing is dialled; write it into a credentials.toml of "
                              "mode 0600, below [calling_card.\"{}\"]",
                              shown(card.name), what, shown(card.name)));
    }
    auto typed =
        io::prompt_password(fmt::format("{} of calling card {}: ", what, shown(card.name)));
    if (!typed) return tl::make_unexpected(std::move(typed).error());
    into = *std::move(typed);
    return {};
  };
  if (auto ok = ask(secret.number, 'H', "number"); !ok) return ok;
  return ask(secret.pin, 'K', "PIN");
}

std::string words(telephony::Reach reach) {
  std::string text(name(reach));
  std::ranges::replace(text, '-', ' ');
  return text;
}

std::string text_of(const std::string& number, const std::string& from, const Translation& made) {
  size_t width = 0;
  for (const telephony::DialStep& step : made.steps) width = std::max(width, step.text.size());
  std::string out = fmt::format("{} from {}: {}\n", shown(number), shown(from), words(made.reach));
  for (const telephony::DialStep& step : made.steps) {
    out += fmt::format("  {:<{}}  {}\n", step.text, width, step.why);
  }
  for (const std::string& note : made.notes) out += fmt::format("  note: {}\n", note);
  out += fmt::format("dialled: {}\n", dialled_text(made));
  // The number came from the command line as it is: no escape sequence of its may reach a terminal.
  std::string clean;
  for (std::string_view rest = out; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    clean += phonebook::without_control_characters(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return clean;
}

std::string json_of(const std::string& number, const std::string& from, const Translation& made) {
  Json steps = Json::array();
  for (const telephony::DialStep& step : made.steps) {
    steps.push_back({{"text", step.text}, {"why", step.why}});
  }
  const Json out = {{"number", number},          {"from", from},
                    {"reach", name(made.reach)}, {"dialled", dialled_text(made)},
                    {"steps", std::move(steps)}, {"notes", made.notes}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// A number that is none is none from everywhere.
Result<void> check_number(const std::string& number) {
  if (telephony::is_canonical(number)) {
    const auto parsed = telephony::parse_canonical(number);
    if (parsed) return {};
    return fail(ErrorKind::Unsupported,
                fmt::format("the phone number \"{}\", column {}: {}", shown(number),
                            parsed.error().column, parsed.error().text));
  }
  if (modem::dialable(number)) return {};
  return fail(ErrorKind::Unsupported,
              fmt::format("the phone number \"{}\" has something in it that no telephone dials; "
                          "nothing is shown; write it as +1 (425) 555-0100, or as it is dialled",
                          shown(number)));
}

Error no_location() {
  return {ErrorKind::NotFound,
          "no location is declared, so it is not known what would be dialled; say where you are in "
          "redial.toml: [[location]] with name = \"home\", country_code = 1, area_code = \"425\", "
          "and outside_local = \"9,\" behind a switchboard"};
}

}  // namespace

Result<std::optional<Location>> place_of(const Workspace& workspace, std::string_view location,
                                         const phonebook::CardSecret* secret) {
  const auto declared = find_location(workspace, location);
  if (!declared) return tl::make_unexpected(declared.error());
  if (*declared == nullptr) return std::optional<Location>();
  return engine::location_of(**declared, workspace.calling_cards, secret).map([](Location made) {
    return std::optional(std::move(made));
  });
}

Result<Translations> numbers_to_show(const Workspace& workspace, const Entry& entry) {
  const auto place = place_of(workspace, entry.location);
  if (!place) return tl::make_unexpected(place.error());
  return engine::dialled_numbers(entry, pointer_to(*place));
}

Result<Translations> numbers_to_dial(const Workspace& workspace, const Entry& entry) {
  auto numbers = numbers_to_show(workspace, entry);
  if (!numbers || complete(*numbers)) return numbers;
  // Only a card leaves a gap, and only a location that was found has one.
  auto place = place_of(workspace, entry.location);
  auto secret = find_card_secret(workspace, (*place)->card->name);
  if (!secret) return tl::make_unexpected(std::move(secret).error());
  if (auto ok = ask_for(*(*place)->card, *secret); !ok) {
    return tl::make_unexpected(std::move(ok).error());
  }
  place = place_of(workspace, entry.location, &*secret);
  return engine::dialled_numbers(entry, pointer_to(*place));
}

Result<std::string> number_report(const Workspace& workspace, const std::string& number,
                                  const std::string& from, bool json) {
  if (auto ok = check_number(number); !ok) return tl::make_unexpected(std::move(ok).error());
  const auto place = place_of(workspace, from);
  if (!place) return tl::make_unexpected(place.error());
  if (!*place) return tl::make_unexpected(unread_config(workspace).value_or(no_location()));
  Entry entry;
  phonebook::Number written;
  written.digits = number;
  auto made = engine::dialled_number(entry, written, pointer_to(*place));
  if (!made) return tl::make_unexpected(std::move(made).error());
  if (made->reach == telephony::Reach::AsWritten) {
    made->notes.emplace_back(
        "it does not begin with +, so it is dialled as it is written; write it as +1 (425) "
        "555-0100 to have it dialled by the rules");
  }
  const auto declared = find_location(workspace, from);
  if (declared && *declared != nullptr && (*declared)->blind) {
    made->notes.emplace_back(
        "its dial tone is not waited for (blind): the modem is sent ATX3 before it dials");
  }
  return json ? json_of(number, (*place)->name, *made) : text_of(number, (*place)->name, *made);
}

int number(const Sources& sources, const std::vector<std::string>& words, const std::string& from,
           bool json) {
  std::string number;
  for (const std::string& word : words) number += (number.empty() ? "" : " ") + word;
  if (const auto ok = check_number(number); !ok) return complain(ok.error());
  const bool nowhere = sources.phonebook.empty() && find_config(sources).empty();
  if (nowhere) return complain(no_location());
  const auto workspace = load_workspace(sources);
  if (!workspace) return complain(workspace.error());
  const auto report = number_report(*workspace, number, from, json);
  if (!report) return complain(report.error());
  fmt::print("{}", *report);
  return 0;
}

}  // namespace redial::cli
