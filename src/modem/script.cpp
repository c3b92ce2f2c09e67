// SPDX-License-Identifier: Apache-2.0
#include "modem/script.h"

#include <fmt/format.h>

#include <algorithm>

namespace redial::modem {
namespace {

constexpr Duration kLongPause = 1s, kShortPause = 100ms;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What one text to send is made of, piece by piece.
class SendReader {
 public:
  explicit SendReader(std::string_view text) : whole_(text), rest_(text) {}

  Result<std::vector<ScriptPiece>> read() {
    while (!rest_.empty()) {
      const bool good = rest_[0] == '\\'          ? escape()
                        : rest_.starts_with("${") ? name()
                                                  : plain(rest_[0], 1);
      if (!good) return tl::make_unexpected(Error{ErrorKind::BadFile, fault_});
    }
    return std::move(pieces_);
  }

 private:
  bool plain(char c, size_t octets) {
    using What = ScriptPiece::What;
    if (pieces_.empty() || pieces_.back().what != What::Text)
      pieces_.push_back({What::Text, {}, {}});
    pieces_.back().text += c;
    rest_.remove_prefix(octets);
    return true;
  }
  bool pause(Duration length) {
    pieces_.push_back({ScriptPiece::What::Pause, {}, length});
    rest_.remove_prefix(2);
    return true;
  }
  bool escape() {
    const char c = rest_.size() > 1 ? rest_[1] : '\0';
    if (c == 'r') return plain('\r', 2);
    if (c == 'n') return plain('\n', 2);
    if (c == 't') return plain('\t', 2);
    if (c == '\\' || c == '$') return plain(c, 2);
    if (c == 'd') return pause(kLongPause);
    if (c == 'p') return pause(kShortPause);
    if (c == 'x' && rest_.size() >= 4) {
      const int high = hex_digit(rest_[2]), low = hex_digit(rest_[3]);
      if (high >= 0 && low >= 0) return plain(static_cast<char>(high * 16 + low), 4);
    }
    fault_ = fmt::format("\"{}\" has an escape that is none of \\r \\n \\t \\\\ \\$ \\d \\p \\xHH",
                         to_visible(as_bytes(whole_)));
    return false;
  }
  bool name() {
    for (const auto& [word, what] : {std::pair("${user}", ScriptPiece::What::User),
                                     std::pair("${password}", ScriptPiece::What::Password)}) {
      if (!rest_.starts_with(word)) continue;
      pieces_.push_back({what, {}, {}});
      rest_.remove_prefix(std::string_view(word).size());
      return true;
    }
    fault_ = fmt::format(
        "\"{}\" names something else than ${{user}} and ${{password}}; a lone $ "
        "is written \\$",
        to_visible(as_bytes(whole_)));
    return false;
  }

  std::string_view whole_, rest_;
  std::vector<ScriptPiece> pieces_;
  std::string fault_;
};

std::string awaited(const ScriptStep& step) {
  std::string text;
  for (const auto& pattern : step.expect) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : " or ", to_visible(as_bytes(pattern.text)));
  }
  return text;
}

}  // namespace

Result<std::vector<ScriptPiece>> parse_send(std::string_view text) {
  return SendReader(text).read();
}

ScriptRun::ScriptRun(std::shared_ptr<const Script> script, std::string user, Secret password)
    : script_(std::move(script)), user_(std::move(user)), password_(std::move(password)) {
  REDIAL_ASSERT(script_ != nullptr);
}

ScriptRun::Actions ScriptRun::start(Instant now) {
  Actions out;
  running_ = true;
  give_up_at_ = now + script_->within;
  if (enter(0, now, out)) advance(now, out);
  flush(out);
  return out;
}

ScriptRun::Actions ScriptRun::on_octets(ByteView octets, Instant now) {
  Actions out;
  for (const uint8_t octet : octets) {
    if (!running_) break;
    take(octet, now, out);
  }
  flush(out);
  return out;
}

ScriptRun::Actions ScriptRun::on_deadline(Instant now) {
  Actions out;
  if (!running_ || now < due()) return out;
  if (now >= give_up_at_) {
    give_up(CauseCode::ScriptFailed, fmt::format("not through within {}", to_text(script_->within)),
            out);
    return out;
  }
  if (sending_) {
    advance(now, out);  // the pause is over
  } else {
    const ScriptStep& step = script_->steps[step_];
    if (step.otherwise == ScriptStep::kFail) {
      give_up(CauseCode::ScriptFailed,
              fmt::format("no {} within {}", awaited(step), to_text(step.within)), out);
    } else if (enter(step.otherwise, now, out)) {
      advance(now, out);
    }
  }
  for (std::string held = std::exchange(held_, {}); const char c : held) {
    if (running_) take(static_cast<uint8_t>(c), now, out);
  }
  flush(out);
  return out;
}

