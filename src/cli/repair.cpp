// SPDX-License-Identifier: Apache-2.0
#include "cli/repair.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/replace_directory.h"
#include "io/files.h"
#include "phonebook/text.h"

namespace redial::cli {

using io::TreeFile;
using phonebook::shown;

namespace {

Result<migrate::RepairWishes> wishes_of(const std::vector<std::string>& ports) {
  migrate::RepairWishes wishes;
  for (const std::string& text : ports) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
      return fail(ErrorKind::Usage, fmt::format("--port {}: says no device; nothing is done; write "
                                                "--port COM1=/dev/ttyUSB0",
                                                shown(text)));
    }
    wishes.paths[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return wishes;
}

Result<migrate::RepairPlan> plan_of(const std::vector<TreeFile>& old,
                                    const migrate::RepairWishes& wishes) {
  std::vector<migrate::SourceFile> files;
  for (const TreeFile& file : old) {
    const bool inside = file.path.find('/') != std::string::npos;
    if (file.kind == TreeFile::Kind::File && !inside) files.push_back({file.path, file.octets});
  }
  return migrate::plan_repair(files, wishes);
}

/// The new directory: all of the old one as it is, and redial.toml.
std::vector<TreeFile> renewed(const std::vector<TreeFile>& old, const migrate::RepairPlan& plan) {
  std::vector<TreeFile> files = old;
  TreeFile config{.path = std::string(migrate::kConfigFile), .octets = plan.config};
  if (!old.empty()) {
    config.owner = old.front().owner;
    config.group = old.front().group;
  }
  files.push_back(std::move(config));
  return files;
}

int say_already(const std::string& folder, bool json) {
  if (json) {
    fmt::print("{{\"directory\": \"{}\", \"state\": \"repaired already\"}}\n", shown(folder));
  } else {
    fmt::print(
        "{}: is repaired already; nothing is done; redial repair --undo {} brings the old "
        "directory back\n",
        shown(folder), shown(folder));
  }
  return 0;
}

void show(const Repaired& repaired, bool json) {
  fmt::print("{}", json ? repair_json(repaired) : repair_text(repaired));
}

int undo(const std::string& folder, bool json) {
  const bool was_renewed = is_renewed(folder);
  const auto done = replace_directory(
      {.folder = folder, .goal = migrate::Goal::Undo, .build = {}, .between = {}});
  if (!done) return complain(done.error());
  std::string kept;
  for (const std::string& name : done->kept) {
    kept += "; what you changed in the repaired one is kept in " + shown(name);
  }
  const std::string said =
      was_renewed || done->changed
          ? "is as it was before the repair" + kept
          : "bears no mark of a repair; there is nothing to undo, and nothing was done" + kept;
  if (json) {
    fmt::print("{{\"directory\": \"{}\", \"state\": \"{}\"}}\n", shown(folder),
               was_renewed || done->changed ? "undone" : "nothing to undo");
  } else {
    fmt::print("{}: {}\n", shown(folder), said);
  }
  return 0;
}

int dry_run(const RepairOptions& options, const migrate::RepairWishes& wishes, Repaired repaired) {
  const auto old = io::read_tree(repaired.directory);
  if (!old) return complain(old.error());
  auto plan = plan_of(*old, wishes);
  if (!plan) return complain(plan.error());
  repaired.plan = *std::move(plan);
  show(repaired, options.json);
  return repair_status(repaired);
}

}  // namespace

int repair(const RepairOptions& options) {
  const auto wishes = wishes_of(options.ports);
  if (!wishes) return complain(wishes.error());
  auto folder = directory_named(options.directory);
  if (!folder) {
    folder.error().text +=
        "; nothing is repaired; name the directory that has the phonebook: redial repair "
        "/mnt/winnt/system32/ras";
    return complain(folder.error());
  }
  if (options.undo) return undo(*folder, options.json);
  Repaired repaired{.directory = *folder, .plan = {}, .calls = {}, .kept = {}};
  if (options.dry_run && is_renewed(*folder)) return say_already(*folder, options.json);
  if (options.dry_run) return dry_run(options, *wishes, std::move(repaired));

  const auto build = [&](const std::vector<TreeFile>& old) -> Result<std::vector<TreeFile>> {
    auto plan = plan_of(old, *wishes);
    if (!plan) return tl::make_unexpected(std::move(plan).error());
    repaired.plan = *std::move(plan);
    repaired.done = true;
    return renewed(old, repaired.plan);
  };
  const auto done = replace_directory(
      {.folder = *folder, .goal = migrate::Goal::Replace, .build = build, .between = {}});
  if (!done) return complain(done.error());
  if (!repaired.done) return say_already(*folder, options.json);
  repaired.kept = done->kept;
  if (!options.no_call && !repaired.plan.lines.empty()) {
    const auto workspace =
        load_workspace({.config = *folder + "/" + std::string(migrate::kConfigFile)});
    if (!workspace) return complain(workspace.error());
    repaired.calls = test_calls(*workspace);
    repaired.called = true;
  }
  show(repaired, options.json);
  return repair_status(repaired);
}

}  // namespace redial::cli
