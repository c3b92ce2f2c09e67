// SPDX-License-Identifier: Apache-2.0
// The inside of a Loop, for the .cpp files of this folder only: Asio's context, and one large read
// buffer that all descriptors share, because 64 KiB a link would be 640 MB at 10,000 links.
#pragma once

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>

#include "io/loop.h"

namespace redial::io {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

struct Loop::Impl {
  asio::io_context context{1};  // one thread runs it; any thread may post
  asio::executor_work_guard<asio::io_context::executor_type> busy{context.get_executor()};
  std::list<asio::signal_set> signals;
  std::array<uint8_t, 65536> scratch;  // valid until the handler that filled it returns
};

/// Listens there; a port that a program has just left may be had again.
inline ErrorCode listen(asio::ip::tcp::acceptor& acceptor, const asio::ip::tcp::endpoint& at) {
  ErrorCode error;
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

}  // namespace redial::io
