// SPDX-License-Identifier: Apache-2.0
#include "cli/lab_network.h"

namespace redial::cli {

/// The answering host's door: no pty between, the octets are handed over by the loop.
class LabNetwork::WiredDoor final : public host::Door {
 public:
  WiredDoor(LabNetwork& lab, lab::ModemId modem) : lab_(lab), modem_(modem) {}
  ~WiredDoor() override { close(); }

  void open(host::DoorEvents events) override {
    events_ = std::move(events);
    lab_.doors_[modem_] = this;
    // From the loop, as every door does; the door may have been closed again by then.
    lab_.loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
      if (alive.lock() && events_.opened) events_.opened();
    });
  }
  void close() override {
    lab_.doors_.erase(modem_);
    events_ = {};
    alive_ = std::make_shared<bool>(true);
  }
  void write(ByteView octets) override {
    lab_.exchange_.on_dte_octets(modem_, octets, lab_.loop_.now());
    lab_.pump();
  }
  void set_dtr(bool on) override {
    lab_.exchange_.on_dtr(modem_, on, lab_.loop_.now());
    lab_.pump();
  }
  void discard_output() override {}

  void deliver(Bytes octets, bool dcd) {
    lab_.loop_.post([this, alive = std::weak_ptr<bool>(alive_), octets = std::move(octets), dcd] {
      if (!alive.lock()) return;
      if (!octets.empty() && events_.octets) events_.octets(octets);
      if (alive.lock() && dcd != dcd_ && events_.carrier) {
        dcd_ = dcd;
        events_.carrier(dcd);
      }
    });
  }

 private:
  LabNetwork& lab_;
  lab::ModemId modem_;
  host::DoorEvents events_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool dcd_ = false;
};

LabNetwork::LabNetwork(io::Loop& loop, uint64_t seed)
    : loop_(loop), exchange_(seed), alarm_(loop, [this] {
        exchange_.on_deadline(loop_.now());
        pump();
      }) {}

LabNetwork::~LabNetwork() = default;

FaceEvents LabNetwork::face_events(lab::ModemId modem) {
  return {.opened =
              [this, modem] {
                exchange_.on_port_opened(modem, loop_.now());
                pump();
              },
          .octets =
              [this, modem](ByteView octets) {
                exchange_.on_dte_octets(modem, octets, loop_.now());
                pump();
              },
          .dtr =
              [this, modem](bool on) {
                exchange_.on_dtr(modem, on, loop_.now());
                pump();
              }};
}

Result<LabNetwork::OpenModem> LabNetwork::add_pty_modem(const lab::ModemConfig& config) {
  const lab::ModemId modem = exchange_.add_modem(config, loop_.now());
  outlets_[modem] = {};
  auto path = plug_in(modem);
  if (!path) return tl::make_unexpected(path.error());
  return OpenModem{modem, *std::move(path)};
}

Result<LabNetwork::OpenModem> LabNetwork::add_tcp_modem(const lab::ModemConfig& config,
                                                        phonebook::Transport transport,
                                                        const std::string& listen) {
  const lab::ModemId modem = exchange_.add_modem(config, loop_.now());
  outlets_[modem] = {transport, listen};
  auto path = plug_in(modem);
  if (!path) return tl::make_unexpected(path.error());
  outlets_[modem].listen = *path;  // with the port it was given
  return OpenModem{modem, *std::move(path)};
}

Result<std::string> LabNetwork::plug_in(lab::ModemId modem) {
  const Outlet& outlet = outlets_[modem];
  auto face = outlet.transport
                  ? make_tcp_face(loop_, *outlet.transport, outlet.listen, face_events(modem))
                  : make_pty_face(loop_, face_events(modem));
  if (!face) return tl::make_unexpected(face.error());
  std::string path = (*face)->address();
  faces_[modem] = *std::move(face);
  return path;
}

LabNetwork::WiredModem LabNetwork::add_wired_modem(const lab::ModemConfig& config) {
  const lab::ModemId modem = exchange_.add_modem(config, loop_.now());
  return {modem, std::make_unique<WiredDoor>(*this, modem)};
}

void LabNetwork::pump() {
  if (pumping_) return;
  pumping_ = true;
  exchange_.touched(touched_);
  for (const lab::ModemId modem : touched_) {
    Bytes octets;
    exchange_.drain(modem, octets, loop_.now());
    if (const auto face = faces_.find(modem); face != faces_.end()) {
      face->second->deliver(octets, exchange_.signals(modem));
    } else if (const auto door = doors_.find(modem); door != doors_.end()) {
      door->second->deliver(std::move(octets), exchange_.signals(modem).dcd);
    }
  }
  const auto due = exchange_.deadline();
  due ? alarm_.set(*due) : alarm_.clear();
  pumping_ = false;
}

}  // namespace redial::cli
