// SPDX-License-Identifier: Apache-2.0
// The kinds of faults, in the order of the table in fault.cpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace redial::sim {

enum class FaultKind : uint8_t {
  // The line between two modems.
  CarrierLost,
  LostInWords,   // NO CARRIER is said, DCD stays
  LostSilently,  // DCD falls, and nothing is said
  StrappedDcd,
  Noise,
  BurstLoss,
  Scrambled,  // octets twice, or in another order
  Latency,
  HalfOpenTowards,  // nothing arrives from the far end
  HalfOpenAway,     // nothing arrives there
  SlowLine,
  Retrain,
  // The exchange.
  Busy,
  NoAnswer,
  NoDialTone,
  Voice,
  WrongNumber,
  Delayed,
  Blacklisted,
  TrunksBusy,
  MassOutage,  // every call of the shard is dropped, and none gets through for a while
  AreaOutage,  // none gets through
  // The modem.
  SlowModem,
  Unsolicited,
  WrongEcho,
  NumericCodes,
  LostFirstCommand,
  WedgedInit,
  WedgedReset,
  WedgedReopen,
  WedgedPower,
  Vanishes,  // and returns
  CommandState,
  AtInData,
  // The peer.
  PeerKilled,
  PeerTerminates,
  NeverEchoes,
  EndlessNak,
  EndlessReject,
  LateAcks,
  Loopback,
  WrongMagic,
  ChangesAddress,
  UnaskedChap,
  NoChapSuccess,
  Garbage,
  RejectsEverything,
  Renegotiates,
  WrongPassword,
  RefusedAccount,  // expired, disabled, not at this hour, ...
  DamagedFrames,
  TerminateIgnored,
  TerminatesAtOnce,
  // The machine.
  Restart,  // kill -9: what the journal holds survives
  ClockJump,
  Suspend,
  FullDisk,
  HelperHangs,
  // The user.
  HangUp,
  Dial,
  Edit,
  // Struck where they matter only (sim/rare.h).
  Anew,          // the peer begins LCP or IPCP over, in the midst of whatever it is
  FalseProof,    // MS-CHAPv2: the server does not know the password either
  PathCut,       // the peer lives, and nothing beyond it answers
  FirstEnds,     // the call of the entry that this one needs is dropped
  StrayConnect,  // the modem has answered a caller while it is prepared
  MuteServer,    // a server that logs in by text says nothing
  TextRefused,   // it, or the pad before it, says why not
  RejectsLcp,    // the peer knows none of the codes that LCP negotiates with
  Saturated,     // the user sends more than the line takes
  StrayWord,     // the modem says BUSY, ERROR or their like while it is prepared
  FarEndCalls,   // it dials us, on the line on which we dial it
  OtherWords,    // the modem answers in words that nobody knows
  OtherMethod,   // the server demands a proof of a kind that the entry may not give
};
constexpr size_t kFaultKinds = static_cast<size_t>(FaultKind::OtherMethod) + 1;
static_assert(kFaultKinds <= 128, "FaultSet has a bit for each");

/// Which kinds a run may have.
__extension__ typedef unsigned __int128 FaultSet;
constexpr FaultSet bit(FaultKind kind) { return FaultSet{1} << static_cast<unsigned>(kind); }

}  // namespace redial::sim
