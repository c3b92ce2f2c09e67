// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "cli/demo.h"

int main(int argc, char** argv) {
  redial::cli::DemoOptions options;
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--plain") options.plain = true;
    if (std::string_view(argv[i]) == "--json") options.json = true;
  }
  return redial::cli::demo(options);
}
