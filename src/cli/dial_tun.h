// SPDX-License-Identifier: Apache-2.0
// --tun: a dialled link as an interface of the kernel's, and what that changes in the system, for
// `redial explain`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/host.h"
#include "phonebook/entry.h"

namespace redial::cli {

/// What --tun was given: nothing, "" (a name is chosen), or a name.
using TunWish = std::optional<std::string>;

bool wants_tun(const phonebook::Entry& entry);

/// Makes the interface of a link that has not been dialled yet. Before anything is dialled:
/// Permission, BadDevice, Busy, Usage. `note` gets one line for whatever cannot be done later.
Result<void> attach_tun(io::Loop& loop, host::Host& host, LinkId link,
                        const phonebook::Entry& entry, std::function<void(std::string)> note);

/// Takes back what programs that were killed have changed; `note` gets what could not be.
void undo_left_over(const std::function<void(std::string)>& note);

/// One line for each change that the entry's link makes in the system while it is up.
std::vector<std::string> system_changes(const phonebook::Entry& entry);

}  // namespace redial::cli
