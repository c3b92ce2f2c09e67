// SPDX-License-Identifier: Apache-2.0
// `redial demo`: the main job in real time, without hardware and without root. Entries of a Windows
// phonebook and modems of a MODEM.INF (examples/) dial over real ptys; faults are injected one
// after the other, and a table says how soon each was noticed and mended.
#pragma once

#include <string>

namespace redial::cli {

struct DemoOptions {
  bool plain = false;    // no colours
  bool json = false;     // one JSON object a line
  std::string examples;  // empty: where they were installed, or the source tree
};

/// 0 when every fault was noticed and restored within its printed bound, or held where the policy
/// says so; 1 when not; an ErrorKind when the demo could not be set up.
int demo(const DemoOptions& options);

}  // namespace redial::cli
