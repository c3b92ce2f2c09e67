// SPDX-License-Identifier: Apache-2.0
// What looks on while an entry is dialled: the capture, and the user's terminal on the line. Ctrl-]
// gives the line back.
#pragma once

#include <memory>
#include <string>

#include "cli/capture.h"
#include "engine/observer.h"
#include "host/host.h"
#include "io/console.h"

namespace redial::cli {

class DialTap final : public engine::Observer {
 public:
  DialTap(io::Loop& loop, host::Host& host) : loop_(loop), host_(host) {
    host_.engine().observe(this);
  }
  ~DialTap() override { host_.engine().observe(nullptr); }

  Result<void> capture_to(const std::string& path, LinkId link, Secret secret);

  void on_frame(LinkId link, bool sent, uint16_t protocol, ByteView information) override;
  void on_terminal(LinkId link, bool open) override;
  void on_terminal_octets(LinkId link, ByteView octets) override;

 private:
  void on_keys(LinkId link, ByteView keys);

  io::Loop& loop_;
  host::Host& host_;
  std::unique_ptr<Capture> capture_;
  LinkId captured_{};
  std::unique_ptr<io::Console> console_;
  bool told_ = false;  // that the capture has ended
};

/// A terminal on the line needs a user; a script does without. Unsupported: neither is there.
Result<phonebook::Entry> with_terminal(phonebook::Entry entry, const std::string& when);

}  // namespace redial::cli
