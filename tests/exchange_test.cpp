// SPDX-License-Identifier: Apache-2.0
// `redial exchange` as its users know it: a program with modems on ptys and TCP ports, called by
// plain terminals; faults are asked for while it runs.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <thread>

#include "support/program.h"

using namespace redial::test;
using namespace std::chrono_literals;

namespace {

constexpr int kUsage = 2, kNotFound = 3, kBadFile = 4, kBusy = 7, kRefused = 9;

/// Somebody at a terminal program.
class Terminal {
 public:
  explicit Terminal(int fd) : heard(fd), fd_(fd) { REQUIRE(fd >= 0); }
  explicit Terminal(const std::string& pty) : Terminal(::open(pty.c_str(), O_RDWR | O_NOCTTY)) {}
  ~Terminal() { ::close(fd_); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  void type(std::string_view text) const {
    REQUIRE(::write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  bool ask(std::string_view line, std::string_view answer) {
    type(std::string(line) + "\r");
    return heard.until(answer);
  }
  Heard heard;

 private:
  int fd_;
};

int connected(int family, const sockaddr* to, socklen_t size) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::connect(fd, to, size) == 0);
  return fd;
}
int connected(uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connected(AF_INET, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}
int connected(const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  path.copy(to.sun_path, sizeof to.sun_path - 1);
  return connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

/// What an exchange with this plan says before it ends; it must.
struct Refused {
  int status;
  std::string text;
};
Refused refused(std::string_view plan, std::vector<std::string> arguments = {}) {
  const Folder folder;
  if (!plan.empty()) folder.write("plan.toml", plan);
  arguments.insert(arguments.begin(), "exchange");
  if (!plan.empty()) arguments.emplace_back("plan.toml");
  Program program(folder, arguments);
  CHECK_FALSE(program.said.until("Ctrl-C ends"));
  return {program.status(), program.said.text()};
}
bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

constexpr std::string_view kTwoTerminals =
    "[[modem]]\nnumber = \"5550199\"\npty = \"ttyA\"\n"
    "[[modem]]\nnumber = \"5550198\"\npty = \"ttyB\"\n"
    "[[number]]\nnumber = \"5550110\"\nfate = \"busy\"\n"
    "[[number]]\nnumber = \"5550111\"\nfate = \"voice\"\n";

}  // namespace

TEST_CASE(
    "two terminals call each other: RING, ATA, CONNECT, data both ways, +++, ATH, NO CARRIER") {
  const Folder folder;
  folder.write("plan.toml", kTwoTerminals);
  Program exchange(folder, {"exchange", "plan.toml"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  Terminal home(folder / "ttyA"), office(folder / "ttyB");
  home.type("ATDT5550198\r");
  REQUIRE(office.heard.until("RING"));
  office.type("ATA\r");
  REQUIRE(office.heard.until("CONNECT 28800"));
  REQUIRE(home.heard.until("CONNECT 28800"));
  home.type("how do you do?");
  CHECK(office.heard.until("how do you do?"));
  office.type("thank you, and you?");
  CHECK(home.heard.until("thank you, and you?"));
  std::this_thread::sleep_for(1200ms);  // the escape's guard time
  home.type("+++");
  CHECK(home.heard.until("OK"));
  CHECK(home.ask("ATH", "OK"));
  CHECK(office.heard.until("NO CARRIER"));
  exchange.interrupt();
  CHECK(exchange.status() == 0);
  CHECK_FALSE(std::filesystem::exists(folder / "ttyA"));
}

TEST_CASE("the dial plan: a busy number, and one where a person answers") {
  const Folder folder;
  folder.write("plan.toml", kTwoTerminals);
  Program exchange(folder, {"exchange", "plan.toml"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  Terminal home(folder / "ttyA");
  CHECK(home.ask("ATDT5550110", "BUSY"));
  CHECK(home.ask("ATDT5550111", "VOICE"));
}

TEST_CASE("faults on request, at standard input and at the control socket") {
  const Folder folder;
  std::string plan = "control = \"desk\"\n";
  plan.append(kTwoTerminals);
  folder.write("plan.toml", plan);
  Program exchange(folder, {"exchange", "plan.toml"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  Terminal home(folder / "ttyA"), office(folder / "ttyB");
  REQUIRE(office.ask("ATS0=1", "OK"));
  CHECK(exchange.ask("busy 5550198 1", "busy for 1 calls"));
  CHECK(home.ask("ATDT5550198", "BUSY"));
  REQUIRE(home.ask("ATDT5550198", "CONNECT"));
  CHECK(exchange.ask("status", "in a call"));
  CHECK(exchange.ask("drop 5550199", "the carrier is gone"));
  CHECK(home.heard.until("NO CARRIER"));
  CHECK(office.heard.until("NO CARRIER"));

  Terminal desk(connected(folder / "desk"));
  desk.type("wedge 5550199 until power\n");
  CHECK(desk.heard.until("hangs until power"));
  home.type("AT\r");
  CHECK_FALSE(home.heard.until("OK", 500ms));
  desk.type("power 5550199\n");
  CHECK(desk.heard.until("switched off and on"));
  CHECK(home.ask("AT", "OK"));
  desk.type("unplug 5550199\n");
  CHECK(desk.heard.until("unplugged"));
  CHECK_FALSE(home.heard.until("anything", 5s));  // hung up: it ends before the time is over
}

TEST_CASE("what the desk does not understand is said in a line, and nothing is done") {
  const Folder folder;
  folder.write("plan.toml", kTwoTerminals);
  Program exchange(folder, {"exchange", "plan.toml"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  CHECK(exchange.ask("explode", "error: no command \"explode\""));
  CHECK(exchange.ask("drop", "error: nothing is done; write drop NUMBER"));
  CHECK(exchange.ask("drop 1", "error: drop: no modem has the number \"1\""));
  CHECK(exchange.ask("busy 5550198 many", "error: busy: \"many\" is no number"));
  CHECK(exchange.ask("wedge 5550199 until noon", "error: wedge: write wedge"));
  CHECK(exchange.ask("freeze 5550199 sideways", "error: freeze: freeze knows"));
  CHECK(exchange.ask("peer 5550199 polite", "error: peer: no manner \"polite\"; there are none, "));
  CHECK(exchange.ask("area moon", "error: area: no fate \"moon\""));
  const std::string endless(100'000, 'x');
  CHECK(exchange.ask(endless, "error: no command"));
  CHECK(exchange.ask("help", "drop NUMBER"));
}

TEST_CASE(
    "a modem on a raw TCP port: called by a terminal on a pty; a second client is turned away") {
  const Folder folder;
  std::string plan(kTwoTerminals);
  plan.append("[[modem]]\nnumber = \"5550197\"\nlisten = \"127.0.0.1:0\"\n");
  plan.append("transport = \"raw\"\n");
  folder.write("plan.toml", plan);
  Program exchange(folder, {"exchange", "plan.toml"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  const std::string& said = exchange.said.text();
  const size_t at = said.find("127.0.0.1:");
  REQUIRE(at != std::string::npos);
  const auto port = static_cast<uint16_t>(std::stoi(said.substr(at + 10)));
  Terminal home(folder / "ttyA");
  Terminal office(connected(port));
  REQUIRE(office.ask("ATS0=1", "OK"));
  REQUIRE(home.ask("ATDT5550197", "CONNECT"));
  office.type("by TCP");
  CHECK(home.heard.until("by TCP"));
  Terminal third(connected(port));
  CHECK_FALSE(third.heard.until("anything", 5s));
  office.type(", still");
  CHECK(home.heard.until(", still"));
}

TEST_CASE("redial modem detect asks a modem on a pty, and names the description that fits") {
  const Folder folder;
  folder.write("plan.toml",
               "[[modem]]\nnumber = \"5550199\"\npty = \"ttyA\"\nproduct = \"Wren Sparrow II\"\n"
               "[[modem]]\nnumber = \"5550198\"\npty = \"ttyB\"\nproduct = \"Birch 14.4 fax\"\n"
               "[[modem]]\nnumber = \"5550197\"\npty = \"ttyC\"\nproduct = \"none of these\"\n");
  folder.write("modem.inf",
               "[Birch 14400]\nDETECT_STRING=ATI3<cr>\nDETECT_RESPONSE=Birch 14.4\n"
               "COMMAND_INIT=AT&F<cr>\nCOMMAND_DIAL=ATDT<phonenumber><cr>\n"
               "[Wren Sparrow 2400]\nCOMMAND_INIT=AT&F&C1<cr>\n"
               "COMMAND_DIAL=ATDT<phonenumber><cr>\n");
  Program exchange(folder, {"exchange", "plan.toml"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  const auto detected = [&](const std::string& pty, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"modem", "detect", "./" + pty, "--from", "modem.inf"};
    words.insert(words.end(), more.begin(), more.end());
    Program detect(folder, words);
    const int status = detect.status();
    detect.said.until("nothing of the kind");  // all of it: it has ended
    return std::make_pair(status, detect.said.text());
  };
  const auto family = detected("ttyA");
  CHECK(family.first == 0);
  CHECK(has(family.second, "Wren Sparrow II"));
  CHECK(has(family.second, "Wren Sparrow 2400 (family)"));
  CHECK(has(family.second, "description = \"modem.inf:Wren Sparrow 2400\""));
  const auto exact = detected("ttyB", {"--json"});
  CHECK(exact.first == 0);
  CHECK(has(exact.second, "\"match\": \"exact\""));
  CHECK(has(exact.second, "\"description\": \"modem.inf:Birch 14400\""));
  CHECK(has(detected("ttyC").second, "description = \"builtin:hayes\""));

  REQUIRE(exchange.ask("wedge 5550197 until power", "hangs until power"));
  const auto silent = detected("ttyC");
  CHECK(silent.first == 5);
  CHECK(has(silent.second, "has no modem that answers"));
  CHECK(has(silent.second, "; no description is chosen; switch it on"));
  // What it was told is no call: the modem is as good as before.
  Terminal again(folder / "ttyA");
  CHECK(again.ask("AT", "OK"));
}

TEST_CASE("a bad plan: one line with file, line and column, and an exit status of its own") {
  const auto bad = [](std::string_view plan, std::string_view where) {
    const Refused end = refused(plan);
    CAPTURE(end.text);
    CHECK(end.status == kBadFile);
    CHECK(has(end.text, where));
    CHECK(std::count(end.text.begin(), end.text.end(), '\n') == 1);
  };
  bad("[[modem]]\nnumber = 5550199\n", "plan.toml:2:1: error: number is to be a text");
  bad("[[modem]]\npty = \"x\"\n", "plan.toml:1:1: error: a modem without a number");
  bad("[[modem]]\nnumber = \"x-y\"\n", "plan.toml:2:1: error: a number without a digit");
  bad("[[modem]]\nnumber = \"1\"\n  rate = -1\n", "plan.toml:3:3: error:");
  bad("[[modem]]\nnumber = \"1\"\nlatency = \"2 years\"\n", "plan.toml:3:1: error: latency");
  bad("[[modem]]\nnumber = \"1\"\npty = \"a\"\nlisten = \"b\"\n", "plan.toml:1:1: error: a modem");
  bad("[[number]]\nnumber = \"1\"\nfate = \"gone\"\n", "plan.toml:3:1: error: fate knows");
  bad("[[modem]\n", "plan.toml:1:");
  bad("modem = 1\n", "plan.toml:1:1: error: modem is to be an array of tables");
  CHECK(refused("[[modem]]\nnumber = \"1\"\nlisten = \"0.0.0.0:0\"\n").status == kRefused);
  CHECK(refused("[[modem]]\nnumber = \"1\"\nlisten = \"nowhere\"\n").status == kUsage);
  CHECK(refused("trunks = 1\n").status == kUsage);
  CHECK(refused("", {"nothing.toml"}).status == kNotFound);
  CHECK(refused("", {"--modem", "=x"}).status == kUsage);
  const Folder folder;
  folder.write("taken", "a file of somebody's");
  CHECK(refused("", {"--modem", "1=" + folder / "taken"}).status == kRefused);
  CHECK(refused("", {"--modem", "1", "--control", folder / "taken"}).status == kBusy);
}
