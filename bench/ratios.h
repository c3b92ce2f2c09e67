// SPDX-License-Identifier: Apache-2.0
// Ratios of run times, measured side by side: the contestants take turns for many short rounds, so
// that what else the machine does hits all of them; what counts is the median of the ratios within
// a round.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace redial::bench {

/// Keeps the compiler from leaving out work whose result nobody reads.
inline void use(const void* result) { asm volatile("" : : "g"(result) : "memory"); }

struct Contestant {
  std::string name;
  std::function<void()> work;
  std::vector<double> ns = {};  // per run of work, round by round
};

inline double median(std::vector<double> of) {
  std::ranges::sort(of);
  return of[of.size() / 2];
}

/// The median of a's times, each divided by what b needed in the same round.
inline double ratio(const Contestant& a, const Contestant& b) {
  std::vector<double> ratios;
  for (size_t i = 0; i < a.ns.size(); ++i) ratios.push_back(a.ns[i] / b.ns[i]);
  return median(ratios);
}

inline double seconds_of(const std::function<void()>& work, size_t times) {
  const auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < times; ++i) work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Fills in `ns`. A round of a contestant lasts about `round_s`.
inline void measure(std::vector<Contestant>& contestants, int rounds = 301, double round_s = 3e-4) {
  std::vector<size_t> times;
  for (const Contestant& contestant : contestants) {
    size_t count = 1;
    while (seconds_of(contestant.work, count) < round_s) count *= 2;
    times.push_back(count);
  }
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < contestants.size(); ++i) {
      const double seconds = seconds_of(contestants[i].work, times[i]);
      contestants[i].ns.push_back(seconds * 1e9 / static_cast<double>(times[i]));
    }
  }
}

enum class Goal : uint8_t { AtLeast, AtMost, None };

/// Rows "metric | baseline | ratio (median) | goal", and whether all goals are met.
class Table {
 public:
  Table() {
    std::printf("%-44s | %-10s | %11s | %11s | %8s | %-8s\n", "metric", "baseline", "ns",
                "baseline ns", "ratio", "goal");
  }
  void row(const std::string& metric, const std::string& baseline, double ns, double baseline_ns,
           double ratio, Goal goal, double bound) {
    const bool met =
        goal == Goal::None || (goal == Goal::AtLeast ? ratio >= bound : ratio <= bound);
    char text[32] = "-";
    const char* const sign = goal == Goal::AtLeast ? ">=" : "<=";
    if (goal != Goal::None) std::snprintf(text, sizeof text, "%s %.2f", sign, bound);
    std::printf("%-44s | %-10s | %11.1f | %11.1f | %8.2f | %-8s %s\n", metric.c_str(),
                baseline.c_str(), ns, baseline_ns, ratio, text, met ? "" : "MISSED");
    std::fflush(stdout);
    all_met_ = all_met_ && met;
  }
  /// How many times as fast as the baseline.
  void speed(const std::string& metric, const Contestant& ours, const Contestant& baseline,
             Goal goal = Goal::None, double bound = 0) {
    row(metric, baseline.name, median(ours.ns), median(baseline.ns), ratio(baseline, ours), goal,
        bound);
  }
  /// How much of the baseline's time.
  void time(const std::string& metric, const Contestant& ours, const Contestant& baseline,
            Goal goal = Goal::None, double bound = 0) {
    row(metric, baseline.name, median(ours.ns), median(baseline.ns), ratio(ours, baseline), goal,
        bound);
  }
  bool all_met() const { return all_met_; }

 private:
  bool all_met_ = true;
};

}  // namespace redial::bench
