// SPDX-License-Identifier: Apache-2.0
// A telephone network in real time: the lab's exchange, virtual modems on real ptys for whoever
// dials, and virtual modems wired straight to a side of ours that answers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/host.h"
#include "io/port.h"
#include "lab/exchange.h"

namespace redial::cli {

class LabNetwork {
 public:
  LabNetwork(io::Loop& loop, uint64_t seed);
  ~LabNetwork();

  /// A modem behind a new pty; `path` is what a dialler opens.
  struct PtyModem {
    lab::ModemId modem;
    std::string path;
  };
  Result<PtyModem> add_pty_modem(const lab::ModemConfig& config);
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
  void pump();

  io::Loop& loop_;
  lab::Exchange exchange_;
  io::Alarm alarm_;
  std::map<lab::ModemId, std::unique_ptr<io::PtyMaster>> masters_;
  std::map<lab::ModemId, WiredDoor*> doors_;  // open ones only
  std::vector<lab::ModemId> touched_;
  bool pumping_ = false;
};

}  // namespace redial::cli
