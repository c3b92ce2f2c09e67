// SPDX-License-Identifier: Apache-2.0
// A device that is missing, goes, and comes back under another name: what waits for it dials at
// once, long before its pause is over. Ptys behind links stand in for /dev/serial/by-id.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "engine/plan.h"
#include "host/telnet_door.h"
#include "io/test_loop.h"

using namespace redial;
using namespace redial::host;
namespace fs = std::filesystem;

namespace {

struct Station {
  Station() : host(loop, entropy, 3) {
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    phonebook::Entry entry;
    entry.name = "site";
    entry.redial.first_pause = entry.redial.longest_pause = 1h;
    const phonebook::LineSpec spec{.name = "cable",
                                   .kind = phonebook::LineKind::Direct,
                                   .path = folder + "/by-id/modem",
                                   .modem_lines = false};
    const LineId line =
        host.add_line({.name = spec.name, .description = nullptr}, line_door(loop, spec));
    auto plan = engine::plan_link(entry, nullptr, std::vector<engine::BoundLine>{{line, spec, {}}});
    REQUIRE(plan.has_value());
    link = host.add_link(*std::move(plan));
    host.on_event = [this](Instant, const engine::Event& event) {
      if (const auto* end = std::get_if<connection::LinkEnded>(&event.body)) {
        ends.emplace_back(name(end->cause.code));
      }
      const auto* progress = std::get_if<connection::LinkProgress>(&event.body);
      if (progress && progress->phase == Phase::Establishing) ++opened;
    };
  }
  ~Station() { fs::remove_all(folder); }
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  void plug_in() {
    auto made = io::open_pty(loop, [](ByteView) {});
    REQUIRE(made.has_value());
    device = *std::move(made);
    fs::create_directories(folder + "/by-id");
    fs::create_symlink(device->slave_path(), folder + "/by-id/modem");
  }
  void unplug() {
    device.reset();
    fs::remove(folder + "/by-id/modem");
  }
  bool until(const std::function<bool()>& condition, Duration within = 10s) {
    return io::run_until(loop, condition, within);
  }

  std::string folder = "/tmp/redial-return-XXXXXX";
  io::Loop loop;
  SeededEntropy entropy{9};
  Host host;
  LinkId link{};
  std::unique_ptr<io::PtyMaster> device;
  std::vector<std::string> ends;
  int opened = 0;
};

}  // namespace

TEST_CASE("a line whose device appears is dialled at once, though the next try is an hour away") {
  Station station;
  station.host.dial(station.link);
  REQUIRE(station.until([&] { return station.ends.size() == 1; }));
  CHECK(station.ends[0] == "DeviceMissing");
  station.plug_in();  // its folder is made anew as well, as udev makes by-id
  CHECK(station.until([&] { return station.opened == 1; }));
}

TEST_CASE("a device that vanishes and returns under another name is the same line") {
  Station station;
  station.plug_in();
  const std::string before = station.device->slave_path();
  // Something else takes the old name meanwhile.
  station.host.dial(station.link);
  REQUIRE(station.until([&] { return station.opened == 1; }));
  station.unplug();
  REQUIRE(station.until([&] { return !station.ends.empty(); }));
  CHECK(station.ends[0] == "DeviceVanished");
  auto other = io::open_pty(station.loop, [](ByteView) {});
  // One more try may come at once, and finds nothing; then the pause is an hour.
  station.until([] { return false; }, 300ms);
  const int opened = station.opened;
  station.plug_in();
  CHECK(station.device->slave_path() != before);
  CHECK(station.until([&] { return station.opened == opened + 1; }));
}
