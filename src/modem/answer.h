// SPDX-License-Identifier: Apache-2.0
// What the octets of a modem mean while a command is under way: the command's own responses first,
// then those of the description, then the result codes of V.250 §5.7.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cause.h"
#include "modem/description.h"
#include "wire/at.h"

namespace redial::modem {

struct Answer {
  ResponseCode code = ResponseCode::Ok;
  bool own = false;  // said by the command's own responses
  uint32_t carrier_bps = 0, port_bps = 0;
  bool error_control = false;
  std::string text;                     // the modem's line, or its diagnostics, as people read it
  std::optional<wire::Result> generic;  // what V.250 says of the same line
};

/// The responses that a line may still become, as far as its first octet tells, which rules most of
/// a description out. Looked up once, not with every octet.
class Candidates {
 public:
  struct Candidate {
    const Response* response;
    char first;       // what it begins with; nothing when `any`
    bool any, vague;  // vague: it says little
  };
  /// The command's own; the list stays as it is while this object lives.
  const std::vector<Candidate>& own(const std::vector<Response>& responses);
  /// Those of `common` that may begin with `first`.
  const std::vector<Candidate>& of(const std::vector<Response>& common, char first);

 private:
  struct Line {
    char first;
    std::vector<Candidate> found;
  };
  static void look_through(const std::vector<Response>& responses, std::vector<Candidate>& into);

  const std::vector<Response>* own_list_ = nullptr;
  const std::vector<Response>* common_list_ = nullptr;
  std::vector<Candidate> own_, common_;
  std::vector<Line> lines_;  // of common_, by what has been asked for
};

/// The line may become a V.250 result code, and is no answer before its end.
bool waits_for_end(const wire::AtReader& reader);

struct Reading {
  enum class Kind : uint8_t {
    Wait,     // more octets decide
    Keep,     // the line is over, and may be the first of an answer of several lines
    Unknown,  // the line is over and means nothing to anybody
    Answer,
  };
  Kind kind = Kind::Wait;
  bool pending = false;  // Wait: a pattern of the description matches so far
  size_t overshoot = 0;  // Answer: octets at the end of what was read that are not part of it
  std::optional<Answer> answer;
};

/// A response that could still match more of the same line waits for the line's end (`over`), and
/// so does everything that may become a V.250 result code. Of several responses the longest match
/// counts, and of equals the first. `own` may be null; `candidates` is kept from octet to octet.
Reading read_answer(const std::vector<Response>* own, const std::vector<Response>& common,
                    wire::AtReader& reader, bool over, Candidates& candidates);

/// Unimodem files give plain ERROR to DELAYED, BLACKLISTED and VOICE; the words say more.
ResponseCode refined(ResponseCode code, const std::optional<wire::Result>& generic);

/// The V.250 code in the words of descriptions.
ResponseCode response_code(wire::ResultCode code);

/// The only cause an unsuccessful call result can have.
CauseCode cause_of(ResponseCode code);

}  // namespace redial::modem
