// SPDX-License-Identifier: Apache-2.0
// The door to a real port (io::open_port).
#include "host/host.h"

namespace redial::host {
namespace {

class PortDoor final : public Door {
 public:
  PortDoor(io::Loop& loop, io::PortSpec spec) : loop_(loop), spec_(std::move(spec)) {}

  void open(DoorEvents events) override {
    port_ =
        io::open_port(loop_, spec_,
                      {.opened = std::move(events.opened),
                       .failed = std::move(events.failed),
                       .octets = std::move(events.octets),
                       .signals =
                           [this, carrier = std::move(events.carrier)](io::PortSignals signals) {
                             if (spec_.modem_lines && signals.dcd != dcd_)
                               carrier(dcd_ = signals.dcd);
                           },
                       .closed = std::move(events.closed),
                       .writable = nullptr});
    dcd_ = false;
  }
  void close() override { port_.reset(); }
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

 private:
  io::Loop& loop_;
  io::PortSpec spec_;
  std::unique_ptr<io::Port> port_;
  bool dcd_ = false;
};

}  // namespace

std::unique_ptr<Door> port_door(io::Loop& loop, io::PortSpec spec) {
  return std::make_unique<PortDoor>(loop, std::move(spec));
}

}  // namespace redial::host
