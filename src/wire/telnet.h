// SPDX-License-Identifier: Apache-2.0
// Telnet over TCP as a transparent line: RFC 854 (NVT), 855 (options), 856 (BINARY), 858 (SUPPRESS
// GO AHEAD), with RFC 1143's Q method, so that two ends never negotiate in a loop.
#pragma once

#include <array>
#include <concepts>
#include <initializer_list>

#include "core/bytes.h"

namespace redial::wire {

/// RFC 854, "TELNET COMMAND STRUCTURE".
// clang-format off
enum class TelnetCommand : uint8_t {
  Se = 240, Nop, DataMark, Break, Ip, Ao, Ayt, Ec, El, Ga, Sb, Will, Wont, Do, Dont, Iac
};
// clang-format on

/// Options that have a meaning here; a peer may name any of 256, the rest is refused.
/// TIMING-MARK (RFC 860) is none that is on or off: each request is answered, and that is its use.
// clang-format off
enum class TelnetOption : uint8_t {
  Binary = 0, Echo = 1, SuppressGoAhead = 3, TimingMark = 6, ComPort = 44
};
// clang-format on

/// Local: we WILL, the peer says DO. Remote: the peer WILL, we say DO.
enum class TelnetSide : uint8_t { Local, Remote };

/// RFC 1143 §7, one per option and side; "Opposite" is the queue bit.
enum class OptionState : uint8_t { No, Yes, WantNo, WantNoOpposite, WantYes, WantYesOpposite };

using TelnetOctets = BoundedBytes<3>;

/// What a decoder reports to. Views are good during the call only. `on_send` gets what the peer is
/// to be sent; `on_option` what has been settled, a refusal (false) included.
template <class S>
concept TelnetSink = requires(S& sink, ByteView view, TelnetOption option, TelnetSide side,
                              TelnetCommand command, bool on) {
  sink.on_data(view);
  sink.on_send(view);
  sink.on_option(option, side, on);
  sink.on_subnegotiation(option, view);
  sink.on_command(command);
};

/// The next thing in a batch; `decode` turns it into calls of the sink.
struct TelnetFound {
  enum class Kind : uint8_t { Nothing, Data, Option, Subnegotiation, Command };
  Kind kind = Kind::Nothing;
  bool on = false;       // Option
  bool settled = false;  // Option: worth reporting
  TelnetOption option{};
  TelnetSide side{};
  TelnetCommand command{};
  size_t consumed = 0;
  ByteView octets;      // in the batch, or in the decoder until its next call
  TelnetOctets answer;  // to be sent before anything else is said
};

/// One end of one connection, both directions. No clock: how long an answer may take is its
/// owner's to know.
class Telnet {
 public:
  static constexpr size_t kSubnegotiationMax = 256;  // longer ones are dropped whole

  /// What is agreed to when the peer asks for it; everything else is refused.
  struct Accepts {
    std::initializer_list<TelnetOption> local, remote;
  };
  explicit Telnet(Accepts accepts);

  /// What to send for an option to be switched; empty: nothing, it is so already or on its way.
  [[nodiscard]] TelnetOctets ask(TelnetOption option, TelnetSide side, bool on);

  template <TelnetSink S>
  void decode(ByteView octets, S&& sink) {
    while (!octets.empty()) {
      const TelnetFound found = next(octets);
      octets = octets.subspan(found.consumed);
      if (!found.answer.empty()) sink.on_send(found.answer.view());
      switch (found.kind) {
        case TelnetFound::Kind::Nothing: break;
        case TelnetFound::Kind::Data: sink.on_data(found.octets); break;
        case TelnetFound::Kind::Option:
          if (found.settled) sink.on_option(found.option, found.side, found.on);
          break;
        case TelnetFound::Kind::Subnegotiation:
          sink.on_subnegotiation(found.option, found.octets);
          break;
        case TelnetFound::Kind::Command: sink.on_command(found.command); break;
      }
    }
  }

  /// Data as they go out: IAC doubled; CR NUL for CR while BINARY is not agreed. `put` gets runs of
  /// `data`, nothing is copied.
  template <std::invocable<ByteView> Put>
  void encode(ByteView data, Put&& put) const {
    static constexpr uint8_t kNul = 0;
    size_t begins = 0;
    for (size_t at = 0; (at = next_special(data, at, sends_nvt())) < data.size(); ++at) {
      put(data.subspan(begins, at + 1 - begins));
      begins = at;  // a doubled IAC begins the next run
      if (data[at] == static_cast<uint8_t>(TelnetCommand::Iac)) continue;
      put(ByteView(&kNul, 1));
      ++begins;
    }
    if (begins < data.size()) put(data.subspan(begins));
  }
  void encode(ByteView data, Bytes& out) const {
    encode(data, [&out](ByteView run) { out.insert(out.end(), run.begin(), run.end()); });
  }

  bool on(TelnetOption option, TelnetSide side) const;
  /// Asked for, and not yet answered.
  bool pending(TelnetOption option, TelnetSide side) const;
  /// The peer has said something that only telnet says. Until then it is taken as a raw connection
  /// behind which a CR is a CR.
  bool spoken() const { return spoken_; }

 private:
  enum class Part : uint8_t { Data, Iac, Verb, SbOption, Sb, SbIac };
  struct Known {
    OptionState state = OptionState::No;
    bool accept = false;
  };

  static size_t next_special(ByteView data, size_t from, bool cr_too);
  bool sends_nvt() const { return spoken_ && !on(TelnetOption::Binary, TelnetSide::Local); }
  bool reads_nvt() const { return spoken_ && !on(TelnetOption::Binary, TelnetSide::Remote); }
  Known* known(TelnetOption option, TelnetSide side);
  const Known* known(TelnetOption option, TelnetSide side) const;

  TelnetFound next(ByteView octets);
  TelnetFound next_data(ByteView octets);
  TelnetFound on_octet(uint8_t octet);
  TelnetFound on_command(TelnetCommand command);
  TelnetFound on_verb(TelnetOption option);
  TelnetFound on_subnegotiation_octet(uint8_t octet);

  std::array<std::array<Known, 2>, 4> options_;  // by known option, by side
  Part part_ = Part::Data;
  TelnetCommand verb_{};      // while part_ is Verb
  TelnetOption sb_option_{};  // while part_ is Sb or SbIac
  bool sb_oversize_ = false;  // the subnegotiation is longer than fits, and will be dropped
  bool after_cr_ = false;     // the last octet of data was a CR: a NUL would belong to it
  bool spoken_ = false;
  std::array<uint8_t, 2> stray_{};  // data that looked like a command
  BoundedBytes<kSubnegotiationMax> sb_;
};

}  // namespace redial::wire
