// SPDX-License-Identifier: Apache-2.0
#include "cli/workspace.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "cli/imported.h"
#include "engine/script_file.h"
#include "host/telnet_door.h"
#include "io/files.h"
#include "modem/reg_file.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::Diagnostic;
using phonebook::Entry;
using phonebook::LineSpec;
using phonebook::shown;

namespace {

/// One octet more than the readers take, so that it is the reader who says what is too much.
Result<std::string> read(const std::string& file) {
  auto octets = io::read_file(file, phonebook::kPhonebookOctetsMax + 1);
  if (!octets) octets.error().text += "; no entry of it is known; correct its name or its rights";
  return octets;
}

std::string folder_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  return slash == std::string::npos ? std::string() : file.substr(0, slash + 1);
}
std::string in_folder(const std::string& folder, const std::string& name) {
  return name.starts_with('/') ? name : folder + name;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// The phonebooks' files; those that cannot be read are noted. Only a file that was named on the
/// command line is an error at once.
Result<std::vector<phonebook::PhonebookFile>> read_phonebooks(const Sources& sources,
                                                              const phonebook::Config& config,
                                                              Workspace& workspace) {
  std::vector<phonebook::PhonebookFile> files;
  if (!sources.phonebook.empty()) {
    auto octets = read(sources.phonebook);
    if (!octets) return tl::make_unexpected(std::move(octets).error());
    files.push_back({sources.phonebook, *std::move(octets)});
    return files;
  }
  for (const std::string& name : config.phonebooks) {
    const std::string path = in_folder(workspace.folder, name);
    if (auto octets = read(path)) {
      files.push_back({path, *std::move(octets)});
    } else {
      workspace.unreadable.push_back(std::move(octets).error());
    }
  }
  return files;
}

/// Lines may stand in a native phonebook as well, when that is all there is.
std::vector<LineSpec> lines_of(const phonebook::Config& config,
                               const std::vector<phonebook::PhonebookFile>& files) {
  std::vector<LineSpec> lines = phonebook::lines_with_imported(config, files);
  for (const phonebook::PhonebookFile& file : files) {
    if (!lines.empty() || !file.name.ends_with(".toml")) continue;
    lines = phonebook::read_config(file.octets, file.name).lines;
  }
  return lines;
}

/// Which of the names is meant, or which there are.
std::string near(std::string_view name, const std::vector<std::string_view>& names) {
  for (const std::string_view each : names) {
    if (phonebook::same_word(each, name)) return fmt::format("\"{}\" may be meant", shown(each));
  }
  const std::string_view nearest = phonebook::nearest(name, names);
  if (!nearest.empty()) return fmt::format("\"{}\" may be meant", shown(nearest));
  constexpr size_t kNamed = 8;
  std::string list = "there are ";
  for (size_t i = 0; i < names.size() && i < kNamed; ++i) {
    list += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", shown(names[i]));
  }
  if (names.size() > kNamed) list += fmt::format(" and {} more", names.size() - kNamed);
  return list;
}

std::string near(std::string_view name, const std::vector<Entry>& entries) {
  if (entries.empty()) return "the phonebook has no usable entry";
  std::vector<std::string_view> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return near(name, names);
}

}  // namespace

std::string find_config(const Sources& sources) {
  if (!sources.config.empty()) return sources.config;
  if (!sources.phonebook.empty()) {
    const std::string beside = folder_of(sources.phonebook) + "redial.toml";
    return io::exists(beside) ? beside : std::string();
  }
  if (io::exists("redial.toml")) return "redial.toml";
  std::string home = environment("XDG_CONFIG_HOME");
  if (home.empty() && !environment("HOME").empty()) home = environment("HOME") + "/.config";
  const std::string own = home + "/redial/redial.toml";
  if (!home.empty() && io::exists(own)) return own;
  constexpr const char* kSystem = "/etc/redial/redial.toml";
  return io::exists(kSystem) ? kSystem : std::string();
}

