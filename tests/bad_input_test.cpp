// SPDX-License-Identifier: Apache-2.0
// Bad input from end to end: the program itself is run. One clear line each, an exit status of its
// own (docs/exit-status.md), and nothing changed on disk.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "test_paths.h"

namespace {

using namespace std::string_literals;

constexpr int kUsage = 2, kNotFound = 3, kBadFile = 4, kBadDevice = 5, kPermission = 6, kBusy = 7,
              kUnsupported = 8, kRefused = 9;
constexpr std::string_view kOffice =
    "[Head Office]\nType=1\nMEDIA=serial\nPort=COM1\nDevice=Acme 56K\nDEVICE=modem\n"
    "PhoneNumber=5550100\n";

struct Ran {
  int status = -1;
  std::string out, errors;
};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// A file descriptor that closes itself.
struct Open {
  explicit Open(int of) : fd(of) { REQUIRE(fd >= 0); }
  ~Open() { ::close(fd); }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  int fd;
};

/// A folder in which the program runs, without a terminal and without a home.
class Bench {
 public:
  Bench() {
    std::string name = (std::filesystem::temp_directory_path() / "redial-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Bench() { std::filesystem::remove_all(path_); }
  std::string path(std::string_view name) const { return (path_ / name).string(); }
  void write(std::string_view name, std::string_view octets, mode_t mode = 0644) const {
    std::ofstream(path(name), std::ios::binary) << octets;
    REQUIRE(::chmod(path(name).c_str(), mode) == 0);
  }
  /// redial.toml with one line at `device`, and office.pbk.
  void write_office(const std::string& device, std::string_view more = "") const {
    write("redial.toml", "phonebooks = [\"office.pbk\"]\n[[line]]\nname = \"COM1\"\npath = \"" +
                             device + "\"\n" + std::string(more));
    write("office.pbk", kOffice);
  }

  Ran run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), REDIAL_BIN_DIR "/redial");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    // What it remembers of an attempt is no change of what the user has written.
    const std::filesystem::path remembered = path_.string() + ".state";
    std::string home = "HOME=" + path("."), state = "XDG_STATE_HOME=" + remembered.string();
    char* environment[] = {home.data(), state.data(), nullptr};
    const std::string out = path_.string() + ".out", errors = path_.string() + ".err";
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addchdir_np(&files, path_.c_str());
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    constexpr int kFresh = O_WRONLY | O_CREAT | O_TRUNC;
    ::posix_spawn_file_actions_addopen(&files, 1, out.c_str(), kFresh, 0600);
    ::posix_spawn_file_actions_addopen(&files, 2, errors.c_str(), kFresh, 0600);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);  // no terminal to ask on
    pid_t child = 0;
    REQUIRE(::posix_spawn(&child, argv[0], &files, &attributes, argv.data(), environment) == 0);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    Ran ran;
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) ran.status = WEXITSTATUS(status);
    ran.out = take(out);
    ran.errors = take(errors);
    std::filesystem::remove_all(remembered);
    return ran;
  }

  /// Every file with its content and the moment it was written.
  std::map<std::string, std::string> snapshot() const {
    std::map<std::string, std::string> all;
    for (const auto& file : std::filesystem::recursive_directory_iterator(path_)) {
      std::string what = std::to_string(file.last_write_time().time_since_epoch().count());
      if (file.is_regular_file()) what += ": " + read(file.path());
      all[file.path().string()] = std::move(what);
    }
    return all;
  }

 private:
  static std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static std::string take(const std::string& file) {
    std::string text = read(file);
    std::filesystem::remove(file);
    return text;
  }

  std::filesystem::path path_;
};

/// Runs it, and holds it to the promises that every refusal keeps.
std::string refusal(const Bench& bench, const std::vector<std::string>& arguments, int status) {
  const auto before = bench.snapshot();
  const Ran ran = bench.run(arguments);
  CAPTURE(ran.errors);
  CAPTURE(ran.out);
  CHECK(ran.status == status);
  // Warnings about files may come before; the refusal itself is one line.
  CHECK(ran.errors.ends_with('\n'));
  const size_t last = ran.errors.find_last_of('\n', ran.errors.size() - 2);
  const std::string line = ran.errors.substr(last == std::string::npos ? 0 : last + 1);
  CHECK(line.starts_with("redial: "));
  CHECK(has(line, ";"));
  const bool printable =
      std::ranges::all_of(line, [](char c) { return c == '\n' || (c & 0x60) != 0; });
  CHECK(printable);
  CHECK(bench.snapshot() == before);
  return line;
}

