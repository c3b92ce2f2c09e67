// SPDX-License-Identifier: Apache-2.0
#include "host/telnet_door.h"

#include <array>

#include "host/ready_watch.h"

namespace redial::host {
namespace {

// Written by who does not ask backed_up(): beyond it a server that never reads gets no more.
constexpr size_t kHeldMax = 256 * 1024;

/// One connection, from open() to close(). Its door may be closed by any event that it reports, so
/// whoever runs inside it holds it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(io::Loop& loop, bool modem_lines, const wire::ComPortClient::Options& options,
             DoorEvents events)
      : loop_(loop), modem_lines_(modem_lines), events_(std::move(events)), client_(options) {}

  void open(const io::PortSpec& spec) {
    path_ = spec.path;
    const auto held = [weak = weak_from_this()](auto member) {
      return [weak, member](auto&&... what) {
        if (const auto self = weak.lock()) ((*self).*member)(std::forward<decltype(what)>(what)...);
      };
    };
    alarm_ = std::make_unique<io::Alarm>(loop_, held(&Connection::on_deadline));
    port_ = io::open_port(loop_, spec,
                          {.opened = held(&Connection::on_opened),
                           .failed = held(&Connection::on_failed),
                           .octets = held(&Connection::on_octets),
                           .signals = nullptr,
                           .closed = held(&Connection::on_closed),
                           .writable = nullptr});
  }
  void close() {
    gone_ = closed_ = true;
    alarm_.reset();
    port_.reset();
  }

  void write(ByteView unit, bool urgent) {
    if (gone_) return;
    if (!suspended_) return send(unit, urgent);
    if (held_octets_ + unit.size() > kHeldMax) return;  // lost, as on any line that is full
    held_octets_ += unit.size();
    held_.push_back({Bytes(unit.begin(), unit.end()), urgent});
  }
  void set_pace(uint32_t octets_per_second) {
    if (!gone_) port_->set_pace(octets_per_second);
  }
  void set_dtr(bool on) {
    if (!gone_) carry_out(client_.set_dtr(on));
  }
  // A unit that has begun to leave is telnet's, where a gap would be taken for a command: what
  // waits behind it is dropped, and what waits in the server.
  void discard_output() {
    forget_held();
    if (gone_) return;
    port_->discard_normal();
    if (client_.ready()) carry_out(client_.purge_output());
  }
  io::LineErrors line_errors() const {
    const wire::LineNotices& met = client_.line_notices();
    return {
        .framing = met.framing, .overrun = met.overrun, .parity = met.parity, .breaks = met.breaks};
  }
  bool backed_up() const { return !gone_ && (suspended_ || port_->backed_up()); }
  std::optional<IpAddress> server() const { return port_ ? port_->server() : std::nullopt; }

  // What the machine says, while it reads a batch.
  void on_data(ByteView octets) {
    if (gone_ || !client_.ready()) return;  // banners, and what was meant for somebody else
    data_.insert(data_.end(), octets.begin(), octets.end());
  }
  void on_action(wire::ComPortAction action) {
    if (gone_) return;
    match(
        action, [&](wire::SendOctets& send) { on_send(send.octets.view()); },
        [&](wire::LineReady& ready) {
          if (events_.circuits) events_.circuits(ready.com_port && modem_lines_);
          if (!gone_ && events_.opened) events_.opened();
        },
        [&](wire::CircuitsChanged& changed) { on_circuits(changed.state); },
        [&](wire::LineDead& dead) {
          die({CauseCode::TransportClosed, std::move(dead.evidence)});
        },
        [&](wire::ComPortChanged& changed) { on_com_port(changed.on); },
        [&](wire::OutputHeld& held) {
          suspended_ = held.held;
          release_held();
        },
        [&](wire::LineNoted& noted) {
          if (events_.noted) events_.noted(std::move(noted.text));
        });
  }

 private:
  void on_opened() { carry_out(client_.start(loop_.now())); }
  void on_failed(Cause cause) {
    if (!gone_ && events_.failed) events_.failed(std::move(cause));
  }
  void on_closed(Cause cause) {
    if (gone_) return;
    auto& told = client_.ready() ? events_.closed : events_.failed;
    if (told) told(std::move(cause));
  }
  void on_octets(ByteView octets) {
    if (gone_) return;
    client_.on_octets(octets, loop_.now(), *this);
    deliver();
    arm();
  }
  void on_deadline() {
    if (!gone_) carry_out(client_.on_deadline(loop_.now()));
  }
  void carry_out(wire::ComPortActions actions) {
    for (wire::ComPortAction& action : actions) on_action(std::move(action));
    arm();
  }
  void arm() {
    if (gone_) return;
    const auto due = client_.deadline();
    due ? alarm_->set(*due) : alarm_->clear();
  }

  // Data before the circuit that changed after them: "NO CARRIER" is read before DCD falls.
  void on_circuits(const wire::ModemState& state) {
    deliver();
    if (gone_ || !modem_lines_) return;
    if (ready_.lost(state.dsr)) {
      return die({CauseCode::DeviceVanished, std::string(kDsrLost)});
    }
    if (state.dcd == dcd_) return;
    dcd_ = state.dcd;
    if (events_.carrier) events_.carrier(dcd_);
  }
  // A DCD that nobody tells any more must not be believed to be on: it is neither on nor off.
  void on_com_port(bool on) {
    if (gone_ || !modem_lines_) return;
    if (!on) dcd_ = false;
    if (events_.circuits) events_.circuits(on);
  }
  // From here on no event but this one.
  void die(Cause cause) {
    if (gone_) return;
    gone_ = true;
    cause.evidence = path_ + ": " + cause.evidence;
    alarm_->clear();
    const auto told = std::move(client_.ready() ? events_.closed : events_.failed);
    loop_.post([self = shared_from_this(), told, cause = std::move(cause)]() mutable {
      self->port_.reset();
      if (told && !self->closed_) told(std::move(cause));
    });
  }
  // One call for a whole read, not one for every 0xff in it.
  void deliver() {
    if (data_.empty()) return;
    const Bytes data = std::exchange(data_, {});
    if (!gone_ && events_.octets) events_.octets(data);
  }

