// SPDX-License-Identifier: Apache-2.0
#include "modem/scp_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace redial::modem::scp {
namespace {

using What = ScriptPiece::What;
using Type = ScriptValue::Type;

// Words that cannot be names (the document's chapter 9).
constexpr std::string_view kReserved[] = {
    "and",      "boolean", "databits",  "delay",    "do",     "endif",  "endproc", "endwhile",
    "even",     "false",   "getip",     "goto",     "halt",   "if",     "integer", "ipaddr",
    "keyboard", "mark",    "matchcase", "none",     "odd",    "off",    "on",      "or",
    "parity",   "port",    "proc",      "raw",      "return", "screen", "set",     "space",
    "stopbits", "string",  "then",      "transmit", "true",   "until",  "waitfor", "while"};

ScriptExpression never() { return {{ScriptTerm::What::Constant, ScriptValue{Type::Truth, 0}}}; }

std::optional<Type> type_named(std::string_view word) {
  if (word == "integer") return Type::Number;
  if (word == "string") return Type::Text;
  if (word == "boolean") return Type::Truth;
  return std::nullopt;
}

std::string shown(const Token& token) {
  if (token.kind == Token::Kind::End) return "the end of the file";
  if (token.kind == Token::Kind::Text) return "a text";
  if (token.kind == Token::Kind::Number) return std::to_string(token.number);
  return "\"" + inf::quoted(token.text) + "\"";
}

}  // namespace

const Token& Parser::peek(size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}
Token Parser::take() {
  const Token token = peek();
  if (next_ + 1 < tokens_.size()) ++next_;
  return token;
}
bool Parser::is(std::string_view word, size_t ahead) const {
  const Token& token = peek(ahead);
  const bool bare = token.kind == Token::Kind::Word || token.kind == Token::Kind::Sign;
  return bare && token.text == word;
}
bool Parser::accept(std::string_view word) {
  if (!is(word)) return false;
  take();
  return true;
}
bool Parser::expect(std::string_view word) {
  if (accept(word)) return true;
  wrong(peek(), fmt::format("{} stands where \"{}\" belongs; the script is not run; correct it",
                            shown(peek()), word));
  return false;
}

/// Only the first is told: what follows it would be guesses.
void Parser::wrong(const Token& token, std::string text) {
  if (good()) complaints_.error(token.at, 0, std::move(text));
}

std::string Parser::name(std::string_view what) {
  const Token token = take();
  const bool word = token.kind == Token::Kind::Word && !token.text.starts_with('$');
  const bool reserved = std::ranges::find(kReserved, token.text) != std::end(kReserved);
  if (!word || (reserved && !token.text.empty()))
    wrong(token, fmt::format("{} stands where the name of a {} belongs; the script is not run; "
                             "choose another name",
                             shown(token), what));
  return token.text;
}

Script Parser::run() {
  bool found = false;
  while (good() && peek().kind != Token::Kind::End) {
    if (!expect("proc")) break;
    if (is("main") && !found) {
      take();
      found = true;
      procedure();
    } else {
      complaints_.warning(peek().at, 0,
                          fmt::format("proc {} is never run: a script runs proc main and nothing "
                                      "else; remove it",
                                      inf::quoted(peek().text)));
      skip_procedure();
    }
  }
  if (good() && !found)
    wrong(peek(),
          "there is no proc main; there is nothing to run; begin the script with proc main "
          "and end it with endproc");
  finish_jumps();
  script_.within = kCompiledWithinUnsaid;
  return std::move(script_);
}

void Parser::skip_procedure() {
  while (!is("endproc") && peek().kind != Token::Kind::End) take();
  expect("endproc");
}

void Parser::procedure() {
  while (good() && declaration()) {}
  block("endproc", 0);
  // The end of main is where PPP begins; what jumps beyond it would not.
  step().compute = {{ScriptTerm::What::Constant, ScriptValue{Type::Truth, 1}}};
}

bool Parser::declaration() {
  const auto type = type_named(peek().text);
  if (peek().kind != Token::Kind::Word || !type) return false;
  take();
  const Token at = peek();
  const std::string known = name("variable");
  if (!good()) return false;
  if (variables_.contains(known)) {
    wrong(at, fmt::format("{} is declared twice; the script is not run; remove one of them",
                          inf::quoted(known)));
    return false;
  }
  variables_[known] = {*type, variable(*type, at)};
  if (is("=")) assign(known, at);
  return good();
}

