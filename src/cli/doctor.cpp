// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "cli/device_names.h"
#include "cli/workspace.h"
#include "io/files.h"
#include "migrate/ras_directory.h"
#include "migrate/sources.h"
#include "phonebook/text.h"

namespace redial::cli {

using migrate::Diagnosis;
using migrate::SourceFile;
using phonebook::shown;
namespace fs = std::filesystem;

namespace {

constexpr size_t kFilesMax = 10'000;
constexpr int kDepthMax = 4, kNamed = -1;  // -1: the path itself

/// Files by whose they are, and what is said of them.
class Examiner {
 public:
  explicit Examiner(Examined& out) : out_(out) {}

  /// False: there is nothing of that name.
  bool take(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return false;
    if (!fs::is_directory(status)) {
      take_file(path, kNamed);
      take_companions(path);
      return true;
    }
    const size_t before = taken_ + native_.size() + out_.unreadable.size();
    take_folder(path, 0);
    if (out_.by_name && before == taken_ + native_.size() + out_.unreadable.size()) {
      out_.unreadable.push_back(
          {ErrorKind::NotFound, shown(path) + ": no configuration that is known here is in it"});
    }
    return true;
  }

  void judge() {
    if (!options_) {
      if (const SourceFile* found = migrate::find_pppd_options(foreign_)) options_ = *found;
    }
    for (const migrate::SourceSet& set : migrate::sort_out(std::move(foreign_))) {
      // A directory of RAS with lines of ours: they are what keeps its entries up now.
      const bool ours = std::ranges::find(native_, set.path + "/redial.toml") != native_.end();
      if (set.source == migrate::Source::Ras && ours) continue;
      migrate::Reading reading = migrate::read_source(set, names_);
      if (set.source == migrate::Source::Wvdial && options_) join_options(reading);
      judge(reading);
    }
    for (const std::string& config : native_) judge_native(config);
  }

 private:
  void take_folder(const std::string& path, int depth) {
    std::error_code error;
    fs::directory_iterator entries(path, error);
    if (error) {
      out_.unreadable.push_back(
          {ErrorKind::Permission, fmt::format("{}: cannot be read: {}; what is in it is not judged",
                                              shown(path), error.message())});
      return;
    }
    if (fs::path(path).filename() == "ppp") take_chat_scripts(fs::path(path).parent_path());
    std::vector<std::string> names;
    for (const auto& entry : entries) names.push_back(entry.path().string());
    std::ranges::sort(names);
    for (const std::string& name : names) {
      const fs::file_status status = fs::status(name, error);
      if (fs::is_directory(status) && depth < kDepthMax) take_folder(name, depth + 1);
      if (fs::is_regular_file(status) && out_.looked_at.size() < kFilesMax) take_file(name, depth);
    }
  }

  /// wvdial runs pppd, and pppd reads what is asked of it for everybody.
  void join_options(migrate::Reading& reading) const {
    const migrate::ForeignRules rules = migrate::rules_of_options(*options_);
    for (migrate::Connection& connection : reading.connections) {
      connection.rules.echo_every = rules.echo_every;
      connection.rules.echo_failures = rules.echo_failures;
    }
  }

  /// What pppd reads beside a peer of its own, and what it reads when wvdial runs it: the options
  /// that hold for all.
  void take_companions(const std::string& path) {
    if (fs::path(path).filename() == "wvdial.conf") {
      const std::string beside = (fs::path(path).parent_path() / "ppp/options").string();
      auto octets = io::read_file(beside, migrate::kSourceOctetsMax);
      if (octets) options_ = SourceFile{beside, *std::move(octets)};
    }
    const fs::path peers = fs::path(path).parent_path();
    if (peers.filename() != "peers") return;
    const std::string options = (peers.parent_path() / "options").string();
    if (io::exists(options)) take_file(options, 0);
    take_chat_scripts(peers.parent_path().parent_path());
  }

  /// They lie beside pppd's folder, and decide how soon a failed attempt is noticed.
  void take_chat_scripts(const fs::path& root) {
    const std::string folder = (root / "chatscripts").string();
    if (fs::is_directory(folder)) take_folder(folder, kDepthMax);
  }

  /// Passwords are of no use here, so they are not read.
  static bool is_secret(const std::string& path) {
    const std::string name = fs::path(path).filename();
    return name.ends_with("-secrets") || name == "credentials.toml";
  }

