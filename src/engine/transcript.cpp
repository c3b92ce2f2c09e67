// SPDX-License-Identifier: Apache-2.0
#include "engine/transcript.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/effect_text.h"
#include "engine/escape.h"
#include "engine/memory_codec.h"

namespace redial::engine {

using namespace input;

namespace {

constexpr std::string_view kText = " : ";
// Wherever a memory is written, its age is of no account: it was read at that instant.
constexpr Moment kThen{};

std::string memory_text(std::variant<connection::LinkMemory, connection::LineMemory> memory) {
  std::string record = to_record({"-", kThen, std::move(memory)});
  record.pop_back();  // its line end
  return escaped(as_bytes(record));
}

std::string_view on(bool yes) { return yes ? "on" : "off"; }

std::string cause_text(std::string_view verb, LineId line, const Cause& cause) {
  return fmt::format("{} {} {} : {}", verb, index(line), name(cause.code),
                     escaped(as_bytes(cause.evidence)));
}

/// Without octets.
std::string words_of(const Input& input) {
  return match(
      input, [](const Dial& dial) { return fmt::format("dial {}", index(dial.link)); },
      [](const HangUp& end) {
        return fmt::format("hang-up {} {}", index(end.link), name(end.why));
      },
      [](const StartAnswering& start) { return fmt::format("answer {}", index(start.link)); },
      [](const ArmOnDemand& arm) { return fmt::format("arm {}", index(arm.link)); },
      [](const DemandTraffic& demand) { return fmt::format("demand {}", index(demand.link)); },
      [](const RestoreLink& restore) {
        return fmt::format("restore-link {} : {}", index(restore.link),
                           memory_text(restore.memory));
      },
      [](const RestoreLine& restore) {
        return fmt::format("restore-line {} : {}", index(restore.line),
                           memory_text(restore.memory));
      },
      [](const SetCalendar& set) {
        return fmt::format("calendar {} {}", set.calendar.at.time_since_epoch().count(),
                           set.calendar.local.us_since_1970);
      },
      [](const LineOpened& opened) { return fmt::format("opened {}", index(opened.line)); },
      [](const LineFailed& failed) { return cause_text("failed", failed.line, failed.cause); },
      [](const LineClosed& closed) { return cause_text("closed", closed.line, closed.cause); },
      [](const Octets& octets) { return fmt::format("octets {}", index(octets.line)); },
      [](const Carrier& carrier) {
        return fmt::format("carrier {} {}", index(carrier.line), on(carrier.present));
      },
      [](const LineReturned& returned) { return fmt::format("returned {}", index(returned.line)); },
      [](const Circuits& circuits) {
        return fmt::format("circuits {} {}", index(circuits.line), on(circuits.present));
      },
      [](const CommandDone& done) {
        return fmt::format("command {} {}", index(done.line), on(done.well));
      },
      [](const SendIp& sent) { return fmt::format("packet {}", index(sent.link)); },
      [](const Deadline&) { return std::string("deadline"); },
      [](const TerminalInput& keys) { return fmt::format("keys {}", index(keys.link)); },
      [](const EndTerminal& end) { return fmt::format("end-terminal {}", index(end.link)); });
}

/// Lines of a text that stands for itself: "| " with its line end, "+ " without.
void write_body(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const bool whole = end != std::string_view::npos;
    out += whole ? "| " : "+ ";
    escape(as_bytes(text.substr(0, end)), out);
    out += '\n';
    text.remove_prefix(whole ? end + 1 : text.size());
  }
}

std::string write_number(const TranscriptHead::Number& number) {
  return fmt::format("number {} {}{}{}\n", telephony::name(number.reach),
                     number.covered   ? "covered"
                     : number.dialled ? "open"
                                      : "unknown",
                     number.dialled ? kText : "",
                     number.dialled ? escaped(as_bytes(*number.dialled)) : std::string());
}

void write_link(const TranscriptHead::Link& link, std::string& out) {
  out += "entry\n";
  write_body(link.entry, out);
  out += "on";
  for (const uint32_t line : link.lines) out += fmt::format(" {}", line);
  out += fmt::format("\nuser {} : {}\n", link.password_octets, escaped(as_bytes(link.user)));
  if (!link.domain.empty()) out += "domain : " + escaped(as_bytes(link.domain)) + "\n";
  for (const TranscriptHead::Number& number : link.numbers) out += write_number(number);
}

}  // namespace

Input TranscriptStep::whole() const {
  Input made = input;
  if (auto* heard = std::get_if<Octets>(&made)) heard->octets = octets;
  if (auto* sent = std::get_if<SendIp>(&made)) sent->packet = octets;
  if (auto* keys = std::get_if<TerminalInput>(&made)) keys->octets = octets;
  return made;
}

std::string write_head(const TranscriptHead& head) {
  std::string out = fmt::format("{}\n", kTranscriptMagic);
  if (!head.wall.empty()) out += "begun : " + escaped(as_bytes(head.wall)) + "\n";
  out += fmt::format("seed {:016x}\n", head.seed);
  for (const auto& [name, octets] : head.files) {
    out += "file : " + escaped(as_bytes(name)) + "\n";
    write_body(octets, out);
  }
  for (const std::string& line : head.lines) {
    out += "line\n";
    write_body(line, out);
  }
  for (const TranscriptHead::Link& link : head.links) write_link(link, out);
  for (const auto& [link, first] : head.needs) out += fmt::format("needs {} {}\n", link, first);
  return out + "start\n";
}

std::string write_input(Instant at, const Input& input) {
  return exact_seconds(at) + " " + words_of(input);
}

ByteView octets_of(const Input& input) {
  if (const auto* heard = std::get_if<Octets>(&input)) return heard->octets;
  if (const auto* sent = std::get_if<SendIp>(&input)) return sent->packet;
  if (const auto* keys = std::get_if<TerminalInput>(&input)) return keys->octets;
  return {};
}

std::string write_random(ByteView octets) {
  std::string out = "random ";
  for (const uint8_t octet : octets) out += fmt::format("{:02x}", octet);
  return out;
}

std::string write_transcript(const Transcript& transcript) {
  std::string out = write_head(transcript.head);
  for (const TranscriptStep& step : transcript.steps) {
    out += write_input(step.at, step.input);
    if (!step.octets.empty()) out += fmt::format("{}{}", kText, escaped(step.octets));
    out += '\n';
    for (const Bytes& drawn : step.random) out += "  " + write_random(drawn) + "\n";
    for (const std::string& answer : step.answers) out += "  " + answer + "\n";
  }
  if (transcript.finished) out += transcript.full ? "full\n" : "end\n";
  return out;
}

}  // namespace redial::engine
