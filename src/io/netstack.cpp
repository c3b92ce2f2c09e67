// SPDX-License-Identifier: Apache-2.0
#include "io/netstack.h"

#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <set>

#include "io/asio_loop.h"
#include "io/bridge.h"
#include "io/gate.h"
#include "io/stack.h"

namespace redial::io {
namespace {

using asio::ip::tcp;
constexpr size_t kClientsMax = 256;
constexpr auto kAcceptAgainAfter = std::chrono::milliseconds(100);

class StackInterface final : public NetInterface {
 public:
  StackInterface(Loop& loop, std::string name, std::function<void(ByteView)> transmit)
      : name_(std::move(name)), link_(make_stack_link(loop, std::move(transmit))) {}
  ~StackInterface() override { link_->down(); }
  StackInterface(const StackInterface&) = delete;
  StackInterface& operator=(const StackInterface&) = delete;

  void up(const LinkAddresses& addresses) override {
    link_->up(addresses);
    if (link_->is_up()) gate_->open();
  }
  void on_demand(Demand demand) override { gate_->on_demand(std::move(demand)); }
  void down() override { link_->down(); }
  void receive(ByteView ip_packet) override { link_->receive(ip_packet); }
  bool is_up() const override { return link_->is_up(); }
  uint64_t octets_carried() const override { return link_->octets_carried(); }
  uint64_t foreign_packets() const override { return link_->foreign_packets(); }
  const std::shared_ptr<StackLink>& link() const { return link_; }
  const std::shared_ptr<Gate>& gate() const { return gate_; }

 private:
  std::string name_;
  std::shared_ptr<StackLink> link_;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

struct HostPort {
  std::string host;
  uint16_t port = 0;
};

/// "host:port"; the host may stand in square brackets.
std::optional<HostPort> split(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  HostPort out;
  const char* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data() + colon + 1, end, out.port);
  if (error != std::errc() || after != end) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.host = host;
  return out;
}

Result<tcp::endpoint> loopback_endpoint(const std::string& listen) {
  const auto at = split(listen);
  ErrorCode error;
  const auto address = asio::ip::make_address(at && at->host == "localhost" ? "127.0.0.1"
                                              : at                          ? at->host
                                                                            : "",
                                              error);
  if (!at || error) {
    return fail(ErrorKind::Usage, listen + ": not an address to listen on; write 127.0.0.1:PORT");
  }
  if (!address.is_loopback()) {
    return fail(ErrorKind::Refused,
                listen +
                    ": would open the link to the whole network, without a password; not "
                    "opened; use 127.0.0.1:" +
                    std::to_string(at->port));
  }
  return tcp::endpoint(address, at->port);
}

using Serve = std::function<void(Bridge&, std::function<void()> ended)>;

/// Accepts clients, at most kClientsMax at a time; the rest wait in the kernel's queue.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(Loop& loop, std::shared_ptr<StackLink> link, std::shared_ptr<Gate> gate, Serve serve)
      : loop_(loop),
        link_(std::move(link)),
        gate_(std::move(gate)),
        serve_(std::move(serve)),
        acceptor_(loop.impl().context),
        pause_(loop.impl().context) {}

  ErrorCode open(const tcp::endpoint& at) {
    ErrorCode error = listen(acceptor_, at);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (!error) accept();
    return error;
  }
  uint16_t port() const { return port_; }

  void close() {
    ErrorCode ignored;
    closed_ = true;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& client : clients_) client->stop();
    clients_.clear();
  }

 private:
  void accept() {
    if (closed_ || accepting_ || clients_.size() >= kClientsMax) return;
    accepting_ = true;
    acceptor_.async_accept([this, self = shared_from_this()](ErrorCode error, tcp::socket socket) {
      accepting_ = false;
      if (closed_) return;
      if (error) return accept_later();
      on_client(std::move(socket));
      accept();
    });
  }

