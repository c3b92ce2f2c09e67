// SPDX-License-Identifier: Apache-2.0
// Expressions of .scp scripts, weakest operator first: or, and, equality, order, sums, products.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "modem/scp_parser.h"

namespace redial::modem::scp {
namespace {

using What = ScriptTerm::What;
using Type = ScriptValue::Type;

struct Operator {
  std::string_view sign;
  What what;
  bool texts;   // for texts too
  bool truths;  // for truths too
  bool compares;
};
constexpr Operator kOperators[] = {
    {"*", What::Multiply, false, false, false},  {"/", What::Divide, false, false, false},
    {"+", What::Add, true, false, false},        {"-", What::Subtract, false, false, false},
    {"<", What::Less, false, false, true},       {">", What::Greater, false, false, true},
    {"<=", What::LessEqual, false, false, true}, {">=", What::GreaterEqual, false, false, true},
    {"==", What::Equal, true, true, true},       {"!=", What::NotEqual, true, true, true},
};

// Weakest first; those of a row bind alike, from the left.
constexpr std::array<std::array<std::string_view, 4>, 6> kLevels = {
    {{"or"}, {"and"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"+", "-"}, {"*", "/"}}};

ScriptTerm constant(ScriptValue value) { return {What::Constant, std::move(value)}; }

}  // namespace

std::string_view type_name(Type type) {
  switch (type) {
    case Type::Number: return "an integer";
    case Type::Text: return "a string";
    case Type::Truth: return "a boolean";
  }
  return "";
}

Parser::Expression Parser::of_type(Type type) {
  const Token at = peek();
  Expression made = expression();
  if (good() && made.type != type)
    wrong(at, fmt::format("{} stands where {} belongs; the script is not run; correct it",
                          type_name(made.type), type_name(type)));
  return made;
}

Parser::Expression Parser::combined(const Token& sign, Expression left, Expression right) {
  left.terms.insert(left.terms.end(), right.terms.begin(), right.terms.end());
  if (left.terms.size() > kScriptTermsMax) {
    wrong(sign, fmt::format("an expression of more than {} terms; the script is not run; compute "
                            "it in parts",
                            kScriptTermsMax));
    left.terms.clear();
    return left;
  }
  if (sign.text == "and" || sign.text == "or") {
    if (left.type != Type::Truth || right.type != Type::Truth)
      wrong(sign,
            fmt::format("\"{}\" is for booleans; the script is not run; compare first", sign.text));
    left.terms.push_back({sign.text == "and" ? What::And : What::Or});
    return left;
  }
  for (const Operator& row : kOperators) {
    if (row.sign != sign.text) continue;
    const bool suits = left.type == Type::Number || (left.type == Type::Text && row.texts) ||
                       (left.type == Type::Truth && row.truths);
    if (left.type != right.type || !suits)
      wrong(sign, fmt::format("\"{}\" between {} and {} means nothing; the script is not run; "
                              "correct it",
                              sign.text, type_name(left.type), type_name(right.type)));
    left.terms.push_back({row.what});
    if (row.compares) left.type = Type::Truth;
  }
  return left;
}

Parser::Expression Parser::binary(size_t level, size_t depth) {
  if (level == kLevels.size()) return unary(depth);
  Expression left = binary(level + 1, depth);
  const auto here = [this](std::string_view sign) { return !sign.empty() && is(sign); };
  while (good() && std::ranges::any_of(kLevels[level], here)) {
    const Token sign = take();
    left = combined(sign, std::move(left), binary(level + 1, depth));
  }
  return left;
}

Parser::Expression Parser::unary(size_t depth) {
  if (!is("!") && !is("-")) return primary(depth);
  const Token sign = take();
  if (depth >= kScpDepthMax) {
    wrong(sign,
          "too many signs and brackets within each other; the script is not run; compute in "
          "parts");
    return {};
  }
  Expression made = unary(depth + 1);
  const bool negates = sign.text == "-";
  if (good() && made.type != (negates ? Type::Number : Type::Truth))
    wrong(sign, fmt::format("\"{}\" before {} means nothing; the script is not run; correct it",
                            sign.text, type_name(made.type)));
  made.terms.push_back({negates ? What::Negate : What::Not});
  return made;
}

Parser::Expression Parser::primary(size_t depth) {
  const Token token = take();
  if (token.kind == Token::Kind::Number)
    return {{constant({Type::Number, token.number})}, Type::Number};
  if (token.kind == Token::Kind::Text) return {{constant({Type::Text, 0, token.text})}, Type::Text};
  if (token.kind == Token::Kind::Sign && token.text == "(") {
    if (depth >= kScpDepthMax) {
      wrong(token,
            "too many signs and brackets within each other; the script is not run; compute "
            "in parts");
      return {};
    }
    Expression made = binary(0, depth + 1);
    expect(")");
    return made;
  }
  if (token.text == "true" || token.text == "false")
    return {{constant({Type::Truth, token.text == "true" ? 1 : 0})}, Type::Truth};
  if (token.text == "$userid") return {{{What::User}}, Type::Text};
  if (token.text == "$password") return {{{What::Password}}, Type::Text};
  if (token.text == "$success") return {{{What::Success}}, Type::Truth};
  if (token.text == "$failure") return {{{What::Success}, {What::Not}}, Type::Truth};
  const auto known = variables_.find(token.text);
  if (token.kind == Token::Kind::Word && known != variables_.end())
    return {{{What::Variable, {}, known->second.index}}, known->second.type};
  if (token.kind == Token::Kind::Word)
    wrong(token, fmt::format("{} is not declared; the script is not run; write integer, string or "
                             "boolean and the name at the beginning of proc main",
                             inf::quoted(token.text)));
  else
    wrong(token,
          "a value is missing here; the script is not run; write a number, a \"text\" or a "
          "name");
  return {};
}

uint16_t Parser::variable(Type type, const Token& at) {
  if (script_.variables.size() >= kScpVariablesMax) {
    wrong(at, fmt::format("more than {} variables; the script is not run; use fewer",
                          kScpVariablesMax));
    return 0;
  }
  script_.variables.push_back({type, 0});
  return static_cast<uint16_t>(script_.variables.size() - 1);
}

/// A variable that holds the value when what comes after is run.
uint16_t Parser::computed(Expression value, const Token& at) {
  if (value.terms.size() == 1 && value.terms[0].what == What::Variable)
    return value.terms[0].variable;
  const uint16_t into = variable(value.type, at);
  ScriptStep& made = step();
  made.compute = std::move(value.terms);
  made.into = into;
  return into;
}

}  // namespace redial::modem::scp
