// SPDX-License-Identifier: Apache-2.0
#include "io/stack.h"

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <utility>

#include "wire/ip.h"

// lwIP's headers rename the byte order functions of the system's; nothing of the system's network
// headers is included here.
extern "C" {  // Debian's options declare the lock's functions, and forget to say that they are C
#include <lwipopts.h>
}
#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <lwip/tcpip.h>
#include <lwip/udp.h>

namespace redial::io {
namespace {

constexpr size_t kOutgoingMax = 4096;  // packets; more are dropped, and TCP sends them again
constexpr int kInterfacesMax = 250;

/// lwIP's one lock. Its callbacks run inside it: they post, and never call back.
class CoreLock {
 public:
  CoreLock() { LOCK_TCPIP_CORE(); }
  ~CoreLock() { UNLOCK_TCPIP_CORE(); }
  CoreLock(const CoreLock&) = delete;
  CoreLock& operator=(const CoreLock&) = delete;
};

void start_stack() {
  static std::once_flag once;
  std::call_once(once, [] {
    std::promise<void> ready;
    tcpip_init([](void* arg) { static_cast<std::promise<void>*>(arg)->set_value(); }, &ready);
    ready.get_future().wait();
  });
}

ip_addr_t to_lwip(uint32_t address) {
  ip_addr_t out{};
  out.u_addr.ip4.addr = PP_HTONL(address);
  out.type = IPADDR_TYPE_V4;
  return out;
}

Bytes bytes_of(const pbuf* packet) {
  Bytes octets(packet->tot_len);
  pbuf_copy_partial(packet, octets.data(), packet->tot_len, 0);
  return octets;
}

std::atomic<int> interfaces_up = 0;  // of all loops of the process, as lwIP's list is

class Link;

class UdpPcb final : public StackUdp {
 public:
  UdpPcb(std::shared_ptr<Link> link, std::function<void(Bytes)> datagram);
  ~UdpPcb() override;
  UdpPcb(const UdpPcb&) = delete;
  UdpPcb& operator=(const UdpPcb&) = delete;
  bool connect(uint32_t address, uint16_t port, uint16_t local_port);
  void send(ByteView octets) override;
  void drop();

