// SPDX-License-Identifier: Apache-2.0
// Tells whoever keeps the system's name servers of those of a link, and takes it back:
// systemd-resolved by D-Bus, resolvconf(8), or /etc/resolv.conf itself.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/net_change.h"

namespace redial::io {

struct ResolverPaths {
  std::string file = "/etc/resolv.conf";
  std::string backup_folder;  // of the file as it was before
  std::string programs;       // where resolvconf is looked for, like PATH; empty: the usual places
};

class Resolver {
 public:
  explicit Resolver(ResolverPaths paths) : paths_(std::move(paths)) {}

  /// resolved if it runs, else resolvconf if it is installed, else nobody.
  std::optional<DnsKeeper> found() const;
  Result<void> add(const DnsChange& change);
  /// Only what is still as it was written. Gone already is well.
  Result<void> remove(const DnsChange& change);

 private:
  std::string backup_of(const DnsChange& change) const;
  Result<void> write_file(const DnsChange& change);
  Result<void> restore_file(const DnsChange& change);
  Result<void> run_resolvconf(const std::string& verb, const DnsChange& change) const;
  std::string resolvconf() const;

  ResolverPaths paths_;
};

/// The part that speaks to org.freedesktop.resolve1 (resolver_bus.cpp).
bool resolved_runs();
Result<void> tell_resolved(const DnsChange& change);
Result<void> revert_resolved(const std::string& device);

}  // namespace redial::io
