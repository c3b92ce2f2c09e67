// SPDX-License-Identifier: Apache-2.0
#include "modem/chat.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "modem/chat_compile.h"
#include "modem/chat_words.h"

namespace redial::modem {
namespace {

using chat::Complaints;
using chat::Exchange;
using chat::Place;
using chat::Word;
using inf::lower;
using inf::quoted;

constexpr Duration kTimeout = 45s;  // chat's own

std::string_view file_of(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

/// One script, from its words to what becomes of them.
class Reader {
 public:
  explicit Reader(const ChatOptions& options)
      : options_(options), phones_{options.phone, options.phone2} {}

  ChatScript read_file(std::string_view octets);
  ChatScript read_command(std::string_view command);

 private:
  bool readable(std::string_view octets);
  std::string file(const std::string& path, Place at);
  void option(std::span<const Word> words, size_t& at, std::vector<Word>& script);
  void set_timeout(const Word& word);
  void words(std::span<const Word> words);
  bool keyword(const std::string& key, const Word& value);
  void exchange(const Word& expect, const Word* send);
  ChatScript finish();

  const ChatOptions& options_;
  Complaints complaints_;
  chat::Phones phones_;
  bool expands_ = false;  // -E
  Exchange next_;         // what the keywords before it have said
  std::vector<Exchange> exchanges_;
  std::vector<std::string> aborts_;
};

bool Reader::readable(std::string_view octets) {
  if (octets.size() <= kChatOctetsMax && octets.find('\0') == std::string_view::npos) return true;
  complaints_.error(
      {}, 0,
      fmt::format("this is no chat script: {}; nothing of it is run; correct the "
                  "file's name",
                  octets.size() > kChatOctetsMax ? "it is too long" : "it has NUL octets"));
  return false;
}

std::string Reader::file(const std::string& path, Place at) {
  auto octets = options_.read
                    ? options_.read(path)
                    : fail(ErrorKind::BadFile, fmt::format("{}: is not read here", quoted(path)));
  if (octets) return *std::move(octets);
  complaints_.error(at, 0, octets.error().text + "; the script is not run; correct the name");
  return {};
}

void Reader::set_timeout(const Word& word) {
  int seconds = 0;
  const char* const end = word.text.data() + word.text.size();
  const auto read = std::from_chars(word.text.data(), end, seconds);
  if (read.ec != std::errc() || read.ptr != end || seconds < 0) {
    complaints_.error(word.at, 0,
                      fmt::format("TIMEOUT {} is no number of seconds; the script is not run; "
                                  "write digits",
                                  quoted(word.text)));
    return;
  }
  next_.within = seconds == 0 ? kTimeout : std::chrono::seconds(std::min(seconds, 86400));
  next_.within_told = seconds != 0;
}

/// -f FILE, -fFILE, -vs: one word of options, and the next where it has a value.
void Reader::option(std::span<const Word> words, size_t& at, std::vector<Word>& script) {
  const Word& word = words[at];
  for (size_t i = 1; i < word.text.size(); ++i) {
    const char letter = word.text[i];
    if (std::string_view("evVsS").find(letter) != std::string_view::npos) continue;
    if (letter == 'E') {
      expands_ = true;
      continue;
    }
    if (std::string_view("ftrTU").find(letter) == std::string_view::npos) {
      complaints_.error(word.at, 0,
                        fmt::format("-{} is no option of chat; the script is not run; remove it",
                                    quoted(std::string_view(&letter, 1))));
      return;
    }
    Word value{word.text.substr(i + 1), word.at};
    if (value.text.empty() && at + 1 < words.size()) value = words[++at];
    if (letter == 'T') phones_.first = value.text;
    if (letter == 'U') phones_.second = value.text;
    if (letter == 't') set_timeout(value);
    if (letter == 'f') {
      const std::string octets = file(value.text, value.at);
      if (readable(octets)) script = chat::words_of_file(octets, complaints_);
    }
    return;
  }
}

ChatScript Reader::read_file(std::string_view octets) {
  if (readable(octets)) words(chat::words_of_file(octets, complaints_));
  return finish();
}

ChatScript Reader::read_command(std::string_view command) {
  if (!readable(command)) return finish();
  const std::vector<Word> all = chat::words_of_command(command, complaints_);
  if (all.empty() || file_of(all.front().text) != "chat") {
    complaints_.error({}, 0,
                      "the command does not run chat; what it does is not known; call chat "
                      "directly, or write a script of Redial's");
    return finish();
  }
  std::vector<Word> script;
  size_t at = 1;
  for (; at < all.size() && all[at].text.size() > 1 && all[at].text[0] == '-'; ++at) {
    if (all[at].text == "--") {
      ++at;
      break;
    }
    option(all, at, script);
  }
  script.insert(script.end(), all.begin() + static_cast<ptrdiff_t>(std::min(at, all.size())),
                all.end());
  words(script);
  return finish();
}

void Reader::words(std::span<const Word> words) {
  for (size_t at = 0; at < words.size(); at += 2) {
    Word word = words[at];
    const Word* value = at + 1 < words.size() ? &words[at + 1] : nullptr;
    if (expands_ && !options_.environment) {
      complaints_.error(word.at, 0,
                        "-E puts the environment's variables in, and there is none here; the "
                        "script is not run; write the values");
      return;
    }
    Word given;
    if (expands_) {
      word.text = chat::expanded(word.text, options_.environment);
      if (value != nullptr) {
        given = {chat::expanded(value->text, options_.environment), value->at};
        value = &given;
      }
    }
    if (value == nullptr || !keyword(word.text, *value)) exchange(word, value);
  }
}

bool Reader::keyword(const std::string& key, const Word& value) {
  const auto text = [&] { return chat::awaited(value, phones_, complaints_); };
  const auto add = [&](std::vector<std::string>& list) {
    std::string made = text();
    if (made.size() > kScriptTextMax)
      complaints_.error(value.at, 0,
                        fmt::format("{} has more than {} octets; the script is not run; shorten it",
                                    key, kScriptTextMax));
    if (!made.empty()) list.push_back(std::move(made));
  };
  if (key == "ABORT") {
    add(next_.abort);
    if (!next_.abort.empty()) aborts_.push_back(next_.abort.back());
  } else if (key == "CLR_ABORT") {
    add(next_.abort_no_more);
  } else if (key == "REPORT") {
    add(next_.report);
  } else if (key == "TIMEOUT") {
    set_timeout(value);
  } else if (key == "SAY") {
    next_.say += text();
  } else {
    // Not needed: what a line says can be seen with --capture, and a hang-up is never passed over.
    return key == "ECHO" || key == "HANGUP" || key == "CLR_REPORT";
  }
  return true;
}

void Reader::exchange(const Word& expect, const Word* send) {
  Exchange made = next_;
  made.expect = chat::sub_words(expect);
  if (made.expect.size() % 2 == 0) made.expect.push_back({{}, expect.at});
  if (made.expect.front().text.empty()) made.expect.resize(1);  // nothing is there at once
  if (send != nullptr) made.send = *send;
  if (send != nullptr && send->text.size() > 1 && send->text[0] == '@') {
    std::string octets = file(send->text.substr(1), send->at);
    if (octets.ends_with('\n')) octets.pop_back();
    if (octets.size() > kScriptTextMax) octets.resize(kScriptTextMax);
    made.send->text = std::move(octets);
    made.hidden = true;
  }
  // Aborts are kept by the script, timeouts by the words.
  next_ = Exchange{.expect = {}, .within = next_.within, .within_told = next_.within_told};
  exchanges_.push_back(std::move(made));
}

ChatScript Reader::finish() {
  ChatScript made;
  made.aborts = std::move(aborts_);
  if (complaints_.errors() == 0 && exchanges_.empty())
    complaints_.error({}, 0,
                      "the script neither waits nor sends; there is nothing to run; correct the "
                      "file's name");
  if (complaints_.errors() == 0)
    chat::Compiler(options_, phones_, complaints_).compile(exchanges_, made);
  if (complaints_.errors() != 0) {
    made.modem.reset();
    made.login.reset();
  }
  made.diagnostics = complaints_.take();
  return made;
}

}  // namespace

ChatScript read_chat(std::string_view octets, const ChatOptions& options) {
  return Reader(options).read_file(octets);
}

ChatScript read_chat_command(std::string_view command, const ChatOptions& options) {
  return Reader(options).read_command(command);
}

bool is_chat_command(std::string_view command) {
  Complaints unheard;
  const auto words = chat::words_of_command(command.substr(0, kChatOctetsMax), unheard);
  return !words.empty() && file_of(words.front().text) == "chat";
}

}  // namespace redial::modem
