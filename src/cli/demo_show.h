// SPDX-License-Identifier: Apache-2.0
// How the demo shows itself: a live timeline, and the table at the end; in colour on a terminal,
// plain in a pipe, as JSON for machines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "engine/effects.h"

namespace redial::cli {

/// One row of the table: a fault, and what became of it.
struct FaultRow {
  std::string fault;  // "the call drops (NO CARRIER)"
  std::string layer;  // "carrier", "PPP", "exchange", "authentication"
  std::string entry;
  std::string noticed_by;                  // the cause and its evidence
  std::vector<std::string_view> expected;  // names of CauseCodes: one of them
  std::string cause;
  std::optional<Duration> noticed_after, restored_after;
  Duration notice_bound{}, restore_bound{};
  enum class Ending : uint8_t { Restored, Held, StaysUp };
  Ending ending = Ending::Restored;   // what is promised
  std::optional<Duration> held;       // the policy's hold instead of a redial
  std::optional<Duration> stayed_up;  // so long with the fault, and nothing ended
  uint32_t dials = 0;                 // from the fault until restored, or while held

  /// Noticed and restored within the bounds; held where the policy says so, and not hammered; or
  /// not torn down where nothing is dead.
  bool good() const;
};

class DemoShow {
 public:
  DemoShow(bool plain, bool json, Instant start);

  void say(Instant now, const std::string& who, const std::string& text, const char* colour = "");
  void fault(Instant now, const std::string& who, const std::string& what);
  void event(Instant now, const std::string& who, const engine::Event& event);
  void table(const std::vector<FaultRow>& rows, Duration took);

 private:
  void table_text(const std::vector<FaultRow>& rows, Duration took);
  void table_json(const std::vector<FaultRow>& rows, Duration took);

  bool colour_;
  bool json_;
  Instant start_;
};

}  // namespace redial::cli
