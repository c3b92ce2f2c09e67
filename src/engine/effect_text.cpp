// SPDX-License-Identifier: Apache-2.0
#include "engine/effect_text.h"

#include <fmt/format.h>

#include "engine/escape.h"
#include "wire/hdlc.h"
#include "wire/ppp.h"

namespace redial::engine {
namespace {

std::string seconds(Instant at) { return to_seconds(at.time_since_epoch()); }

/// The only frame of a batch.
struct Catch {
  bool on_frame(ByteView frame) {
    const size_t field = !frame.empty() && (frame[0] & 1) != 0 ? 1 : 2;
    if (frame.size() < field || found) return damaged = true;
    const unsigned protocol = field == 1 ? frame[0] : frame[0] << 8 | frame[1];
    const ByteView information = frame.subspan(field);
    found =
        SentFrame{static_cast<uint16_t>(protocol), Bytes(information.begin(), information.end())};
    return true;
  }
  void on_bad_frame(wire::FrameError) { damaged = true; }
  void on_outside(ByteView) { damaged = true; }
  std::optional<SentFrame> found{};
  bool damaged = false;
};

std::string to_text(const Transmit& transmit, ByteView octets, bool typed, const Secrets& secrets) {
  const std::string line =
      fmt::format("{}{}", index(transmit.line), transmit.urgent ? " urgent" : "");
  if (auto frame = sent_frame(octets)) {
    // Of what is covered the length on the line differs: other octets are escaped.
    const std::string size =
        coverable(frame->protocol, frame->information) ? "-" : fmt::format("{}", octets.size());
    cover(frame->protocol, frame->information, secrets);
    return fmt::format("frame {} {:04x} {} : {}", line, frame->protocol, size,
                       escaped(frame->information));
  }
  Bytes kept(octets.begin(), octets.end());
  if (typed) std::ranges::fill(kept, uint8_t{'*'});
  secrets.mask(kept);
  return fmt::format("sends {} : {}", line, escaped(kept));
}

std::string to_text(const ppp::LinkUp& up) {
  return fmt::format("{:08x} {:08x} dns {:08x} {:08x} ids {:016x} {:016x} mtu {}", up.local,
                     up.peer, up.dns, up.dns2, up.local_id, up.peer_id, up.mtu);
}

std::string to_text(const Effect& effect, const Effects& fx, bool typed, const Secrets& secrets) {
  return match(
      effect, [](const OpenLine& open) { return fmt::format("opens {}", index(open.line)); },
      [](const CloseLine& close) { return fmt::format("closes {}", index(close.line)); },
      [](const RunCommand& run) { return fmt::format("runs the command of {}", index(run.line)); },
      [&](const Transmit& sent) { return to_text(sent, fx.octets(sent), typed, secrets); },
      [](const SetPace& pace) {
        return fmt::format("pace {} {}", index(pace.line), pace.octets_per_second);
      },
      [](const SetDtr& dtr) {
        return fmt::format("dtr {} {}", index(dtr.line), dtr.on ? "on" : "off");
      },
      [](const DiscardOutput& discard) { return fmt::format("discards {}", index(discard.line)); },
      [](const Remember& remember) {
        return match(
            remember.whose, [](LinkId id) { return fmt::format("remembers link {}", index(id)); },
            [](LineId id) { return fmt::format("remembers line {}", index(id)); });
      },
      [](const InterfaceUp& up) {
        return fmt::format("interface {} up {}", index(up.link), to_text(up.addresses));
      },
      [](const InterfaceDown& down) { return fmt::format("interface {} down", index(down.link)); },
      [&](const Event& event) {
        const std::string text = secrets.masked(to_text(event.body));
        return fmt::format("event {} : {}", index(event.link), escaped(as_bytes(text)));
      });
}

}  // namespace

std::string to_text(const EventBody& body) {
  return match(
      body,
      [](const connection::LinkCalling& calling) {
        return fmt::format("calls, attempt {}", calling.attempt);
      },
      [](const connection::LinkProgress& progress) {
        return fmt::format("{}", name(progress.phase));
      },
      [](const connection::LinkConnected&) { return std::string("UP"); },
      [](const connection::LinkEnded& ended) {
        return fmt::format("ENDED {} in {}{}: {}, {}", name(ended.cause.code), name(ended.phase),
                           ended.was_up ? ", was up " + redial::to_text(*ended.was_up) : "",
                           ended.cause.evidence, connection::name(ended.action));
      },
      [](const connection::NextTry& next) {
        return fmt::format("next try at {}, attempt {}: {}", seconds(next.at), next.attempt,
                           text(next.reason));
      },
      [](const connection::Resting& resting) {
        return fmt::format("rests: {}", connection::name(resting.because));
      },
      [](const connection::Armed&) { return std::string("armed"); },
      [](const connection::NeedPrerequisite&) { return std::string("needs another entry"); },
      [](const connection::Learned& learned) {
        return fmt::format("number {} is first from now on", learned.number_index);
      },
      [](const answer::ConditionChanged& changed) { return std::string(name(changed.to)); },
      [](const answer::CallerGone& gone) {
        return fmt::format("caller gone: {} {}", name(gone.cause.code), gone.cause.evidence);
      },
      [](const CarrierUp& up) { return fmt::format("carrier: {}", up.text); },
      [](const ModemSaid& said) { return "modem: " + said.text; },
      [](const Recovering& recovering) {
        return fmt::format("recovers: {} after {} failures", name(recovering.rung),
                           recovering.failures);
      },
      [](const Noted& noted) { return noted.text; });
}

std::optional<SentFrame> sent_frame(ByteView octets) {
  constexpr uint8_t kFlag = 0x7e;
  if (octets.size() < 2 || octets.front() != kFlag || octets.back() != kFlag) return std::nullopt;
  wire::HdlcDecoder decoder(UINT16_MAX);
  Catch sink;
  decoder.decode(octets, sink);
  return sink.damaged ? std::nullopt : std::move(sink.found);
}

std::vector<std::string> AnswerText::lines(const Engine& engine, const Effects& fx, bool taken,
                                           bool typed, const Secrets& secrets) {
  std::vector<std::string> out;
  if (!taken) out.emplace_back("not taken");
  for (const Effect& effect : fx.list) out.push_back(to_text(effect, fx, typed, secrets));
  const auto due = engine.deadline();
  if (due != due_) out.push_back("due " + (due ? exact_seconds(*due) : std::string("never")));
  due_ = due;
  return out;
}

std::string exact_seconds(Instant at) {
  const int64_t us = at.time_since_epoch().count();
  const auto magnitude = us < 0 ? uint64_t{0} - static_cast<uint64_t>(us) : uint64_t(us);
  return fmt::format("{}{}.{:06}", us < 0 ? "-" : "", magnitude / 1'000'000, magnitude % 1'000'000);
}

}  // namespace redial::engine
