// SPDX-License-Identifier: Apache-2.0
#include "cli/dial_show.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

namespace redial::cli {
namespace {

void print_json(const nlohmann::json& object) {
  fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  std::fflush(stdout);
}

/// RFC 5072 §5: the link-local address that an interface identifier makes.
std::string link_local_text(uint64_t id) {
  return fmt::format("fe80::{:x}:{:x}:{:x}:{:x}", id >> 48, id >> 32 & 0xffff, id >> 16 & 0xffff,
                     id & 0xffff);
}

std::string addresses_text(const ppp::LinkUp& up) {
  std::string out = "Connected.";
  if (up.local != 0) out += " local " + address_text(up.local);
  if (up.peer != 0) out += " peer " + address_text(up.peer);
  if (up.dns != 0) out += " dns " + address_text(up.dns);
  if (up.dns2 != 0) out += " " + address_text(up.dns2);
  if (up.local_id != 0) out += " IPv6 " + link_local_text(up.local_id);
  if (up.peer_id != 0) out += " peer " + link_local_text(up.peer_id);
  return out;
}

}  // namespace

std::string counters_text(const host::LinkCounters& counted) {
  const engine::DamagedFrames& damaged = counted.frames.damaged;
  std::string out =
      fmt::format("  in {} frames, {} octets; out {} frames, {} octets", counted.frames.in,
                  counted.octets_in, counted.frames.out, counted.octets_out);
  const auto add = [&](uint32_t count, std::string_view what) {
    if (count > 0) out += fmt::format("; {} {}", count, what);
  };
  add(damaged.bad_fcs, "damaged (FCS)");
  add(damaged.aborted, "aborted");
  add(damaged.too_short, "too short");
  add(damaged.too_long, "too long");
  add(damaged.outside, "octets outside frames");
  add(counted.line.framing, "framing errors");
  add(counted.line.overrun, "overruns");
  add(counted.line.parity, "parity errors");
  add(counted.line.breaks, "breaks");
  return out;
}

void DialShow::line(const std::string& text) {
  if (text.empty()) return;
  if (counting_) fmt::print("\r\x1b[K");
  counting_ = false;
  fmt::print("{}{}\n", prefix_, text);
  std::fflush(stdout);  // whoever reads a pipe wants it now
}

void DialShow::say(Instant now, const std::string& text) {
  if (json_) {
    const double at = static_cast<double>((now - start_).count()) / 1e6;
    return print_json({{"at", at}, {"entry", entry_}, {"event", "note"}, {"text", text}});
  }
  line(text);
}

void DialShow::event(Instant now, const engine::Event& event, const std::string& where) {
  next_try_.reset();
  if (const auto* next = std::get_if<connection::NextTry>(&event.body)) next_try_ = next->at;
  if (json_) return print_json(event_json(now - start_, entry_, event, now));
  match(
      event.body,
      [&](const connection::LinkCalling& calling) {
        const std::string again =
            calling.attempt > 1 ? fmt::format(" (attempt {})", calling.attempt) : "";
        line(fmt::format("Connecting to {}{}{}...", entry_, where.empty() ? "" : " (" + where + ")",
                         again));
      },
      [&](const connection::LinkProgress& progress) {
        // The first lines said it already; rasdial has no words for what lies between.
        if (progress.phase > Phase::Dialing) line(event_text(event, now));
      },
      [&](const connection::LinkConnected&) { line(addresses_text(addresses_)); },
      [&](const connection::LinkEnded& ended) {
        // Whoever pressed Ctrl-C knows, and has been answered.
        if (ended.cause.code != CauseCode::UserHangUp) line(event_text(event, now));
      },
      [&](const connection::Resting& resting) {
        if (resting.because != connection::Action::Stop) line(event_text(event, now));
      },
      [&](const engine::CarrierUp& carrier) {
        if (carrier.text != "direct") line(event_text(event, now));  // a cable has none
      },
      [&](const auto&) { line(event_text(event, now)); });
}

void DialShow::addresses(Instant now, const ppp::LinkUp& up) {
  addresses_ = up;
  if (!json_) return;
  const double at = static_cast<double>((now - start_).count()) / 1e6;
  nlohmann::json told = {{"at", at},
                         {"entry", entry_},
                         {"event", "addresses"},
                         {"local", address_text(up.local)},
                         {"peer", address_text(up.peer)},
                         {"dns", address_text(up.dns)},
                         {"dns2", address_text(up.dns2)},
                         {"mtu", up.mtu}};
  if (up.local_id != 0) told["local6"] = link_local_text(up.local_id);
  if (up.peer_id != 0) told["peer6"] = link_local_text(up.peer_id);
  print_json(told);
}

void DialShow::counters(Instant now, const host::LinkCounters& counted) {
  const engine::FrameCounts& frames = counted.frames;
  if (frames.in + frames.out + frames.damaged.bad_fcs == 0) return;
  if (!json_) return line(counters_text(counted));
  const double at = static_cast<double>((now - start_).count()) / 1e6;
  const engine::DamagedFrames& damaged = frames.damaged;
  print_json({{"at", at},
              {"entry", entry_},
              {"event", "counters"},
              {"frames_in", frames.in},
              {"frames_out", frames.out},
              {"octets_in", counted.octets_in},
              {"octets_out", counted.octets_out},
              {"bad_fcs", damaged.bad_fcs},
              {"aborted", damaged.aborted},
              {"too_short", damaged.too_short},
              {"too_long", damaged.too_long},
              {"octets_outside_frames", damaged.outside},
              {"line_framing", counted.line.framing},
              {"line_overrun", counted.line.overrun},
              {"line_parity", counted.line.parity},
              {"line_breaks", counted.line.breaks}});
}

void DialShow::tick(Instant now) {
  if (!live_ || !next_try_ || *next_try_ <= now) return;
  const auto left = std::chrono::ceil<std::chrono::seconds>(*next_try_ - now);
  fmt::print("\r\x1b[KRedialling in {} (Ctrl-C ends)", to_text(Duration(left)));
  std::fflush(stdout);
  counting_ = true;
}

}  // namespace redial::cli
