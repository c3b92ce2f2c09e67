// SPDX-License-Identifier: Apache-2.0
#include "phonebook/learned.h"

#include <algorithm>

#include "phonebook/phonebook.h"
#include "phonebook/text.h"

namespace redial::phonebook {

Learned read_learned(std::string_view octets) {
  Learned learned;
  if (octets.size() > kLearnedOctetsMax) return learned;
  while (!octets.empty()) {
    const size_t end = std::min(octets.find('\n'), octets.size());
    const std::string_view line = octets.substr(0, end);
    octets.remove_prefix(std::min(end + 1, octets.size()));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    const std::string_view entry = line.substr(0, tab), number = line.substr(tab + 1);
    const bool sound = !name_problem(entry) && is_utf8(entry) && !number.empty() &&
                       number.size() <= kNumberOctetsMax && is_utf8(number) &&
                       !has_control_characters(number);
    if (!sound) continue;
    if (learned.size() >= kLearnedEntriesMax && !learned.contains(entry)) continue;
    auto& numbers = learned[std::string(entry)];
    const bool known = std::ranges::find(numbers, number) != numbers.end();
    if (!known && numbers.size() < kLearnedNumbersMax) numbers.emplace_back(number);
  }
  return learned;
}

std::string write_learned(const Learned& learned) {
  std::string out;
  for (const auto& [entry, numbers] : learned) {
    for (const std::string& number : numbers) out += entry + '\t' + number + '\n';
  }
  return out;
}

void learn(Learned& learned, std::string_view entry, std::string_view number) {
  auto& numbers = learned[std::string(entry)];
  std::erase(numbers, number);
  numbers.emplace(numbers.begin(), number);
  if (numbers.size() > kLearnedNumbersMax) numbers.pop_back();
}

void apply_learned(const Learned& learned, Entry& entry) {
  const auto found = learned.find(entry.name);
  if (!entry.promote_alternates || found == learned.end()) return;
  std::vector<Number>& numbers = entry.numbers;
  // What the phonebook puts first is first among those of which nothing was learned.
  if (entry.first_number < numbers.size()) {
    const auto first = numbers.begin() + entry.first_number;
    std::rotate(numbers.begin(), first, first + 1);
  }
  entry.first_number = 0;
  const auto rank = [&](const Number& number) {
    return std::ranges::find(found->second, number.digits) - found->second.begin();
  };
  std::ranges::stable_sort(numbers, {}, rank);
}

}  // namespace redial::phonebook