/// Commands up to and with the word that ends them.
void Parser::block(std::string_view end, size_t depth) {
  if (depth > kScpDepthMax)
    return wrong(peek(), fmt::format("more than {} blocks within each other; the script is not "
                                     "run; make it flatter",
                                     kScpDepthMax));
  while (good() && !accept(end)) {
    if (peek().kind == Token::Kind::End)
      return wrong(peek(), fmt::format("the file ends, and \"{}\" is missing; the script is not "
                                       "run; write it",
                                       end));
    command(depth);
  }
}

ScriptStep& Parser::step() {
  if (script_.steps.size() >= kCompiledStepsMax)
    wrong(peek(),
          fmt::format("more than {} steps; the script is not run; shorten it", kCompiledStepsMax));
  return script_.steps.emplace_back();
}

void Parser::jump(ScriptExpression when_not, size_t to) {
  ScriptStep& made = step();
  made.compute = std::move(when_not);
  made.otherwise = to;
}

void Parser::command(size_t depth) {
  const Token at = take();
  if (at.kind != Token::Kind::Word)
    return wrong(at, fmt::format("{} stands where a command belongs; the script is not run; "
                                 "correct it",
                                 shown(at)));
  if (type_named(at.text))
    return wrong(at,
                 "a variable is declared after the first command; the script is not run; put "
                 "it at the beginning of the procedure");
  if (at.text == "set") return set();
  if (at.text == "transmit") return transmit();
  if (at.text == "waitfor") return waitfor();
  if (at.text == "delay") return delay();
  if (at.text == "if") return condition(false, depth);
  if (at.text == "while") return condition(true, depth);
  if (at.text == "getip") {
    --next_;
    return address(variable(Type::Text, at));
  }
  if (at.text == "goto") {
    const Token to = peek();
    jumps_.push_back({name("label"), to.at, script_.steps.size(), std::nullopt});
    return jump(never(), 0);
  }
  if (at.text == "halt" || at.text == "return") {
    jump(never(), at.text == "halt" ? ScriptStep::kFail : ScriptStep::kDone);
    script_.steps.back().say = fmt::format("the script halts in line {}", at.at.line);
    return;
  }
  if (is(":")) {
    --next_;
    const std::string label = name("label");
    take();
    if (!labels_.emplace(label, script_.steps.size()).second)
      wrong(at, fmt::format("the label {} stands here for the second time; the script is not run; "
                            "rename one of them",
                            inf::quoted(label)));
    return;
  }
  if (is("=")) return assign(at.text, at);
  wrong(at, fmt::format("{} is no command; the script is not run; correct it", shown(at)));
}

void Parser::set() {
  if (accept("port")) return set_port();
  if (accept("screen")) {  // there is no terminal window to take keys from
    if (expect("keyboard") && !accept("on")) expect("off");
    return;
  }
  if (!expect("ipaddr")) return;
  const Token at = peek();
  complaints_.warning(at.at, 0,
                      "set ipaddr changes nothing: PPP is given its address by the server; write "
                      "ip_address into the entry if it is to be asked for one");
  if (is("getip")) return address(variable(Type::Text, at));
  (void)of_type(Type::Text);
}

void Parser::set_port() {
  constexpr std::pair<std::string_view, ScriptParity> kParities[] = {
      {"none", ScriptParity::None}, {"odd", ScriptParity::Odd},     {"even", ScriptParity::Even},
      {"mark", ScriptParity::Mark}, {"space", ScriptParity::Space},
  };
  bool any = false;
  port_changed_ = peek();
  for (;; any = true) {
    const Token what = peek();
    if (accept("databits") || accept("stopbits")) {
      const Token value = take();
      const bool data = what.text == "databits";
      const bool known = value.number == (data ? 7 : 1) || value.number == (data ? 8 : 2);
      if (value.kind != Token::Kind::Number || !known)
        return wrong(value, fmt::format("{} are {}; the script is not run; correct it", what.text,
                                        data ? "7 or 8" : "1 or 2"));
      if (data) databits_ = value.number;
    } else if (accept("parity")) {
      const Token value = take();
      const auto found = std::ranges::find(kParities, value.text,
                                           &std::pair<std::string_view, ScriptParity>::first);
      if (found == std::end(kParities))
        return wrong(value,
                     "parity is none, odd, even, mark or space; the script is not run; "
                     "correct it");
      parity_ = found->second;
    } else {
      break;
    }
  }
  if (!any) expect("databits");
}

