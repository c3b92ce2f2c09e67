// SPDX-License-Identifier: Apache-2.0
// The changes that one interface has made to the system, as a set: told what is to be, it undoes
// what is not wanted any more and makes what is new, the journal always ahead.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/net_config.h"
#include "io/net_journal.h"
#include "io/resolver.h"

namespace redial::io {

struct SystemPaths {
  std::string state = state_folder();  // the journals are in its folder net/
  ResolverPaths resolver{};

  std::string journals() const { return state + "/net"; }
};

class SystemChanges {
 public:
  using Note = std::function<void(std::string)>;

  /// Works in the calling thread's network namespace.
  static Result<std::unique_ptr<SystemChanges>> open(const SystemPaths& paths,
                                                     const std::string& device);
  ~SystemChanges();  // undoes all

  /// What could not be made or undone is told to `note` and is not part of the set.
  void set(const NetChanges& wanted, const Note& note);
  const NetChanges& standing() const { return standing_; }

  NetConfig& net() { return *net_; }
  const Resolver& resolver() const { return resolver_; }

  /// Undoes what processes that were killed have left; how many changes that were.
  static size_t undo_left_over(const SystemPaths& paths, const Note& note);

 private:
  SystemChanges(std::unique_ptr<NetConfig> net, Resolver resolver, NetJournal journal)
      : net_(std::move(net)), resolver_(std::move(resolver)), journal_(std::move(journal)) {}

  std::unique_ptr<NetConfig> net_;
  Resolver resolver_;
  NetJournal journal_;
  NetChanges standing_;  // in the order in which they were made
};

}  // namespace redial::io
