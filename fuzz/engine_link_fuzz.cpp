// SPDX-License-Identifier: Apache-2.0
// Links of an engine, whole: octets from the lines, carriers, devices that go and return, deadlines
// and a user's wishes, in any order. The first two octets say what world it is, each further one is
// a step.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "engine/plan.h"
#include "engine_world.h"
#include "input.h"
#include "modem/inf.h"
#include "ppp/session.h"

using namespace redial;
using namespace redial::engine;
using namespace redial::engine::fuzz;
using redial::fuzz::Input;

namespace redial::engine::fuzz {

constexpr uint8_t kFlag = 0x7e;  // RFC 1662 section 3.1

World::World(const Choices& choices)
    : far_config_(ppp::fuzz::server(accounts_, choices.method, 0)),
      may_type_(choices.login || choices.method == ppp::AuthMethod::Pap) {
  lines_ = {add_line(true, choices.power_cycle), add_line(false, false)};
  links_ = {add_link(choices, 0), add_link(choices, 1)};
  if (choices.needs) REDIAL_ASSERT(engine.require(links_[1], links_[0]));
}

LineId World::add_line(bool modem, bool power_cycle) {
  static const auto hayes =
      std::make_shared<const modem::CompiledDescription>(compile(modem::hayes(), {}).value());
  return engine.add_line({.name = modem ? "modem" : "direct",
                          .description = modem ? hayes : nullptr,
                          .recovery = {.traits = {.modem = modem, .power_cycle = power_cycle}}});
}

LinkId World::add_link(const Choices& choices, size_t which) {
  auto plan = std::make_shared<DialPlan>();
  plan->entry.name = which == 0 ? "first" : "second";
  plan->entry.numbers = {{.digits = "5550100"}, {.digits = "5550101"}};
  if (choices.bounded) {
    plan->entry.redial.attempts = 3;
    plan->entry.redial.give_up = true;
    plan->entry.session_limit = 2min;
    plan->entry.idle_disconnect = 1min;
  }
  plan->session = ppp::fuzz::caller(choices.method, 0);
  plan->lines = {lines_[which], lines_[1 - which]};
  const phonebook::Credential credential{
      .user = "branch7", .domain = {}, .password = Secret(std::string(ppp::fuzz::kPassword))};
  if (choices.login) plan->before_ppp = before_ppp_of(plan->entry, &credential).value();
  return engine.add_link(plan);
}

void World::look(const Transmit& transmit) {
  const ByteView octets = fx.octets(transmit);
  REDIAL_ASSERT(door(transmit.line) == Door::Open && !octets.empty());
  REDIAL_ASSERT(may_type_ || told_ || !ppp::fuzz::tells(as_text(octets)));
  const auto user = engine.user_of(transmit.line);
  REDIAL_ASSERT(user.has_value());
  // No AT into data, no PPP to a modem that may take it for a command.
  if (engine.up(*user)) REDIAL_ASSERT(octets.front() == kFlag);
  const auto* supervisor = engine.supervisor(*user);
  const bool commands =
      supervisor->phase() == Phase::Preparing || supervisor->phase() == Phase::Dialing;
  if (commands && transmit.line == lines_[0]) REDIAL_ASSERT(octets.front() != kFlag);
  Bytes& sent = sent_[index(transmit.line)];
  if (sent.size() > 4096) sent.clear();  // nobody reads them
  sent.insert(sent.end(), octets.begin(), octets.end());
}

void World::look(const Event& event) const {
  if (const auto* noted = std::get_if<Noted>(&event.body)) {
    REDIAL_ASSERT(told_ || !ppp::fuzz::tells(noted->text));
  } else if (const auto* ended = std::get_if<connection::LinkEnded>(&event.body)) {
    REDIAL_ASSERT(told_ || !ppp::fuzz::tells(ended->cause.evidence));
  }
}

void World::settle() {
  REDIAL_ASSERT(fx.list.size() <= 256);
  for (const Effect& effect : fx.list) {
    match(
        effect,
        [&](const OpenLine& open) {
          REDIAL_ASSERT(door(open.line) == Door::Closed);
          door(open.line) = Door::Opening;
        },
        [&](const CloseLine& close) {
          REDIAL_ASSERT(door(close.line) != Door::Closed);
          door(close.line) = Door::Closed;
          far_side_gone(close.line);
        },
        [&](const RunCommand& run) {
          REDIAL_ASSERT(door(run.line) == Door::Closed);
          command = run.line;
        },
        [&](const Transmit& transmit) { look(transmit); }, [](const SetPace&) {},
        [](const Remember&) {},
        [&](const SetDtr& dtr) { REDIAL_ASSERT(door(dtr.line) == Door::Open); },
        [&](const DiscardOutput& discard) { sent_[index(discard.line)].clear(); },
        [&](const InterfaceUp& up) { interface_up[index(up.link)] = true; },
        [&](const InterfaceDown& down) {
          REDIAL_ASSERT(std::exchange(interface_up[index(down.link)], false));
        },
        [&](const Event& event) { look(event); });
  }
  fx.clear();
  for (const LinkId each : links_) {
    const auto* supervisor = engine.supervisor(each);
    REDIAL_ASSERT(supervisor->resting() || supervisor->armed() || engine.deadline());
    REDIAL_ASSERT(!engine.up(each) || interface_up[index(each)]);
  }
}

void World::hear(LineId line, ByteView octets) {
  if (door(line) != Door::Open) return;  // nobody reads it
  told_ |= ppp::fuzz::tells(as_text(octets));
  engine.on_octets(line, octets, now, *this, fx);
  settle();
}

void World::wait(Duration duration) {
  const Instant until = now + duration;
  for (int wakes = 0; engine.deadline() && *engine.deadline() <= until; ++wakes) {
    REDIAL_ASSERT(wakes < 100'000);
    now = std::max(now, *engine.deadline());
    engine.on_deadline(now, fx);
    settle();
  }
  now = until;
}

void World::obey(LineId line, std::string_view command_text) {
  if (!command_text.starts_with("ATD")) return hear(line, as_bytes("\r\nOK\r\n"));
  peers_[index(line)] = std::make_unique<FarSide>(far_config_, entropy);
  peers_[index(line)]->session.give_peer(0x0a40000a);
  hear(line, as_bytes("\r\nCONNECT 28800\r\n"));
  if (peers_[index(line)]) say(line, peers_[index(line)]->session.open(now));
}

void World::say(LineId line, const ppp::SessionActions& actions) {
  Bytes octets;
  for (const ppp::SessionAction& action : actions) {
    const auto* frame = std::get_if<ppp::SendFrame>(&action);
    if (!frame) continue;
    const bool lcp = frame->protocol == wire::Protocol::Lcp;
    const auto format = lcp ? wire::TxFormat{} : peers_[index(line)]->session.tx_format();
    wire::encode(static_cast<uint16_t>(frame->protocol), frame->information.view(), format, octets);
  }
  if (!octets.empty()) hear(line, octets);
}

void World::far_side(LineId line) {
  if (door(line) == Door::Opening) {
    door(line) = Door::Open;
    engine.on_line_opened(line, now, fx);
    return settle();
  }
  const Bytes heard = std::exchange(sent_[index(line)], {});
  if (heard.empty()) {  // then it is time that has to go on
    if (const auto due = engine.deadline()) wait(std::max(Duration{}, *due - now));
    return;
  }
  auto& peer = peers_[index(line)];
  if (!peer && line == lines_[1]) {
    peer = std::make_unique<FarSide>(far_config_, entropy);
    peer->session.give_peer(0x0a40000a);
    say(line, peer->session.open(now));
  }
  if (!peer || heard.front() != kFlag) return obey(line, as_text(heard));
  struct Frames {
    std::vector<Bytes> all;
    bool on_frame(ByteView frame) {
      all.emplace_back(frame.begin(), frame.end());
      return true;
    }
    void on_bad_frame(wire::FrameError) {}
    void on_outside(ByteView) {}
  } frames;
  peer->decoder.decode(heard, frames);
  for (const Bytes& frame : frames.all) {
    if (peer) say(line, peer->session.on_frame(frame, now));
  }
}

}  // namespace redial::engine::fuzz

namespace {

constexpr std::array<std::string_view, 16> kWords = {"\r\nOK\r\n",
                                                     "\r\nERROR\r\n",
                                                     "\r\nCONNECT 9600\r\n",
                                                     "\r\nNO CARRIER\r\n",
                                                     "\r\nRING\r\n",
                                                     "\r\nBUSY\r\n",
                                                     "\r\nNO ANSWER\r\n",
                                                     "\r\nNO DIALTONE\r\n",
                                                     "\r\nVOICE\r\n",
                                                     "CLIENT",
                                                     "login: ",
                                                     "Password: ",
                                                     "\r\n$ ",
                                                     "+++",
                                                     "\r",
                                                     "\x7e"};

/// 10.0.0.9 to 10.0.0.8, UDP, nothing in it.
constexpr std::array<uint8_t, 28> kPacket = {0x45, 0, 0,  28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0,
                                             0,    9, 10, 0,  0, 8, 0, 9, 0,  9,  0, 8, 0,  0};

void wish(World& world, uint8_t which, Input& input) {
  const LinkId link = world.link(which);
  switch (which >> 1 & 7) {
    case 0:
    case 1: world.engine.dial(link, world.now, world.fx); break;
    case 2: world.engine.hang_up(link, CauseCode::UserHangUp, world.now, world.fx); break;
    case 3: world.engine.arm_on_demand(link, world.now, world.fx); break;
    case 4: world.engine.on_demand_traffic(link, world.now, world.fx); break;
    case 5: {
      const int64_t day = int64_t{86'400} * 1'000'000;
      world.engine.set_calendar({.at = world.now, .local = {input.u8() * day / 16}}, world.now,
                                world.fx);
      break;
    }
    case 6: {
      Bytes out;
      const bool sent = world.engine.send_ip(link, kPacket, world.now, out);
      REDIAL_ASSERT(sent == !out.empty() && (!sent || world.engine.up(link)));
      break;
    }
    default: world.engine.on_terminal_input(link, input.take(3), world.fx); break;
  }
  world.settle();
}

/// The device goes, fails to open, or comes back; its power-cycle command ends.
void on_device(World& world, LineId line, uint8_t how) {
  Door& door = world.door(line);
  const Door before = door;
  switch (how & 3) {
    case 0:
      if (before != Door::Open) return;
      door = Door::Closed;
      world.far_side_gone(line);
      world.engine.on_line_closed(line, {CauseCode::DeviceMissing, "fuzz"}, world.now, world.fx);
      break;
    case 1:
      if (before != Door::Opening) return;
      door = Door::Closed;
      world.engine.on_line_failed(line, {CauseCode::DeviceMissing, "fuzz"}, world.now, world.fx);
      break;
    case 2: world.engine.on_line_returned(line, world.now, world.fx); break;
    default:
      if (world.command != line) return;
      world.command.reset();
      world.engine.on_command_done(line, (how & 4) != 0, world.now, world.fx);
  }
  world.settle();
}

/// A frame of the peer's own making, with a good FCS.
void forge(World& world, LineId line, Input& input) {
  constexpr std::array<uint16_t, 8> kProtocols = {0xc021, 0x8021, 0xc223, 0xc023,
                                                  0x0021, 0x80fd, 0x8057, 0xc227};
  const uint16_t protocol = kProtocols[input.u8() % kProtocols.size()];
  wire::PacketWriter packet(static_cast<uint8_t>(input.u8() % 16), input.u8());
  packet.data(input.take(input.u8() % 40));
  Bytes octets;
  wire::encode(protocol, packet.information().view(), {}, octets);
  world.hear(line, octets);
}

// The low half says what, the high half which or how much.
void step(World& world, Input& input) {
  const uint8_t octet = input.u8(), which = octet >> 4;
  const LineId line = world.line(which);
  switch (octet & 15) {
    case 0:
    case 1: return wish(world, which, input);
    case 2:
    case 3:
      for (int times = 0; times <= which / 2; ++times) world.far_side(line);
      return;
    case 4: return world.hear(world.line(0), as_bytes(kWords[which]));
    case 5: return world.hear(world.line(1), as_bytes(kWords[which]));
    case 6: return forge(world, line, input);
    case 7: return world.hear(line, input.take(which * 4u + 1));
    case 8: return world.wait(std::chrono::milliseconds(1 << which));
    case 9: return world.wait(std::chrono::seconds(4 * which));
    case 10:
      if (world.door(line) != Door::Open) return;
      world.engine.on_carrier(line, (which & 2) != 0, world.now, world.fx);
      return world.settle();
    case 11: return on_device(world, line, which >> 1);
    case 12: return world.far_side_gone(line);
    case 13:
      world.engine.end_terminal(world.link(which), world.now, world.fx);
      return world.settle();
    default: return world.far_side(world.line(octet & 1));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const uint8_t made = input.u8(), begun = input.u8();
  World world({.method = static_cast<ppp::AuthMethod>(made % 5),
               .login = (made & 0x80) != 0,
               .needs = (made & 0x40) != 0,
               .power_cycle = (made & 0x20) != 0,
               .bounded = (begun & 0x80) != 0});
  world.engine.dial(world.link(begun & 1), world.now, world.fx);
  world.settle();
  for (int steps = begun & 0x3f; steps > 0; --steps) world.far_side(world.line(begun & 1));
  while (!input.empty()) step(world, input);

  for (size_t at = 0; at < kLinks; ++at) {
    world.engine.hang_up(world.link(at), CauseCode::ServiceStopping, world.now, world.fx);
    world.settle();
  }
  world.wait(10min);
  for (size_t at = 0; at < kLinks; ++at) {
    REDIAL_ASSERT(world.engine.resting(world.link(at)) && !world.engine.line_of(world.link(at)));
    REDIAL_ASSERT(!world.interface_up[at]);
  }
  for (size_t at = 0; at < kLines; ++at) {
    REDIAL_ASSERT(world.door(world.line(at)) == Door::Closed);
  }
  REDIAL_ASSERT(!world.engine.deadline());
  return 0;
}