/// Eight bits are the line's own; seven are made of them.
void Parser::apply_port(ScriptStep& made) {
  if (!port_changed_) return;
  if (databits_ == 8 && parity_ != ScriptParity::None) {
    wrong(*port_changed_,
          "eight data bits with parity cannot be had on a line for PPP; the script "
          "is not run; write databits 7 beside it, or parity none");
  }
  made.parity = databits_ == 8                  ? ScriptParity::None
                : parity_ == ScriptParity::None ? ScriptParity::Mark  // where the stop bit is
                                                : parity_;
  port_changed_.reset();
}

void Parser::transmit() {
  const Token at = peek();
  Expression value = of_type(Type::Text);
  if (!good()) return;
  const bool raw = is(",") && is("raw", 1);
  if (raw) next_ += 2;
  ScriptPiece piece;
  const ScriptTerm& first = value.terms.front();
  const bool lone = value.terms.size() == 1;
  if (lone && first.what == ScriptTerm::What::Constant) {
    piece.text = raw ? at.raw : first.value.text;
    if (piece.text.empty()) return;
  } else if (lone && first.what == ScriptTerm::What::User) {
    piece.what = What::User;
  } else if (lone && first.what == ScriptTerm::What::Password) {
    piece.what = What::Password;
  } else {
    piece = {What::Value, {}, 0s, computed(std::move(value), at)};
  }
  ScriptStep& made = step();
  apply_port(made);
  made.send.push_back(std::move(piece));
}

/// One text to wait for, with matchcase and then.
void Parser::pattern(ScriptStep& into, size_t at) {
  const Token token = peek();
  Expression value = of_type(Type::Text);
  if (!good()) return;
  ScriptStep::Pattern made;
  const bool constant =
      value.terms.size() == 1 && value.terms[0].what == ScriptTerm::What::Constant;
  if (constant) {
    made.text = value.terms[0].value.text;
    if (made.text.empty() || made.text.size() > kScriptTextMax)
      return wrong(token, fmt::format("a text to wait for has 1 to {} octets, this one {}; the "
                                      "script is not run; wait for a part of it",
                                      kScriptTextMax, made.text.size()));
  } else if (value.terms.size() == 1 && value.terms[0].what == ScriptTerm::What::Variable) {
    made.variable = value.terms[0].variable;
  } else {
    return wrong(token,
                 "a text to wait for is a \"text\" or a variable; the script is not run; "
                 "compute it into a variable before");
  }
  // The document writes a comma before it, many scripts none.
  if (is(",") && is("matchcase", 1)) take();
  made.any_case = !accept("matchcase");
  if (accept("then")) {
    const Token to = peek();
    made.to = 0;
    jumps_.push_back({name("label"), to.at, at, into.expect.size()});
  }
  into.expect.push_back(std::move(made));
}

void Parser::waitfor() {
  constexpr size_t kPatternsMax = 64;
  const Token at = peek();
  ScriptStep made;
  made.within = kScriptWaitUnsaid;
  // `until` may have to be computed before; labels count from where this step then is.
  const size_t jumps = jumps_.size();
  do {
    pattern(made, script_.steps.size());
  } while (good() && made.expect.size() < kPatternsMax && accept(","));
  if (accept("until")) {
    Expression time = of_type(Type::Number);
    if (!good()) return;
    const bool constant =
        time.terms.size() == 1 && time.terms[0].what == ScriptTerm::What::Constant;
    if (constant) {
      made.within = std::clamp<Duration>(std::chrono::seconds(time.terms[0].value.number), 0s,
                                         kScriptWaitMost);
    } else {
      made.within_variable = computed(std::move(time), at);
    }
    made.otherwise = script_.steps.size() + 1;
  }
  for (size_t i = jumps; i < jumps_.size(); ++i) jumps_[i].step = script_.steps.size();
  apply_port(made);
  step() = std::move(made);
}

