// SPDX-License-Identifier: Apache-2.0
#include "host/tun_interface.h"

#include <deque>
#include <utility>

#include "io/tun.h"
#include "wire/ip.h"

namespace redial::host {
namespace {

// The kernel's queue before the device: behind a slow line a long one is only delay, and a short
// one makes TCP slow down. Fairness among flows is the queueing discipline's, above it.
constexpr uint32_t kQueuePackets = 16;
// Packets that wait for a link on demand: the first ones of a few programs.
constexpr size_t kHeldMax = 64;
// RFC 7335, "IPv4 service continuity": no network's, so until the far side has given an address
// nothing else can be meant by it.
constexpr uint32_t kNoAddressYet = 0xc0000002;  // 192.0.0.2

class Interface final : public TunInterface {
 public:
  Interface(io::Loop& loop, TunSettings settings, TunEvents events)
      : loop_(loop),
        settings_(std::move(settings)),
        events_(std::move(events)),
        waited_(loop, [this] { refuse_late(); }) {}
  ~Interface() override { Interface::down(); }
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;

  Result<void> open(const io::SystemPaths& paths);

  void up(const io::LinkAddresses& addresses) override;
  void down() override;
  void on_demand(io::Demand demand) override;
  void receive(ByteView ip_packet) override;
  bool is_up() const override { return up_; }
  uint64_t octets_carried() const override { return carried_; }
  const std::string& device() const override { return tun_->name(); }
  uint64_t foreign_packets() const override { return foreign_in_; }
  uint64_t foreign_packets_out() const override { return foreign_out_; }

 private:
  Result<void> open_device(const std::string& name);
  void set_device(bool up);
  void on_lost();
  bool take(std::span<uint8_t> packet);
  void take_at_rest(ByteView packet);
  void refuse(ByteView packet);
  void refuse_late();
  std::optional<io::DnsKeeper> keeper() const;

