// SPDX-License-Identifier: Apache-2.0
// A file of mode 0600 that grows while something runs, and is whole whenever the program is killed.
#pragma once

#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "io/descriptor.h"

namespace redial::cli {

class LogFile {
 public:
  /// `kind`: "capture", also the option that names it. A file that exists is written anew; a link
  /// to one is refused.
  static Result<LogFile> open(const std::string& path, std::string kind);

  /// One write(2); half of one is taken back, and nothing is written from then on.
  void write(ByteView octets);
  /// Set once: it could not be written any more, and is as it was before.
  const std::string& failure() const { return failure_; }

 private:
  LogFile(io::Descriptor file, std::string path, std::string kind);

  io::Descriptor file_;
  std::string path_, kind_, failure_;
  int64_t size_ = 0;  // of what was written whole
};

}  // namespace redial::cli
