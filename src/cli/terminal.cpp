// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <optional>

#include "host/telnet_door.h"
#include "io/console.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::shown;

namespace {

constexpr uint8_t kEscape = 0x1d;  // Ctrl-]

class LineTerminal {
 public:
  explicit LineTerminal(const phonebook::LineSpec& spec)
      : name_(shown(spec.name)), door_(host::line_door(loop_, spec, port_spec(spec, {}))) {}

  int run() {
    for (const int signal : {SIGTERM, SIGHUP, SIGINT}) {
      loop_.on_signal(signal, [this] { loop_.stop(); });
    }
    loop_.post([this] {
      door_->open({.opened = [this] { on_opened(); },
                   .failed = [this](Cause cause) { end(std::move(cause), "cannot be opened"); },
                   .closed = [this](Cause cause) { end(std::move(cause), "is gone"); },
                   .octets =
                       [this](ByteView octets) {
                         if (console_) console_->write(octets);
                       },
                   .carrier = [](bool) {},
                   .noted = [](std::string text) { fmt::print("[{}]\n", text); }});
    });
    loop_.run();
    console_.reset();
    door_->close();
    return failure_ ? complain(*failure_) : 0;
  }

 private:
  void on_opened() {
    door_->set_dtr(true);
    auto console = io::Console::open(loop_, [this](ByteView keys) {
      const auto escape = std::ranges::find(keys, kEscape);
      door_->write(keys.first(static_cast<size_t>(escape - keys.begin())));
      if (escape != keys.end()) loop_.stop();
    });
    if (!console) {
      failure_ =
          Error{ErrorKind::Usage, fmt::format("{}: {}; nothing is opened; run it at a terminal",
                                              name_, console.error().text)};
      return loop_.stop();
    }
    console_ = *std::move(console);
    fmt::print("[{}; Ctrl-] ends]\n", name_);
    std::fflush(stdout);
  }
  void end(Cause cause, std::string_view what) {
    failure_ = Error{cause.code == CauseCode::DeviceForbidden ? ErrorKind::Permission
                     : cause.code == CauseCode::DeviceBusy    ? ErrorKind::Busy
                                                              : ErrorKind::BadDevice,
                     fmt::format("{}: {}: {} ({}); the terminal ends; see redial lines", name_,
                                 what, text(cause.code), shown(cause.evidence))};
    loop_.stop();
  }

  io::Loop loop_;
  std::string name_;
  std::unique_ptr<host::Door> door_;
  std::unique_ptr<io::Console> console_;
  std::optional<Error> failure_;
};

}  // namespace

int terminal(const Sources& sources, const std::string& line) {
  const auto workspace = load_workspace(sources);
  if (!workspace) return complain(workspace.error());
  const auto found = std::ranges::find_if(workspace->lines, [&](const phonebook::LineSpec& spec) {
    return phonebook::same_word(spec.name, line);
  });
  if (found == workspace->lines.end()) {
    return complain({ErrorKind::NotFound, fmt::format("{}: no such line; nothing is opened; see "
                                                      "redial lines",
                                                      shown(line))});
  }
  if (!io::Console::there()) {
    return complain({ErrorKind::Usage,
                     fmt::format("{}: standard input or output is no terminal; nothing is opened; "
                                 "run it at a terminal",
                                 shown(line))});
  }
  return LineTerminal(*found).run();
}

}  // namespace redial::cli
