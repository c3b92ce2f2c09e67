// SPDX-License-Identifier: Apache-2.0
#include "modem/pattern.h"

#include <algorithm>
#include <optional>

namespace redial::modem {
namespace {

using Kind = PatternPiece::Kind;
using Verdict = PatternMatch::Verdict;

constexpr bool ends_line(char c) { return c == '\r' || c == '\n'; }
constexpr bool is_leader(char c) { return ends_line(c) || c == '\0'; }
constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }

/// Where the significant part of a pattern begins: piece, and octet of that piece.
struct Start {
  size_t piece = 0, octet = 0;
};

Start significant(std::span<const PatternPiece> pattern) {
  Start start;
  for (; start.piece < pattern.size(); ++start.piece) {
    const PatternPiece& piece = pattern[start.piece];
    if (piece.kind == Kind::Append) continue;
    if (piece.kind != Kind::Literal) break;
    const std::string_view text = piece.text;
    size_t first = 0;
    while (first < text.size() && is_leader(text[first])) ++first;
    if (first == text.size()) continue;
    start.octet = first;
    break;
  }
  return start;
}

/// One walk along pattern and text, as for a shell's `*`: the last hole may grow, earlier ones not.
class Walk {
 public:
  Walk(std::span<const PatternPiece> pattern, std::string_view text, bool over)
      : pattern_(pattern), text_(text), over_(over) {}

  PatternMatch run() {
    const Start start = significant(pattern_);
    if (start.piece == pattern_.size()) return {};
    piece_ = start.piece;
    octet_ = start.octet;
    while (piece_ < pattern_.size()) {
      const std::optional<PatternMatch> decided = step(pattern_[piece_]);
      if (decided) return *decided;
    }
    return full(false);
  }

 private:
  struct Hole {
    size_t next_piece, begin, end;
    Caught caught;
    bool diagnostics;
  };

  std::optional<PatternMatch> step(const PatternPiece& piece) {
    switch (piece.kind) {
      case Kind::Literal: return literal(std::string_view(piece.text).substr(octet_));
      case Kind::AnyOctet:
        if (at_ == text_.size()) return partial();
        ++at_;
        next();
        return std::nullopt;
      case Kind::Ignore:
      case Kind::Diagnostics: return hole(piece.kind == Kind::Diagnostics);
      case Kind::Match: {
        const size_t found = text_.find(piece.text, at_);
        if (found == std::string_view::npos) return PatternMatch{};
        at_ = found + piece.text.size();
        next();
        return std::nullopt;
      }
      case Kind::CarrierBps: return digits(caught_.carrier_bps);
      case Kind::ConnectBps: return digits(caught_.connect_bps);
      case Kind::Append: next(); return std::nullopt;
    }
    return PatternMatch{};
  }

  std::optional<PatternMatch> literal(std::string_view wanted) {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with(wanted)) {
      at_ += wanted.size();
      next();
      return std::nullopt;
    }
    if (!wanted.starts_with(rest)) return grow_hole();
    // A modem with other S3 and S4 ends its lines otherwise; the words are the same.
    if (over_ && only_line_end_after(wanted.substr(rest.size()))) {
      at_ = text_.size();
      return full(false);
    }
    return partial();
  }

  bool only_line_end_after(std::string_view rest) const {
    return std::ranges::all_of(rest, ends_line) &&
           std::ranges::all_of(pattern_.subspan(piece_ + 1), [](const PatternPiece& piece) {
             return piece.kind == Kind::Literal && std::ranges::all_of(piece.text, ends_line);
           });
  }

  std::optional<PatternMatch> digits(uint32_t& into) {
    const size_t begin = at_;
    uint64_t number = 0;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(text_[at_] - '0'), ~0u);
      ++at_;
    }
    const bool last = piece_ + 1 == pattern_.size();
    if (at_ == text_.size() && !over_ && !(last && at_ > begin)) return partial();
    if (at_ == begin) return grow_hole();
    into = static_cast<uint32_t>(number);
    if (last) return full(at_ == text_.size() && !over_);
    next();
    return std::nullopt;
  }

  std::optional<PatternMatch> hole(bool diagnostics) {
    if (piece_ + 1 == pattern_.size()) {
      std::string_view rest = text_.substr(at_);
      while (!rest.empty() && ends_line(rest.back())) rest.remove_suffix(1);
      if (diagnostics) caught_.diagnostics = rest;
      at_ = text_.size();
      return full(!over_);
    }
    hole_ = Hole{piece_ + 1, at_, at_, caught_, diagnostics};
    next();
    return std::nullopt;
  }

  /// The text after the last hole does not fit: let the hole take one octet more.
  std::optional<PatternMatch> grow_hole() {
    if (!hole_) return PatternMatch{};
    if (hole_->end == text_.size()) return over_ ? PatternMatch{} : partial();
    if (ends_line(text_[hole_->end])) return PatternMatch{};
    at_ = ++hole_->end;
    piece_ = hole_->next_piece;
    octet_ = 0;
    caught_ = hole_->caught;
    if (hole_->diagnostics)
      caught_.diagnostics = text_.substr(hole_->begin, hole_->end - hole_->begin);
    return std::nullopt;
  }

  void next() {
    ++piece_;
    octet_ = 0;
  }
  PatternMatch partial() const { return {Verdict::Partial, false, 0, {}}; }
  PatternMatch full(bool open) const { return {Verdict::Full, open, at_, caught_}; }

  std::span<const PatternPiece> pattern_;
  std::string_view text_;
  bool over_;
  size_t piece_ = 0;  // the piece to compare next
  size_t octet_ = 0;  // where its literal begins; not 0 only in the first significant one
  size_t at_ = 0;     // octets of the text explained so far
  Caught caught_;
  std::optional<Hole> hole_;
};

}  // namespace

PatternMatch match_pattern(std::span<const PatternPiece> pattern, std::string_view text,
                           bool over) {
  return Walk(pattern, text, over).run();
}

bool is_vague(std::span<const PatternPiece> pattern) { return head_of(pattern).vague; }

PatternHead head_of(std::span<const PatternPiece> pattern) {
  const Start start = significant(pattern);
  if (start.piece == pattern.size()) return {std::nullopt, true};
  const PatternPiece& piece = pattern[start.piece];
  if (piece.kind == Kind::Literal) return {piece.text[start.octet], false};
  return {std::nullopt, piece.kind == Kind::Ignore || piece.kind == Kind::Diagnostics ||
                            piece.kind == Kind::AnyOctet};
}

}  // namespace redial::modem
