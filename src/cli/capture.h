// SPDX-License-Identifier: Apache-2.0
// `--capture FILE`: the frames of a link as a pcap of mode 0600, written as they go, so that the
// file is whole whenever the program is killed. Passwords and what proves them are covered.
#pragma once

#include <memory>
#include <string>

#include "cli/log_file.h"
#include "core/secret.h"
#include "io/loop.h"

namespace redial::cli {

class Capture {
 public:
  static Result<std::unique_ptr<Capture>> open(const std::string& path, io::Loop& loop,
                                               Secret secret);

  void on_frame(bool sent, uint16_t protocol, ByteView information);
  /// Set once: the file could not be written any more, and is as it was before.
  const std::string& failure() const { return file_.failure(); }

 private:
  Capture(LogFile file, io::Loop& loop, Secret secret);

  LogFile file_;
  io::Loop& loop_;
  Secret secret_;
  Bytes record_;
};

}  // namespace redial::cli
