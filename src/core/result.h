// SPDX-License-Identifier: Apache-2.0
// Errors as values. `Error` says where and what; the text has subject, fact, consequence, remedy.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace redial {

/// The exit status of a command that ends because of this kind of error (docs/exit-status.md).
enum class ErrorKind : uint8_t {
  Usage = 2,        // a command line that means nothing
  NotFound = 3,     // unknown entry, line, number
  BadFile = 4,      // unreadable, half-written or invalid phonebook, configuration or description
  BadDevice = 5,    // missing, not a terminal
  Permission = 6,   // not allowed to open or write
  Busy = 7,         // device or port held by somebody else
  Unsupported = 8,  // what the entry demands, we cannot do
  Refused = 9,      // secrets readable by others, and the like
  Failed = 10,      // tried, and did not work
};

struct Error {
  ErrorKind kind = ErrorKind::Failed;
  std::string text;  // One line: subject, fact, consequence, remedy.
  bool operator==(const Error&) const = default;
};

template <class T, class E = Error>
using Result = tl::expected<T, E>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string text) {
  return tl::make_unexpected(Error{kind, std::move(text)});
}

}  // namespace redial
