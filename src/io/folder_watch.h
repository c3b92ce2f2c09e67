// SPDX-License-Identifier: Apache-2.0
// Tells when something comes, goes or changes its permissions in a few folders (inotify): devices
// that are plugged in again.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "io/loop.h"

namespace redial::io {

class FolderWatch {
 public:
  /// `changed` is called from the loop, once for any number of changes that came together.
  FolderWatch(Loop& loop, std::function<void()> changed);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// These and no others; one that does not exist is left out. Empty: none.
  void watch(const std::set<std::string>& folders);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace redial::io
