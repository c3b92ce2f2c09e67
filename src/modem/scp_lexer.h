// SPDX-License-Identifier: Apache-2.0
// .scp scripts below the level of meaning: words, numbers, texts and signs, with their places.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "modem/inf_lexer.h"

namespace redial::modem::scp {

using inf::Complaints;
using inf::Place;

struct Token {
  enum class Kind : uint8_t { Word, Number, Text, Sign, End };
  Kind kind = Kind::End;
  std::string text;  // Word: in lower case, with its $; Sign: "=="; Text: ^M, <cr> and \" undone
  std::string raw;   // Text: with ^M and <cr> as they stand
  int32_t number = 0;
  Place at{};
};

/// Ends with an End. What cannot be read is in the complaints.
std::vector<Token> tokens(std::string_view octets, Complaints& complaints);

}  // namespace redial::modem::scp
