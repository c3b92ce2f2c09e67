// SPDX-License-Identifier: Apache-2.0
#include "modem/script_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "modem/pattern.h"

namespace redial::modem {
namespace {

constexpr size_t kNotesMax = 512;
constexpr size_t kTypingMax = 4096;  // sent without waiting for anything

constexpr bool ends_line(char c) { return c == '\r' || c == '\n'; }
constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }
constexpr char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string awaited(const ScriptStep& step) {
  std::string text;
  for (const auto& pattern : step.expect) {
    if (pattern.to == ScriptStep::kFail) continue;
    if (!text.empty()) text += " or ";
    if (pattern.address != 0) {
      text += "IP address";
    } else if (!pattern.holes.empty()) {
      text += to_text(Response{ResponseCode::Ok, pattern.holes});
    } else {
      text += fmt::format("\"{}\"", to_visible(as_bytes(pattern.text)));
    }
  }
  return text.empty() ? "answer" : text;
}

/// The IPv4 address that the text ends with; empty: it does not.
std::string_view address_at_end(std::string_view text) {
  size_t begin = text.size();
  while (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.')) --begin;
  const std::string_view address = text.substr(begin);
  if (address.size() < 7 || address.size() > 15) return {};
  unsigned parts = 0, value = 0, digits = 0;
  for (const char c : address) {
    if (c == '.') {
      if (digits == 0 || ++parts > 3) return {};
      value = digits = 0;
      continue;
    }
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (++digits > 3 || value > 255) return {};
  }
  return parts == 3 && digits > 0 ? address : std::string_view();
}

std::string text_of(const ScriptValue& value) {
  if (value.type == ScriptValue::Type::Text) return value.text;
  if (value.type == ScriptValue::Type::Number) return std::to_string(value.number);
  return value.number != 0 ? "TRUE" : "FALSE";
}

Duration seconds(const ScriptValue& value) {
  return std::clamp<Duration>(std::chrono::seconds(value.number), 0s, kScriptWaitMost);
}

}  // namespace

char with_parity(char c, ScriptParity parity) {
  const auto seven = static_cast<unsigned char>(c & 0x7f);
  const bool odd = std::popcount(seven) % 2 == 1;
  const bool set = parity == ScriptParity::Mark || (parity == ScriptParity::Even && odd) ||
                   (parity == ScriptParity::Odd && !odd);
  return static_cast<char>(set ? seven | 0x80 : seven);
}

ScriptRun::ScriptRun(std::shared_ptr<const Script> script, std::string user, Secret password)
    : script_(std::move(script)), user_(std::move(user)), password_(std::move(password)) {
  REDIAL_ASSERT(script_ != nullptr);
  variables_ = script_->variables;
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
    if (running_) take(octet, now, out);
    look_again(now, out);
  }
  flush(out);
  return out;
}

/// What an answer left for the next wait to look at.
void ScriptRun::look_again(Instant now, Actions& out) {
  while (running_ && !sending_ && !again_.empty())
    for (const char c : std::exchange(again_, {}))
      if (running_) take(static_cast<uint8_t>(c), now, out);
}

ScriptRun::Actions ScriptRun::on_deadline(Instant now) {
  Actions out;
  if (!running_ || now < due()) return out;
  if (now >= give_up_at_) {
    give_up(CauseCode::ScriptFailed,
            fmt::format("not through within {}", redial::to_text(script_->within)), out);
    return out;
  }
  if (sending_) {
    advance(now, out);  // the pause is over
  } else if (now >= reply_over_) {
    reply_over_ = kNever;
    const Pattern* pattern = fitting(true);
    if (pattern != nullptr) {
      on_found(*pattern, now, out);
    } else if (now >= due_) {
      on_waited(now, out);
    }
  } else {
    on_waited(now, out);
  }
  look_again(now, out);
  for (std::string held = std::exchange(held_, {}); const char c : held) {
    if (running_) take(static_cast<uint8_t>(c), now, out);
    look_again(now, out);
  }
  flush(out);
  return out;
}

Instant ScriptRun::due() const {
  return running_ ? std::min({due_, give_up_at_, reply_over_}) : kNever;
}

void ScriptRun::hide(std::string& text) const {
  mask(text, password_);
  for (const ScriptStep& step : script_->steps) {
    for (const ScriptPiece& piece : step.send)
      if (piece.what == ScriptPiece::What::Hidden) mask(text, Secret(piece.text));
  }
}

std::string ScriptRun::seen() const {
  constexpr size_t kShown = 80;
  std::string text = recent_;
  hide(text);
  if (text.size() > kShown) text.erase(0, text.size() - kShown);
  return to_visible(as_bytes(text), 4 * kShown);
}

