// SPDX-License-Identifier: Apache-2.0
#include "wire/vj.h"

#include <optional>

namespace redial::wire {
namespace {

// The change mask, RFC 1144 §3.2.2.
enum Change : uint8_t { C = 0x40, I = 0x20, P = 0x10, S = 0x08, A = 0x04, W = 0x02, U = 0x01 };
// Two combinations that do not occur stand for what mostly occurs: echoed characters, and data one
// way.
constexpr uint8_t kEchoed = S | W | U, kOneWay = S | A | W | U, kFields = S | A | W | U;

constexpr uint8_t kTcp = 6;
constexpr uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPush = 0x08, kAck = 0x10, kUrgent = 0x20;

unsigned get16(ByteView octets, size_t at) { return octets[at] * 256u + octets[at + 1]; }
uint32_t get32(ByteView octets, size_t at) {
  return get16(octets, at) << 16 | get16(octets, at + 2);
}
void put16(std::span<uint8_t> octets, size_t at, unsigned value) {
  octets[at] = static_cast<uint8_t>(value >> 8);
  octets[at + 1] = static_cast<uint8_t>(value);
}
void put32(std::span<uint8_t> octets, size_t at, uint32_t value) {
  put16(octets, at, value >> 16);
  put16(octets, at + 2, value & 0xffff);
}

size_t ip_size(ByteView packet) { return (packet[0] & 0x0fu) * 4u; }

/// Octets of the IP and TCP headers of a whole, unfragmented TCP packet; nullopt: it is none.
std::optional<size_t> header_size_of(ByteView packet) {
  if (packet.size() < 40 || packet[0] >> 4 != 4 || packet[9] != kTcp) return std::nullopt;
  const size_t ip = ip_size(packet);
  if (ip < 20 || packet.size() < ip + 20) return std::nullopt;
  if ((get16(packet, 6) & 0x3fff) != 0 || get16(packet, 2) != packet.size()) return std::nullopt;
  const size_t tcp = (packet[ip + 12] >> 4) * 4u;
  if (tcp < 20 || packet.size() < ip + tcp) return std::nullopt;
  return ip + tcp;
}

/// The octets of two headers that may not differ: all but lengths, identifiers, check sums and the
/// fields with deltas.
bool same_shape(ByteView a, ByteView b, size_t ip) {
  const auto equal = [&](size_t from, size_t to) {
    return same(a.subspan(from, to - from), b.subspan(from, to - from));
  };
  const bool same_flags = ((a[ip + 13] ^ b[ip + 13]) & ~(kPush | kUrgent)) == 0;
  return equal(0, 2) && equal(6, 10) && equal(12, ip + 4) && a[ip + 12] == b[ip + 12] &&
         same_flags && equal(ip + 20, a.size());
}

using Fields = BoundedBytes<15>;  // five deltas of three octets at most

/// §3.2.2: one octet for 1 to 255, else a zero and two octets.
void put_delta(unsigned value, Fields& out) {
  if (value >= 1 && value <= 255) return out.u8(value);
  out.u8(0);
  out.u16(value);
}
std::optional<unsigned> get_delta(ByteReader& reader) {
  const auto first = reader.u8();
  if (!first || *first != 0) return first;
  return reader.u16();
}

/// The fields of the change mask that TCP has; nullopt: no delta can say it.
std::optional<uint8_t> put_changes(ByteView now, ByteView before, size_t ip, Fields& out) {
  uint8_t changes = 0;
  if ((now[ip + 13] & kUrgent) != 0) {
    put_delta(get16(now, ip + 18), out);
    changes |= U;
  } else if (get16(now, ip + 18) != get16(before, ip + 18)) {
    return std::nullopt;
  }
  if (const auto window = static_cast<uint16_t>(get16(now, ip + 14) - get16(before, ip + 14))) {
    put_delta(window, out);
    changes |= W;
  }
  const uint32_t ack = get32(now, ip + 8) - get32(before, ip + 8);
  const uint32_t sequence = get32(now, ip + 4) - get32(before, ip + 4);
  if (ack > 0xffff || sequence > 0xffff) return std::nullopt;
  if (ack != 0) {
    put_delta(ack, out);
    changes |= A;
  }
  if (sequence != 0) {
    put_delta(sequence, out);
    changes |= S;
  }
  // What the last packet carried: where it was all acknowledged or is continued, nothing need be
  // said.
  const unsigned data = get16(before, 2) - static_cast<unsigned>(before.size());
  if (changes == 0 && (get16(now, 2) == get16(before, 2) || data != 0)) return std::nullopt;
  if (changes == kEchoed || changes == kOneWay) return std::nullopt;
  // The special cases do not say that a packet is urgent no more.
  if ((before[ip + 13] & kUrgent) != 0) return changes;
  if (changes == (S | A) && sequence == ack && sequence == data) {
    out.clear();
    return kEchoed;
  }
  if (changes == S && sequence == data) {
    out.clear();
    return kOneWay;
  }
  return changes;
}

uint16_t ip_check_sum(ByteView header) {
  uint32_t sum = 0;
  for (size_t i = 0; i + 1 < header.size(); i += 2) sum += get16(header, i);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

/// The header with the mask's deltas added; false: the octets end too soon.
bool apply_changes(uint8_t mask, std::span<uint8_t> header, size_t ip, ByteReader& reader) {
  uint8_t& flags = header[ip + 13];
  flags = static_cast<uint8_t>((mask & P) != 0 ? flags | kPush : flags & ~kPush);
  const unsigned data = get16(header, 2) - static_cast<unsigned>(header.size());
  const auto add32 = [&](size_t at, uint32_t delta) {
    put32(header, at, get32(header, at) + delta);
  };
  const uint8_t fields = mask & kFields;
  if (fields == kEchoed || fields == kOneWay) {
    flags = static_cast<uint8_t>(flags & ~kUrgent);
    if (fields == kEchoed) add32(ip + 8, data);
    add32(ip + 4, data);
  } else {
    flags = static_cast<uint8_t>((mask & U) != 0 ? flags | kUrgent : flags & ~kUrgent);
    if ((mask & U) != 0) {
      const auto urgent = get_delta(reader);
      if (!urgent) return false;
      put16(header, ip + 18, *urgent);
    }
    constexpr std::array<Change, 3> kOrder = {W, A, S};
    for (const Change field : kOrder) {
      if ((mask & field) == 0) continue;
      const auto delta = get_delta(reader);
      if (!delta) return false;
      if (field == W) put16(header, ip + 14, get16(header, ip + 14) + *delta);
      if (field == A) add32(ip + 8, *delta);
      if (field == S) add32(ip + 4, *delta);
    }
  }
  const auto identifier = (mask & I) != 0 ? get_delta(reader) : std::optional(1u);
  if (!identifier) return false;
  put16(header, 4, get16(header, 4) + *identifier);
  return true;
}

}  // namespace

// ---- compressing ---------------------------------------------------------------------------

VjCompressor::VjCompressor(uint8_t slot_max, bool slot_may_be_left_out)
    : slots_(size_t{std::min(slot_max, kVjSlotMax)} + 1), may_leave_out_(slot_may_be_left_out) {}

/// The connection's slot, or that of the one which has been silent longest.
uint8_t VjCompressor::slot_of(ByteView packet) {
  const size_t ip = ip_size(packet);
  size_t oldest = 0;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const ByteView known = slots_[i].header.view();
    if (!known.empty() && ip_size(known) == ip &&
        same(known.subspan(12, 8), packet.subspan(12, 8)) &&
        same(known.subspan(ip, 4), packet.subspan(ip, 4))) {
      return static_cast<uint8_t>(i);
    }
    if (slots_[i].used < slots_[oldest].used) oldest = i;
  }
  slots_[oldest].header.size = 0;
  return static_cast<uint8_t>(oldest);
}

Frame VjCompressor::compress(ByteView packet) {
  const Frame as_it_is{static_cast<uint16_t>(Protocol::Ip), packet};
  const auto size = header_size_of(packet);
  if (!size) return as_it_is;
  const size_t ip = ip_size(packet);
  const uint8_t flags = packet[ip + 13];
  if ((flags & (kSyn | kFin | kRst | kAck)) != kAck) return as_it_is;

  const uint8_t slot = slot_of(packet);
  Slot& state = slots_[slot];
  state.used = ++packets_;
  const ByteView before = state.header.view(), now = packet.first(*size);
  if (before.size() != now.size() || !same_shape(now, before, ip)) {
    return uncompressed(packet, *size, slot);
  }
  Fields fields;
  const auto changes = put_changes(now, before, ip, fields);
  if (!changes) return uncompressed(packet, *size, slot);
  uint8_t mask = *changes;
  const auto identifier = static_cast<uint16_t>(get16(now, 4) - get16(before, 4));
  if (identifier != 1) {
    put_delta(identifier, fields);
    mask |= I;
  }
  if ((flags & kPush) != 0) mask |= P;
  std::ranges::copy(now, state.header.octets.begin());

  out_.clear();
  if (!may_leave_out_ || last_slot_ != slot) {
    out_.insert(out_.end(), {static_cast<uint8_t>(mask | C), slot});
    last_slot_ = slot;
  } else {
    out_.push_back(mask);
  }
  out_.insert(out_.end(), now.begin() + static_cast<ptrdiff_t>(ip) + 16,
              now.begin() + static_cast<ptrdiff_t>(ip) + 18);
  out_.insert(out_.end(), fields.view().begin(), fields.view().end());
  out_.insert(out_.end(), packet.begin() + static_cast<ptrdiff_t>(*size), packet.end());
  return {static_cast<uint16_t>(Protocol::VjCompressed), out_};
}

Frame VjCompressor::uncompressed(ByteView packet, size_t header_size, uint8_t slot) {
  VjHeader& header = slots_[slot].header;
  std::ranges::copy(packet.first(header_size), header.octets.begin());
  header.size = static_cast<uint8_t>(header_size);
  last_slot_ = slot;
  out_.assign(packet.begin(), packet.end());
  out_[9] = slot;  // §3.2.3: in place of the protocol number
  return {static_cast<uint16_t>(Protocol::VjUncompressed), out_};
}

// ---- decompressing -------------------------------------------------------------------------

ByteView VjDecompressor::decompress(const Frame& frame) {
  const bool whole = frame.protocol == static_cast<uint16_t>(Protocol::VjUncompressed);
  const bool good =
      whole ? take_uncompressed(frame.information) : take_compressed(frame.information);
  if (good) return out_;
  tossing_ = true;
  return {};
}

bool VjDecompressor::take_uncompressed(ByteView packet) {
  if (packet.size() < 40 || packet[9] >= slots_.size()) return false;
  const uint8_t slot = packet[9];
  packet = packet.first(std::min<size_t>(packet.size(), get16(packet, 2)));  // less the padding
  if (packet.size() < 40) return false;
  out_.assign(packet.begin(), packet.end());
  out_[9] = kTcp;
  const auto size = header_size_of(out_);
  if (!size) return false;
  VjHeader& header = slots_[slot];
  std::ranges::copy(ByteView(out_).first(*size), header.octets.begin());
  header.size = static_cast<uint8_t>(*size);
  last_slot_ = slot;
  tossing_ = false;
  return true;
}

bool VjDecompressor::take_compressed(ByteView octets) {
  ByteReader reader(octets);
  const auto mask = reader.u8();
  if (!mask) return false;
  if ((*mask & C) != 0) {
    const auto slot = reader.u8();
    if (!slot || *slot >= slots_.size()) return false;
    last_slot_ = *slot;
    tossing_ = false;
  }
  if (tossing_) return false;
  VjHeader& saved = slots_[last_slot_];
  const auto check_sum = reader.u16();
  if (!check_sum || saved.size == 0) return false;
  VjHeader next = saved;
  const std::span<uint8_t> header(next.octets.data(), next.size);
  const size_t ip = ip_size(header);
  put16(header, ip + 16, *check_sum);
  if (!apply_changes(*mask, header, ip, reader)) return false;
  const size_t total = header.size() + reader.left();
  if (total > 0xffff) return false;
  put16(header, 2, static_cast<unsigned>(total));
  put16(header, 10, 0);
  put16(header, 10, ip_check_sum(header.first(ip)));
  saved = next;
  out_.assign(header.begin(), header.end());
  const ByteView data = reader.rest();
  out_.insert(out_.end(), data.begin(), data.end());
  return true;
}

}  // namespace redial::wire
