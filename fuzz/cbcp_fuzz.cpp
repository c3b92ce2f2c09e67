// SPDX-License-Identifier: Apache-2.0
// Any octets as the options of a CBCP packet: bounded, and what was read can be written and read
// again, the same.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "ppp/cbcp.h"

using namespace redial;
using namespace redial::ppp;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto options = parse_cbcp({data, size});
  if (!options) return 0;
  REDIAL_ASSERT(options->size() <= CbcpOption::kNumbersMax);
  for (const CbcpOption& option : *options) {
    REDIAL_ASSERT(option.numbers.size() <= CbcpOption::kNumbersMax);
    wire::PacketWriter packet(uint8_t{2}, uint8_t{1});
    write_cbcp(option, packet);
    const auto again = parse_cbcp(packet.written());
    REDIAL_ASSERT(again && again->size() == 1 && again->front().type == option.type);
    // A delay is not said where there is none; numbers beyond an option's 253 octets are left out.
    const CbcpOption& back = again->front();
    REDIAL_ASSERT(back.delay_s == (option.type == CbcpType::None ? 0 : option.delay_s));
    REDIAL_ASSERT(back.numbers.size() <= option.numbers.size());
    for (size_t i = 0; i < back.numbers.size(); ++i) {
      REDIAL_ASSERT(back.numbers[i] == option.numbers[i]);
    }
  }
  return 0;
}
