// SPDX-License-Identifier: Apache-2.0
#include "io/bridge.h"

#include <sys/socket.h>

#include <boost/asio/error.hpp>

namespace redial::io {
namespace {

using namespace std::chrono_literals;
constexpr auto kAskWithin = 10s;    // the client's greeting and request
constexpr auto kReachWithin = 30s;  // name and connection

}  // namespace

Bridge::Bridge(Loop& loop, std::shared_ptr<StackLink> link, std::shared_ptr<Gate> gate,
               Descriptor socket)
    : loop_(loop),
      link_(std::move(link)),
      gate_(std::move(gate)),
      local_(std::make_shared<OctetStream>(loop, std::move(socket))),
      timer_(loop.impl().context) {}

void Bridge::serve_socks(std::function<void()> ended) {
  ended_ = std::move(ended);
  socks_ = true;
  start();
  limit(kAskWithin, SocksReply::GeneralFailure);
}

void Bridge::serve_forward(const std::string& host, uint16_t port, std::function<void()> ended) {
  ended_ = std::move(ended);
  local_->pause();
  start();
  reach(host, port);
}

void Bridge::start() {
  const auto with = [this](auto member) {
    return [self = weak_from_this(), member](auto&&... what) {
      const auto alive = self.lock();
      if (alive && alive->stage_ != Stage::Ended) (alive.get()->*member)(what...);
    };
  };
  local_->start({.octets = with(&Bridge::on_local),
                 .written = with(&Bridge::on_local_written),
                 .failed = with(&Bridge::on_local_failed)});
}

void Bridge::on_local(ByteView octets) {
  up_.insert(up_.end(), octets.begin(), octets.end());
  switch (stage_) {
    case Stage::Greeting: return read_greeting();
    case Stage::Requesting: return read_request();
    case Stage::Relaying: return push_up();
    case Stage::Reaching:
    case Stage::Refusing:
    case Stage::Ended: return;
  }
}

void Bridge::read_greeting() {
  const SocksGreeting greeting = read_socks_greeting(up_);
  if (greeting.broken) return reset();
  if (greeting.octets == 0) return;
  up_.erase(up_.begin(), up_.begin() + static_cast<ptrdiff_t>(greeting.octets));
  if (!greeting.without_authentication) {
    stage_ = Stage::Refusing;
    constexpr uint8_t kNoneAcceptable[] = {5, 0xff};
    return say(kNoneAcceptable);
  }
  constexpr uint8_t kNoAuthentication[] = {5, 0};
  say(kNoAuthentication);
  stage_ = Stage::Requesting;
  read_request();
}

void Bridge::read_request() {
  const SocksRequest request = read_socks_request(up_);
  if (request.broken) return reset();
  if (request.octets == 0) return;
  up_.erase(up_.begin(), up_.begin() + static_cast<ptrdiff_t>(request.octets));
  if (request.refused) return refuse(*request.refused);
  reach(request.host, request.port);
}

void Bridge::reach(const std::string& host, uint16_t port) {
  stage_ = Stage::Reaching;
  local_->pause();
  if (!link_->is_up()) return await_link(host, port);
  limit(kReachWithin, SocksReply::TtlExpired);
  if (const auto address = ipv4_of(host)) return connect(*address, port);
  lookup_ = look_up(loop_, link_, host, [this, port](std::optional<uint32_t> address) {
    if (!link_->is_up()) return refuse(SocksReply::NetworkUnreachable);
    address ? connect(*address, port) : refuse(SocksReply::HostUnreachable);
  });
}

/// The link hears that it is wanted; whether this client waits for it is configured.
void Bridge::await_link(const std::string& host, uint16_t port) {
  const Duration longest = gate_->knock();
  if (longest == Duration{}) return refuse(SocksReply::NetworkUnreachable);
  limit(longest, SocksReply::NetworkUnreachable);
  gate_->wait(weak_from_this(), [this, host, port] {
    if (stage_ == Stage::Reaching) reach(host, port);
  });
}

void Bridge::connect(uint32_t address, uint16_t port) {
  // Our StackTcp is ours alone and says nothing after us, so `this` is safe in its events.
  remote_ = link_->connect(address, port,
                           {.connected = [this] { on_connected(); },
                            .octets = [this](const Bytes& octets) { on_remote_octets(octets); },
                            .finished =
                                [this] {
                                  remote_finished_ = true;
                                  pass_on_the_end();
                                },
                            .failed = [this](TcpEnd why) { on_remote_failed(why); },
                            .room = [this] { push_up(); }});
  if (!remote_) refuse(SocksReply::HostUnreachable);
}

void Bridge::on_connected() {
  timer_.cancel();
  stage_ = Stage::Relaying;
  if (socks_) {
    say(socks_reply(SocksReply::Succeeded, link_->addresses().local, remote_->local_port()));
  }
  push_up();
}

void Bridge::push_up() {
  if (stage_ != Stage::Relaying) return;
  if (!up_.empty()) {
    const size_t sent = remote_->send(up_);
    up_.erase(up_.begin(), up_.begin() + static_cast<ptrdiff_t>(sent));
  }
  if (!up_.empty()) return local_->pause();
  local_->resume();
  pass_on_the_end();
}

void Bridge::on_remote_octets(const Bytes& octets) {
  if (stage_ == Stage::Relaying) local_->write(octets);
}

void Bridge::on_local_written(size_t octets) {
  const size_t own = std::min(own_octets_, octets);
  own_octets_ -= own;
  if (remote_ && octets > own) remote_->taken(octets - own);
  if (stage_ == Stage::Refusing && local_->queued() == 0) return end();
  pass_on_the_end();
}

void Bridge::on_local_failed(ErrorCode error) {
  local_finished_ = true;
  // The end of a client that asks for nothing any more is the end of it all.
  if (error != asio::error::eof || stage_ != Stage::Relaying) return end();
  pass_on_the_end();
}

/// Each side's end reaches the other after the last of its octets.
void Bridge::pass_on_the_end() {
  if (stage_ != Stage::Relaying) return;
  if (local_finished_ && up_.empty()) remote_->finish();
  if (remote_finished_ && !shut_ && local_->queued() == 0) {
    shut_ = true;
    ::shutdown(local_->fd(), SHUT_WR);
  }
  if (shut_ && local_finished_ && up_.empty()) end();
}

void Bridge::on_remote_failed(TcpEnd why) {
  if (stage_ == Stage::Relaying) return reset();
  switch (why) {
    case TcpEnd::Refused: return refuse(SocksReply::ConnectionRefused);
    case TcpEnd::TimedOut: return refuse(SocksReply::TtlExpired);
    case TcpEnd::Reset: return refuse(SocksReply::GeneralFailure);
    case TcpEnd::LinkDown: return refuse(SocksReply::NetworkUnreachable);
  }
}

void Bridge::refuse(SocksReply reply) {
  lookup_.reset();
  remote_.reset();
  if (!socks_) return reset();
  stage_ = Stage::Refusing;
  say(socks_reply(reply, 0, 0));
}

void Bridge::say(ByteView octets) {
  own_octets_ += octets.size();
  local_->write(octets);
}

void Bridge::limit(Duration longest, SocksReply otherwise) {
  timer_.expires_after(longest);
  timer_.async_wait([this, self = weak_from_this(), otherwise](ErrorCode error) {
    const auto alive = self.lock();
    if (!alive || error || stage_ == Stage::Relaying || stage_ == Stage::Ended) return;
    stage_ == Stage::Refusing ? end() : refuse(otherwise);
  });
}

/// A broken connection must not look like one that ended well.
void Bridge::reset() {
  if (stage_ == Stage::Ended) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(local_->fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  end();
}

void Bridge::end() {
  if (stage_ == Stage::Ended) return;
  stage_ = Stage::Ended;
  timer_.cancel();
  local_->close();
  // Not here: we may be inside an event of one of these.
  loop_.post([self = weak_from_this()] {
    const auto alive = self.lock();
    if (!alive) return;
    alive->lookup_.reset();
    alive->remote_.reset();
    if (const auto ended = std::exchange(alive->ended_, nullptr)) ended();
  });
}

void Bridge::stop() {
  ended_ = nullptr;
  reset();
  lookup_.reset();
  remote_.reset();
}

}  // namespace redial::io
