// SPDX-License-Identifier: Apache-2.0
// The door to a real port (io::open_port).
#include <utility>

#include "host/host.h"
#include "host/ready_watch.h"
#include "io/usb_path.h"

namespace redial::host {
namespace {

class PortDoor final : public Door {
 public:
  PortDoor(io::Loop& loop, io::PortSpec spec) : loop_(loop), spec_(std::move(spec)) {}

  void open(DoorEvents events) override {
    port_ = io::open_port(
        loop_, spec_,
        {.opened = std::move(events.opened),
         .failed = std::move(events.failed),
         .octets = std::move(events.octets),
         .signals = [this, carrier = std::move(events.carrier), closed = events.closed](
                        io::PortSignals signals) { on_signals(signals, carrier, closed); },
         .closed = std::move(events.closed),
         .writable = nullptr});
    dcd_ = false;
    ready_.reset();
  }
  void close() override {
    errors_ = line_errors();
    port_.reset();
  }
  void write(ByteView unit) override {
    if (port_) port_->write(unit);
  }
  void write_urgent(ByteView unit) override {
    if (port_) port_->write_urgent(unit);
  }
  void set_pace(uint32_t octets_per_second) override {
    if (port_) port_->set_pace(octets_per_second);
  }
  void set_dtr(bool on) override {
    if (port_) port_->set_dtr(on);
  }
  void discard_output() override {
    if (port_) port_->discard_output();
  }
  bool backed_up() const override { return port_ && port_->backed_up(); }
  io::LineErrors line_errors() const override { return port_ ? port_->line_errors() : errors_; }
  std::string folder() const override {
    return spec_.kind == io::PortKind::Serial ? io::watched_folder(spec_.path) : "";
  }
  std::string identity() const override { return io::device_identity(spec_.path); }
  std::optional<IpAddress> server() const override {
    return port_ ? port_->server() : std::nullopt;
  }

 private:
  using ToldCarrier = std::function<void(bool)>;
  using ToldClosed = std::function<void(Cause)>;

  void on_signals(io::PortSignals signals, const ToldCarrier& carrier, const ToldClosed& closed) {
    if (!spec_.modem_lines) return;
    if (ready_.lost(signals.dsr)) {
      const auto told = closed;  // ours dies with the port
      errors_ = line_errors();
      const auto port = std::exchange(port_, nullptr);
      return told({CauseCode::DeviceVanished, spec_.path + ": " + std::string(kDsrLost)});
    }
    if (signals.dcd != dcd_) carrier(dcd_ = signals.dcd);
  }

  io::Loop& loop_;
  io::PortSpec spec_;
  std::unique_ptr<io::Port> port_;
  io::LineErrors errors_;  // of a port that is closed
  ReadyWatch ready_;
  bool dcd_ = false;
};

}  // namespace

std::unique_ptr<Door> port_door(io::Loop& loop, io::PortSpec spec) {
  return std::make_unique<PortDoor>(loop, std::move(spec));
}

}  // namespace redial::host
