// SPDX-License-Identifier: Apache-2.0
// `redial modem detect PORT`: asks the modem who it is, and names the description that fits best.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/workspace.h"
#include "modem/detect.h"

namespace redial::cli {

struct DetectOptions {
  std::string port;               // a line of redial.toml, or a device's path
  std::vector<std::string> from;  // files of descriptions; empty: those beside redial.toml
  Sources sources;
  bool json = false;
};

/// What was heard, which description fits, and what to write into redial.toml. `files` say for each
/// description where it stands.
std::string detected_text(const std::string& port,
                          std::span<const modem::ModemDescription> descriptions,
                          std::span<const std::string> files, std::span<const modem::Heard> heard,
                          bool json);

int modem_detect(const DetectOptions& options);

}  // namespace redial::cli
