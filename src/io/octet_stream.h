// SPDX-License-Identifier: Apache-2.0
// A non-blocking descriptor in a loop: large reads, queued gather writes, and back-pressure both
// ways. Ports, ptys and the sockets of the user-mode stack are built on it. Internal to io.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <functional>
#include <memory>

#include "core/bytes.h"
#include "io/asio_loop.h"
#include "io/descriptor.h"

namespace redial::io {

/// Called from the loop, never from inside a call to the stream, never after close().
struct StreamEvents {
  std::function<void(ByteView)> octets{};   // valid during the call
  std::function<void(size_t)> written{};    // so many octets have left the queue
  std::function<void(ErrorCode)> failed{};  // asio::error::eof: the other side will send no more
};

class OctetStream : public std::enable_shared_from_this<OctetStream> {
 public:
  OctetStream(Loop& loop, Descriptor descriptor);
  void start(StreamEvents events);

  void write(ByteView octets);
  size_t queued() const { return queued_; }
  void discard();  // drops what is queued
  void pause() { paused_ = true; }
  void resume();  // reads again after pause()
  void close();
  int fd() { return descriptor_.native_handle(); }
  bool open() const { return open_; }

 private:
  void await_input();
  void on_readable();
  void flush_soon();
  void flush();
  void await_room();
  void fail(ErrorCode error);

  Loop& loop_;
  asio::posix::stream_descriptor descriptor_;
  StreamEvents events_;
  std::deque<Bytes> queue_;  // to be written, oldest first; no chunk is empty
  size_t offset_ = 0;        // octets of queue_.front() already written
  size_t queued_ = 0;        // octets in queue_ not yet written
  bool flushing_ = false;    // a flush is posted, or waits for room
  bool awaiting_ = false;    // a wait for input is outstanding
  bool paused_ = false;
  bool ended_ = false;  // read to the end; writing may go on
  bool open_ = true;
};

}  // namespace redial::io
