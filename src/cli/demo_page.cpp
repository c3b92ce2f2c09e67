// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_page.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace redial::cli {
namespace {

constexpr Duration kPatience = 15s;

class Server final : public PageServer {
 public:
  Server(int listener, uint16_t port) : listener_(listener), port_(port) {
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() override {
    ::shutdown(listener_, SHUT_RDWR);  // accept() returns with an error
    thread_.join();
    ::close(listener_);
  }
  uint16_t port() const override { return port_; }

 private:
  void serve() {
    for (;;) {
      const int caller = ::accept(listener_, nullptr, nullptr);
      if (caller < 0) {
        if (errno == EINTR || errno == ECONNABORTED) continue;
        return;
      }
      const timeval patience{.tv_sec = 5, .tv_usec = 0};
      ::setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      char request[1024];
      if (::recv(caller, request, sizeof request, 0) > 0) {
        const std::string answer = fmt::format(
            "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{}",
            kPage.size(), kPage);
        (void)!::send(caller, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
      ::shutdown(caller, SHUT_WR);
      ::close(caller);
    }
  }

  int listener_;
  uint16_t port_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<PageServer>> PageServer::start() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || ::bind(listener, generic, size) != 0 || ::listen(listener, 16) != 0 ||
      ::getsockname(listener, generic, &size) != 0) {
    const std::string why = std::strerror(errno);
    if (listener >= 0) ::close(listener);
    return fail(ErrorKind::Failed, "demo page: no loopback port: " + why +
                                       "; the demo cannot show a page; free some ports");
  }
  return std::make_unique<Server>(listener, ntohs(address.sin_port));
}

PageFetch::PageFetch(io::Loop& loop, uint16_t socks_port, uint32_t host, uint16_t port,
                     std::function<void(bool)> done)
    : loop_(loop),
      done_(std::move(done)),
      patience_(loop, [this] { finish(false); }),
      host_(host),
      port_(port) {
  patience_.set(loop.now() + kPatience);
  connection_ = io::open_port(
      loop, {.kind = io::PortKind::Tcp, .path = fmt::format("127.0.0.1:{}", socks_port)},
      {.opened =
           [this] {
             const uint8_t greeting[] = {5, 1, 0};  // RFC 1928 §3: version 5, no authentication
             connection_->write(greeting);
           },
       .failed = [this](Cause) { finish(false); },
       .octets = [this](ByteView octets) { on_octets(octets); },
       .closed = [this](Cause) { finish(false); }});
}

void PageFetch::on_octets(ByteView octets) {
  received_.insert(received_.end(), octets.begin(), octets.end());
  if (step_ == Step::Greeting && received_.size() >= 2) {
    received_.erase(received_.begin(), received_.begin() + 2);
    BoundedBytes<10> request;  // RFC 1928 §4: CONNECT by IPv4 address
    request.u32(0x05010001);
    request.u32(host_);
    request.u16(port_);
    connection_->write(request);
    step_ = Step::Connecting;
  }
  if (step_ == Step::Connecting && received_.size() >= 10) {
    if (received_[1] != 0) return finish(false);
    received_.erase(received_.begin(), received_.begin() + 10);
    connection_->write(as_bytes("GET / HTTP/1.0\r\n\r\n"));
    step_ = Step::Reading;
  }
  if (step_ == Step::Reading && as_text(received_).ends_with(kPage)) finish(true);
}

void PageFetch::finish(bool good) {
  if (step_ == Step::Over) return;
  step_ = Step::Over;
  patience_.clear();
  // Posted, because the owner destroys the fetch when told.
  loop_.post([done = std::move(done_), good] { done(good); });
}

}  // namespace redial::cli