Instant ScriptRun::due() const { return running_ ? std::min(due_, give_up_at_) : kNever; }

std::string ScriptRun::seen() const {
  constexpr size_t kShown = 80;
  std::string text = recent_;
  mask(text, password_);
  if (text.size() > kShown) text.erase(0, text.size() - kShown);
  return to_visible(as_bytes(text), 4 * kShown);
}

/// False: the script is over.
bool ScriptRun::enter(size_t step, Instant now, Actions& out) {
  sending_ = false;
  if (step == ScriptStep::kDone || step == script_->steps.size()) {
    flush(out);
    running_ = false;
    out.push(ScriptDone{});
    return false;
  }
  if (step == ScriptStep::kFail) {
    give_up(CauseCode::ScriptFailed, fmt::format("step {} says so", step_ + 1), out);
    return false;
  }
  REDIAL_ASSERT(step < script_->steps.size());
  if (++moves_ > kMovesMax) {
    give_up(CauseCode::ScriptFailed, "it goes round without end", out);
    return false;
  }
  step_ = step;
  const ScriptStep& entered = script_->steps[step];
  aborts_.insert(aborts_.end(), entered.abort.begin(), entered.abort.end());
  piece_ = 0;
  sending_ = entered.expect.empty();
  due_ = now + entered.within;
  return true;
}

/// Sends and goes on until there is something to wait for.
void ScriptRun::advance(Instant now, Actions& out) {
  while (running_ && sending_) {
    if (!type(now)) return;
    if (!enter(step_ + 1, now, out)) return;
  }
}

/// The rest of what this step sends; false: a pause comes first.
bool ScriptRun::type(Instant now) {
  const auto& pieces = script_->steps[step_].send;
  if (!pieces.empty()) recent_.clear();  // what comes from here on is an answer, or an echo
  while (piece_ < pieces.size()) {
    const ScriptPiece& piece = pieces[piece_++];
    switch (piece.what) {
      case ScriptPiece::What::Text:
        typing_.octets += piece.text;
        typing_.shown += piece.text;
        break;
      case ScriptPiece::What::User:
        typing_.octets += user_;
        typing_.shown += user_;
        break;
      case ScriptPiece::What::Password:
        typing_.octets += password_.reveal();
        typing_.shown.append(password_.reveal().size(), '*');
        break;
      case ScriptPiece::What::Pause: due_ = now + piece.pause; return false;
    }
  }
  return true;
}

void ScriptRun::take(uint8_t octet, Instant now, Actions& out) {
  constexpr size_t kHeldMax = 4096;
  if (sending_) {
    // The oldest goes: what is awaited next is at the end of what has come.
    if (held_.size() == kHeldMax) held_.erase(0, kHeldMax / 2);
    held_ += static_cast<char>(octet);
    return;
  }
  if (recent_.size() == kRecentMax) recent_.erase(0, kRecentMax / 2);
  recent_ += static_cast<char>(octet);
  for (const std::string& abort : aborts_) {
    if (!ends_with(abort)) continue;
    return give_up(script_->refused, fmt::format("\"{}\" came", to_visible(as_bytes(abort))), out);
  }
  const ScriptStep& step = script_->steps[step_];
  for (const auto& pattern : step.expect) {
    if (!ends_with(pattern.text)) continue;
    if (pattern.to) {
      recent_.clear();
      if (enter(*pattern.to, now, out)) advance(now, out);
      return;
    }
    recent_.clear();
    sending_ = true;
    piece_ = 0;
    return advance(now, out);
  }
}

/// A login server with seven bits and parity sets the eighth; a pattern in ASCII does not mind.
bool ScriptRun::ends_with(std::string_view pattern) const {
  if (pattern.empty() || pattern.size() > recent_.size()) return false;
  const std::string_view tail = std::string_view(recent_).substr(recent_.size() - pattern.size());
  return std::ranges::equal(tail, pattern, [](char have, char want) {
    return have == want || ((want & 0x80) == 0 && (have & 0x7f) == want);
  });
}

void ScriptRun::flush(Actions& out) {
  if (!typing_.octets.empty()) out.push(std::exchange(typing_, {}));
}

void ScriptRun::give_up(CauseCode code, std::string why, Actions& out) {
  flush(out);
  running_ = false;
  const std::string last = seen();
  std::string evidence =
      script_->name.empty() ? why : fmt::format("script {}: {}", script_->name, why);
  evidence += last.empty() ? "; nothing was seen" : fmt::format("; last seen: \"{}\"", last);
  out.push(ScriptGaveUp{{code, std::move(evidence)}});
}

}  // namespace redial::modem
