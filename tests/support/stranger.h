// SPDX-License-Identifier: Apache-2.0
// A modem on the same telephone network with somebody at it who means no good: in turn a decent PPP
// peer, and one that says whatever the test wants said.
#pragma once

#include "ppp/session.h"
#include "support/world.h"

namespace redial::test {

class Stranger {
 public:
  /// What one does wrong, for as long as it is asked to.
  struct Manners {
    std::string name;
    std::function<void(Stranger&)> on_tick;  // ten times a second
    std::function<void(Stranger&, uint16_t protocol, const wire::Packet&)> on_packet;
    /// Says that the carrier is gone. Without circuits that is believed once: an ATH goes astray.
    bool lies = false;
    bool decent_until_up = false;
  };

  Stranger(World& world, const std::string& number)
      : rng(world.now.time_since_epoch().count() + 5), world_(world), entropy_(77) {
    modem_ = world.exchange.add_modem({.number = number}, world.now);
    peer_.ask_dns = false;
    peer_.local_address = 0x0a630001;
    (void)world.ask(modem_, "ATE0S0=1\r");
    world.wake_at = world.now;
    world.on_step = [this] { on_step(); };
  }
  ~Stranger() {
    world_.on_step = nullptr;
    world_.wake_at.reset();
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  void behave(const Manners* manners) { manners_ = manners; }
  void call(const std::string& number) { say(as_bytes("ATD" + number + "\r")); }
  void hang_up() { world_.exchange.on_dtr(modem_, false, world_.now); }
  bool online() const { return world_.exchange.online(modem_); }
  bool up() const { return session_ && session_->up(); }

  void say(ByteView octets) { world_.exchange.on_dte_octets(modem_, octets, world_.now); }
  void say_frame(wire::Protocol protocol, ByteView information) {
    Bytes octets;
    wire::encode(static_cast<uint16_t>(protocol), information, {}, octets);
    say(octets);
  }
  void say_packet(wire::Protocol protocol, const wire::PacketWriter& packet) {
    say_frame(protocol, packet.information().view());
  }
  Bytes random_octets(size_t count) {
    Bytes octets(count);
    for (uint8_t& octet : octets) octet = static_cast<uint8_t>(rng.next());
    return octets;
  }

  Rng rng;

 private:
  struct Sink {
    Stranger& stranger;
    bool on_frame(ByteView octets) {
      stranger.on_frame(octets);
      return true;
    }
    void on_bad_frame(wire::FrameError) {}
    void on_outside(ByteView) {}
  };

  bool decent() const { return !manners_ || (manners_->decent_until_up && !turned_); }

  void on_step() {
    Bytes octets;
    world_.exchange.drain(modem_, octets, world_.now);
    if (!online()) {
      session_.reset();
      decoder_.reset();
      turned_ = false;
    } else {
      if (!session_) {
        session_.emplace(peer_, entropy_);
        session_->give_peer(0x0a630002);
        if (decent()) carry_out(session_->open(world_.now));
      }
      decoder_.decode(octets, Sink{*this});
    }
    if (world_.now < *world_.wake_at) return;
    world_.wake_at = world_.now + 100ms;
    if (!online()) return;
    if (decent()) {
      carry_out(session_->on_deadline(world_.now));
      turned_ = turned_ || session_->up();
    } else if (manners_->on_tick) {
      manners_->on_tick(*this);
    }
  }
  void on_frame(ByteView octets) {
    if (decent()) return carry_out(session_->on_frame(octets, world_.now));
    const auto frame = wire::parse_frame(octets);
    const auto packet = frame ? wire::parse_packet(frame->information) : std::nullopt;
    if (packet && manners_->on_packet) manners_->on_packet(*this, frame->protocol, *packet);
  }
  void carry_out(ppp::SessionActions actions) {
    for (const ppp::SessionAction& action : actions) {
      if (const auto* frame = std::get_if<ppp::SendFrame>(&action)) {
        say_frame(frame->protocol, frame->information.view());
      }
    }
  }

  World& world_;
  SeededEntropy entropy_;
  lab::ModemId modem_{};
  ppp::SessionConfig peer_;
  std::optional<ppp::Session> session_;
  wire::HdlcDecoder decoder_;
  const Manners* manners_ = nullptr;  // null: decent
  bool turned_ = false;               // was up once in this call
};

}  // namespace redial::test
