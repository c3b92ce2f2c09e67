// SPDX-License-Identifier: Apache-2.0
#include "modem/script_value.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace redial::modem {
namespace {

using What = ScriptTerm::What;
using Type = ScriptValue::Type;

ScriptValue truth(bool yes) { return {Type::Truth, yes ? 1 : 0}; }
ScriptValue of_text(std::string_view text) { return {Type::Text, 0, std::string(text)}; }
ScriptValue of_number(int64_t number) {
  using Limits = std::numeric_limits<int32_t>;
  return {Type::Number,
          static_cast<int32_t>(std::clamp<int64_t>(number, Limits::min(), Limits::max()))};
}

std::optional<ScriptValue> pushed(const ScriptTerm& term, const ScriptScope& scope) {
  switch (term.what) {
    case What::Constant: return term.value;
    case What::Variable:
      if (term.variable >= scope.variables.size()) return std::nullopt;
      return scope.variables[term.variable];
    case What::User: return of_text(scope.user);
    case What::Password: return of_text(scope.password);
    case What::Success: return truth(scope.success);
    case What::Negate:
    case What::Not:
    case What::Multiply:
    case What::Divide:
    case What::Add:
    case What::Subtract:
    case What::Less:
    case What::Greater:
    case What::LessEqual:
    case What::GreaterEqual:
    case What::Equal:
    case What::NotEqual:
    case What::And:
    case What::Or: break;
  }
  return std::nullopt;
}

Result<ScriptValue> applied(What what, const ScriptValue& a, const ScriptValue& b) {
  const int64_t x = a.number, y = b.number;
  switch (what) {
    case What::Multiply: return of_number(x * y);
    case What::Divide:
      if (y == 0) return fail(ErrorKind::Failed, "it divides by zero");
      return of_number(x / y);
    case What::Add:
      if (a.type != Type::Text) return of_number(x + y);
      if (a.text.size() + b.text.size() > kScriptValueMax)
        return fail(ErrorKind::Failed, "a text of it grows too long");
      return of_text(a.text + b.text);
    case What::Subtract: return of_number(x - y);
    case What::Less: return truth(x < y);
    case What::Greater: return truth(x > y);
    case What::LessEqual: return truth(x <= y);
    case What::GreaterEqual: return truth(x >= y);
    case What::Equal: return truth(a == b);
    case What::NotEqual: return truth(a != b);
    case What::And: return truth(x != 0 && y != 0);
    case What::Or: return truth(x != 0 || y != 0);
    case What::Constant:
    case What::Variable:
    case What::User:
    case What::Password:
    case What::Success:
    case What::Negate:
    case What::Not: break;
  }
  return fail(ErrorKind::Failed, "an expression of it means nothing");
}

}  // namespace

unsigned operands(What what) {
  if (what <= What::Success) return 0;
  return what <= What::Not ? 1 : 2;
}

Result<ScriptValue> evaluate(const ScriptExpression& expression, const ScriptScope& scope) {
  std::vector<ScriptValue> stack;
  for (const ScriptTerm& term : expression) {
    const unsigned needs = operands(term.what);
    if (needs > stack.size()) break;
    if (needs == 0) {
      auto value = pushed(term, scope);
      if (!value) break;
      stack.push_back(*std::move(value));
    } else if (needs == 1) {
      ScriptValue& top = stack.back();
      top = term.what == What::Not ? truth(top.number == 0) : of_number(-int64_t{top.number});
    } else {
      auto value = applied(term.what, stack[stack.size() - 2], stack.back());
      if (!value) return value;
      stack.pop_back();
      stack.back() = *std::move(value);
    }
  }
  if (stack.size() != 1) return fail(ErrorKind::Failed, "an expression of it means nothing");
  return std::move(stack.front());
}

}  // namespace redial::modem