const std::vector<std::string> kDial = {"dial", "Head Office"};

/// A pty whose slave is a line device that nobody answers on.
struct Pty {
  Pty() : master(::posix_openpt(O_RDWR | O_NOCTTY)) {
    REQUIRE(::grantpt(master.fd) == 0);
    REQUIRE(::unlockpt(master.fd) == 0);
    slave = ::ptsname(master.fd);
  }
  Open master;
  std::string slave;
};

TEST_CASE("a command line that means nothing is status 2 and names what may be meant") {
  const Bench bench;
  CHECK(has(refusal(bench, {"dail", "x"}, kUsage), "\"dial\" may be meant"));
  CHECK(has(refusal(bench, {"dial"}, kUsage), "ENTRY"));
  CHECK(has(refusal(bench, {"dial", "x", "--sock", "1"}, kUsage), "--sock"));
  refusal(bench, {}, kUsage);
}

TEST_CASE("help and version are no errors") {
  const Bench bench;
  CHECK(bench.run({"help"}).status == 0);
  CHECK(has(bench.run({"help"}).out, "phonebook"));
  CHECK(bench.run({"--version"}).out.starts_with("redial "));
  CHECK(has(bench.run({"dial", "--help"}).out, "--socks"));
}

TEST_CASE("an unknown entry is status 3 and names the one that may be meant") {
  const Bench bench;
  bench.write_office("/dev/nonesuch");
  CHECK(has(refusal(bench, {"dial", "Hed Office"}, kNotFound), "\"Head Office\" may be meant"));
  CHECK(has(refusal(bench, {"explain", "Nowhere"}, kNotFound), "there are \"Head Office\""));
}

TEST_CASE("no configuration at all says where one is looked for") {
  const Bench bench;
  CHECK(has(refusal(bench, kDial, kNotFound), "--phonebook FILE"));
  CHECK(has(refusal(bench, {"lines"}, kNotFound), "--config FILE"));
}

TEST_CASE("an unknown key is named with file, line and column") {
  const Bench bench;
  bench.write_office("/dev/nonesuch", "[entry.\"Head Office\"]\nredail = 3\n");
  const Ran check = bench.run({"phonebook", "check", "redial.toml"});
  CHECK(check.status == 1);
  CHECK(has(check.out + check.errors, "redial.toml:6:1: warning: [Head Office]"));
}

TEST_CASE("an entry without a number, and one that cannot be dialled, are status 8") {
  const Bench bench;
  bench.write_office("/dev/nonesuch");
  CHECK(has(refusal(bench, {"dial", "Head Office", "--phone", "call me"}, kUnsupported),
            "cannot be dialled"));
  std::string empty(kOffice);
  empty.resize(empty.find("5550100"));
  bench.write("office.pbk", empty + "\n");
  const Ran ran = bench.run(kDial);
  CHECK((ran.status == kUnsupported || ran.status == kNotFound));
  CHECK(has(ran.errors, "number"));
}

TEST_CASE("what an entry demands and Redial cannot do is status 8, with the remedy") {
  const Bench bench;
  bench.write_office("/dev/nonesuch");
  bench.write("office.pbk",
              "[Head Office]\nDataEncryption=256\n" + std::string(kOffice.substr(14)));
  CHECK(has(refusal(bench, kDial, kUnsupported), "encryption = \"optional\""));
  const Ran explained = bench.run({"explain", "Head Office"});
  CHECK(explained.status == kUnsupported);
  CHECK(has(explained.out, "refused: demands"));
}

