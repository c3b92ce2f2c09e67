// SPDX-License-Identifier: Apache-2.0
// .scp scripts: from tokens to the steps of a dial script, in one walk.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/scp.h"
#include "modem/scp_lexer.h"

namespace redial::modem::scp {

class Parser {
 public:
  Parser(std::vector<Token> tokens, Complaints& complaints)
      : tokens_(std::move(tokens)), complaints_(complaints) {}
  /// What it returns means something only where there was no error.
  Script run();

 private:
  using Type = ScriptValue::Type;
  struct Variable {
    Type type;
    uint16_t index;
  };
  struct Expression {
    ScriptExpression terms;
    Type type = Type::Number;
  };
  /// A step that goes to a label which may stand further down.
  struct Jump {
    std::string label;
    Place at;
    size_t step;
    std::optional<size_t> pattern;  // none: `otherwise`
  };

  // scp_parser.cpp: the structure and the commands
  const Token& peek(size_t ahead = 0) const;
  Token take();
  bool is(std::string_view word, size_t ahead = 0) const;
  bool accept(std::string_view word);
  bool expect(std::string_view word);
  bool good() const { return complaints_.errors() == 0; }
  void wrong(const Token& token, std::string text);
  std::string name(std::string_view what);
  void procedure();
  void skip_procedure();
  void block(std::string_view end, size_t depth);
  bool declaration();
  void command(size_t depth);
  void set();
  void set_port();
  void transmit();
  void waitfor();
  void pattern(ScriptStep& step, size_t at);
  void delay();
  void condition(bool loops, size_t depth);
  void assign(const std::string& variable, const Token& at);
  void address(uint16_t into);
  ScriptStep& step();
  void jump(ScriptExpression when_not, size_t to);
  void finish_jumps();
  void apply_port(ScriptStep& step);

  // scp_expression.cpp
  Expression expression() { return binary(0, 0); }
  Expression of_type(Type type);
  Expression binary(size_t level, size_t depth);
  Expression unary(size_t depth);
  Expression primary(size_t depth);
  Expression combined(const Token& sign, Expression left, Expression right);
  uint16_t variable(Type type, const Token& at);
  uint16_t computed(Expression value, const Token& at);

  std::vector<Token> tokens_;
  Complaints& complaints_;
  size_t next_ = 0;
  Script script_;
  std::map<std::string, Variable> variables_;
  std::map<std::string, size_t> labels_;
  std::vector<Jump> jumps_;
  // What `set port` has said, for the next step that waits or sends.
  int databits_ = 8;
  ScriptParity parity_ = ScriptParity::None;
  std::optional<Token> port_changed_;
};

std::string_view type_name(ScriptValue::Type type);

}  // namespace redial::modem::scp
