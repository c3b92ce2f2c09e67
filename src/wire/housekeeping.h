// SPDX-License-Identifier: Apache-2.0
// IP packets that nobody's use of a link brings about: hosts and routers looking for each other and
// for groups. An idle clock must not begin anew for them.
#pragma once

#include "core/bytes.h"

namespace redial::wire {

/// IGMP (RFC 3376); of ICMPv6 neighbour discovery (RFC 4861 §4) and multicast listeners (RFC 2710,
/// RFC 3810), behind a hop-by-hop header as well.
bool is_housekeeping(ByteView packet);

}  // namespace redial::wire
