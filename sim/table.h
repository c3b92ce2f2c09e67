// SPDX-License-Identifier: Apache-2.0
// A comparison as people read it: a table of at most 100 columns, and a picture.
#pragma once

#include <string>

#include "sim/compare.h"

namespace redial::sim {

/// "0.3s", "19s", "4m10", "2h05": few columns, two or three digits.
std::string short_text(Duration duration);
std::string to_text(const Comparison& comparison);
/// Time to restore on a logarithmic axis, time to notice beside it; what never ends has a column of
/// its own. Stands alone: no fonts, scripts or images from elsewhere.
std::string to_svg(const Comparison& comparison);

}  // namespace redial::sim
