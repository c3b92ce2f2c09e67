// SPDX-License-Identifier: Apache-2.0
// What serial and TCP ports have in common: the stream once it is open, the queue's mark, and that
// no event comes after the Port is gone. Internal to io.
#pragma once

#include <memory>

#include "io/octet_stream.h"
#include "io/port.h"

namespace redial::io {

class PortLine : public std::enable_shared_from_this<PortLine> {
 public:
  PortLine(Loop& loop, PortSpec spec, PortEvents events)
      : loop_(loop), spec_(std::move(spec)), events_(std::move(events)) {}
  virtual ~PortLine() = default;

  virtual void open() = 0;  // from the loop; ends in opened() or refuse()
  virtual void set_dtr(bool on) = 0;
  virtual void close();
  virtual LineErrors line_errors() { return {}; }
  void write(ByteView unit, bool urgent);
  void set_pace(uint32_t octets_per_second);
  size_t queued() const { return stream_ ? stream_->queued() : 0; }
  bool backed_up() const;
  void discard_output(bool sent_too);
  const std::optional<IpAddress>& server() const { return server_; }

 protected:
  virtual uint32_t own_pace() const { return 0; }     // octets a second of the port itself
  virtual void discard_sent() = 0;                    // what the kernel has and the line has not
  virtual Cause cause_of(ErrorCode error) const = 0;  // the open line failed

  void opened(Descriptor descriptor);
  void refuse(CauseCode code, const std::string& what);  // could not be opened
  void lose(Cause cause);                                // was open
  void on_written();

  Loop& loop_;
  PortSpec spec_;
  PortEvents events_;
  std::shared_ptr<OctetStream> stream_;  // set while the line is open
  uint32_t pace_ = 0;                    // octets a second; 0: none
  std::optional<IpAddress> server_{};    // TCP: at the other end, once connected
  bool above_mark_ = false;              // `writable` is owed
  bool gone_ = false;                    // closed by its owner: no event any more
};

std::shared_ptr<PortLine> make_serial_line(Loop& loop, PortSpec spec, PortEvents events);
std::shared_ptr<PortLine> make_tcp_line(Loop& loop, PortSpec spec, PortEvents events);

}  // namespace redial::io
