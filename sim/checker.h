// SPDX-License-Identifier: Apache-2.0
// What must hold, whatever strikes: judged from what the product says and sends, against the policy
// table, the printed bounds and the schedule's own announcements. Never from inside the engine.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "sim/bounds.h"
#include "sim/injector.h"
#include "sim/policy_watch.h"
#include "sim/profile.h"
#include "sim/talk_watch.h"
#include "sim/tally.h"
#include "sim/world.h"

namespace redial::sim {

struct Violation {
  Instant at;
  uint32_t link = 0;
  std::string_view rule;  // which invariant; the same one while a schedule is shrunk
  std::string text;
};

class Checker final : public Witness, public FaultWitness {
 public:
  Checker(World& world, const Profile& profile, Tally& tally);

  void on_event(End end, uint32_t link, const engine::EventBody& body, Instant now) override;
  void on_transmit(End end, uint32_t link, LineId line, ByteView octets, bool online,
                   Instant now) override;
  void on_line(End end, uint32_t link, LineId line, bool open, Instant now) override;
  void on_interface(End end, uint32_t link, bool up, Instant now) override;
  void on_demand(uint32_t link, Instant now) override;
  void on_fault(const Fault& fault, FaultSet active) override;
  void on_fault_over(const Fault& fault) override;

  /// The faults are over: from here on every wanted link gets up in its time, and stays up.
  void on_calm(Instant now);
  bool all_up() const;
  /// All promises whose time is over by now.
  void on_end(Instant now);
  /// From here on the links are hung up ...
  void on_hang_up_all() { baseline_ = true; }
  /// ... and have had their time: nothing may be left ...
  void on_baseline(Instant now);
  /// ... nor anything be waited for, once whatever had been is over.
  void on_settled(Instant now);

  const std::vector<Violation>& violations() const { return violations_; }
  uint32_t stuck() const { return stuck_; }

 private:
  enum class State : uint8_t { Rest, Awaiting, Pausing, Calling, Up, Ending };
  struct Struck {  // the link is dead, and nobody has said so yet
    Instant at, notice_by;
    FaultKind by;
    bool alone;  // no other was pending: its time is that fault's
  };
  struct Watched {
    State state = State::Rest;
    Phase phase = Phase::Waiting;
    Instant due = kNever;       // by then something must happen
    Instant next_try{};         // announced
    Instant held_until{};       // a refused password
    Instant explained_until{};  // until then a death has its reason
    Instant slow_until{};       // until then a round trip may be long
    Instant anew_until{};       // until then the peer may negotiate anew
    Instant lossy_until{};      // until then frames may arrive damaged
    Instant busy_until{};       // until then data of the user's may be queueing
    Instant mute_until{};       // until then a call ends that has been answered echoes before
    Instant begun{};            // the call under way
    std::optional<Struck> struck;
    std::optional<Instant> down_since;  // of the fault that ended it
    FaultKind down_by{};
    std::vector<Instant> failed;  // dialled in vain, the last hour's
    uint32_t events = 0;          // of this hour
    int64_t hour = 0;
    uint16_t failed_in_calm = 0;
    bool wanted = false, device = false;  // the last failure was the modem's or the device's
    bool slow_call = false;               // its round trip was measured while it was long
    bool mute_call = false;               // begun while the peer ignored echoes
    bool dialled = false;                 // this call's number went out
    uint8_t broken_words = 0;             // calls in which the modem may yet speak unasked
    bool interface_up = false, carrier = false;
    bool armed = false;  // dialled by traffic
    bool up_in_calm = false;
    Instant demanded{};  // traffic wanted it, when it was at rest
  };

  const Site& site(uint32_t link) const { return world_.site(link); }
  void on_restart(uint32_t link, Instant now);
  void on_caller(uint32_t link, const engine::EventBody& body, Instant now);
  void on_calling(uint32_t link, Instant now);
  void on_progress(uint32_t link, Phase phase, Instant now);
  void on_connected(uint32_t link, Instant now);
  void on_ended(uint32_t link, const connection::LinkEnded& ended, Instant now);
  void on_death(uint32_t link, const connection::LinkEnded& ended, Instant now);
  void on_failure(uint32_t link, const connection::LinkEnded& ended, Instant now);
  void on_next_try(uint32_t link, const connection::NextTry& next, Instant now);
  void on_resting(uint32_t link, connection::Action because, Instant now);
  void step_in_time(uint32_t link, Instant now);
  void count_event(uint32_t link, Instant now);
  FaultSet bearable(uint32_t link) const;
  bool nothing_wrong(uint32_t link, Instant since) const;
  void note_fault(const Fault& fault, Instant now);
  void on_sleep(uint32_t link, Duration asleep, Instant now);
  bool is_clean(uint32_t link) const;
  static bool is_choked(FaultSet active);
  bool is_explained(uint32_t link, const connection::LinkEnded& ended, Instant now) const;
  bool hour_is_full(uint32_t link, Instant now) const;
  void judge(uint32_t link, Instant at, std::optional<Broken> broken);
  Duration bound_of(const Fault& fault, FaultSet active) const;
  Harm harm_of(const Fault& fault) const;
  void on_armed(uint32_t link, Instant now);
  void on_awaiting(uint32_t link, Instant now);
  void one_call_on(uint32_t link, Instant now);
  bool other_is_to_blame(uint32_t link, CauseCode code) const;
  bool served(uint32_t link) const;
  void violate(uint32_t link, Instant at, std::string_view rule, std::string text);

  World& world_;
  Tally& tally_;
  std::vector<Watched> links_;
  std::vector<bool> line_open_;  // by line
  std::vector<PolicyWatch> policy_;
  std::vector<TalkWatch> talk_;
  std::vector<FaultSet> active_;
  std::vector<bool> wedged_;      // by link: its modem hung, and no call has succeeded since
  std::vector<Instant> trouble_;  // by link: when something last began or ended that may hinder
  Bounds bounds_;
  std::vector<Violation> violations_;
  Instant asleep_until_{};
  std::optional<Instant> calm_since_;
  uint32_t stuck_ = 0;
  bool baseline_ = false;
};

}  // namespace redial::sim
