// SPDX-License-Identifier: Apache-2.0
// redial-sim: the product in virtual time.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sim/world.h"

using namespace redial;
using namespace redial::sim;

namespace {
struct Count : Witness {
  uint64_t calls = 0, ups = 0, ends = 0;
  void on_event(End end, const engine::Event& event, Instant) override {
    if (end == End::Server) return;
    calls += std::holds_alternative<connection::LinkCalling>(event.body);
    ups += std::holds_alternative<connection::LinkConnected>(event.body);
    ends += std::holds_alternative<connection::LinkEnded>(event.body);
  }
};
}  // namespace

int main(int argc, char** argv) {
  const char* profile_name = argc > 1 ? argv[1] : "default";
  const unsigned links = argc > 2 ? static_cast<unsigned>(atoi(argv[2])) : 100;
  const int hours = argc > 3 ? atoi(argv[3]) : 10;
  const int drops = argc > 4 ? atoi(argv[4]) : 0;
  auto profile = profile_named(profile_name);
  if (!profile) {
    std::fprintf(stderr, "%s\n", profile.error().text.c_str());
    return 2;
  }
  World world(7, links, *profile);
  Count count;
  world.watch(&count);
  world.start(60s);
  Rng rng(3);
  for (int i = 0; i < hours * drops * static_cast<int>(links); ++i) {
    world.run_until(world.now() + Duration(1h) / (drops * static_cast<int>(links)));
    const auto hit = lab::ModemId{static_cast<uint32_t>(rng.below(links)) * 2};
    if (i < 20)
      std::printf("%d t=%ld in_call %d\n", i,
                  static_cast<long>(world.now().time_since_epoch() / 1s),
                  world.exchange.in_call(hit));
    world.exchange.drop_carrier(hit, world.now());
  }
  world.run_until(Instant(1s * 3600 * hours));
  unsigned up = 0;
  for (unsigned i = 0; i < links; ++i) up += world.caller.engine.up(LinkId{i});
  std::printf("links %u up %u calls %lu ups %lu ends %lu steps %lu trace %016lx\n", links, up,
              count.calls, count.ups, count.ends, world.steps(), world.trace().hash());
}