 private:
  static void on_datagram(void* arg, udp_pcb* pcb, pbuf* packet, const ip_addr_t* from, u16_t port);
  struct Inbox {
    std::function<void(Bytes)> datagram;
  };
  std::shared_ptr<Link> link_;
  std::shared_ptr<Inbox> inbox_;  // what is posted holds it weakly
  udp_pcb* pcb_ = nullptr;        // under the core lock
};

class Link final : public StackLink, public std::enable_shared_from_this<Link> {
 public:
  Link(Loop& loop, std::function<void(ByteView)> transmit)
      : loop_(loop), transmit_(std::move(transmit)) {}
  ~Link() override { Link::down(); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void up(const LinkAddresses& addresses) override;
  void down() override;
  void receive(ByteView ip_packet) override;
  bool is_up() const override { return up_; }
  const LinkAddresses& addresses() const override { return addresses_; }
  uint64_t octets_carried() const override { return carried_; }
  uint64_t foreign_packets() const override { return foreign_; }
  std::unique_ptr<StackTcp> connect(uint32_t address, uint16_t port, TcpEvents events) override;
  std::unique_ptr<StackUdp> open_udp(uint32_t address, uint16_t port, uint16_t local_port,
                                     std::function<void(Bytes)> datagram) override;

  Loop& loop() { return loop_; }
  const netif* interface() const { return &netif_; }
  void carried(size_t octets) { carried_ += octets; }
  std::set<UdpPcb*> sockets;  // of the link; their pcbs must not outlive the interface's number

 private:
  static err_t prepare(netif* interface);
  static err_t output(netif* interface, pbuf* packet, const ip4_addr_t*);
  bool for_us(ByteView packet) const;
  void transmit_all();

  Loop& loop_;
  std::function<void(ByteView)> transmit_;
  LinkAddresses addresses_;
  netif netif_{};
  bool up_ = false;
  uint64_t carried_ = 0, foreign_ = 0;
  std::mutex outgoing_mutex_;
  std::vector<Bytes> outgoing_;  // under outgoing_mutex_; a transmit_all is posted while not empty
};

err_t Link::prepare(netif* interface) {
  interface->name[0] = 'r';
  interface->name[1] = 'd';
  interface->output = &Link::output;
  interface->flags = NETIF_FLAG_LINK_UP;  // point to point: no broadcast, no ARP
  return ERR_OK;
}

err_t Link::output(netif* interface, pbuf* packet, const ip4_addr_t*) {
  Link& link = *static_cast<Link*>(interface->state);
  const std::lock_guard lock(link.outgoing_mutex_);
  if (link.outgoing_.size() >= kOutgoingMax) return ERR_BUF;
  link.outgoing_.push_back(bytes_of(packet));
  if (link.outgoing_.size() > 1) return ERR_OK;
  link.loop_.post([self = link.weak_from_this()] {
    if (const auto alive = self.lock()) alive->transmit_all();
  });
  return ERR_OK;
}

void Link::transmit_all() {
  std::vector<Bytes> packets;
  {
    const std::lock_guard lock(outgoing_mutex_);
    packets.swap(outgoing_);
  }
  for (const Bytes& packet : packets) {
    if (up_) transmit_(packet);
  }
}

void Link::up(const LinkAddresses& addresses) {
  const bool same_place = addresses.local == addresses_.local && addresses.mtu == addresses_.mtu;
  if (up_ && !same_place) down();
  addresses_ = addresses;
  if (up_ || addresses.local == 0) return;
  if (++interfaces_up > kInterfacesMax) {
    --interfaces_up;
    return;
  }
  start_stack();
  const CoreLock lock;
  const ip4_addr_t local{PP_HTONL(addresses.local)}, mask{0xffffffff};
  // No gateway: sockets are bound to their interface, and nothing else may find a way out, lest one
  // site's packets leave by another's link.
  const ip4_addr_t none{0};
  netif_add(&netif_, &local, &mask, &none, this, &Link::prepare, &ip_input);
  netif_.mtu = addresses.mtu;
  netif_set_up(&netif_);
  up_ = true;
}

void Link::down() {
  if (!up_) return;
  up_ = false;
  for (UdpPcb* socket : sockets) socket->drop();
  const CoreLock lock;
  const u8_t number = netif_get_index(&netif_);
  // By number, not by address as lwIP would: other links may have the same address. Also those that
  // only wait for their last acknowledgement, or they would speak on the next link of this number.
  for (tcp_pcb** list : {&tcp_active_pcbs, &tcp_bound_pcbs, &tcp_tw_pcbs}) {
    for (tcp_pcb* pcb = *list; pcb != nullptr;) {
      tcp_pcb* const next = pcb->next;
      if (pcb->netif_idx == number) tcp_abort(pcb);
      pcb = next;
    }
  }
  netif_.ip_addr = to_lwip(0);
  netif_remove(&netif_);
  --interfaces_up;
  const std::lock_guard outgoing(outgoing_mutex_);
  // The posted transmit_all finds nothing; the first packet of the next up posts its own.
  outgoing_.clear();
}

bool Link::for_us(ByteView packet) const {
  const auto header = wire::read_ip(packet);
  const IpAddress ours = IpAddress::v4(addresses_.local);
  if (!header || header->destination != ours) return false;
  // Our own address as source would make lwIP answer itself. Fragments of all links would meet in
  // one reassembly, where one site could complete another's datagram.
  return header->source != ours && !header->fragment;
}

void Link::receive(ByteView ip_packet) {
  if (!up_) return;
  if (ip_packet.size() > 0xffff || !for_us(ip_packet)) {
    ++foreign_;
    return;
  }
  const CoreLock lock;
  const auto size = static_cast<u16_t>(ip_packet.size());
  pbuf* packet = pbuf_alloc(PBUF_RAW, size, PBUF_RAM);
  if (packet == nullptr) return;
  pbuf_take(packet, ip_packet.data(), size);
  if (netif_.input(packet, &netif_) != ERR_OK) pbuf_free(packet);
}

UdpPcb::UdpPcb(std::shared_ptr<Link> link, std::function<void(Bytes)> datagram)
    : link_(std::move(link)), inbox_(std::make_shared<Inbox>(Inbox{std::move(datagram)})) {
  link_->sockets.insert(this);
}

UdpPcb::~UdpPcb() {
  drop();
  link_->sockets.erase(this);
}

bool UdpPcb::connect(uint32_t address, uint16_t port, uint16_t local_port) {
  const CoreLock lock;
  pcb_ = udp_new();
  if (pcb_ == nullptr) return false;
  const ip_addr_t local = to_lwip(link_->addresses().local), remote = to_lwip(address);
  udp_bind_netif(pcb_, link_->interface());
  udp_recv(pcb_, &UdpPcb::on_datagram, this);
  return udp_bind(pcb_, &local, local_port) == ERR_OK && udp_connect(pcb_, &remote, port) == ERR_OK;
}

void UdpPcb::on_datagram(void* arg, udp_pcb*, pbuf* packet, const ip_addr_t*, u16_t) {
  UdpPcb& self = *static_cast<UdpPcb*>(arg);
  self.link_->loop().post([inbox = std::weak_ptr(self.inbox_), octets = bytes_of(packet)] {
    if (const auto alive = inbox.lock()) alive->datagram(octets);
  });
  pbuf_free(packet);
}

void UdpPcb::send(ByteView octets) {
  const CoreLock lock;
  if (pcb_ == nullptr) return;
  pbuf* packet = pbuf_alloc(PBUF_TRANSPORT, static_cast<u16_t>(octets.size()), PBUF_RAM);
  if (packet == nullptr) return;
  pbuf_take(packet, octets.data(), static_cast<u16_t>(octets.size()));
  udp_send(pcb_, packet);
  pbuf_free(packet);
}

void UdpPcb::drop() {
  const CoreLock lock;
  if (pcb_ != nullptr) udp_remove(std::exchange(pcb_, nullptr));
}

/// What lwIP's callbacks point to. They may come from its thread, always with the core lock held.
class TcpPcb : public std::enable_shared_from_this<TcpPcb> {
 public:
  TcpPcb(std::shared_ptr<Link> link, TcpEvents events)
      : link_(std::move(link)), events_(std::move(events)) {}
  ~TcpPcb() { let_go(); }
  TcpPcb(const TcpPcb&) = delete;
  TcpPcb& operator=(const TcpPcb&) = delete;

