// SPDX-License-Identifier: Apache-2.0
// The lines of an AddReg section: "HKR, subkey, name, flags, data". Source: Windows Driver Kit,
// "INF AddReg Directive".
#pragma once

#include <string_view>
#include <vector>

#include "modem/modem_key.h"
#include "modem/setup_inf.h"

namespace redial::modem {

struct AddRegLine {
  KeyValue value;
  bool keeps_old = false;  // only when there is none yet
  bool removes = false;
  void carry_out(ModemKey& key) const;
};

/// Those that write below the device's own key (HKR); `file` is the number of the `inf`.
std::vector<AddRegLine> read_add_reg(SetupInf& inf, std::string_view section, uint32_t file,
                                     Findings& findings);

}  // namespace redial::modem
