// SPDX-License-Identifier: Apache-2.0
#include "sim/plan_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace redial::sim {
namespace {

constexpr uint32_t kLinksMax = 1'000'000;
constexpr uint64_t kLastsMax = 10'000'000ull * 3'600'000'000ull;  // of microseconds

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

bool read_number(std::string_view word, uint64_t& into) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), into);
  return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

bool read_head(std::string_view line, PlanFile& file) {
  if (next_word(line) != "plan" || next_word(line) != "profile") return false;
  file.profile = next_word(line);
  uint64_t links = 0, lasts = 0;
  const bool read = next_word(line) == "seed" && read_number(next_word(line), file.plan.seed) &&
                    next_word(line) == "links" && read_number(next_word(line), links) &&
                    next_word(line) == "lasts" && read_number(next_word(line), lasts);
  if (!read || links == 0 || links > kLinksMax || lasts > kLastsMax) return false;
  file.plan.links = static_cast<uint32_t>(links);
  file.plan.lasts = Duration(static_cast<int64_t>(lasts));
  return true;
}

}  // namespace

std::string write_plan(const PlanFile& file) {
  std::string text = fmt::format("plan profile {} seed {} links {} lasts {}\n", file.profile,
                                 file.plan.seed, file.plan.links, file.plan.lasts.count());
  for (const Fault& fault : file.plan.schedule) text += to_text(fault) + "\n";
  return text;
}

Result<PlanFile> read_plan(std::string_view octets) {
  if (octets.size() > kPlanOctetsMax) {
    return fail(ErrorKind::BadFile, "the plan is larger than 64 MiB; it is not run");
  }
  PlanFile file;
  bool headed = false;
  for (size_t number = 1; !octets.empty(); ++number) {
    const std::string_view line = octets.substr(0, octets.find('\n'));
    octets.remove_prefix(std::min(octets.size(), line.size() + 1));
    if (line.empty() || line.starts_with('#')) continue;
    if (!headed) {
      headed = read_head(line, file);
      if (headed) continue;
      return fail(ErrorKind::BadFile,
                  fmt::format("line {}: no plan begins so; it is not run; write \"plan profile "
                              "NAME seed N links N lasts MICROSECONDS\"",
                              number));
    }
    const auto fault = read_fault(line);
    if (!fault || fault->link >= file.plan.links) {
      return fail(ErrorKind::BadFile,
                  fmt::format("line {}: no fault, or of a link that is not there; the plan is not "
                              "run; write \"MICROSECONDS NAME link N for MICROSECONDS dice N\"",
                              number));
    }
    file.plan.schedule.push_back(*fault);
  }
  if (!headed) return fail(ErrorKind::BadFile, "the plan is empty; nothing is run");
  std::ranges::stable_sort(file.plan.schedule, {}, &Fault::at);
  return file;
}

}  // namespace redial::sim
