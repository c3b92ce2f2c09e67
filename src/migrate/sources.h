// SPDX-License-Identifier: Apache-2.0
// Which predecessor a file belongs to, where each keeps its files, and reading one installation.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

/// One installation of one predecessor: everything that is read together.
struct SourceSet {
  Source source = Source::Wvdial;
  std::string path;  // the file, or the folder that the files are in
  std::vector<SourceFile> files;
};

/// By content; by name and place where the content of several could be the same.
std::optional<Source> recognise(const SourceFile& file);

/// Folders in which files of predecessors are looked for, below a folder that was named: "" for
/// that folder itself, "etc/ppp/peers" for a root.
std::span<const std::string_view> usual_folders();
/// Whether a file of that name in such a folder may be one of theirs: only these are opened in a
/// folder that holds other things as well ("etc").
bool usual_name(std::string_view folder, std::string_view name);

/// Files of several predecessors, as installations; what none would read is left out.
std::vector<SourceSet> sort_out(std::vector<SourceFile> files);

/// Reads it, and disposes of every setting. Nothing of it is to be imported after an error.
/// `names`: of the machine it is read on.
Reading read_source(const SourceSet& set, const DeviceNames& names = {});

/// What an options file of pppd's says of failures, for whoever runs pppd without options of his
/// own; nullptr: `files` have none.
const SourceFile* find_pppd_options(std::span<const SourceFile> files);
ForeignRules rules_of_options(const SourceFile& options);

}  // namespace redial::migrate