  // Telnet's commands do not wait behind data: a hang-up by DTR least of all. To a peer that asks
  // without end and never reads they are dropped, by its own doing.
  void on_send(ByteView octets) {
    if (port_->queued() <= kHeldMax) port_->write_urgent(octets);
  }
  void send(ByteView unit, bool urgent) {
    encoded_.clear();
    client_.encode(
        unit, [this](ByteView run) { encoded_.insert(encoded_.end(), run.begin(), run.end()); });
    urgent ? port_->write_urgent(encoded_) : port_->write(encoded_);
  }
  void release_held() {
    if (gone_ || suspended_) return;
    for (const Held& held : held_) send(held.unit, held.urgent);
    forget_held();
  }
  void forget_held() {
    held_.clear();
    held_octets_ = 0;
  }

  struct Held {
    Bytes unit;
    bool urgent;
  };
  io::Loop& loop_;
  bool modem_lines_;
  DoorEvents events_;
  wire::ComPortClient client_;
  std::unique_ptr<io::Port> port_;
  std::unique_ptr<io::Alarm> alarm_;
  Bytes data_;              // of the read now being taken in
  std::vector<Held> held_;  // not yet encoded: the server has suspended us
  size_t held_octets_ = 0;
  Bytes encoded_;           // of the unit now being sent
  bool suspended_ = false;  // FLOWCONTROL-SUSPEND
  bool dcd_ = false;
  ReadyWatch ready_;
  std::string path_;
  bool gone_ = false;    // closed or dead: no event any more
  bool closed_ = false;  // by its owner
};

class TelnetDoor final : public Door {
 public:
  TelnetDoor(io::Loop& loop, io::PortSpec spec, const wire::ComPortClient::Options& options)
      : loop_(loop), spec_(std::move(spec)), options_(options) {}
  ~TelnetDoor() override { close(); }
  TelnetDoor(const TelnetDoor&) = delete;
  TelnetDoor& operator=(const TelnetDoor&) = delete;

  void open(DoorEvents events) override {
    close();
    line_ = std::make_shared<Connection>(loop_, spec_.modem_lines, options_, std::move(events));
    line_->open(spec_);
  }
  void close() override {
    errors_ = line_errors();
    if (const auto line = std::exchange(line_, nullptr)) line->close();
  }
  void write(ByteView unit) override {
    if (line_) line_->write(unit, false);
  }
  void write_urgent(ByteView unit) override {
    if (line_) line_->write(unit, true);
  }
  void set_pace(uint32_t octets_per_second) override {
    if (line_) line_->set_pace(octets_per_second);
  }
  void set_dtr(bool on) override {
    if (line_) line_->set_dtr(on);
  }
  void discard_output() override {
    if (line_) line_->discard_output();
  }
  bool backed_up() const override { return line_ && line_->backed_up(); }
  io::LineErrors line_errors() const override { return line_ ? line_->line_errors() : errors_; }
  std::optional<IpAddress> server() const override {
    return line_ ? line_->server() : std::nullopt;
  }

 private:
  io::Loop& loop_;
  io::PortSpec spec_;
  wire::ComPortClient::Options options_;
  std::shared_ptr<Connection> line_;
  io::LineErrors errors_;  // of a connection that is closed
};

}  // namespace

std::unique_ptr<Door> telnet_door(io::Loop& loop, io::PortSpec spec,
                                  const wire::ComPortClient::Options& options) {
  return std::make_unique<TelnetDoor>(loop, std::move(spec), options);
}

io::PortSpec port_of(const phonebook::LineSpec& line) {
  const bool tcp = line.kind == phonebook::LineKind::Tcp;
  io::PortSpec spec{.kind = tcp ? io::PortKind::Tcp : io::PortKind::Serial,
                    .path = line.path,
                    .speed_bps = line.speed_bps,
                    .modem_lines = line.modem_lines};
  spec.flow = static_cast<io::FlowControl>(phonebook::flow_control(line));
  const phonebook::SerialFormat format = phonebook::serial_format(line);
  spec.parity = static_cast<io::Parity>(format.parity);
  spec.stop_bits = format.stop_bits;
  return spec;
}

std::unique_ptr<Door> line_door(io::Loop& loop, const phonebook::LineSpec& line,
                                io::PortSpec spec) {
  if (line.kind != phonebook::LineKind::Tcp || line.transport == phonebook::Transport::Raw) {
    return port_door(loop, std::move(spec));
  }
  constexpr std::array kFlow = {wire::ComPortControl::FlowNone, wire::ComPortControl::FlowHardware,
                                wire::ComPortControl::FlowXonXoff};
  constexpr std::array kParity = {wire::ComPortParity::None, wire::ComPortParity::Even,
                                  wire::ComPortParity::Odd};
  const wire::ComPortClient::Options options{
      .settings = {.speed_bps = spec.speed_bps,
                   .parity = kParity[static_cast<size_t>(spec.parity)],
                   .stop_size = spec.stop_bits,
                   .flow = kFlow[static_cast<size_t>(spec.flow)]},
      .com_port = line.transport == phonebook::Transport::Rfc2217};
  return telnet_door(loop, std::move(spec), options);
}

std::unique_ptr<Door> line_door(io::Loop& loop, const phonebook::LineSpec& line) {
  return line_door(loop, line, port_of(line));
}

}  // namespace redial::host
