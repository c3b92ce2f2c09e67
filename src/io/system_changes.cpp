// SPDX-License-Identifier: Apache-2.0
#include "io/system_changes.h"

#include <algorithm>

#include "core/outbox.h"

namespace redial::io {
namespace {

Resolver resolver_of(const SystemPaths& paths) {
  ResolverPaths where = paths.resolver;
  if (where.backup_folder.empty()) where.backup_folder = paths.journals();
  return Resolver(where);
}

Result<void> make(NetConfig& net, Resolver& resolver, const NetChange& change) {
  return match(
      change, [&](const DnsChange& dns) { return resolver.add(dns); },
      [&](const auto& kernels) { return net.add(kernels); });
}
Result<void> undo(NetConfig& net, Resolver& resolver, const NetChange& change) {
  return match(
      change, [&](const DnsChange& dns) { return resolver.remove(dns); },
      [&](const auto& kernels) { return net.remove(kernels); });
}

bool contains(const NetChanges& changes, const NetChange& change) {
  return std::ranges::find(changes, change) != changes.end();
}

/// With an address the kernel also takes away the routes that send from it.
bool loses_source(const NetChange& change, const NetChanges& standing, const NetChanges& wanted) {
  const auto* route = std::get_if<RouteChange>(&change);
  if (route == nullptr || !route->source) return false;
  return std::ranges::any_of(standing, [&](const NetChange& each) {
    const auto* address = std::get_if<AddressChange>(&each);
    return address != nullptr && address->address.address == *route->source &&
           !contains(wanted, each);
  });
}

}  // namespace

Result<std::unique_ptr<SystemChanges>> SystemChanges::open(const SystemPaths& paths,
                                                           const std::string& device) {
  auto net = NetConfig::open();
  if (!net) return tl::make_unexpected(std::move(net).error());
  auto journal = NetJournal::open(paths.journals(), device);
  if (!journal) return tl::make_unexpected(std::move(journal).error());
  return std::unique_ptr<SystemChanges>(
      new SystemChanges(*std::move(net), resolver_of(paths), *std::move(journal)));
}

SystemChanges::~SystemChanges() {
  set({}, [](const std::string&) {});
}

void SystemChanges::set(const NetChanges& wanted, const Note& note) {
  for (size_t i = standing_.size(); i-- > 0;) {  // the last first
    if (contains(wanted, standing_[i]) && !loses_source(standing_[i], standing_, wanted)) continue;
    if (auto undone = undo(*net_, resolver_, standing_[i]); !undone) note(undone.error().text);
    standing_.erase(standing_.begin() + static_cast<long>(i));
  }
  NetChanges ahead = standing_;
  for (const NetChange& change : wanted) {
    if (!contains(ahead, change)) ahead.push_back(change);
  }
  // On disk first. What cannot be written down is not made: it could not be undone.
  if (auto written = journal_.write(ahead); !written) return note(written.error().text);
  for (size_t i = standing_.size(); i < ahead.size(); ++i) {
    auto made = make(*net_, resolver_, ahead[i]);
    if (made) standing_.push_back(ahead[i]);
    if (!made) note(made.error().text);
  }
  // What stands there of somebody else must not be undone as ours.
  if (standing_ != ahead) static_cast<void>(journal_.write(standing_));
}

size_t SystemChanges::undo_left_over(const SystemPaths& paths, const Note& note) {
  size_t count = 0;
  auto net = NetConfig::open();
  if (!net) return count;
  Resolver resolver = resolver_of(paths);
  NetJournal::left_over(paths.journals(), [&](const std::string&, const NetChanges& changes) {
    bool all = true;
    for (size_t i = changes.size(); i-- > 0;) {
      auto undone = undo(**net, resolver, changes[i]);
      if (undone) ++count;
      if (!undone) note(undone.error().text);
      all &= undone.has_value();
    }
    return all;
  });
  return count;
}

}  // namespace redial::io
