// SPDX-License-Identifier: Apache-2.0
// A hostile peer: a real PPP session, and between it and the line a filter that mangles its frames
// in one named manner. What the filter does not touch is a true peer's.
#pragma once

#include <deque>
#include <optional>
#include <string_view>

#include "core/bytes.h"
#include "core/rng.h"
#include "core/time.h"
#include "wire/ppp.h"

namespace redial::lab {

/// "The server" is the session behind the filter, "the caller" whoever is at the far end.
enum class Manner : uint8_t {
  None,               // everything passes, at once
  SilentlyKilled,     // nothing in, nothing out
  NeverEchoes,        // Echo-Requests get no answer
  EndlessNak,         // each Configure-Ack becomes a Nak with other values
  EndlessReject,      // each Configure-Ack becomes a Reject of everything
  LateAcks,           // answers come four to six seconds late, beyond the restart timer
  Loopback,           // the caller gets back what it sends
  WrongMagic,         // Echo-Replies carry a magic number that is nobody's
  ChangesAddress,     // other addresses in each call, and others again while the link is up
  UnnegotiatedChap,   // CHAP challenges from the opening of LCP on, never judged, agreed or not
  DropsChapSuccess,   // the caller never learns that it was believed
  RefusesPassword,    // PAP-Ack and CHAP Success become a refusal (error 691)
  Garbage,            // random octets between frames
  RejectsEverything,  // Configure-Reject of all that LCP asks for, Protocol-Reject of the rest
  Renegotiates,       // LCP Configure-Requests on an open link
  TerminatesAtOnce,   // Terminate-Request as soon as LCP is open, then silence
  BadFcs,             // every third frame is damaged
  TerminateIgnored,   // a Terminate-Request gets no answer
  FalseProof,         // MS-CHAPv2: what the server proves itself with is wrong
};
constexpr size_t kManners = 19;
std::string_view name(Manner manner);  // "endless-nak"
std::optional<Manner> manner_named(std::string_view name);

/// Both directions of one line in data state; octets may come in pieces of any size. A frame is
/// held until its closing flag; octets before the first flag pass. Bounded: 4 KiB a direction, and
/// 64 frames that are late. The same seed and octets give the same octets.
class Mangler {
 public:
  /// From the next frame on; may change in mid-call. None lets go at once what is held back.
  void set(Manner manner, uint64_t seed);
  Manner manner() const { return manner_; }
  /// A new call: nothing is held, nothing known, but which call it is.
  void on_call();

  void outbound(ByteView octets, Bytes& to_line, Instant now);   // server -> line
  void inbound(ByteView octets, Bytes& to_server, Instant now);  // line -> server
  /// What it says of its own accord, late or at once; early calls do nothing.
  void on_deadline(Instant now, Bytes& to_line);
  std::optional<Instant> deadline() const;

 private:
  struct Way {
    Bytes held;           // since the last flag
    bool framed = false;  // there was a flag
  };
  struct Late {
    Instant at;
    Bytes octets;
  };
  struct Seen;  // a good frame, read

  template <class OnFrame>
  static void gather(Way& way, ByteView octets, Bytes& through, OnFrame on_frame);
  Seen read(ByteView raw);
  void note(const Seen& seen, uint8_t way, Instant now);
  bool lets_out(const Seen& seen, ByteView raw, Bytes& to_line, Instant now);
  bool lets_in(const Seen& seen, Bytes& to_server, Instant now);
  bool is_answer_to_forged(const Seen& seen);
  bool translate(const Seen& seen, uint32_t request_shift, uint32_t answer_shift, Bytes& out);
  void nak(const Seen& ack, Bytes& to_line);
  void refuse_password(const Seen& seen, Bytes& to_line);
  bool falsify(const Seen& seen, Bytes& to_line);
  void reject(const Seen& request, Instant now);
  void on_turn(Instant now);
  void say_at(Instant at, Bytes octets);
  void say_at(Instant at, wire::Protocol protocol, const wire::PacketWriter& packet);
  Bytes random_octets(size_t count);

  Manner manner_ = Manner::None;
  Rng rng_{0};
  Way out_, in_;
  Bytes frame_;                             // the last one read, unescaped
  std::deque<Late> late_;                   // in the order of their instants
  std::optional<Instant> turn_at_;          // it says something unasked
  bool turned_ = false;                     // that was arranged for in this call
  bool gone_ = false;                       // TerminatesAtOnce has
  uint8_t lcp_acked_ = 0, ipcp_acked_ = 0;  // bit 0: by the server, bit 1: by the caller
  std::optional<uint16_t> forged_;          // protocol of a request of ours that awaits its answer
  uint8_t reject_id_ = 0;
  uint32_t frames_ = 0;
  uint32_t calls_ = 0;
  uint32_t own_address_ = 0x0a630001;           // the server's, once it is known
  uint32_t own_shift_ = 0, callers_shift_ = 0;  // ChangesAddress: address ^ shift is what is shown
};

}  // namespace redial::lab
