// SPDX-License-Identifier: Apache-2.0
#include "lab/channel.h"

#include <doctest/doctest.h>

#include "lab/deadlines.h"

using namespace redial;
using namespace redial::lab;

namespace {

constexpr Instant at(Duration since_start) { return Instant{since_start}; }

Bytes counted(size_t count) {
  Bytes octets(count);
  for (size_t i = 0; i < count; ++i) octets[i] = static_cast<uint8_t>(i * 7);
  return octets;
}

/// Takes at every deadline, as an exchange does; returns when the last octet came.
Instant empty(Path& path, Bytes& into) {
  Instant last{};
  while (const auto due = path.next_due()) {
    last = *due;
    REQUIRE(path.take(into, last) > 0);
  }
  return last;
}

}  // namespace

TEST_CASE("a thousand octets at 28800 bps arrive within their 347.3 ms, and the latency") {
  Path path;
  path.set_channel({.rate_bps = 28800, .latency = 20ms});
  Rng rng(1);
  const Bytes sent = counted(1000);
  path.push(sent, at(1s), rng);
  Bytes got;
  CHECK(path.take(got, at(1s + 20ms)) == 0);
  CHECK(path.take(got, at(1s + 20ms + 347us)) == 0);
  CHECK(path.take(got, at(1s + 20ms + 348us)) == 1);
  CHECK(path.take(got, at(1s + 20ms + 173700us)) == 499);
  CHECK(empty(path, got) == at(1s + 20ms + 347223us));
  CHECK(same(got, sent));
}

TEST_CASE("bursts queue behind each other, in order and without gaps, whatever their sizes") {
  Rng rng(5);
  Path path;
  path.set_channel({.rate_bps = 9600, .latency = 5ms});
  Bytes sent, got;
  Instant now{};
  for (int i = 0; i < 500; ++i) {
    now += rng.up_to(40ms);
    path.take(got, now);
    const Bytes burst = counted(1 + rng.below(60));
    sent.insert(sent.end(), burst.begin(), burst.end());
    path.push(burst, now, rng);
  }
  const Instant last = empty(path, got);
  CHECK(same(got, sent));
  CHECK(last >= Instant{} + Duration(static_cast<int64_t>(sent.size()) * 10'000'000 / 9600));
}

TEST_CASE("a steady stream is one burst: its end is not late by roundings") {
  Rng rng(1);
  Path path;
  path.set_channel({.rate_bps = 28800, .latency = 0ms});
  for (int i = 0; i < 1000; ++i) path.push(counted(1), at(0s), rng);
  Bytes got;
  CHECK(empty(path, got) == at(347223us));
}

TEST_CASE("a full buffer drops what does not fit and counts it") {
  Rng rng(1);
  Path path;
  path.push(counted(Path::kOctetsMax + 10), at(0s), rng);
  path.push(counted(5), at(0s), rng);
  CHECK(path.queued() == Path::kOctetsMax);
  CHECK(path.dropped() == 15);
}

