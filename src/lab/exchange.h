// SPDX-License-Identifier: Apache-2.0
// A telephone exchange with virtual Hayes modems on its lines: dial plan, ringing, carrier, and
// faults by name. One pure machine: the demo runs it in real time, the simulator in virtual time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/time.h"
#include "lab/channel.h"
#include "lab/mangler.h"
#include "lab/modem_config.h"

namespace redial::lab {

enum class ModemId : uint32_t {};

/// What happens to a call, whoever has the number. Ring: the first free modem of the number rings;
/// none free: busy; nobody has the number: silence, until the caller's patience (S7) is over.
enum class Fate : uint8_t { Ring, Busy, NoAnswer, NoDialtone, Voice, Reorder, Silence };

/// What brings a modem back that has hung: the rungs of a recovery. A power cycle does always.
enum class Cure : uint8_t {
  Initialise,  // it answers ERROR until it is given settings again
  Reset,       // it answers nothing until ATZ, or until DTR falls where that is heeded
  Reopen,      // until its port is closed and opened
  PowerCycle,
};

/// Whose sending a channel is for.
enum class Ways : uint8_t { Own, Both };

/// What a modem tells and is told over the V.24 circuits that are not data.
struct Signals {
  bool dcd = false, ri = false, dsr = true, cts = true;
  bool operator==(const Signals&) const = default;
};

/// Every input first lets happen what was due by its `now`; time never runs backwards.
class Exchange {
 public:
  explicit Exchange(uint64_t seed);
  ~Exchange();
  Exchange(Exchange&&) noexcept;
  Exchange& operator=(Exchange&&) noexcept;

  ModemId add_modem(const ModemConfig& config, Instant now);
  /// A cable between two computers in place of two modems and a call: what one says, the other
  /// reads, for ever. The faults of lines and peers strike it; those of calls and modems do not.
  void join(ModemId one, ModemId other, Instant now);
  /// Overrides the dial plan for a number; Ring (the default) rings the modems that have it.
  void set_fate(const std::string& number, Fate fate);
  /// The same for the next `count` calls to it; then what set_fate says.
  void set_fate_once(const std::string& number, Fate fate, uint32_t count);
  /// An area outage: whatever is dialled meets this fate, before any number's own. Calls that are
  /// up stay up.
  void set_area(std::optional<Fate> fate);
  /// Only so many calls at a time in the whole area; beyond, the caller hears Reorder.
  void set_trunks(std::optional<uint32_t> calls);

  void on_dte_octets(ModemId modem, ByteView octets, Instant now);  // computer -> modem
  /// Falling: hangs up, unless &D0 or &D1. On until told otherwise, as where there is no circuit.
  void on_dtr(ModemId modem, bool on, Instant now);
  void on_port_opened(ModemId modem, Instant now);  // by the computer
  void on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }

  /// Appends the octets modem -> computer that are due by now. Data wait in the modem (up to 64
  /// KiB, then they are lost), and wake nobody again, until they are drained.
  void drain(ModemId modem, Bytes& into, Instant now);
  Signals signals(ModemId modem) const;
  /// Modems that may have something to drain, or other signals, since the last call. In the order
  /// of events, each once.
  std::vector<ModemId> touched();
  void touched(std::vector<ModemId>& into);  // the same without a new buffer; `into` is cleared
  /// The same one by one: how many there are, and the first of them, which is then forgotten.
  size_t touched_count() const;
  ModemId next_touched();

  // Faults into an established call (all harmless when the modem has none):
  /// NO CARRIER at both ends, at once; what had arrived by then is delivered before it.
  void drop_carrier(ModemId modem, Instant now);
  void drop_all(Instant now);  // every call of the area, in the order of the modems
  /// Half-open: data vanish, the carrier stays, even when the other end hangs up. Ends with the
  /// call. Thawed, it notices when the other end has gone.
  void freeze(ModemId modem, bool towards, bool from, Instant now);
  /// What this modem sends with: now, if in a call, and in later ones. Both: the other end of the
  /// call sends with it too, until the call ends. What is under way keeps its pace.
  void set_channel(ModemId modem, const Channel& channel, Ways ways = Ways::Own);
  /// The modems train anew: nothing passes for so long, nothing is lost, DCD stays.
  void retrain(ModemId modem, Duration pause, Instant now);
  /// What stands between this modem and its computer's PPP, while it is in data state. Lasts.
  void set_manner(ModemId modem, Manner manner, Instant now);
  Manner manner(ModemId modem) const;
  /// It says this in the midst of the data, and the carrier stays. In data state only.
  void say_in_data(ModemId modem, std::string_view text, Instant now);
  /// From data to command state without a word; DCD stays up until ATH or DTR. Either the carrier
  /// stays (ATO goes back to it), or the call is lost and only the other end is told.
  void fall_into_command_state(ModemId modem, bool carrier_stays, Instant now);
  // Faults of the modem itself:
  /// Hangs until then: answers nothing, sees neither DTR nor the line (but see Cure::Initialise).
  void wedge(ModemId modem, Cure until, Instant now);
  /// Takes so many command lines more, and hangs in the midst of the next.
  void wedge_after(ModemId modem, uint32_t commands, Cure until);
  void power_cycle(ModemId modem, Instant now);
  /// It says this unasked, once, when it has said so many octets more (echo, results; not data).
  /// 0: at once, or with the next word when it is in data state now.
  void interject(ModemId modem, std::string_view text, uint32_t after_octets, Instant now);
  void set_habits(ModemId modem, const Habits& habits, Instant now);
  const Habits& habits(ModemId modem) const;

  size_t modems() const;  // their ids are 0 and up
  std::vector<ModemId> modems_of(const std::string& number) const;
  const std::string& number(ModemId modem) const;
  const Channel& channel(ModemId modem) const;
  bool in_call(ModemId modem) const;  // carrier, data or online command state
  bool online(ModemId modem) const;   // data state: what the computer says goes down the line
  bool on_hook(ModemId modem) const;
  uint32_t dials(ModemId modem) const;  // ATD commands seen
  std::string last_dialled(ModemId modem) const;
  uint64_t dropped(ModemId modem) const;  // octets to it that found the buffer full

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace redial::lab
