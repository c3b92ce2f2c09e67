// SPDX-License-Identifier: Apache-2.0
// The whole service as ONE deterministic machine: lines, calls, PPP sessions, supervisors. Inputs
// and an instant in, effects and a deadline out. rediald, the foreground command, the demo and the
// simulator all run this same machine; what it does not decide, nobody decides.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "core/wheel.h"
#include "engine/callback.h"
#include "engine/config.h"
#include "engine/counters.h"
#include "engine/effects.h"
#include "engine/observer.h"
#include "engine/paths.h"
#include "engine/records.h"
#include "engine/recovery.h"
#include "engine/table.h"
#include "telephony/arbiter.h"

namespace redial::engine {

class Engine {
 public:
  Engine(uint64_t seed, Entropy& entropy) : rng_(seed), entropy_(&entropy) {}

  LineId add_line(LineConfig config);
  LinkId add_link(std::shared_ptr<const DialPlan> plan);
  LinkId add_answering(std::shared_ptr<const AnswerPlan> plan);
  /// PrerequisiteEntry: `first` is dialled before `link`, whose end its own end is. False:
  /// `first` needs `link`, and neither could ever be dialled.
  bool require(LinkId link, LinkId first);

  // From above.
  void dial(LinkId link, Instant now, Effects& fx);
  void hang_up(LinkId link, CauseCode why, Instant now, Effects& fx);
  void start_answering(LinkId link, Instant now, Effects& fx);
  void begin_over(LinkId port, wire::Protocol layer, Instant now, Effects& fx);  // of its caller
  /// Rest until traffic wants the link: a SOCKS request, a forward, a packet to its interface.
  void arm_on_demand(LinkId link, Instant now, Effects& fx);
  void on_demand_traffic(LinkId link, Instant now, Effects& fx);
  /// In place of dial() or arm_on_demand() after a restart: the link is as it was remembered.
  void restore(LinkId link, const connection::LinkMemory& memory, Instant now, Effects& fx);
  void restore(LineId line, const connection::LineMemory& memory, Instant now);
  /// Local time, for hours and budgets: at the start, and when the clock may have changed.
  void set_calendar(const connection::Calendar& calendar, Instant now, Effects& fx);

  // From the shell, about lines.
  void on_line_opened(LineId line, Instant now, Effects& fx);
  void on_line_failed(LineId line, Cause cause, Instant now, Effects& fx);  // could not be opened
  void on_line_closed(LineId line, Cause cause, Instant now, Effects& fx);  // was open
  void on_octets(LineId line, ByteView octets, Instant now, IpSink& ip, Effects& fx);
  void on_carrier(LineId line, bool present, Instant now, Effects& fx);  // DCD
  /// A device that was missing is there again: whoever waits for it dials.
  void on_line_returned(LineId line, Instant now, Effects& fx);
  void on_circuits(LineId line, bool present);  // DTR, DCD: RFC 2217 may refuse; while not open
  /// The line's power-cycle command has ended, well or badly.
  void on_command_done(LineId line, bool well, Instant now, Effects& fx);

  /// The bulk path down: one IP packet, framed and appended to `out`; false: the link is not up.
  bool send_ip(LinkId link, ByteView packet, Instant now, Bytes& out);
  void on_deadline(Instant now, Effects& fx);
  Instant due() const { return wheel_.due(); }
  std::optional<Instant> deadline() const { return unless_never(due()); }

  /// What the user types on a line that is a terminal now; nothing, when it is none.
  void on_terminal_input(LinkId link, ByteView octets, Effects& fx);
  void end_terminal(LinkId link, Instant now, Effects& fx);
  /// Null: nobody looks on. Outlives the engine, or is taken away before.
  void observe(Observer* observer) { observer_ = observer; }

