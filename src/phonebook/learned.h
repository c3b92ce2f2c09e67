// SPDX-License-Identifier: Apache-2.0
// What calls have taught, kept apart from what people write: which numbers connected, the latest
// first (PromoteAlternates). One line each: entry, tab, number.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "phonebook/entry.h"

namespace redial::phonebook {

constexpr size_t kLearnedOctetsMax = 1 << 20;
constexpr size_t kLearnedEntriesMax = 10'000;
constexpr size_t kLearnedNumbersMax = 256;  // of one entry

using Learned = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Never fails: what is not understood was not learned.
Learned read_learned(std::string_view octets);
std::string write_learned(const Learned& learned);

/// This number of the entry has connected.
void learn(Learned& learned, std::string_view entry, std::string_view number);
/// The entry's numbers in the order that was learned; the others after them, as they were. Only
/// where promote_alternates asks for it.
void apply_learned(const Learned& learned, Entry& entry);

}  // namespace redial::phonebook
