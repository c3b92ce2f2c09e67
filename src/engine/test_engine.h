// SPDX-License-Identifier: Apache-2.0
// For the engine's tests: one engine with one port or nothing yet, its effects, a clock set by
// hand.
#pragma once

#include <memory>

#include "engine/engine.h"

namespace redial::engine::test {

class NoIp final : public IpSink {
 public:
  void on_ip(LinkId, ByteView) override {}
};

struct Bench {
  SeededEntropy entropy{7};
  Engine engine{7, entropy};
  LinkId link{};
  Effects fx;
  NoIp ip;
  Instant now{1s};
};

/// A port on a direct line that is open and waits for a caller.
struct Answering : Bench {
  Answering() {
    plan->name = "port";
    plan->line = engine.add_line({"direct", nullptr});
    plan->session.local_address = 0x0a400001;
    link = engine.add_answering(plan);
    engine.start_answering(link, now, fx);
    engine.on_line_opened(plan->line, now, fx);
    fx.clear();
  }

  std::shared_ptr<AnswerPlan> plan = std::make_shared<AnswerPlan>();
};

}  // namespace redial::engine::test
