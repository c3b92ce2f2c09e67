// SPDX-License-Identifier: Apache-2.0
// Variables and expressions of dial scripts, as Windows' .scp files have them: whole numbers, texts
// and truths. Types are checked by whoever compiles a script; here they are only computed with.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace redial::modem {

constexpr size_t kScriptValueMax = 1024;  // octets of a text that is computed
constexpr size_t kScriptTermsMax = 64;    // of one expression

struct ScriptValue {
  enum class Type : uint8_t { Number, Text, Truth };
  Type type = Type::Number;
  int32_t number = 0;  // Number; Truth: 0 or 1
  std::string text{};  // Text
  bool operator==(const ScriptValue&) const = default;
};

/// One term of an expression in postfix order: a value is pushed, an operator takes what it needs.
struct ScriptTerm {
  enum class What : uint8_t {
    Constant,
    Variable,
    User,
    Password,
    Success,  // whether the last wait found what it waited for
    Negate,
    Not,
    Multiply,
    Divide,
    Add,  // of texts: one after the other
    Subtract,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
  };
  What what = What::Constant;
  ScriptValue value{};    // Constant
  uint16_t variable = 0;  // Variable
  bool operator==(const ScriptTerm&) const = default;
};
using ScriptExpression = std::vector<ScriptTerm>;

/// What an expression may refer to while it is computed.
struct ScriptScope {
  std::span<const ScriptValue> variables;
  std::string_view user, password;
  bool success = false;
};

/// Numbers stay within 32 bits at both ends. Errors: a division by zero, a text beyond
/// kScriptValueMax, an expression that is none.
Result<ScriptValue> evaluate(const ScriptExpression& expression, const ScriptScope& scope);

/// How many values an operator takes: 0 for what is pushed.
unsigned operands(ScriptTerm::What what);

}  // namespace redial::modem