Result<Workspace> load_workspace(const Sources& sources) {
  // redial.toml given as a phonebook is what it is: it brings lines and phonebooks of its own.
  if (sources.config.empty() && folder_of(sources.phonebook) + "redial.toml" == sources.phonebook) {
    return load_workspace({sources.phonebook, {}, sources.credentials});
  }
  Workspace workspace;
  workspace.config_file = find_config(sources);
  workspace.folder = folder_of(workspace.config_file);
  if (workspace.config_file.empty() && sources.phonebook.empty()) {
    return fail(ErrorKind::NotFound,
                "redial.toml: is neither here, nor in ~/.config/redial, nor in /etc/redial; no "
                "entry and no line is known; name a file: --config FILE or --phonebook FILE");
  }
  phonebook::Config config;
  if (!workspace.config_file.empty()) {
    const auto octets = read(workspace.config_file);
    if (!octets) return tl::make_unexpected(octets.error());
    config = phonebook::read_config(*octets, workspace.config_file);
  }
  auto files = read_phonebooks(sources, config, workspace);
  if (!files) return tl::make_unexpected(files.error());
  if (sources.phonebook.empty()) {
    Imported imported = load_imported(workspace.folder);
    std::ranges::move(imported.books, std::back_inserter(*files));
    std::ranges::move(imported.unreadable, std::back_inserter(workspace.unreadable));
    workspace.imported_credentials = std::move(imported.credentials);
  }
  if (!sources.phonebook.empty()) {
    // What redial.toml lays over entries of other phonebooks is of no concern here.
    config.phonebooks.clear();
    workspace.folder =
        workspace.config_file.empty() ? folder_of(sources.phonebook) : workspace.folder;
  }
  workspace.lines = lines_of(config, *files);
  workspace.locations = config.locations;
  workspace.locations_lost = config.locations_lost;
  workspace.calling_cards = config.calling_cards;
  workspace.default_location = phonebook::with_defaults(Entry{}, config).location;
  workspace.book = phonebook::combine(config, *files);
  if (!sources.credentials.empty()) {
    workspace.credentials_file = sources.credentials;
  } else if (!config.credentials.empty()) {
    workspace.credentials_file = in_folder(workspace.folder, config.credentials);
  }
  return workspace;
}

Result<Entry> find_entry(const Workspace& workspace, std::string_view name) {
  if (const Entry* found = phonebook::find_entry(workspace.book.entries, name)) return *found;
  // Perhaps it is there, and wrong: that says more than "not found".
  const Diagnostic* whole_file = nullptr;
  for (const Diagnostic& d : workspace.book.diagnostics) {
    if (d.severity != Diagnostic::Severity::Error) continue;
    if (d.entry == name) return fail(ErrorKind::BadFile, to_text(d));
    if (d.entry.empty() && whole_file == nullptr) whole_file = &d;
  }
  if (!workspace.unreadable.empty()) return tl::make_unexpected(workspace.unreadable.front());
  if (whole_file != nullptr) return fail(ErrorKind::BadFile, to_text(*whole_file));
  return fail(ErrorKind::NotFound, fmt::format("\"{}\": no such entry; nothing is dialled; {}",
                                               shown(name), near(name, workspace.book.entries)));
}

std::vector<std::string> warnings_for(const Workspace& workspace, std::string_view entry) {
  std::vector<std::string> out;
  for (const Diagnostic& d : workspace.book.diagnostics) {
    if (d.entry.empty() ? d.severity == Diagnostic::Severity::Error : d.entry == entry) {
      out.push_back(to_text(d));
    }
  }
  return out;
}

namespace {

/// Nothing: none are named. What redial.toml names comes before what was imported.
Result<std::optional<phonebook::Credentials>> credentials_of(const Workspace& workspace) {
  std::vector<std::string> files = workspace.imported_credentials;
  const std::string& own = workspace.credentials_file;
  if (!own.empty()) files.insert(files.begin(), own);
  std::optional<phonebook::Credentials> all;
  for (const std::string& file : files) {
    constexpr size_t kCredentialsOctetsMax = 1 << 20;
    const auto octets = io::read_private_file(file, kCredentialsOctetsMax);
    if (!octets) return tl::make_unexpected(octets.error());
    phonebook::Credentials read = phonebook::read_credentials(*octets, file);
    if (!all) all.emplace();
    all->by_entry.merge(read.by_entry);
    all->by_card.merge(read.by_card);
    std::ranges::move(read.diagnostics, std::back_inserter(all->diagnostics));
  }
  return all;
}

}  // namespace

Result<std::optional<phonebook::Credential>> find_credential(const Workspace& workspace,
                                                             std::string_view entry) {
  using Found = std::optional<phonebook::Credential>;
  const auto credentials = credentials_of(workspace);
  if (!credentials) return tl::make_unexpected(credentials.error());
  if (!*credentials) return Found();
  const auto found = (*credentials)->by_entry.find(entry);
  if (found != (*credentials)->by_entry.end()) return Found(found->second);
  for (const Diagnostic& d : (*credentials)->diagnostics) {
    const bool concerns = d.entry.empty() || d.entry == entry;
    if (concerns && d.severity == Diagnostic::Severity::Error) {
      return fail(ErrorKind::BadFile, to_text(d));
    }
  }
  return Found();
}

Result<phonebook::CardSecret> find_card_secret(const Workspace& workspace, std::string_view card) {
  const auto credentials = credentials_of(workspace);
  if (!credentials) return tl::make_unexpected(credentials.error());
  if (!*credentials) return phonebook::CardSecret();
  const auto found = (*credentials)->by_card.find(card);
  if (found != (*credentials)->by_card.end()) return found->second;
  for (const Diagnostic& d : (*credentials)->diagnostics) {
    if (d.severity == Diagnostic::Severity::Error) return fail(ErrorKind::BadFile, to_text(d));
  }
  return phonebook::CardSecret();
}

