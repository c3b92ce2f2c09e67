// SPDX-License-Identifier: Apache-2.0
#include "cli/test_call.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/host.h"
#include "host/telnet_door.h"
#include "io/files.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::Entry;
using phonebook::shown;

namespace {

/// The entry as it is dialled for a test: this once, now, and by nobody's hand.
Entry for_test(Entry entry, const std::string& line) {
  entry.lines = {line};
  entry.dial = phonebook::DialMode::Always;
  entry.prerequisite.clear();
  entry.terminal = entry.terminal_before = false;
  // It ends at the carrier: what is said after it may be a password, and is not said.
  entry.script.clear();
  entry.script_steps.clear();
  entry.script_before.clear();
  if (phonebook::same_word(entry.device_type, "pad")) entry.device_type = "modem";
  entry.interface = phonebook::Interface::User;
  return entry;
}

/// The first entry that is dialled on this line, or, as any entry can move to any line, the first
/// there is; nullptr: none.
const Entry* entry_for(const Workspace& workspace, size_t line) {
  const Entry* any = nullptr;
  for (const Entry& entry : workspace.book.entries) {
    if (entry.numbers.empty()) continue;
    if (!phonebook::unsupported(for_test(entry, "")).empty()) continue;
    if (any == nullptr) any = &entry;
    const auto bound = phonebook::bind_lines(entry, workspace.lines);
    if (bound && std::ranges::find(*bound, line) != bound->end()) return &entry;
  }
  return any;
}

class Tester {
 public:
  explicit Tester(TestCall& call)
      : call_(call),
        host_(loop_, entropy_, static_cast<uint64_t>(entropy_.u32())),
        deadline_(loop_, [this] { give_up(); }),
        ending_(loop_, [this] { leave_when_down(); }) {}

  Result<void> run(const Entry& entry, engine::BoundLine line) {
    line.id = host_.add_line(engine::config_of(line),
                             host::line_door(loop_, line.spec, port_spec(line.spec, entry)));
    auto plan = engine::plan_link(entry, nullptr, std::span(&line, 1));
    if (!plan) return tl::make_unexpected(std::move(plan).error());
    const auto session = engine::session_of(entry, nullptr);
    if (!session) return tl::make_unexpected(session.error());
    const Duration bound =
        connection::attempt_bound(entry, *session, engine::traits_of(std::span(&line, 1)));
    link_ = host_.add_link(*std::move(plan));
    host_.on_event = [this](Instant now, const engine::Event& event) { on_event(now, event); };
    begun_ = loop_.now();
    deadline_.set(begun_ + bound);
    loop_.post([this] { host_.dial(link_); });
    loop_.run();
    return {};
  }

 private:
  void on_event(Instant now, const engine::Event& event) {
    if (ended_) return;
    if (const auto* up = std::get_if<engine::CarrierUp>(&event.body)) carrier_ = up->text;
    if (const auto* noted = std::get_if<engine::Noted>(&event.body)) {
      call_.notes.push_back(shown(noted->text));
    }
    if (const auto* progress = std::get_if<connection::LinkProgress>(&event.body)) {
      opened_ |= progress->phase > Phase::Opening;
      // Far enough: from here on it would be user name and password.
      if (progress->phase >= Phase::Establishing) {
        end(now, TestCall::Outcome::Carrier,
            carrier_.empty() ? "answered" : shown(phonebook::trim(carrier_)));
      }
    }
    if (const auto* ended = std::get_if<connection::LinkEnded>(&event.body)) {
      const std::string seen =
          ended->cause.evidence.empty() ? "" : fmt::format(" ({})", shown(ended->cause.evidence));
      end(now, opened_ ? TestCall::Outcome::NoCarrier : TestCall::Outcome::NotOpened,
          std::string(text(ended->cause.code)) + seen);
    }
    if (std::holds_alternative<connection::NextTry>(event.body) && !opened_) {
      end(now, TestCall::Outcome::NoCarrier, "its entry may not be dialled at this hour");
    }
  }

  void give_up() {
    end(loop_.now(), opened_ ? TestCall::Outcome::NoCarrier : TestCall::Outcome::NotOpened,
        "nothing came of it in time");
  }

  void end(Instant now, TestCall::Outcome outcome, std::string said) {
    if (ended_) return;
    ended_ = true;
    call_.outcome = outcome;
    call_.said = std::move(said);
    call_.took = now - begun_;
    deadline_.clear();
    loop_.post([this] {
      host_.hang_up(link_, CauseCode::UserHangUp);
      leave_when_down();
    });
  }

  /// The hang-up is bounded, and so is this wait.
  void leave_when_down() {
    if (host_.engine().resting(link_)) return loop_.stop();
    ending_.set(loop_.now() + 20ms);
  }

  TestCall& call_;
  io::Loop loop_;
  io::KernelEntropy entropy_;
  host::Host host_;
  io::Alarm deadline_, ending_;
  LinkId link_{};
  Instant begun_{};
  std::string carrier_;
  bool opened_ = false, ended_ = false;
};

TestCall test_call(const Workspace& workspace, size_t line) {
  const phonebook::LineSpec& spec = workspace.lines[line];
  TestCall call{.line = spec.name, .entry = {}, .number = {}, .said = {}, .notes = {}};
  const Entry* found = entry_for(workspace, line);
  if (found == nullptr) {
    call.said = "no entry can be dialled; nothing was tried";
    return call;
  }
  const Entry entry = for_test(*found, spec.name);
  call.entry = entry.name;
  call.number = entry.numbers.front().digits;
  auto bound = engine::bind_line(spec, entry, file_reader(workspace));
  const auto ran =
      bound ? Tester(call).run(entry, *std::move(bound)) : tl::make_unexpected(bound.error());
  if (!ran) {
    call.outcome = TestCall::Outcome::NotOpened;
    call.said = ran.error().text;
  }
  return call;
}

}  // namespace

std::string_view name(TestCall::Outcome outcome) {
  switch (outcome) {
    case TestCall::Outcome::Carrier: return "carrier";
    case TestCall::Outcome::NoCarrier: return "no_carrier";
    case TestCall::Outcome::NotOpened: return "not_opened";
    case TestCall::Outcome::NoEntry: return "no_entry";
  }
  return "";
}

std::vector<TestCall> test_calls(const Workspace& workspace) {
  std::vector<TestCall> calls;
  for (size_t line = 0; line < workspace.lines.size(); ++line) {
    calls.push_back(test_call(workspace, line));
  }
  return calls;
}

}  // namespace redial::cli
