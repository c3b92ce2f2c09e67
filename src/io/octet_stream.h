// SPDX-License-Identifier: Apache-2.0
// A non-blocking descriptor in a loop: large reads, queued gather writes, and back-pressure both
// ways. Ports, ptys and the sockets of the user-mode stack are built on it. Internal to io.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "core/bytes.h"
#include "io/asio_loop.h"
#include "io/descriptor.h"
#include "io/send_queue.h"

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

  void write(ByteView unit);         // never torn apart by an urgent one
  void write_urgent(ByteView unit);  // before every unit that has not begun
  size_t queued() const { return queue_.size(); }
  void discard() { queue_.clear(); }  // drops what is queued
  void discard_normal() { queue_.clear_normal(); }
  /// The line behind the descriptor takes so many octets a second: what it has not taken yet waits
  /// here, where urgent units overtake it, and not in the kernel or a modem. 0: no such limit.
  void set_pace(uint32_t octets_per_second);
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
  void await_pace(size_t octets_short);
  size_t room();
  void fail(ErrorCode error);

  Loop& loop_;
  asio::posix::stream_descriptor descriptor_;
  StreamEvents events_;
  SendQueue queue_;
  asio::steady_timer pace_timer_;
  std::chrono::steady_clock::time_point paced_at_{};  // when in_flight_ was true
  size_t in_flight_ = 0;                              // given to the kernel, not yet on the line
  uint32_t pace_ = 0;                                 // octets a second; 0: as fast as it goes
  bool flushing_ = false;  // a flush is posted, or waits for room or for the pace
  bool awaiting_ = false;  // a wait for input is outstanding
  bool paused_ = false;
  bool ended_ = false;  // read to the end; writing may go on
  bool open_ = true;
};

}  // namespace redial::io
