// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_station.h"

#include <fmt/format.h>

namespace redial::cli {
namespace {

constexpr uint32_t kFarAddress = 0x0a400001;  // 10.64.0.1: the access server, the page behind it

struct FaultText {
  std::string_view name, layer;
  CauseCode expected;
  bool into_attempt;
};

FaultText text_of(DemoFault fault) {
  switch (fault) {
    case DemoFault::Busy: return {"busy", "exchange", CauseCode::Busy, true};
    case DemoFault::NoAnswer: return {"no answer", "exchange", CauseCode::NoAnswer, true};
    case DemoFault::NoPpp: return {"answered without PPP", "PPP", CauseCode::PppNoResponse, true};
    case DemoFault::WrongPassword:
      return {"wrong password", "authentication", CauseCode::AuthRejected, true};
    case DemoFault::CallDrops:
      return {"the call drops (NO CARRIER)", "carrier", CauseCode::CarrierLost, false};
    case DemoFault::PeerKilled:
      return {"peer killed silently (half-open)", "PPP", CauseCode::PeerSilent, false};
    case DemoFault::PeerTerminates:
      return {"the peer terminates", "PPP", CauseCode::PeerTerminated, false};
  }
  return {};
}

Phase phase_of(DemoFault fault) {
  switch (fault) {
    case DemoFault::Busy:
    case DemoFault::NoAnswer: return Phase::Dialing;
    case DemoFault::NoPpp: return Phase::Establishing;
    case DemoFault::WrongPassword: return Phase::Authenticating;
    case DemoFault::CallDrops:
    case DemoFault::PeerKilled:
    case DemoFault::PeerTerminates: break;
  }
  return Phase::Up;
}

}  // namespace

Station::Station(StationPlan plan, io::Loop& loop, LabNetwork& lab, host::Host& caller,
                 host::Host& server, DemoShow& show, uint16_t page_port)
    : plan_(std::move(plan)),
      loop_(loop),
      lab_(lab),
      caller_(caller),
      server_(server),
      show_(show),
      page_port_(page_port),
      next_(loop, [this] { inject(); }) {}

Result<void> Station::start() {
  auto socks = io::serve_socks(loop_, caller_.interface_of(plan_.link), "127.0.0.1:0");
  if (!socks) return tl::make_unexpected(socks.error());
  socks_ = *std::move(socks);
  arm_attempt_fault();
  caller_.dial(plan_.link);
  return {};
}

// A fault into an attempt is prepared before the number is dialled, and begins with its phase.
void Station::arm_attempt_fault() {
  if (at_ >= plan_.faults.size()) return;
  switch (fault()) {
    case DemoFault::Busy:
      lab_.inject([&](lab::Exchange& exchange, Instant) {
        exchange.set_fate_once(plan_.number, lab::Fate::Busy, 1);
      });
      break;
    case DemoFault::NoAnswer:
      lab_.inject([&](lab::Exchange& exchange, Instant) {
        exchange.set_fate_once(plan_.number, lab::Fate::NoAnswer, 1);
      });
      break;
    case DemoFault::NoPpp: freeze_on_carrier_ = true; break;
    case DemoFault::WrongPassword:
    case DemoFault::CallDrops:
    case DemoFault::PeerKilled:
    case DemoFault::PeerTerminates: break;
  }
}

FaultRow Station::row_of(DemoFault fault) const {
  const FaultText text = text_of(fault);
  FaultRow row;
  row.fault = text.name;
  row.layer = text.layer;
  row.entry = plan_.entry;
  row.expected = name(text.expected);
  row.hold_expected = fault == DemoFault::WrongPassword;
  const auto failure = connection::failure_of(text.expected, phase_of(fault));
  if (failure) {
    row.notice_bound = connection::noticed_within(plan_.bounds, *failure).value_or(Duration{});
  }
  const auto reason = text.into_attempt ? connection::PauseReason::PhonebookPause
                                        : connection::PauseReason::LinkFailure;
  row.restore_bound = row.notice_bound + plan_.restore_bound(reason);
  return row;
}

std::vector<FaultRow> Station::rows() const {
  std::vector<FaultRow> all = rows_;
  for (size_t i = all.size(); i < plan_.faults.size(); ++i) {
    all.push_back(row_of(plan_.faults[i]));
    all.back().noticed_by = "never reached";
  }
  return all;
}

void Station::begin_row(Instant now) {
  fault_at_ = now;
  page_seen_ = false;
  rows_.push_back(row_of(fault()));
  rows_.back().dials = text_of(fault()).into_attempt ? 1 : 0;
  show_.fault(now, plan_.entry, rows_.back().fault);
}

void Station::inject() {
  begin_row(loop_.now());
  switch (fault()) {
    case DemoFault::CallDrops:
      lab_.inject(
          [&](lab::Exchange& exchange, Instant now) { exchange.drop_carrier(plan_.modem, now); });
      break;
    case DemoFault::PeerKilled:
      lab_.inject([&](lab::Exchange& exchange, Instant now) {
        exchange.freeze(plan_.modem, true, true, now);
      });
      break;
    case DemoFault::PeerTerminates:
      server_.hang_up(plan_.far_link, CauseCode::UserHangUp);
      server_.start_answering(plan_.far_link);
      break;
    case DemoFault::Busy:
    case DemoFault::NoAnswer:
    case DemoFault::NoPpp:
    case DemoFault::WrongPassword: break;  // armed before the dial
  }
}

void Station::on_event(Instant now, const engine::Event& event) {
  show_.event(now, plan_.entry, event);
  match(
      event.body,
      [&](const connection::LinkCalling&) {
        if (row_open()) ++rows_.back().dials;
      },
      [&](const connection::LinkProgress& progress) {
        const bool next = at_ < plan_.faults.size() && !row_open() && text_of(fault()).into_attempt;
        if (next && progress.phase == phase_of(fault())) begin_row(now);
      },
      [&](const engine::CarrierUp&) {
        if (!freeze_on_carrier_) return;
        freeze_on_carrier_ = false;
        lab_.inject([&](lab::Exchange& exchange, Instant at) {
          exchange.freeze(plan_.modem, true, true, at);
        });
      },
      [&](const connection::LinkEnded& ended) { on_ended(now, ended); },
      [&](const connection::NextTry& next) {
        if (!row_open() || !rows_.back().hold_expected) return;
        if (next.reason != connection::PauseReason::AuthHold) return;
        rows_.back().held = next.at - now;
        page_seen_ = true;  // there is none to wait for
        row_done();
      },
      [](const auto&) {});
}

void Station::on_ended(Instant now, const connection::LinkEnded& ended) {
  if (!row_open() || rows_.back().noticed_after) return;
  FaultRow& row = rows_.back();
  row.noticed_after = now - fault_at_;
  row.cause = name(ended.cause.code);
  row.noticed_by =
      ended.cause.evidence.empty() ? std::string(text(ended.cause.code)) : ended.cause.evidence;
}

void Station::on_up(Instant now) {
  if (row_open() && rows_.back().noticed_after && !rows_.back().restored_after) {
    rows_.back().restored_after = now - fault_at_;
  }
  fetch_ = std::make_unique<PageFetch>(loop_, socks_->port(), kFarAddress, page_port_,
                                       [this](bool good) { on_page(good); });
}

// The link counts as restored when it carries again, not when somebody says that it is up.
void Station::on_page(bool good) {
  fetch_.reset();
  show_.say(loop_.now(), plan_.entry,
            good ? fmt::format("page fetched through SOCKS5 127.0.0.1:{}", socks_->port())
                 : "the page did not come");
  if (!good) return;
  ++pages_;
  page_seen_ = true;
  if (row_open() && rows_.back().restored_after) row_done();
  if (at_ < plan_.faults.size() && !row_open()) next_.set(loop_.now() + plan_.settle);
}

void Station::row_done() { ++at_; }

}  // namespace redial::cli
