// SPDX-License-Identifier: Apache-2.0
// The [[line]] tables of redial.toml: how each device is reached and driven.
#pragma once

#include <string_view>

#include "phonebook/toml.h"
#include "phonebook/toml_values.h"

namespace redial::phonebook {

/// Adds the lines of `node` to `config`; a complaint leaves a line out.
void read_toml_lines(const TomlNode& node, Config& config, TomlComplaints& to);

/// "10.0.0.9:4001": what the path of a tcp line looks like.
bool is_host_and_port(std::string_view path);

}  // namespace redial::phonebook