  void take_file(const std::string& path, int depth) {
    if (is_secret(path) || std::ranges::find(out_.looked_at, path) != out_.looked_at.end()) return;
    if (path.ends_with(".toml")) {
      // In a folder the others are what redial.toml names, or no configuration at all.
      if (depth == kNamed || fs::path(path).filename() == "redial.toml") native_.push_back(path);
      return;
    }
    auto octets = io::read_file(path, migrate::kSourceOctetsMax);
    if (!octets) {
      const bool beside = depth != kNamed && !migrate::is_named_ras_file(path);
      if (beside && octets.error().kind == ErrorKind::BadFile) return;  // a log, an image
      out_.unreadable.push_back({octets.error().kind, octets.error().text + "; it is not judged"});
      return;
    }
    out_.looked_at.push_back(path);
    SourceFile file{path, *std::move(octets)};
    if (migrate::recognise(file)) {
      foreign_.push_back(std::move(file));
    } else if (depth == kNamed) {
      out_.unreadable.push_back(
          {ErrorKind::BadFile, shown(path) + ": is no configuration that is known here; it is not "
                                             "judged; see redial doctor --help"});
    } else {
      return;
    }
    ++taken_;
  }

  void judge(const migrate::Reading& reading) {
    for (const phonebook::Diagnostic& said : reading.diagnostics) complain(said);
    for (const migrate::Connection& connection : reading.connections) {
      out_.connections.push_back(migrate::diagnose(connection, reading.report));
    }
  }

  /// What is an error there keeps the connections of that file from being judged at all.
  void complain(const phonebook::Diagnostic& said) {
    if (said.severity == phonebook::Diagnostic::Severity::Error) {
      out_.unreadable.push_back({ErrorKind::BadFile, to_text(said)});
    } else {
      out_.complaints.push_back(to_text(said));
    }
  }

  void judge_native(const std::string& config) {
    const auto workspace = load_workspace({.config = config, .phonebook = {}, .credentials = {}});
    if (!workspace) return out_.unreadable.push_back(workspace.error());
    out_.looked_at.push_back(config);
    for (const phonebook::Diagnostic& said : workspace->book.diagnostics) complain(said);
    for (const Error& error : workspace->unreadable) out_.unreadable.push_back(error);
    for (const phonebook::Entry& entry : workspace->book.entries) judge_entry(*workspace, entry);
  }

  void judge_entry(const Workspace& workspace, const phonebook::Entry& entry) {
    const auto lines = bind(workspace, entry);
    const auto session = engine::session_of(entry, nullptr);
    std::vector<std::string> stops = phonebook::unsupported(entry);
    if (!lines) stops.push_back(lines.error().text);
    if (lines && session) {
      const connection::LineTraits traits = engine::traits_of(*lines);
      out_.connections.push_back(migrate::diagnose_native(
          entry, connection::detection(entry, *session, traits), traits.has_modem));
    } else {
      out_.connections.push_back(
          {.source = "Redial", .name = entry.name, .where = entry.source, .named = {}, .rows = {}});
    }
    for (std::string& stop : stops) {
      out_.connections.back().named.push_back({"cannot be dialled: " + std::move(stop), {}});
    }
  }

  Examined& out_;
  size_t taken_ = 0;  // files of others
  std::vector<SourceFile> foreign_;
  std::optional<SourceFile> options_;  // of pppd's, for what runs it
  migrate::DeviceNames names_ = stable_names();
  std::vector<std::string> native_;
};

/// Where configuration lies on this machine.
std::vector<std::string> places() {
  std::vector<std::string> out = {"/etc/wvdial.conf"};
  if (const char* home = std::getenv("HOME")) out.push_back(std::string(home) + "/.wvdialrc");
  out.insert(out.end(),
             {"/etc/ppp", "/etc/NetworkManager/system-connections", "/etc/config/network"});
  if (const std::string own = find_config({}); !own.empty()) out.push_back(own);
  return out;
}

}  // namespace

Examined examine(const std::vector<std::string>& paths) {
  Examined examined;
  examined.by_name = !paths.empty();
  Examiner examiner(examined);
  for (const std::string& path : examined.by_name ? paths : places()) {
    if (examiner.take(path) || !examined.by_name) continue;
    examined.unreadable.push_back(
        {ErrorKind::NotFound,
         shown(path) + ": there is no such file; it is not judged; correct its name, or name "
                       "none to have this machine's own looked at"});
  }
  examiner.judge();
  return examined;
}

int doctor_status(const Examined& examined) {
  if (examined.by_name && !examined.unreadable.empty()) {
    return static_cast<int>(examined.unreadable.front().kind);
  }
  if (!std::ranges::all_of(examined.connections, &Diagnosis::healthy)) return 1;
  return examined.unreadable.empty() ? 0 : static_cast<int>(examined.unreadable.front().kind);
}

int doctor(const DoctorOptions& options) {
  const Examined examined = examine(options.paths);
  if (!options.json) {
    for (const Error& error : examined.unreadable) complain(error);
    for (const std::string& said : examined.complaints) fmt::print(stderr, "{}\n", said);
  }
  fmt::print("{}", options.json ? doctor_json(examined) : doctor_text(examined, options.why));
  return doctor_status(examined);
}

}  // namespace redial::cli
