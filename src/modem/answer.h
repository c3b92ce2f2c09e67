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
/// counts, and of equals the first. `own` may be null.
Reading read_answer(const std::vector<Response>* own, const std::vector<Response>& common,
                    wire::AtReader& reader, bool over);

/// The V.250 code in the words of descriptions.
ResponseCode response_code(wire::ResultCode code);

/// The only cause an unsuccessful call result can have.
CauseCode cause_of(ResponseCode code);

}  // namespace redial::modem
