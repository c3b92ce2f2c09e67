// SPDX-License-Identifier: Apache-2.0
// The values of MODEM.INF: what is sent, what is waited for, and plain text (KB Q125975), each made
// of the tokens of one line and the macros of its section.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/inf_lexer.h"

namespace redial::modem::inf {

class TextReader {
 public:
  using Macros = std::map<std::string, Macro>;
  /// Both outlive the reader; a macro must be known before a value that uses it is read.
  TextReader(const Macros& macros, Complaints& complaints)
      : macros_(macros), complaints_(complaints) {}

  /// Text in which only octets may be named: a macro's, DETECT_STRING's. `what` is for messages.
  std::string plain(const Entry& entry, std::string_view what);
  std::vector<CommandPiece> command(const Entry& entry);
  /// nullopt: nothing that could ever be answered, and said so.
  std::optional<Response> response(ResponseCode code, const Entry& entry);

 private:
  void check_trailing_blank(const Entry& entry);
  void check_command(const Entry& entry, const std::vector<CommandPiece>& pieces);
  void add_hole(const Token& token, std::vector<PatternPiece>& pattern);
  const Macro* macro(const Token& token);

  const Macros& macros_;
  Complaints& complaints_;
};

/// Whether the text is an AT command, in whatever case.
bool begins_with_at(std::string_view text);

}  // namespace redial::modem::inf
