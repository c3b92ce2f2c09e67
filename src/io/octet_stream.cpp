// SPDX-License-Identifier: Apache-2.0
#include "io/octet_stream.h"

#include <sys/ioctl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace redial::io {
namespace {

// With a pace, so much of a second may be on its way: what an urgent unit waits for at most, beside
// the unit that has begun.
constexpr size_t kInFlightPerSecond = 2;
constexpr size_t kInFlightMin = 32;
constexpr auto kLookAgain = std::chrono::milliseconds(20);

}  // namespace

OctetStream::OctetStream(Loop& loop, Descriptor descriptor)
    : loop_(loop),
      descriptor_(loop.impl().context, descriptor.release()),
      pace_timer_(loop.impl().context) {
  descriptor_.non_blocking(true);
}

void OctetStream::start(StreamEvents events) {
  events_ = std::move(events);
  await_input();
}

void OctetStream::await_input() {
  if (awaiting_ || paused_ || ended_ || !open_) return;
  awaiting_ = true;
  descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](ErrorCode error) {
                           self->awaiting_ = false;
                           if (!self->open_ || self->paused_) return;
                           if (error) return self->fail(error);
                           self->on_readable();
                         });
}

void OctetStream::on_readable() {
  auto& scratch = loop_.impl().scratch;
  ErrorCode error;
  const size_t got = descriptor_.read_some(asio::buffer(scratch), error);
  if (error == asio::error::eof) ended_ = true;
  if (error && error != asio::error::would_block && error != asio::error::interrupted) {
    return fail(error);
  }
  if (got > 0) events_.octets(ByteView(scratch.data(), got));
  await_input();
}

void OctetStream::resume() {
  paused_ = false;
  await_input();
}

// Written at the end of this turn of the loop, so that many small writes are one system call.
void OctetStream::write(ByteView unit) {
  if (unit.empty() || !open_) return;
  queue_.push(unit);
  flush_soon();
}

void OctetStream::write_urgent(ByteView unit) {
  if (unit.empty() || !open_) return;
  queue_.push_urgent(unit);
  flush_soon();
}

void OctetStream::flush_soon() {
  if (flushing_) return;
  flushing_ = true;
  asio::post(loop_.impl().context, [self = shared_from_this()] { self->flush(); });
}

void OctetStream::flush() {
  flushing_ = false;
  if (!open_ || queue_.empty()) return;
  const size_t room_now = room();
  if (room_now == 0) return await_pace(kInFlightMin);
  std::vector<ByteView> views;
  queue_.gather(room_now, views);
  std::vector<asio::const_buffer> gather;
  for (const ByteView view : views) gather.emplace_back(view.data(), view.size());
  ErrorCode error;
  const size_t put = descriptor_.write_some(gather, error);
  if (error == asio::error::would_block) return await_room();
  if (error && error != asio::error::interrupted) return fail(error);

  queue_.sent(put);
  in_flight_ += put;
  if (!queue_.empty()) flush_soon();
  if (put > 0 && events_.written) events_.written(put);
}

void OctetStream::set_pace(uint32_t octets_per_second) {
  pace_ = octets_per_second;
  paced_at_ = std::chrono::steady_clock::now();
  in_flight_ = 0;
}

/// What may be given to the kernel now. The line's rate tells what has left by now; the kernel may
/// know that it is more (flow control).
size_t OctetStream::room() {
  if (pace_ == 0) return SIZE_MAX;
  const auto now = std::chrono::steady_clock::now();
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now - paced_at_);
  const auto left = static_cast<uint64_t>(elapsed.count()) * pace_ / 1'000'000;
  if (left > 0) {  // a fraction of an octet stays owed
    paced_at_ = now;
    in_flight_ -= static_cast<size_t>(std::min<uint64_t>(left, in_flight_));
  }
  int kept = 0;  // TIOCOUTQ, which is a socket's SIOCOUTQ as well
  if (::ioctl(descriptor_.native_handle(), TIOCOUTQ, &kept) != 0) kept = 0;
  const size_t taken = std::max(in_flight_, static_cast<size_t>(std::max(kept, 0)));
  const size_t window = std::max<size_t>(pace_ / kInFlightPerSecond, kInFlightMin);
  return window > taken ? window - taken : 0;
}

void OctetStream::await_pace(size_t octets_short) {
  flushing_ = true;
  const auto wait = std::chrono::microseconds(uint64_t{1'000'000} * octets_short / pace_);
  pace_timer_.expires_after(std::max<std::chrono::microseconds>(wait, kLookAgain));
  pace_timer_.async_wait([self = shared_from_this()](ErrorCode error) {
    self->flushing_ = false;
    if (!error && self->open_) self->flush();
  });
}

void OctetStream::await_room() {
  flushing_ = true;
  descriptor_.async_wait(asio::posix::stream_descriptor::wait_write,
                         [self = shared_from_this()](ErrorCode error) {
                           self->flushing_ = false;
                           if (!self->open_) return;
                           if (error) return self->fail(error);
                           self->flush();
                         });
}

void OctetStream::fail(ErrorCode error) {
  if (!open_) return;
  ended_ = true;
  if (events_.failed) events_.failed(error);
}

void OctetStream::close() {
  if (!open_) return;
  open_ = false;
  discard();
  pace_timer_.cancel();
  ErrorCode ignored;
  descriptor_.close(ignored);
}

}  // namespace redial::io
