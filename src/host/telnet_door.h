// SPDX-License-Identifier: Apache-2.0
// Doors to lines as redial.toml declares them: a port, or a port that speaks telnet or RFC 2217 on
// a TCP connection.
#pragma once

#include <memory>

#include "host/host.h"
#include "phonebook/lines.h"
#include "wire/rfc2217_client.h"

namespace redial::host {

/// `spec` is of kind Tcp; with modem_lines DCD is what the server notifies. It is open when telnet
/// has been settled, at the latest ComPortClient::kAnswerWithin after the connection.
std::unique_ptr<Door> telnet_door(io::Loop& loop, io::PortSpec spec,
                                  const wire::ComPortClient::Options& options);

/// The port that a line declares.
io::PortSpec port_of(const phonebook::LineSpec& line);

/// The door that the line's kind and transport ask for. `spec`: speed and flow control as the entry
/// wants them.
std::unique_ptr<Door> line_door(io::Loop& loop, const phonebook::LineSpec& line, io::PortSpec spec);
/// The same with the line's own speed and flow control.
std::unique_ptr<Door> line_door(io::Loop& loop, const phonebook::LineSpec& line);

}  // namespace redial::host
