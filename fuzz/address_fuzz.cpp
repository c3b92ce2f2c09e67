// SPDX-License-Identifier: Apache-2.0
// Addresses and prefixes of both families as anybody may write them (RFC 4291 section 2.2, RFC
// 5952): what is read, writes and reads the same, and a prefix contains itself.
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "core/ip_address.h"
#include "phonebook/text.h"

using namespace redial;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text({data, size});
  const auto address = IpAddress::parse(text);
  if (address) {
    REDIAL_ASSERT(IpAddress::parse(address->text()) == address);
    REDIAL_ASSERT(IpAddress::from(address->octets()) == address);
  }
  const bool v4 = address && !address->is_v6();
  REDIAL_ASSERT(phonebook::is_ipv4(text) == v4);
  if (const auto prefix = IpPrefix::parse(text)) {
    REDIAL_ASSERT(prefix->length <= prefix->address.bits());
    REDIAL_ASSERT(IpPrefix::parse(prefix->text()) == prefix);
    REDIAL_ASSERT(prefix->contains(prefix->address) && prefix->contains(*prefix));
  }
  if (size == 4 || size == 16) {
    const auto made = IpAddress::from({data, size});
    REDIAL_ASSERT(made && IpAddress::parse(made->text()) == made);
  }
  return 0;
}