TEST_CASE("entries that need each other, hours that are none, services of nobody: one line each") {
  const Bench bench;
  const std::string book =
      "[[line]]\nname = \"COM1\"\npath = \"/dev/nonesuch\"\n"
      "[entry.A]\nline = \"COM1\"\nnumber = \"1\"\nprerequisite = \"B\"\n"
      "[entry.B]\nline = \"COM1\"\nnumber = \"2\"\nprerequisite = \"A\"\n"
      "[entry.C]\nline = \"COM1\"\nnumber = \"3\"\n"
      "[entry.D]\nline = \"COM1\"\nnumber = \"4\"\nprerequisite = \"Nowhere\"\n"
      "[entry.E]\nline = \"COM1\"\nnumber = \"5\"\nprerequisite = \"E\"\n"
      "[entry.F]\nline = \"COM1\"\nnumber = \"6\"\nwindows = [\"Mon 25:00-26:00\"]\n";
  bench.write("redial.toml", book);
  CHECK(has(refusal(bench, {"dial", "A"}, kBadFile), "in the end needs it"));
  CHECK(has(refusal(bench, {"dial", "D"}, kNotFound), "D: needs Nowhere up first"));
  CHECK(has(refusal(bench, {"dial", "E"}, kUnsupported), "itself"));
  CHECK(has(refusal(bench, {"dial", "F"}, kBadFile), "is no window"));
  CHECK(has(refusal(bench, {"dial", "C", "--on-demand"}, kUsage), "--socks, --forward or --tun"));
  CHECK(has(refusal(bench, {"dial", "C", "A", "--socks", "127.0.0.1:0"}, kUsage), "C=127.0.0.1:0"));
}

TEST_CASE("a file or port that is not there: what is not done for it, and what to do") {
  const Bench bench;
  CHECK(has(refusal(bench, {"repair", "gone"}, kNotFound), "; nothing is repaired; name the"));
  CHECK(has(refusal(bench, {"modem", "show", "gone.inf", "Acme"}, kNotFound),
            "; nothing is shown; name a description"));
  CHECK(has(refusal(bench, {"modem", "detect", "/dev/nonesuch"}, kBadDevice),
            "; no description is chosen; plug it in"));
  CHECK(has(refusal(bench, {"modem", "detect", "/dev/null", "--from", "gone.inf"}, kNotFound),
            "; the modem is not asked; name a file"));
  CHECK(has(refusal(bench, {"import", "gone"}, kNotFound), "; nothing is imported; correct"));
  CHECK(has(refusal(bench, {"doctor", "gone"}, kNotFound), "; it is not judged; correct"));
  CHECK(has(bench.run({"modem", "check", "gone.inf"}).out, "; it is not checked; correct"));
}

TEST_CASE("a location from which nothing can be dialled is found by a check, at its line") {
  const Bench bench;
  bench.write_office("/dev/nonesuch",
                     "[[location]]\nname = \"home\"\ncountry_code = 49\narea_code = \"030\"\n"
                     "[[location]]\nname = \"sea\"\ncountry_code = 870\n"
                     "[[location]]\nname = \"work\"\ncountry_code = 49\ncalling_card = \"x\"\n"
                     "[[location]]\nname = \"fine\"\ncountry_code = 49\narea_code = \"30\"\n");
  const Ran check = bench.run({"phonebook", "check", "redial.toml"});
  const std::string said = check.out + check.errors;
  CAPTURE(said);
  CHECK(check.status == 2);
  CHECK(has(said, "redial.toml:5:1: error: location home: area_code = \"030\""));
  CHECK(has(said, "redial.toml:9:1: error: location sea: how one dials in"));
  CHECK(has(said, "redial.toml:12:1: error: location work: its calling card x"));
  CHECK(!has(said, "location fine"));
}

TEST_CASE("a phonebook that is missing, no file, or half written") {
  const Bench bench;
  bench.write_office("/dev/nonesuch");
  CHECK(has(refusal(bench, {"dial", "A", "--phonebook", "none.pbk"}, kNotFound), "none.pbk"));
  refusal(bench, {"dial", "A", "--phonebook", "."}, kBadFile);
  bench.write("half.toml", "[entry.\"A\"]\nnumber = \"555");
  CHECK(has(refusal(bench, {"dial", "A", "--phonebook", "half.toml"}, kBadFile), "half.toml:2"));
}

TEST_CASE("a phonebook that may not be read is status 6") {
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may read everything");
    return;
  }
  const Bench bench;
  bench.write_office("/dev/nonesuch");
  bench.write("office.pbk", kOffice, 0);
  refusal(bench, {"dial", "A", "--phonebook", "office.pbk"}, kPermission);
}

