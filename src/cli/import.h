// SPDX-License-Identifier: Apache-2.0
// `redial import PATH...`: takes over what predecessors were told: reads, accounts for every
// setting, and puts entries, lines and credentials into the folder "imported" beside redial.toml.
#pragma once

#include <string>
#include <vector>

#include "cli/import_store.h"
#include "cli/workspace.h"
#include "core/result.h"
#include "migrate/native.h"
#include "migrate/sources.h"

namespace redial::cli {

struct ImportOptions {
  std::vector<std::string> paths;
  std::string into;  // redial.toml's folder; empty: where it is found, or is to be
  Sources sources;   // --config
  bool dry_run = false, json = false;
  std::string dev = "/dev";  // tests have a tree of their own
  std::string rules;         // print the table of one predecessor, or "all", and nothing else
  io::Between between;       // for tests, as of StoreOptions
  bool can_exchange = true;
};

/// One installation as it was read, and what is written for it.
struct ImportedSource {
  migrate::SourceSet set;
  migrate::Reading reading;
  std::string stem;  // of its files in "imported"
  migrate::NativeFiles native;
};

struct ImportResult {
  std::vector<ImportedSource> sources;
  std::string folder;
  std::vector<std::string> written;  // names in "imported" that are new or other than before
  bool changed = false, dry_run = false;
  bool nothing = false;            // no source has anything that could be taken over
  std::vector<std::string> notes;  // about devices that are not there
};

/// Errors: nothing was written. BadFile: what is wrong is in the text, file, line and column first.
Result<ImportResult> run_import(const ImportOptions& options);

/// For people, or one JSON document.
std::string import_text(const ImportResult& result);
std::string import_json(const ImportResult& result);
/// docs/migrating.md's tables, in Markdown.
std::string rules_text(std::string_view source);

/// Prints; the exit status.
int import(const ImportOptions& options);

}  // namespace redial::cli
