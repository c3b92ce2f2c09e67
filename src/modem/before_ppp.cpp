// SPDX-License-Identifier: Apache-2.0
#include "modem/before_ppp.h"

#include <algorithm>
#include <array>

namespace redial::modem {
namespace {

// How a login prompt ends; "L" or "l", "P" or "p" before it differ from server to server.
constexpr std::array<std::string_view, 2> kLoginPrompts = {"ogin:", "sername:"};
constexpr std::string_view kPasswordPrompt = "assword:";

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

ScriptPiece piece(ScriptPiece::What what, std::string text = {}) { return {what, std::move(text)}; }

/// Name, prompt, password: the password goes to a password prompt after our name and nowhere else.
std::shared_ptr<const Script> login_script() {
  using What = ScriptPiece::What;
  using Step = ScriptStep;
  Script script;
  script.name = "of the login prompt";
  script.refused = CauseCode::AuthRejected;
  script.within = 25s;
  ScriptStep say_name, ask_password, say_password, wait;
  say_name.send = {piece(What::User), piece(What::Text, "\r")};
  ask_password.expect = {{std::string(kPasswordPrompt), 4}};
  ask_password.within = 8s;
  ask_password.otherwise = Step::kDone;
  ScriptStep ask_first = ask_password;
  // What had been typed at the prompt already may have spoiled the name: once more, then.
  for (const std::string_view prompt : kLoginPrompts)
    ask_first.expect.push_back({std::string(prompt), 2});
  say_password.send = {piece(What::Password), piece(What::Text, "\r")};
  say_password.abort = {"ogin incorrect", "ogin invalid",    "ccess denied", "uthentication failed",
                        "nvalid login",   "nvalid password", "ad password"};
  // Its first frame ends this anyhow; a server that waits for ours shows nothing more.
  wait.expect = {{"\x7e\xff", Step::kDone}};
  wait.within = 2s;
  wait.otherwise = Step::kDone;
  script.steps = {say_name,
                  std::move(ask_first),
                  say_name,
                  std::move(ask_password),
                  std::move(say_password),
                  std::move(wait)};
  return std::make_shared<const Script>(std::move(script));
}

}  // namespace

std::shared_ptr<const Script> null_modem_greeting() {
  constexpr size_t kTries = 5;
  Script script;
  script.name = "of the null-modem greeting";
  script.within = 20s;
  for (size_t i = 0; i < kTries; ++i) {
    const size_t next = 2 * i + 2;
    ScriptStep say, hear;
    say.send = {piece(ScriptPiece::What::Text, std::string(kNullModemCaller))};
    // Some servers answer SERVER alone (KB Q122318); both end with it.
    hear.expect = {{"SERVER", ScriptStep::kDone}};
    hear.within = 2s;
    hear.otherwise = next == 2 * kTries ? ScriptStep::kFail : next;
    script.steps.push_back(std::move(say));
    script.steps.push_back(std::move(hear));
  }
  return std::make_shared<const Script>(std::move(script));
}

BeforePpp::BeforePpp(std::shared_ptr<const BeforePppConfig> config, BeforePppLine line)
    : config_(std::move(config)), line_(line) {
  REDIAL_ASSERT(config_ != nullptr);
}

BeforePpp::Actions BeforePpp::begin(Instant now) {
  Actions out;
  if (before_call()) {
    next_before_call(now, out);
  } else if (!line_.calls && line_.direct) {
    state_ = State::First;
    due_ = now + kTextEnds;
  } else {
    next_stage(now, out);
  }
  return out;
}

void BeforePpp::open_terminal(Instant now, Actions& out) {
  state_ = State::Terminal;
  due_ = now + kTerminalWithin;
  out.push(TerminalOpen{true});
}

/// Terminal, script, the call: what of it there is, in this order.
void BeforePpp::next_before_call(Instant now, Actions& out) {
  if (next_ == Stage::Greeting) {
    next_ = Stage::Script;
    if (config_->terminal_before) return open_terminal(now, out);
  }
  if (next_ == Stage::Script) {
    next_ = Stage::Ppp;
    if (config_->script_before) return script(config_->script_before, now, out);
  }
  state_ = State::Over;
  due_ = kNever;
  out.push(PlaceCall{});
}

/// Greeting, terminal, script, PPP: what of it there is, in this order.
void BeforePpp::next_stage(Instant now, Actions& out) {
  if (before_call()) return next_before_call(now, out);
  if (next_ == Stage::Greeting) {
    next_ = Stage::Terminal;
    if (line_.calls && line_.greeting) return script(null_modem_greeting(), now, out);
  }
  if (next_ == Stage::Terminal) {
    next_ = Stage::Script;
    if (line_.calls && config_->terminal) return open_terminal(now, out);
  }
  if (next_ == Stage::Script) {
    next_ = Stage::Ppp;
    if (line_.calls && config_->script) return script(config_->script, now, out);
  }
  listen(now, out);
}

BeforePpp::Actions BeforePpp::end_terminal(Instant now) {
  Actions out;
  if (state_ != State::Terminal) return out;
  out.push(TerminalOpen{false});
  state_ = State::Scripting;  // nobody waits for a return after it
  due_ = kNever;
  next_stage(now, out);
  return out;
}

void BeforePpp::script(std::shared_ptr<const Script> which, Instant now, Actions& out) {
  state_ = state_ == State::Reading ? State::Answering : State::Scripting;
  run_ = std::make_unique<ScriptRun>(std::move(which), config_->user, config_->password);
  carry(run_->start(now), now, out);
}

void BeforePpp::carry(ScriptRun::Actions from, Instant now, Actions& out) {
  for (ScriptAction& action : from) {
    match(
        action, [&](TypeText& typed) { out.push(std::move(typed)); },
        [&](ScriptNoted& noted) { out.push(BeforePppNoted{std::move(noted.text)}); },
        [&](ScriptDone&) { after_script(now, out); },
        [&](ScriptGaveUp& gave_up) {
          run_.reset();
          state_ = State::Over;
          due_ = kNever;
          out.push(std::move(gave_up));
        });
  }
}

void BeforePpp::after_script(Instant now, Actions& out) {
  run_.reset();
  if (state_ == State::Answering) return finish(out);
  next_stage(now, out);
}

void BeforePpp::listen(Instant now, Actions& out) {
  const bool scripted = state_ == State::Scripting;
  state_ = State::Listening;
  give_up_at_ = now + config_->within;
  // After a script nobody waits for a return.
  due_ = line_.calls && !scripted ? now + kSilence : kNever;
  out.push(BeginPpp{});
}

void BeforePpp::finish(Actions& out) {
  state_ = State::Over;
  due_ = kNever;
  run_.reset();
  out.push(BeginPpp{});
}

BeforePpp::Actions BeforePpp::on_octets(ByteView octets, Instant now) {
  Actions out;
  if (octets.empty()) return out;
  if (state_ == State::Scripting) {
    carry(run_->on_octets(octets, now), now, out);
    return out;
  }
  const size_t before = printable_;
  remember(octets);
  switch (state_) {
    case State::First:
      // RFC 1662 §3.1: a frame begins with a flag; ff comes first where it was swallowed.
      give_up_at_ = now + config_->within;
      if (octets[0] >= 'A' && octets[0] <= 'z') {
        state_ = State::Reading;
        read_on(now);
      } else {
        listen(now, out);
      }
      break;
    case State::Listening:
      if (now >= give_up_at_) {
        state_ = State::Over;
        due_ = kNever;
        break;
      }
      if (printable_ != before || part_ != Part::Text) due_ = kNever;  // it shows something
      if (printable_ == before || printable_ < kTextLeast) break;
      state_ = State::Reading;
      read_on(now);
      out.push(HoldPpp{});
      break;
    case State::Reading:
      if (printable_ != before) read_on(now);
      break;
    case State::Answering: carry(run_->on_octets(octets, now), now, out); break;
    case State::Terminal:
    case State::Scripting:
    case State::Over: break;
  }
  return out;
}

BeforePpp::Actions BeforePpp::on_ppp(Instant) {
  Actions out;
  if (state_ == State::Scripting || state_ == State::Answering) {
    out.push(BeforePppNoted{"the peer speaks PPP already; the script is over"});
  }
  if (state_ == State::Terminal) out.push(TerminalOpen{false});
  finish(out);
  return out;
}

void BeforePpp::read_on(Instant now) {
  const bool word = without_blanks(text_).ends_with("CLIENT") || text_.ends_with("SERVER");
  due_ = now + (at_prompt() || word ? kPromptEnds : kTextEnds);
}

BeforePpp::Actions BeforePpp::on_deadline(Instant now) {
  Actions out;
  if (now < due()) return out;
  switch (state_) {
    case State::Terminal: return end_terminal(now);
    case State::Scripting: carry(run_->on_deadline(now), now, out); break;
    case State::Answering:
      if (now >= give_up_at_) {
        finish(out);
      } else {
        carry(run_->on_deadline(now), now, out);
      }
      break;
    case State::First: listen(now, out); break;
    case State::Listening:
      // Some servers show nothing before they got a return; a Windows server, before its word.
      out.push(TypeText{returns_ == 0 ? "\r" : std::string(kNullModemCaller), ""});
      due_ = returns_++ == 0 && line_.direct ? now + kSilence : kNever;
      break;
    case State::Reading: decide(now, out); break;
    case State::Over: due_ = kNever; break;
  }
  return out;
}

/// The text has come to an end: what is it?
void BeforePpp::decide(Instant now, Actions& out) {
  if (now >= give_up_at_) return finish(out);
  const std::string_view shown = without_blanks(text_);
  if (shown.ends_with("CLIENT")) {
    out.push(BeforePppNoted{"the peer greets as a Windows null modem; greeted back"});
    out.push(TypeText{std::string(kNullModemServer), std::string(kNullModemServer)});
    return finish(out);
  }
  if (shown.ends_with("SERVER") || !line_.calls) return finish(out);
  if (at_prompt() && may_answer() && answers_ == 0) {
    ++answers_;
    out.push(BeforePppNoted{"the peer shows a login prompt; answered with user name and password"});
    return script(login_script(), now, out);
  }
  if (!at_prompt() && returns_ < kReturnsMax) {
    ++returns_;
    due_ = now + kAnswerWithin;
    out.push(TypeText{"\r", ""});
    return;
  }
  finish(out);
}

Instant BeforePpp::due() const {
  switch (state_) {
    case State::Scripting: return run_->due();
    case State::Answering: return std::min(run_->due(), give_up_at_);
    case State::Reading: return std::min(due_, give_up_at_);
    case State::First:
    case State::Terminal:
    case State::Listening:
    case State::Over: break;
  }
  return due_;
}

bool BeforePpp::may_answer() const {
  return config_->answer_prompt && !config_->user.empty() && !config_->password.empty();
}

bool BeforePpp::at_prompt() const {
  const std::string_view text = without_blanks(text_);
  return std::ranges::any_of(kLoginPrompts, [&](std::string_view p) { return text.ends_with(p); });
}

/// A tilde is a flag only if a frame follows it: ff 03, compressed or escaped (RFC 1662 §3.1).
void BeforePpp::remember(ByteView octets) {
  for (const uint8_t octet : octets) {
    const uint8_t seven = octet & 0x7f;
    if (octet == 0x7e) {
      part_ = Part::Flag;
      continue;
    }
    if (part_ == Part::Flag) part_ = octet == 0xff || seven == 0x7d ? Part::Frame : Part::Text;
    if (part_ == Part::Frame) continue;
    const bool printable = seven >= 0x20 && seven < 0x7f;
    if (!printable && seven != '\r' && seven != '\n') continue;
    if (printable && seven != ' ') ++printable_;
    if (text_.size() == kTextKept) {
      mask(text_, config_->password);  // while an echo of it is whole
      text_.erase(0, kTextKept / 2);
    }
    text_ += static_cast<char>(seven);
  }
}

std::string BeforePpp::text() const {
  if (printable_ < kTextLeast) return {};
  std::string text;
  for (const char c : text_) {
    const bool blank = c == '\r' || c == '\n' || c == ' ';
    if (!blank) {
      text += c;
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  mask(text, config_->password);
  constexpr size_t kShown = 100;
  if (text.size() > kShown) text = "..." + text.substr(text.size() - kShown);
  return std::string(without_blanks(text));
}

}  // namespace redial::modem
