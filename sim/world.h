// SPDX-License-Identifier: Apache-2.0
// One shard of the simulation: the product's engine that dials, another that answers, and the
// telephone exchange between them, in virtual time on one thread. Nothing of the product is
// replaced: entries are a phonebook's text, modems have their descriptions, every octet passes the
// modems.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/plan.h"
#include "lab/exchange.h"
#include "sim/profile.h"
#include "sim/side.h"
#include "sim/trace.h"

namespace redial::sim {

class World : private engine::IpSink {
 public:
  World(uint64_t seed, uint32_t links, const Profile& profile);

  void start(Duration within);  // the ports listen, and the links dial, spread over it
  void run_until(Instant end);  // or until whoever looks on interrupts it
  void interrupt() { interrupted_ = true; }
  void watch(Witness* witness) { witness_ = witness; }

  void dial(uint32_t link);
  void hang_up(uint32_t link);
  void server_hangs_up(uint32_t link);
  /// Where both ends dial and answer on one line each: the far one calls, or has called enough.
  void far_end_calls(uint32_t link, bool calls);
  void stop_answering();  // the caller's end does not listen any more
  /// The device it uses, or each it may use, is unplugged; opening it fails so.
  void take_away(uint32_t link, CauseCode missing, bool all);
  void bring_back(uint32_t link);  // and all there again
  void restart();  // kill -9 of the dialling service: what its journal holds survives
  /// The entry is written anew: its call ends, and it is dialled as one never heard of.
  void edit(uint32_t link);
  void set_clock(WallTime now);  // the one on the wall
  void fill_disk(bool full) { disk_full_ = full; }
  /// The far end begins this layer of its call over; Chap: it asks once more who calls.
  void begin_over(uint32_t link, wire::Protocol layer);
  void reject_lcp(uint32_t link);  // ... or says that it knows no Configure-Request
  void cut_path(uint32_t link, bool cut) { path_cut_[link] = cut; }  // beyond the peer
  /// The user sends so many octets a second (0: no more), `one_way` to one who never answers.
  void flood(uint32_t link, size_t octets, bool one_way);
  /// How a far end with words treats callers: `refusal` empty: well.
  void set_manners(uint32_t link, bool mute, std::string refusal);
  void refuse(uint32_t link, unsigned refusal) { accounts_.refusals[link] = refusal; }
  void hang_helper(uint32_t link, bool hangs);
  /// Something that this link should have remembered did not get onto the disk.
  bool forgot(uint32_t link) const { return forgot_[link]; }
  bool asleep() const { return asleep_until_.has_value(); }
  void suspend(Duration how_long);  // nothing runs there, and the world goes on

  uint32_t links() const { return links_; }
  const Site& site(uint32_t link) const { return profile_->sites[link % profile_->sites.size()]; }
  const Place& place(uint32_t link) const { return places_[link]; }
  LineId line_of(uint32_t link) const;  // of its call, or the first that it would take
  uint32_t user_of(LineId line) const;  // of the caller's, or who would be the first to
  Instant now() const { return now_; }
  const Trace& trace() const { return trace_; }
  uint64_t steps() const { return steps_; }

  Side caller, server;
  lab::Exchange exchange;

 private:
  void carry_out(End end);
  void on_ip(LinkId port, ByteView packet) override;
  void answer_packets();
  void send_packet(End end, LinkId link, ByteView packet);
  void transmit(End end, LineId line, ByteView octets);
  void to_line(lab::ModemId modem, std::string_view words);
  void forge(uint32_t link, wire::Protocol protocol, const wire::PacketWriter& packet);
  void greet(LinkId port);
  bool on_demand(uint32_t link) const;
  bool in_words(LineId line, ByteView octets);
  void use(uint32_t link, unsigned packets);
  void flood_on(uint32_t link);
  void add_lines(uint32_t at);
  void add_link(uint32_t at);
  void add_ports(uint32_t at);
  void add_way_back(uint32_t at);
  void add_near_port(uint32_t at);
  void listen(const Place& place);
  void join(const Place& place);
  void closed_by_far_end(End end, LineId line);
  struct Due {
    Instant lines, calls, ports, later;
  };
  void step(const Due& due);
  void deliver_all();
  void deliver(lab::ModemId modem);
  void carry_out_one(End end, size_t at);
  void open(End end, LineId line);
  void opened(End end, LineId line, std::optional<CauseCode> missing);
  void closed(End end, LineId line);
  void wake_up();
  bool put_off(std::function<void()> act);
  void in(Duration pause, std::function<void()> act);
  void remember(const engine::Remember& what);
  void restore(uint32_t link);
  void restore(LineId line);
  void note(End end, const engine::Event& event);
  void tell_interface(End end, LinkId link, bool up);
  Side& side(End end) { return end == End::Caller ? caller : server; }
  uint32_t link_at(End end, LineId line) const;

  Accounts accounts_;
  const Profile* profile_;
  std::vector<Place> places_;                // by link
  std::vector<engine::LineConfig> configs_;  // by line of the caller's
  std::vector<uint32_t> link_of_port_;
  uint64_t seed_, lives_ = 0;  // of the dialling service
  // The journal, as it is on disk: the latest record of each link and line, in the product's form.
  std::vector<std::string> link_records_, line_records_;
  std::vector<bool> forgot_;
  bool disk_full_ = false, interrupted_ = false;
  connection::Calendar clock_;        // of the dialling machine
  Rng habits_;                        // of the users
  std::vector<bool> path_cut_;        // by link
  std::vector<TextManners> manners_;  // by link
  std::vector<Flood> floods_;         // by link
  std::vector<uint32_t> addresses_;   // by link: what its far end has given it
  End reading_{};                     // whose octets are being read
  std::vector<std::pair<LinkId, Bytes>> answers_;
  std::vector<bool> wanted_;  // by link: what its user has said
  std::optional<Instant> asleep_until_;
  std::vector<std::function<void()>> put_off_;  // what was done to a machine that sleeps
  std::priority_queue<Later> later_;
  uint64_t laters_ = 0;
  std::vector<lab::ModemId> overslept_;  // modems that had something to say
  std::vector<Where> where_;             // by modem
  Bytes drained_;
  engine::Effects fx_;
  Witness* witness_ = nullptr;
  Trace trace_;
  Instant now_{1s};
  uint32_t links_;
  uint64_t steps_ = 0;
};

}  // namespace redial::sim
