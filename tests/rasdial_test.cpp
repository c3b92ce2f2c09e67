// SPDX-License-Identifier: Apache-2.0
// `rasdial` as a script for Windows knows it, and the user's terminal on a line: the program
// itself, in real time, against the virtual exchange and a plain pty.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <termios.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "support/program.h"

using namespace redial::test;
using namespace std::chrono_literals;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

struct Ran {
  int status = -1;
  std::string text;
};

/// One command in the folder, its links kept there too.
Ran rasdial(const Folder& folder, const std::string& words) {
  const std::string at = folder.path;
  const std::string command = "cd '" + at + "' && HOME='" + at + "' XDG_RUNTIME_DIR='" + at +
                              "' '" + REDIAL_BIN_DIR "/rasdial' " + words + " 2>&1 </dev/null";
  Ran ran;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  char octets[4096];
  for (size_t got; (got = std::fread(octets, 1, sizeof octets, pipe)) > 0;) {
    ran.text.append(octets, got);
  }
  const int how = ::pclose(pipe);
  ran.status = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
  return ran;
}

/// A modem on the virtual exchange, an access server behind a number, and entries that call it.
struct Office {
  Office()
      : exchange((write_files(folder), folder),
                 {"exchange", "--modem", "5550199=ttyA", "--isp", "5550100", "--busy", "5550101",
                  "--accounts", "accounts.toml"}) {
    REQUIRE(exchange.said.until("Ctrl-C ends"));
  }
  ~Office() { (void)rasdial(folder, "/disconnect"); }
  static void write_files(const Folder& folder) {
    folder.write("accounts.toml", "[entry.x]\nuser = \"ann\"\npassword = \"sesame\"\n");
    ::chmod((folder / "accounts.toml").c_str(), 0600);
    folder.write("redial.toml",
                 "[[line]]\nname = \"COM1\"\npath = \"" + folder / "ttyA" +
                     "\"\nmodem_lines = false\n"
                     "[entry.\"Head Office\"]\nline = \"COM1\"\nnumber = \"5550100\"\n"
                     "[entry.\"taken\"]\nline = \"COM1\"\nnumber = \"5550101\"\n");
  }
  Folder folder;
  Program exchange;
};

}  // namespace

TEST_CASE("rasdial dials, lists, and disconnects a link that a process of its own holds") {
  Office office;
  const Ran none = rasdial(office.folder, "");
  CHECK(none.status == 0);
  CHECK(has(none.text, "No connections\n"));

  const Ran up = rasdial(office.folder, "'Head Office' ann sesame");
  INFO(up.text);
  REQUIRE(up.status == 0);
  const size_t connecting = up.text.find("Connecting to Head Office...\n");
  const size_t verifying = up.text.find("Verifying username and password...\n");
  const size_t connected = up.text.find("Successfully connected to Head Office.\n");
  CHECK(connecting < verifying);
  CHECK(verifying < connected);
  CHECK(has(up.text, "Command completed successfully.\n"));

  CHECK(has(rasdial(office.folder, "").text, "Connected to\nHead Office\n"));
  const Ran again = rasdial(office.folder, "'head office' ann sesame");
  CHECK(again.status == 0);
  CHECK(has(rasdial(office.folder, "'Head Office' ann sesame").text, "already connected"));

  const Ran down = rasdial(office.folder, "'HEAD OFFICE' /DISCONNECT");
  CHECK(down.status == 0);
  CHECK(has(rasdial(office.folder, "").text, "No connections\n"));
  CHECK(rasdial(office.folder, "'Head Office' -d").status == 68);  // 668: not connected
}

TEST_CASE("rasdial prints RAS's number and exits with it less 600; nothing is left running") {
  Office office;
  struct Case {
    const char* words;
    int number;
  };
  for (const Case& each :
       {Case{"taken ann sesame", 676}, Case{"'Head Office' ann wrong", 691},
        Case{"nowhere ann sesame", 623}, Case{"taken ann sesame /phone:12x4", 749}}) {
    CAPTURE(each.words);
    const Ran ran = rasdial(office.folder, each.words);
    CAPTURE(ran.text);
    CHECK(ran.status == each.number - 600);
    CHECK(has(ran.text, "Remote Access error " + std::to_string(each.number) + " - "));
    CHECK(has(rasdial(office.folder, "").text, "No connections\n"));
  }
  CHECK(rasdial(office.folder, "taken /nonsense").status == 255);
}

