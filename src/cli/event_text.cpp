// SPDX-License-Identifier: Apache-2.0
#include "cli/event_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace redial::cli {
namespace {

using nlohmann::json;

std::string cause_text(const Cause& cause) {
  std::string what(text(cause.code));
  if (!cause.evidence.empty()) what += " (" + cause.evidence + ")";
  return what;
}

std::string progress_text(Phase phase) {
  switch (phase) {
    case Phase::Opening: return "Opening the line...";
    case Phase::Preparing: return "Preparing the modem...";
    case Phase::Dialing: return "Connecting...";
    case Phase::Establishing: return "Carrier, negotiating the link...";
    case Phase::Authenticating: return "Verifying user name and password...";
    case Phase::Registering: return "Registering on the network...";
    case Phase::Up:  // LinkConnected says it
    case Phase::Closing:
    case Phase::Waiting: break;
  }
  return "";
}

std::string ended_text(const connection::LinkEnded& ended) {
  const std::string what =
      fmt::format("{}; error {}", cause_text(ended.cause), number(ras_error(ended.cause.code)));
  if (ended.phase == Phase::Up) {
    return fmt::format("Link failure after {}: {}", to_text(ended.was_up.value_or(0s)), what);
  }
  return fmt::format("Attempt failed while {}: {}", text(ended.phase), what);
}

std::string resting_text(connection::Action because) {
  switch (because) {
    case connection::Action::Stop: return "Down, as wanted; no redial";
    case connection::Action::AwaitEdit: return "Resting: nothing changes by trying; edit the entry";
    case connection::Action::Restore:
      return "Resting: RedialOnLinkFailure=0 of the entry forbids the redial; dial again by hand";
    case connection::Action::Renew: return "Down: the session's time is over; no redial";
    case connection::Action::Redial:
    case connection::Action::HoldNumber:
      return "Resting: the attempts are used up, and redial.give_up is set; dial again by hand";
    case connection::Action::HoldAuth:
    case connection::Action::Await:
    case connection::Action::Keep: break;
  }
  return "Resting";
}

// "15 min" and not "14 min 59 s", though a millisecond has passed since it was decided.
std::string rounded(Duration pause) {
  return pause < 10s ? to_text(pause) : to_text(std::chrono::round<std::chrono::seconds>(pause));
}

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e6; }

}  // namespace

std::string address_text(uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255,
                     address & 255);
}

std::string event_text(const engine::Event& event, Instant now) {
  return match(
      event.body,
      [](const connection::LinkCalling& calling) {
        return calling.attempt > 1 ? fmt::format("Dialling, attempt {}", calling.attempt)
                                   : std::string("Dialling");
      },
      [](const connection::LinkProgress& progress) { return progress_text(progress.phase); },
      [](const connection::LinkConnected&) { return std::string("Connected"); },
      [](const connection::LinkEnded& ended) {
        const bool wanted = ended.action == connection::Action::Stop ||
                            ended.action == connection::Action::Renew ||
                            ended.action == connection::Action::Await;
        return wanted ? "Hanging up: " + cause_text(ended.cause) : ended_text(ended);
      },
      [now](const connection::NextTry& next) {
        return fmt::format("Next try in {} ({})", rounded(next.at - now), text(next.reason));
      },
      [](const connection::Resting& resting) { return resting_text(resting.because); },
      [](const connection::Armed&) { return std::string("Down; traffic dials it"); },
      [](const connection::NeedPrerequisite&) {
        return std::string("Waiting for the entry that must be up first");
      },
      [](const connection::Learned&) {
        return std::string("This number connected and is the first from now on");
      },
      [](const answer::ConditionChanged& change) { return "Port " + std::string(name(change.to)); },
      [](const answer::CallerGone& gone) { return "Caller gone: " + cause_text(gone.cause); },
      [](const engine::CarrierUp& carrier) { return "Modem: " + carrier.text; },
      [](const engine::ModemSaid& said) { return "Modem: " + said.text; },
      [](const engine::Recovering& recovering) {
        return fmt::format("Recovery, the device failed {} {}: {}", recovering.failures,
                           recovering.failures == 1 ? "time" : "times in a row",
                           connection::rule_of(recovering.rung).text);
      },
      [](const engine::Noted& noted) { return noted.text; });
}

json event_json(Duration at, const std::string& entry, const engine::Event& event, Instant now) {
  json out = {{"at", seconds(at)}, {"entry", entry}};
  match(
      event.body,
      [&](const connection::LinkCalling& calling) {
        out["event"] = "calling";
        out["attempt"] = calling.attempt;
      },
      [&](const connection::LinkProgress& progress) {
        out["event"] = "progress";
        out["phase"] = name(progress.phase);
      },
      [&](const connection::LinkConnected&) { out["event"] = "connected"; },
      [&](const connection::LinkEnded& ended) {
        out["event"] = "ended";
        out["cause"] = name(ended.cause.code);
        out["origin"] = name(origin(ended.cause.code));
        out["ras_error"] = number(ras_error(ended.cause.code));
        out["evidence"] = ended.cause.evidence;
        out["phase"] = name(ended.phase);
        out["action"] = name(ended.action);
        out["was_up_s"] = ended.was_up ? json(seconds(*ended.was_up)) : json(nullptr);
      },
      [&](const connection::NextTry& next) {
        out["event"] = "next_try";
        out["in_s"] = seconds(next.at - now);
        out["reason"] = text(next.reason);
        out["attempt"] = next.attempt;
      },
      [&](const connection::Resting& resting) {
        out["event"] = "resting";
        out["because"] = name(resting.because);
      },
      [&](const connection::Armed&) { out["event"] = "armed"; },
      [&](const connection::NeedPrerequisite&) { out["event"] = "needs_prerequisite"; },
      [&](const connection::Learned& learned) {
        out["event"] = "learned";
        out["number_index"] = learned.number_index;
      },
      [&](const answer::ConditionChanged& change) {
        out["event"] = "port";
        out["condition"] = name(change.to);
      },
      [&](const answer::CallerGone& gone) {
        out["event"] = "caller_gone";
        out["cause"] = name(gone.cause.code);
        out["evidence"] = gone.cause.evidence;
      },
      [&](const engine::CarrierUp& carrier) {
        out["event"] = "carrier";
        out["text"] = carrier.text;
        out["bps"] = carrier.carrier_bps;
      },
      [&](const engine::ModemSaid& said) {
        out["event"] = "modem";
        out["text"] = said.text;
      },
      [&](const engine::Recovering& recovering) {
        out["event"] = "recovering";
        out["rung"] = name(recovering.rung);
        out["failures"] = recovering.failures;
      },
      [&](const engine::Noted& noted) {
        out["event"] = "note";
        out["text"] = noted.text;
      });
  return out;
}

}  // namespace redial::cli
