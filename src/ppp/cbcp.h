// SPDX-License-Identifier: Apache-2.0
// The Callback Control Protocol ([MS-CBCP], protocol 0xC029), after authentication: the called side
// offers ways to be called back, the caller chooses one, the called side says so again. Then the
// caller hangs up and waits for the telephone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ppp/action.h"
#include "ppp/config.h"

namespace redial::ppp {

enum class CbcpType : uint8_t { None = 1, CallersNumber = 2, KnownNumber = 3, OneOfList = 4 };

/// One way that is offered or chosen.
struct CbcpOption {
  static constexpr size_t kNumbersMax = 8, kNumberOctetsMax = 128;
  CbcpType type = CbcpType::None;
  uint8_t delay_s = 0;
  std::vector<std::string> numbers;  // none where the type has none
  bool operator==(const CbcpOption&) const = default;
};

/// The options of a packet; unknown types are passed over. Nullopt: lengths that cannot be.
std::optional<std::vector<CbcpOption>> parse_cbcp(ByteView data);
void write_cbcp(const CbcpOption& option, wire::PacketWriter& packet);

/// What one event settled.
struct CbcpNews {
  bool stay = false;                 // nobody is called back: the call goes on
  std::optional<CbcpOption> agreed;  // hang up and wait
  std::optional<Cause> failed;
};

/// Either side; lives from the end of authentication until the call goes on, or is over.
class Cbcp {
 public:
  explicit Cbcp(const SessionConfig& config) : config_(&config) {}

  void begin(Instant now, SessionActions& out);
  CbcpNews on_packet(const wire::Packet& packet, Instant now, SessionActions& out);
  CbcpNews on_deadline(Instant now, SessionActions& out);
  Instant due() const { return due_; }

 private:
  bool calls_back() const { return config_->call_back.has_value(); }
  CbcpNews on_request(const wire::Packet& packet, Instant now, SessionActions& out);
  CbcpNews on_response(const wire::Packet& packet, SessionActions& out);
  CbcpNews on_ack(const wire::Packet& packet);
  std::optional<CbcpOption> choose(const std::vector<CbcpOption>& offered) const;
  bool offered(const CbcpOption& option) const;
  void send(SessionActions& out, Instant now);

  const SessionConfig* config_;
  Instant due_ = kNever;
  uint8_t sends_ = 0;
  std::optional<wire::PacketWriter> packet_;  // ours, repeated until it is answered
  std::optional<CbcpOption> chosen_;
  bool settled_ = false;
};

}  // namespace redial::ppp
