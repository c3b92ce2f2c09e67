// SPDX-License-Identifier: Apache-2.0
#include "io/octet_stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace redial::io {
namespace {

constexpr size_t kChunkOctets = 16 * 1024;  // small writes are gathered up to this
constexpr size_t kGatherMax = 64;           // chunks in one writev(2)

}  // namespace

OctetStream::OctetStream(Loop& loop, Descriptor descriptor)
    : loop_(loop), descriptor_(loop.impl().context, descriptor.release()) {
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

void OctetStream::write(ByteView octets) {
  if (octets.empty() || !open_) return;
  // Written at the end of this turn of the loop, so that many small writes are one system call.
  if (!queue_.empty() && queue_.back().size() + octets.size() <= kChunkOctets) {
    queue_.back().insert(queue_.back().end(), octets.begin(), octets.end());
  } else {
    queue_.emplace_back(octets.begin(), octets.end());
  }
  queued_ += octets.size();
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
  std::vector<asio::const_buffer> gather;
  for (const Bytes& chunk : queue_) {
    if (gather.size() == kGatherMax) break;
    const size_t skip = gather.empty() ? offset_ : 0;
    gather.emplace_back(chunk.data() + skip, chunk.size() - skip);
  }
  ErrorCode error;
  const size_t put = descriptor_.write_some(gather, error);
  if (error == asio::error::would_block) return await_room();
  if (error && error != asio::error::interrupted) return fail(error);

  queued_ -= put;
  offset_ += put;
  while (!queue_.empty() && offset_ >= queue_.front().size()) {
    offset_ -= queue_.front().size();
    queue_.pop_front();
  }
  if (!queue_.empty()) flush_soon();
  if (put > 0 && events_.written) events_.written(put);
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

void OctetStream::discard() {
  queue_.clear();
  offset_ = 0;
  queued_ = 0;
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
  ErrorCode ignored;
  descriptor_.close(ignored);
}

}  // namespace redial::io
