// SPDX-License-Identifier: Apache-2.0
// A line device as the host opens it, and what it tells.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/bytes.h"
#include "core/cause.h"
#include "core/ip_address.h"
#include "io/loop.h"
#include "io/port.h"

namespace redial::host {

/// What a door tells the engine; all called from the loop.
struct DoorEvents {
  std::function<void()> opened;
  std::function<void(Cause)> failed, closed;
  std::function<void(ByteView)> octets;
  std::function<void(bool)> carrier;       // DCD, on doors that have it
  std::function<void(bool)> circuits;      // before `opened`: whether it has any, where that varies
  std::function<void(std::string)> noted;  // for people: what the line cannot do after all
};

/// A line device as the host opens it: a real port, or a virtual modem in the same process.
class Door {
 public:
  virtual ~Door() = default;
  virtual void open(DoorEvents events) = 0;  // `opened` or `failed` comes later, from the loop
  virtual void close() = 0;                  // no event comes after
  virtual void write(ByteView unit) = 0;     // a frame or a command: never torn apart
  /// Control frames overtake data that wait, at the border of a frame.
  virtual void write_urgent(ByteView unit) { write(unit); }
  /// What the carrier takes, in octets a second; 0: as fast as the port goes.
  virtual void set_pace(uint32_t) {}
  virtual void set_dtr(bool on) = 0;
  virtual void discard_output() = 0;
  virtual bool backed_up() const { return false; }           // more IP packets would only wait
  virtual io::LineErrors line_errors() const { return {}; }  // since it was opened
  /// A device that can be missing: the folder in which it comes back, and what differs then.
  virtual std::string folder() const { return ""; }
  virtual std::string identity() const { return ""; }
  /// Of a TCP connection, while it is open: the way there must not come to lead through the link.
  virtual std::optional<IpAddress> server() const { return std::nullopt; }
};

/// A serial port, pty or TCP connection.
std::unique_ptr<Door> port_door(io::Loop& loop, io::PortSpec spec);

}  // namespace redial::host