namespace {

struct Pty {
  Pty() : master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)), heard(master) {
    REQUIRE(master >= 0);
    REQUIRE(::grantpt(master) == 0);
    REQUIRE(::unlockpt(master) == 0);
    slave = ::ptsname(master);
    held = ::open(slave.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(held >= 0);
  }
  ~Pty() {
    ::close(held);
    ::close(master);
  }
  void type(std::string_view text) const {
    REQUIRE(::write(master, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  bool echoes() const {
    termios state{};
    return ::tcgetattr(held, &state) == 0 && (state.c_lflag & ECHO) != 0;
  }
  int master, held = -1;
  std::string slave;
  Heard heard;
};

/// `redial ...` with a terminal of its own.
pid_t at_terminal(const Folder& folder, const Pty& user, std::vector<std::string> words) {
  words.insert(words.begin(), REDIAL_BIN_DIR "/redial");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addchdir_np(&files, folder.path.c_str());
  for (const int fd : {0, 1, 2}) {
    ::posix_spawn_file_actions_addopen(&files, fd, user.slave.c_str(), O_RDWR | O_NOCTTY, 0);
  }
  pid_t process = 0;
  REQUIRE(::posix_spawn(&process, argv[0], &files, nullptr, argv.data(), environ) == 0);
  ::posix_spawn_file_actions_destroy(&files);
  return process;
}
int status_of(pid_t process) {
  int how = 0;
  ::waitpid(process, &how, 0);
  return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

}  // namespace

TEST_CASE("a terminal after dialling: keys to the far end, its words back, and Ctrl-] begins PPP") {
  const Folder folder;
  Pty user, line;
  folder.write("redial.toml",
               "[[line]]\nname = \"cable\"\nkind = \"direct\"\nmodem_lines = false\n"
               "path = \"" +
                   line.slave + "\"\n[entry.depot]\nline = \"cable\"\n");
  ::close(std::exchange(line.held, ::dup(line.master)));  // the program alone holds the slave
  const pid_t dialling = at_terminal(folder, user, {"dial", "depot", "--terminal", "--plain"});
  REQUIRE(user.heard.until("User name"));
  user.type("\n");
  REQUIRE(user.heard.until("Ctrl-]"));
  CHECK_FALSE(user.echoes());
  line.type("login: ");
  CHECK(user.heard.until("login: "));
  user.type("ann\r");
  CHECK(line.heard.until("ann\r"));
  CHECK(line.heard.text().find('\x7e') == std::string::npos);  // not a frame until then
  user.type("\x1d");
  CHECK(line.heard.until("\x7e"));
  CHECK(user.heard.until("off the line"));
  CHECK(user.echoes());
  ::kill(dialling, SIGTERM);
  CHECK(status_of(dialling) == 0);
}

TEST_CASE("a terminal ends with the program, and is restored") {
  const Folder folder;
  Pty user, line;
  folder.write("redial.toml",
               "[[line]]\nname = \"cable\"\nkind = \"direct\"\nmodem_lines = false\n"
               "path = \"" +
                   line.slave + "\"\n");
  const pid_t talking = at_terminal(folder, user, {"terminal", "cable"});
  REQUIRE(user.heard.until("Ctrl-] ends"));
  user.type("AT\r");
  CHECK(line.heard.until("AT\r"));
  line.type("\r\nOK\r\n");
  CHECK(user.heard.until("OK"));
  CHECK_FALSE(user.echoes());
  SUBCASE("by its key") { user.type("\x1d"); }
  SUBCASE("by a signal") { ::kill(talking, SIGTERM); }
  CHECK(status_of(talking) == 0);
  CHECK(user.echoes());
}

TEST_CASE("a terminal without a user is refused, with what to do") {
  const Folder folder;
  folder.write("redial.toml",
               "[[line]]\nname = \"cable\"\nkind = \"direct\"\npath = \"/dev/null\"\n"
               "[entry.depot]\nline = \"cable\"\nterminal = true\n");
  Program program(folder, {"dial", "depot"});
  CHECK(program.said.until("set terminal = false"));
  CHECK(program.status() == 8);
}
