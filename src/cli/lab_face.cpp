// SPDX-License-Identifier: Apache-2.0
#include "cli/lab_face.h"

#include "io/device_server.h"
#include "io/port.h"
#include "wire/rfc2217_server.h"

namespace redial::cli {
namespace {

using phonebook::Transport;

constexpr size_t kHeldMax = 64 * 1024;  // as much as a modem buffers

class PtyFace final : public LabFace {
 public:
  explicit PtyFace(std::unique_ptr<io::PtyMaster> master) : master_(std::move(master)) {}
  void deliver(ByteView octets, const lab::Signals&) override {
    if (!octets.empty()) master_->write(octets);
  }
  std::string address() const override { return master_->slave_path(); }

 private:
  std::unique_ptr<io::PtyMaster> master_;
};

wire::ModemState state_of(const lab::Signals& signals) {
  return {.dcd = signals.dcd, .ri = signals.ri, .dsr = signals.dsr, .cts = signals.cts};
}

/// Octets as they are, or inside telnet with a port's circuits.
class TcpFace final : public LabFace {
 public:
  TcpFace(Transport transport, FaceEvents events)
      : transport_(transport), events_(std::move(events)) {}

  Result<void> listen(io::Loop& loop, const std::string& at) {
    auto server = io::serve_device(loop, at,
                                   {.opened = [this] { on_opened(); },
                                    .octets = [this](ByteView octets) { on_octets(octets); },
                                    .closed = [this] { on_closed(); }});
    if (!server) return tl::make_unexpected(server.error());
    server_ = *std::move(server);
    host_ = at.substr(0, at.rfind(':'));
    return {};
  }
  std::string address() const override { return host_ + ":" + std::to_string(server_->port()); }

  void deliver(ByteView octets, const lab::Signals& signals) override {
    if (held_) {
      const size_t room = kHeldMax - waiting_.size();
      const ByteView kept = octets.first(std::min(room, octets.size()));
      waiting_.insert(waiting_.end(), kept.begin(), kept.end());
    } else {
      send(octets);
    }
    signals_ = signals;
    if (transport_ == Transport::Rfc2217) carry_out(com_port_.on_circuits(state_of(signals)));
  }

  // What telnet and RFC 2217 make of the client's octets.
  void on_data(ByteView data) { events_.octets(data); }
  void on_action(wire::ServerAction action) {
    match(
        action, [&](wire::SendOctets& reply) { server_->write(reply.octets.view()); },
        [&](wire::DtrSet& dtr) { events_.dtr(dtr.on); },
        [&](wire::ClientHeld& held) {
          held_ = held.held;
          if (!held_) send(std::exchange(waiting_, {}));
        },
        [&](wire::PurgeAsked&) { waiting_.clear(); }, [](wire::RtsSet&) {}, [](wire::BreakSet&) {},
        [](wire::SettingsChanged&) {});
  }

 private:
  void on_opened() {
    com_port_ = wire::ComPortServer(state_of(signals_), transport_ == Transport::Rfc2217);
    held_ = false;
    waiting_.clear();
    events_.opened();
    events_.dtr(true);
  }
  void on_closed() { events_.dtr(false); }
  void on_octets(ByteView octets) {
    if (transport_ == Transport::Raw) return events_.octets(octets);
    com_port_.on_octets(octets, *this);
  }
  void carry_out(wire::ServerActions actions) {
    for (wire::ServerAction& action : actions) on_action(std::move(action));
  }
  void send(ByteView octets) {
    if (octets.empty()) return;
    if (transport_ == Transport::Raw) return server_->write(octets);
    com_port_.encode(octets, [this](ByteView run) { server_->write(run); });
  }

  Transport transport_;
  FaceEvents events_;
  std::string host_;
  std::unique_ptr<io::DeviceServer> server_;
  wire::ComPortServer com_port_;
  lab::Signals signals_;
  Bytes waiting_;  // while the client holds us back
  bool held_ = false;
};

}  // namespace

Result<std::unique_ptr<LabFace>> make_pty_face(io::Loop& loop, FaceEvents events) {
  auto master = io::open_pty(loop, std::move(events.octets));
  if (!master) return tl::make_unexpected(master.error());
  return std::make_unique<PtyFace>(*std::move(master));
}

Result<std::unique_ptr<LabFace>> make_tcp_face(io::Loop& loop, Transport transport,
                                               const std::string& listen, FaceEvents events) {
  auto face = std::make_unique<TcpFace>(transport, std::move(events));
  if (auto ready = face->listen(loop, listen); !ready) return tl::make_unexpected(ready.error());
  return face;
}

}  // namespace redial::cli
