// SPDX-License-Identifier: Apache-2.0
#include "cli/dial.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <optional>

#include "cli/dial_show.h"
#include "host/host.h"
#include "host/telnet_door.h"
#include "io/files.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::Entry;
using phonebook::shown;

namespace {

bool at_terminal() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

/// The name and password: from the credentials, else asked for, never from the command line.
Result<phonebook::Credential> credential_for(const Workspace& workspace, const Entry& entry,
                                             const std::string& user) {
  auto found = find_credential(workspace, entry.name);
  if (!found) return tl::make_unexpected(std::move(found).error());
  const bool others = found->has_value() && !user.empty() && (*found)->user != user &&
                      !((*found)->user.empty() && entry.user == user);
  if (*found && !others) return **std::move(found);
  phonebook::Credential credential{.user = user, .domain = {}, .password = {}};
  if (credential.user.empty()) credential.user = entry.user;
  if (credential.user.empty() && at_terminal()) {
    std::cerr << "User name for " << shown(entry.name) << " (empty: none): " << std::flush;
    std::getline(std::cin, credential.user);
  }
  if (credential.user.empty()) return credential;  // the far end may not ask
  if (!at_terminal()) {
    return fail(
        ErrorKind::Refused,
        fmt::format("{}: no password for {}, and no terminal to ask on; nothing is dialled; "
                    "write it into a credentials.toml of mode 0600 and name that: "
                    "--credentials FILE, or credentials = in redial.toml",
                    shown(entry.name), shown(credential.user)));
  }
  auto password = io::prompt_password(fmt::format("Password for {}: ", shown(credential.user)));
  if (!password) return tl::make_unexpected(std::move(password).error());
  credential.password = *std::move(password);
  return credential;
}

/// What keeps a line from being opened at all, when the very first try meets it: better said at
/// once than retried behind the back of somebody who mistyped a path.
std::optional<ErrorKind> device_error(CauseCode code) {
  if (code == CauseCode::DeviceMissing || code == CauseCode::DeviceNotALine ||
      code == CauseCode::DeviceVanished) {
    return ErrorKind::BadDevice;
  }
  if (code == CauseCode::DeviceForbidden) return ErrorKind::Permission;
  if (code == CauseCode::DeviceBusy) return ErrorKind::Busy;
  return std::nullopt;
}

std::string_view device_remedy(ErrorKind kind) {
  if (kind == ErrorKind::Permission) return "join the group that owns it, often dialout";
  if (kind == ErrorKind::Busy) return "end the program that has it, or dial with --wait";
  return "correct its path (redial lines), plug it in, or dial with --wait";
}

uint32_t fixed_dns(const std::string& text) {
  uint32_t parts[4] = {};
  const int read =
      std::sscanf(text.c_str(), "%3u.%3u.%3u.%3u", &parts[0], &parts[1], &parts[2], &parts[3]);
  return read == 4 ? parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3] : 0;
}

class Dialer {
 public:
  Dialer(const DialOptions& options, Entry entry, std::vector<engine::BoundLine> lines)
      : options_(options),
        entry_(std::move(entry)),
        lines_(std::move(lines)),
        host_(loop_, entropy_, seed()),
        show_(entry_.name, !options.json && !options.plain && ::isatty(STDOUT_FILENO) == 1,
              options.json, loop_.now()),
        countdown_(loop_, [this] { tick(); }),
        ending_(loop_, [this] { leave_when_down(); }) {}

  Result<void> set_up(const phonebook::Credential& credential);
  int run();

 private:
  uint64_t seed() { return static_cast<uint64_t>(entropy_.u32()) << 32 | entropy_.u32(); }
  void on_event(Instant now, const engine::Event& event);
  void on_ended(const connection::LinkEnded& ended);
  void on_up(const ppp::LinkUp& up);
  void on_interrupt();
  void tick();
  void leave(int status);
  void leave_when_down();
  std::string where() const;

  const DialOptions& options_;
  Entry entry_;
  std::vector<engine::BoundLine> lines_;
  io::Loop loop_;
  io::KernelEntropy entropy_;
  host::Host host_;
  DialShow show_;
  io::Alarm countdown_, ending_;
  LinkId link_{};
  std::vector<std::unique_ptr<io::Service>> services_;
  std::string failure_;        // the one line that ends us, for standard error
  std::optional<int> status_;  // set: we are leaving
  bool opened_ = false;        // the line was open once
};

Result<void> Dialer::set_up(const phonebook::Credential& credential) {
  for (engine::BoundLine& line : lines_) {
    line.id = host_.add_line({line.spec.name, line.description},
                             host::line_door(loop_, line.spec, port_spec(line.spec, entry_)));
  }
  auto plan = engine::plan_link(entry_, &credential, lines_);
  if (!plan) return tl::make_unexpected(std::move(plan).error());
  link_ = host_.add_link(*std::move(plan));
  if (!options_.socks.empty()) {
    auto socks = io::serve_socks(loop_, host_.interface_of(link_), options_.socks);
    if (!socks) return tl::make_unexpected(std::move(socks).error());
    services_.push_back(*std::move(socks));
  }
  for (const std::string& rule : options_.forwards) {
    auto forward = io::serve_forward(loop_, host_.interface_of(link_), rule);
    if (!forward) return tl::make_unexpected(std::move(forward).error());
    services_.push_back(*std::move(forward));
  }
  return {};
}

