// SPDX-License-Identifier: Apache-2.0
// Which description fits the modem that is there: it is asked who it is (V.250 §6.1: +GMI, +GMM,
// +GCAP, ATI; DETECT_STRING of the descriptions), and its answers are compared. A machine, bounded
// in time, and a comparison; both pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.h"
#include "core/cause.h"
#include "core/outbox.h"
#include "modem/description.h"

namespace redial::modem {

/// A question, and all that came back before OK: lines as people read them, " / " between them.
struct Heard {
  std::string question, answer;
  bool operator==(const Heard&) const = default;
};

struct Match {
  enum class Kind : uint8_t { Exact, Family, BuiltIn };
  Kind kind = Kind::BuiltIn;
  size_t index = 0;  // among the descriptions; means nothing for BuiltIn
  std::string why;   // one line
};

/// The best of them: one whose DETECT_RESPONSE the modem gives, or whose name it says; else the one
/// whose name has most of the words it says, a model number among them; else built in.
Match best_match(std::span<const ModemDescription> descriptions, std::span<const Heard> heard);

struct AskModem {  // to be written to the line
  std::string octets;
  bool operator==(const AskModem&) const = default;
};
struct ModemAsked {  // all has been heard; also when it does not know some questions
  bool operator==(const ModemAsked&) const = default;
};
struct NoModem {
  Cause cause;
  bool operator==(const NoModem&) const = default;
};
using DetectAction = std::variant<AskModem, ModemAsked, NoModem>;

class Detection {
 public:
  using Actions = Outbox<DetectAction, 2>;
  static constexpr Duration kAnswerWithin = 2s;  // of one question
  static constexpr Duration kSettle = 300ms;     // of the line, before the first
  static constexpr Duration kBound = 60s;        // of all of it
  static constexpr size_t kAnswerMax = 512;      // octets kept of one answer
  static constexpr size_t kQuestionsMax = 24;

  /// The DETECT_STRINGs are asked as well; the last ATI are left out once one of them fits.
  explicit Detection(std::span<const ModemDescription> descriptions);

  Actions start(Instant now);
  Actions on_octets(ByteView octets, Instant now);
  Actions on_deadline(Instant now);
  Instant due() const { return due_; }
  std::optional<Instant> deadline() const { return unless_never(due_); }
  const std::vector<Heard>& heard() const { return heard_; }

 private:
  void ask(Instant now, Actions& out);
  void answered(bool known, Instant now, Actions& out);
  void end(DetectAction action, Actions& out);

  std::span<const ModemDescription> descriptions_;  // outlive this
  std::vector<std::string> questions_;
  std::vector<Heard> heard_;
  std::string line_, answer_;
  Instant due_ = kNever, give_up_at_ = kNever;
  size_t next_ = 0;      // question under way
  uint8_t waken_ = 0;    // how often it was asked whether it is there
  bool there_ = false;   // it has answered
  bool asking_ = false;  // false: the line settles
};

static_assert(Machine<Detection>);

}  // namespace redial::modem
