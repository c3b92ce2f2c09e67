// SPDX-License-Identifier: Apache-2.0
#include "modem/chat_compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace redial::modem::chat {
namespace {

using inf::lower;

struct CallResult {
  std::string_view text;
  ResponseCode code;
};
constexpr CallResult kCallResults[] = {
    {"busy", ResponseCode::ErrorBusy},
    {"no carrier", ResponseCode::ErrorNoCarrier},
    {"no dialtone", ResponseCode::ErrorNoDialtone},
    {"no dial tone", ResponseCode::ErrorNoDialtone},
    {"no answer", ResponseCode::ErrorNoAnswer},
    {"voice", ResponseCode::ErrorVoice},
    {"error", ResponseCode::Error},
    {"delayed", ResponseCode::ErrorDelayed},
    {"blacklisted", ResponseCode::ErrorBlacklisted},
};

std::string_view without_line_ends(std::string_view text) {
  while (!text.empty() && (text.front() == '\r' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

/// What a modem says ends the call; a text with small letters is rather a host's.
std::optional<Response> call_result(std::string_view abort) {
  const std::string_view text = without_line_ends(abort);
  for (const CallResult& row : kCallResults) {
    if (row.text != lower(text)) continue;
    std::string line = "\r\n";
    line += text;
    line += "\r\n";
    return Response{row.code, {{PatternPiece::Kind::Literal, std::move(line)}}};
  }
  const bool small = std::ranges::any_of(text, [](char c) { return 'a' <= c && c <= 'z'; });
  if (text.empty() || small) return std::nullopt;
  return Response{ResponseCode::Error, {{PatternPiece::Kind::Match, std::string(text)}}};
}

bool is_connect(std::string_view awaited) {
  return lower(awaited).find("onnect") != std::string::npos;
}

Command literal(std::string text) {
  Command command;
  command.pieces.push_back({CommandPiece::Kind::Literal, std::move(text)});
  return command;
}

Duration length(const ScriptStep& step) {
  Duration sum = step.expect.empty() ? 0s : step.within;
  for (const ScriptPiece& piece : step.send) sum += piece.pause;
  return sum;
}

bool asks_for_name(std::string_view awaited) {
  const std::string text = lower(awaited);
  for (const std::string_view word : {"ogin", "name", "user", "account"})
    if (text.find(word) != std::string::npos) return true;
  return false;
}

}  // namespace

std::optional<DialCommand> dial_command(const Sending& sending) {
  const std::string text = lower(sending.text);
  if (!text.starts_with("at") || text.starts_with("at+")) return std::nullopt;
  for (size_t at = 2; at < text.size(); ++at) {
    const char before = text[at - 1];
    const bool named = before == '&' || before == '%' || before == '\\' || before == '+';
    if (text[at] != 'd' || named) continue;
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const bool tone = next == 't' || next == 'p';
    if (at != 2 && !tone) continue;
    DialCommand made;
    const size_t number = at + (tone ? 2 : 1);
    made.prefix = sending.text.substr(0, number);
    made.number = sending.text.substr(number);
    if (made.number.ends_with(';')) {
      made.suffix = ";";
      made.number.pop_back();
    }
    return made;
  }
  return std::nullopt;
}

std::optional<size_t> Compiler::dials_at(std::span<const Exchange> exchanges) const {
  Complaints unheard;
  for (size_t i = 0; i < exchanges.size(); ++i)
    if (exchanges[i].send && dial_command(sent(*exchanges[i].send, phones_, unheard))) return i;
  return std::nullopt;
}

void Compiler::compile(std::span<const Exchange> exchanges, ChatScript& into) {
  const auto dial = dials_at(exchanges);
  if (!dial) return add_login({exchanges.begin(), exchanges.end()}, into);
  into.modem = modem(exchanges.subspan(0, *dial + 1), into);
  std::vector<Exchange> rest(exchanges.begin() + static_cast<ptrdiff_t>(*dial) + 1,
                             exchanges.end());
  if (!rest.empty()) {
    Exchange& first = rest.front();
    into.dial_within = std::clamp<Duration>(first.within, 5s, 10min);
    const bool connect = is_connect(awaited(first.expect.front(), phones_, complaints_));
    if (connect && first.expect.size() > 1)
      complaints_.warning(first.expect[1].at, 0,
                          "what is to be sent when CONNECT does not come is left out: the call is "
                          "dialled again instead; remove it");
    if (connect) first.expect = {Word{{}, first.expect.front().at}};
  }
  // Texts that end the script stay in force after CONNECT.
  std::vector<std::string> aborts;
  for (const Exchange& exchange : exchanges.subspan(0, *dial + 1)) {
    for (const std::string& text : exchange.abort_no_more) std::erase(aborts, text);
    aborts.insert(aborts.end(), exchange.abort.begin(), exchange.abort.end());
  }
  for (const std::string& text : aborts)
    if (const auto result = call_result(text)) into.modem->responses.push_back(*result);
  if (rest.empty()) return;
  rest.front().abort.insert(rest.front().abort.begin(), aborts.begin(), aborts.end());
  add_login(std::move(rest), into);
}

/// The exchanges up to the one that dials.
ModemDescription Compiler::modem(std::span<const Exchange> exchanges, ChatScript& into) {
  ModemDescription modem;
  modem.name = options_.name.empty() ? "chat script" : options_.name;
  const Word& first = exchanges.front().expect.front();
  modem.source = fmt::format("{} line {}", modem.name, first.at.line);
  for (size_t i = 0; i + 1 < exchanges.size(); ++i)
    add_command(exchanges[i], &exchanges[i + 1], modem);
  const Sending sending = sent(*exchanges.back().send, phones_, complaints_);
  const auto dials = dial_command(sending);
  Command dial = literal(dials->prefix);
  into.number = dials->number;
  if (!dials->number.empty() || sending.phone)
    dial.pieces.push_back({CommandPiece::Kind::PhoneNumber, ""});
  dial.pieces.push_back({CommandPiece::Kind::Literal, dials->suffix + "\r"});
  dial.within = 60s;
  dial.attempts = 1;
  modem.dial = {std::move(dial)};
  if (modem.init.empty()) modem.init.push_back(literal("ATQ0E1V1\r"));
  modem.listen = hayes().listen;
  modem.answer = hayes().answer;
  modem.hang_up = hayes().hang_up;
  return modem;
}

void Compiler::add_command(const Exchange& exchange, const Exchange* next,
                           ModemDescription& modem) {
  if (!exchange.send) return;
  const Sending sending = sent(*exchange.send, phones_, complaints_);
  const std::string_view text = without_line_ends(sending.text);
  // A return to wake it, and the escape: every dialogue does that by itself, when it is needed.
  if (text.empty() || text == "+++") return;
  Command command = literal(std::string(text) + "\r");
  if (exchange.within_told) command.within = std::clamp<Duration>(next->within, 1s, 60s);
  const std::string answer = awaited(next->expect.front(), phones_, complaints_);
  const bool to_modem = lower(text).starts_with("at");
  if (!to_modem && answer.empty()) command.no_response = true;
  if (!to_modem && !answer.empty())
    command.responses.push_back({ResponseCode::Ok, {{PatternPiece::Kind::Match, answer}}});
  modem.init.push_back(std::move(command));
}

void Compiler::add_login(std::vector<Exchange> exchanges, ChatScript& into) {
  Script script;
  script.name = options_.name;
  script.within = 30s;
  for (const Exchange& exchange : exchanges) add_steps(exchange, script);
  if (script.steps.size() > kCompiledStepsMax) {
    complaints_.error(exchanges.front().expect.front().at, 0,
                      fmt::format("the script has more than {} steps; it is not run; shorten it",
                                  kCompiledStepsMax));
    return;
  }
  const bool anything = std::ranges::any_of(script.steps, [](const ScriptStep& step) {
    return !step.expect.empty() || std::ranges::any_of(step.send, [](const ScriptPiece& piece) {
      return piece.what != ScriptPiece::What::Pause && !without_line_ends(piece.text).empty();
    });
  });
  if (!anything) return;
  for (const ScriptStep& step : script.steps) script.within += length(step);
  script.within = std::min(script.within, kCompiledWithinMost);
  hide_passwords(script);
  if (options_.take_credentials) take_credentials(script, into);
  into.login = std::move(script);
}

void Compiler::add_steps(const Exchange& exchange, Script& script) {
  const size_t before = script.steps.size();
  ScriptStep reply;
  if (exchange.send) {
    Sending sending = sent(*exchange.send, phones_, complaints_);
    reply.send = std::move(sending.pieces);
    if (sending.phone)
      complaints_.warning(exchange.send->at, 0,
                          "\\T or \\U after CONNECT, and no number is told (-T, -U); nothing is "
                          "sent in its place; write the number");
    for (ScriptPiece& piece : reply.send)
      if (exchange.hidden && piece.what == ScriptPiece::What::Text)
        piece.what = ScriptPiece::What::Hidden;
  }
  const size_t reply_at = before + exchange.expect.size();
  for (size_t i = 0; i < exchange.expect.size(); ++i) {
    ScriptStep step;
    if (i % 2 == 1) {  // sent because what was awaited before did not come
      // "ogin:-BREAK-ogin:" goes on waiting; the rest of the script is as good without it.
      if (exchange.expect[i].text == "BREAK") {
        complaints_.warning(exchange.expect[i].at, 0,
                            "a BREAK cannot be sent; nothing is sent in its place, and the next "
                            "text is waited for; write \\r where a return does as well");
      } else {
        step.send = sent(exchange.expect[i], phones_, complaints_).pieces;
      }
      script.steps.push_back(std::move(step));
      continue;
    }
    const std::string text = awaited(exchange.expect[i], phones_, complaints_);
    if (text.size() > kScriptTextMax)
      complaints_.error(exchange.expect[i].at, 0,
                        fmt::format("{} octets are awaited, more than {}; the script is not run; "
                                    "wait for the end of them only",
                                    text.size(), kScriptTextMax));
    if (!text.empty()) step.expect = {{text, reply_at}};
    step.within = std::clamp<Duration>(exchange.within, 1s, kScriptWaitMost);
    if (i + 1 < exchange.expect.size()) step.otherwise = script.steps.size() + 1;
    script.steps.push_back(std::move(step));
  }
  if (exchange.send) script.steps.push_back(std::move(reply));
  ScriptStep& first = script.steps[before];
  first.abort = exchange.abort;
  first.abort_no_more = exchange.abort_no_more;
  first.report = exchange.report;
  first.say = exchange.say;
}

/// What stands in the script after the questions for name and password.
void Compiler::take_credentials(Script& script, ChatScript& into) {
  using What = ScriptPiece::What;
  bool name_asked = false;
  for (ScriptStep& step : script.steps) {
    for (const auto& pattern : step.expect) name_asked = asks_for_name(pattern.text);
    for (ScriptPiece& piece : step.send) {
      const bool secret = piece.what == What::Hidden;
      const std::string text(without_line_ends(piece.text));
      if (text.empty() || !(secret || (name_asked && piece.what == What::Text))) continue;
      const std::string known(secret ? into.password.reveal() : std::string_view(into.user));
      if (!known.empty() && known != text) continue;  // of another host on the way
      if (secret) into.password = Secret(text);
      if (!secret) into.user = text;
      const bool returns = !secret && piece.text.ends_with('\r');
      piece = {secret ? What::Password : What::User};
      if (returns) step.send.push_back({What::Text, "\r"});
      break;
    }
    if (!step.send.empty()) name_asked = false;
  }
}

}  // namespace redial::modem::chat
