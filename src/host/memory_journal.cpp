// SPDX-License-Identifier: Apache-2.0
#include "host/memory_journal.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "io/append_file.h"
#include "io/files.h"

namespace redial::host {
namespace {

uint32_t boot_number() {
  const auto text = io::read_file("/proc/sys/kernel/random/boot_id", 64);
  uint32_t number = 0;
  if (text && text->size() >= 8) std::from_chars(text->data(), text->data() + 8, number, 16);
  return number;
}

bool held(const connection::LinkMemory& memory) {
  return memory.pause > 0us ||
         std::ranges::any_of(memory.numbers, [](const auto& number) { return number.held > 0us; });
}

}  // namespace

MemoryJournal::MemoryJournal(io::Loop& loop, Host& host, std::string file,
                             std::function<void(const std::string&)> say)
    : loop_(loop),
      host_(host),
      file_(std::move(file)),
      say_(std::move(say)),
      boot_(boot_number()),
      retry_(loop, [this] { retry(); }),
      renew_(loop, [this] { renew(); }) {
  if (file_.empty()) return;
  read();
  host_.on_remember = [this](const engine::Remember& what) { remember(what); };
  renew_.set(loop_.now() + kRenewEvery);
}

void MemoryJournal::read() {
  if (!io::exists(file_)) return;
  const engine::Moment now{boot_, loop_.now()};
  const auto text = io::read_file(file_, engine::kMemoryOctetsMax);
  auto memories = text ? engine::read_memories(*text, now)
                       : Result<engine::Memories>(tl::make_unexpected(text.error()));
  if (!memories) {
    say_(file_ + ": " + memories.error().text +
         "; holds and budgets of earlier runs are not known; remove it when this is said again");
    return;
  }
  memories_ = *std::move(memories);
  if (text->size() < kCompactFrom) return;
  // What others have appended meanwhile is read again, under the lock.
  static_cast<void>(io::rewrite(file_, engine::kMemoryOctetsMax, [&](std::string_view whole) {
    const auto latest = engine::read_memories(whole, now);
    return latest ? engine::write_memories(*latest, now) : std::string(whole);
  }));
}

const connection::LinkMemory* MemoryJournal::link(const std::string& entry) const {
  const auto found = memories_.links.find(entry);
  return found == memories_.links.end() ? nullptr : &found->second;
}

const connection::LineMemory* MemoryJournal::line(const std::string& name) const {
  const auto found = memories_.lines.find(name);
  return found == memories_.lines.end() ? nullptr : &found->second;
}

void MemoryJournal::remember(const engine::Remember& remember) {
  const auto written = write(remember);
  if (written && unwritten_.empty()) return;
  if (written) {
    unwritten_.erase(remember.whose);
    if (!unwritten_.empty()) return;
    retry_.clear();
    return say_(file_ + ": is written again");
  }
  if (unwritten_.empty()) {
    say_(written.error().text +
         "; a restart would forget holds and budgets; it is tried again every minute");
    retry_.set(loop_.now() + kRetryEvery);
  }
  unwritten_.insert(remember.whose);
}

Result<void> MemoryJournal::write(const engine::Remember& remember) {
  const Instant now = loop_.now();
  engine::MemoryRecord record{.name = {}, .written = {boot_, now}, .what = {}};
  if (const auto* id = std::get_if<LinkId>(&remember.whose)) {
    record.name = host_.engine().name(*id);
    record.what = host_.engine().memory(*id, now);
  } else {
    const LineId line = std::get<LineId>(remember.whose);
    record.name = host_.engine().name(line);
    record.what = host_.engine().memory(line, now);
  }
  return io::append_line(file_, engine::kMemoryHead, engine::to_record(record));
}

void MemoryJournal::retry() {
  const auto whose = unwritten_;
  for (const auto& each : whose) remember({each});
  if (!unwritten_.empty()) retry_.set(loop_.now() + kRetryEvery);
}

void MemoryJournal::renew() {
  for (uint32_t each = 0; each < host_.engine().links(); ++each) {
    if (held(host_.engine().memory(LinkId{each}, loop_.now()))) remember({LinkId{each}});
  }
  renew_.set(loop_.now() + kRenewEvery);
}

}  // namespace redial::host
