// SPDX-License-Identifier: Apache-2.0
#include "modem/detect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "wire/at.h"

namespace redial::modem {
namespace {

constexpr uint8_t kWakesMax = 3;
constexpr std::string_view kWake = "ATE0Q0V1\r";
// What a modem knows of itself; ATI0 to ATI9 say something else in each make.
constexpr std::array<std::string_view, 5> kFirst = {"AT+GMI\r", "AT+GMM\r", "AT+GCAP\r", "ATI\r",
                                                    "ATI3\r"};
constexpr std::array<std::string_view, 9> kLast = {"ATI0\r", "ATI1\r", "ATI2\r", "ATI4\r", "ATI5\r",
                                                   "ATI6\r", "ATI7\r", "ATI8\r", "ATI9\r"};
// Words that fit every modem.
constexpr std::array<std::string_view, 16> kCommonplace = {
    "modem", "fax",  "data", "voice", "the",   "and",  "external", "internal",
    "bps",   "kbps", "with", "for",   "class", "plug", "play",     "ver"};

std::string folded(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const bool capital = c >= 'A' && c <= 'Z';
    const bool kept = capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (kept) made += capital ? static_cast<char>(c + ('a' - 'A')) : c;
    const bool parts = !kept && c != '.';  // "U.S." is one word, "V.34" too
    if (parts && !made.empty() && made.back() != ' ') made += ' ';
  }
  while (made.ends_with(' ')) made.pop_back();
  return made;
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  const std::string all = folded(text);
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(all.find(' ', at), all.size());
    const std::string word = all.substr(at, end - at);
    at = end + 1;
    const bool common = std::ranges::find(kCommonplace, word) != kCommonplace.end();
    if (word.size() >= 2 && !common) words.insert(word);
  }
  return words;
}

bool has_letters(std::string_view word) {
  return std::ranges::any_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string question_of(std::string_view text) {
  while (text.ends_with('\r') || text.ends_with('\n')) text.remove_suffix(1);
  return to_visible(as_bytes(text), 40);
}

/// DETECT_RESPONSE is there to be believed; of several the longest says most.
std::optional<Match> by_response(std::span<const ModemDescription> descriptions,
                                 std::span<const Heard> heard) {
  std::optional<Match> best;
  size_t length = 0;
  for (size_t i = 0; i < descriptions.size(); ++i) {
    const ModemDescription& modem = descriptions[i];
    if (modem.detect_response.size() <= length) continue;
    const std::string question = question_of(modem.detect_string);
    for (const Heard& each : heard) {
      if (each.question != question || each.answer.find(modem.detect_response) == std::string::npos)
        continue;
      length = modem.detect_response.size();
      best = Match{Match::Kind::Exact, i,
                   fmt::format("answers {} with \"{}\"", question,
                               to_visible(as_bytes(modem.detect_response), 60))};
    }
  }
  return best;
}

std::optional<Match> by_name(std::span<const ModemDescription> descriptions,
                             std::span<const Heard> heard) {
  std::string maker, model;
  for (const Heard& each : heard) {
    if (each.question == "AT+GMI") maker = folded(each.answer);
    if (each.question == "AT+GMM") model = folded(each.answer);
  }
  for (size_t i = 0; i < descriptions.size(); ++i) {
    const std::string name = folded(descriptions[i].name);
    if (name.size() < 3) continue;
    for (const Heard& each : heard) {
      const bool whole = folded(each.answer) == name;
      const bool both = !model.empty() && maker + " " + model == name;
      if (whole || both)
        return Match{
            Match::Kind::Exact, i,
            fmt::format("names itself so, to {}", both ? "AT+GMI and AT+GMM" : each.question)};
    }
  }
  return std::nullopt;
}

/// Letters count for the make, digits for the model; a number alone fits too many.
std::optional<Match> by_words(std::span<const ModemDescription> descriptions,
                              std::span<const Heard> heard) {
  std::set<std::string> said;
  for (const Heard& each : heard) said.merge(words_of(each.answer));
  std::optional<Match> best;
  size_t most = 0;
  for (size_t i = 0; i < descriptions.size(); ++i) {
    size_t weight = 0;
    bool named = false;
    std::string common;
    for (const std::string& word : words_of(descriptions[i].name)) {
      if (!said.contains(word)) continue;
      weight += word.size();
      named |= has_letters(word) && word.size() >= 4;
      common += (common.empty() ? "" : ", ") + word;
    }
    if (!named || weight <= most) continue;
    most = weight;
    best = Match{Match::Kind::Family, i, fmt::format("says {}", common)};
  }
  return best;
}

/// A DETECT_STRING that dials or answers is somebody's joke.
bool asks_only(std::string_view question) {
  const std::string text = folded(question.substr(0, 2)) +
                           std::string(question.substr(std::min<size_t>(2, question.size())));
  if (question.size() > 64 || !text.starts_with("at") || !text.ends_with('\r')) return false;
  if (std::string_view("dDaA").find(text[2]) != std::string_view::npos) return false;
  for (const std::string_view dials : {"DT", "DP", "dt", "dp"})
    if (text.find(dials) != std::string::npos) return false;
  return true;
}

}  // namespace

