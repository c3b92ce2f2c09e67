// SPDX-License-Identifier: Apache-2.0
#include "cli/dial_record.h"

#include <fmt/format.h>

#include <chrono>

#include "engine/script_file.h"
#include "engine/transcript_plan.h"
#include "modem/dialogue_work.h"
#include "modem/number.h"
#include "modem/sim_pin.h"
#include "phonebook/text.h"
#include "phonebook/toml.h"

namespace redial::cli {

using phonebook::shown;

namespace {

/// "2026-11-25 20:15:00 UTC"
std::string utc(WallTime now) {
  using namespace std::chrono;
  const sys_time<microseconds> at{microseconds(now.us_since_1970)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const auto time = floor<seconds>(at - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), time / hours(1),
                     time / minutes(1) % 60, time.count() % 60);
}

/// A number as it is, and as each line's modem is given it.
std::vector<std::string> sent_parts(const Secret& number,
                                    const std::vector<engine::BoundLine>& on) {
  std::vector<std::string> parts{std::string(number.reveal())};
  const auto dialable = modem::dialable(number.reveal());
  for (const engine::BoundLine& line : on) {
    if (!dialable || !line.description) continue;
    const modem::ModemDescription& its = line.description->description;
    for (std::string& part :
         modem::dial_parts(modem::fit(*dialable, its.abilities), its.dial_suffix)) {
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

/// PINs of SIMs that the line's modem is given.
std::vector<std::string> pins_sent(const engine::BoundLine& line) {
  std::vector<std::string> pins;
  if (!line.description) return pins;
  for (const modem::Command& command : line.description->description.init) {
    for (std::string& pin : modem::sim_pins(modem::rendered(command, "")))
      pins.push_back(std::move(pin));
  }
  return pins;
}

}  // namespace

Result<std::unique_ptr<DialRecord>> DialRecord::open(const std::string& path) {
  auto file = LogFile::open(path, "record");
  if (!file) return tl::make_unexpected(std::move(file).error());
  return std::unique_ptr<DialRecord>(new DialRecord(*std::move(file)));
}

DialRecord::DialRecord(LogFile file)
    : file_(std::move(file)), recorder_(kernel_, [this](std::string_view text) {
        file_.write(as_bytes(text));
        if (told_ || (file_.failure().empty() && !recorder_.full())) return;
        told_ = true;
        fmt::print(
            stderr, "redial: {}\n",
            recorder_.full() ? "the record ends here (64 MiB); the link goes on" : file_.failure());
      }) {}

Result<void> DialRecord::keep_secret(LinkId link, const WantedEntry& wanted,
                                     const engine::DialPlan& plan) {
  engine::Secrets& secrets = recorder_.secrets();
  const auto keep = [&](Result<void> kept) -> Result<void> {
    if (kept) return kept;
    return fail(kept.error().kind, fmt::format("{}: {}; nothing is dialled; dial without --record",
                                               shown(wanted.entry.name), kept.error().text));
  };
  if (auto ok = keep(secrets.add(plan.session.password)); !ok) return ok;
  for (const engine::DialledNumber& number : plan.dialled) {
    if (!number.covered) continue;
    for (const std::string& part : sent_parts(number.digits, wanted.lines)) {
      if (auto ok = keep(secrets.add_number(Secret(part))); !ok) return ok;
    }
  }
  for (const engine::BoundLine& line : wanted.lines) {
    for (const std::string& pin : pins_sent(line)) {
      if (auto ok = keep(secrets.add(Secret(pin))); !ok) return ok;
    }
  }
  if (plan.before_ppp && plan.before_ppp->script) {
    for (const modem::ScriptStep& step : plan.before_ppp->script->steps) {
      for (const modem::ScriptPiece& piece : step.send) {
        if (piece.what != modem::ScriptPiece::What::Hidden) continue;
        if (auto ok = keep(secrets.add(Secret(piece.text))); !ok) return ok;
      }
    }
  }
  recorder_.know(link, {.user = plan.session.user, .password = plan.session.password});
  return {};
}

void DialRecord::use(uint64_t seed, WallTime now, const Files& files) {
  head_.seed = seed;
  head_.wall = utc(now);
  for (const auto& [name, octets] : files) head_.files.emplace_back(name, octets);
}

void DialRecord::add_line(const phonebook::LineSpec& line) {
  phonebook::LineSpec kept = line;
  // Whether it has one is all that counts; what it says may be anything.
  if (!kept.power_cycle.empty()) kept.power_cycle = {"power-cycle"};
  head_.lines.push_back(phonebook::write_toml(std::vector{kept}));
}

void DialRecord::add_link(const WantedEntry& wanted, const std::vector<LineId>& lines) {
  engine::TranscriptHead::Link& link = head_.links.emplace_back();
  link.entry = phonebook::write_toml(std::vector{wanted.entry});
  link.user = wanted.credential.user;
  link.domain = wanted.credential.domain;
  link.password_octets = wanted.credential.password.reveal().size();
  for (const LineId line : lines) link.lines.push_back(index(line));
  for (const telephony::Translation& number : wanted.numbers) {
    link.numbers.push_back(engine::head_number(number));
  }
}

void DialRecord::add_need(LinkId link, LinkId first) {
  head_.needs.emplace_back(index(link), index(first));
}

/// Scripts of other entries may stand in the same file, with passwords of their own.
Result<void> DialRecord::cover_files() {
  const engine::ReadFile read = [this](const std::string& path) -> Result<std::string> {
    for (const auto& [name, octets] : head_.files) {
      if (name == path) return octets;
    }
    return fail(ErrorKind::NotFound, path);
  };
  engine::Secrets words;
  for (const auto& [name, octets] : head_.files) {
    for (const std::string& word : engine::hidden_words(name, octets, read)) {
      if (const auto kept = words.add(Secret(word)); !kept) {
        return fail(kept.error().kind, fmt::format("{}: {}; nothing is dialled; dial without "
                                                   "--record",
                                                   shown(name), kept.error().text));
      }
    }
  }
  for (auto& [name, octets] : head_.files) {
    octets = recorder_.secrets().masked(words.masked(std::move(octets)));
  }
  return {};
}

Result<void> DialRecord::start() {
  if (auto ok = cover_files(); !ok) return ok;
  const engine::Secrets& secrets = recorder_.secrets();
  for (std::string& line : head_.lines) line = secrets.masked(std::move(line));
  for (engine::TranscriptHead::Link& link : head_.links) {
    for (std::string* text : {&link.entry, &link.user, &link.domain}) {
      *text = secrets.masked(std::move(*text));
    }
  }
  SeededEntropy dice(0);
  engine::Engine again(head_.seed, dice);
  const auto read = engine::read_transcript(engine::write_head(head_));
  const auto made =
      read ? engine::furnish(again, read->head) : Result<void>(tl::make_unexpected(read.error()));
  if (!made) {
    return fail(ErrorKind::Unsupported,
                fmt::format("with its secrets covered the record could not be read again ({}); "
                            "nothing is dialled; dial without --record",
                            made.error().text));
  }
  recorder_.start(head_);
  return {};
}

}  // namespace redial::cli