  bool connect(uint32_t address, uint16_t port);
  size_t send(ByteView octets);
  void taken(size_t octets);
  void finish();
  void let_go();
  uint16_t local_port() const { return local_port_; }

 private:
  static err_t on_connected(void* arg, tcp_pcb*, err_t);
  static err_t on_octets(void* arg, tcp_pcb*, pbuf* packet, err_t);
  static err_t on_sent(void* arg, tcp_pcb*, u16_t);
  static err_t on_poll(void* arg, tcp_pcb*);
  static void on_error(void* arg, err_t error);
  template <class F>
  void tell(F event);
  tcp_pcb* detach();

  std::shared_ptr<Link> link_;
  TcpEvents events_;
  tcp_pcb* pcb_ = nullptr;  // under the core lock; nullptr: gone
  uint16_t local_port_ = 0;
  bool connected_ = false;  // under the core lock, as are:
  bool we_finished_ = false;
  bool peer_finished_ = false;
  bool silent_ = false;  // its owner has gone: nothing more is told
};

template <class F>
void TcpPcb::tell(F event) {
  link_->loop().post([weak = weak_from_this(), event = std::move(event)]() mutable {
    const auto self = weak.lock();
    if (self && !self->silent_) event(*self);
  });
}

bool TcpPcb::connect(uint32_t address, uint16_t port) {
  const CoreLock lock;
  pcb_ = tcp_new();
  if (pcb_ == nullptr) return false;
  tcp_arg(pcb_, this);
  tcp_recv(pcb_, &TcpPcb::on_octets);
  tcp_sent(pcb_, &TcpPcb::on_sent);
  tcp_err(pcb_, &TcpPcb::on_error);
  // When lwIP is out of memory nothing is in flight that on_sent could report: ask every second.
  tcp_poll(pcb_, &TcpPcb::on_poll, 2);
  tcp_bind_netif(pcb_, link_->interface());
  tcp_nagle_disable(pcb_);
  const ip_addr_t remote = to_lwip(address);
  if (tcp_connect(pcb_, &remote, port, &TcpPcb::on_connected) != ERR_OK) return false;
  local_port_ = pcb_->local_port;
  return true;
}

err_t TcpPcb::on_connected(void* arg, tcp_pcb*, err_t) {
  TcpPcb& self = *static_cast<TcpPcb*>(arg);
  self.connected_ = true;
  self.tell([](TcpPcb& pcb) { pcb.events_.connected(); });
  return ERR_OK;
}

err_t TcpPcb::on_octets(void* arg, tcp_pcb*, pbuf* packet, err_t) {
  TcpPcb& self = *static_cast<TcpPcb*>(arg);
  if (packet == nullptr) {
    self.peer_finished_ = true;
    if (self.we_finished_) self.detach();
    self.tell([](TcpPcb& pcb) { pcb.events_.finished(); });
    return ERR_OK;
  }
  self.tell([octets = bytes_of(packet)](TcpPcb& pcb) mutable {
    pcb.link_->carried(octets.size());
    pcb.events_.octets(std::move(octets));
  });
  pbuf_free(packet);
  return ERR_OK;
}

err_t TcpPcb::on_sent(void* arg, tcp_pcb*, u16_t) {
  static_cast<TcpPcb*>(arg)->tell([](TcpPcb& pcb) { pcb.events_.room(); });
  return ERR_OK;
}

err_t TcpPcb::on_poll(void* arg, tcp_pcb* pcb) {
  if (static_cast<TcpPcb*>(arg)->connected_) on_sent(arg, pcb, 0);
  return ERR_OK;
}

void TcpPcb::on_error(void* arg, err_t error) {
  TcpPcb& self = *static_cast<TcpPcb*>(arg);
  self.pcb_ = nullptr;            // lwIP has freed it already
  if (error == ERR_CLSD) return;  // both sides had finished
  const bool refused = error == ERR_RST;
  self.tell([refused, connected = self.connected_](TcpPcb& pcb) {
    if (!pcb.link_->is_up()) return pcb.events_.failed(TcpEnd::LinkDown);
    if (connected) return pcb.events_.failed(TcpEnd::Reset);
    pcb.events_.failed(refused ? TcpEnd::Refused : TcpEnd::TimedOut);
  });
}

size_t TcpPcb::send(ByteView octets) {
  const CoreLock lock;
  size_t sent = 0;
  while (pcb_ != nullptr && sent < octets.size()) {
    const size_t room = std::min<size_t>(pcb_->snd_buf, 0xffff);
    const auto part = static_cast<u16_t>(std::min(room, octets.size() - sent));
    if (part == 0) break;
    if (tcp_write(pcb_, octets.data() + sent, part, TCP_WRITE_FLAG_COPY) != ERR_OK) break;
    sent += part;
  }
  if (pcb_ != nullptr && sent > 0) tcp_output(pcb_);
  link_->carried(sent);
  return sent;
}

void TcpPcb::taken(size_t octets) {
  const CoreLock lock;
  while (pcb_ != nullptr && octets > 0) {
    const auto part = static_cast<u16_t>(std::min<size_t>(octets, 0xffff));
    tcp_recved(pcb_, part);
    octets -= part;
  }
}

void TcpPcb::finish() {
  const CoreLock lock;
  if (pcb_ == nullptr || std::exchange(we_finished_, true)) return;
  tcp_shutdown(pcb_, 0, 1);
  if (peer_finished_) detach();
}

/// From here on lwIP alone keeps the pcb, as long as TCP demands: it frees one that has finished
/// both ways without telling, so we must not hold on to it.
tcp_pcb* TcpPcb::detach() {
  tcp_arg(pcb_, nullptr);
  tcp_recv(pcb_, nullptr);
  tcp_sent(pcb_, nullptr);
  tcp_err(pcb_, nullptr);
  tcp_poll(pcb_, nullptr, 0);
  return std::exchange(pcb_, nullptr);
}

void TcpPcb::let_go() {
  silent_ = true;
  const CoreLock lock;
  if (pcb_ != nullptr) tcp_abort(detach());
}

class TcpHandle final : public StackTcp {
 public:
  explicit TcpHandle(std::shared_ptr<TcpPcb> pcb) : pcb_(std::move(pcb)) {}
  ~TcpHandle() override { pcb_->let_go(); }
  TcpHandle(const TcpHandle&) = delete;
  TcpHandle& operator=(const TcpHandle&) = delete;
  size_t send(ByteView octets) override { return pcb_->send(octets); }
  void taken(size_t octets) override { pcb_->taken(octets); }
  void finish() override { pcb_->finish(); }
  uint16_t local_port() const override { return pcb_->local_port(); }

 private:
  std::shared_ptr<TcpPcb> pcb_;
};

std::unique_ptr<StackTcp> Link::connect(uint32_t address, uint16_t port, TcpEvents events) {
  if (!up_ || address == addresses_.local) return nullptr;
  const auto pcb = std::make_shared<TcpPcb>(shared_from_this(), std::move(events));
  if (!pcb->connect(address, port)) return nullptr;
  return std::make_unique<TcpHandle>(pcb);
}

std::unique_ptr<StackUdp> Link::open_udp(uint32_t address, uint16_t port, uint16_t local_port,
                                         std::function<void(Bytes)> datagram) {
  if (!up_ || address == addresses_.local) return nullptr;
  auto socket = std::make_unique<UdpPcb>(shared_from_this(), std::move(datagram));
  if (!socket->connect(address, port, local_port)) return nullptr;
  return socket;
}

}  // namespace

std::shared_ptr<StackLink> make_stack_link(Loop& loop, std::function<void(ByteView)> transmit) {
  return std::make_shared<Link>(loop, std::move(transmit));
}

}  // namespace redial::io
