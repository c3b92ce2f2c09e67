// SPDX-License-Identifier: Apache-2.0
// One entry of the demo and the faults it goes through, one after the other. Each is injected, and
// what the product says and does about it is timed; nothing here tells the product anything.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/demo_page.h"
#include "cli/demo_show.h"
#include "cli/lab_network.h"
#include "connection/detection.h"

namespace redial::cli {

/// In the order of the table.
enum class DemoFault : uint8_t {
  CarrierLost,
  NoCarrierText,
  DcdStrapped,
  PeerTerminates,
  HalfOpen,
  BlackHoleTowards,
  BlackHoleFrom,
  Noise,
  ModemStops,
  WedgedReset,
  WedgedPower,
  Busy,
  NoAnswer,
  NoDialTone,
  Voice,
  Blacklisted,
  NoPpp,
  WrongPassword,
  LineRefused,
  HostGone,
  DeviceBack,
};
constexpr size_t kDemoFaults = static_cast<size_t>(DemoFault::DeviceBack) + 1;

/// What the demo knows of one entry and its line.
struct StationPlan {
  std::string entry;
  std::string number;
  lab::ModemId modem{};
  LinkId link{}, far_link{};
  std::vector<DemoFault> faults;
  std::vector<connection::WatchedBy> bounds;
  std::function<Duration(connection::PauseReason)> restore_bound;
  connection::PauseReason failed_attempt{};  // why the pause after one is as long as it is
  Duration settle{};                         // a good call, so that a death counts as one
  Duration power_cycle_takes{};              // the line's command, and until the modem answers
  std::function<void()> break_line{}, mend_line{};  // its port, host name or device
};

class Station {
 public:
  /// All outlive the station. `page_port`: where the page is served behind the far end.
  Station(StationPlan plan, io::Loop& loop, LabNetwork& lab, host::Host& caller, host::Host& server,
          DemoShow& show, uint16_t page_port);

  Result<void> start();
  void on_event(Instant now, const engine::Event& event);
  void on_up(Instant now);
  bool finished() const { return at_ >= plan_.faults.size() && page_seen_; }
  LinkId link() const { return plan_.link; }
  /// A row for every fault of the plan; those that were never reached say so by having no cause.
  std::vector<FaultRow> rows() const;
  uint32_t pages() const { return pages_; }

 private:
  void arm_attempt_fault();
  void strike();
  void inject();
  void inject_noise(bool on);
  void mend(Instant now);
  void stayed_up();
  void fetch_page();
  FaultRow row_of(DemoFault fault) const;
  Duration restore_bound(DemoFault fault) const;
  void begin_row(Instant now);
  void on_ended(Instant now, const connection::LinkEnded& ended);
  void on_page(bool good);
  void row_done();
  DemoFault fault() const { return plan_.faults[at_]; }
  bool row_open() const { return !rows_.empty() && rows_.size() == at_ + 1; }

  StationPlan plan_;
  io::Loop& loop_;
  LabNetwork& lab_;
  host::Host& caller_;
  host::Host& server_;
  DemoShow& show_;
  uint16_t page_port_;
  std::unique_ptr<io::Service> socks_;
  std::unique_ptr<PageFetch> fetch_;
  io::Alarm next_;  // the next fault
  io::Alarm mend_;  // the end of the one under way
  std::vector<FaultRow> rows_;
  Instant fault_at_{};
  size_t at_ = 0;  // which fault is under way
  uint32_t pages_ = 0;
  bool page_seen_ = false;  // since the latest fault
  bool freeze_on_carrier_ = false;
  bool broken_ = false;  // break_line, not yet mended
};

}  // namespace redial::cli
