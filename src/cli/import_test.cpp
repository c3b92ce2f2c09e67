// SPDX-License-Identifier: Apache-2.0
#include "cli/import.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/device_names.h"
#include "io/files.h"
#include "modem/inf.h"
#include "test_paths.h"

using namespace redial;
using namespace redial::cli;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kConf =
    "[Dialer Defaults]\nModem = /dev/ttyS77\nPhone = 5550100\nUsername = ann\n"
    "Password = s3cret phrase\nInit1 = ATZ\nIdle Seconds = 300\n[Dialer quiet]\nInit2 = ATM0\n";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "redial-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = fs::canonical(name);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string at(std::string_view name) const { return (path_ / name).string(); }
  std::string write(std::string_view name, std::string_view text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(at(name), std::ios::binary) << text;
    return at(name);
  }
  /// Every file below it with its contents and permissions.
  std::map<std::string, std::string> contents(std::string_view name) const {
    std::map<std::string, std::string> out;
    if (!fs::exists(at(name))) return out;
    for (const auto& each : fs::recursive_directory_iterator(at(name))) {
      if (!each.is_regular_file()) continue;
      struct stat info {};
      REQUIRE(::stat(each.path().c_str(), &info) == 0);
      out[each.path().string()] = std::to_string(info.st_mode & 0777u) + " " +
                                  io::read_file(each.path().string(), 1 << 20).value_or("");
    }
    return out;
  }

 private:
  fs::path path_;
};

ImportOptions options_for(const Folder& folder, std::string path) {
  ImportOptions options;
  options.paths = {std::move(path)};
  options.into = folder.at("redial");
  return options;
}

TEST_CASE("import puts entries, lines and credentials beside redial.toml, and they are used") {
  const Folder folder;
  const auto result = run_import(options_for(folder, folder.write("wvdial.conf", kConf)));
  REQUIRE(result.has_value());
  CHECK(result->changed);
  struct stat info {};
  REQUIRE(::stat(folder.at("redial/imported/wvdial.credentials.toml").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777u) == 0600u);

  const auto workspace = load_workspace({folder.at("redial/redial.toml"), {}, {}});
  REQUIRE(workspace.has_value());
  CHECK(workspace->book.diagnostics.empty());
  const auto entry = find_entry(*workspace, "quiet");
  REQUIRE(entry.has_value());
  CHECK(entry->idle_disconnect == 300s);
  const auto credential = find_credential(*workspace, "quiet");
  REQUIRE((credential.has_value() && credential->has_value()));
  CHECK((*credential)->password.reveal() == "s3cret phrase");
  const auto lines = bind(*workspace, *entry);
  REQUIRE(lines.has_value());
  CHECK(lines->front().description != nullptr);
}

TEST_CASE("what redial.toml says counts before what was imported, and is never rewritten") {
  const Folder folder;
  const std::string own =
      "[[line]]\nname = \"ttyS77\"\npath = \"/dev/ttyS3\"\n[entry.\"Defaults\"]\nuser = \"bob\"\n";
  folder.write("redial/redial.toml", own);
  REQUIRE(run_import(options_for(folder, folder.write("wvdial.conf", kConf))).has_value());
  CHECK(io::read_file(folder.at("redial/redial.toml"), 1 << 20).value() == own);
  const auto workspace = load_workspace({folder.at("redial/redial.toml"), {}, {}});
  REQUIRE(workspace.has_value());
  CHECK(find_entry(*workspace, "Defaults")->user == "bob");
}

TEST_CASE("importing twice changes nothing and says so; a changed source changes its own files") {
  const Folder folder;
  const std::string conf = folder.write("wvdial.conf", kConf);
  REQUIRE(run_import(options_for(folder, conf)).has_value());
  const auto before = folder.contents("redial");
  const auto again = run_import(options_for(folder, conf));
  REQUIRE(again.has_value());
  CHECK_FALSE(again->changed);
  CHECK(has(import_text(*again), "nothing is changed"));
  CHECK(folder.contents("redial") == before);
  folder.write("wvdial.conf", std::string(kConf) + "Phone1 = 5550101\n");
  const auto changed = run_import(options_for(folder, conf));
  REQUIRE(changed.has_value());
  CHECK(changed->written == std::vector<std::string>{"wvdial.toml"});
}

TEST_CASE("a second source of the same kind gets files and names of its own") {
  const Folder folder;
  REQUIRE(run_import(options_for(folder, folder.write("a/wvdial.conf", kConf))).has_value());
  const auto second = run_import(options_for(folder, folder.write("b/wvdial.conf", kConf)));
  REQUIRE(second.has_value());
  CHECK(second->sources[0].stem == "wvdial-2");
  CHECK(second->sources[0].native.entries[0].name == "Defaults (wvdial)");
  CHECK_FALSE(run_import(options_for(folder, folder.at("a/wvdial.conf")))->changed);
  const auto workspace = load_workspace({folder.at("redial/redial.toml"), {}, {}});
  CHECK(workspace->book.entries.size() == 4);
  CHECK(workspace->book.diagnostics.empty());
}

