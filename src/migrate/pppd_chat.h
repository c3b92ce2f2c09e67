// SPDX-License-Identifier: Apache-2.0
// What pppd's `connect` makes of a connection when it runs chat: description, number, script.
#pragma once

#include <functional>
#include <string>

#include "core/result.h"
#include "migrate/foreign.h"
#include "modem/script.h"

namespace redial::migrate {

/// A dial script in the form our phonebook keeps; nullopt for what that form cannot say.
std::optional<phonebook::ScriptSteps> to_steps(const modem::Script& script);

/// What of it is left out, and why: the script after CONNECT; empty: nothing. Errors: BadFile, why
/// none of it is taken over. A script with no number dials nothing.
Result<std::string> apply_chat(const std::string& command, const std::string& name,
                               const std::function<Result<std::string>(const std::string&)>& read,
                               Connection& connection);

}  // namespace redial::migrate
