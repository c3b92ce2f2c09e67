// SPDX-License-Identifier: Apache-2.0
// Every modem there is a description of: the built-in one, our own sample file, and the published
// sections where they are at hand.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "modem/inf.h"

namespace redial::test {

/// Sections that are cables, with nothing to dial or listen with, are left out.
inline std::vector<modem::ModemDescription> every_modem() {
  std::vector<modem::ModemDescription> all{modem::hayes()};
  for (const char* path : {"/examples/MODEM.INF", "/../shared/data/modeminf/modem.inf"}) {
    std::ifstream file(REDIAL_SOURCE_DIR + std::string(path), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.empty()) {
      MESSAGE("skipped, not at hand: ", path);
      continue;
    }
    for (auto& modem : modem::read_modem_inf(text, path).modems) {
      if (!modem.hang_up.empty()) all.push_back(std::move(modem));
    }
  }
  return all;
}

}  // namespace redial::test