TEST_CASE("--dry-run says what would be written and writes nothing") {
  const Folder folder;
  ImportOptions options = options_for(folder, folder.write("wvdial.conf", kConf));
  options.dry_run = true;
  const auto result = run_import(options);
  REQUIRE(result.has_value());
  CHECK(result->changed);
  CHECK(has(import_text(*result), "nothing is written"));
  CHECK_FALSE(fs::exists(folder.at("redial")));
}

TEST_CASE("--json: five arrays, and their sum is the count of the source's settings") {
  const Folder folder;
  const auto result = run_import(options_for(folder, folder.write("wvdial.conf", kConf)));
  const std::string text = import_json(*result);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  size_t sum = 0;
  for (const char* column : {"kept", "translated", "made_safer", "not_needed", "dropped"}) {
    sum += json.at(column).size();
  }
  CHECK(json.at("source_settings") == 7);
  CHECK(sum == 7);
  CHECK_FALSE(has(text + import_text(*result), "s3cret"));
}

TEST_CASE("the PIN of a SIM goes into a file that nobody else reads, and into no report") {
  for (const char* init : {"Init3 = AT+CPIN=1234", "Init3 = at+cpin=\"1234\""}) {
    CAPTURE(init);
    const Folder folder;
    ImportOptions options =
        options_for(folder, folder.write("wvdial.conf", std::string(kConf) + init + "\n"));
    const auto result = run_import(options);
    REQUIRE(result.has_value());
    CHECK_FALSE(has(import_text(*result), "1234"));
    CHECK_FALSE(has(import_json(*result), "1234"));
    for (const auto& file : folder.contents("redial"))
      if (has(file.second, "1234"))
        CHECK_MESSAGE(file.second.starts_with("384 "), file.first);  // 0600
    struct stat info {};
    REQUIRE(::stat(folder.at("redial/imported/wvdial.inf").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777u) == 0600u);
  }
}

TEST_CASE("a MODEM.INF larger than any is told by its name, and its directory is not imported") {
  const Folder folder;
  folder.write("ras/rasphone.pbk", "[isp]\r\nPhoneNumber=5550100\r\nDEVICE=modem\r\n");
  folder.write("ras/MODEM.INF",
               "[A]\nCOMMAND_DIAL=ATD<phonenumber><cr>\n" + std::string(modem::kInfOctetsMax, ';'));
  const auto result = run_import(options_for(folder, folder.at("ras")));
  REQUIRE_FALSE(result.has_value());
  CHECK(has(result.error().text, "ras/MODEM.INF: larger than"));
  CHECK(has(result.error().text, "nothing is imported"));
  CHECK(folder.contents("redial").empty());
}

TEST_CASE("a source with an error is not imported, and the target is as it was") {
  const Folder folder;
  REQUIRE(run_import(options_for(folder, folder.write("wvdial.conf", kConf))).has_value());
  const auto before = folder.contents("redial");
  const auto result = run_import(
      options_for(folder, folder.write("wvdial.conf", "[Dialer a]\nPhone = 1\nnonsense\n")));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == ErrorKind::BadFile);
  CHECK(has(result.error().text, "wvdial.conf:3:1"));
  CHECK(folder.contents("redial") == before);
  ImportOptions elsewhere = options_for(folder, folder.at("wvdial.conf"));
  elsewhere.into = folder.at("not/there");
  CHECK_FALSE(run_import(elsewhere).has_value());
  CHECK_FALSE(fs::exists(folder.at("not")));
  CHECK(run_import(options_for(folder, folder.write("other/hosts", "127.0.0.1 here\n")))
            .error()
            .kind == ErrorKind::NotFound);
}

/// Ends the process, as kill -9 would, at the step after `steps` of them; false: there are fewer.
bool killed_after(int steps, ImportOptions options) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int left = steps;
    options.between = [&left] {
      if (left-- == 0) ::_exit(99);
    };
    static_cast<void>(run_import(options));
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 99;
}