TEST_CASE(
    "a line of a megabyte, NUL octets and a wrong encoding are survived, and said in one line") {
  const Bench bench;
  bench.write_office("/dev/nonesuch");
  const std::vector<std::pair<std::string, std::string>> files = {
      {"long.pbk", "[A]\nPhoneNumber=" + std::string(1 << 20, '5') + "\n"},
      {"long.toml", "[entry.A]\nnumber = \"" + std::string(1 << 20, '5') + "\"\n"},
      {"nul.pbk", "[A]\nMEDIA=serial\nPhone\0Number=1\n"s},
      {"nul.toml", "[entry.A]\nnumber = \"\0\"\n"s},
      {"wide.pbk", "\xff\xfe[\0A\0]\0\n\0"s},
      {"bad.toml", "[entry.A]\nnumber = \"\xff\xfe\"\n"},
  };
  for (const auto& file : files) {
    const std::string& name = file.first;
    CAPTURE(name);
    bench.write(name, file.second);
    const Ran ran = bench.run({"phonebook", "check", name});
    CHECK((ran.status == 1 || ran.status == 2));
    CHECK((ran.out + ran.errors).size() < 4096);
    CHECK(has(ran.out + ran.errors, name + ":"));
    const Ran dialled = bench.run({"dial", "A", "--phonebook", name});
    CHECK((dialled.status == kBadFile || dialled.status == kNotFound ||
           dialled.status == kUnsupported));
    CHECK(dialled.errors.size() < 4096);
  }
}

TEST_CASE(
    "a description with alias loops, undefined macros, or without the section, is status 4 or 3") {
  const Bench bench;
  bench.write("loop.inf",
              "[A]\nALIAS=B\n[B]\nALIAS=A\n[C]\nCOMMAND_INIT=AT<nothing><cr>\n"
              "COMMAND_DIAL=ATDT<phonenumber><cr>\nCONNECT=<cr><lf>CONNECT<cr><lf>\n");
  CHECK(bench.run({"modem", "check", "loop.inf"}).status == 2);
  for (const char* section : {"A", "C"}) {
    bench.write_office("/dev/nonesuch",
                       "description = \"loop.inf:" + std::string(section) + "\"\n");
    refusal(bench, kDial, kBadFile);
  }
  bench.write_office("/dev/nonesuch", "description = \"none.inf:A\"\n");
  CHECK(has(refusal(bench, kDial, kNotFound), "none.inf"));
}

TEST_CASE("a device that is missing, or is no terminal, is status 5") {
  const Bench bench;
  bench.write_office("/dev/nonesuch");
  CHECK(has(refusal(bench, kDial, kBadDevice), "/dev/nonesuch: No such file"));
  bench.write_office("/dev/null");
  CHECK(has(refusal(bench, kDial, kBadDevice), "/dev/null"));
  bench.write_office(bench.path("office.pbk"));
  refusal(bench, kDial, kBadDevice);
  const Ran lines = bench.run({"lines"});
  CHECK(lines.status == 0);
  CHECK(has(lines.out, "not usable: is no terminal device"));
}

TEST_CASE("a device that another program holds is status 7") {
  const Bench bench;
  const Pty pty;
  const Open holder(::open(pty.slave.c_str(), O_RDWR | O_NOCTTY));
  REQUIRE(::flock(holder.fd, LOCK_EX) == 0);
  bench.write_office(pty.slave);
  const std::string us = "held by process " + std::to_string(::getpid()) + " (bad_input_test)";
  const std::string line = refusal(bench, kDial, kBusy);
  CHECK(has(line, pty.slave));
  CHECK(has(line, us));
  CHECK(has(bench.run({"lines"}).out, us));
  CHECK(has(bench.run({"lines", "--json"}).out, "\"state\": \"held\""));
}

TEST_CASE("a speed or format that the device does not run at is status 5, and says which") {
  const Bench bench;
  const Pty pty;
  bench.write_office(pty.slave, "speed = 12345\n");
  CHECK(has(refusal(bench, kDial, kBadDevice), "does not run at 12345 bit/s"));
  bench.write_office(pty.slave, "format = \"8E1\"\n");
  CHECK(has(refusal(bench, kDial, kBadDevice), "does not run at 8E1"));
}

