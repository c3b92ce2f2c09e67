// SPDX-License-Identifier: Apache-2.0
// A line device behind a TCP connection: a modem on a terminal server, or a simulated one.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "io/port_line.h"

namespace redial::io {
namespace {

using asio::ip::tcp;

struct HostPort {
  std::string host, port;
};

/// "host:port" or "[::1]:port".
std::optional<HostPort> split(const std::string& path) {
  const size_t colon = path.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == path.size()) return std::nullopt;
  std::string host = path.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return std::nullopt;
  }
  return HostPort{std::move(host), path.substr(colon + 1)};
}

void set(int fd, int level, int option, int value) {
  // None of these decides whether the line works, only how soon a dead one is noticed.
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

void watch_connection(int fd) {
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  // What the line does not take waits in our queue, where a control frame overtakes it.
  set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 4096);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 10);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 20'000);  // ms; it also bounds the probes
}

class TcpLine final : public PortLine {
 public:
  TcpLine(Loop& loop, PortSpec spec, PortEvents events)
      : PortLine(loop, std::move(spec), std::move(events)),
        resolver_(loop.impl().context),
        socket_(loop.impl().context),
        deadline_(loop.impl().context) {}

  void open() override {
    if (gone_) return;
    const auto where = split(spec_.path);
    if (!where) return refuse(CauseCode::Unsupported, "is not host:port; write e.g. modems:2001");
    deadline_.expires_after(spec_.connect_within);
    deadline_.async_wait([this, self = shared_from_this()](ErrorCode error) {
      if (!error) on_deadline();
    });
    resolver_.async_resolve(
        where->host, where->port, tcp::resolver::numeric_service,
        [this, self = shared_from_this()](ErrorCode error, const tcp::resolver::results_type& at) {
          on_resolved(error, at);
        });
  }

  void set_dtr(bool) override {}

  void close() override {
    ErrorCode ignored;
    resolver_.cancel();
    deadline_.cancel();
    socket_.close(ignored);
    PortLine::close();
  }

 protected:
  void discard_sent() override {}

  Cause cause_of(ErrorCode error) const override {
    const std::string what =
        error == asio::error::eof ? "closed by the other side" : error.message();
    return {CauseCode::TransportClosed, spec_.path + ": " + what};
  }

 private:
  void on_resolved(ErrorCode error, const tcp::resolver::results_type& addresses) {
    if (gone_) return;
    if (error) return refuse(CauseCode::HostUnknown, error.message());
    resolved_ = true;
    asio::async_connect(socket_, addresses,
                        [this, self = shared_from_this()](ErrorCode failure, const tcp::endpoint&) {
                          on_connected(failure);
                        });
  }

  void on_connected(ErrorCode error) {
    if (gone_) return;
    deadline_.cancel();
    if (error == asio::error::connection_refused) {
      return refuse(CauseCode::ConnectionRefused, error.message());
    }
    if (error) return refuse(CauseCode::HostUnreachable, error.message());
    watch_connection(socket_.native_handle());
    Descriptor connected(socket_.release());
    opened(std::move(connected));
  }

  void on_deadline() {
    if (gone_ || stream_) return;
    const std::string within = "no answer within " + to_text(spec_.connect_within);
    refuse(resolved_ ? CauseCode::HostUnreachable : CauseCode::HostUnknown, within);
  }

  tcp::resolver resolver_;
  tcp::socket socket_;  // until connected; then the stream has its descriptor
  asio::steady_timer deadline_;
  bool resolved_ = false;
};

}  // namespace

std::shared_ptr<PortLine> make_tcp_line(Loop& loop, PortSpec spec, PortEvents events) {
  return std::make_shared<TcpLine>(loop, std::move(spec), std::move(events));
}

}  // namespace redial::io
