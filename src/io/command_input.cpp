// SPDX-License-Identifier: Apache-2.0
#include "io/command_input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <mutex>
#include <set>
#include <thread>

#include "io/octet_stream.h"

namespace redial::io {
namespace {

/// Octets to lines, without their ends.
class Lines {
 public:
  template <class Line>
  void feed(ByteView octets, Line&& line) {
    for (const uint8_t octet : octets) {
      if (octet == '\n') {
        line(std::exchange(text_, ""));
      } else if (octet != '\r' && text_.size() < kCommandOctetsMax) {
        text_.push_back(static_cast<char>(octet));
      }
    }
  }

 private:
  std::string text_;
};

}  // namespace

struct StandardInput::Shared {
  std::mutex guard;
  Loop* loop;  // null: nobody listens any more
  std::function<void(std::string)> line;

  // In the reading thread. The loop is only touched while its owner holds still.
  static void read(const std::shared_ptr<Shared>& self) {
    Lines lines;
    uint8_t octets[512];
    while (true) {
      const ssize_t got = ::read(STDIN_FILENO, octets, sizeof octets);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return;
      lines.feed(ByteView(octets, static_cast<size_t>(got)), [&self](std::string text) {
        const std::lock_guard lock(self->guard);
        if (!self->loop) return;
        self->loop->post([weak = std::weak_ptr(self), text = std::move(text)] {
          const auto alive = weak.lock();
          if (alive && alive->loop) alive->line(text);
        });
      });
    }
  }
};

StandardInput::StandardInput(Loop& loop, std::function<void(std::string)> line)
    : shared_(std::make_shared<Shared>()) {
  shared_->loop = &loop;
  shared_->line = std::move(line);
  // It ends with the input, or with the program: nothing else wakes a read.
  std::thread([shared = shared_] { Shared::read(shared); }).detach();
}

StandardInput::~StandardInput() {
  const std::lock_guard lock(shared_->guard);
  shared_->loop = nullptr;
}

namespace {

using asio::local::stream_protocol;

constexpr size_t kClientsMax = 16;

class Server : public std::enable_shared_from_this<Server> {
 public:
  Server(Loop& loop, std::string path, CommandSocket::Answer answer)
      : loop_(loop),
        path_(std::move(path)),
        answer_(std::move(answer)),
        acceptor_(loop.impl().context) {}

  ErrorCode open() {
    ErrorCode error;
    // The folder may be anybody's; the socket is its owner's from its first moment on.
    const mode_t before = ::umask(0177);
    acceptor_.open(stream_protocol(), error);
    if (!error) acceptor_.bind(stream_protocol::endpoint(path_), error);
    ::umask(before);
    if (!error) bound_ = true;
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) accept();
    return error;
  }
  void close() {
    ErrorCode ignored;
    closed_ = true;
    acceptor_.close(ignored);
    for (const auto& client : clients_) client->close();
    clients_.clear();
    if (bound_) ::unlink(path_.c_str());
  }

 private:
  void accept() {
    acceptor_.async_accept(
        [this, self = shared_from_this()](ErrorCode error, stream_protocol::socket socket) {
          if (closed_) return;
          if (!error && clients_.size() < kClientsMax) on_client(std::move(socket));
          accept();
        });
  }
  void on_client(stream_protocol::socket socket) {
    ErrorCode error;
    Descriptor descriptor(socket.release(error));
    if (error) return;
    const auto client = std::make_shared<OctetStream>(loop_, std::move(descriptor));
    clients_.insert(client);
    const auto lines = std::make_shared<Lines>();
    client->start(
        {.octets =
             [self = weak_from_this(), lines, to = std::weak_ptr(client)](ByteView octets) {
               lines->feed(octets, [&](const std::string& line) {
                 const auto server = self.lock();
                 const auto stream = to.lock();
                 if (server && stream) stream->write(as_bytes(server->answer_(line) + "\n"));
               });
             },
         .written = {},
         .failed =
             [self = weak_from_this(), gone = std::weak_ptr(client)](ErrorCode) {
               const auto server = self.lock();
               const auto stream = gone.lock();
               if (!server || !stream) return;
               stream->close();
               server->clients_.erase(stream);
             }});
  }

  Loop& loop_;
  std::string path_;
  CommandSocket::Answer answer_;
  stream_protocol::acceptor acceptor_;
  std::set<std::shared_ptr<OctetStream>> clients_;
  bool bound_ = false, closed_ = false;
};

class Served final : public CommandSocket {
 public:
  explicit Served(std::shared_ptr<Server> server) : server_(std::move(server)) {}
  ~Served() override { server_->close(); }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

 private:
  std::shared_ptr<Server> server_;
};

}  // namespace

Result<std::unique_ptr<CommandSocket>> serve_commands(Loop& loop, const std::string& path,
                                                      CommandSocket::Answer answer) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(ErrorKind::Usage, path + ": too long for a socket's name; choose a shorter one");
  }
  auto server = std::make_shared<Server>(loop, path, std::move(answer));
  const ErrorCode error = server->open();
  if (!error) return std::make_unique<Served>(std::move(server));
  server->close();
  if (error == asio::error::address_in_use) {
    return fail(ErrorKind::Busy, path +
                                     ": exists already; nothing listens there; stop the program "
                                     "that has it, or remove it");
  }
  return fail(ErrorKind::Failed, path + ": no socket can be made there: " + error.message());
}

}  // namespace redial::io
