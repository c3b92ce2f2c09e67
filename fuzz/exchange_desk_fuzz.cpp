// SPDX-License-Identifier: Apache-2.0
// Whatever is typed at a running `redial exchange`: each line is answered or empty, and no line
// does harm to the next.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cli/exchange_desk.h"
#include "cli/lab_network.h"
#include "core/bytes.h"
#include "core/check.h"
#include "io/loop.h"

using namespace redial;
using namespace redial::cli;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  io::Loop loop;
  LabNetwork network(loop, 7);
  const auto wired = network.add_wired_modem({.number = "5550100"});
  ExchangeDesk desk(network);
  std::string_view rest = as_text({data, size});
  for (int lines = 0; !rest.empty() && lines < 32; ++lines) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const bool blank = line.find_first_not_of(" \t") == std::string_view::npos;
    REDIAL_ASSERT(desk.obey(line).empty() == blank);
  }
  return 0;
}