TEST_CASE("noise changes and loses about as many octets as it says, the same ones each time") {
  const auto noisy = [] {
    Rng rng(11);
    Path path;
    path.set_channel({.octet_error_ppm = 10'000, .octet_loss_ppm = 10'000});
    path.push(Bytes(50'000, 0x55), at(0s), rng);
    Bytes got;
    path.take(got, at(1h));
    return got;
  };
  const Bytes got = noisy();
  const auto lost = 50'000 - got.size();
  const auto changed = got.size() - static_cast<size_t>(std::ranges::count(got, 0x55));
  CHECK(lost > 400);
  CHECK(lost < 600);
  CHECK(changed > 400);
  CHECK(changed < 600);
  CHECK(same(got, noisy()));
}

TEST_CASE("a cleared path delivers nothing, and what is sent afterwards waits for nothing") {
  Rng rng(1);
  Path path;
  path.set_channel({.rate_bps = 9600, .latency = 0ms});
  path.push(counted(9600), at(0s), rng);
  path.clear();
  CHECK_FALSE(path.next_due().has_value());
  path.push(counted(96), at(1s), rng);
  Bytes got;
  CHECK(empty(path, got) == at(1100ms));
  CHECK(got.size() == 96);
}

TEST_CASE("a rate of 0 is no limit: octets are there after the latency") {
  Rng rng(1);
  Path path;
  path.set_channel({.rate_bps = 0, .latency = 3ms});
  path.push(counted(5000), at(0s), rng);
  Bytes got;
  CHECK(path.take(got, at(2999us)) == 0);
  CHECK(path.take(got, at(3ms)) == 5000);
}

TEST_CASE("the first of many deadlines is the earliest, of equal ones the lowest index") {
  constexpr uint32_t kCount = 50;
  Deadlines deadlines;
  deadlines.grow_to(kCount);
  std::map<uint32_t, Instant> expected;
  Rng rng(3);
  for (int step = 0; step < 20'000; ++step) {
    const auto index = static_cast<uint32_t>(rng.below(kCount));
    if (rng.chance(300'000)) {
      deadlines.set(index, kNever);
      expected.erase(index);
    } else {
      const Instant when = at(Duration(static_cast<int64_t>(rng.below(40))));
      deadlines.set(index, when);
      expected[index] = when;
    }
    const auto first = std::ranges::min_element(
        expected, {}, [](const auto& entry) { return std::pair(entry.second, entry.first); });
    REQUIRE((deadlines.first_at() == kNever) == expected.empty());
    if (expected.empty()) continue;
    REQUIRE(deadlines.first() == first->first);
    REQUIRE(deadlines.first_at() == first->second);
  }
}

TEST_CASE("losses in bursts: as many and as long as asked, the same ones each time") {
  const auto gaps = [](uint32_t mean) {
    Rng rng(17);
    Path path;
    path.set_channel({.rate_bps = 0, .latency = 0ms, .burst_ppm = 2000, .burst_octets = mean});
    Bytes got;
    std::vector<int> lost;
    for (int i = 0; i < 200'000; ++i) {
      path.push(Bytes{1}, at(0s), rng);
      lost.push_back(path.take(got, at(0s)) == 0);
    }
    return lost;
  };
  const auto runs_of = [](const std::vector<int>& lost) {
    int runs = 0;
    for (size_t i = 1; i < lost.size(); ++i) runs += lost[i] == 1 && lost[i - 1] == 0;
    return runs;
  };
  const auto lost = gaps(50);
  const auto count = std::ranges::count(lost, 1);
  const int runs = runs_of(lost);
  CHECK(runs > 300);
  CHECK(runs < 500);
  CHECK(count / runs > 40);
  CHECK(count / runs < 60);
  CHECK(lost == gaps(50));
  const auto single = gaps(1);
  CHECK(std::ranges::count(single, 1) <= runs_of(single) + 3);
}

TEST_CASE("runs of octets come twice, or change places within their chunk; none is lost") {
  Rng rng(3);
  Path path;
  Bytes got;
  path.set_channel({.rate_bps = 9600, .latency = 0ms, .duplicate_ppm = 1'000'000});
  path.push(counted(100), at(0s), rng);
  const Instant last = empty(path, got);
  REQUIRE(got.size() > 100);
  CHECK(got.size() <= 100 + Path::kRunMax);
  CHECK(same(ByteView(got).first(100), counted(100)));
  const size_t run = got.size() - 100;
  CHECK(same(ByteView(got).subspan(100), ByteView(got).subspan(100 - run, run)));
  // What comes twice takes the line's time twice, and what follows waits for it.
  CHECK(last >= at(Duration(static_cast<int64_t>(got.size()) * 10'000'000 / 9600)));

  path.set_channel({.rate_bps = 0, .latency = 0ms, .reorder_ppm = 1'000'000});
  got.clear();
  path.push(counted(100), last, rng);
  empty(path, got);
  CHECK_FALSE(same(got, counted(100)));
  Bytes sent = counted(100);
  std::ranges::sort(sent);
  std::ranges::sort(got);
  CHECK(same(got, sent));
}

TEST_CASE("jitter: each chunk is late by another time, none overtakes") {
  Rng rng(9);
  Path path;
  path.set_channel({.rate_bps = 0, .latency = 100ms, .jitter = 400ms});
  Bytes got, sent;
  Duration least = 1h, most = 0s;
  for (uint8_t i = 0; i < 200; ++i) {
    const Instant now = at(1s * i);
    path.push(Bytes{i}, now, rng);
    sent.push_back(i);
    const Duration late = empty(path, got) - now;
    least = std::min(least, late);
    most = std::max(most, late);
  }
  CHECK(least >= 100ms);
  CHECK(least < 120ms);
  CHECK(most <= 500ms);
  CHECK(most > 480ms);
  for (uint8_t i = 0; i < 200; ++i) path.push(Bytes{i}, at(300s + 1ms * i), rng);
  got.clear();
  empty(path, got);
  CHECK(same(got, sent));
}

TEST_CASE("a stall delays what is under way and what is sent meanwhile, and loses nothing") {
  Rng rng(1);
  Path path;
  path.set_channel({.rate_bps = 9600, .latency = 10ms});
  Bytes got;
  path.push(counted(960), at(0s), rng);  // arrives from 10 ms to 1010 ms
  path.take(got, at(510ms));
  CHECK(got.size() == 480);
  path.stall(3s, at(510ms));
  path.push(counted(96), at(2s), rng);
  CHECK(path.take(got, at(3510ms)) == 0);
  CHECK(path.take(got, at(4010ms)) == 480);
  CHECK(empty(path, got) == at(4110ms));
  path.stall(2s, at(10s));  // with nothing under way: a pause all the same
  path.push(counted(1), at(11s), rng);
  CHECK(empty(path, got) >= at(12s));
}
