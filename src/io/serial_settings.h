// SPDX-License-Identifier: Apache-2.0
// A terminal made a serial line: raw, at a speed, framing and flow control that it really has
// afterwards.
#pragma once

#include <string>

#include "core/cause.h"
#include "core/result.h"
#include "io/port.h"

namespace redial::io {

/// DeviceNotALine when it is no terminal, DeviceParameters when it will not run so; the evidence
/// without the path.
tl::expected<void, Cause> set_up_serial(int fd, const PortSpec& spec);

/// Unix98 slaves: no circuits, no speed.
bool is_pty(int fd);

/// "Permission denied; it belongs to group dialout, and this user is not in it".
std::string forbidden_text(const std::string& path, int error);

/// What the driver has counted since it was loaded; nothing where it does not count.
LineErrors driver_errors(int fd);

}  // namespace redial::io
