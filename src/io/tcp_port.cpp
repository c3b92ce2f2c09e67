// SPDX-License-Identifier: Apache-2.0
// A line device behind a TCP connection: a modem on a terminal server, or a simulated one.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <vector>

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

void watch_connection(int fd, Duration dead_within) {
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  // What the line does not take waits in our queue, where a control frame overtakes it.
  set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 4096);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  // A silent connection is tried from half of the bound on, every so often; it ends when octets or
  // a probe have been unacknowledged for the bound less one interval, which may pass unseen.
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(dead_within).count();
  const int seconds = std::max<int>(static_cast<int>(ms / 1000), 3);
  const int interval = std::max(seconds / 20, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds / 2);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval);
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, (seconds - interval) * 1000);
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
    give_up_at_ = std::chrono::steady_clock::now() + spec_.connect_within;
    arm(give_up_at_);
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
  using Clock = std::chrono::steady_clock;

  void on_resolved(ErrorCode error, const tcp::resolver::results_type& addresses) {
    if (gone_) return;
    if (error) return refuse(CauseCode::HostUnknown, error.message());
    for (const auto& address : addresses) addresses_.push_back(address.endpoint());
    try_next();
  }

  // In the order of the resolver (RFC 6724). One that swallows everything must not keep the others
  // from being tried: each has its share of the time that is left.
  void try_next() {
    ErrorCode ignored;
    socket_.close(ignored);
    const auto now = Clock::now();
    if (next_ == addresses_.size() || now >= give_up_at_) return refuse_all();
    const auto left = static_cast<int>(addresses_.size() - next_);
    arm(now + (give_up_at_ - now) / left);
    const size_t which = next_++;
    socket_.async_connect(addresses_[which], [this, which, self = shared_from_this()](ErrorCode e) {
      if (!gone_ && !stream_ && which + 1 == next_) on_connected(e);
    });
  }

  void on_connected(ErrorCode error) {
    if (error == asio::error::operation_aborted) return;  // its share is over
    if (error) {
      if (!failed_ || error == asio::error::connection_refused) failed_ = error;
      return try_next();
    }
    deadline_.cancel();
    watch_connection(socket_.native_handle(), spec_.dead_within);
    if (const auto peer = socket_.remote_endpoint(error).address(); !error) {
      server_ = IpAddress::parse(peer.to_string());
    }
    Descriptor connected(socket_.release());
    opened(std::move(connected));
  }

  void arm(Clock::time_point at) {
    deadline_.expires_at(at);
    deadline_.async_wait([this, self = shared_from_this()](ErrorCode error) {
      if (!error) on_deadline();
    });
  }

  void on_deadline() {
    if (gone_ || stream_) return;
    if (addresses_.empty()) {
      return refuse(CauseCode::HostUnknown, "no answer within " + to_text(spec_.connect_within));
    }
    try_next();
  }

  // A host that refuses is there, whatever its other addresses do.
  void refuse_all() {
    if (failed_ == asio::error::connection_refused) {
      return refuse(CauseCode::ConnectionRefused, failed_.message());
    }
    refuse(CauseCode::HostUnreachable,
           failed_ ? failed_.message() : "no answer within " + to_text(spec_.connect_within));
  }

  tcp::resolver resolver_;
  tcp::socket socket_;  // until connected; then the stream has its descriptor
  asio::steady_timer deadline_;
  Clock::time_point give_up_at_{};
  std::vector<tcp::endpoint> addresses_;  // empty until the name has resolved
  size_t next_ = 0;                       // of addresses_, to be tried
  ErrorCode failed_;                      // the most telling failure so far
};

}  // namespace

std::shared_ptr<PortLine> make_tcp_line(Loop& loop, PortSpec spec, PortEvents events) {
  return std::make_shared<TcpLine>(loop, std::move(spec), std::move(events));
}

}  // namespace redial::io
