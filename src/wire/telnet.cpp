// SPDX-License-Identifier: Apache-2.0
#include "wire/telnet.h"

#include <cstring>
#include <utility>

namespace redial::wire {
namespace {

constexpr uint8_t kIac = static_cast<uint8_t>(TelnetCommand::Iac);
constexpr uint8_t kCr = 0x0d;

constexpr std::array<TelnetOption, 4> kKnown = {
    TelnetOption::Binary, TelnetOption::Echo, TelnetOption::SuppressGoAhead, TelnetOption::ComPort};

/// Positive: WILL for a remote option, DO for a local one. Enable, Disable: our own wish.
enum class OptionEvent : uint8_t { Positive, Negative, Enable, Disable };
enum class Say : uint8_t { Nothing, Yes, No };
struct Cell {
  OptionState next;
  Say say = Say::Nothing;
};

using enum OptionState;

// RFC 1143 §7. An option that is not wanted never gets to a Positive in No: it is refused before.
// clang-format off
constexpr Cell kTable[4][6] = {
//              No                   Yes                WantNo              WantNoOpposite       WantYes            WantYesOpposite
/* Positive */ {{Yes, Say::Yes},     {Yes},             {No},               {Yes},               {Yes},             {WantNo, Say::No}},
/* Negative */ {{No},                {No, Say::No},     {No},               {WantYes, Say::Yes}, {No},              {No}             },
/* Enable   */ {{WantYes, Say::Yes}, {Yes},             {WantNoOpposite},   {WantNoOpposite},    {WantYes},         {WantYes}        },
/* Disable  */ {{No},                {WantNo, Say::No}, {WantNo},           {WantNo},            {WantYesOpposite}, {WantYesOpposite}},
};
// clang-format on

TelnetOctets verb(TelnetSide side, bool on, TelnetOption option) {
  const bool local = side == TelnetSide::Local;
  const TelnetCommand yes = local ? TelnetCommand::Will : TelnetCommand::Do;
  const TelnetCommand no = local ? TelnetCommand::Wont : TelnetCommand::Dont;
  TelnetOctets octets;
  octets.u8(kIac);
  octets.u8(static_cast<uint8_t>(on ? yes : no));
  octets.u8(static_cast<uint8_t>(option));
  return octets;
}

const Cell& cell(OptionEvent event, OptionState state) {
  return kTable[static_cast<size_t>(event)][static_cast<size_t>(state)];
}

}  // namespace

Telnet::Telnet(Accepts accepts) {
  for (const TelnetOption option : accepts.local) {
    known(option, TelnetSide::Local)->accept = true;
  }
  for (const TelnetOption option : accepts.remote) {
    known(option, TelnetSide::Remote)->accept = true;
  }
}

const Telnet::Known* Telnet::known(TelnetOption option, TelnetSide side) const {
  for (size_t i = 0; i < kKnown.size(); ++i) {
    if (kKnown[i] == option) return &options_[i][static_cast<size_t>(side)];
  }
  return nullptr;
}

Telnet::Known* Telnet::known(TelnetOption option, TelnetSide side) {
  return const_cast<Known*>(std::as_const(*this).known(option, side));
}

bool Telnet::on(TelnetOption option, TelnetSide side) const {
  const Known* const one = known(option, side);
  return one && one->state == Yes;
}

bool Telnet::pending(TelnetOption option, TelnetSide side) const {
  const Known* const one = known(option, side);
  return one && one->state != Yes && one->state != No;
}

TelnetOctets Telnet::ask(TelnetOption option, TelnetSide side, bool on) {
  Known* const one = known(option, side);
  REDIAL_ASSERT(one != nullptr);  // we ask for nothing that we do not know
  one->accept = on;
  const Cell& next = cell(on ? OptionEvent::Enable : OptionEvent::Disable, one->state);
  one->state = next.next;
  return next.say == Say::Nothing ? TelnetOctets() : verb(side, next.say == Say::Yes, option);
}

size_t Telnet::next_special(ByteView data, size_t from, bool cr_too) {
  if (from >= data.size()) return data.size();
  const ByteView rest = data.subspan(from);
  const void* const iac = std::memchr(rest.data(), kIac, rest.size());
  size_t ends =
      iac ? static_cast<size_t>(static_cast<const uint8_t*>(iac) - rest.data()) : rest.size();
  if (cr_too && ends > 0) {
    const void* const cr = std::memchr(rest.data(), kCr, ends);
    if (cr) ends = static_cast<size_t>(static_cast<const uint8_t*>(cr) - rest.data());
  }
  return from + ends;
}

TelnetFound Telnet::next(ByteView octets) {
  if (part_ == Part::Data) return next_data(octets);
  TelnetFound found = on_octet(octets.front());
  found.consumed = 1;
  return found;
}

// A run ends with a doubled IAC, whose first octet is data, or after the CR of an NVT.
TelnetFound Telnet::next_data(ByteView octets) {
  TelnetFound found{.kind = TelnetFound::Kind::Data};
  if (std::exchange(after_cr_, false) && octets.front() == 0 && reads_nvt()) {
    found.kind = TelnetFound::Kind::Nothing;
    found.consumed = 1;
    return found;
  }
  const size_t at = next_special(octets, 0, reads_nvt());
  found.octets = octets.first(at);
  found.consumed = at;
  if (at == octets.size()) {
    after_cr_ = octets.back() == kCr;
  } else if (octets[at] == kCr) {
    found.octets = octets.first(at + 1);
    found.consumed = at + 1;
    after_cr_ = true;
  } else if (at + 1 < octets.size() && octets[at + 1] == kIac) {
    found.octets = octets.first(at + 1);
    found.consumed = at + 2;
  } else {
    part_ = Part::Iac;
    found.consumed = at + 1;
    if (at == 0) found.kind = TelnetFound::Kind::Nothing;
  }
  return found;
}

TelnetFound Telnet::on_octet(uint8_t octet) {
  switch (part_) {
    case Part::Data: break;
    case Part::Iac: return on_command(static_cast<TelnetCommand>(octet));
    case Part::Verb: return on_verb(static_cast<TelnetOption>(octet));
    case Part::SbOption:
      sb_option_ = static_cast<TelnetOption>(octet);
      sb_.clear();
      sb_oversize_ = false;
      part_ = Part::Sb;
      break;
    case Part::Sb:
    case Part::SbIac: return on_subnegotiation_octet(octet);
  }
  return {};
}

TelnetFound Telnet::on_command(TelnetCommand command) {
  static constexpr uint8_t kDoubled[] = {kIac};
  part_ = Part::Data;
  if (command == TelnetCommand::Iac) {
    return {.kind = TelnetFound::Kind::Data, .octets = kDoubled};
  }
  if (command <= TelnetCommand::Se) {
    // Below Se there are no commands, and Se alone ends nothing. Who has never said anything that
    // is telnet is raw, and this is the start of a PPP frame: ff 03.
    if (spoken_) return {};
    stray_ = {kIac, static_cast<uint8_t>(command)};
    return {.kind = TelnetFound::Kind::Data, .octets = stray_};
  }
  spoken_ = true;
  if (command >= TelnetCommand::Will) {
    verb_ = command;
    part_ = Part::Verb;
    return {};
  }
  if (command == TelnetCommand::Sb) {
    part_ = Part::SbOption;
    return {};
  }
  TelnetFound found{.kind = TelnetFound::Kind::Command, .command = command};
  if (command == TelnetCommand::Ayt) {
    // Evidence that we are here which is no data: a text would break the frame it falls into.
    found.answer.u8(kIac);
    found.answer.u8(static_cast<uint8_t>(TelnetCommand::Nop));
  }
  return found;
}

TelnetFound Telnet::on_verb(TelnetOption option) {
  part_ = Part::Data;
  const bool positive = verb_ == TelnetCommand::Will || verb_ == TelnetCommand::Do;
  const bool remote = verb_ == TelnetCommand::Will || verb_ == TelnetCommand::Wont;
  TelnetFound found{.kind = TelnetFound::Kind::Option,
                    .option = option,
                    .side = remote ? TelnetSide::Remote : TelnetSide::Local};
  if (option == TelnetOption::TimingMark) {
    // Asked for it, we have taken in what came before: WILL. An answer to ours is reported.
    if (verb_ == TelnetCommand::Do) found.answer = verb(TelnetSide::Local, true, option);
    found.on = positive;
    found.settled = remote;
    return found;
  }
  Known* const one = known(option, found.side);
  if (positive && (!one || (one->state == No && !one->accept))) {
    found.answer = verb(found.side, false, option);
    return found;
  }
  if (!one) return found;
  const Cell& next = cell(positive ? OptionEvent::Positive : OptionEvent::Negative, one->state);
  if (next.say != Say::Nothing) found.answer = verb(found.side, next.say == Say::Yes, option);
  found.on = next.next == Yes;
  found.settled = next.next != one->state && (next.next == Yes || next.next == No);
  one->state = next.next;
  return found;
}

TelnetFound Telnet::on_subnegotiation_octet(uint8_t octet) {
  const bool escaped = std::exchange(part_, Part::Sb) == Part::SbIac;
  if (!escaped && octet == kIac) {
    part_ = Part::SbIac;
    return {};
  }
  if (escaped && octet == static_cast<uint8_t>(TelnetCommand::Se)) {
    part_ = Part::Data;
    if (sb_oversize_) return {};
    return {.kind = TelnetFound::Kind::Subnegotiation, .option = sb_option_, .octets = sb_.view()};
  }
  // Its end was lost: what follows is a command of its own (RFC 855 knows no other way out).
  if (escaped && octet != kIac) return on_command(static_cast<TelnetCommand>(octet));
  if (sb_.room() == 0) {
    sb_oversize_ = true;
  } else {
    sb_.u8(octet);
  }
  return {};
}

}  // namespace redial::wire
