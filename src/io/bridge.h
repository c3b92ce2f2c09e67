// SPDX-License-Identifier: Apache-2.0
// One client of a service: a local socket on one side, a connection through the link on the other,
// octets between them with back-pressure both ways. Internal to io.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/dns.h"
#include "io/gate.h"
#include "io/octet_stream.h"
#include "io/socks.h"
#include "io/stack.h"

namespace redial::io {

class Bridge : public std::enable_shared_from_this<Bridge> {
 public:
  Bridge(Loop& loop, std::shared_ptr<StackLink> link, std::shared_ptr<Gate> gate,
         Descriptor socket);
  ~Bridge() { stop(); }
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  void serve_socks(std::function<void()> ended);
  void serve_forward(const std::string& host, uint16_t port, std::function<void()> ended);
  void stop();  // no more than a reset for either side

 private:
  enum class Stage : uint8_t { Greeting, Requesting, Reaching, Relaying, Refusing, Ended };

  void start();
  void on_local(ByteView octets);
  void on_local_written(size_t octets);
  void on_local_failed(ErrorCode error);
  void read_greeting();
  void read_request();
  void reach(const std::string& host, uint16_t port);
  void await_link(const std::string& host, uint16_t port);
  void connect(uint32_t address, uint16_t port);
  void on_connected();
  void on_remote_octets(const Bytes& octets);
  void on_remote_failed(TcpEnd end);
  void push_up();
  void pass_on_the_end();
  void refuse(SocksReply reply);
  void say(ByteView octets);  // to the local side, in our own name
  void limit(Duration longest, SocksReply otherwise);
  void reset();
  void end();

  Loop& loop_;
  std::shared_ptr<StackLink> link_;
  std::shared_ptr<Gate> gate_;
  std::shared_ptr<OctetStream> local_;
  asio::steady_timer timer_;
  std::function<void()> ended_;
  std::unique_ptr<Lookup> lookup_;
  std::unique_ptr<StackTcp> remote_;
  Bytes up_;               // from the local side, not yet taken by the link; reading is paused
  size_t own_octets_ = 0;  // queued for the local side that did not come from the remote one
  Stage stage_ = Stage::Greeting;
  bool socks_ = false;
  bool local_finished_ = false;
  bool remote_finished_ = false;
  bool shut_ = false;  // the remote side's end has been passed on
};

}  // namespace redial::io
