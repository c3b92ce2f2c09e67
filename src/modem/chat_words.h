// SPDX-License-Identifier: Apache-2.0
// chat scripts below the level of meaning: the words of a file or of a command line, and what their
// escapes stand for (chat's manual page).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/inf_lexer.h"
#include "modem/script.h"

namespace redial::modem::chat {

using inf::Complaints;
using inf::Place;

struct Word {
  std::string text;  // quotes removed, escapes still in it
  Place at{};
};

/// Blanks and line ends part words, ' and " hold them together, # begins a line of comment.
std::vector<Word> words_of_file(std::string_view octets, Complaints& complaints);
/// As a shell parts them, without expanding anything.
std::vector<Word> words_of_command(std::string_view command, Complaints& complaints);

/// a-b-c: what is awaited, and what is sent when it does not come, in turn.
std::vector<Word> sub_words(const Word& word);

/// What \T and \U stand for.
struct Phones {
  std::string first, second;
};

/// The octets that are awaited.
std::string awaited(const Word& word, const Phones& phones, Complaints& complaints);

/// What is sent: with a <cr> at its end unless the word says otherwise. `phone_at`: where \T stood,
/// when it is not told; npos: nowhere.
struct Sending {
  std::vector<ScriptPiece> pieces;
  bool waits = false;  // has pauses
  bool phone = false;  // has a \T or \U that nobody told us
  bool quiet = false;  // \q
  std::string text;    // without pauses, names and <cr>, for whoever looks for AT commands
};
Sending sent(const Word& word, const Phones& phones, Complaints& complaints);

/// $NAME becomes what `environment` says.
std::string expanded(
    const std::string& text,
    const std::function<std::optional<std::string>(const std::string& name)>& environment);

}  // namespace redial::modem::chat
