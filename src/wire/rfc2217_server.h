// SPDX-License-Identifier: Apache-2.0
// The access server's end of RFC 2217: what a virtual modem's port answers to a client, and how it
// tells the circuits.
#pragma once

#include <optional>
#include <variant>

#include "core/outbox.h"
#include "wire/rfc2217.h"
#include "wire/telnet.h"

namespace redial::wire {

// What the client wants of the port.
struct DtrSet {
  bool on = false;
  bool operator==(const DtrSet&) const = default;
};
struct RtsSet {
  bool on = false;
  bool operator==(const RtsSet&) const = default;
};
struct BreakSet {
  bool on = false;
  bool operator==(const BreakSet&) const = default;
};
struct SettingsChanged {
  ComPortSettings settings;
  bool operator==(const SettingsChanged&) const = default;
};
struct PurgeAsked {
  ComPortPurge which{};
  bool operator==(const PurgeAsked&) const = default;
};
/// The client holds our data back, or takes them again.
struct ClientHeld {
  bool held = false;
  bool operator==(const ClientHeld&) const = default;
};
using ServerAction =
    std::variant<SendOctets, DtrSet, RtsSet, BreakSet, SettingsChanged, PurgeAsked, ClientHeld>;
using ServerActions = Outbox<ServerAction, 4>;

template <class S>
concept ServerSink = requires(S& sink, ByteView data, ServerAction& action) {
  sink.on_data(data);
  sink.on_action(std::move(action));
};

/// Rests: it waits for nothing but its client, who may be plain telnet or raw for ever.
class ComPortServer {
 public:
  explicit ComPortServer(ModemState circuits = {}, bool com_port = true);

  ServerActions start();  // somebody has connected
  ServerActions on_circuits(const ModemState& state);

  template <ServerSink S>
  void on_octets(ByteView octets, S&& sink) {
    telnet_.decode(octets, Reader<S>{*this, sink});
  }
  template <std::invocable<ByteView> Put>
  void encode(ByteView data, Put&& put) const {
    telnet_.encode(data, put);
  }
  /// The client speaks RFC 2217; until then there are no circuits for it.
  bool com_port() const { return telnet_.on(TelnetOption::ComPort, TelnetSide::Remote); }
  const ComPortSettings& settings() const { return settings_; }

 private:
  template <class S>
  struct Reader {
    ComPortServer& server;
    S& sink;
    void on_data(ByteView data) { sink.on_data(data); }
    void on_send(ByteView octets) { sink.on_action(SendOctets{BoundedBytes<128>(octets)}); }
    void on_option(TelnetOption option, TelnetSide side, bool on) {
      give(server.on_option(option, side, on));
    }
    void on_subnegotiation(TelnetOption option, ByteView value) {
      if (option == TelnetOption::ComPort) give(server.on_com_port(value));
    }
    void on_command(TelnetCommand) {}
    void give(ServerActions actions) {
      for (ServerAction& action : actions) sink.on_action(std::move(action));
    }
  };

  ServerActions on_option(TelnetOption option, TelnetSide side, bool on);
  ServerActions on_com_port(ByteView message);
  uint32_t set(ComPortCommand command, uint32_t value, ServerActions& out);
  uint32_t control(uint32_t value, ServerActions& out);
  SendOctets notice(uint8_t deltas) const;

  Telnet telnet_;
  ComPortSettings settings_;
  ModemState circuits_;
  uint8_t modem_mask_ = 0xff;  // §3, SET-MODEMSTATE-MASK: the default
  uint8_t line_mask_ = 0;
  bool dtr_ = true, rts_ = true, break_ = false;
};

}  // namespace redial::wire
