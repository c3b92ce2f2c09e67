// SPDX-License-Identifier: Apache-2.0
// `redial repair` on real directories: killed at every point, it leaves the old one or the new one,
// and the next run finishes or undoes. And as its users see it: the program itself, with a modem.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "cli/replace_directory.h"
#include "migrate/repair_mark.h"
#include "support/program.h"

using namespace redial;
using namespace redial::cli;
using redial::test::Folder;
using redial::test::Program;
using Goal = migrate::Goal;

namespace {

constexpr std::string_view kBook =
    "[Head Office]\r\nMEDIA=serial\r\nPort=COM1\r\nDevice=Acme 56K\r\nDEVICE=modem\r\n"
    "PhoneNumber=5550100\r\nOddKey=\xff kept\r\n";
constexpr std::string_view kModemInf =
    "[Responses]\r\nOK=<cr><lf>OK<cr><lf>\r\nERROR=<cr><lf>ERROR<cr><lf>\r\n"
    "CONNECT=<cr><lf>CONNECT <carrierbps><cr><lf>\r\n"
    "ERROR_BUSY=<cr><lf>BUSY<cr><lf>\r\nERROR_NO_CARRIER=<cr><lf>NO CARRIER<cr><lf>\r\n"
    "[Acme 56K]\r\nMAXCONNECTBPS=57600\r\nCOMMAND_INIT=AT&F&C0&D0<cr>\r\n"
    "COMMAND_DIAL=ATDT<phonenumber><cr>\r\nCOMMAND_LISTEN=ATS0=1<cr>\r\n";
constexpr std::string_view kSerialIni = "[COM1]\r\nDEVICENAME=Acme 56K\r\nINITIALBPS=57600\r\n";

using Contents = std::map<std::string, std::string>;

/// Files and links by path; empty: no such directory.
Contents contents(const std::string& folder) {
  Contents out;
  const auto files = io::read_tree(folder);
  if (!files) return out;
  for (const io::TreeFile& file : *files) {
    if (file.kind != io::TreeFile::Kind::Folder) out[file.path] = file.octets;
  }
  return out;
}

Contents without_mark(Contents files) {
  files.erase(std::string(migrate::kMarkFile));
  return files;
}

/// A directory as NT left it, in a folder that goes with the test.
struct Ras {
  Ras() {
    ::mkdir(dir.c_str(), 0755);
    folder.write("Ras/rasphone.pbk", kBook);
    folder.write("Ras/MODEM.INF", kModemInf);
    folder.write("Ras/SERIAL.INI", kSerialIni);
    ::mkdir((dir + "/scripts").c_str(), 0755);
    folder.write("Ras/scripts/login.scp", "proc main\nendproc\n");
    dir = directory_named(dir).value();
    old = contents(dir);
    renewed = old;
    renewed["redial.toml"] = "# new\n";
  }

  ReplaceOptions options(Goal goal, bool can_exchange) const {
    return {
        .folder = dir,
        .goal = goal,
        .build = [](const std::vector<io::TreeFile>& files) -> Result<std::vector<io::TreeFile>> {
          auto out = files;
          out.push_back({.path = "redial.toml", .octets = "# new\n"});
          return out;
        },
        .between = {},
        .can_exchange = can_exchange};
  }

  /// In a process of its own, killed after the `at`-th thing it did. False: it came to its end.
  bool killed_at(int at, Goal goal, bool can_exchange) const {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int done = 0;
      ReplaceOptions how = options(goal, can_exchange);
      how.between = [&] {
        if (done++ == at) ::kill(::getpid(), SIGKILL);
      };
      ::_exit(replace_directory(how) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
    return WIFSIGNALED(status);
  }

  void finish(Goal goal) const {
    const auto done = replace_directory(options(goal, true));
    if (!done) FAIL(done.error().text);
    const Contents wanted = goal == Goal::Replace ? renewed : old;
    CHECK(without_mark(contents(dir)) == wanted);
    CHECK(contents(dir + ".old") == (goal == Goal::Replace ? old : Contents()));
    size_t names = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder.path)) {
      ++names;
    }
    CHECK(names == (goal == Goal::Replace ? 2 : 1));  // nothing lies about
  }

  Folder folder;
  std::string dir = folder / "Ras";
  Contents old, renewed;
};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Every point at which replacing, or undoing, can be killed; then the other run.
void kill_everywhere(Goal goal, Goal next, bool can_exchange) {
  int at = 0;
  for (bool killed = true; killed; ++at) {
    CAPTURE(at);
    const Ras ras;
    if (goal == Goal::Undo) ras.finish(Goal::Replace);
    killed = ras.killed_at(at, goal, can_exchange);
    const Contents now = without_mark(contents(ras.dir));
    if (can_exchange) CHECK((now == ras.old || now == ras.renewed));
    ras.finish(next);
  }
  CHECK(at > (goal == Goal::Replace ? 8 : 3));  // there were that many
}

}  // namespace

TEST_CASE(
    "killed at any point, a repair leaves the old directory or the new one; the next run "
    "finishes it") {
  for (const bool can_exchange : {true, false})
    kill_everywhere(Goal::Replace, Goal::Replace, can_exchange);
}

TEST_CASE("killed at any point, a repair can be undone") {
  for (const bool can_exchange : {true, false})
    kill_everywhere(Goal::Replace, Goal::Undo, can_exchange);
}