std::optional<Error> unread_config(const Workspace& workspace) {
  if (!workspace.locations.empty() || !workspace.locations_lost.empty()) return std::nullopt;
  for (const Diagnostic& d : workspace.book.diagnostics) {
    const bool whole = d.entry.empty() && d.file == workspace.config_file;
    if (whole && d.severity == Diagnostic::Severity::Error)
      return Error{ErrorKind::BadFile, to_text(d)};
  }
  return std::nullopt;
}

Result<const phonebook::Location*> find_location(const Workspace& workspace,
                                                 std::string_view name) {
  if (name.empty()) name = workspace.default_location;
  const auto* first = workspace.locations.empty() ? nullptr : &workspace.locations.front();
  const auto* found = name.empty() ? nullptr : phonebook::find_location(workspace.locations, name);
  if (found != nullptr) return found;
  for (const phonebook::LostLocation& lost : workspace.locations_lost) {
    // Where one is, the first says; an error in it does not make that the second.
    const bool meant = name.empty() ? first == nullptr || lost.line < first->line
                                    : phonebook::same_word(lost.name, name);
    if (meant) return fail(ErrorKind::BadFile, lost.text);
  }
  if (name.empty()) return first;
  if (const auto unread = unread_config(workspace)) return tl::make_unexpected(*unread);
  std::vector<std::string_view> names;
  for (const phonebook::Location& each : workspace.locations) names.push_back(each.name);
  return fail(
      ErrorKind::NotFound,
      fmt::format("location \"{}\": is not declared; nothing is dialled from it; {}", shown(name),
                  names.empty() ? "declare it in redial.toml: [[location]]" : near(name, names)));
}

bool at_terminal() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

engine::ReadFile file_reader(const Workspace& workspace, std::string consequence) {
  return [folder = workspace.folder, on_file = workspace.on_file,
          consequence](const std::string& path) {
    auto octets = io::read_file(in_folder(folder, path), modem::kRegOctetsMax + 1);
    if (!octets) octets.error().text += "; " + consequence;
    if (octets && on_file) on_file(path, *octets);
    return octets;
  };
}

Result<engine::LinkScripts> entry_script(const Workspace& workspace, Entry& entry) {
  Entry told = entry;  // what a pad is told in confidence is in none that is shown
  if (!entry.x25_pad.empty()) {
    const auto secret = find_credential(workspace, entry.name);
    if (!secret) return tl::make_unexpected(secret.error());
    if (*secret && !(*secret)->x25_user_data.empty()) {
      told.x25_user_data = (*secret)->x25_user_data.reveal();
    }
    if (*secret && !(*secret)->x25_facilities.empty()) {
      told.x25_facilities = (*secret)->x25_facilities.reveal();
    }
  }
  auto found = engine::read_script(
      told, file_reader(workspace, "the script cannot be run; correct its name"));
  if (!found) return tl::make_unexpected(std::move(found).error());
  entry.script_compiled = told.script_compiled;
  entry.script_before_compiled = told.script_before_compiled;
  entry.script_within = told.script_within;
  for (const std::string& warning : found->warnings) fmt::print(stderr, "{}\n", warning);
  return engine::LinkScripts(*std::move(found));
}

Result<std::vector<engine::BoundLine>> bind(const Workspace& workspace, const Entry& entry) {
  const auto indices = phonebook::bind_lines(entry, workspace.lines);
  if (!indices) return tl::make_unexpected(indices.error());
  const auto place = find_location(workspace, entry.location);
  if (!place) return tl::make_unexpected(place.error());
  std::vector<engine::BoundLine> bound;
  for (const size_t i : *indices) {
    LineSpec spec = workspace.lines[i];
    // A switchboard's dial tone is where one is, not on the device that one has along.
    spec.blind = engine::has_modem(spec) && (spec.blind || (*place && (*place)->blind));
    auto line = engine::bind_line(spec, entry, file_reader(workspace));
    if (!line) return tl::make_unexpected(std::move(line).error());
    line->id = LineId(static_cast<uint32_t>(bound.size()));
    bound.push_back(*std::move(line));
  }
  return bound;
}

io::PortSpec port_spec(const LineSpec& line, const Entry& entry) {
  io::PortSpec spec = host::port_of(line);
  if (entry.connect_bps != 0) spec.speed_bps = entry.connect_bps;
  if (spec.flow == io::FlowControl::Hardware && !entry.hw_flow_control.value_or(true)) {
    spec.flow = io::FlowControl::None;
  }
  // The line under PPP is to be missed no later than the peer itself.
  spec.dead_within = entry.watch.dead_peer_bound;
  return spec;
}

int complain(const Error& error) {
  fmt::print(stderr, "redial: {}\n", error.text);
  return static_cast<int>(error.kind);
}

}  // namespace redial::cli
