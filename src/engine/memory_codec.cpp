// SPDX-License-Identifier: Apache-2.0
#include "engine/memory_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/bytes.h"
#include "wire/fcs.h"

namespace redial::engine {

using connection::CallStage;
using connection::DayMemory;
using connection::LineMemory;
using connection::LinkMemory;
using connection::NumberMemory;
using connection::PauseReason;
using connection::Wish;

namespace {

// No hold, pause or account is longer; a number that is beyond it was not written by us.
constexpr Duration kLongest = 24h * 365 * 10;

/// "a\tb\tc", taken piece by piece.
class Pieces {
 public:
  Pieces(std::string_view text, char separator) : rest_(text), separator_(separator) {}
  bool more() const { return more_; }
  std::string_view next() {
    const size_t end = std::min(rest_.find(separator_), rest_.size());
    const std::string_view piece = rest_.substr(0, end);
    more_ = end < rest_.size();
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return piece;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  char separator_;
  bool more_ = true;
};

/// Decimal or hexadecimal, the whole of it; false leaves `into` as it was.
template <class Number>
bool read(std::string_view text, Number& into, Number most, int base = 10, Number least = {}) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return false;
  if (value > most || value < least) return false;
  into = value;
  return true;
}

bool read(std::string_view text, Duration& into) {
  int64_t count = 0;
  if (!read<int64_t>(text, count, kLongest.count())) return false;
  into = Duration(count);
  return true;
}

bool read_list(std::string_view text, std::vector<Duration>& into) {
  if (text.empty()) return true;
  for (Pieces pieces(text, ';'); pieces.more();) {
    Duration each{};
    if (into.size() == kRememberedFailuresMax || !read(pieces.next(), each)) return false;
    into.push_back(each);
  }
  return true;
}

int64_t us(Duration duration) { return std::min(duration, kLongest).count(); }

std::string list(const std::vector<Duration>& durations) {
  std::string out;
  for (const Duration each : durations) {
    out += fmt::format("{}{}", out.empty() ? "" : ";", us(each));
  }
  return out;
}

bool is_plain(std::string_view text) {
  return text.size() <= kNameMax &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

bool read_text(std::string_view text, std::string& into) {
  if (text.empty() || !is_plain(text)) return false;
  into = text;
  return true;
}

template <class Enum>
bool read_enum(std::string_view text, Enum& into, Enum last) {
  unsigned value = 0;
  if (!read<unsigned>(text, value, static_cast<unsigned>(last))) return false;
  into = static_cast<Enum>(value);
  return true;
}

/// HELD,REFUSALS,FAILED;FAILED,DIGITS: the digits last, for they may have commas.
std::string number_text(const NumberMemory& number) {
  const std::string held = number.held == connection::kUntilEdited
                               ? std::string("edited")
                               : fmt::format("{}", us(number.held));
  return fmt::format("{},{},{},{}", held, number.refusals, list(number.failed), number.digits);
}

bool read_number(std::string_view text, std::vector<NumberMemory>& into) {
  if (into.size() == kRememberedNumbersMax) return false;
  NumberMemory number;
  Pieces pieces(text, ',');
  const std::string_view held = pieces.next();
  if (held == "edited") {
    number.held = connection::kUntilEdited;
  } else if (!read(held, number.held)) {
    return false;
  }
  if (!read<uint8_t>(pieces.next(), number.refusals, UINT8_MAX)) return false;
  if (!read_list(pieces.next(), number.failed) || !pieces.more()) return false;
  if (!read_text(pieces.rest(), number.digits)) return false;
  into.push_back(std::move(number));
  return true;
}

bool read_counters(std::string_view text, LinkMemory& into) {
  Pieces pieces(text, ',');
  return read<uint16_t>(pieces.next(), into.failures, UINT16_MAX) &&
         read<uint8_t>(pieces.next(), into.flap_doublings, UINT8_MAX) &&
         read<uint8_t>(pieces.next(), into.auth_holds, UINT8_MAX) &&
         read<uint8_t>(pieces.next(), into.unreachable, UINT8_MAX) && !pieces.more();
}

bool read_deaths(std::string_view text, LinkMemory& into) {
  Pieces pieces(text, ',');
  for (Duration& death : into.deaths) {
    if (!read(pieces.next(), death)) return false;
  }
  return !pieces.more();
}

bool read_pause(std::string_view text, LinkMemory& into) {
  Pieces pieces(text, ',');
  return read(pieces.next(), into.pause) &&
         read_enum(pieces.next(), into.reason, PauseReason::Budget) && !pieces.more();
}

bool read_day(std::string_view text, LinkMemory& into) {
  DayMemory day;
  Pieces pieces(text, ',');
  constexpr int64_t kDays = 1'000'000;
  const bool sound = read<int64_t>(pieces.next(), day.day, kDays, 10, -kDays) &&
                     read(pieces.next(), day.age) && read(pieces.next(), day.billed) &&
                     read<uint32_t>(pieces.next(), day.calls, UINT32_MAX) &&
                     read<uint64_t>(pieces.next(), day.octets, UINT64_MAX) && !pieces.more();
  if (sound) into.day = day;
  return sound;
}

bool read_field(std::string_view key, std::string_view value, LinkMemory& into) {
  if (key == "wish") return read_enum(value, into.wish, Wish::OnDemand);
  if (key == "call") return read_enum(value, into.call, CallStage::Up);
  if (key == "up") return read(value, into.up_for);
  if (key == "dialled") return read_text(value, into.dialled);
  if (key == "line") return read_text(value, into.line);
  if (key == "counters") return read_counters(value, into);
  if (key == "deaths") return read_deaths(value, into);
  if (key == "pause") return read_pause(value, into);
  if (key == "first") return read_text(value, into.first_number);
  if (key == "good-line") return read_text(value, into.good_line);
  if (key == "number") return read_number(value, into.numbers);
  if (key == "day") return read_day(value, into);
  return true;  // of a later version: no harm in not knowing it
}

bool read_field(std::string_view key, std::string_view value, LineMemory& into) {
  return key != "power-cycles" || read_list(value, into.power_cycles);
}

template <class Memory>
bool read_fields(Pieces& pieces, Memory& into) {
  while (pieces.more()) {
    const std::string_view field = pieces.next();
    const size_t equals = field.find('=');
    if (equals == std::string_view::npos) return false;
    if (!read_field(field.substr(0, equals), field.substr(equals + 1), into)) return false;
  }
  return true;
}

std::string fields_of(const LinkMemory& link) {
  std::string out =
      fmt::format("\twish={}\tcounters={},{},{},{}", static_cast<unsigned>(link.wish),
                  link.failures, link.flap_doublings, link.auth_holds, link.unreachable);
  const auto add = [&out](std::string_view key, const std::string& value) {
    if (!value.empty()) out += fmt::format("\t{}={}", key, value);
  };
  if (link.call != CallStage::None) {
    out += fmt::format("\tcall={}\tup={}", static_cast<unsigned>(link.call), us(link.up_for));
  }
  add("dialled", link.dialled);
  add("line", link.line);
  if (std::ranges::any_of(link.deaths, [](Duration death) { return death > 0us; })) {
    out += fmt::format("\tdeaths={},{},{}", us(link.deaths[0]), us(link.deaths[1]),
                       us(link.deaths[2]));
  }
  if (link.pause > 0us) {
    out += fmt::format("\tpause={},{}", us(link.pause), static_cast<unsigned>(link.reason));
  }
  add("first", link.first_number);
  add("good-line", link.good_line);
  for (const NumberMemory& number : link.numbers) add("number", number_text(number));
  if (link.day) {
    out += fmt::format("\tday={},{},{},{},{}", link.day->day, us(link.day->age),
                       us(link.day->billed), link.day->calls, link.day->octets);
  }
  return out;
}

std::string fields_of(const LineMemory& line) {
  return line.power_cycles.empty() ? "" : "\tpower-cycles=" + list(line.power_cycles);
}

/// Of all that follows it: whether the line is whole.
std::string check_of(std::string_view body) {
  return fmt::format("{:04x}:{}", wire::fcs16(as_bytes(body)), body.size());
}

}  // namespace

std::string to_record(const MemoryRecord& record) {
  const bool link = std::holds_alternative<LinkMemory>(record.what);
  std::string body = fmt::format("{:08x}\t{}\t{}\t{}", record.written.boot,
                                 record.written.at.time_since_epoch().count(),
                                 link ? "link" : "line", record.name);
  body += std::visit([](const auto& memory) { return fields_of(memory); }, record.what);
  return check_of(body) + "\t" + body + "\n";
}

Result<MemoryRecord> parse_record(std::string_view line) {
  const auto bad = [] { return fail(ErrorKind::BadFile, "not a record of what is remembered"); };
  if (line.size() > kMemoryRecordOctetsMax) return bad();
  if (line.ends_with('\n')) line.remove_suffix(1);
  Pieces pieces(line, '\t');
  if (const std::string_view check = pieces.next(); check != check_of(pieces.rest())) return bad();
  MemoryRecord record;
  int64_t at = 0;
  if (!read<uint32_t>(pieces.next(), record.written.boot, UINT32_MAX, 16)) return bad();
  if (!read<int64_t>(pieces.next(), at, INT64_MAX / 2)) return bad();
  record.written.at = Instant(Duration(at));
  const std::string_view kind = pieces.next();
  if (!read_text(pieces.next(), record.name)) return bad();
  if (kind == "line") record.what = LineMemory{};
  if (kind != "line" && kind != "link") return bad();
  const bool sound =
      std::visit([&](auto& memory) { return read_fields(pieces, memory); }, record.what);
  if (!sound) return bad();
  return record;
}

Result<Memories> read_memories(std::string_view text, Moment now) {
  if (text.size() > kMemoryOctetsMax || !text.starts_with(kMemoryHead)) {
    return fail(ErrorKind::BadFile, "not a journal of this version of Redial");
  }
  text.remove_prefix(kMemoryHead.size());
  Memories out;
  while (true) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // the rest was never finished
    auto record = parse_record(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (!record || out.links.size() + out.lines.size() >= kRememberedMax) {
      ++out.damaged;
      continue;
    }
    // Time that has certainly passed: since then, or, after a reboot, since that.
    const bool rebooted = record->written.boot != now.boot;
    const Instant from = rebooted ? Instant{} : record->written.at;
    const Duration passed = std::max(Duration(0us), now.at - from);
    if (auto* link = std::get_if<LinkMemory>(&record->what)) {
      age(*link, passed, rebooted);
      out.links[record->name] = std::move(*link);
    } else {
      auto& line = std::get<LineMemory>(record->what);
      age(line, passed);
      out.lines[record->name] = std::move(line);
    }
  }
  return out;
}

std::string write_memories(const Memories& memories, Moment now) {
  std::string out(kMemoryHead);
  for (const auto& [name, link] : memories.links) {
    if (!blank(link)) out += to_record({name, now, link});
  }
  for (const auto& [name, line] : memories.lines) {
    if (!blank(line)) out += to_record({name, now, line});
  }
  return out;
}

}  // namespace redial::engine
