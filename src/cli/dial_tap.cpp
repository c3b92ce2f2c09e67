// SPDX-License-Identifier: Apache-2.0
#include "cli/dial_tap.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/text.h"

namespace redial::cli {

namespace {
constexpr uint8_t kEscape = 0x1d;  // Ctrl-], as telnet's
}

Result<void> DialTap::capture_to(const std::string& path, LinkId link, Secret secret) {
  captured_ = link;
  auto capture = Capture::open(path, loop_, std::move(secret));
  if (!capture) return tl::make_unexpected(std::move(capture).error());
  capture_ = *std::move(capture);
  return {};
}

void DialTap::on_frame(LinkId link, bool sent, uint16_t protocol, ByteView information) {
  if (!capture_ || link != captured_) return;
  capture_->on_frame(sent, protocol, information);
  if (told_ || capture_->failure().empty()) return;
  told_ = true;
  fmt::print(stderr, "redial: {}\n", capture_->failure());
}

void DialTap::on_terminal(LinkId link, bool open) {
  if (!open) {
    if (!console_) return;
    console_.reset();
    fmt::print("\n[the terminal is off the line]\n");
    return;
  }
  auto console = io::Console::open(loop_, [this, link](ByteView keys) { on_keys(link, keys); });
  if (!console) {
    // It was there when the dialling began: nobody can type now, so nobody is waited for.
    loop_.post([this, link] { host_.end_terminal(link); });
    return;
  }
  fmt::print("[the terminal is on the line; Ctrl-] goes on]\n");
  std::fflush(stdout);
  console_ = *std::move(console);
}

void DialTap::on_terminal_octets(LinkId, ByteView octets) {
  if (console_) console_->write(octets);
}

void DialTap::on_keys(LinkId link, ByteView keys) {
  const auto escape = std::ranges::find(keys, kEscape);
  const auto typed = keys.first(static_cast<size_t>(escape - keys.begin()));
  if (!typed.empty()) host_.type(link, typed);
  if (escape != keys.end()) host_.end_terminal(link);
}

Result<phonebook::Entry> with_terminal(phonebook::Entry entry, const std::string& when) {
  if (when == "before") entry.terminal_before = true;
  if (when == "after") entry.terminal = true;
  if (!when.empty() && when != "before" && when != "after") {
    return fail(ErrorKind::Usage, fmt::format("--terminal={} means nothing; nothing is dialled; "
                                              "write --terminal=before or --terminal=after",
                                              phonebook::shown(when)));
  }
  if ((!entry.terminal && !entry.terminal_before) || io::Console::there()) return entry;
  if (when.empty() && (!entry.script_steps.empty() || !entry.script.empty())) {
    entry.terminal = entry.terminal_before = false;  // its script does without a user
    return entry;
  }
  return fail(ErrorKind::Unsupported,
              fmt::format("{}: wants the user to type on the line, and standard input or output is "
                          "no terminal; nothing is dialled; dial at a terminal, write script = "
                          "[...] in its [entry], or set terminal = false",
                          phonebook::shown(entry.name)));
}

}  // namespace redial::cli