TEST_CASE(
    "killed at any step, an import leaves the old files or the new ones, and the next mends") {
  for (const bool can_exchange : {true, false}) {
    for (int steps = 0;; ++steps) {
      REQUIRE(steps < 100);
      const Folder folder;
      const std::string conf = folder.write("wvdial.conf", kConf);
      REQUIRE(run_import(options_for(folder, conf)).has_value());
      const auto old_files = folder.contents("redial/imported");
      folder.write("wvdial.conf", std::string(kConf) + "Phone1 = 5550101\n");
      ImportOptions options = options_for(folder, conf);
      options.can_exchange = can_exchange;
      const bool killed = killed_after(steps, options);
      const auto now = folder.contents("redial/imported");
      const bool retired = fs::exists(folder.at("redial/.imported.old"));
      const bool is_new = now.size() == old_files.size() && now != old_files;
      CHECK((now == old_files || is_new || (now.empty() && retired)));
      const auto next = run_import(options_for(folder, conf));
      REQUIRE(next.has_value());
      CHECK(has(folder.contents("redial/imported").at(folder.at("redial/imported/wvdial.toml")),
                "5550101"));
      CHECK_FALSE(fs::exists(folder.at("redial/.imported.new")));
      CHECK_FALSE(fs::exists(folder.at("redial/.imported.old")));
      if (!killed) break;
    }
  }
}

TEST_CASE(
    "an import that fails at any step leaves the target as it was, a missing redial.toml too") {
  for (const bool first : {true, false}) {
    bool failed_once = false;
    for (int steps = 0; steps < 20; ++steps) {
      const Folder folder;
      const std::string conf = folder.write("wvdial.conf", kConf);
      if (!first) REQUIRE(run_import(options_for(folder, conf)).has_value());
      if (!first) folder.write("wvdial.conf", std::string(kConf) + "Phone1 = 5550101\n");
      const auto before = folder.contents("redial");
      ImportOptions options = options_for(folder, conf);
      int left = steps;
      // What is being written goes away under our hands: the next thing done with it fails.
      options.between = [&] {
        if (left-- == 0) fs::remove_all(folder.at("redial/.imported.new"));
      };
      const auto result = run_import(options);
      if (result) continue;  // too late to do harm
      failed_once = true;
      CHECK(folder.contents("redial") == before);
    }
    CHECK(failed_once);
  }
}

TEST_CASE("two imports into one folder at once: the second says so and touches nothing") {
  const Folder folder;
  const auto store = ImportStore::open({.folder = folder.at("redial")});
  REQUIRE(store.has_value());
  const auto result = run_import(options_for(folder, folder.write("wvdial.conf", kConf)));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == ErrorKind::Busy);
}

TEST_CASE("a root with an etc: everything there is found, and nothing else is opened") {
  const Folder folder;
  folder.write("root/etc/wvdial.conf", kConf);
  folder.write("root/etc/shadow", "root:x:1::::::\n");
  folder.write("root/etc/ppp/options", "lock\ncrtscts\n");
  folder.write("root/etc/ppp/peers/isp",
               "/dev/ttyS5 38400\nuser ann\nconnect '/usr/sbin/chat -f /etc/chatscripts/isp'\n");
  folder.write("root/etc/ppp/pap-secrets", "ann * s3cret\n");
  folder.write("root/etc/chatscripts/isp", "ABORT BUSY\n'' ATZ OK ATDT5550177 CONNECT ''\n");
  const auto result = run_import(options_for(folder, folder.at("root")));
  REQUIRE(result.has_value());
  REQUIRE(result->sources.size() == 2);
  const auto workspace = load_workspace({folder.at("redial/redial.toml"), {}, {}});
  const auto entry = find_entry(*workspace, "isp");
  REQUIRE(entry.has_value());
  CHECK(entry->numbers.at(0).digits == "5550177");
  CHECK((*find_credential(*workspace, "isp"))->password.reveal() == "s3cret");
  CHECK(workspace->book.entries.size() == 3);
}

TEST_CASE("a peer's file alone brings the options, secrets and chat script beside it") {
  const Folder folder;
  folder.write("etc/ppp/options", "lock\n");
  folder.write("etc/chatscripts/isp", "'' ATDT5550177 CONNECT ''\n");
  const auto result = run_import(options_for(
      folder, folder.write("etc/ppp/peers/isp",
                           "ttyS5\nconnect '/usr/sbin/chat -f /etc/chatscripts/isp'\n")));
  REQUIRE(result.has_value());
  CHECK(result->sources[0].native.entries.at(0).numbers.at(0).digits == "5550177");
  CHECK(result->sources[0].reading.report.settings().size() == 4);
}

TEST_CASE("a source with nothing in it: that is said, with a status, and nothing is written") {
  const Folder folder;
  const auto result = run_import(options_for(folder, folder.write("a/x.pbk", "")));
  REQUIRE(result.has_value());
  CHECK(result->nothing);
  CHECK_FALSE(result->changed);
  CHECK(has(import_text(*result), "no connection, line or password is in it"));
  CHECK_FALSE(fs::exists(folder.at("redial/imported")));
  CHECK(import(options_for(folder, folder.at("a/x.pbk"))) == 3);
}

