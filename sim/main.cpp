// SPDX-License-Identifier: Apache-2.0
// redial-sim: the product's own engine on virtual modems in virtual time, with faults.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/effect_text.h"
#include "sim/coverage.h"
#include "sim/plan_file.h"
#include "sim/replay.h"
#include "sim/run.h"
#include "sim/story.h"
#include "sim/table.h"

namespace redial::sim {
namespace {

struct Arguments {
  Options options;
  double hours = 100;
  double every_hours = 1;
  std::string profile = "default", faults = "all", plan_file, replay_file, regressions;
  std::optional<uint32_t> explain;
  uint32_t seeds = 1;
  bool coverage = false, whole = false, json = false, no_swarm = false, no_shrink = false;
  bool table = false;
  std::string svg_file;
};

std::string hash_text(uint64_t hash) { return fmt::format("{:016x}", hash); }

void tell_broken(const Arguments& arguments, const Profile& profile, const Report& report) {
  if (report.broken.empty()) return;
  std::map<std::string_view, unsigned> rules;
  for (const auto& each : report.broken) ++rules[each.violation.rule];
  for (const auto& [rule, shards] : rules) {
    std::cerr << fmt::format("broken first in {} shards: {}\n", shards, rule);
  }
  const auto& [shard, violation] = report.broken.front();
  ShardPlan plan = plan_shard(arguments.options, profile, shard);
  const size_t faults = plan.schedule.size();
  constexpr unsigned kShrinkRuns = 60;
  if (!arguments.no_shrink) plan = shrink(plan, profile, violation, kShrinkRuns);
  Story story(violation.link);
  run_shard(plan, profile, &story, &story);
  std::cerr << story.text();
  std::cerr << fmt::format(
      "redial-sim: seed {} shard {} link {}: {} at {}: {}\n"
      "the smallest schedule found has {} of {} faults; run it again: redial-sim --plan FILE\n",
      arguments.options.seed, shard, violation.link, violation.rule,
      to_seconds(violation.at.time_since_epoch()), violation.text, plan.schedule.size(), faults);
  std::cerr << write_plan({profile.name, plan});
}

int tell(const Arguments& arguments, const Profile& profile, const Report& report,
         std::chrono::duration<double> took) {
  const Options& options = arguments.options;
  if (arguments.json) {
    const nlohmann::ordered_json json = {{"seed", options.seed},
                                         {"profile", profile.name},
                                         {"links", options.links},
                                         {"link_hours", report.link_hours},
                                         {"faults", report.faults},
                                         {"calls", report.tally.calls},
                                         {"deaths", report.tally.deaths},
                                         {"failed_attempts", report.tally.failures},
                                         {"stuck", report.stuck},
                                         {"violations", report.violations},
                                         {"trace_hash", hash_text(report.trace)},
                                         {"seconds", took.count()}};
    std::cout << json.dump() << "\n";
  } else {
    std::cout << fmt::format(
        "{} link-hours, {} faults: {} calls, {} links died, {} attempts failed; stuck {}, "
        "violations {}; trace {}; {:.1f} s\n",
        report.link_hours, report.faults, report.tally.calls, report.tally.deaths,
        report.tally.failures, report.stuck, report.violations, hash_text(report.trace),
        took.count());
  }
  tell_broken(arguments, profile, report);
  return report.violations == 0 && report.stuck == 0 ? 0 : 1;
}

std::string text_of(const Violation& violation) {
  return fmt::format("BROKEN {} at {} link {}: {}\n", violation.rule,
                     to_seconds(violation.at.time_since_epoch()), violation.link, violation.text);
}

/// One link's story; its shard is the one that it has in a run with these options.
int explain(const Arguments& arguments, const Profile& profile) {
  const Options& options = arguments.options;
  if (*arguments.explain >= options.links) {
    std::cerr << fmt::format(
        "redial-sim: there is no link {}; nothing is run; there are {}: 0 to "
        "{}\n",
        *arguments.explain, options.links, options.links - 1);
    return 2;
  }
  Story story(*arguments.explain % options.shard_links);
  const ShardReport report =
      run_shard(plan_shard(options, profile, *arguments.explain / options.shard_links), profile,
                &story, &story);
  std::cout << story.text();
  for (const Violation& each : report.violations) std::cout << text_of(each);
  return report.violations.empty() ? 0 : 1;
}

Result<std::string> read_octets(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  if (!in) return fail(ErrorKind::NotFound, name + ": cannot be read; nothing is run");
  std::stringstream octets;
  octets << in.rdbuf();
  return std::move(octets).str();
}

/// A schedule that was printed, once more; the story of the first link that breaks a rule.
Result<int> run_plan(const std::string& name) {
  const auto octets = read_octets(name);
  if (!octets) return tl::make_unexpected(octets.error());
  const auto file = read_plan(*octets);
  if (!file) return fail(file.error().kind, name + ": " + file.error().text);
  const auto profile = profile_named(file->profile);
  if (!profile) return tl::make_unexpected(profile.error());
  const ShardReport report = run_shard(file->plan, *profile);
  const uint32_t link = !report.violations.empty()     ? report.violations.front().link
                        : !file->plan.schedule.empty() ? file->plan.schedule.front().link
                                                       : 0;
  Story story(link);
  run_shard(file->plan, *profile, &story, &story);
  std::cout << story.text();
  for (const Violation& each : report.violations) std::cout << text_of(each);
  return report.violations.empty() ? 0 : 1;
}

nlohmann::ordered_json json_of(const Replay& replay, const engine::Transcript& transcript) {
  const Duration lasted = replay.ended - replay.begun;
  nlohmann::ordered_json json = {{"same", !replay.difference.has_value()},
                                 {"inputs", replay.inputs},
                                 {"answers", replay.answers},
                                 {"seconds", static_cast<double>(lasted.count()) / 1e6},
                                 {"begun", transcript.head.wall},
                                 {"finished", transcript.finished && !transcript.full}};
  if (const auto& d = replay.difference) {
    json["difference"] = {{"at", engine::exact_seconds(d->at)},
                          {"line", d->line},
                          {"recorded", d->recorded},
                          {"now", d->now}};
  }
  return json;
}

/// A record of the field, once more: 0, when everything is answered as it was.
Result<int> run_replay(const Arguments& arguments) {
  const std::string& name = arguments.replay_file;
  const auto octets = read_octets(name);
  if (!octets) return tl::make_unexpected(octets.error());
  const auto transcript = engine::read_transcript(*octets);
  if (!transcript) return fail(ErrorKind::BadFile, name + ": " + transcript.error().text);
  const auto run = replay(*transcript);
  if (!run) return fail(ErrorKind::BadFile, name + ": " + run.error().text);
  const auto& differs = run->difference;
  if (arguments.json) {
    std::cout << json_of(*run, *transcript).dump() << "\n";
    return differs ? 1 : 0;
  }
  std::cout << run->story;
  if (!transcript->finished) std::cout << "the record was cut off here: its writer was killed\n";
  if (transcript->full) std::cout << "the record ends here: it was full\n";
  if (differs) {
    const auto said = [](const std::string& text) { return text.empty() ? "nothing" : text; };
    std::cout << fmt::format(
        "DIFFERS at {}, line {} of the record, after {} answers\n"
        "  recorded: {}\n  now:      {}\n",
        engine::exact_seconds(differs->at), differs->line, run->answers, said(differs->recorded),
        said(differs->now));
    return 1;
  }
  std::cout << fmt::format("same: {} answers to {} inputs in {}\n", run->answers, run->inputs,
                           redial::to_text(run->ended - run->begun));
  return 0;
}

/// Many short runs, each of a seed and a weather of its own.
int run_seeds(Arguments& arguments, const Profile& profile) {
  const uint64_t first = arguments.options.seed;
  std::optional<uint64_t> broken;
  for (uint32_t i = 0; i < arguments.seeds; ++i) {
    arguments.options.seed = first + i;
    const Report report = run(arguments.options, profile);
    for (const Report::Broken& each : report.broken) {
      std::cout << fmt::format("seed {} shard {}: {}", first + i, each.shard,
                               text_of(each.violation));
    }
    if (!report.broken.empty() && !broken) broken = first + i;
  }
  if (broken) {
    arguments.options.seed = *broken;
    return tell(arguments, profile, run(arguments.options, profile), {});
  }
  std::cout << fmt::format("{} seeds from {}: every link came back, and no rule was broken\n",
                           arguments.seeds, first);
  return 0;
}

/// Ourselves beside what others do, as text and, if wanted, as a picture.
Result<int> run_table(const Arguments& arguments) {
  constexpr uint32_t kStrikes = 101;
  const auto comparison = compare(arguments.options.seed, kStrikes);
  if (!comparison) return tl::make_unexpected(comparison.error());
  std::cout << to_text(*comparison);
  if (comparison->violations > 0) {
    std::cerr << fmt::format("redial-sim: {} promises were broken meanwhile\n",
                             comparison->violations);
    return 1;
  }
  if (arguments.svg_file.empty()) return 0;
  std::ofstream out(arguments.svg_file, std::ios::binary);
  out << to_svg(*comparison);
  out.close();
  if (!out) {
    return fail(ErrorKind::NotFound, arguments.svg_file +
                                         ": cannot be written; there is no "
                                         "picture; is its folder there?");
  }
  return 0;
}

Result<void> prepare(Arguments& arguments);

/// Runs that have broken a rule once, a line each.
Result<int> run_regressions(const Arguments& given) {
  std::ifstream in(given.regressions);
  if (!in) return fail(ErrorKind::NotFound, given.regressions + ": cannot be read; nothing is run");
  int status = 0;
  unsigned runs = 0;
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.starts_with('#')) continue;
    Arguments arguments = given;
    std::istringstream words(line);
    words >> arguments.options.seed >> arguments.options.links >> arguments.hours >>
        arguments.every_hours >> arguments.options.shard_links >> arguments.profile >>
        arguments.faults;
    const auto profile = profile_named(arguments.profile);
    const auto ready = prepare(arguments);
    if (!words || !profile || !ready || arguments.options.shard_links == 0) {
      return fail(ErrorKind::BadFile,
                  fmt::format("{}:{}: no run is described so; the rest is not run; write \"seed "
                              "links hours every-hours shard-links profile faults\"",
                              given.regressions, number));
    }
    const Report report = run(arguments.options, *profile);
    ++runs;
    for (const Report::Broken& each : report.broken) {
      std::cout << fmt::format("{}:{} shard {}: {}", given.regressions, number, each.shard,
                               text_of(each.violation));
      status = 1;
    }
  }
  std::cout << fmt::format("{} runs again: {}\n", runs, status == 0 ? "none broken" : "BROKEN");
  return status;
}

