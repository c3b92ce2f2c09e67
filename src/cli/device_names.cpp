// SPDX-License-Identifier: Apache-2.0
#include "cli/device_names.h"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace redial::cli {

migrate::DeviceNames stable_names(const std::string& dev) {
  namespace fs = std::filesystem;
  migrate::DeviceNames names;
  std::error_code failed;
  const fs::path root = fs::weakly_canonical(dev, failed);
  for (const char* folder : {"serial/by-id", "serial/by-path"}) {
    std::vector<fs::path> links;
    for (const auto& each : fs::directory_iterator(fs::path(dev) / folder, failed)) {
      links.push_back(each.path());
    }
    std::ranges::sort(links);
    for (const fs::path& link : links) {
      const fs::path device = fs::weakly_canonical(link, failed);
      if (failed || device.parent_path() != root) continue;
      names.emplace((fs::path(dev) / device.filename()).string(), link.string());
    }
  }
  return names;
}

}  // namespace redial::cli
