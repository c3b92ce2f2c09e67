// SPDX-License-Identifier: Apache-2.0
// A telephone exchange with virtual Hayes modems on its lines: dial plan, ringing, carrier, and faults
// by name. One pure machine: the demo runs it in real time, the simulator in virtual time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/outbox.h"
#include "core/rng.h"
#include "core/time.h"

namespace redial::lab {

enum class ModemId : uint32_t {};

/// The path between two connected modems, one way.
struct Channel {
  uint32_t rate_bps = 28800;     // carrier rate; 10 bits an octet on the wire
  Duration latency = 20ms;
  uint32_t octet_error_ppm = 0;  // noise: octets changed
  uint32_t octet_loss_ppm = 0;
};

struct ModemConfig {
  std::string number;            // its subscriber line; several modems may share one (hunt group)
  Channel channel;
  Duration command_time = 30ms;  // how long it thinks about a command
  Duration train_time = 800ms;   // answer to CONNECT
  std::string product = "Redial virtual modem";  // ATI
};

/// What happens when a number is dialled that no modem of ours answers, or instead of it.
enum class Fate : uint8_t { Ring, Busy, NoAnswer, NoDialtone, Voice, Reorder };

/// What a modem tells and is told over the V.24 circuits that are not data.
struct Signals {
  bool dcd = false, ri = false, dsr = true, cts = true;
  bool operator==(const Signals&) const = default;
};

class Exchange {
 public:
  explicit Exchange(uint64_t seed);
  ~Exchange();

  ModemId add_modem(const ModemConfig& config, Instant now);
  /// Overrides the dial plan for a number; Ring (the default) rings the modems that have it.
  void set_fate(const std::string& number, Fate fate);

  void on_dte_octets(ModemId modem, ByteView octets, Instant now);  // computer -> modem
  void on_dtr(ModemId modem, bool on, Instant now);
  void on_deadline(Instant now);
  std::optional<Instant> deadline() const;

  /// Octets modem -> computer that are due by now; the caller owns and empties the buffer.
  void drain(ModemId modem, Bytes& into, Instant now);
  Signals signals(ModemId modem) const;
  /// Modems that may have something to drain since the last call.
  std::vector<ModemId> touched();

  // Faults into an established call (all harmless when the modem has none):
  void drop_carrier(ModemId modem, Instant now);               // NO CARRIER at both ends
  void freeze(ModemId modem, bool towards, bool from, Instant now); // half-open: data vanishes, carrier stays
  void set_channel(ModemId modem, const Channel& channel);
  // Faults of the modem itself:
  void wedge(ModemId modem, bool wedged, Instant now);         // answers nothing at all

  bool in_call(ModemId modem) const;
  uint32_t dials(ModemId modem) const;       // ATD commands seen
  std::string last_dialled(ModemId modem) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace redial::lab
