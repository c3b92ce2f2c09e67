// SPDX-License-Identifier: Apache-2.0
#include "sim/world.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/memory_codec.h"

namespace redial::sim {
namespace {

constexpr uint8_t kForgedId = 0xee;  // a session counts its own from 1
constexpr WallTime kMondayAtEight{(4 * 24 + 8) * int64_t{3'600'000'000}};

/// UDP from the user to somebody beyond the peer; where it says 10.65.0.1 the link's own address.
constexpr std::array<uint8_t, 28> kPacket = {0x45, 0, 0,  28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 65,
                                             0,    1, 10, 9,  9, 9, 4, 0, 4,  0,  0, 8, 0,  0};

/// From the address that the link has been given: what comes back reflected is known by it.
Bytes packet_from(uint32_t address) {
  constexpr size_t kSource = 12;
  Bytes packet(kPacket.begin(), kPacket.end());
  for (size_t i = 0; i < 4; ++i)
    packet[kSource + i] = static_cast<uint8_t>(address >> (24 - 8 * i));
  return packet;
}

constexpr size_t kTargetPort = 23;   // the lower octet of it
constexpr uint8_t kDiscardPort = 9;  // RFC 863: what is sent there is not answered

}  // namespace

LineId World::line_of(uint32_t link) const {
  return caller.engine.line_of(LinkId{link}).value_or(places_[link].lines.front());
}

bool World::on_demand(uint32_t link) const {
  return site(link).entry.dial == phonebook::DialMode::OnDemand;
}

uint32_t World::link_at(End end, LineId line) const {
  return end == End::Caller ? user_of(line) : server.lines[index(line)].links.front();
}

uint32_t World::user_of(LineId line) const {
  const auto& links = caller.lines[index(line)].links;
  if (links.size() == 1) return links.front();
  const auto user = caller.engine.user_of(line);
  return user ? index(*user) : links.front();
}

void World::start(Duration within) {
  for (const Place& place : places_) {
    for (const Place::Port& port : place.ports) {
      server.engine.start_answering(port.id, now_, fx_);
      carry_out(End::Server);
    }
    listen(place);
  }
  set_clock(kMondayAtEight);
  run_until(now_ + 5s);
  for (uint32_t at = 0; at < links_; ++at) {
    run_until(now_ + within / links_);
    dial(at);
    if (on_demand(at)) use(at, 0);
  }
}

/// So many packets more are to be sent, one every twenty seconds; then nobody wants it for a while.
void World::use(uint32_t link, unsigned packets) {
  if (put_off([this, link, packets] { use(link, packets); })) return;
  if (packets > 0) {
    if (witness_) witness_->on_demand(link, now_);
    caller.engine.on_demand_traffic(LinkId{link}, now_, fx_);
    carry_out(End::Caller);
    send_packet(End::Caller, LinkId{link}, packet_from(addresses_[link]));
  }
  constexpr uint64_t kPacketsMax = 15;
  if (packets > 1) return in(20s, [this, link, packets] { use(link, packets - 1); });
  in(2min + habits_.up_to(20min),
     [this, link] { use(link, 1 + static_cast<unsigned>(habits_.below(kPacketsMax))); });
}

void World::flood(uint32_t link, size_t octets, bool one_way) {
  Flood& flood = floods_[link];
  flood.octets = octets;
  flood.one_way = one_way;
  if (octets > 0 && !std::exchange(flood.runs, true)) in(1s, [this, link] { flood_on(link); });
}

void World::flood_on(uint32_t link) {
  Flood& flood = floods_[link];
  flood.runs = flood.octets > 0;
  if (!flood.runs) return;
  Bytes packet = packet_from(addresses_[link]);
  packet.resize(flood.octets, 'U');
  packet[2] = static_cast<uint8_t>(flood.octets >> 8);
  packet[3] = static_cast<uint8_t>(flood.octets);
  if (flood.one_way) packet[kTargetPort] = kDiscardPort;
  if (!asleep()) send_packet(End::Caller, LinkId{link}, packet);
  in(1s, [this, link] { flood_on(link); });
}

void World::dial(uint32_t link) {
  if (put_off([this, link] { dial(link); })) return;
  wanted_[link] = true;
  if (on_demand(link)) caller.engine.arm_on_demand(LinkId{link}, now_, fx_);
  caller.engine.dial(LinkId{link}, now_, fx_);
  carry_out(End::Caller);
}

void World::hang_up(uint32_t link) {
  if (put_off([this, link] { hang_up(link); })) return;
  wanted_[link] = false;
  caller.engine.hang_up(LinkId{link}, CauseCode::UserHangUp, now_, fx_);
  carry_out(End::Caller);
}

void World::server_hangs_up(uint32_t link) {
  for (const Place::Port& port : places_[link].ports) {
    server.engine.hang_up(port.id, CauseCode::UserHangUp, now_, fx_);
    carry_out(End::Server);
    server.engine.start_answering(port.id, now_, fx_);
    carry_out(End::Server);
  }
  if (site(link).plan.session.callback) far_end_calls(link, false);
}

void World::far_end_calls(uint32_t link, bool calls) {
  const auto way_back = places_[link].way_back;
  if (!way_back) return;
  if (calls) {
    server.engine.dial(*way_back, now_, fx_);
  } else {
    server.engine.hang_up(*way_back, CauseCode::UserHangUp, now_, fx_);
  }
  carry_out(End::Server);
}

void World::listen(const Place& place) {
  if (!place.near_port) return;
  caller.engine.start_answering(*place.near_port, now_, fx_);
  carry_out(End::Caller);
}

void World::stop_answering() {
  for (const Place& place : places_) {
    if (!place.near_port) continue;
    caller.engine.hang_up(*place.near_port, CauseCode::UserHangUp, now_, fx_);
    carry_out(End::Caller);
  }
}

void World::take_away(uint32_t link, CauseCode missing, bool all) {
  if (put_off([=, this] { take_away(link, missing, all); })) return;
  const auto& lines = places_[link].lines;
  for (const LineId id : all ? lines : std::vector{line_of(link)}) {
    Side::Line& line = caller.lines[index(id)];
    line.missing = missing;
    if (!line.open) continue;
    closed(End::Caller, id);
    const Cause cause = line.network ? Cause{CauseCode::TransportClosed, "reset by the far end"}
                                     : Cause{CauseCode::DeviceVanished, "unplugged"};
    caller.engine.on_line_closed(id, cause, now_, fx_);
    carry_out(End::Caller);
  }
}

// Nobody tells of a host that is back.
void World::bring_back(uint32_t link) {
  if (put_off([this, link] { bring_back(link); })) return;
  for (const LineId id : places_[link].lines) {
    Side::Line& line = caller.lines[index(id)];
    if (!line.missing.has_value()) continue;
    line.missing.reset();
    if (line.network) continue;
    caller.engine.on_line_returned(id, now_, fx_);
    carry_out(End::Caller);
  }
}

void World::hang_helper(uint32_t link, bool hangs) {
  for (const LineId line : places_[link].lines) caller.lines[index(line)].helper_hangs = hangs;
}

void World::closed(End end, LineId id) {
  Side::Line& line = side(end).lines[index(id)];
  line.open = false;
  ++line.wish;
  if (line.text) line.text->on_line_closed();
  if (witness_) witness_->on_line(end, link_at(end, id), id, false, now_);
  if (!line.wire) return;
  const End other = end == End::Caller ? End::Server : End::Caller;
  in(20ms, [this, other, far = *line.wire, wish = side(other).lines[index(*line.wire)].wish] {
    if (side(other).lines[index(far)].wish == wish) closed_by_far_end(other, far);
  });
}

void World::closed_by_far_end(End end, LineId id) {
  if (end == End::Caller && put_off([=, this] { closed_by_far_end(end, id); })) return;
  Side::Line& line = side(end).lines[index(id)];
  if (!std::exchange(line.open, false)) return;
  ++line.wish;
  if (witness_) witness_->on_line(end, link_at(end, id), id, false, now_);
  const Cause cause{CauseCode::TransportClosed, "closed by the far end"};
  side(end).engine.on_line_closed(id, cause, now_, fx_);
  carry_out(end);
}

// A process that ends closes its ports, and the kernel lets DTR fall.
void World::restart() {
  ++lives_;
  caller.entropy = SeededEntropy(seed_ + 1000 * lives_);
  caller.engine = engine::Engine(seed_ + 1000 * lives_, caller.entropy);
  caller.engine.set_calendar(clock_, now_, fx_);
  for (uint32_t at = 0; at < caller.lines.size(); ++at) {
    Side::Line& line = caller.lines[at];
    const bool was_open = line.open;
    ++line.wish;
    caller.engine.add_line(configs_[at]);
    if (was_open) closed(End::Caller, LineId{at});
    if (was_open && line.circuits) exchange.on_dtr(line.modem, false, now_);
  }
  for (uint32_t link = 0; link < links_; ++link) add_link(link);
  for (uint32_t link = 0; link < links_; ++link) {
    if (places_[link].near_port) add_near_port(link);
  }
  for (uint32_t at = 0; at < caller.lines.size(); ++at) restore(LineId{at});
  for (uint32_t link = 0; link < links_; ++link) restore(link);
  for (const Place& place : places_) listen(place);
}

void World::restore(LineId line) {
  if (const auto record = engine::parse_record(line_records_[index(line)])) {
    auto memory = std::get<connection::LineMemory>(record->what);
    age(memory, now_ - record->written.at);
    caller.engine.restore(line, memory, now_);
  }
}

void World::restore(uint32_t link) {
  const LinkId id{link};
  // Of a link whose user's latest wish did not get onto the disk, its user says it again. (What it
  // is restored to is written down at once.)
  const bool lost = forgot_[link] || link_records_[link].empty();
  if (const auto record = engine::parse_record(link_records_[link])) {
    auto memory = std::get<connection::LinkMemory>(record->what);
    age(memory, now_ - record->written.at, false);
    caller.engine.restore(id, memory, now_, fx_);
    carry_out(End::Caller);
  }
  if (lost && wanted_[link] == caller.engine.resting(id))
    wanted_[link] ? dial(link) : hang_up(link);
}

// Through the product's own text, there and back.
void World::remember(const engine::Remember& what) {
  match(
      what.whose,
      [&](LinkId id) {
        forgot_[index(id)] = disk_full_;
        if (disk_full_) return;
        link_records_[index(id)] =
            engine::to_record({caller.engine.name(id), {1, now_}, caller.engine.memory(id, now_)});
      },
      [&](LineId id) {
        if (disk_full_) return;
        line_records_[index(id)] =
            engine::to_record({caller.engine.name(id), {1, now_}, caller.engine.memory(id, now_)});
      });
}

void World::edit(uint32_t link) {
  if (put_off([this, link] { edit(link); })) return;
  caller.engine.hang_up(LinkId{link}, CauseCode::ServiceStopping, now_, fx_);
  carry_out(End::Caller);
  if (wanted_[link]) dial(link);
}

void World::set_clock(WallTime now) {
  clock_ = {now_, now};
  caller.engine.set_calendar(clock_, now_, fx_);
  carry_out(End::Caller);
}

void World::suspend(Duration how_long) { asleep_until_ = now_ + how_long; }

// What the modems have said meanwhile is read first, as far as it was kept.
void World::wake_up() {
  asleep_until_.reset();
  std::vector<lab::ModemId> waiting;
  waiting.swap(overslept_);
  for (const lab::ModemId modem : waiting) deliver(modem);
  std::vector<std::function<void()>> put_off;
  put_off.swap(put_off_);
  for (const auto& act : put_off) act();
}

/// Of a machine that sleeps: later. True: it will be done then.
bool World::put_off(std::function<void()> act) {
  if (!asleep_until_) return false;
  put_off_.push_back(std::move(act));
  return true;
}

void World::run_until(Instant end) {
  deliver_all();  // what a fault has led to
  interrupted_ = false;
  while (true) {
    if (asleep_until_ && *asleep_until_ <= now_) wake_up();
    const Due due{.lines = exchange.due(),
                  .calls = asleep_until_ ? *asleep_until_ : caller.engine.due(),
                  .ports = server.engine.due(),
                  .later = later_.empty() ? kNever : later_.top().at};
    const Instant next = std::min({due.lines, due.calls, due.ports, due.later});
    if (next > end) break;
    now_ = std::max(now_, next);
    step(due);
    if (std::exchange(interrupted_, false)) return;
  }
  now_ = std::max(now_, end);
}

void World::step(const Due& due) {
  ++steps_;
  if (due.lines <= now_) exchange.on_deadline(now_);
  if (due.calls <= now_ && !asleep_until_) {
    caller.engine.on_deadline(now_, fx_);
    carry_out(End::Caller);
  }
  if (due.ports <= now_) {
    server.engine.on_deadline(now_, fx_);
    carry_out(End::Server);
  }
  while (!later_.empty() && later_.top().at <= now_) {
    const auto act = later_.top().act;
    later_.pop();
    act();
  }
  deliver_all();
}

void World::in(Duration pause, std::function<void()> act) {
  later_.push({now_ + pause, ++laters_, std::move(act)});
}

void World::deliver_all() {
  // What is delivered may touch others; those are next in the following step.
  for (size_t count = exchange.touched_count(); count > 0; --count) {
    deliver(exchange.next_touched());
  }
}

void World::deliver(lab::ModemId modem) {
  const Where where = where_[static_cast<uint32_t>(modem)];
  Side& to = side(where.end);
  drained_.clear();
  Side::Line& line = to.lines[index(where.line)];
  if (where.end == End::Caller && asleep_until_) {
    overslept_.push_back(modem);
    return;
  }
  exchange.drain(modem, drained_, now_);
  if (!line.open) return;
  if (!drained_.empty() && !(line.text && in_words(where.line, drained_))) {
    reading_ = where.end;
    to.engine.on_octets(where.line, drained_, now_, *this, fx_);
    carry_out(where.end);
    if (!answers_.empty()) answer_packets();
  }
  const bool dcd = exchange.signals(modem).dcd;
  Side::Line& after = to.lines[index(where.line)];
  if (dcd == after.dcd) return;
  after.dcd = dcd;
  if (!after.circuits || !after.open) return;
  to.engine.on_carrier(where.line, dcd, now_, fx_);
  carry_out(where.end);
}

// The list grows while it is read: results are inputs, and lead to more.
void World::carry_out(End end) {
  if (fx_.list.empty()) return;
  for (size_t at = 0; at < fx_.list.size(); ++at) {
    // Nearly all of them.
    if (const auto* sent = std::get_if<engine::Transmit>(&fx_.list[at])) {
      transmit(end, sent->line, fx_.octets(*sent));
    } else {
      carry_out_one(end, at);
    }
  }
  fx_.clear();
}

void World::carry_out_one(End end, size_t at) {
  Side& acting = side(end);
  const auto modem_of = [&](LineId line) { return acting.lines[index(line)].modem; };
  match(
      fx_.list[at],
      [&](const engine::Transmit& sent) { transmit(end, sent.line, fx_.octets(sent)); },
      [&](const engine::OpenLine& open_line) { open(end, open_line.line); },
      [&](const engine::CloseLine& close) { closed(end, close.line); },
      [&](const engine::RunCommand& run) {
        const LineId line = run.line;
        if (acting.lines[index(line)].helper_hangs) return;
        exchange.power_cycle(modem_of(line), now_);
        acting.engine.on_command_done(line, true, now_, fx_);
      },
      [&](const engine::SetDtr& dtr) {
        if (acting.lines[index(dtr.line)].circuits) {
          exchange.on_dtr(modem_of(dtr.line), dtr.on, now_);
        }
      },
      [&](const engine::SetPace&) {},
      [&](const engine::Remember& what) {
        if (end == End::Caller) remember(what);
      },
      [&](const engine::DiscardOutput&) {},
      [&](const engine::InterfaceUp& up) {
        const bool of_link = end == End::Caller && index(up.link) < links_;
        if (of_link) addresses_[index(up.link)] = up.addresses.local;
        tell_interface(end, up.link, true);
      },
      [&](const engine::InterfaceDown& down) { tell_interface(end, down.link, false); },
      [&](const engine::Event& event) { note(end, event); });
}

void World::transmit(End end, LineId line, ByteView octets) {
  const Side::Line& from = side(end).lines[index(line)];
  const bool online = exchange.online(from.modem);
  // What speaks in words has no PPP yet.
  if (from.text && online && from.text->speaks()) return;
  trace_.mix(now_, static_cast<uint32_t>(from.modem), octets);
  const auto user = from.both_ways ? caller.engine.user_of(line) : std::nullopt;
  const bool answers = user && index(*user) >= links_;  // of no link's call
  if (witness_ && !answers) {
    witness_->on_transmit(end, link_at(end, line), line, octets, online, now_);
  }
  exchange.on_dte_octets(from.modem, octets, now_);
}

// ---- what the far end says of itself -------------------------------------------------------

void World::begin_over(uint32_t link, wire::Protocol layer) {
  for (const Place::Port& port : places_[link].ports) {
    const auto user = server.engine.user_of(port.line);
    if (!user || !exchange.online(port.modem)) continue;
    server.engine.begin_over(*user, layer, now_, fx_);
    carry_out(End::Server);
  }
}

void World::reject_lcp(uint32_t link) {
  wire::PacketWriter reject(wire::Code::CodeReject, kForgedId);
  reject.data(std::array<uint8_t, 4>{1, 1, 0, 4});  // a Configure-Request
  forge(link, wire::Protocol::Lcp, reject);
}

void World::forge(uint32_t link, wire::Protocol protocol, const wire::PacketWriter& packet) {
  Bytes frame;
  wire::encode(static_cast<uint16_t>(protocol), packet.information().view(), {}, frame);
  for (const Place::Port& port : places_[link].ports) {
    if (exchange.online(port.modem)) exchange.on_dte_octets(port.modem, frame, now_);
  }
}

void World::set_manners(uint32_t link, bool mute, std::string refusal) {
  manners_[link] = {mute, std::move(refusal)};
}

void World::to_line(lab::ModemId modem, std::string_view words) {
  if (!words.empty()) exchange.on_dte_octets(modem, as_bytes(words), now_);
}

void World::greet(LinkId port) {
  const auto line = server.engine.line_of(port);
  if (!line || !server.lines[index(*line)].text) return;
  const Side::Line& far = server.lines[index(*line)];
  to_line(far.modem, far.text->on_call(manners_[far.links.front()].mute));
}

/// True: it was for the one who speaks in words.
bool World::in_words(LineId id, ByteView octets) {
  const Side::Line& line = server.lines[index(id)];
  if (!exchange.online(line.modem) || !line.text->speaks()) return false;
  to_line(line.modem, line.text->on_octets(octets, manners_[line.links.front()].refusal));
  return true;
}

// ---- packets of the users ------------------------------------------------------------------

void World::send_packet(End end, LinkId link, ByteView packet) {
  Bytes frame;
  const auto line = side(end).engine.line_of(link);
  if (line && side(end).engine.send_ip(link, packet, now_, frame)) transmit(end, *line, frame);
}

// Whatever is asked for beyond the peer answers, and so does the peer: with what was sent.
void World::on_ip(LinkId port, ByteView packet) {
  constexpr size_t kSource = 12, kTarget = 16, kAddress = 4, kHeader = 20;
  if (reading_ == End::Caller || packet.size() < kHeader + 1) return;
  if (path_cut_[link_of_port_[index(port)]]) return;
  constexpr uint8_t kUdp = 17;
  const bool discards = packet.size() > kTargetPort && packet[9] == kUdp &&
                        packet[kTargetPort - 1] == 0 && packet[kTargetPort] == kDiscardPort;
  if (discards) return;
  Bytes answer(packet.begin(), packet.end());
  std::swap_ranges(answer.begin() + kSource, answer.begin() + kSource + kAddress,
                   answer.begin() + kTarget);
  if (answer[9] == 1 && answer[kHeader] == 8) answer[kHeader] = 0;  // ICMP: Echo, Echo Reply
  answers_.emplace_back(port, std::move(answer));
}

void World::answer_packets() {
  std::vector<std::pair<LinkId, Bytes>> answers;
  answers.swap(answers_);
  for (const auto& [port, packet] : answers) send_packet(End::Server, port, packet);
}

// A device opens at once. A host answers after a while, refuses after a while, or never answers.
void World::open(End end, LineId id) {
  Side::Line& line = side(end).lines[index(id)];
  if (!line.network) return opened(end, id, line.missing);
  const Duration takes = line.missing == CauseCode::HostUnknown       ? 5s
                         : line.missing == CauseCode::HostUnreachable ? 15s
                                                                      : 120ms;
  in(takes, [this, end, id, wish = ++line.wish] {
    if (wish != side(end).lines[index(id)].wish) return;
    if (asleep_until_) return put_off_.push_back([this, end, id] { open(end, id); });
    opened(end, id, side(end).lines[index(id)].missing);
    carry_out(end);
  });
}

void World::opened(End end, LineId id, std::optional<CauseCode> missing) {
  Side& acting = side(end);
  if (missing) {
    acting.engine.on_line_failed(id, {*missing, "as the kernel says"}, now_, fx_);
    return;
  }
  Side::Line& line = acting.lines[index(id)];
  exchange.on_port_opened(line.modem, now_);
  line.open = true;
  line.dcd = false;  // told anew, as a port does
  if (witness_) witness_->on_line(end, link_at(end, id), id, true, now_);
  acting.engine.on_line_opened(id, now_, fx_);
}

void World::tell_interface(End end, LinkId link, bool up) {
  if (end == End::Caller && index(link) >= links_) return;  // of a caller of ours
  const uint32_t at = end == End::Caller ? index(link) : link_of_port_[index(link)];
  if (witness_) witness_->on_interface(end, at, up, now_);
}

void World::note(End end, const engine::Event& event) {
  trace_.mix(now_);
  trace_.mix(static_cast<uint64_t>(event.body.index()) << 33 | static_cast<uint64_t>(end) << 32 |
             index(event.link));
  if (end == End::Caller && index(event.link) >= links_) return;
  const uint32_t at = end == End::Caller ? index(event.link) : link_of_port_[index(event.link)];
  if (end == End::Server && std::holds_alternative<engine::CarrierUp>(event.body))
    greet(event.link);
  if (witness_) witness_->on_event(end, at, event.body, now_);
  if (end == End::Caller || !site(at).plan.session.callback) return;
  // It calls back once: when it has said so, and whatever becomes of it.
  const auto* noted = std::get_if<engine::Noted>(&event.body);
  const bool promised = noted && noted->text == "the caller wants to be called back";
  if (promised) in(12s, [this, at] { far_end_calls(at, true); });
  const bool over = std::holds_alternative<connection::LinkEnded>(event.body);
  if (over) in(0s, [this, at] { far_end_calls(at, false); });
}

}  // namespace redial::sim