  bool up(LinkId link) const;
  bool resting(LinkId link) const;
  std::optional<LineId> line_of(LinkId link) const { return at(link).line; }
  std::optional<LinkId> user_of(LineId line) const { return at(line).user; }
  const connection::Supervisor* supervisor(LinkId link) const;
  FrameCounts counters(LinkId link) const;  // of its call, or its last one
  connection::LinkMemory memory(LinkId link, Instant now) const;
  connection::LineMemory memory(LineId line, Instant now) const;
  const std::string& name(LinkId link) const;
  const std::string& name(LineId line) const { return at(line).name; }
  size_t links() const { return links_.size(); }
  size_t lines() const { return lines_.size(); }

 private:
  using Link = LinkRecord;
  class FrameReader;
  Link& at(LinkId id) { return links_[index(id)]; }
  const Link& at(LinkId id) const { return links_[index(id)]; }
  Line& at(LineId id) { return lines_[index(id)]; }
  const Line& at(LineId id) const { return lines_[index(id)]; }
  LinkId add(Link link, std::shared_ptr<const void> plan);
  void carry(LinkId id, connection::Supervisor::Actions actions, Instant now, Effects& fx);
  void carry(LinkId id, answer::Port::Actions actions, Instant now, Effects& fx);
  void carry(LineId id, telephony::Call::Actions actions, Instant now, Effects& fx);
  void carry(LinkId id, ppp::SessionActions actions, Instant now, Effects& fx);
  void carry(LinkId id, modem::BeforePpp::Actions actions, Instant now, Effects& fx);

  void place_call(LinkId id, bool next_line, Instant now, Effects& fx);
  void seek_line(LinkId id, Instant now, Effects& fx);
  void tell_dependents(LinkId id, bool up, Instant now, Effects& fx);
  void need_prerequisite(LinkId id, Instant now, Effects& fx);
  void keep_prerequisite(LinkId id);
  void carry(telephony::LineArbiter::Actions actions, Instant now, Effects& fx);
  void own_line(LinkId id, LineId line, Instant now, Effects& fx);
  void open_line(LineId line, Effects& fx);
  void judge_device(LinkId id, const Cause& cause, Instant now);
  void begin_call(LinkId id, Instant now, Effects& fx);
  void make_call(LinkId id, Instant now, Effects& fx);
  void begin_data(LinkId id, Instant now, Effects& fx);
  Before make_before(LinkId id, bool connected) const;
  void begin_session(LinkId id, Instant now, Effects& fx);
  void look_for_ppp(LinkId id, const wire::Frame& frame, Instant now, Effects& fx);
  void end_before(Link& link, LinkId id);
  void before_ppp(LinkId id, ByteView octets, Instant now, Effects& fx);
  void tear_down(LinkId id, Instant now, Effects& fx);
  void drop_call(LinkId id, Instant now, Effects& fx);
  void release_line(LinkId id, Instant now, Effects& fx);
  void wake_waiters(LineId line, Instant now, Effects& fx);
  void interface_down(LinkId id, Effects& fx);
  void carry(LinkId id, Paths::Step step, Instant now, Effects& fx);

  void on_phase(LinkId id, Phase phase, Instant now, Effects& fx);
  void on_cause(LinkId id, Cause cause, Instant now, Effects& fx);
  void transmit(LineId line, ByteView octets, Effects& fx);
  void send_frame(LinkId id, const ppp::SendFrame& frame, Effects& fx);
  void wake(LinkId id, Instant now, Effects& fx);
  void arm(LinkId id);

  Table<Link> links_;
  Table<Line> lines_;
  std::vector<std::shared_ptr<const void>> plans_;  // owned here; a shared one once, if in a row
  telephony::LineArbiter arbiter_;
  Callbacks callbacks_;
  std::unordered_map<uint32_t, DamagedFrames> damaged_;  // by link; only where there are some
  std::unordered_map<uint32_t, DescriptionPair> descriptions_;  // by line; where circuits may fail
  std::unordered_multimap<uint32_t, LinkId> waiters_;  // by line: refused, and told when it is free
  std::vector<Dependence> prerequisites_;              // few: searched
  connection::Calendar calendar_;
  TimingWheel wheel_;  // one node a link
  Recoveries recoveries_;
  Paths paths_;
  Observer* observer_ = nullptr;
  Rng rng_;
  Entropy* entropy_;
};

}  // namespace redial::engine
