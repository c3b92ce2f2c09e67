// SPDX-License-Identifier: Apache-2.0
// The names that stay with this machine's serial devices, as udev's links give them.
#pragma once

#include <string>

#include "migrate/foreign.h"

namespace redial::cli {

/// By id where there is such a link, else by place: "/dev/ttyUSB0" -> "/dev/serial/by-id/usb-...".
/// Nothing where the machine has no such folders. `dev`: tests have a tree of their own.
migrate::DeviceNames stable_names(const std::string& dev = "/dev");

}  // namespace redial::cli
