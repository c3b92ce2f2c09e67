// SPDX-License-Identifier: Apache-2.0
// How the pattern of a response is compared with what a modem has said so far (modem description
// files: <ignore>, <?>, <match>, digits; docs/formats.md).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "modem/description.h"

namespace redial::modem {

/// What the holes of a pattern have caught.
struct Caught {
  uint32_t carrier_bps = 0, connect_bps = 0;  // 0: not told
  std::string_view diagnostics;
};

struct PatternMatch {
  enum class Verdict : uint8_t {
    None,     // cannot match, whatever follows
    Partial,  // matches so far; more octets decide
    Full,     // matches
  };
  Verdict verdict = Verdict::None;
  bool open = false;  // Full, and the rest of the line still belongs to it
  size_t end = 0;     // Full: octets of the text that belong to the match
  Caught caught;
};

/// `text` begins with the first octet of a line that is neither <cr>, <lf> nor NUL; the same octets
/// at the head of the pattern are passed over, since files list answers with and without them.
/// `over`: the line has ended, also when its <cr> or <lf> was left out. Holes stay within a line.
PatternMatch match_pattern(std::span<const PatternPiece> pattern, std::string_view text, bool over);

/// A pattern that begins with a hole for anything says little: it counts only for complete lines
/// that nothing else explains.
bool is_vague(std::span<const PatternPiece> pattern);

/// What a text must begin with to match, by which most patterns are ruled out.
struct PatternHead {
  std::optional<char> first;  // nullopt: it may begin with anything
  bool vague;                 // see is_vague()
};
PatternHead head_of(std::span<const PatternPiece> pattern);

}  // namespace redial::modem
