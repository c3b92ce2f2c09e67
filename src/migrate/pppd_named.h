// SPDX-License-Identifier: Apache-2.0
// The files that pppd's files name: chat scripts, which lie anywhere and are told by no name of
// their own, what these read in turn (@FILE), the shell scripts that run them, and further options.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

/// A path as it stands in a file.
struct NamedFile {
  std::string path;
  bool script = false;    // chat's, or one that runs chat; else further options
  bool hangs_up = false;  // by `disconnect`
};

/// What `connect`, `disconnect`, `file` and `call` of an options file name, and a chat or shell
/// script in turn. `script`: it is one of those scripts.
std::vector<NamedFile> named_in(const SourceFile& file, bool script);

/// The one of `files` that `named`, which stands in `from`, means: as given, below the same root,
/// or beside `from`. nullptr: none.
const SourceFile* find_named(std::span<const SourceFile> files, std::string_view named,
                             std::string_view from);

/// Where such a file may lie on the disk, the likeliest first: below the root that `from` is below,
/// or beside it. A copy of an installation never reaches for the files of this machine.
std::vector<std::string> places_of(std::string_view named, std::string_view from);

/// The script that a command runs: its program, or what a shell is given.
const std::string& script_of(const std::vector<std::string>& words);

/// The command that a script of a shell's or of chat's own ("#!/usr/sbin/chat -f") runs to dial, if
/// it does nothing but call chat once. Its variables are not known: one with any is none.
std::string chat_command_in(const SourceFile& script);

/// One of `files` that is a script, by its name or place or because others name it so.
struct NamedScript {
  std::string_view path;
  bool hangs_up = false;
};
std::vector<NamedScript> scripts_among(std::span<const SourceFile> files);

/// Where each file may lie that `files` name and do not have: see places_of.
std::vector<std::vector<std::string>> missing_among(std::span<const SourceFile> files);

}  // namespace redial::migrate
