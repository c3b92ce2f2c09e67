// SPDX-License-Identifier: Apache-2.0
// Names to IPv4 addresses by a link's own DNS servers (RFC 1035): one question, a bounded reader of
// the answer, and the lookup that asks. The host's resolver must not be asked: the name may exist
// behind the link only. Internal to io.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/bytes.h"
#include "io/stack.h"

namespace redial::io {

/// A query for the A record; empty when `name` is no host name (labels of 1..63, 253 in all).
Bytes dns_query(uint16_t id, const std::string& name);

enum class DnsVerdict : uint8_t { NotOurs, NoAddress, Address };
struct DnsAnswer {
  DnsVerdict verdict = DnsVerdict::NotOurs;
  uint32_t address = 0;
};
/// NotOurs: malformed, or not the answer to `query`. The first address of the answer counts.
DnsAnswer read_dns_answer(ByteView message, ByteView query);

/// "10.0.0.5", exactly four decimal numbers.
std::optional<uint32_t> ipv4_of(const std::string& text);

/// Asks the link's servers in turn until one answers; destroyed, it says nothing.
class Lookup {
 public:
  virtual ~Lookup() = default;
};
/// `found` is called once, from the loop; nullopt: no such name, no server, or no answer in 8 s.
std::unique_ptr<Lookup> look_up(Loop& loop, std::shared_ptr<StackLink> link,
                                const std::string& name,
                                std::function<void(std::optional<uint32_t>)> found);

}  // namespace redial::io