/// False: the script is over.
bool ScriptRun::enter(size_t step, Instant now, Actions& out) {
  sending_ = false;
  reply_over_ = kNever;
  addresses_ = 0;
  for (;;) {
    if (step == ScriptStep::kDone || step == script_->steps.size()) {
      flush(out);
      running_ = false;
      out.push(ScriptDone{});
      return false;
    }
    if (step == ScriptStep::kFail) {
      const std::string& says = script_->steps[step_].say;
      give_up(CauseCode::ScriptFailed,
              says.empty() ? fmt::format("step {} says so", step_ + 1) : says, out);
      return false;
    }
    REDIAL_ASSERT(step < script_->steps.size());
    step_ = step;
    if (++moves_ > kMovesMax || typing_.octets.size() > kTypingMax) {
      give_up(CauseCode::ScriptFailed, "it goes round without end", out);
      return false;
    }
    if (script_->steps[step].compute.empty()) break;
    if (!compute(script_->steps[step], step, out)) return false;
  }
  const ScriptStep& entered = script_->steps[step];
  for (const std::string& text : entered.abort_no_more) std::erase(aborts_, text);
  for (const std::string& text : entered.abort)
    if (std::ranges::find(aborts_, text) == aborts_.end()) aborts_.push_back(text);
  for (const std::string& text : entered.report) reports_.push_back(text);
  if (entered.parity) parity_ = *entered.parity;
  note(entered.say);
  piece_ = 0;
  sending_ = entered.expect.empty();
  due_ = now +
         (entered.within_variable ? seconds(variables_[*entered.within_variable]) : entered.within);
  return true;
}

/// False: it cannot be computed, and the script is over.
bool ScriptRun::compute(const ScriptStep& step, size_t& next, Actions& out) {
  auto value = evaluate(step.compute, {variables_, user_, password_.reveal(), matched_});
  if (!value) {
    give_up(CauseCode::ScriptFailed, value.error().text, out);
    return false;
  }
  const bool goes_on = step.into || value->number != 0;
  if (step.into) variables_[*step.into] = *std::move(value);
  next = goes_on ? next + 1 : step.otherwise;
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
  const auto typed = [this](std::string_view octets, std::string shown) {
    for (const char c : octets)
      typing_.octets += parity_ == ScriptParity::None ? c : with_parity(c, parity_);
    typing_.shown += shown;
  };
  while (piece_ < pieces.size()) {
    const ScriptPiece& piece = pieces[piece_++];
    switch (piece.what) {
      case ScriptPiece::What::Text: typed(piece.text, piece.text); break;
      case ScriptPiece::What::User: typed(user_, user_); break;
      case ScriptPiece::What::Password:
        typed(password_.reveal(), std::string(password_.reveal().size(), '*'));
        break;
      case ScriptPiece::What::Hidden: typed(piece.text, std::string(piece.text.size(), '*')); break;
      case ScriptPiece::What::Value: {
        std::string text = text_of(variables_[piece.variable]);
        std::string shown = text;
        hide(shown);
        typed(text, std::move(shown));
        break;
      }
      case ScriptPiece::What::Pause: due_ = now + piece.pause; return false;
      case ScriptPiece::What::Wait: due_ = now + seconds(variables_[piece.variable]); return false;
    }
  }
  return true;
}

/// Nothing that was awaited has come in time.
void ScriptRun::on_waited(Instant now, Actions& out) {
  const ScriptStep& step = script_->steps[step_];
  matched_ = false;
  if (step.otherwise == ScriptStep::kFail)
    return give_up(CauseCode::ScriptFailed,
                   fmt::format("no {} within {}", awaited(step), redial::to_text(step.within)),
                   out);
  if (enter(step.otherwise, now, out)) advance(now, out);
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
  recent_ += static_cast<char>(parity_ == ScriptParity::None ? octet : octet & 0x7f);
  watch_line(recent_.back());
  for (const std::string& abort : aborts_) {
    if (!ends_with(abort)) continue;
    return give_up(script_->refused, fmt::format("\"{}\" came", to_visible(as_bytes(abort))), out);
  }
  const bool looks_at_answers = std::ranges::any_of(
      script_->steps[step_].expect,
      [](const Pattern& pattern) { return pattern.address != 0 || !pattern.holes.empty(); });
  if (looks_at_answers) reply_over_ = now + kReplyOver;
  if (const Pattern* pattern = fitting(false)) on_found(*pattern, now, out);
}