TEST_CASE(
    "killed at any point, undoing leaves the old directory or the new one; either run "
    "finishes") {
  for (const bool can_exchange : {true, false}) {
    kill_everywhere(Goal::Undo, Goal::Undo, can_exchange);
    kill_everywhere(Goal::Undo, Goal::Replace, can_exchange);
  }
}

TEST_CASE("what was edited after a repair outlives --undo, under a name of its own") {
  const Ras ras;
  ras.finish(Goal::Replace);
  ras.folder.write("Ras/credentials.toml", "mine");
  const auto done = replace_directory(ras.options(Goal::Undo, true));
  REQUIRE(done);
  REQUIRE(done->kept == std::vector<std::string>{ras.dir + ".repaired"});
  CHECK(contents(ras.dir) == ras.old);
  CHECK(contents(ras.dir + ".repaired")["credentials.toml"] == "mine");
}

TEST_CASE("somebody's own .old is not touched, and the repair refused") {
  const Ras ras;
  ::mkdir((ras.dir + ".old").c_str(), 0755);
  const auto done = replace_directory(ras.options(Goal::Replace, true));
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::Refused);
  CHECK(contents(ras.dir) == ras.old);
}

TEST_CASE("what cannot be written whole leaves nothing behind, and says what is so") {
  const Ras ras;
  ReplaceOptions options = ras.options(Goal::Replace, true);
  options.build = [](const std::vector<io::TreeFile>& files) -> Result<std::vector<io::TreeFile>> {
    auto out = files;
    out.push_back({.path = "no such folder/file", .octets = "x"});
    return out;
  };
  const auto done = replace_directory(options);
  REQUIRE_FALSE(done);
  CHECK(has(done.error().text, ras.dir + " is as it was"));
  CHECK(contents(ras.dir) == ras.old);
  CHECK_FALSE(std::filesystem::exists(ras.dir + ".repair-unfinished"));
}

TEST_CASE("two repairs at once: one waits for nobody, and says so") {
  const Ras ras;
  const auto held = io::lock_folder(std::filesystem::path(ras.dir).parent_path());
  REQUIRE(held);
  CHECK(replace_directory(ras.options(Goal::Replace, true)).error().kind == ErrorKind::Busy);
}

TEST_CASE(
    "redial repair: a dry run does nothing; a repair keeps the phonebook byte for byte, binds "
    "the port to a line that is watched, and calls; --undo has everything back") {
  const Ras ras;
  Program exchange(ras.folder, {"exchange", "--modem", "5550199=ttyA", "--isp", "5550100"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  const std::string port = "COM1=" + ras.folder / "ttyA";

  Program dry(ras.folder, {"repair", "Ras", "--dry-run", "--port", port});
  CHECK(dry.said.until("nothing is done"));
  CHECK(dry.said.until("to do"));
  CHECK(dry.status() == 0);
  CHECK(contents(ras.dir) == ras.old);

  Program repair(ras.folder, {"repair", "Ras/", "--port", port});
  CHECK(repair.said.until("Ras: repaired (KB Q153376)"));
  CHECK(repair.said.until("by MODEM.INF, so nobody watched an established link"));
  CHECK(repair.said.until("corrected: "));
  CHECK(repair.said.until(" 11  make the other settings again      done"));
  CHECK(repair.said.until("5550100 for Head Office: CONNECT"));
  INFO(repair.said.text());
  CHECK(repair.status() == 0);
  CHECK(contents(ras.dir)["rasphone.pbk"] == kBook);
  CHECK(contents(ras.dir + ".old") == ras.old);
  CHECK(has(contents(ras.dir)["redial.toml"], "description = \"MODEM.INF:Acme 56K\""));

  Program twice(ras.folder, {"repair", "Ras"});
  CHECK(twice.said.until("is repaired already"));
  CHECK(twice.status() == 0);
  Program undo(ras.folder, {"repair", "--undo", "Ras"});
  CHECK(undo.said.until("is as it was before the repair"));
  CHECK(undo.status() == 0);
  CHECK(contents(ras.dir) == ras.old);
  CHECK_FALSE(std::filesystem::exists(ras.dir + ".old"));
}

TEST_CASE("redial repair says why a line could not be opened, and exits 1") {
  const Ras ras;
  Program repair(ras.folder, {"repair", "Ras", "--port", "COM1=/dev/no-such-port"});
  CHECK(repair.said.until("NOT OPENED: the device does not exist"));
  CHECK(repair.status() == 1);
  CHECK(without_mark(contents(ras.dir)).contains("redial.toml"));
}

TEST_CASE("redial repair refuses what is no RAS directory, and a port nobody has") {
  const Ras ras;
  ::mkdir((ras.folder / "other").c_str(), 0755);
  Program other(ras.folder, {"repair", "other"});
  CHECK(other.said.until("no phonebook (.pbk), SERIAL.INI or MODEM.INF is in it"));
  CHECK(other.status() == 3);
  Program none(ras.folder, {"repair", "nowhere"});
  CHECK(none.status() == 3);
  Program port(ras.folder, {"repair", "Ras", "--port", "COM7=/dev/ttyS6"});
  CHECK(port.said.until("there are COM1"));
  CHECK(port.status() == 3);
  CHECK(contents(ras.dir) == ras.old);
}
