// SPDX-License-Identifier: Apache-2.0
// Lets the faults of a schedule strike a world and end again. What several faults make of one modem
// or line together is worked out anew from the set that is active, so that none forgets another.
#pragma once

#include <optional>
#include <vector>

#include "sim/fault.h"
#include "sim/world.h"

namespace redial::sim {

/// Told of every fault, just before it strikes and just after it has ended.
class FaultWitness {
 public:
  virtual ~FaultWitness() = default;
  /// Once for each link it strikes. `active`: what strikes that link already.
  virtual void on_fault(const Fault& fault, FaultSet active) = 0;
  virtual void on_fault_over(const Fault& fault) = 0;
};

class Injector {
 public:
  Injector(World& world, std::vector<Fault> schedule, FaultWitness& witness);

  /// The next strike or end.
  std::optional<Instant> next() const;
  /// All that is due by the world's now.
  void strike();
  /// A call has got to this phase: what was aimed at it strikes a moment later.
  void on_phase(uint32_t link, Phase phase, Instant now);
  /// The weather is over: what is active ends, what has not struck never will.
  void end_all();
  FaultSet active(uint32_t link) const { return active_[link]; }
  uint64_t struck() const { return struck_; }

 private:
  struct Ending {
    Instant at;
    Fault fault;
    // Of equal ends the older fault first.
    bool operator<(const Ending& other) const {
      return at != other.at ? at > other.at : fault.at > other.fault.at;
    }
  };

  void aim(const Fault& fault);
  void begin(const Fault& fault);
  void begin_at(const Fault& fault, uint32_t link);
  void end(const Fault& fault);
  void end_at(const Fault& fault, uint32_t link);
  void once(const Fault& fault);  // what happens at the strike
  void take_away(const Fault& fault);
  void end_first(const Fault& fault);
  void line(const Fault& fault);
  void exchange(const Fault& fault);
  void busy_once(uint32_t link, uint32_t calls);
  void wrong_modem(const Fault& fault);
  void peer(const Fault& fault);
  void user(const Fault& fault);
  void machine(const Fault& fault);
  void refresh(uint32_t link);
  void refresh_numbers(uint32_t link);
  std::vector<uint32_t> struck_with(const Fault& fault) const;
  lab::Habits habits_of(uint32_t link) const;
  lab::Channel channel_of(uint32_t link) const;
  lab::Manner manner_of(uint32_t link) const;
  std::vector<ppp::AuthMethod> demand_of(uint32_t link) const;
  /// The one that is in use, or would be first.
  lab::ModemId modem(uint32_t link) const {
    return world_.caller.lines[index(world_.line_of(link))].modem;
  }
  bool is(uint32_t link, FaultKind kind) const { return (active_[link] & bit(kind)) != 0; }

  World& world_;
  std::vector<Fault> schedule_;
  FaultWitness& witness_;
  size_t at_ = 0;                // of schedule_
  std::vector<Ending> endings_;  // a heap
  std::vector<Fault> aimed_;     // by link; not aimed at anything: none
  std::vector<Fault> soon_;      // few
  std::vector<FaultSet> active_;
  std::vector<uint32_t> dice_;  // of the latest fault, by link
  uint64_t struck_ = 0;
};

}  // namespace redial::sim
