// SPDX-License-Identifier: Apache-2.0
#include "cli/exchange.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "cli/event_text.h"
#include "cli/exchange_desk.h"
#include "cli/exchange_plan.h"
#include "cli/far_side.h"
#include "io/command_input.h"
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

/// Where a path of the plan file leads: relative to the file.
std::string beside(const std::string& file, const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  const size_t slash = file.rfind('/');
  return slash == std::string::npos ? path : file.substr(0, slash + 1) + path;
}

Result<ExchangePlan> plan_of_file(const std::string& file) {
  const auto octets = io::read_file(file, phonebook::kPhonebookOctetsMax);
  if (!octets) return tl::make_unexpected(octets.error());
  ExchangePlan plan = read_exchange_plan(*octets, file);
  for (const auto& diagnostic : plan.diagnostics) {
    if (diagnostic.severity == phonebook::Diagnostic::Severity::Error) {
      return fail(ErrorKind::BadFile, phonebook::to_text(diagnostic));
    }
    fmt::print(stderr, "{}\n", phonebook::to_text(diagnostic));
  }
  plan.accounts = beside(file, plan.accounts);
  plan.control = beside(file, plan.control);
  for (ExchangeModem& modem : plan.modems) modem.pty = beside(file, modem.pty);
  return plan;
}

/// The file's plan, and what the command line adds to it.
Result<ExchangePlan> plan_of(const ExchangeOptions& options) {
  ExchangePlan plan;
  if (!options.plan.empty()) {
    auto read = plan_of_file(options.plan);
    if (!read) return read;
    plan = *std::move(read);
  }
  for (const std::string& said : options.modems) {
    auto modem = exchange_modem(said);
    if (!modem) return tl::make_unexpected(modem.error());
    lab::Channel& channel = modem->config.channel;
    channel.rate_bps = options.rate_bps.value_or(channel.rate_bps);
    if (options.latency_ms) channel.latency = *options.latency_ms * 1ms;
    plan.modems.push_back(*std::move(modem));
  }
  for (const std::string& number : options.isp) plan.numbers.push_back({number, true});
  const auto fates = [&plan](const std::vector<std::string>& numbers, lab::Fate fate) {
    for (const std::string& number : numbers) plan.numbers.push_back({number, false, 1, fate});
  };
  fates(options.busy, lab::Fate::Busy);
  fates(options.no_answer, lab::Fate::NoAnswer);
  fates(options.voice, lab::Fate::Voice);
  if (!options.accounts.empty()) plan.accounts = options.accounts;
  if (!options.control.empty()) plan.control = options.control;
  if (plan.modems.empty()) {
    return fail(ErrorKind::Usage,
                "exchange: no modem; nobody could dial; name one: --modem 5550199, "
                "or --modem 5550199=./ttyModem");
  }
  return plan;
}

class Exchange {
 public:
  explicit Exchange(ExchangePlan plan)
      : plan_(std::move(plan)), seed_(entropy_.u32()), network_(loop_, seed_), desk_(network_) {}

  Result<void> set_up();
  int run();

 private:
  Result<void> add_modem(const ExchangeModem& modem);
  Result<void> add_access_server();
  void set_fates();

  ExchangePlan plan_;
  io::KernelEntropy entropy_;
  uint64_t seed_;
  io::Loop loop_;
  LabNetwork network_;
  ExchangeDesk desk_;
  std::unique_ptr<FileAccounts> accounts_;
  std::unique_ptr<FarSide> far_;
  std::vector<DeviceLink> links_;
  std::unique_ptr<io::CommandSocket> control_;
};

Result<void> Exchange::add_modem(const ExchangeModem& modem) {
  auto added = modem.listen.empty()
                   ? network_.add_pty_modem(modem.config)
                   : network_.add_tcp_modem(modem.config, modem.transport, modem.listen);
  if (!added) return tl::make_unexpected(added.error());
  std::string shown = added->path;
  if (!modem.pty.empty()) {
    auto link = DeviceLink::make(added->path, modem.pty);
    if (!link) return tl::make_unexpected(link.error());
    links_.push_back(*std::move(link));
    shown = modem.pty + " -> " + added->path;
  }
  fmt::print("modem {:<12} {}\n", modem.config.number, shown);
  return {};
}

Result<void> Exchange::add_access_server() {
  const auto has_isp = [](const ExchangeNumber& number) { return number.isp; };
  if (std::ranges::none_of(plan_.numbers, has_isp)) return {};
  if (!plan_.accounts.empty()) {
    const auto text = io::read_private_file(plan_.accounts, phonebook::kPhonebookOctetsMax);
    if (!text) return tl::make_unexpected(text.error());
    auto credentials = phonebook::read_credentials(*text, plan_.accounts);
    for (const auto& diagnostic : credentials.diagnostics) {
      if (diagnostic.severity == phonebook::Diagnostic::Severity::Error) {
        return fail(ErrorKind::BadFile, phonebook::to_text(diagnostic));
      }
    }
    accounts_ = std::make_unique<FileAccounts>(std::move(credentials));
  }
  far_ = std::make_unique<FarSide>(loop_, network_, entropy_, seed_ + 1, accounts_.get());
  if (auto nat = far_->start_nat(); !nat) return nat;
  for (const ExchangeNumber& number : plan_.numbers) {
    if (!number.isp) continue;
    for (uint32_t i = 0; i < number.ports; ++i) far_->add_port(number.number);
    fmt::print("isp   {:<12} PPP, {}; this machine's loopback is 10.64.0.1 there\n", number.number,
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
    exchange.set_trunks(plan_.trunks);
    for (const ExchangeNumber& number : plan_.numbers) {
      exchange.set_fate(number.number, number.fate);
    }
  });
}

Result<void> Exchange::set_up() {
  for (const ExchangeModem& modem : plan_.modems) {
    if (auto added = add_modem(modem); !added) return added;
  }
  if (auto added = add_access_server(); !added) return added;
  set_fates();
  if (plan_.control.empty()) return {};
  auto control = io::serve_commands(loop_, plan_.control,
                                    [this](std::string_view line) { return desk_.obey(line); });
  if (!control) return tl::make_unexpected(control.error());
  control_ = *std::move(control);
  return {};
}

int Exchange::run() {
  fmt::print("Ctrl-C ends; help lists the faults to ask for.\n");
  std::fflush(stdout);
  for (const int signal : {SIGINT, SIGTERM}) {
    loop_.on_signal(signal, [this] { loop_.stop(); });
  }
  const io::StandardInput input(loop_, [this](const std::string& line) {
    const std::string said = desk_.obey(line);
    if (!said.empty()) fmt::print("{}\n", said);
    std::fflush(stdout);
  });
  loop_.run();
  return 0;
}

}  // namespace

int exchange(const ExchangeOptions& options) {
  const auto fail = [](const Error& error) {
    fmt::print(stderr, "redial: {}\n", error.text);
    return static_cast<int>(error.kind);
  };
  auto plan = plan_of(options);
  if (!plan) return fail(plan.error());
  Exchange exchange(*std::move(plan));
  if (const auto ready = exchange.set_up(); !ready) return fail(ready.error());
  return exchange.run();
}

}  // namespace redial::cli