Result<void> prepare(Arguments& arguments) {
  const auto kinds = read_fault_set(arguments.faults);
  if (!kinds) {
    return fail(ErrorKind::BadFile, fmt::format("--faults {}: not a set of faults; nothing is run; "
                                                "there are {}",
                                                arguments.faults, known_faults()));
  }
  Options& options = arguments.options;
  options.weather.kinds = *kinds;
  options.weather.swarm = !arguments.no_swarm;
  options.weather.every = Duration(static_cast<int64_t>(arguments.every_hours * 3.6e9));
  options.lasts = Duration(static_cast<int64_t>(arguments.hours * 3.6e9));
  return {};
}

Result<int> main_run(Arguments& arguments) {
  if (!arguments.replay_file.empty()) return run_replay(arguments);
  if (arguments.table) return run_table(arguments);
  if (!arguments.regressions.empty()) return run_regressions(arguments);
  if (!arguments.plan_file.empty()) return run_plan(arguments.plan_file);
  if (auto ready = prepare(arguments); !ready) return tl::make_unexpected(ready.error());
  int status = 0;
  Tally tally;
  std::stringstream names(arguments.profile);
  for (std::string name; std::getline(names, name, ',');) {
    const auto profile = profile_named(name);
    if (!profile) return tl::make_unexpected(profile.error());
    if (arguments.explain) return explain(arguments, *profile);
    if (arguments.seeds > 1) {
      status = std::max(status, run_seeds(arguments, *profile));
      continue;
    }
    const auto begin = std::chrono::steady_clock::now();
    const Report report = run(arguments.options, *profile);
    const auto took = std::chrono::steady_clock::now() - begin;
    status = std::max(status, tell(arguments, *profile, report, took));
    tally.add(report.tally);
  }
  if (!arguments.coverage || arguments.seeds > 1) return status;
  const Coverage coverage = coverage_of(tally);
  std::cout << to_text(coverage);
  const bool whole = coverage.lacking.empty() && coverage.surprises.empty();
  return arguments.whole && !whole ? 1 : status;
}

}  // namespace
}  // namespace redial::sim

