// SPDX-License-Identifier: Apache-2.0
// What those who watch a link report when a rule does not hold.
#pragma once

#include <string>
#include <string_view>

namespace redial::sim {

struct Broken {
  std::string_view rule;  // its name in docs/proof.md
  std::string text;
};

}  // namespace redial::sim