Match best_match(std::span<const ModemDescription> descriptions, std::span<const Heard> heard) {
  if (auto match = by_response(descriptions, heard)) return *std::move(match);
  if (auto match = by_name(descriptions, heard)) return *std::move(match);
  if (auto match = by_words(descriptions, heard)) return *std::move(match);
  return {Match::Kind::BuiltIn, 0,
          descriptions.empty() ? "no file describes any modem"
                               : fmt::format("none of {} descriptions has anything of what it says",
                                             descriptions.size())};
}

Detection::Detection(std::span<const ModemDescription> descriptions) : descriptions_(descriptions) {
  const auto add = [this](std::string_view question) {
    const bool known = std::ranges::find(questions_, question) != questions_.end();
    if (!known && questions_.size() < kQuestionsMax) questions_.emplace_back(question);
  };
  for (const std::string_view question : kFirst) add(question);
  for (const ModemDescription& modem : descriptions) {
    const std::string& asks = modem.detect_string;
    if (asks_only(asks)) add(asks);
  }
  for (const std::string_view question : kLast) add(question);
}

Detection::Actions Detection::start(Instant now) {
  give_up_at_ = now + kBound;
  due_ = now + kSettle;
  return {};
}

void Detection::ask(Instant now, Actions& out) {
  line_.clear();
  answer_.clear();
  asking_ = true;
  due_ = std::min(now + kAnswerWithin, give_up_at_);
  if (!there_) {
    ++waken_;
    out.push(AskModem{std::string(kWake)});
  } else {
    out.push(AskModem{questions_[next_]});
  }
}

void Detection::end(DetectAction action, Actions& out) {
  due_ = kNever;
  out.push(std::move(action));
}

void Detection::answered(bool known, Instant now, Actions& out) {
  asking_ = false;
  if (!there_) {
    there_ = known;
    if (known) return ask(now, out);
    if (waken_ < kWakesMax) return ask(now, out);
    return end(NoModem{{CauseCode::ModemSilent,
                        fmt::format("no OK to {} (sent {} times)", question_of(kWake), waken_)}},
               out);
  }
  if (known && !answer_.empty()) heard_.push_back({question_of(questions_[next_]), answer_});
  ++next_;
  const bool last = next_ >= questions_.size() || now >= give_up_at_;
  const bool settled = next_ + kLast.size() >= questions_.size() &&
                       best_match(descriptions_, heard_).kind == Match::Kind::Exact;
  if (last || settled) return end(ModemAsked{}, out);
  ask(now, out);
}

Detection::Actions Detection::on_octets(ByteView octets, Instant now) {
  Actions out;
  if (due_ == kNever) return out;
  if (!asking_) {
    due_ = std::min(now + kSettle, give_up_at_);
    return out;
  }
  for (const uint8_t octet : octets) {
    const char c = static_cast<char>(octet & 0x7f);
    if (c != '\r' && c != '\n') {
      if (line_.size() < kAnswerMax && c != '\0') line_ += c;
      continue;
    }
    const std::string line = std::exchange(line_, {});
    const bool echo = line.starts_with("AT") || line.starts_with("at");
    if (line.empty() || (echo && answer_.empty())) continue;
    const auto result = wire::classify(line);
    const bool over = result && (result->code == wire::ResultCode::Ok ||
                                 result->code == wire::ResultCode::Error ||
                                 result->code == wire::ResultCode::NoCarrier);
    if (over) {
      answered(result->code == wire::ResultCode::Ok, now, out);
      return out;  // what follows it belongs to no question
    }
    if (answer_.size() + line.size() + 3 > kAnswerMax) continue;
    answer_ += (answer_.empty() ? "" : " / ") + line;
  }
  return out;
}

Detection::Actions Detection::on_deadline(Instant now) {
  Actions out;
  if (now < due_) return out;
  if (!asking_) {
    ask(now, out);
  } else {
    // Some modems forget the OK: what was said is worth something all the same.
    answered(there_ && !answer_.empty(), now, out);
  }
  return out;
}

}  // namespace redial::modem