  io::Loop& loop_;
  TunSettings settings_;
  TunEvents events_;
  std::unique_ptr<io::Tun> tun_;  // before the changes: they are undone while it is there
  std::unique_ptr<io::SystemChanges> changes_;
  NetPlan plan_;
  wire::IpEdge edge_;
  uint64_t foreign_in_ = 0, foreign_out_ = 0;
  Bytes packet_;
  struct Held {
    Instant until;
    Bytes packet;
  };
  io::Demand demand_;
  std::deque<Held> held_;  // until the link that is being dialled is up; in order of time
  io::Alarm waited_;
  io::LinkAddresses addresses_;  // of the call now, or of the last one
  uint16_t mtu_ = 1500;
  bool up_ = false;
  uint64_t carried_ = 0;
};

Result<void> Interface::open_device(const std::string& name) {
  auto tun = io::Tun::open(loop_, name,
                           {.packet = [this](std::span<uint8_t> packet) { return take(packet); },
                            .lost = [this] { on_lost(); }});
  if (!tun) return tl::make_unexpected(std::move(tun).error());
  tun_ = *std::move(tun);
  return {};
}

Result<void> Interface::open(const io::SystemPaths& paths) {
  if (auto opened = open_device(settings_.name); !opened) return opened;
  io::SystemChanges::undo_left_over(paths, events_.note);
  auto changes = io::SystemChanges::open(paths, tun_->name());
  if (!changes) return tl::make_unexpected(std::move(changes).error());
  changes_ = *std::move(changes);
  return {};
}

/// Down the device keeps nothing that the kernel gives to one that is up, such as its routes for
/// multicast.
void Interface::set_device(bool up) {
  const auto set = changes_->net().set_device(
      tun_->name(), {.up = up, .mtu = mtu_, .queue_packets = kQueuePackets});
  if (!set) events_.note(set.error().text);
}

std::optional<io::DnsKeeper> Interface::keeper() const {
  switch (settings_.dns_mode) {
    case phonebook::DnsMode::Auto: return changes_->resolver().found();
    case phonebook::DnsMode::Resolved: return io::DnsKeeper::Resolved;
    case phonebook::DnsMode::Resolvconf: return io::DnsKeeper::Resolvconf;
    case phonebook::DnsMode::File: return io::DnsKeeper::File;
    case phonebook::DnsMode::None: return std::nullopt;
  }
  return std::nullopt;
}

void Interface::up(const io::LinkAddresses& addresses) {
  addresses_ = addresses;
  const std::string& device = tun_->name();
  mtu_ = addresses.mtu;
  set_device(true);
  const auto way_out = addresses.server ? changes_->net().way_to(*addresses.server) : std::nullopt;
  plan_ = net_plan(settings_, device, addresses, keeper(), way_out);
  std::vector<IpAddress> ours;
  for (const io::NetChange& change : plan_.up) {
    if (const auto* address = std::get_if<io::AddressChange>(&change)) {
      ours.push_back(address->address.address);
    }
  }
  edge_ = wire::IpEdge(std::move(ours), settings_.behind);
  changes_->set(plan_.up, events_.note);
  up_ = true;
  waited_.clear();
  for (auto held = std::exchange(held_, {}); !held.empty(); held.pop_front()) {
    static_cast<void>(take(held.front().packet));
  }
}

/// Addresses and routes have gone with it; all are made again.
void Interface::on_lost() {
  const std::string name = tun_->name();
  changes_->set({}, [](const std::string&) {});
  if (auto opened = open_device(name); !opened) return events_.note(opened.error().text);
  events_.note(name + ": the interface was deleted by somebody; it has been made again");
  if (up_) return up(addresses_);
  if (!plan_.rest.empty()) set_device(true);
  changes_->set(plan_.rest, events_.note);
}

void Interface::on_demand(io::Demand demand) {
  demand_ = std::move(demand);
  if (up_ || !settings_.keep_routes) return;
  const uint32_t address = settings_.address ? *settings_.address : kNoAddressYet;
  set_device(true);
  plan_ = net_plan(settings_, tun_->name(), {.local = address}, std::nullopt, std::nullopt);
  changes_->set(plan_.rest, events_.note);
}

void Interface::down() {
  if (!changes_) return;
  up_ = false;
  changes_->set(plan_.rest, events_.note);
  if (plan_.rest.empty()) set_device(false);
}

void Interface::receive(ByteView ip_packet) {
  if (!up_) return;
  const auto header = wire::read_ip(ip_packet);
  if (!header || !edge_.may_enter(*header)) {
    ++foreign_in_;
    return;
  }
  carried_ += ip_packet.size();
  packet_.assign(ip_packet.begin(), ip_packet.end());
  wire::clamp_mss(packet_, mtu_);
  tun_->write(packet_);
}

bool Interface::take(std::span<uint8_t> packet) {
  if (!up_) return take_at_rest(packet), true;
  const auto header = wire::read_ip(packet);
  if (!header || !edge_.may_leave(*header)) {
    ++foreign_out_;
    return true;
  }
  wire::clamp_mss(packet, mtu_);
  if (!events_.transmit(packet)) return false;
  carried_ += packet.size();
  return true;
}

void Interface::take_at_rest(ByteView packet) {
  if (!settings_.keep_routes || !wire::asks_for_link(packet)) return;
  if (demand_.wanted) demand_.wanted();
  if (demand_.wait_within == Duration{}) return refuse(packet);
  if (held_.size() == kHeldMax) held_.pop_front();  // the oldest has been given up first
  held_.push_back({loop_.now() + demand_.wait_within, Bytes(packet.begin(), packet.end())});
  waited_.set(held_.front().until);
}

void Interface::refuse(ByteView packet) {
  const Bytes refusal = wire::unreachable(packet);
  if (!refusal.empty()) tun_->write(refusal);
}

void Interface::refuse_late() {
  for (; !held_.empty() && held_.front().until <= loop_.now(); held_.pop_front()) {
    refuse(held_.front().packet);
  }
  if (!held_.empty()) waited_.set(held_.front().until);
}

}  // namespace

Result<std::unique_ptr<TunInterface>> make_tun(io::Loop& loop, TunSettings settings,
                                               const io::SystemPaths& paths, TunEvents events) {
  auto made = std::make_unique<Interface>(loop, std::move(settings), std::move(events));
  if (auto opened = made->open(paths); !opened) {
    return tl::make_unexpected(std::move(opened).error());
  }
  return made;
}

}  // namespace redial::host