int Dialer::run() {
  host_.on_event = [this](Instant now, const engine::Event& event) { on_event(now, event); };
  host_.on_up = [this](LinkId, const ppp::LinkUp& up) { on_up(up); };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    loop_.on_signal(signal, [this] { on_interrupt(); });
  }
  loop_.post([this] { host_.dial(link_); });
  loop_.run();
  if (!failure_.empty()) fmt::print(stderr, "redial: {}\n", failure_);
  return status_.value_or(0);
}

std::string Dialer::where() const {
  std::string out;
  const auto* supervisor = host_.engine().supervisor(link_);
  const size_t number = supervisor ? supervisor->number_index() : 0;
  const auto line = host_.engine().line_of(link_);
  for (const engine::BoundLine& each : lines_) {
    if (each.id != line) continue;
    if (each.description && number < entry_.numbers.size()) {
      out = shown(entry_.numbers[number].digits) + " on ";
    }
    return out + shown(each.spec.name);
  }
  return out;
}

void Dialer::on_event(Instant now, const engine::Event& event) {
  if (event.link != link_) return;
  if (const auto* progress = std::get_if<connection::LinkProgress>(&event.body)) {
    opened_ |= progress->phase > Phase::Opening;
  }
  if (const auto* ended = std::get_if<connection::LinkEnded>(&event.body)) on_ended(*ended);
  if (failure_.empty()) show_.event(now, event, where());
  if (const auto* resting = std::get_if<connection::Resting>(&event.body)) {
    // Nobody but a command can wake it now, and there is none in the foreground.
    leave(resting->because == connection::Action::Stop ? 0 : static_cast<int>(ErrorKind::Failed));
  }
  tick();
}

void Dialer::on_ended(const connection::LinkEnded& ended) {
  const auto kind = device_error(ended.cause.code);
  if (!kind || opened_ || options_.wait || status_) return;
  failure_ = fmt::format("{}: {}; nothing was dialled; {}", shown(ended.cause.evidence),
                         text(ended.cause.code), device_remedy(*kind));
  loop_.post([this, kind] {
    leave(static_cast<int>(*kind));
    host_.hang_up(link_, CauseCode::UserHangUp);
  });
}

void Dialer::on_up(const ppp::LinkUp& up) {
  ppp::LinkUp told = up;
  if (!entry_.dns.empty()) {
    told.dns = fixed_dns(entry_.dns);
    told.dns2 = fixed_dns(entry_.dns2);
    if (!services_.empty()) {
      host_.interface_of(link_).up({.local = told.local,
                                    .peer = told.peer,
                                    .dns = told.dns,
                                    .dns2 = told.dns2,
                                    .mtu = told.mtu});
    }
  }
  show_.addresses(host_.now(), told);
}

void Dialer::on_interrupt() {
  if (status_) {  // the second one: whoever insists is obeyed
    failure_ = "hang-up not awaited; the modem may still be off the hook";
    status_ = static_cast<int>(ErrorKind::Failed);
    return loop_.stop();
  }
  show_.say(host_.now(), "Hanging up... (Ctrl-C again ends at once)");
  leave(0);
  host_.hang_up(link_, CauseCode::UserHangUp);
}

void Dialer::leave(int status) {
  if (!status_) status_ = status;
  countdown_.clear();
  ending_.set(loop_.now());
}

/// The hang-up is bounded, and so is this wait; its end is no event.
void Dialer::leave_when_down() {
  constexpr Duration kLookEvery = 20ms;
  if (host_.engine().resting(link_)) {
    if (failure_.empty()) show_.say(host_.now(), "Disconnected.");
    return loop_.stop();
  }
  ending_.set(loop_.now() + kLookEvery);
}

void Dialer::tick() {
  if (status_ || !show_.next_try()) return countdown_.clear();
  show_.tick(loop_.now());
  countdown_.set(loop_.now() + 1s);
}

Result<Entry> wanted_entry(const Workspace& workspace, const DialOptions& options) {
  auto entry = find_entry(workspace, options.entry);
  if (!entry) return entry;
  if (!options.user.empty()) entry->user = options.user;
  if (!options.phone.empty()) {
    phonebook::Number number;
    number.digits = options.phone;
    entry->numbers = {number};
  }
  return entry;
}

}  // namespace

int dial(const DialOptions& options) {
  const auto workspace = load_workspace(options.sources);
  if (!workspace) return complain(workspace.error());
  auto entry = wanted_entry(*workspace, options);
  if (!entry) return complain(entry.error());
  for (const std::string& warning : warnings_for(*workspace, entry->name)) {
    fmt::print(stderr, "{}\n", warning);
  }
  // What cannot be had is refused before anybody is asked for a password.
  if (const auto session = engine::session_of(*entry, nullptr); !session) {
    return complain(session.error());
  }
  auto lines = bind(*workspace, *entry);
  if (!lines) return complain(lines.error());
  if (const auto plan = engine::plan_link(*entry, nullptr, *lines); !plan) {
    return complain(plan.error());
  }
  for (const std::string& less : phonebook::reduced(*entry)) {
    fmt::print(stderr, "{}: {}\n", shown(entry->name), less);
  }
  const auto credential = credential_for(*workspace, *entry, options.user);
  if (!credential) return complain(credential.error());
  Dialer dialer(options, *std::move(entry), *std::move(lines));
  if (const auto ready = dialer.set_up(*credential); !ready) return complain(ready.error());
  return dialer.run();
}

}  // namespace redial::cli
