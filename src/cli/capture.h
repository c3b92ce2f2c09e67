// SPDX-License-Identifier: Apache-2.0
// `--capture FILE`: the frames of a link as a pcap of mode 0600, written as they go, so that the
// file is whole whenever the program is killed. Passwords and what proves them are covered.
#pragma once

#include <memory>
#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "core/secret.h"
#include "io/descriptor.h"
#include "io/loop.h"

namespace redial::cli {

class Capture {
 public:
  /// A file that exists is written anew; a link to one is refused.
  static Result<std::unique_ptr<Capture>> open(const std::string& path, io::Loop& loop,
                                               Secret secret);

  void on_frame(bool sent, uint16_t protocol, ByteView information);
  /// Set once: the file could not be written any more, and is as it was before.
  const std::string& failure() const { return failure_; }

 private:
  Capture(io::Descriptor file, std::string path, io::Loop& loop, Secret secret);
  void write(ByteView octets);

  io::Descriptor file_;
  std::string path_, failure_;
  io::Loop& loop_;
  Secret secret_;
  int64_t size_ = 0;  // of what was written whole
  Bytes record_;
};

}  // namespace redial::cli
