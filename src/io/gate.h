// SPDX-License-Identifier: Apache-2.0
// Where connections wait for a link that is down, and how it hears that it is wanted. Internal to
// io.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "io/netstack.h"

namespace redial::io {

class Gate {
 public:
  void on_demand(Demand demand) { demand_ = std::move(demand); }
  /// The link is down, and somebody wants it. How long to wait for it; 0: not at all.
  Duration knock() const {
    if (demand_.wanted) demand_.wanted();
    return demand_.wait_within;
  }
  /// `up` is called once, when the link has come up and `who` still lives.
  void wait(std::weak_ptr<void> who, std::function<void()> up) {
    std::erase_if(waiting_, [](const Waiting& each) { return each.who.expired(); });
    waiting_.push_back({std::move(who), std::move(up)});
  }
  void open() {
    for (const Waiting& each : std::exchange(waiting_, {})) {
      if (const auto alive = each.who.lock()) each.up();
    }
  }

 private:
  struct Waiting {
    std::weak_ptr<void> who;
    std::function<void()> up;
  };
  Demand demand_;
  std::vector<Waiting> waiting_;  // as many as there are clients
};

}  // namespace redial::io
