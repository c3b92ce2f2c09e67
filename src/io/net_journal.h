// SPDX-License-Identifier: Apache-2.0
// The journal of what a link changes in the system: written and on disk before a change is made,
// taken out after it has been undone. Whoever starts next undoes what one that was killed has left.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/descriptor.h"
#include "io/net_change.h"

namespace redial::io {

/// A journal's text, and what is in it.
struct NetJournalText {
  std::string boot;        // boot_id: the kernel's part of a change does not outlive it
  std::string name_space;  // of the network: changes belong to one
  NetChanges changes;
  bool operator==(const NetJournalText&) const = default;
};
std::string to_text(const NetJournalText& journal);
/// BadFile: no journal of ours. A line that means nothing, or was only half written, is left out.
Result<NetJournalText> parse_net_journal(std::string_view text);

class NetJournal {
 public:
  /// `folder` is made when it is not there. Busy: another process has the device's journal.
  static Result<NetJournal> open(const std::string& folder, const std::string& device);
  NetJournal(NetJournal&&) = default;
  ~NetJournal();

  /// In place of what it held; on disk when this returns.
  Result<void> write(const NetChanges& changes);

  /// Those in `folder` whose writer is gone, each handed to `undo` and then forgotten, unless
  /// `undo` returns false. Of an earlier boot only what outlives one.
  static void left_over(const std::string& folder,
                        const std::function<bool(const std::string& device, NetChanges)>& undo);

 private:
  NetJournal(std::string file, Descriptor lock) : file_(std::move(file)), lock_(std::move(lock)) {}

  std::string file_;
  Descriptor lock_;  // flock(2) on file.lock: ends with the process, however it ends
};

/// $STATE_DIRECTORY (systemd), else /var/lib/redial for root, else $XDG_STATE_HOME/redial or
/// ~/.local/state/redial.
std::string state_folder();

}  // namespace redial::io
