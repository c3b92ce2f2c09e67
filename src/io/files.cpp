// SPDX-License-Identifier: Apache-2.0
#include "io/files.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "io/descriptor.h"
#include "io/file_parts.h"

namespace redial::io {
namespace {

ErrorKind kind_of(int error) {
  if (error == ENOENT || error == ENOTDIR) return ErrorKind::NotFound;
  if (error == EACCES || error == EPERM || error == EROFS) return ErrorKind::Permission;
  return ErrorKind::BadFile;
}

Result<std::string> read_all(int fd, const std::string& path, size_t octets_max) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return fail_with(errno, path, "cannot be read");
  if (S_ISDIR(info.st_mode)) return fail(ErrorKind::BadFile, path + ": is a directory, not a file");
  // The size is a hint only: /proc files say 0, and the file may grow while it is read.
  const size_t hint = info.st_size > 0 ? static_cast<size_t>(info.st_size) : 0;
  std::string text;
  text.resize(std::min(octets_max, hint) + 1);
  size_t filled = 0;
  while (true) {
    if (filled == text.size()) text.resize(std::min(octets_max + 1, text.size() * 2 + 4096));
    const ssize_t got = ::read(fd, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_with(errno, path, "cannot be read");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
    if (filled > octets_max) {
      return fail(ErrorKind::BadFile,
                  path + ": larger than " + std::to_string(octets_max) + " octets; not read");
    }
  }
  text.resize(filled);
  return text;
}

Result<Descriptor> open_to_read(const std::string& path) {
  // O_NONBLOCK: a FIFO at this path must not stop us for ever.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return fail_with(errno, path, "cannot be opened");
  return file;
}

/// Echo off while it lives; signals that end us are held back until the terminal is as it was.
class SilentTerminal {
 public:
  explicit SilentTerminal(int fd) : fd_(fd) {
    sigset_t deadly;
    sigemptyset(&deadly);
    for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&deadly, number);
    ::pthread_sigmask(SIG_BLOCK, &deadly, &before_);
    silent_ = ::tcgetattr(fd_, &shown_) == 0;
    if (!silent_) return;
    termios hidden = shown_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK);
    hidden.c_lflag |= ECHONL | ICANON;
    // Without ISIG a ^C is a character: it ends the prompt instead of a half-restored terminal.
    hidden.c_lflag &= ~static_cast<tcflag_t>(ISIG);
    silent_ = ::tcsetattr(fd_, TCSAFLUSH, &hidden) == 0;
  }
  ~SilentTerminal() {
    if (silent_) ::tcsetattr(fd_, TCSAFLUSH, &shown_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  bool silent() const { return silent_; }

 private:
  int fd_;
  bool silent_ = false;
  termios shown_{};
  sigset_t before_{};
};

}  // namespace

tl::unexpected<Error> fail_with(int error, const std::string& path, const char* fact) {
  return fail(kind_of(error), path + ": " + fact + ": " + std::strerror(error));
}

int write_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t put = ::write(fd, octets.data(), octets.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    octets.remove_prefix(static_cast<size_t>(put));
  }
  return 0;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::string> read_file(const std::string& path, size_t octets_max) {
  auto file = open_to_read(path);
  if (!file) return tl::make_unexpected(file.error());
  return read_all(file->get(), path, octets_max);
}

Result<std::string> read_private_file(const std::string& path, size_t octets_max) {
  auto file = open_to_read(path);
  if (!file) return tl::make_unexpected(file.error());
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return fail_with(errno, path, "cannot be read");
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    return fail(ErrorKind::Refused, path +
                                        ": holds secrets but belongs to somebody else; not read; "
                                        "make it yours with `chown`");
  }
  if ((info.st_mode & 077) != 0) {
    return fail(ErrorKind::Refused, path +
                                        ": holds secrets but others may open it; not read; run "
                                        "`chmod 600 " +
                                        path + "`");
  }
  return read_all(file->get(), path, octets_max);
}

Result<void> write_file(const std::string& path, std::string_view octets, unsigned mode) {
  std::string beside = path + ".XXXXXX";
  Descriptor file(::mkostemp(beside.data(), O_CLOEXEC));
  if (!file) return fail_with(errno, path, "cannot be written");
  int error = ::fchmod(file.get(), static_cast<mode_t>(mode)) == 0 ? 0 : errno;
  if (error == 0) error = write_all(file.get(), octets);
  // On disk before it takes the name, or a power cut leaves the new name on an empty file.
  if (error == 0 && ::fsync(file.get()) != 0) error = errno;
  if (error == 0 && ::rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(beside.c_str());
    return fail_with(error, path, "cannot be written; the old file, if any, is unchanged");
  }
  Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) static_cast<void>(::fsync(folder.get()));  // Some file systems cannot; no harm.
  return {};
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<Secret> prompt_password(const std::string& prompt) {
  Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal) {
    return fail(ErrorKind::Failed,
                "no terminal to ask for a password; put it into the credentials "
                "file");
  }
  SilentTerminal silence(terminal.get());
  if (!silence.silent()) {
    return fail(ErrorKind::Failed, "the terminal cannot hide a password; nothing was asked");
  }
  if (const int error = write_all(terminal.get(), prompt); error != 0) {
    return fail_with(error, "/dev/tty", "cannot be written");
  }
  char line[1024];
  ssize_t got = 0;
  do {
    got = ::read(terminal.get(), line, sizeof line);
  } while (got < 0 && errno == EINTR);
  std::string_view typed(line, got > 0 ? static_cast<size_t>(got) : 0);
  const bool given_up = typed.empty() || typed.find('\x03') != std::string_view::npos;
  while (!typed.empty() && (typed.back() == '\n' || typed.back() == '\r')) typed.remove_suffix(1);
  Secret secret{std::string(typed)};
  ::explicit_bzero(line, sizeof line);
  if (given_up) return fail(ErrorKind::Failed, "no password was given");
  return secret;
}

void KernelEntropy::fill(std::span<uint8_t> octets) {
  while (!octets.empty()) {
    const ssize_t got = ::getrandom(octets.data(), octets.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    REDIAL_ASSERT(got > 0);  // A machine without randomness must not make keys.
    octets = octets.subspan(static_cast<size_t>(got));
  }
}

}  // namespace redial::io