void Parser::delay() {
  const Token at = peek();
  Expression time = of_type(Type::Number);
  if (!good()) return;
  ScriptPiece piece{What::Pause};
  if (time.terms.size() == 1 && time.terms[0].what == ScriptTerm::What::Constant) {
    piece.pause =
        std::clamp<Duration>(std::chrono::seconds(time.terms[0].value.number), 0s, kScriptWaitMost);
  } else {
    piece = {What::Wait, {}, 0s, computed(std::move(time), at)};
  }
  step().send.push_back(std::move(piece));
}

void Parser::condition(bool loops, size_t depth) {
  const size_t begins = script_.steps.size();
  Expression asked = of_type(Type::Truth);
  if (!good() || !expect(loops ? "do" : "then")) return;
  const size_t at = script_.steps.size();
  jump(std::move(asked.terms), 0);
  block(loops ? "endwhile" : "endif", depth + 1);
  if (!good()) return;
  if (loops) jump(never(), begins);
  script_.steps[at].otherwise = script_.steps.size();
}

/// From the = on.
void Parser::assign(const std::string& into, const Token& at) {
  const auto known = variables_.find(into);
  if (known == variables_.end())
    return wrong(at, fmt::format("{} is not declared; the script is not run; write integer, string "
                                 "or boolean and the name at the beginning of proc main",
                                 inf::quoted(into)));
  if (!expect("=")) return;
  if (is("getip")) {
    if (known->second.type != Type::Text)
      return wrong(at, "getip gives a string; the script is not run; declare the variable so");
    return address(known->second.index);
  }
  Expression value = of_type(known->second.type);
  if (!good()) return;
  ScriptStep& made = step();
  made.compute = std::move(value.terms);
  made.into = known->second.index;
}

/// getip [number]: waits for so many IP addresses.
void Parser::address(uint16_t into) {
  take();
  uint16_t number = 1;
  if (peek().kind == Token::Kind::Number) {
    const Token value = take();
    if (value.number < 1 || value.number > 16)
      return wrong(value, "getip takes 1 to 16; the script is not run; correct it");
    number = static_cast<uint16_t>(value.number);
  }
  ScriptStep& made = step();
  apply_port(made);
  made.within = kScriptWaitUnsaid;
  made.expect = {{.text = {}, .address = number, .variable = into}};
}

void Parser::finish_jumps() {
  for (const Jump& made : jumps_) {
    const auto found = labels_.find(made.label);
    if (found == labels_.end()) {
      if (good())
        complaints_.error(made.at, 0,
                          fmt::format("the label {} stands nowhere; the script is not run; write "
                                      "{}: where it is to go on",
                                      inf::quoted(made.label), inf::quoted(made.label)));
      return;
    }
    if (made.step >= script_.steps.size()) return;  // an error stopped the walk
    ScriptStep& from = script_.steps[made.step];
    if (!made.pattern) from.otherwise = found->second;
    if (made.pattern && *made.pattern < from.expect.size())
      from.expect[*made.pattern].to = found->second;
  }
}

}  // namespace redial::modem::scp

namespace redial::modem {

ScpFile read_scp(std::string_view octets, std::string_view name) {
  ScpFile file;
  inf::Complaints complaints;
  if (octets.starts_with("\xef\xbb\xbf")) octets.remove_prefix(3);
  if (octets.size() > kScpOctetsMax || octets.find('\0') != std::string_view::npos) {
    complaints.error(
        {}, 0,
        fmt::format("this is no script: {}; nothing of it is run; save it as plain "
                    "8-bit text of at most {} octets",
                    octets.size() > kScpOctetsMax ? "it is too long" : "it has NUL octets",
                    kScpOctetsMax));
  } else {
    auto tokens = scp::tokens(octets, complaints);
    if (complaints.errors() == 0) {
      Script script = scp::Parser(std::move(tokens), complaints).run();
      script.name = name;
      hide_passwords(script);
      if (complaints.errors() == 0) file.script = std::move(script);
    }
  }
  file.diagnostics = complaints.take();
  return file;
}

}  // namespace redial::modem
