// SPDX-License-Identifier: Apache-2.0
// Options, secrets and a chat script of unknown origin: parted by NUL, in that order.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "migrate_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redial;
  const std::string all = text_of(data, size);
  const size_t first = std::min(all.find('\0'), all.size());
  const size_t second = std::min(all.find('\0', std::min(first + 1, all.size())), all.size());
  const auto part = [&](size_t from, size_t to) {
    return from < to ? all.substr(from, to - from) : std::string();
  };
  read_and_write(migrate::Source::Pppd, {{"/etc/ppp/peers/a", part(0, first)},
                                         {"/etc/ppp/chap-secrets", part(first + 1, second)},
                                         {"/etc/chatscripts/a", part(second + 1, all.size())}});
  return 0;
}
