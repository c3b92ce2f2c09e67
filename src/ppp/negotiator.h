// SPDX-License-Identifier: Apache-2.0
// One control protocol's packets 1..7 around the automaton: RFC 1661 §5.1 to §5.6, counters §4.6.
// What the options mean is the owner's business (OptionRules): LCP, IPCP and their kin share this.
#pragma once

#include <cstdint>

#include "core/rng.h"
#include "ppp/action.h"
#include "ppp/automaton.h"
#include "ppp/config.h"

namespace redial::ppp {

/// The options of one control protocol. The negotiator asks; the rules remember what was agreed.
class OptionRules {
 public:
  enum class Verdict : uint8_t { Ack, Nak, Reject };

  /// Our Configure-Request's options, always in the same order for the same wishes.
  virtual void write_request(wire::PacketWriter& request) const = 0;
  /// The peer's Configure-Request begins: forget what its last one said.
  virtual void begin_judging() = 0;
  /// One of the peer's options; for Nak, what we would accept has been written to `nak`.
  virtual Verdict judge(const wire::Option& option, wire::PacketWriter& nak) = 0;
  /// The peer's Nak or Reject of one of our options. False: we cannot do without it.
  virtual bool on_nak(const wire::Option& option) = 0;
  virtual bool on_reject(const wire::Option& option) = 0;
  virtual const RestartPolicy& restart() const = 0;

 protected:
  ~OptionRules() = default;
};

/// What the layers of a session share; lent to them for one call, since every link has a session.
struct Context {
  const SessionConfig& config;
  Entropy& entropy;
};

/// A Code-Reject of one of the codes 1..7, without which there is no negotiation (RXJ-, §4.3).
inline bool rejects_negotiation(const wire::Packet& packet) {
  return packet.code == static_cast<uint8_t>(wire::Code::CodeReject) && !packet.data.empty() &&
         packet.data[0] >= 1 && packet.data[0] <= 7;
}

/// The rules of `Layer` for the length of one call.
template <class Layer>
class RulesOf final : public OptionRules {
 public:
  RulesOf(Layer& layer, Context context) : layer_(layer), context_(context) {}
  void write_request(wire::PacketWriter& request) const override {
    layer_.write_request(request, context_.config);
  }
  void begin_judging() override { layer_.begin_judging(); }
  Verdict judge(const wire::Option& option, wire::PacketWriter& nak) override {
    return layer_.judge(option, context_, nak);
  }
  bool on_nak(const wire::Option& option) override { return layer_.on_nak(option, context_); }
  bool on_reject(const wire::Option& option) override { return layer_.on_reject(option); }
  const RestartPolicy& restart() const override { return context_.config.restart; }

 private:
  Layer& layer_;
  Context context_;
};

/// What became of the layer by one event; several may be true, `down` before `up`.
struct LayerNews {
  bool down = false, up = false, started = false, finished = false;
  bool refused = false;         // the peer refuses what we cannot do without
  bool not_converging = false;  // rounds beyond all patience
};

class Negotiator {
 public:
  static constexpr uint8_t kMaxFailure = 5;  // RFC 1661 §4.6: Naks before we turn to Reject
  static constexpr uint16_t kMruLeast =
      128;  // no peer's MRU is accepted below: any packet may have so many octets
  static constexpr uint8_t kRoundsMax = 20;  // ppp#614: a peer may Nak for ever; we do not play on

  explicit Negotiator(wire::Protocol protocol) : protocol_(protocol) {}

  /// Open, Close, Up, Down of RFC 1661 §4.3.
  LayerNews on(Event event, OptionRules& rules, Instant now, SessionActions& out);
  /// A packet with code 1..7; others are the owner's, or unknown().
  LayerNews on_packet(const wire::Packet& packet, OptionRules& rules, Instant now,
                      SessionActions& out);
  /// A code nobody knows: Code-Reject, with as much of `packet` as fits.
  LayerNews unknown(const wire::Packet& packet, OptionRules& rules, Instant now,
                    SessionActions& out);
  LayerNews on_deadline(OptionRules& rules, Instant now, SessionActions& out);
  Instant due() const { return automaton_.due(); }
  State state() const { return automaton_.state(); }

  /// Identifier for a packet that is not a Configure-Request (echoes, terminates, rejects).
  uint8_t next_id() { return ++other_id_; }
  void send(const wire::PacketWriter& packet, SessionActions& out) const;

 private:
  /// To the packet at hand: what sca, scn, scj send, and the identifier of sta.
  struct Reply {
    uint8_t id = 0;
    const wire::PacketWriter* packet = nullptr;
  };

  LayerNews on_configure_request(const wire::Packet& packet, OptionRules& rules, Instant now,
                                 SessionActions& out);
  LayerNews on_answer(const wire::Packet& packet, OptionRules& rules, Instant now,
                      SessionActions& out);
  LayerNews on(Event event, Reply reply, OptionRules& rules, Instant now, SessionActions& out);
  LayerNews carry_out(const Outcome& outcome, Reply reply, OptionRules& rules, Instant now,
                      SessionActions& out);
  bool answers_us(uint8_t id) const;
  bool repeats_itself(ByteView options, const RestartPolicy& policy, Instant now) const;
  LayerNews count_round();

  [[no_unique_address]] Automaton automaton_;  // what follows may use its padding
  wire::Protocol protocol_;
  uint32_t acked_hash_ = 0;  // of the peer's options that we acked last
  Instant opened_at_{};
  uint8_t request_id_ = 0;   // of our last Configure-Request
  uint8_t outstanding_ = 0;  // so many of the last ones had the same options and are unanswered
  uint8_t other_id_ = 0;     // of everything else we begin
  uint8_t naks_sent_ = 0;    // in a row, without an Ack from us
  uint8_t rounds_ = 0;       // Naks and Rejects either way since the layer last came up
};

}  // namespace redial::ppp
