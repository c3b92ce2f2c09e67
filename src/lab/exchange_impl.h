// SPDX-License-Identifier: Apache-2.0
// Inside the exchange: the subscriber lines, the numbers, and the calls between them.
#pragma once

#include <unordered_map>

#include "core/rng.h"
#include "lab/deadlines.h"
#include "lab/exchange.h"
#include "lab/hayes.h"

namespace redial::lab {

/// A subscriber line as the exchange sees it.
enum class Line : uint8_t {
  OnHook,
  OffHook,    // seized; hears nothing that is still to be told
  Dialling,   // digits are going out until line_due
  Hearing,    // will have recognised `tone` at line_due
  Ringback,   // calls `peer`, which is Ringing
  Ringing,    // rung by `peer`
  Training,   // answered; the answering end has line_due
  Connected,  // with `peer`, or with nobody and not knowing it (frozen)
  Losing,     // the other end has hung up; noticed at line_due
};

constexpr uint32_t kNobody = UINT32_MAX;

/// A number of the dial plan.
struct Subscriber {
  Fate fate = Fate::Ring;
  Fate fate_once = Fate::Ring;
  uint32_t once_left = 0;        // calls that fate_once still decides
  std::vector<uint32_t> modems;  // the hunt group, in its order
  size_t free_from = 0;          // none before this one is on hook
};

/// What goes wrong on few lines: on the heap, and only there.
struct Oddities {
  Mangler mangler;
  std::string interjection;  // still to be said, when
  uint32_t after = 0;        // so many octets beyond
  size_t counted = 0;        // these of to_dte have been
  bool idle() const { return mangler.manner() == Manner::None && interjection.empty(); }
};

/// First what every chunk of data looks at, close together; then what only calls need.
struct Port {
  HayesModem modem;
  Path inbound;  // from the peer; empty when there is no call
  Bytes to_dte;  // answers, before anything of `inbound`
  std::unique_ptr<Oddities> odd;
  Instant line_due = kNever;
  uint32_t peer = kNobody;
  Line line = Line::OnHook;
  bool deaf = false, mute = false;  // frozen: data towards, from it vanish
  std::optional<Cure> wedged;       // never Initialise: that is the modem's own
  bool listed = false;              // in touched_
  bool undrained = false;           // data have arrived and woken the host; none wakes it again

  Channel channel;            // what it sends with
  Subscriber* subscriber;     // stable: the map never moves its values
  size_t hunt_at;             // where in its group
  std::string dialled;        // of Dialling
  Fate fate = Fate::Ring;     // of Dialling
  Tone tone = Tone::Silence;  // of Hearing
  bool ring_on = false;       // of Ringing
  std::string unheard;        // since it hung; only what might be an ATZ
  struct Trap {
    uint32_t commands;
    Cure until;
  };
  std::optional<Trap> trap;  // of wedge_after
  bool dtr = true;           // as the computer has it, also while wedged
  bool cable = false;        // joined: the call that never ends
};

struct Exchange::Impl {
  explicit Impl(uint64_t seed) : rng(seed), noise(rng.child()), manners(~seed) {}

  Port& port(uint32_t at) {
    REDIAL_ASSERT(at < ports.size());
    return ports[at];
  }
  Port& port(ModemId id) { return port(static_cast<uint32_t>(id)); }

  void on_deadline(Instant now);
  void wake(uint32_t at, Instant now);
  void on_line_due(uint32_t at, Instant now);
  void on_dte_octets(uint32_t at, ByteView octets, Instant now);
  void drain(uint32_t at, Bytes& into, Instant now);
  void send(uint32_t from, ByteView octets, Instant now);
  void take_data(Port& from, Bytes& into, Instant now);
  void apply(uint32_t at, HayesModem::Actions actions, Instant now);

  // Modems that hang.
  void wedge(uint32_t at, Cure until, Instant now);
  void restart(uint32_t at, Instant now);
  bool trapped(uint32_t at, Instant now);
  void on_unheard(uint32_t at, ByteView octets, Instant now);
  // Odd ones.
  Oddities& odd(uint32_t at);
  void on_mangler_due(uint32_t at, Instant now);
  static void count_said(Port& port);

  // Calls, from the first digit to the last octet.
  Fate fate_of(const std::string& number);
  bool trunks_busy() const;
  void begin_call(uint32_t caller, DialDigits call, Instant now);
  void route(uint32_t caller, Instant now);
  void ring(uint32_t callee, Instant now);
  void answer(uint32_t callee, Instant now);
  void connect(uint32_t callee, Instant now);
  void busy_to_caller(uint32_t callee, Instant now);
  void release(uint32_t at, Instant now);
  void lose(uint32_t at, Instant now, bool told = true);
  void drop(uint32_t at, Instant now, bool told = true);

  void hear(uint32_t at, Tone tone, Instant at_time);
  void set_line(uint32_t at, Line line, Instant due = kNever);
  void settle(Port& port, Instant now);
  void refresh(uint32_t at);
  void touch(uint32_t at);
  bool joined(const Port& port) const {
    return port.peer != kNobody && port.line == Line::Connected;
  }

  Rng rng;
  Rng noise;    // Its own dice: noise on one call does not move another's hang-up.
  Rng manners;  // And these: a hostile peer moves nobody's noise.
  std::vector<Port> ports;
  std::unordered_map<std::string, Subscriber> subscribers;  // Looked up only, never walked.
  Deadlines deadlines;
  std::vector<ModemId> touched_list;  // from touched_taken on
  size_t touched_taken = 0;
  std::optional<Fate> area;        // of every call
  std::optional<uint32_t> trunks;  // none: as many as it takes
};

}  // namespace redial::lab
