// SPDX-License-Identifier: Apache-2.0
// A telephone network in real time: the lab's exchange, virtual modems on real ptys and TCP ports
// for whoever dials, and virtual modems wired straight to a side of ours that answers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/lab_face.h"
#include "host/host.h"
#include "lab/exchange.h"

namespace redial::cli {

class LabNetwork {
 public:
  LabNetwork(io::Loop& loop, uint64_t seed);
  ~LabNetwork();

  /// A modem, and what a dialler opens to use it: a pty's path, or host:port.
  struct OpenModem {
    lab::ModemId modem;
    std::string path;
  };
  Result<OpenModem> add_pty_modem(const lab::ModemConfig& config);
  /// `listen` is a loopback address with a port; 0: any free one.
  Result<OpenModem> add_tcp_modem(const lab::ModemConfig& config, phonebook::Transport transport,
                                  const std::string& listen);
  /// Its pty or TCP port goes away under whoever has it open; the modem itself stays.
  void unplug(lab::ModemId modem) { faces_.erase(modem); }
  /// A new pty; a TCP port as before. The path it has now.
  Result<std::string> plug_in(lab::ModemId modem);
  /// A modem of the answering side, and the door its line opens.
  struct WiredModem {
    lab::ModemId modem;
    std::unique_ptr<host::Door> door;
  };
  WiredModem add_wired_modem(const lab::ModemConfig& config);

  /// The exchange, for faults. What they lead to is delivered by the next turn of the loop.
  template <class Fault>
  void inject(Fault&& fault) {
    fault(exchange_, loop_.now());
    pump();
  }
  const lab::Exchange& exchange() const { return exchange_; }

 private:
  class WiredDoor;
  /// How a face is made anew.
  struct Outlet {
    std::optional<phonebook::Transport> transport;  // none: a pty
    std::string listen;
  };
  FaceEvents face_events(lab::ModemId modem);
  void pump();

  io::Loop& loop_;
  lab::Exchange exchange_;
  io::Alarm alarm_;
  std::map<lab::ModemId, Outlet> outlets_;
  std::map<lab::ModemId, std::unique_ptr<LabFace>> faces_;  // of those plugged in
  std::map<lab::ModemId, WiredDoor*> doors_;                // open ones only
  std::vector<lab::ModemId> touched_;
  bool pumping_ = false;
};

}  // namespace redial::cli