  void accept_later() {
    // Out of descriptors, most likely: the client stays in the queue, and so would we in the loop.
    pause_.expires_after(kAcceptAgainAfter);
    pause_.async_wait([this, self = shared_from_this()](ErrorCode error) {
      if (!error) accept();
    });
  }

  void on_client(tcp::socket socket) {
    ErrorCode error;
    socket.set_option(tcp::no_delay(true), error);
    Descriptor descriptor(socket.release(error));
    if (error) return;
    const auto client = std::make_shared<Bridge>(loop_, link_, gate_, std::move(descriptor));
    clients_.insert(client);
    serve_(*client, [self = weak_from_this(), gone = std::weak_ptr(client)] {
      const auto alive = self.lock();
      if (!alive) return;
      alive->clients_.erase(gone.lock());
      alive->accept();
    });
  }

  Loop& loop_;
  std::shared_ptr<StackLink> link_;
  std::shared_ptr<Gate> gate_;
  Serve serve_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::set<std::shared_ptr<Bridge>> clients_;
  uint16_t port_ = 0;
  bool accepting_ = false;
  bool closed_ = false;
};

class ListeningService final : public Service {
 public:
  explicit ListeningService(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
  ~ListeningService() override { listener_->close(); }
  ListeningService(const ListeningService&) = delete;
  ListeningService& operator=(const ListeningService&) = delete;
  uint16_t port() const override { return listener_->port(); }

 private:
  std::shared_ptr<Listener> listener_;
};

Result<std::unique_ptr<Service>> listen_on(Loop& loop, NetInterface& interface,
                                           const std::string& where, Serve serve) {
  const auto at = loopback_endpoint(where);
  if (!at) return tl::make_unexpected(at.error());
  // The stack has one kind of interface.
  const auto& stack = static_cast<StackInterface&>(interface);
  const auto listener =
      std::make_shared<Listener>(loop, stack.link(), stack.gate(), std::move(serve));
  const ErrorCode error = listener->open(*at);
  if (!error) return std::make_unique<ListeningService>(listener);
  listener->close();
  if (error == asio::error::address_in_use) {
    return fail(ErrorKind::Busy, where +
                                     ": the port is in use; not opened; stop the program that "
                                     "has it (`ss -ltnp`) or choose another port");
  }
  if (error == asio::error::access_denied) {
    return fail(ErrorKind::Permission,
                where + ": ports below 1024 need privileges; choose a higher one");
  }
  return fail(ErrorKind::Failed, where + ": cannot be listened on: " + error.message());
}

}  // namespace

std::unique_ptr<NetInterface> make_interface(Loop& loop, std::string name,
                                             std::function<void(ByteView)> transmit) {
  return std::make_unique<StackInterface>(loop, std::move(name), std::move(transmit));
}

Result<std::unique_ptr<Service>> serve_socks(Loop& loop, NetInterface& interface,
                                             const std::string& listen) {
  return listen_on(loop, interface, listen, [](Bridge& client, std::function<void()> ended) {
    client.serve_socks(std::move(ended));
  });
}

Result<std::unique_ptr<Service>> serve_forward(Loop& loop, NetInterface& interface,
                                               const std::string& rule) {
  // From the right: PORT, HOST, and what is left says where to listen.
  const auto target_port = split(rule);
  const size_t colon = target_port ? target_port->host.rfind(':') : std::string::npos;
  if (colon == std::string::npos || target_port->port == 0) {
    return fail(ErrorKind::Usage, rule +
                                      ": not a forward; write PORT:HOST:PORT, for example "
                                      "8080:10.0.0.5:80");
  }
  std::string where = target_port->host.substr(0, colon);
  const std::string host = target_port->host.substr(colon + 1);
  if (where.find(':') == std::string::npos) where.insert(0, "127.0.0.1:");
  return listen_on(loop, interface, where,
                   [host, port = target_port->port](Bridge& client, std::function<void()> ended) {
                     client.serve_forward(host, port, std::move(ended));
                   });
}

}  // namespace redial::io
