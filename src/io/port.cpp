// SPDX-License-Identifier: Apache-2.0
#include "io/port.h"

#include <algorithm>

#include "io/port_line.h"

namespace redial::io {
namespace {

class LinePort final : public Port {
 public:
  explicit LinePort(std::shared_ptr<PortLine> line) : line_(std::move(line)) {}
  ~LinePort() override { line_->close(); }
  LinePort(const LinePort&) = delete;
  LinePort& operator=(const LinePort&) = delete;

  void write(ByteView unit) override { line_->write(unit, false); }
  void write_urgent(ByteView unit) override { line_->write(unit, true); }
  void set_pace(uint32_t octets_per_second) override { line_->set_pace(octets_per_second); }
  size_t queued() const override { return line_->queued(); }
  bool backed_up() const override { return line_->backed_up(); }
  std::optional<IpAddress> server() const override { return line_->server(); }
  void set_dtr(bool on) override { line_->set_dtr(on); }
  LineErrors line_errors() const override { return line_->line_errors(); }
  void discard_output() override { line_->discard_output(true); }
  void discard_normal() override { line_->discard_output(false); }

 private:
  std::shared_ptr<PortLine> line_;
};

std::shared_ptr<PortLine> make_line(Loop& loop, const PortSpec& spec, PortEvents events) {
  switch (spec.kind) {
    case PortKind::Serial: return make_serial_line(loop, spec, std::move(events));
    case PortKind::Tcp: return make_tcp_line(loop, spec, std::move(events));
  }
  REDIAL_ASSERT(false);  // a kind of port that nobody opens
  return nullptr;
}

}  // namespace

std::unique_ptr<Port> open_port(Loop& loop, const PortSpec& spec, PortEvents events) {
  auto line = make_line(loop, spec, std::move(events));
  loop.post([line] { line->open(); });
  return std::make_unique<LinePort>(line);
}

void PortLine::opened(Descriptor descriptor) {
  stream_ = std::make_shared<OctetStream>(loop_, std::move(descriptor));
  set_pace(0);
  if (events_.opened) events_.opened();
  if (gone_) return;
  stream_->start({
      .octets =
          [this, self = weak_from_this()](ByteView octets) {
            const auto alive = self.lock();
            if (alive && events_.octets) events_.octets(octets);
          },
      .written =
          [this, self = weak_from_this()](size_t) {
            if (const auto alive = self.lock()) on_written();
          },
      .failed =
          [this, self = weak_from_this()](ErrorCode error) {
            if (const auto alive = self.lock()) lose(cause_of(error));
          },
  });
}

void PortLine::refuse(CauseCode code, const std::string& what) {
  if (gone_) return;
  close();
  if (events_.failed) events_.failed({code, spec_.path + ": " + what});
}

void PortLine::lose(Cause cause) {
  if (gone_) return;
  close();
  if (events_.closed) events_.closed(std::move(cause));
}

void PortLine::close() {
  gone_ = true;
  if (stream_) stream_->close();
}

void PortLine::write(ByteView unit, bool urgent) {
  if (!stream_ || stream_->queued() + unit.size() > Port::kQueueMax) return;
  urgent ? stream_->write_urgent(unit) : stream_->write(unit);
  above_mark_ |= backed_up();
}

// Of two limits the narrower one holds: a modem's carrier, and the port's own speed.
void PortLine::set_pace(uint32_t octets_per_second) {
  const uint32_t own = own_pace();
  pace_ = octets_per_second == 0 || own == 0 ? std::max(octets_per_second, own)
                                             : std::min(octets_per_second, own);
  if (stream_) stream_->set_pace(pace_);
}

bool PortLine::backed_up() const {
  constexpr uint32_t kSeconds = 2;
  constexpr size_t kLeast = 2048;  // a frame and its successor
  const size_t mark = pace_ == 0 ? Port::kQueueMark
                                 : std::clamp(size_t{pace_} * kSeconds, kLeast, Port::kQueueMark);
  return queued() > mark;
}

void PortLine::on_written() {
  if (!above_mark_ || backed_up()) return;
  above_mark_ = false;
  if (events_.writable) events_.writable();
}

void PortLine::discard_output(bool sent_too) {
  if (!stream_ || gone_) return;
  sent_too ? stream_->discard() : stream_->discard_normal();
  if (sent_too) discard_sent();
  if (!above_mark_) return;
  above_mark_ = false;
  loop_.post([this, self = shared_from_this()] {
    if (!gone_ && events_.writable) events_.writable();
  });
}

}  // namespace redial::io
