// SPDX-License-Identifier: Apache-2.0
// REDIAL_ASSERT: programmer errors end the program, in every build type. Bad input never does.
#pragma once

namespace redial {

[[noreturn]] void assertion_failed(const char* what, const char* file, int line);

}  // namespace redial

// The one macro of the project, because only a macro knows the text of its argument.
#define REDIAL_ASSERT(condition) \
  ((condition) ? void(0) : ::redial::assertion_failed(#condition, __FILE__, __LINE__))
