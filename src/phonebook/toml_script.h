// SPDX-License-Identifier: Apache-2.0
// Dial scripts in TOML, read and written; every label they name exists.
#pragma once

#include <optional>
#include <string>

#include "phonebook/script.h"
#include "phonebook/toml_values.h"

namespace redial::phonebook {

/// nullopt after a complaint.
std::optional<ScriptSteps> toml_script(const TomlNode& node, TomlComplaints& to);
/// [script.NAME] tables; complaints leave a script out.
std::vector<NamedScript> toml_named_scripts(const TomlNode& node, TomlComplaints& to);
/// The array that toml_script reads as the same steps.
std::string script_to_toml(const ScriptSteps& steps);

}  // namespace redial::phonebook
