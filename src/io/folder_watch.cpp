// SPDX-License-Identifier: Apache-2.0
#include "io/folder_watch.h"

#include <sys/inotify.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <map>

#include "core/check.h"
#include "io/asio_loop.h"

namespace redial::io {

struct FolderWatch::Impl : std::enable_shared_from_this<FolderWatch::Impl> {
  Impl(Loop& on, std::function<void()> what)
      : loop(on), changed(std::move(what)), events(on.impl().context) {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    // Without one (the user's limit) a device's return is met by the next try.
    if (fd < 0) return;
    events.assign(fd);
    events.non_blocking(true);
  }

  void wait() {
    if (!events.is_open()) return;
    events.async_wait(asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](ErrorCode error) {
                        if (error || self->gone) return;
                        self->drain();
                        self->wait();
                        self->changed();
                      });
  }

  // Which change it was does not matter: the owner looks at its devices.
  void drain() {
    ErrorCode error;
    auto& scratch = loop.impl().scratch;
    while (events.read_some(asio::buffer(scratch), error) > 0 && !error) {}
  }

  Loop& loop;
  std::function<void()> changed;
  asio::posix::stream_descriptor events;
  std::map<std::string, int> watched;
  bool gone = false;  // its FolderWatch is destroyed; this lives on only in a queued handler
};

FolderWatch::FolderWatch(Loop& loop, std::function<void()> changed)
    : impl_(std::make_shared<Impl>(loop, std::move(changed))) {
  impl_->wait();
}

FolderWatch::~FolderWatch() {
  impl_->gone = true;
  ErrorCode ignored;
  impl_->events.close(ignored);
}

void FolderWatch::watch(const std::set<std::string>& folders) {
  if (!impl_->events.is_open()) return;
  constexpr uint32_t kWhat = IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM |
                             IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  const int fd = impl_->events.native_handle();
  for (auto each = impl_->watched.begin(); each != impl_->watched.end();) {
    if (folders.contains(each->first)) {
      ++each;
      continue;
    }
    ::inotify_rm_watch(fd, each->second);
    each = impl_->watched.erase(each);
  }
  // Again for those that are watched already: a folder may have been removed and made anew.
  for (const std::string& folder : folders) {
    const int id = ::inotify_add_watch(fd, folder.c_str(), kWhat);
    if (id >= 0) impl_->watched[folder] = id;
  }
}

}  // namespace redial::io