TEST_CASE("redial lines says of each line whether it is free, missing, or behind a network") {
  const Bench bench;
  const Pty pty;
  const Open kept(::open(pty.slave.c_str(), O_RDWR | O_NOCTTY));  // as the maker of a pty does
  bench.write("redial.toml", "[[line]]\nname = \"free\"\npath = \"" + pty.slave +
                                 "\"\n[[line]]\nname = \"gone\"\npath = \"/dev/nonesuch\"\n"
                                 "[[line]]\nname = \"usb\"\nusb = \"9-9.9\"\n"
                                 "[[line]]\nname = \"far\"\nkind = \"tcp\"\npath = \"h:1\"\n");
  const std::string json = bench.run({"lines", "--json"}).out;
  const auto state = [&](const std::string& name) {
    const size_t at = json.find("\"name\": \"" + name + "\"");
    const size_t begins = json.find("\"state\": \"", at) + 10;
    return json.substr(begins, json.find('"', begins) - begins);
  };
  CHECK(state("free") == "free");
  CHECK(state("gone") == "missing");
  CHECK(state("usb") == "missing");
  CHECK(state("far") == "untried");
}

TEST_CASE("a device that we may not open is status 6") {
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may open everything");
    return;
  }
  const Bench bench;
  const Pty pty;
  REQUIRE(::chmod(pty.slave.c_str(), 0) == 0);
  bench.write_office(pty.slave);
  refusal(bench, kDial, kPermission);
}

TEST_CASE("a SOCKS port that is in use is status 7, one for the whole network 9, nonsense 2") {
  const Bench bench;
  const Pty pty;
  bench.write_office(pty.slave);
  const Open listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(listener.fd, any, size) == 0);
  REQUIRE(::listen(listener.fd, 1) == 0);
  REQUIRE(::getsockname(listener.fd, any, &size) == 0);
  const std::string port = std::to_string(ntohs(address.sin_port));
  const auto with = [](std::string option, std::string value) {
    return std::vector<std::string>{"dial", "Head Office", std::move(option), std::move(value)};
  };
  CHECK(has(refusal(bench, with("--socks", "127.0.0.1:" + port), kBusy), "in use"));
  CHECK(has(refusal(bench, with("--forward", port + ":10.0.0.5:80"), kBusy), "in use"));
  refusal(bench, with("--socks", "0.0.0.0:1080"), kRefused);
  refusal(bench, with("--socks", "here"), kUsage);
  refusal(bench, with("--forward", "80"), kUsage);
}

TEST_CASE("credentials that others can read, or none and nobody to ask, are status 9") {
  const Bench bench;
  bench.write_office("/dev/nonesuch", "[entry.\"Head Office\"]\nuser = \"ann\"\n");
  CHECK(has(refusal(bench, kDial, kRefused), "--credentials FILE"));
  bench.write("c.toml", "[entry.\"Head Office\"]\npassword = \"swordfish\"\n", 0644);
  const std::string line =
      refusal(bench, {"dial", "Head Office", "--credentials", "c.toml"}, kRefused);
  CHECK(has(line, "c.toml"));
  CHECK(!has(line, "swordfish"));
  bench.write("c.toml", "[entry.\"Head Office\"]\npassword = swordfish\n", 0600);
  CHECK(!has(refusal(bench, {"dial", "Head Office", "--credentials", "c.toml"}, kBadFile),
             "swordfish"));
}

TEST_CASE("listings speak JSON") {
  const Bench bench;
  bench.write_office("/dev/nonesuch");
  const std::vector<std::vector<std::string>> listings = {{"explain", "Head Office"},
                                                          {"lines"},
                                                          {"phonebook", "list"},
                                                          {"phonebook", "show", "Head Office"},
                                                          {"phonebook", "check"}};
  for (std::vector<std::string> listing : listings) {
    listing.emplace_back("--json");
    const Ran ran = bench.run(listing);
    CAPTURE(ran.errors);
    CHECK((ran.out.starts_with("{") || ran.out.starts_with("[")));
    CHECK((ran.out.ends_with("}\n") || ran.out.ends_with("]\n")));
  }
}

}  // namespace
