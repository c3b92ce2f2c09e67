// SPDX-License-Identifier: Apache-2.0
#include "modem/sim_pin.h"

#include <algorithm>

#include "core/text.h"

namespace redial::modem {
namespace {

/// A command, and how many values stand before the first secret one.
struct SecretCommand {
  std::string_view name;
  size_t open;
};
constexpr SecretCommand kSecretCommands[] = {{"+cpin=", 0}, {"+clck=", 2}, {"+cpwd=", 1}};

/// Where each secret value stands in `command`: begin and length, without its quotes.
struct Span {
  size_t begin, length;
};

/// The values of one command, from `at` to its end.
void take_values(std::string_view command, size_t at, size_t open, std::vector<Span>& into) {
  const size_t end = std::min(command.find_first_of(";\r\n<", at), command.size());
  for (size_t value = 0; at <= end; ++value) {
    const size_t comma = std::min(command.find(',', at), end);
    size_t begin = at, length = comma - at;
    const auto is_edge = [&](size_t i) {
      return std::string_view("\"' \\").find(command[i]) != std::string_view::npos;
    };
    while (length > 0 && is_edge(begin)) ++begin, --length;
    while (length > 0 && is_edge(begin + length - 1)) --length;
    // The last value of +CLCK is a class of services: one digit, and behind the PIN.
    if (value >= open && length > 1) into.push_back({begin, length});
    at = comma + 1;
  }
}

std::vector<Span> secrets_in(std::string_view command) {
  const std::string text = chars::lower(command);
  std::vector<Span> found;
  for (const SecretCommand& each : kSecretCommands) {
    for (size_t at = text.find(each.name); at != std::string::npos;
         at = text.find(each.name, at + 1))
      take_values(command, at + each.name.size(), each.open, found);
  }
  std::ranges::sort(found, {}, &Span::begin);
  return found;
}

}  // namespace

std::vector<std::string> sim_pins(std::string_view text) {
  std::vector<std::string> pins;
  std::string command(text);
  constexpr std::string_view kQuote = "<h22>";  // as MODEM.INF has it
  for (size_t at = 0; (at = command.find(kQuote, at)) != std::string::npos; ++at)
    command.replace(at, kQuote.size(), "\"");
  constexpr size_t kPinMin = 4;  // 3GPP TS 31.101
  for (const Span& span : secrets_in(command))
    if (span.length >= kPinMin) pins.push_back(command.substr(span.begin, span.length));
  return pins;
}

std::string without_sim_pins(std::string_view command) {
  std::string made;
  size_t done = 0;
  for (const Span& span : secrets_in(command)) {
    if (span.begin < done) continue;
    made += command.substr(done, span.begin - done);
    made += "***";
    done = span.begin + span.length;
  }
  return made.append(command.substr(done));
}

}  // namespace redial::modem
