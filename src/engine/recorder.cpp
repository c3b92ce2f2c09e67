// SPDX-License-Identifier: Apache-2.0
#include "engine/recorder.h"

#include <algorithm>
#include <utility>

#include "engine/escape.h"
#include "wire/ppp.h"

namespace redial::engine {

namespace {

// A last line that says why it ends still has room.
constexpr size_t kRoomForEnd = 4096;

/// Phone numbers and lines that are remembered, as everywhere else in the record.
connection::LinkMemory covered(connection::LinkMemory memory, const Secrets& secrets) {
  for (std::string* text :
       {&memory.dialled, &memory.line, &memory.first_number, &memory.good_line}) {
    *text = secrets.masked(std::move(*text));
  }
  for (connection::NumberMemory& number : memory.numbers) {
    number.digits = secrets.masked(std::move(number.digits));
  }
  return memory;
}

Input covered(const Input& input, const Secrets& secrets) {
  Input kept = input;
  if (auto* restore = std::get_if<input::RestoreLink>(&kept)) {
    restore->memory = covered(std::move(restore->memory), secrets);
  }
  if (auto* failed = std::get_if<input::LineFailed>(&kept)) {
    failed->cause.evidence = secrets.masked(std::move(failed->cause.evidence));
  }
  if (auto* closed = std::get_if<input::LineClosed>(&kept)) {
    closed->cause.evidence = secrets.masked(std::move(closed->cause.evidence));
  }
  return kept;
}

/// Of the other inputs that bring octets: a packet's payload and what the user types are gone.
Bytes covered_octets(const Input& input) {
  const ByteView octets = octets_of(input);
  Bytes kept(octets.begin(), octets.end());
  if (std::holds_alternative<input::SendIp>(input)) cover_packet(kept);
  if (std::holds_alternative<input::TerminalInput>(input)) {
    std::ranges::fill(kept, uint8_t{'*'});
  }
  return kept;
}

}  // namespace

Recorder::Recorder(Entropy& beneath, Write write) : beneath_(&beneath), write_(std::move(write)) {}

void Recorder::start(const TranscriptHead& head) {
  started_ = true;
  write(write_head(head));
}

void Recorder::finish() {
  if (!started_ || full_) return;
  settle_all();
  write("end\n");
  started_ = false;
}

Recorder::Line& Recorder::line(LineId id) {
  auto& found = lines_[id];
  if (!found) found = std::make_unique<Line>(secrets_);
  return *found;
}

LineCover::Put Recorder::put() {
  return [this](uint64_t place, ByteView octets) {
    Bytes& to = held_[static_cast<size_t>(place - first_)].octets;
    to.insert(to.end(), octets.begin(), octets.end());
  };
}

/// What no more can come for: the line is closed or opened anew, or has been silent.
void Recorder::settle(const Input& input, Instant now) {
  const auto line_of = [&](const auto& each) -> std::optional<LineId> {
    if constexpr (requires { each.line; }) return each.line;
    return std::nullopt;
  };
  const auto its = std::visit(line_of, input);
  const bool over = std::holds_alternative<input::LineOpened>(input) ||
                    std::holds_alternative<input::LineClosed>(input);
  const bool heard = std::holds_alternative<input::Octets>(input);
  for (const auto& [id, line] : lines_) {
    const bool silent = now - line->heard >= kSettleAfter && line->cover.may_settle();
    if ((its == id && over) || (silent && !(heard && its == id))) line->cover.settle(put());
  }
}

void Recorder::settle_all() {
  for (const auto& [id, line] : lines_) line->cover.settle(put());
  flush();
}

void Recorder::on_input(const Engine&, const Input& input, Instant now) {
  inside_ = true;
  typed_ = std::holds_alternative<input::TerminalInput>(input);
  if (!started_ || full_) return;
  settle(input, now);
  Held& held = held_.emplace_back();
  held.text = write_input(now, covered(input, secrets_));
  held.brings_octets = !octets_of(input).empty();
  if (const auto* heard = std::get_if<input::Octets>(&input)) {
    Line& its = line(heard->line);
    its.heard = now;
    its.cover.on_octets(heard->octets, first_ + held_.size() - 1, put());
  } else {
    held.octets = covered_octets(input);
  }
  flush();
}

void Recorder::fill(std::span<uint8_t> octets) {
  beneath_->fill(octets);
  if (inside_) push("  " + write_random(octets));
}

void Recorder::on_answer(const Engine& engine, const Effects& fx, bool taken, Instant) {
  inside_ = false;
  if (!started_ || full_) return;
  for (const Effect& effect : fx.list) {
    if (const auto* transmit = std::get_if<Transmit>(&effect)) {
      look(engine, *transmit, fx.octets(*transmit));
    }
  }
  for (std::string& each : answers_.lines(engine, fx, taken, typed_, secrets_)) {
    push("  " + std::move(each));
  }
  flush();
}

/// By our Response the server's proof is judged.
void Recorder::look(const Engine& engine, const Transmit& transmit, ByteView octets) {
  const auto frame = sent_frame(octets);
  if (!frame || frame->protocol != static_cast<uint16_t>(wire::Protocol::Chap)) return;
  const auto user = engine.user_of(transmit.line);
  if (!user) return;
  const auto proof = proofs_.find(*user);
  if (proof != proofs_.end()) {
    line(transmit.line).cover.on_response(frame->information, proof->second);
  }
}

void Recorder::push(std::string text) {
  if (started_ && !full_) held_.push_back({.text = std::move(text), .octets = {}});
}

void Recorder::flush() {
  const auto holds = [](const auto& line) { return line.second->cover.holds(); };
  if (std::ranges::any_of(lines_, holds)) {
    if (held_.size() < kHeldLinesMax) return;
    for (const auto& [id, line] : lines_) line->cover.settle(put());
  }
  if (held_.empty()) return;
  std::string text;
  for (const Held& each : held_) {
    text += each.text;
    if (each.brings_octets) {
      text += " : ";
      escape(each.octets, text);
    }
    text += '\n';
  }
  first_ += held_.size();
  held_.clear();
  write(text);
}

void Recorder::write(std::string_view text) {
  if (full_) return;
  if (written_ + text.size() + kRoomForEnd > kTranscriptOctetsMax) {
    full_ = true;
    return write_("full\n");
  }
  written_ += text.size();
  write_(text);
}

}  // namespace redial::engine
