// SPDX-License-Identifier: Apache-2.0
// Doors to line devices: serial port, pty, TCP. Octets and the V.24 circuits; no protocol.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/bytes.h"
#include "core/cause.h"
#include "core/ip_address.h"
#include "core/result.h"
#include "io/loop.h"

namespace redial::io {

enum class PortKind : uint8_t { Serial, Tcp };  // a pty slave opens as Serial

enum class FlowControl : uint8_t { None, Hardware, Software };  // RTS/CTS; XON/XOFF
enum class Parity : uint8_t { None, Even, Odd };

struct PortSpec {
  PortKind kind = PortKind::Serial;
  std::string path;  // device node, "usb:1-1.2", "usb:serial:A50285BI", or host:port
  uint32_t speed_bps = 115200;
  FlowControl flow = FlowControl::None;
  Parity parity = Parity::None;
  uint8_t stop_bits = 1;
  bool modem_lines = true;
  Duration connect_within = 10s;  // TCP
  Duration dead_within = 20s;     // TCP: octets unacknowledged for so long end the connection
};

struct PortSignals {
  bool dcd = false, dsr = false, cts = false, ri = false;
  bool operator==(const PortSignals&) const = default;
};

/// What the port's own chip has met, since it was opened.
struct LineErrors {
  uint32_t framing = 0, overrun = 0, parity = 0, breaks = 0;
  bool operator==(const LineErrors&) const = default;
  bool any() const { return framing + overrun + parity + breaks > 0; }
};

/// What a port tells. Called from the loop, never from inside a call to the port.
struct PortEvents {
  std::function<void()> opened{};
  std::function<void(Cause)> failed{};         // could not open; the port is closed
  std::function<void(ByteView)> octets{};      // large reads, one call each
  std::function<void(PortSignals)> signals{};  // only where there are modem lines
  std::function<void(Cause)> closed{};         // was open and is gone
  std::function<void()> writable{};            // the queue is down to its mark again
};

class Port {
 public:
  static constexpr size_t kQueueMark = 16 * 1024;  // above it stop writing until `writable`
  static constexpr size_t kQueueMax = 512 * 1024;  // above it what is written is dropped whole

  virtual ~Port() = default;  // closes; no event comes after
  /// Queued, and never torn apart: a frame, or a command.
  virtual void write(ByteView unit) = 0;
  /// Before everything in the queue that has not begun to leave.
  virtual void write_urgent(ByteView unit) = 0;
  /// What the line behind it takes: no more than half a second of it is given to the kernel, and
  /// the queue's mark is two seconds. 0: as the port's own speed has it.
  virtual void set_pace(uint32_t octets_per_second) = 0;
  virtual size_t queued() const = 0;
  virtual bool backed_up() const = 0;                   // the queue is above its mark
  virtual std::optional<IpAddress> server() const = 0;  // of a TCP connection, while it is open
  virtual void set_dtr(bool on) = 0;
  virtual LineErrors line_errors() const = 0;  // TIOCGICOUNT, where there is such
  virtual void discard_output() = 0;           // TCOFLUSH and the queue
  virtual void discard_normal() = 0;           // neither what has begun to leave nor what is urgent
};

/// Opens in the background; `opened` or `failed` comes later. Exclusive use (TIOCEXCL, lock).
std::unique_ptr<Port> open_port(Loop& loop, const PortSpec& spec, PortEvents events);

/// The master side of a new pty, raw, for virtual modems; the slave's path is what a dialler opens.
class PtyMaster {
 public:
  virtual ~PtyMaster() = default;
  virtual const std::string& slave_path() const = 0;
  /// Octets that the other side does not read are dropped beyond 256 KiB, as a modem would.
  virtual void write(ByteView octets) = 0;
};
Result<std::unique_ptr<PtyMaster>> open_pty(Loop& loop, std::function<void(ByteView)> octets);

}  // namespace redial::io
