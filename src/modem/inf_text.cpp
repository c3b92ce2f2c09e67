// SPDX-License-Identifier: Apache-2.0
#include "modem/inf_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "modem/dialogue.h"

namespace redial::modem::inf {
namespace {

constexpr size_t kPatternOctetsMax = 1024;
constexpr size_t kPiecesMax = 256;

struct HoleName {
  std::string_view name;
  PatternPiece::Kind kind;
};
constexpr HoleName kHoles[] = {
    {"?", PatternPiece::Kind::AnyOctet},
    {"ignore", PatternPiece::Kind::Ignore},
    {"carrierbps", PatternPiece::Kind::CarrierBps},
    {"connectbps", PatternPiece::Kind::ConnectBps},
    {"diagnostics", PatternPiece::Kind::Diagnostics},
    {"append", PatternPiece::Kind::Append},
};

struct FieldName {
  std::string_view name;
  CommandPiece::Kind kind;
};
constexpr FieldName kFields[] = {
    {"phonenumber", CommandPiece::Kind::PhoneNumber},
    {"username", CommandPiece::Kind::UserName},
    {"password", CommandPiece::Kind::Password},
    {"x25address", CommandPiece::Kind::X25Address},
    {"userdata", CommandPiece::Kind::UserData},
    {"facilities", CommandPiece::Kind::Facilities},
};

template <class Table>
auto find_named(const Table& table, std::string_view name) -> decltype(&table[0]) {
  for (const auto& row : table)
    if (row.name == name) return &row;
  return nullptr;
}

/// LOOP=<cr><lf>RING<cr><lf>: RAS had no keyword for a ring, and a line that is watched needs one.
bool is_ring(const Response& response) {
  if (response.code != ResponseCode::Loop || response.pattern.size() != 1) return false;
  const PatternPiece& piece = response.pattern.front();
  if (piece.kind != PatternPiece::Kind::Literal && piece.kind != PatternPiece::Kind::Match)
    return false;
  const size_t first = piece.text.find_first_not_of("\r\n ");
  const size_t last = piece.text.find_last_not_of("\r\n ");
  return first != std::string::npos &&
         std::string_view(piece.text).substr(first, last - first + 1) == "RING";
}

}  // namespace

bool begins_with_at(std::string_view text) { return lower(text.substr(0, 2)) == "at"; }

/// A blank after the last <name> cannot be seen, yet would be sent or waited for.
void TextReader::check_trailing_blank(const Entry& entry) {
  const size_t last = entry.value.find_last_not_of(" \t");
  if (last == std::string_view::npos || last + 1 == entry.value.size()) return;
  if (entry.value[last] != '>') return;
  complaints_.warning(
      {entry.value_at.line, entry.value_at.column + static_cast<uint32_t>(last) + 1}, 0,
      "blanks at the end of the line; they are part of the text and will be sent "
      "or waited for; remove them");
}

std::string TextReader::plain(const Entry& entry, std::string_view what) {
  check_trailing_blank(entry);
  std::string text;
  for (const Token& token : tokens(entry.value, entry.value_at, complaints_)) {
    if (token.kind == Token::Kind::Text) {
      text += token.text;
      continue;
    }
    complaints_.error(token.at, 654,
                      fmt::format("{} holds <{}>; only <cr>, <lf> and <hXX> can stand there; put "
                                  "it into the command itself",
                                  what, quoted(token.text)));
  }
  return text;
}

const Macro* TextReader::macro(const Token& token) {
  const auto known = macros_.find(token.text);
  if (known != macros_.end()) return &known->second;
  const bool half = macros_.contains(token.text + "_on") || macros_.contains(token.text + "_off");
  if (half) {
    complaints_.error(token.at, 693,
                      fmt::format("<{}> is defined for one of on and off only; the command cannot "
                                  "be made; define both <{}_on> and <{}_off>",
                                  quoted(token.text), quoted(token.text), quoted(token.text)));
  } else {
    complaints_.error(token.at, 654,
                      fmt::format("<{}> is not defined in this section; the line cannot be used; "
                                  "define <{}>=text, or the pair <{}_on> and <{}_off>",
                                  quoted(token.text), quoted(token.text), quoted(token.text),
                                  quoted(token.text)));
  }
  return nullptr;
}

std::vector<CommandPiece> TextReader::command(const Entry& entry) {
  check_trailing_blank(entry);
  std::vector<CommandPiece> pieces;
  for (const Token& token : tokens(entry.value, entry.value_at, complaints_)) {
    const FieldName* field =
        token.kind == Token::Kind::Name ? find_named(kFields, token.text) : nullptr;
    if (token.kind == Token::Kind::Text) {
      pieces.push_back({CommandPiece::Kind::Literal, token.text});
    } else if (field) {
      pieces.push_back({field->kind, ""});
    } else if (token.kind == Token::Kind::Match || find_named(kHoles, token.text)) {
      complaints_.error(token.at, 654,
                        fmt::format("<{}> has a meaning in answers only; the command cannot be "
                                    "sent; remove it",
                                    token.kind == Token::Kind::Match ? "match" : token.text));
    } else if (macro(token)) {
      pieces.push_back({CommandPiece::Kind::Macro, token.text});
    }
  }
  check_command(entry, pieces);
  return pieces;
}

void TextReader::check_command(const Entry& entry, const std::vector<CommandPiece>& pieces) {
  size_t longest = 0;
  for (const CommandPiece& piece : pieces) {
    if (piece.kind == CommandPiece::Kind::Literal) longest += piece.text.size();
    if (piece.kind != CommandPiece::Kind::Macro) continue;
    const Macro& used = macros_.find(piece.text)->second;
    longest += std::max(used.on.size(), used.off.size());
  }
  if (longest > kCommandMax || pieces.size() > kPiecesMax)
    complaints_.error(entry.value_at, 700,
                      fmt::format("the command grows to {} octets in {} pieces; no more than {} "
                                  "can be sent at once; split it into several commands",
                                  longest, pieces.size(), kCommandMax));
  if (pieces.empty()) return;
  const CommandPiece& first = pieces.front();
  const CommandPiece& last = pieces.back();
  const bool to_modem = first.kind == CommandPiece::Kind::Literal && begins_with_at(first.text);
  const bool ended =
      (last.kind == CommandPiece::Kind::Literal && last.text.find('\r') != std::string::npos) ||
      last.kind == CommandPiece::Kind::Macro;
  if (to_modem && !ended)
    complaints_.warning(entry.value_at, 0,
                        "the command has no <cr> at its end; the modem will go on waiting for the "
                        "rest of it; add <cr>");
}

void TextReader::add_hole(const Token& token, std::vector<PatternPiece>& pattern) {
  if (const HoleName* hole = find_named(kHoles, token.text)) {
    pattern.push_back({hole->kind, ""});
    return;
  }
  if (token.text == "message") {
    complaints_.error(token.at, 655,
                      "<message> is not documented by anybody; the answer cannot be understood; "
                      "use <diagnostics> or <ignore>");
    return;
  }
  if (find_named(kFields, token.text)) {
    complaints_.error(token.at, 654,
                      fmt::format("<{}> has a meaning in commands only; the answer cannot be "
                                  "understood; use <ignore>",
                                  token.text));
    return;
  }
  const Macro* used = macro(token);
  if (!used) return;
  if (used->binary)
    complaints_.error(token.at, 654,
                      fmt::format("<{}> is on or off, an answer is neither; it cannot be "
                                  "understood; write the text itself",
                                  quoted(token.text)));
  pattern.push_back({PatternPiece::Kind::Literal, used->on});
}

std::optional<Response> TextReader::response(ResponseCode code, const Entry& entry) {
  check_trailing_blank(entry);
  const size_t errors_before = complaints_.errors();
  Response made{code, {}};
  size_t octets = 0;
  for (Token& token : tokens(entry.value, entry.value_at, complaints_)) {
    if (token.kind == Token::Kind::Name) {
      add_hole(token, made.pattern);
    } else {
      const bool text = token.kind == Token::Kind::Text;
      made.pattern.push_back(
          {text ? PatternPiece::Kind::Literal : PatternPiece::Kind::Match, std::move(token.text)});
    }
    if (!made.pattern.empty()) octets += made.pattern.back().text.size();
    if (octets > kPatternOctetsMax || made.pattern.size() > kPiecesMax) {
      complaints_.error(entry.value_at, 698,
                        fmt::format("the answer is longer than {} octets or {} pieces; no modem "
                                    "says so much; end it with <ignore>",
                                    kPatternOctetsMax, kPiecesMax));
      return std::nullopt;
    }
  }
  if (complaints_.errors() != errors_before) return std::nullopt;
  if (made.pattern.empty()) {
    complaints_.warning(entry.value_at, 698,
                        fmt::format("{}= waits for nothing; the line is ignored; write what the "
                                    "modem says, or NoResponse",
                                    quoted(entry.key)));
    return std::nullopt;
  }
  if (is_ring(made)) made.code = ResponseCode::Ring;
  return made;
}

}  // namespace redial::modem::inf