TEST_CASE("a device that the kernel numbers is bound by the name that stays with it") {
  const Folder folder;
  folder.write("dev/ttyUSB0", "");
  fs::create_directories(folder.at("dev/serial/by-id"));
  fs::create_symlink("../../ttyUSB0", folder.at("dev/serial/by-id/usb-Wren_1"));
  CHECK(stable_names(folder.at("dev")).at(folder.at("dev/ttyUSB0")) ==
        folder.at("dev/serial/by-id/usb-Wren_1"));
  migrate::Reading reading = migrate::read_source(
      {.source = migrate::Source::Wvdial,
       .path = "wvdial.conf",
       .files = {{"wvdial.conf", "[Dialer Defaults]\nModem = /dev/ttyUSB0\nPhone = 1\n"}}},
      {{"/dev/ttyUSB0", "/dev/serial/by-id/usb-Wren_1"}});
  const auto native = write_native(reading, "wvdial", "wvdial.conf", {});
  REQUIRE(native.lines.size() == 1);
  CHECK(native.lines[0].name == "ttyUSB0");
  CHECK(native.lines[0].path == "/dev/serial/by-id/usb-Wren_1");
  CHECK(reading.report.settings()[0].ended == migrate::Column::MadeSafer);
}

TEST_CASE("a chat script is read wherever pppd's options name it, below the same root") {
  const Folder folder;
  const std::string peer = "ttyS0\nconnect 'chat -f /opt/dial/isp'\n";
  folder.write("r/etc/ppp/peers/isp", peer);
  folder.write("r/opt/dial/isp", "'' @/opt/dial/init OK ATDT5550100 CONNECT ''\n");
  folder.write("r/opt/dial/init", "ATZ\n");
  for (const char* path : {"r", "r/etc/ppp", "r/etc/ppp/peers/isp"}) {
    CAPTURE(path);
    const auto result = run_import(options_for(folder, folder.at(path)));
    REQUIRE(result.has_value());
    REQUIRE(result->sources.size() == 1);
    CHECK(has(result->sources[0].native.phonebook, "5550100"));
    CHECK(result->sources[0].reading.report.settings().size() == 2 + 2);
  }
}

TEST_CASE("docs/migrating.md has the tables that the readers follow") {
  const auto text = io::read_file(REDIAL_SOURCE_DIR "/docs/migrating.md", 1 << 20);
  REQUIRE(text.has_value());
  CHECK(has(*text, rules_text("all")));
  CHECK(has(rules_text("all"), "| `Idle Seconds` | made safer |"));
}

TEST_CASE(
    "NetworkManager, OpenWrt and a RAS directory are found below a root, and dialled by name") {
  const Folder folder;
  folder.write("r/etc/NetworkManager/system-connections/field.nmconnection",
               "[connection]\nid=field\ntype=gsm\ninterface-name=ttyUSB2\n[gsm]\napn=x\n");
  folder.write("r/etc/config/network",
               "config interface 'wan'\n  option proto 'pppoe'\n  option device 'eth1'\n");
  folder.write("ras/RASPHONE.PBK",
               "[Office]\nMEDIA=serial\nPort=COM1\nDevice=Acme\nDEVICE=modem\nPhoneNumber=5\n");
  folder.write("ras/MODEM.INF",
               "[Acme]\nCOMMAND_INIT=ATZ<cr>\nCOMMAND_DIAL=ATDT<phonenumber><cr>\n");
  ImportOptions options = options_for(folder, folder.at("r"));
  options.paths.push_back(folder.at("ras"));
  const auto result = run_import(options);
  REQUIRE(result.has_value());
  CHECK(result->sources.size() == 3);
  const auto workspace = load_workspace({folder.at("redial/redial.toml"), {}, {}});
  REQUIRE(workspace.has_value());
  CHECK(workspace->book.entries.size() == 3);
  for (const char* name : {"field", "Office"}) {
    const auto entry = find_entry(*workspace, name);
    REQUIRE(entry.has_value());
    CHECK(bind(*workspace, *entry).has_value());
  }
  CHECK_FALSE(unsupported(*find_entry(*workspace, "wan")).empty());
  CHECK_FALSE(run_import(options)->changed);
}

TEST_CASE("a line that needs what there is not: the entry is there, and dialling it says what") {
  const Folder folder;
  REQUIRE(run_import(options_for(folder, folder.write("etc/ppp/peers/odd", "pty 'ssh far'\n")))
              .has_value());
  const auto workspace = load_workspace({folder.at("redial/redial.toml"), {}, {}});
  const auto entry = find_entry(*workspace, "odd");
  REQUIRE(entry.has_value());
  const auto lines = bind(*workspace, *entry);
  REQUIRE_FALSE(lines.has_value());
  CHECK(lines.error().kind == ErrorKind::Unsupported);
  CHECK(has(lines.error().text, "a carrier that is a program"));
}

}  // namespace
