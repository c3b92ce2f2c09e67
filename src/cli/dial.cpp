// SPDX-License-Identifier: Apache-2.0
#include "cli/dial.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <optional>

#include "cli/dial_plan.h"
#include "cli/dial_record.h"
#include "cli/dial_show.h"
#include "cli/dial_tap.h"
#include "cli/state.h"
#include "host/host.h"
#include "host/memory_journal.h"
#include "host/telnet_door.h"
#include "io/files.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::Entry;
using phonebook::shown;

namespace {

/// What keeps a line from being opened at all, when the very first try meets it: better said at
/// once than retried behind the back of somebody who mistyped a path.
std::optional<ErrorKind> device_error(CauseCode code) {
  if (code == CauseCode::DeviceMissing || code == CauseCode::DeviceNotALine ||
      code == CauseCode::DeviceVanished || code == CauseCode::DeviceParameters) {
    return ErrorKind::BadDevice;
  }
  if (code == CauseCode::DeviceForbidden) return ErrorKind::Permission;
  if (code == CauseCode::DeviceBusy) return ErrorKind::Busy;
  return std::nullopt;
}

std::string_view device_remedy(CauseCode code, ErrorKind kind) {
  if (code == CauseCode::DeviceParameters) return "correct its speed, format or flow_control";
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

/// One entry that is being held up.
struct Held {
  Held(WantedEntry from, bool live, bool json, bool alone, Instant start)
      : wanted(std::move(from)), show(wanted.entry.name, live && alone, json, start) {
    if (!alone && !json) show.prefix(shown(wanted.entry.name) + ": ");
  }

  WantedEntry wanted;
  DialShow show;
  LinkId link{};
  std::vector<std::unique_ptr<io::Service>> services;
  std::optional<engine::Event> first_failure;  // of its device; told when no other line helps
  bool opened = false;                         // a line was open once
};

class Dialer {
 public:
  /// `record` may be null; `files`: what was read on the way here.
  Dialer(const DialOptions& options, std::vector<WantedEntry> wanted, DialRecord* record,
         const DialRecord::Files& files)
      : options_(options),
        record_(record),
        seed_(seed()),
        host_(loop_, record ? record->entropy() : entropy_, seed_),
        tap_(loop_, host_),
        countdown_(loop_, [this] { tick(); }),
        ending_(loop_, [this] { leave_when_down(); }) {
    const bool live = !options.json && !options.plain && ::isatty(STDOUT_FILENO) == 1;
    const bool alone = wanted.size() == 1;
    for (WantedEntry& each : wanted) {
      held_.push_back(
          std::make_unique<Held>(std::move(each), live, options.json, alone, loop_.now()));
    }
    if (!record_) return;
    record_->use(seed_, loop_.wall_now(), files);
    host_.tap(&record_->tap());
  }

  Result<void> set_up();
  int run();

 private:
  uint64_t seed() { return static_cast<uint64_t>(entropy_.u32()) << 32 | entropy_.u32(); }
  Result<void> set_up(Held& held);
  Result<void> serve(Held& held);
  LineId line_of(const engine::BoundLine& line, const Entry& entry);
  Held* find(LinkId link) const;
  void begin();
  void begin(const Held& held, host::MemoryJournal& journal);
  void on_event(Instant now, const engine::Event& event);
  void tell(Held& held, Instant now, const engine::Event& event);
  void keep(Held& held, const connection::Learned& learned);
  void give_up(const Held& held, const connection::LinkEnded& ended);
  void on_resting(const connection::Resting& resting);
  void on_up(Held& held, const ppp::LinkUp& up);
  void on_interrupt();
  void tick();
  void leave(int status);
  void leave_when_down();
  bool all_rest() const;
  void say(const std::string& text) { held_.front()->show.say(host_.now(), text); }
  std::string where(const Held& held) const;

  const DialOptions& options_;
  io::Loop loop_;
  io::KernelEntropy entropy_;
  DialRecord* record_;  // null: none is kept
  uint64_t seed_;
  host::Host host_;
  DialTap tap_;
  std::vector<std::unique_ptr<Held>> held_;       // by link
  std::map<std::string, LineId> lines_;           // by name: entries may share one
  std::unique_ptr<host::MemoryJournal> journal_;  // once something is dialled
  io::Alarm countdown_, ending_;
  std::string failure_;        // the one line that ends us, for standard error
  std::optional<int> status_;  // set: we are leaving
};

LineId Dialer::line_of(const engine::BoundLine& line, const Entry& entry) {
  const auto [found, fresh] = lines_.try_emplace(line.spec.name);
  if (fresh) {
    if (record_) record_->add_line(line.spec);
    found->second = host_.add_line(engine::config_of(line),
                                   host::line_door(loop_, line.spec, port_spec(line.spec, entry)));
    host_.set_power_cycle(found->second, line.spec.power_cycle, line.spec.power_cycle_within);
  }
  return found->second;
}

Result<void> Dialer::set_up() {
  for (const auto& held : held_) {
    if (auto ok = set_up(*held); !ok) return ok;
  }
  for (const auto& held : held_) {
    const std::string& needed = held->wanted.entry.prerequisite;
    if (needed.empty()) continue;
    const auto first = std::ranges::find_if(
        held_, [&](const auto& each) { return each->wanted.entry.name == needed; });
    if (record_) record_->add_need(held->link, (*first)->link);
    if (host_.engine().require(held->link, (*first)->link)) continue;
    return fail(ErrorKind::BadFile,
                fmt::format("{}: needs {} up first, which in the end needs it; neither could ever "
                            "be dialled; set prerequisite = \"\" in one of them",
                            shown(held->wanted.entry.name), shown(needed)));
  }
  return record_ ? record_->start() : Result<void>();
}

Result<void> Dialer::set_up(Held& held) {
  WantedEntry& wanted = held.wanted;
  for (engine::BoundLine& line : wanted.lines) line.id = line_of(line, wanted.entry);
  auto plan = engine::plan_link(wanted.entry, &wanted.credential, wanted.lines, wanted.numbers,
                                wanted.scripts);
  if (!plan) return tl::make_unexpected(std::move(plan).error());
  if (record_) {
    const LinkId link{static_cast<uint32_t>(host_.engine().links())};
    if (auto ok = record_->keep_secret(link, wanted, *plan); !ok) return ok;
    record_->add_link(wanted, plan->lines);
  }
  held.link = host_.add_link(*std::move(plan));
  if (!options_.capture.empty() && wanted.named) {
    const Secret& secret = wanted.credential.password;
    if (auto ok = tap_.capture_to(options_.capture, held.link, secret); !ok) return ok;
  }
  if (wants_tun(wanted.entry)) {
    return attach_tun(loop_, host_, held.link, wanted.entry, [this, &held](std::string text) {
      tell(held, loop_.now(), engine::Event{held.link, engine::Noted{std::move(text)}});
    });
  }
  return serve(held);
}

Result<void> Dialer::serve(Held& held) {
  for (const std::string& listen : held.wanted.socks) {
    auto socks = io::serve_socks(loop_, host_.interface_of(held.link), listen);
    if (!socks) return tl::make_unexpected(std::move(socks).error());
    held.services.push_back(*std::move(socks));
  }
  for (const std::string& rule : held.wanted.forwards) {
    auto forward = io::serve_forward(loop_, host_.interface_of(held.link), rule);
    if (!forward) return tl::make_unexpected(std::move(forward).error());
    held.services.push_back(*std::move(forward));
  }
  return {};
}

int Dialer::run() {
  host_.on_event = [this](Instant now, const engine::Event& event) { on_event(now, event); };
  host_.on_up = [this](LinkId link, const ppp::LinkUp& up) {
    if (Held* held = find(link)) on_up(*held, up);
  };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    loop_.on_signal(signal, [this] { on_interrupt(); });
  }
  loop_.post([this] { begin(); });
  loop_.run();
  if (record_) record_->finish();
  if (!failure_.empty()) fmt::print(stderr, "redial: {}\n", failure_);
  return status_.value_or(0);
}

void Dialer::begin() {
  journal_ = std::make_unique<host::MemoryJournal>(loop_, host_, memory_file(),
                                                   [this](const std::string& text) { say(text); });
  for (const auto& [name, line] : lines_) {
    if (const auto* memory = journal_->line(name)) host_.restore(line, *memory);
  }
  for (const auto& held : held_) begin(*held, *journal_);
}

/// A run that was cut off wanted the link still: it goes on where that stopped. After one that was
/// hung up this is a new command, which only the day's budget outlives.
void Dialer::begin(const Held& held, host::MemoryJournal& journal) {
  const bool on_demand = held.wanted.entry.dial == phonebook::DialMode::OnDemand;
  if (const auto* memory = journal.link(held.wanted.entry.name)) {
    connection::LinkMemory restored = *memory;
    const bool cut_off = held.wanted.named && restored.wish != connection::Wish::Down;
    restored.wish = !cut_off    ? connection::Wish::Down
                    : on_demand ? connection::Wish::OnDemand
                                : connection::Wish::Up;
    if (cut_off) {
      say(shown(held.wanted.entry.name) +
          ": goes on where a run that was cut off had got; to start afresh, Ctrl-C and dial again");
    }
    host_.restore(held.link, restored);
    if (cut_off) return;
  }
  if (!held.wanted.named) return;  // dialled when it is needed
  on_demand ? host_.arm_on_demand(held.link) : host_.dial(held.link);
}

Held* Dialer::find(LinkId link) const {
  const auto found =
      std::ranges::find_if(held_, [&](const auto& each) { return each->link == link; });
  return found == held_.end() ? nullptr : found->get();
}

std::string Dialer::where(const Held& held) const {
  std::string out;
  const auto* supervisor = host_.engine().supervisor(held.link);
  const size_t number = supervisor ? supervisor->number_index() : 0;
  const auto line = host_.engine().line_of(held.link);
  for (const engine::BoundLine& each : held.wanted.lines) {
    if (each.id != line) continue;
    if (each.description && number < held.wanted.numbers.size()) {
      out = shown(telephony::displayed_text(held.wanted.numbers[number])) + " on ";
    }
    return out + shown(each.spec.name);
  }
  return out;
}

void Dialer::on_event(Instant now, const engine::Event& event) {
  Held* const held = find(event.link);
  if (!held) return;
  if (options_.on_event && held->wanted.named) options_.on_event(event);
  if (const auto* progress = std::get_if<connection::LinkProgress>(&event.body)) {
    held->opened |= progress->phase > Phase::Opening;
  }
  if (held->first_failure) {
    // Another line may help; if none does, the first one's is the failure to tell.
    const engine::Event first = *std::exchange(held->first_failure, std::nullopt);
    const auto* next = std::get_if<connection::NextTry>(&event.body);
    if (!next || next->reason != connection::PauseReason::NextLine) {
      return give_up(*held, std::get<connection::LinkEnded>(first.body));
    }
    tell(*held, now, first);
  }
  const auto* ended = std::get_if<connection::LinkEnded>(&event.body);
  if (ended && device_error(ended->cause.code) && !held->opened && !options_.wait && !status_) {
    held->first_failure = event;
    return;
  }
  tell(*held, now, event);
  if (const auto* learned = std::get_if<connection::Learned>(&event.body)) keep(*held, *learned);
  if (const auto* resting = std::get_if<connection::Resting>(&event.body)) on_resting(*resting);
  tick();
}

void Dialer::tell(Held& held, Instant now, const engine::Event& event) {
  if (!failure_.empty()) return;
  held.show.event(now, event, where(held));
  if (std::holds_alternative<connection::LinkEnded>(event.body)) {
    held.show.counters(now, host_.counters(held.link));
  }
}

/// PromoteAlternates outlives us; the phonebook is not touched for it.
void Dialer::keep(Held& held, const connection::Learned& learned) {
  const Entry& entry = held.wanted.entry;
  const auto kept =
      keep_learned(learned_file(), entry.name, entry.numbers[learned.number_index].digits);
  if (!kept) held.show.say(host_.now(), kept.error().text);
}

void Dialer::give_up(const Held& held, const connection::LinkEnded& ended) {
  if (!failure_.empty()) return;
  const ErrorKind kind = device_error(ended.cause.code).value_or(ErrorKind::Failed);
  failure_ = fmt::format("{}{}: {}; nothing was dialled; {}",
                         held_.size() > 1 ? shown(held.wanted.entry.name) + ": " : "",
                         shown(ended.cause.evidence), text(ended.cause.code),
                         device_remedy(ended.cause.code, kind));
  loop_.post([this, kind] {
    leave(static_cast<int>(kind));
    for (const auto& each : held_) host_.hang_up(each->link, CauseCode::UserHangUp);
  });
}

void Dialer::on_resting(const connection::Resting& resting) {
  // Nobody but a command can wake it now, and there is none in the foreground.
  const bool wanted =
      resting.because == connection::Action::Stop || resting.because == connection::Action::Renew;
  const int status = wanted ? 0 : static_cast<int>(ErrorKind::Failed);
  loop_.post([this, status] {
    if (all_rest()) leave(status);
  });
}

// Those that only others need may well stay up a little longer.
bool Dialer::all_rest() const {
  return std::ranges::all_of(held_, [this](const auto& held) {
    return !held->wanted.named || host_.engine().resting(held->link);
  });
}

void Dialer::on_up(Held& held, const ppp::LinkUp& up) {
  ppp::LinkUp told = up;
  const Entry& entry = held.wanted.entry;
  if (!entry.dns.empty()) {
    told.dns = fixed_dns(entry.dns);
    told.dns2 = fixed_dns(entry.dns2);
    if (!held.services.empty()) {
      host_.interface_of(held.link).up({.local = told.local,
                                        .peer = told.peer,
                                        .dns = told.dns,
                                        .dns2 = told.dns2,
                                        .mtu = told.mtu});
    }
  }
  held.show.addresses(host_.now(), told);
}

void Dialer::on_interrupt() {
  if (status_) {  // the second one: whoever insists is obeyed
    failure_ = "hang-up not awaited; the modem may still be off the hook";
    status_ = static_cast<int>(ErrorKind::Failed);
    return loop_.stop();
  }
  say("Hanging up... (Ctrl-C again ends at once)");
  leave(0);
  for (const auto& held : held_) host_.hang_up(held->link, CauseCode::UserHangUp);
}

void Dialer::leave(int status) {
  if (!status_) status_ = status;
  countdown_.clear();
  for (const auto& held : held_) {
    if (!held->wanted.named) host_.hang_up(held->link, CauseCode::UserHangUp);
  }
  ending_.set(loop_.now());
}

/// The hang-up is bounded, and so is this wait; its end is no event.
void Dialer::leave_when_down() {
  constexpr Duration kLookEvery = 20ms;
  const bool down = std::ranges::all_of(
      held_, [this](const auto& held) { return host_.engine().resting(held->link); });
  if (down) {
    if (failure_.empty()) say("Disconnected.");
    return loop_.stop();
  }
  ending_.set(loop_.now() + kLookEvery);
}

void Dialer::tick() {
  DialShow& show = held_.front()->show;  // only a lone entry counts down
  if (status_ || !show.next_try()) return countdown_.clear();
  show.tick(loop_.now());
  countdown_.set(loop_.now() + 1s);
}

}  // namespace

int dial(const DialOptions& options) {
  auto workspace = load_workspace(options.sources);
  if (!workspace) return complain(workspace.error());
  DialRecord::Files files;
  std::unique_ptr<DialRecord> record;
  if (!options.record.empty()) {
    workspace->on_file = [&files](const std::string& path, const std::string& octets) {
      files[path] = octets;
    };
  }
  auto wanted = wanted_entries(options, *workspace);
  if (!wanted) return complain(wanted.error());
  if (!options.record.empty()) {
    auto opened = DialRecord::open(options.record);
    if (!opened) return complain(opened.error());
    record = *std::move(opened);
  }
  undo_left_over([](const std::string& text) { fmt::print(stderr, "redial: {}\n", text); });
  Dialer dialer(options, *std::move(wanted), record.get(), files);
  if (const auto ready = dialer.set_up(); !ready) return complain(ready.error());
  return dialer.run();
}

}  // namespace redial::cli
