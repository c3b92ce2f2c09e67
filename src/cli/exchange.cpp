// SPDX-License-Identifier: Apache-2.0
#include "cli/exchange.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "cli/event_text.h"
#include "cli/far_side.h"
#include "io/files.h"
#include "phonebook/credentials.h"

namespace redial::cli {
namespace {

/// Every user of the credentials file is an account; the entries' names do not matter here.
class FileAccounts final : public ppp::AccountBook {
 public:
  explicit FileAccounts(phonebook::Credentials credentials)
      : credentials_(std::move(credentials)) {}
  std::optional<Secret> password_of(std::string_view user) const override {
    for (const auto& [entry, credential] : credentials_.by_entry) {
      if (credential.user == ppp::without_domain(user)) return credential.password;
    }
    return std::nullopt;
  }

 private:
  phonebook::Credentials credentials_;
};

/// A link to a pty at a path that stays the same; taken away at the end.
class DeviceLink {
 public:
  static Result<DeviceLink> make(const std::string& target, const std::string& path) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) == 0 && !S_ISLNK(there.st_mode)) {
      return fail(ErrorKind::Refused,
                  fmt::format("{}: exists and is no link; it is left alone; name "
                              "another path",
                              path));
    }
    ::unlink(path.c_str());
    if (::symlink(target.c_str(), path.c_str()) != 0) {
      return fail(ErrorKind::Failed,
                  fmt::format("{}: {}; the modem has no such name; name a path in "
                              "a folder of yours",
                              path, std::strerror(errno)));
    }
    return DeviceLink(path);
  }
  DeviceLink(DeviceLink&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  ~DeviceLink() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

 private:
  explicit DeviceLink(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

class Exchange {
 public:
  explicit Exchange(const ExchangeOptions& options)
      : options_(options), seed_(entropy_.u32()), network_(loop_, seed_) {}

  Result<void> set_up();
  int run();

 private:
  Result<void> add_modem(const std::string& said);
  Result<void> add_access_server();
  void set_fates();

  ExchangeOptions options_;
  io::KernelEntropy entropy_;
  uint64_t seed_;
  io::Loop loop_;
  LabNetwork network_;
  std::unique_ptr<FileAccounts> accounts_;
  std::unique_ptr<FarSide> far_;
  std::vector<DeviceLink> links_;
};

Result<void> Exchange::add_modem(const std::string& said) {
  const size_t equals = said.find('=');
  const std::string number = said.substr(0, equals);
  auto modem = network_.add_pty_modem(
      {.number = number,
       .channel = {.rate_bps = options_.rate_bps, .latency = options_.latency_ms * 1ms},
       .reports_no_answer = true});
  if (!modem) return tl::make_unexpected(modem.error());
  std::string shown = modem->path;
  if (equals != std::string::npos) {
    auto link = DeviceLink::make(modem->path, said.substr(equals + 1));
    if (!link) return tl::make_unexpected(link.error());
    links_.push_back(*std::move(link));
    shown = said.substr(equals + 1) + " -> " + modem->path;
  }
  fmt::print("modem {:<12} {}\n", number, shown);
  return {};
}

Result<void> Exchange::add_access_server() {
  if (options_.isp.empty()) return {};
  if (!options_.accounts.empty()) {
    const auto text = io::read_private_file(options_.accounts, phonebook::kPhonebookOctetsMax);
    if (!text) return tl::make_unexpected(text.error());
    auto credentials = phonebook::read_credentials(*text, options_.accounts);
    for (const auto& diagnostic : credentials.diagnostics) {
      if (diagnostic.severity == phonebook::Diagnostic::Severity::Error) {
        return fail(ErrorKind::BadFile, phonebook::to_text(diagnostic));
      }
    }
    accounts_ = std::make_unique<FileAccounts>(std::move(credentials));
  }
  far_ = std::make_unique<FarSide>(loop_, network_, entropy_, seed_ + 1, accounts_.get());
  if (auto nat = far_->start_nat(); !nat) return nat;
  for (const std::string& number : options_.isp) {
    far_->add_port(number);
    fmt::print("isp   {:<12} PPP, {}; this machine's loopback is 10.64.0.1 there\n", number,
               accounts_ ? "MS-CHAPv2 or CHAP-MD5" : "no password asked");
  }
  far_->host().on_event = [this](Instant now, const engine::Event& event) {
    const std::string text = event_text(event, now);
    if (!text.empty()) fmt::print("{}: {}\n", far_->host().engine().name(event.link), text);
    std::fflush(stdout);
  };
  return {};
}

void Exchange::set_fates() {
  network_.inject([this](lab::Exchange& exchange, Instant) {
    for (const std::string& number : options_.busy) exchange.set_fate(number, lab::Fate::Busy);
    for (const std::string& number : options_.voice) exchange.set_fate(number, lab::Fate::Voice);
    for (const std::string& number : options_.no_answer) {
      exchange.set_fate(number, lab::Fate::NoAnswer);
    }
  });
}

Result<void> Exchange::set_up() {
  if (options_.modems.empty()) {
    return fail(ErrorKind::Usage,
                "exchange: no modem; nobody could dial; name one: --modem 5550199, "
                "or --modem 5550199=./ttyModem");
  }
  for (const std::string& modem : options_.modems) {
    if (auto added = add_modem(modem); !added) return added;
  }
  if (auto added = add_access_server(); !added) return added;
  set_fates();
  return {};
}

int Exchange::run() {
  fmt::print("Ctrl-C ends.\n");
  std::fflush(stdout);
  for (const int signal : {SIGINT, SIGTERM}) {
    loop_.on_signal(signal, [this] { loop_.stop(); });
  }
  loop_.run();
  return 0;
}

}  // namespace

int exchange(const ExchangeOptions& options) {
  Exchange exchange(options);
  if (const auto ready = exchange.set_up(); !ready) {
    fmt::print(stderr, "redial: {}\n", ready.error().text);
    return static_cast<int>(ready.error().kind);
  }
  return exchange.run();
}

}  // namespace redial::cli
