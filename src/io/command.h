// SPDX-License-Identifier: Apache-2.0
// A helper program of the machine's owner, run without a shell and ended when its time is up: the
// power-cycle command of a line. It reports, it never decides.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/loop.h"

namespace redial::io {

struct CommandEnd {
  bool well = false;  // exit status 0, in time
  std::string text;   // "ended with status 3", "killed after 30 s", "cannot be run: ..."
};

/// While it exists the command runs; destroying it kills the command and what it started.
class Command {
 public:
  virtual ~Command() = default;
};

/// `words`: the program (looked up in PATH) and its arguments; not empty. `done` comes once, from
/// the loop, and not after the Command has been destroyed.
std::unique_ptr<Command> run_command(Loop& loop, const std::vector<std::string>& words,
                                     Duration within, std::function<void(CommandEnd)> done);

}  // namespace redial::io
