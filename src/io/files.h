// SPDX-License-Identifier: Apache-2.0
// Files, the kernel's CSPRNG, and the terminal's password prompt. Errors are one line for people.
#pragma once

#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "core/rng.h"
#include "core/secret.h"

namespace redial::io {

/// The whole file, at most `octets_max`; BadFile, NotFound or Permission with the path in the text.
Result<std::string> read_file(const std::string& path, size_t octets_max);
/// As read_file, but Refused unless owned by us (or root) and closed to group and others (0600).
Result<std::string> read_private_file(const std::string& path, size_t octets_max);
/// Writes beside and renames: the old file or the new one, never half of one. `mode` e.g. 0644.
Result<void> write_file(const std::string& path, std::string_view octets, unsigned mode);
bool exists(const std::string& path);
/// From the terminal, without echo; Failed when there is no terminal.
Result<Secret> prompt_password(const std::string& prompt);

/// getrandom(2).
class KernelEntropy final : public Entropy {
 public:
  void fill(std::span<uint8_t> octets) override;
};

}  // namespace redial::io
