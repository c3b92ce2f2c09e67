// SPDX-License-Identifier: Apache-2.0
// How `redial dial` shows a link: lines for people, a countdown on a terminal, JSON for machines.
#pragma once

#include <optional>
#include <string>

#include "cli/event_text.h"
#include "core/time.h"
#include "engine/effects.h"
#include "host/host.h"

namespace redial::cli {

/// "  in 812 frames, ... octets; out ...; 3 damaged (FCS)", on one line.
std::string counters_text(const host::LinkCounters& counted);

class DialShow {
 public:
  /// `live`: a terminal that may be written over.
  DialShow(std::string entry, bool live, bool json, Instant start)
      : entry_(std::move(entry)), live_(live), json_(json), start_(start) {}

  /// Before every line for people: whose it is, where several entries are shown.
  void prefix(std::string text) { prefix_ = std::move(text); }
  /// `where`: "5550100 on COM1", for the line that says what is being dialled.
  void event(Instant now, const engine::Event& event, const std::string& where);
  void addresses(Instant now, const ppp::LinkUp& up);
  /// At the end of a call; nothing when no frame has come or gone.
  void counters(Instant now, const host::LinkCounters& counted);
  /// Something that is no event of the link: a service that listens, the hang-up that begins.
  void say(Instant now, const std::string& text);

  /// The countdown's line; nothing where it cannot be written over.
  void tick(Instant now);
  std::optional<Instant> next_try() const { return live_ ? next_try_ : std::nullopt; }

 private:
  void line(const std::string& text);

  std::string entry_, prefix_;
  bool live_, json_;
  bool counting_ = false;  // the countdown stands on the terminal's last line
  Instant start_;
  std::optional<Instant> next_try_;  // announced and not yet begun
  ppp::LinkUp addresses_;
};

}  // namespace redial::cli
