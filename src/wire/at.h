// SPDX-License-Identifier: Apache-2.0
// The answers of a modem in command state, V.250 §5.7: octets -> result lines -> result codes.
// Words
// (<cr><lf>OK<cr><lf>) and digits (0<cr>), with or without echo, cut at any octet.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.h"

namespace redial::wire {

/// V.250 table 1, and the words that modems have added to it.
enum class ResultCode : uint8_t {
  Ok,
  Connect,
  Ring,
  NoCarrier,
  Error,
  NoDialtone,
  Busy,
  NoAnswer,
  Delayed,      // the modem refuses to dial this number for a while
  Blacklisted,  // the modem or the network refuses this number
  Voice,
  Fax,
  Data,
  Ringing,  // the far end is ringing; intermediate
};

struct Result {
  ResultCode code = ResultCode::Ok;
  std::optional<uint32_t> rate_bps;  // first number of a CONNECT line
  bool error_control = false;        // the CONNECT line names a protocol: ARQ, LAPM, MNP, ...
  bool operator==(const Result&) const = default;
};

/// The meaning of a whole line; nullopt for echo, information text and unsolicited reports.
std::optional<Result> classify(std::string_view line);

/// True while `begun`, the start of a line, may still grow into one that `classify` knows.
bool may_become_result(std::string_view begun);

/// True for a line of one to three digits: a result code of a modem at V0.
bool is_numeric(std::string_view line);

std::string_view name(ResultCode code);  // "NO CARRIER"

/// Cuts the stream into lines, octet by octet, in a bounded buffer. Empty lines, NULs and flow
/// control octets between lines are skipped. A line ends with <lf>, or with a <cr> that no <lf>
/// follows; who has waited long enough after a bare <cr> may take the line as over.
class AtReader {
 public:
  static constexpr size_t kLineMax = 256;

  enum class Took : uint8_t {
    Octet,    // taken; the line goes on
    LineEnd,  // taken; the line is over
    Nothing,  // not taken: the line was over before it. Call next_line(), offer it again
  };

  Took take(uint8_t octet);

  /// The line so far, without its end.
  std::string_view text() const {
    return raw().substr(line_at_, static_cast<size_t>(text_end_ - line_at_));
  }
  /// The line so far as received, from its first octet that is not skipped; kept lines before it.
  std::string_view raw() const { return {octets_.data(), size_}; }
  /// Like `raw`, without the kept lines.
  std::string_view raw_line() const { return raw().substr(line_at_); }
  /// The line was longer than kLineMax; what did not fit is gone.
  bool truncated() const { return truncated_; }
  /// The last octet was a <cr>: the line is over unless <lf> comes.
  bool at_bare_cr() const { return at_cr_; }
  bool empty() const { return size_ == line_at_; }
  bool has_kept() const { return line_at_ > 0; }

  /// Forgets this line; the next octet begins another.
  void next_line();
  /// Keeps this line in `raw` before the next one, for answers of several lines; false (and
  /// nothing is kept) when the buffer has no room for another line.
  bool keep_line();
  /// Forgets the kept lines, not the one being read.
  void forget_kept();
  /// Forgets the first `octets` of the line being read: an echo that stands before the answer.
  void skip(size_t octets);

 private:
  // Kept lines, and room for one line with its end.
  std::array<char, 2 * kLineMax + 4> octets_;
  uint16_t size_ = 0;      // octets in use
  uint16_t line_at_ = 0;   // where the line being read begins; before it: kept lines
  uint16_t text_end_ = 0;  // end of the text, before <cr><lf>
  bool at_cr_ = false;     // the last octet of the line is its <cr>
  bool over_ = false;      // <lf> seen
  bool truncated_ = false;
};

}  // namespace redial::wire