int main(int argc, char** argv) {
  using namespace redial::sim;
  Arguments arguments;
  CLI::App app("redial-sim: the product in virtual time, with faults (docs/proof.md)");
  app.add_option("--seed", arguments.options.seed, "same seed, same run")->capture_default_str();
  app.add_option("--links", arguments.options.links, "how many")
      ->check(CLI::Range(1u, 10'000'000u))
      ->capture_default_str();
  app.add_option("--hours", arguments.hours, "of each link")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--profile", arguments.profile,
                 "what kind of sites; several: one run after the other")
      ->capture_default_str();
  app.add_option("--faults", arguments.faults, "all, none, drops, or names and groups, with commas")
      ->capture_default_str();
  app.add_option("--every", arguments.every_hours, "a link is struck so often, in hours")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str();
  app.add_option("--shard", arguments.options.shard_links, "links that share a world")
      ->check(CLI::Range(1u, 1'000'000u))
      ->capture_default_str();
  app.add_option("--threads", arguments.options.threads, "a shard runs on one")
      ->check(CLI::Range(1u, 256u))
      ->capture_default_str();
  app.add_option("--explain", arguments.explain, "the story of one link");
  app.add_option("--seeds", arguments.seeds, "so many runs, of this seed and the next ones")
      ->check(CLI::Range(1u, 1'000'000u));
  app.add_option("--plan", arguments.plan_file, "a schedule that a broken run has printed");
  app.add_option("--replay", arguments.replay_file,
                 "a record of redial dial --record, run again: 0 the same, 1 not, 3 no record");
  app.add_option("--regressions", arguments.regressions, "a file of runs, each run again");
  CLI::Option* coverage =
      app.add_flag("--coverage", arguments.coverage, "which cause ended calls in which phase");
  app.add_flag("--whole", arguments.whole, "with --coverage: fails when a possible cell lacks hits")
      ->needs(coverage);
  app.add_flag("--no-swarm", arguments.no_swarm, "every shard has all of the faults");
  app.add_flag("--no-shrink", arguments.no_shrink, "a broken run's schedule as it was");
  CLI::Option* table = app.add_flag(
      "--table", arguments.table, "times to notice and to restore, beside what others' rules give");
  app.add_option("--svg", arguments.svg_file, "a picture of it, in a file")->needs(table);
  app.add_flag("--json", arguments.json, "the result as JSON");
  CLI11_PARSE(app, argc, argv);
  auto status = main_run(arguments);
  if (status) return *status;
  std::cerr << "redial-sim: " << status.error().text << "\n";
  return arguments.replay_file.empty() ? 2 : 3;
}
