// SPDX-License-Identifier: Apache-2.0
// Names to ask for and answers of anybody (RFC 1035): an answer counts for its own query alone, and
// a query is no answer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/check.h"
#include "io/dns.h"

using namespace redial;
using namespace redial::io;

/// A name, NUL, and the answer. The answer begins with the query where its first octet is odd.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets = as_text({data, size});
  const size_t cut = std::min(octets.find('\0'), size);
  const std::string name(octets.substr(0, cut));
  if (const auto address = ipv4_of(name)) REDIAL_ASSERT(name.size() <= 15);
  Bytes query = dns_query(0x1234, name);
  if (!query.empty()) {
    REDIAL_ASSERT(name.size() <= 253 && query.size() <= 12 + 255 + 4);
    REDIAL_ASSERT(read_dns_answer(query, query).verdict == DnsVerdict::NotOurs);
  } else {
    query = dns_query(0x1234, "far.example");
  }
  ByteView rest = as_bytes(octets.substr(cut));
  if (!rest.empty()) rest = rest.subspan(1);
  Bytes answer(rest.begin(), rest.end());
  if (rest.size() % 2 == 1) {  // the same question, so that the reader gets to the records
    answer = query;
    answer[2] |= 0x80;
    answer[7] = 3;
    answer.insert(answer.end(), rest.begin(), rest.end());
  }
  const DnsAnswer found = read_dns_answer(answer, query);
  REDIAL_ASSERT(found.verdict == DnsVerdict::Address || found.address == 0);
  if (found.verdict == DnsVerdict::NotOurs) return 0;
  Bytes other = answer;
  other[1] ^= 1;  // the answer to another query
  REDIAL_ASSERT(read_dns_answer(other, query).verdict == DnsVerdict::NotOurs);
  return 0;
}
