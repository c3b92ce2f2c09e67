// SPDX-License-Identifier: Apache-2.0
// The words after `rasdial`, one a line, and the services wished for in `redial dial`: never a
// crash, and an error never repeats the password.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/dial_plan.h"
#include "cli/rasdial_words.h"
#include "core/bytes.h"
#include "core/check.h"

using namespace redial;
using namespace redial::cli;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text({data, size});
  std::vector<std::string> words;
  for (size_t at = 0; at <= text.size() && words.size() < 64;) {
    const size_t end = std::min(text.find('\n', at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  const auto secret = password_word(words);
  REDIAL_ASSERT(!secret || *secret < words.size());
  const auto said = parse_rasdial(words);
  if (said) {
    REDIAL_ASSERT(said->password.has_value() == secret.has_value());
    if (secret) REDIAL_ASSERT(said->password->reveal() == words[*secret]);
    REDIAL_ASSERT(said->verb != RasdialWords::Verb::Dial || !words.empty());
  } else {
    REDIAL_ASSERT(!said.error().text.empty());
  }
  for (const std::string& word : words) {
    const ServiceWish wish = service_wish(word, words);
    REDIAL_ASSERT(wish.entry.size() + wish.value.size() <= word.size());
  }
  return 0;
}
