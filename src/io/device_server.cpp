// SPDX-License-Identifier: Apache-2.0
#include "io/device_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <charconv>

#include "io/octet_stream.h"

namespace redial::io {
namespace {

using asio::ip::tcp;

constexpr size_t kUnreadMax = 256 * 1024;

Result<tcp::endpoint> loopback(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  uint16_t port = 0;
  const char* const end = listen.data() + listen.size();
  const char* const digits = colon == std::string::npos ? end : listen.data() + colon + 1;
  const auto [after, wrong] = std::from_chars(digits, end, port);
  ErrorCode error;
  const auto address = asio::ip::make_address(host, error);
  if (error || wrong != std::errc() || after != end) {
    return fail(ErrorKind::Usage, listen + ": no address to listen on; write 127.0.0.1:PORT");
  }
  if (!address.is_loopback()) {
    return fail(ErrorKind::Refused, listen +
                                        ": would give the modem to the whole network; not opened; "
                                        "write 127.0.0.1:" +
                                        std::to_string(port));
  }
  return tcp::endpoint(address, port);
}

class Server : public std::enable_shared_from_this<Server> {
 public:
  Server(Loop& loop, DeviceServerEvents events)
      : loop_(loop), events_(std::move(events)), acceptor_(loop.impl().context) {}

  ErrorCode open(const tcp::endpoint& at) {
    ErrorCode error = listen(acceptor_, at);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (!error) accept();
    return error;
  }
  void close() {
    ErrorCode ignored;
    closed_ = true;
    acceptor_.close(ignored);
    if (client_) client_->close();
    client_.reset();
  }
  void write(ByteView octets) {
    if (client_ && client_->queued() + octets.size() <= kUnreadMax) client_->write(octets);
  }
  uint16_t port() const { return port_; }

 private:
  void accept() {
    acceptor_.async_accept([this, self = shared_from_this()](ErrorCode error, tcp::socket socket) {
      if (closed_) return;
      if (!error) on_client(std::move(socket));
      accept();
    });
  }

  void on_client(tcp::socket socket) {
    ErrorCode error;
    if (client_) return;  // the socket closes: this line is in use
    socket.set_option(tcp::no_delay(true), error);
    Descriptor descriptor(socket.release(error));
    if (error) return;
    client_ = std::make_shared<OctetStream>(loop_, std::move(descriptor));
    client_->start({.octets =
                        [weak = weak_from_this()](ByteView octets) {
                          const auto self = weak.lock();
                          if (self && self->events_.octets) self->events_.octets(octets);
                        },
                    .written = {},
                    .failed =
                        [weak = weak_from_this()](ErrorCode) {
                          if (const auto self = weak.lock()) self->on_gone();
                        }});
    if (events_.opened) events_.opened();
  }

  void on_gone() {
    if (!client_) return;
    client_->close();
    client_.reset();
    if (!closed_ && events_.closed) events_.closed();
  }

  Loop& loop_;
  DeviceServerEvents events_;
  tcp::acceptor acceptor_;
  std::shared_ptr<OctetStream> client_;
  uint16_t port_ = 0;
  bool closed_ = false;
};

class Served final : public DeviceServer {
 public:
  explicit Served(std::shared_ptr<Server> server) : server_(std::move(server)) {}
  ~Served() override { server_->close(); }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  void write(ByteView octets) override { server_->write(octets); }
  uint16_t port() const override { return server_->port(); }

 private:
  std::shared_ptr<Server> server_;
};

}  // namespace

Result<std::unique_ptr<DeviceServer>> serve_device(Loop& loop, const std::string& listen,
                                                   DeviceServerEvents events) {
  const auto at = loopback(listen);
  if (!at) return tl::make_unexpected(at.error());
  auto server = std::make_shared<Server>(loop, std::move(events));
  const ErrorCode error = server->open(*at);
  if (!error) return std::make_unique<Served>(std::move(server));
  server->close();
  if (error == asio::error::address_in_use) {
    return fail(ErrorKind::Busy, listen +
                                     ": the port is in use; not opened; stop the program that has "
                                     "it (`ss -ltnp`) or choose another port");
  }
  return fail(ErrorKind::Failed, listen + ": cannot be listened on: " + error.message());
}

}  // namespace redial::io
