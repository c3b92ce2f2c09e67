// SPDX-License-Identifier: Apache-2.0
#include "phonebook/learned.h"

#include <doctest/doctest.h>

using namespace redial::phonebook;

namespace {

Entry office() {
  Entry entry;
  entry.name = "Head Office";
  entry.promote_alternates = true;
  for (const char* digits : {"1", "2", "3", "4"}) entry.numbers.emplace_back().digits = digits;
  return entry;
}
std::string order(const Learned& learned, Entry entry) {
  apply_learned(learned, entry);
  std::string out;
  for (const Number& number : entry.numbers) out += number.digits;
  return out;
}

}  // namespace

TEST_CASE("numbers that connected come first, the latest at the top; the others keep their order") {
  Learned learned;
  CHECK(order(learned, office()) == "1234");
  learn(learned, "Head Office", "3");
  learn(learned, "Head Office", "4");
  learn(learned, "Head Office", "3");
  CHECK(order(learned, office()) == "3412");
  CHECK(order(read_learned(write_learned(learned)), office()) == "3412");
}

TEST_CASE("LastSelectedPhone leads those of which nothing was learned") {
  Learned learned;
  learn(learned, "Head Office", "4");
  Entry entry = office();
  entry.first_number = 2;
  CHECK(order(learned, entry) == "4312");
}

TEST_CASE("without PromoteAlternates nothing is applied") {
  Learned learned;
  learn(learned, "Head Office", "4");
  Entry entry = office();
  entry.promote_alternates = false;
  CHECK(order(learned, entry) == "1234");
}

TEST_CASE("what is damaged was not learned") {
  const Learned learned = read_learned(
      "no tab\n\tno entry\nHead Office\t\nHead Office\t3\x01\nHead Office\t2\n\n\tx\nHead "
      "Office\t2");
  CHECK(write_learned(learned) == "Head Office\t2\n");
  CHECK(read_learned(std::string(kLearnedOctetsMax + 1, 'x')).empty());
}
