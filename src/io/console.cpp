// SPDX-License-Identifier: Apache-2.0
#include "io/console.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstdlib>

#include "io/asio_loop.h"
#include "io/descriptor.h"

namespace redial::io {
namespace {

/// Standard input's state before a console changed it; for exit(3) on the way.
termios& before_raw() {
  static termios state{};
  return state;
}
bool& raw_now() {
  static bool raw = false;
  return raw;
}
void restore() {
  if (!std::exchange(raw_now(), false)) return;
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_raw());
}

class RealConsole final : public Console {
 public:
  RealConsole(Loop& loop, Descriptor keys, std::function<void(ByteView)> octets)
      : input_(std::make_shared<Input>(loop, std::move(keys), std::move(octets))) {
    await(input_);
  }
  ~RealConsole() override {
    input_->octets = nullptr;
    ErrorCode ignored;
    input_->keys.close(ignored);
    restore();
  }
  void write(ByteView octets) override {
    while (!octets.empty()) {
      const ssize_t done = ::write(STDOUT_FILENO, octets.data(), octets.size());
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) return;  // nobody sees it then
      octets = octets.subspan(static_cast<size_t>(done));
    }
  }

 private:
  struct Input {
    Input(Loop& loop, Descriptor descriptor, std::function<void(ByteView)> handler)
        : keys(loop.impl().context, descriptor.release()), octets(std::move(handler)) {}
    asio::posix::stream_descriptor keys;
    std::function<void(ByteView)> octets;
    std::array<uint8_t, 256> buffer{};
  };
  static void await(const std::shared_ptr<Input>& input) {
    input->keys.async_read_some(asio::buffer(input->buffer), [input](ErrorCode error, size_t got) {
      if (error || !input->octets) return;
      const auto octets = input->octets;
      octets(ByteView(input->buffer.data(), got));
      if (input->octets) await(input);
    });
  }
  std::shared_ptr<Input> input_;
};

}  // namespace

bool Console::there() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1; }

Result<std::unique_ptr<Console>> Console::open(Loop& loop, std::function<void(ByteView)> octets) {
  Descriptor keys(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!there() || !keys || ::tcgetattr(STDIN_FILENO, &before_raw()) != 0) {
    return fail(ErrorKind::Failed, "standard input is no terminal");
  }
  termios raw = before_raw();
  ::cfmakeraw(&raw);
  raw.c_oflag |= OPOST | ONLCR;  // our own lines come in between
  if (::tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) != 0) {
    return fail(ErrorKind::Failed, "the terminal cannot be made raw");
  }
  static const bool at_exit = std::atexit(restore) == 0;
  (void)at_exit;
  raw_now() = true;
  return std::make_unique<RealConsole>(loop, std::move(keys), std::move(octets));
}

}  // namespace redial::io