void ScriptRun::on_found(const Pattern& pattern, Instant now, Actions& out) {
  matched_ = true;
  if (pattern.address != 0 && pattern.variable) {
    ScriptValue address{ScriptValue::Type::Text, 0, diagnostics_};
    variables_[*pattern.variable] = std::move(address);
  }
  if (pattern.to == ScriptStep::kFail) {
    const bool plain = pattern.holes.empty();
    std::string why = plain ? fmt::format("\"{}\" came", to_visible(as_bytes(pattern.text)))
                            : std::string("the answer is a refusal");
    if (!diagnostics_.empty()) why = to_visible(as_bytes(diagnostics_));
    hide(why);
    return give_up(pattern.refused, std::move(why), out);
  }
  if (pattern.keeps_all) again_ = std::exchange(recent_, {});
  const size_t end = recent_.find_last_of("\r\n");
  recent_.erase(0, pattern.keeps_line && end == std::string::npos ? 0
                   : pattern.keeps_line                           ? end + 1
                                                                  : recent_.size());
  reply_over_ = kNever;
  if (pattern.to) {
    if (enter(*pattern.to, now, out)) advance(now, out);
    return;
  }
  sending_ = true;
  piece_ = 0;
  advance(now, out);
}

/// The first pattern of the step that fits what has come; `over`: nothing more belongs to it.
const ScriptRun::Pattern* ScriptRun::fitting(bool over) {
  diagnostics_.clear();
  std::string_view whole = recent_;
  whole.remove_prefix(
      std::min(whole.find_first_not_of(std::string_view("\r\n\0", 3)), whole.size()));
  std::string_view line = whole.substr(0, whole.find_last_not_of("\r\n") + 1);
  line = whole.substr(line.find_last_of("\r\n") + 1);
  const bool line_over = !whole.empty() && ends_line(whole.back());
  for (const Pattern& pattern : script_->steps[step_].expect) {
    if (pattern.address != 0) {
      std::string_view text = recent_;
      const bool ended = over || (!is_digit(text.back()) && text.back() != '.');
      if (!over) text.remove_suffix(1);
      const std::string_view address = ended ? address_at_end(text) : std::string_view();
      if (address.empty() || ++addresses_ < pattern.address) continue;
      diagnostics_ = address;
      return &pattern;
    }
    if (pattern.holes.empty()) {
      const std::string_view text =
          pattern.variable ? variables_[*pattern.variable].text : pattern.text;
      if (!over && ends_with(text, pattern.any_case)) return &pattern;
      continue;
    }
    const bool vague = is_vague(pattern.holes);
    if (vague && !over) continue;
    if (vague && whole.empty() && pattern.holes.size() == 1 && !recent_.empty()) return &pattern;
    for (const std::string_view text : {whole, line}) {
      if (text.empty()) continue;
      const PatternMatch fit = match_pattern(pattern.holes, text, over);
      if (fit.verdict != PatternMatch::Verdict::Full) continue;
      if (fit.open && !over && !line_over) continue;
      diagnostics_ = fit.caught.diagnostics;
      return &pattern;
    }
  }
  return nullptr;
}

/// A login server with seven bits and parity sets the eighth; a pattern in ASCII does not mind.
bool ScriptRun::ends_with(std::string_view pattern, bool any_case) const {
  if (pattern.empty() || pattern.size() > recent_.size()) return false;
  const std::string_view tail = std::string_view(recent_).substr(recent_.size() - pattern.size());
  return std::ranges::equal(tail, pattern, [&](char have, char want) {
    const char seven = static_cast<char>(have & 0x7f);
    return have == want || ((want & 0x80) == 0 && seven == want) ||
           (any_case && folded(seven) == folded(want));
  });
}

/// Lines that hold a text of REPORT are told when they are over.
void ScriptRun::watch_line(char octet) {
  constexpr size_t kLineMax = 120;
  if (reports_.empty()) return;
  if (!ends_line(octet)) {
    if (line_.size() < kLineMax) line_ += static_cast<char>(octet & 0x7f);
    return;
  }
  const auto in_line = [this](const std::string& text) {
    return line_.find(text) != std::string::npos;
  };
  if (std::ranges::any_of(reports_, in_line)) note(line_);
  line_.clear();
}

void ScriptRun::note(std::string_view text) {
  if (text.empty() || notes_.size() + text.size() > kNotesMax) return;
  std::string shown(text);
  hide(shown);
  notes_ += (notes_.empty() ? "" : "; ") + to_visible(as_bytes(shown));
}

void ScriptRun::flush(Actions& out) {
  if (!typing_.octets.empty()) out.push(std::exchange(typing_, {}));
  if (!notes_.empty()) out.push(ScriptNoted{std::exchange(notes_, {})});
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
