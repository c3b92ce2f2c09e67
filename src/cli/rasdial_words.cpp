// SPDX-License-Identifier: Apache-2.0
#include "cli/rasdial_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/text.h"

namespace redial::cli {

using phonebook::same_word;
using phonebook::shown;

namespace {

bool is_option(const std::string& word) {
  return word.size() > 1 && (word[0] == '/' || word[0] == '-');
}

/// A word of one option: "/PHONE:5550100" -> "PHONE", "5550100".
struct Option {
  std::string_view name, value;
};
Option option_of(std::string_view word) {
  const size_t colon = std::min(word.find(':'), word.size());
  return {word.substr(1, colon - 1), word.substr(std::min(colon + 1, word.size()))};
}

Result<void> take_option(const std::string& word, RasdialWords& said) {
  const Option option = option_of(word);
  const auto is = [&](std::string_view name) { return same_word(option.name, name); };
  if (is("?") || is("h") || is("help")) {
    said.verb = RasdialWords::Verb::Help;
  } else if (is("disconnect") || is("d")) {
    said.verb = RasdialWords::Verb::Disconnect;
  } else if (is("domain")) {
    said.domain = option.value;
  } else if (is("phone")) {
    said.phone = option.value;
  } else if (is("phonebook")) {
    said.phonebook = option.value;
  } else if (is("prefixsuffix")) {
    said.by_rules = true;
  } else if (is("callback")) {
    return fail(ErrorKind::Unsupported,
                fmt::format("{}: is not done here; nothing is dialled; set callback = in the entry",
                            shown(word)));
  } else {
    return fail(ErrorKind::Usage,
                fmt::format("{}: no such option; nothing is done; see rasdial /?", shown(word)));
  }
  return {};
}

}  // namespace

Result<RasdialWords> parse_rasdial(std::span<const std::string> words) {
  RasdialWords said;
  size_t plain = 0;
  for (const std::string& word : words) {
    if (is_option(word)) {
      if (auto ok = take_option(word, said); !ok) return tl::make_unexpected(ok.error());
      continue;
    }
    switch (plain++) {
      case 0: said.entry = word; break;
      case 1: said.user = word; break;
      case 2:
        said.ask_password = word == "*";
        if (!said.ask_password) said.password.emplace(word);
        break;
      default:
        return fail(ErrorKind::Usage,
                    "more words than entry, user and password; nothing is done; a name with blanks "
                    "needs quotes");
    }
  }
  if (said.verb == RasdialWords::Verb::List && plain > 0) said.verb = RasdialWords::Verb::Dial;
  if (said.verb == RasdialWords::Verb::List && !words.empty()) {
    return fail(ErrorKind::Usage, "no entry is named; nothing is done; see rasdial /?");
  }
  if (said.by_rules && said.phone.empty()) {
    return fail(ErrorKind::Usage,
                "/PREFIXSUFFIX is for a number after /PHONE:, and there is none; nothing is done; "
                "an entry's own numbers go by the rules as it says");
  }
  return said;
}

std::optional<size_t> password_word(std::span<const std::string> words) {
  size_t plain = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (is_option(words[i])) continue;
    if (++plain == 3) return words[i] == "*" ? std::nullopt : std::optional(i);
  }
  return std::nullopt;
}

int rasdial_status(int ras_error) {
  constexpr int kFirst = 600, kBeyond = 255;
  const int status = ras_error - kFirst;
  return status >= 0 && status < kBeyond ? status : kBeyond;
}

std::string rasdial_error(int ras_error, const std::string& text) {
  return fmt::format("Remote Access error {} - {}.", ras_error, text);
}

}  // namespace redial::cli
