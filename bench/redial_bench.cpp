// SPDX-License-Identifier: Apache-2.0
// What the program itself adds between a fault's first evidence and the first octet of the new
// dial: a modem on a real pty says BUSY, and answers what it is told at once. Pauses and the drain
// are subtracted: they are policy and courtesy to the modem, not the program. Exit status 1 when
// the median is over 5 ms.
#include <cstdio>
#include <optional>

#include "engine/plan.h"
#include "host/telnet_door.h"
#include "io/files.h"
#include "modem/inf.h"
#include "ratios.h"

using namespace redial;

namespace {

constexpr Duration kGoal = 5ms;
constexpr Duration kQuiet = 200ms;  // modem::Dialogue listens so long before its first command
constexpr size_t kRounds = 15;

double ms(Duration duration) { return static_cast<double>(duration.count()) / 1000.0; }

/// One entry on one pty; at the other end a modem whose every call is busy.
class Bench {
 public:
  Bench() : host_(loop_, entropy_, 1) {}

  bool set_up() {
    auto master = io::open_pty(loop_, [this](ByteView octets) { on_modem(octets); });
    if (!master) return false;
    master_ = *std::move(master);
    const phonebook::LineSpec spec{
        .name = "COM1", .path = master_->slave_path(), .modem_lines = false};
    phonebook::Entry entry;
    entry.name = "busy";
    entry.numbers = {{.digits = "5550100"}};
    entry.redial.pause = 1500ms;
    const auto description = engine::describe_line(spec, entry, nullptr);
    if (!description) return false;
    engine::BoundLine line{.spec = spec, .description = *description};
    line.id = host_.add_line(engine::config_of(line), host::line_door(loop_, spec));
    auto plan = engine::plan_link(entry, nullptr, std::span(&line, 1));
    if (!plan) return false;
    plan->entry.redial.attempts_per_hour.reset();
    link_ = host_.add_link(*std::move(plan));
    host_.on_event = [this](Instant now, const engine::Event& event) { on_event(now, event); };
    return true;
  }
  void run() {
    host_.dial(link_);
    loop_.run();
  }

  std::vector<double> noticed_ms, late_ms, added_ms;

 private:
  void on_modem(ByteView octets) {
    const Instant now = loop_.now();
    // Before the planned moment it is the hang-up that speaks.
    if (planned_ && now >= *planned_) {
      const Duration late = now - *planned_;
      planned_.reset();
      late_ms.push_back(ms(late));
      added_ms.push_back(ms(late) + noticed_ms.back());
      if (added_ms.size() == kRounds) return loop_.stop();
    }
    for (const uint8_t octet : octets) {
      if (octet != '\r') {
        line_.push_back(static_cast<char>(octet));
        continue;
      }
      const bool dials = line_.starts_with("ATD");
      line_.clear();
      if (dials) said_at_ = loop_.now();
      master_->write(as_bytes(dials ? "\r\nBUSY\r\n" : "\r\nOK\r\n"));
    }
  }
  void on_event(Instant now, const engine::Event& event) {
    if (std::holds_alternative<connection::LinkEnded>(event.body)) {
      noticed_ms.push_back(ms(now - said_at_));
    } else if (const auto* next = std::get_if<connection::NextTry>(&event.body)) {
      planned_ = next->at + kQuiet;
    }
  }

  io::Loop loop_;
  io::KernelEntropy entropy_;
  host::Host host_;
  std::unique_ptr<io::PtyMaster> master_;
  LinkId link_{};
  std::string line_;
  Instant said_at_{};
  std::optional<Instant> planned_;
};

}  // namespace

int main() {
  Bench bench;
  if (!bench.set_up()) {
    std::fprintf(stderr, "redial_bench: no pty can be opened\n");
    return 1;
  }
  bench.run();
  const double added = redial::bench::median(bench.added_ms);
  std::printf("evidence to cause     median %.3f ms\n", redial::bench::median(bench.noticed_ms));
  std::printf("planned to first octet median %.3f ms\n", redial::bench::median(bench.late_ms));
  std::printf(
      "added by the program  median %.3f ms, worst %.3f ms of %zu (goal: median <= %.0f ms)\n",
      added, *std::ranges::max_element(bench.added_ms), bench.added_ms.size(), ms(kGoal));
  return added <= ms(kGoal) ? 0 : 1;
}
