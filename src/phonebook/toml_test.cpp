// SPDX-License-Identifier: Apache-2.0
#include "phonebook/toml.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/rng.h"

#include "phonebook/pbk.h"
#include "phonebook/text.h"
#include "phonebook/toml_tree.h"
#include "test_paths.h"

namespace redial::phonebook {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string all_texts(const std::vector<Diagnostic>& diagnostics) {
  std::string all;
  for (const Diagnostic& d : diagnostics) all += to_text(d) + "\n";
  return all;
}

/// The complaints about a file, and that they are as many as expected.
std::string complaints(std::string_view toml, size_t count = 1) {
  const Config config = read_config(toml, "redial.toml");
  const std::string all = all_texts(config.diagnostics);
  CAPTURE(all);
  CHECK(config.diagnostics.size() == count);
  return all;
}

/// A native phonebook by itself, with all that is said of it.
Book native(std::string_view toml) {
  const Config config = read_config(toml, "sites.toml");
  Book said;
  said.diagnostics = config.diagnostics;
  return phonebook::apply({said}, config);
}

constexpr std::string_view kOffice =
    "[Head Office]\nMEDIA=serial\nPort=COM1\nDevice=Acme 56K\nDEVICE=modem\nPhoneNumber=5550100\n";
constexpr std::string_view kLine = "[[line]]\nname = \"COM1\"\npath = \"/dev/ttyS0\"\n";

TEST_CASE("the whole format is read: lines, phonebooks, defaults, entries") {
  const Config config = read_config(R"(
phonebooks = ["office.pbk", "sites.toml"]
credentials = "credentials.toml"
[[line]]
name = "COM1"
kind = "modem"
path = "/dev/ttyUSB0"
description = "MODEM.INF:Acme 56K"
speed = 57600
modem_lines = false
[[line]]
name = "rack"
kind = "tcp"
path = "10.0.0.9:4001"
[defaults]
dial_within = "90 s"
[entry."Head Office"]
line = "COM1"
number = "5550100"
user = "branch7"
auth = ["mschap-v2", "pap"]
mru = 1400
redial = { attempts = "forever", pause = "10 s", auth_hold = "15 min" }
watch = { echo_after_silence = "5 s", dead_peer_bound = "1.5 min", probes = 30 }
)",
                                    "redial.toml");
  CHECK(all_texts(config.diagnostics) == "");
  CHECK(config.phonebooks == std::vector<std::string>{"office.pbk", "sites.toml"});
  CHECK(config.credentials == "credentials.toml");
  REQUIRE(config.lines.size() == 2);
  CHECK(config.lines[0] ==
        LineSpec{"COM1", LineKind::Modem, "/dev/ttyUSB0", "MODEM.INF:Acme 56K", 57600, false});
  CHECK(config.lines[1].kind == LineKind::Tcp);
  CHECK_FALSE(config.lines[1].modem_lines);
  const Book book = phonebook::apply({}, config);
  REQUIRE(book.entries.size() == 1);
  const Entry& entry = book.entries[0];
  CHECK(entry.name == "Head Office");
  CHECK(entry.source == "redial.toml line 17");
  CHECK(entry.lines == std::vector<std::string>{"COM1"});
  CHECK(entry.numbers[0].digits == "5550100");
  CHECK(entry.user == "branch7");
  CHECK(entry.auth == AuthMethods{.pap = true, .chap_md5 = false, .mschap_v2 = true});
  CHECK(entry.dial_within == 90s);
  CHECK(entry.mru == 1400);
  CHECK(entry.redial.attempts == std::nullopt);
  CHECK(entry.redial.pause == 10s);
  CHECK(entry.watch.dead_peer_bound == 90s);
  CHECK(entry.watch.probes == 30);
}

TEST_CASE("a tcp line's transport and modem follow what is written, and what follows from it") {
  const auto line = [](std::string_view keys) {
    const Config config = read_config(
        "[[line]]\nname = \"T\"\nkind = \"tcp\"\npath = \"modems:2001\"\n" + std::string(keys),
        "redial.toml");
    CHECK(all_texts(config.diagnostics) == "");
    REQUIRE(config.lines.size() == 1);
    return config.lines[0];
  };
  CHECK(line("").transport == Transport::Raw);
  CHECK_FALSE(has_modem(line("")));
  CHECK(has_modem(line("description = \"builtin:hayes\"\n")));
  CHECK(has_modem(line("modem = true\n")));
  CHECK(line("modem = true\n").description == "builtin:hayes");
  CHECK_FALSE(has_modem(line("modem = false\n")));
  CHECK(line("transport = \"telnet\"\n").transport == Transport::Telnet);
  CHECK_FALSE(has_circuits(line("transport = \"telnet\"\n")));
  CHECK(line("transport = \"rfc2217\"\n").modem_lines);
  CHECK(has_circuits(line("transport = \"rfc2217\"\n")));
  CHECK_FALSE(has_circuits(line("transport = \"rfc2217\"\nmodem_lines = false\n")));
}

TEST_CASE("a serial line's flow control and framing; a USB device by its place or serial number") {
  const auto line = [](std::string_view keys) {
    const Config config =
        read_config("[[line]]\nname = \"T\"\n" + std::string(keys), "redial.toml");
    CHECK(all_texts(config.diagnostics) == "");
    REQUIRE(config.lines.size() == 1);
    return config.lines[0];
  };
  CHECK(flow_control(line("path = \"/dev/ttyS0\"\n")) == FlowControl::Hardware);
  CHECK(flow_control(line("path = \"/dev/ttyS0\"\nmodem_lines = false\n")) == FlowControl::None);
  CHECK(flow_control(line("path = \"/dev/ttyS0\"\nflow_control = \"software\"\n")) ==
        FlowControl::Software);
  const LineSpec usb = line("usb = \"1-1.2\"\nformat = \"8E2\"\n");
  CHECK(usb.path == "usb:1-1.2");
  CHECK(serial_format(usb).parity == Parity::Even);
  CHECK(serial_format(usb).stop_bits == 2);
  CHECK(line("usb = \"serial:A50285BI\"\n").path == "usb:serial:A50285BI");
}

TEST_CASE(
    "a line that asks for what its kind or transport cannot do is left out, with the remedy") {
  const auto refused = [](std::string_view kind, std::string_view keys, std::string_view remedy) {
    CAPTURE(keys);
    const Config config = read_config("[[line]]\nname = \"T\"\npath = \"modems:2001\"\nkind = \"" +
                                          std::string(kind) + "\"\n" + std::string(keys),
                                      "redial.toml");
    CHECK(config.lines.empty());
    REQUIRE(config.diagnostics.size() == 1);
    CHECK(config.diagnostics[0].line == 5);
    CHECK(contains(config.diagnostics[0].text, "left out"));
    CHECK(contains(config.diagnostics[0].text, remedy));
  };
  refused("tcp", "transport = \"ssh\"\n", "\"raw\", \"telnet\" and \"rfc2217\"");
  refused("modem", "transport = \"telnet\"\n", "kind = \"tcp\"");
  refused("modem", "modem = false\n", "kind = \"modem\" or \"direct\"");
  refused("direct", "modem = true\n", "kind = \"modem\" or \"direct\"");
  refused("tcp", "modem = false\ndescription = \"builtin:hayes\"\n", "one or the other");
  refused("tcp", "modem_lines = true\n", "transport = \"rfc2217\"");
  refused("tcp", "flow_control = \"hardware\"\n", "transport = \"rfc2217\"");
  refused("modem", "flow_control = \"dtr\"\n", "\"none\", \"hardware\" and \"software\"");
  refused("modem", "format = \"7E1\"\n", "\"8N1\"");
  refused("modem", "usb = \"1-1.2\"\n", "one of the two");
  refused("modem", "usb = \"left\"\n", "\"1-1.2\"");
  refused("tcp", "modem_lines = true\ntransport = \"telnet\"\n", "transport = \"rfc2217\"");
}

TEST_CASE("the document on configuration names every key of a line") {
  const std::string document = contents(REDIAL_SOURCE_DIR "/docs/configuration.md");
  const size_t begins = document.find("[[line]]");
  const std::string example = document.substr(begins, document.find("[defaults]") - begins);
  for (const std::string_view key :
       {"name", "kind", "path", "usb", "description", "speed", "modem_lines", "transport", "modem",
        "flow_control", "format", "power_cycle", "power_cycle_within", "ready_within"}) {
    CAPTURE(key);
    CHECK(contains(example, "\n" + std::string(key) + " = "));
  }
}

TEST_CASE("a line's power-cycle command is a program and its arguments, run without a shell") {
  const Config config = read_config(
      std::string(kLine) + "power_cycle = [\"hub\", \"--port\", \"3\"]\nready_within = \"20 s\"\n",
      "redial.toml");
  REQUIRE(config.lines.size() == 1);
  CHECK(config.lines[0].power_cycle == std::vector<std::string>{"hub", "--port", "3"});
  CHECK(config.lines[0].ready_within == 20s);
  CHECK(config.lines[0].power_cycle_within == 30s);
  CHECK(contains(complaints(std::string(kLine) + "power_cycle = \"hub --port 3\"\n"),
                 "an array of a program and its arguments"));
  CHECK(contains(complaints(std::string(kLine) + "ready_within = \"2 h\"\n"),
                 "no duration up to 10 minutes"));
}

TEST_CASE("a mistyped key is a warning that names the key that may be meant") {
  CHECK(contains(complaints("[entry.A]\nnumbr = \"1\"\n"),
                 "redial.toml:2:1: warning: [A] the key \"numbr\" is not known here and has no "
                 "effect; \"number\" may be meant"));
  CHECK(contains(complaints("phonebook = []\n"), "\"phonebooks\" may be meant"));
  CHECK(contains(complaints("[defaults.redial]\nattemps = 1\n"), "\"attempts\" may be meant"));
  CHECK(contains(complaints(std::string(kLine) + "pat = \"x\"\n"), "\"path\" may be meant"));
  CHECK(contains(complaints("[entry.A]\nwathc = {}\n"), "\"watch\" may be meant"));
}

TEST_CASE("a value of the wrong type or out of range is an error with line and column") {
  CHECK(contains(complaints("[entry.A]\nmru = \"big\"\n"),
                 "redial.toml:2:1: error: [A] mru is to be a number from 128 to 1500, not a text"));
  CHECK(contains(complaints("[entry.A]\nmru = 20000\n"), "not 20000"));
  CHECK(contains(complaints("[entry.A]\ndial_within = 60\n"), "a duration with its unit"));
  CHECK(contains(complaints("[entry.A]\ndial_within = \"60\"\n"), "not \"60\""));
  CHECK(contains(complaints("[entry.A]\ndial_within = \"3 h\"\n"), "from 5 s to 10 min"));
  CHECK(contains(complaints("[entry.A]\nauth = [\"chap\"]\n"), "knows \"pap\", \"chap-md5\""));
  CHECK(contains(complaints("[entry.A]\nredial = 3\n"), "redial is to be a table"));
  CHECK(contains(complaints("[entry.A]\nredial = { attempts = \"often\" }\n"), "or \"forever\""));
  CHECK(contains(complaints("[entry.A]\naddress = \"10.0.0\"\n"), "a.b.c.d"));
  CHECK(contains(complaints("[entry.A]\nspeaker = 1\n"), "true or false or \"default\""));
  CHECK(contains(complaints("phonebooks = \"x\"\n"), "array"));
  CHECK(contains(complaints("[line]\nname = \"x\"\n"), "[[line]]"));
}

TEST_CASE("what is not TOML is one error with its line, and nothing of it is used") {
  const Config config = read_config("[entry.A]\nnumber = \"1\"\nuser = \n", "redial.toml");
  CHECK(config.overlays.empty());
  REQUIRE(config.diagnostics.size() == 1);
  CHECK(config.diagnostics[0].line == 3);
  CHECK(config.diagnostics[0].severity == Diagnostic::Severity::Error);
}

TEST_CASE("deep nesting, endless lines and huge files are refused before they cost anything") {
  std::string deep = "a";
  for (int i = 0; i < 3000; ++i) deep += ".a";
  CHECK(contains(complaints(deep + " = 1\n"), "dots"));
  CHECK(contains(complaints("a = \"" + std::string(9000, 'x') + "\"\n"), "9006 octets"));
  std::string arrays(5000, '[');
  CHECK(contains(complaints("a = " + arrays + "\n"), "redial.toml:1:"));
  for (const std::string_view header : {"[[[a]]]", "[=", "[", "[[", "[ [a]]", "[.a]"}) {
    CHECK(contains(complaints(std::string(header) + "\n"), "redial.toml:1:"));
  }
  CHECK(contains(complaints("a = \"\"\"\nx\"\"\"\n"), "several lines"));
  CHECK(read_config("a = \"....................................................\"\n", "t")
            .diagnostics.size() == 1);  // dots in a text are no nesting: only the key is unknown
  CHECK(contains(complaints(std::string(kPhonebookOctetsMax + 1, '\n')), "limit"));
}

TEST_CASE(
    "texts may hold any letter, in either kind of quotes, and columns are those of the file") {
  const Book book = native(
      "# \xc3\xa9\n[entry.\"Caf\xc3\xa9\"]\nnumber = \"1\" # \xe2\x82\xac\n"
      "user = 'C:\\\xc3\xa9\"\xf0\x9f\x98\x80'\n");
  CHECK(all_texts(book.diagnostics) == "");
  REQUIRE(book.entries.size() == 1);
  CHECK(book.entries[0].name == "Caf\xc3\xa9");
  CHECK(book.entries[0].user == "C:\\\xc3\xa9\"\xf0\x9f\x98\x80");
  CHECK(contains(complaints("[entry.A]\nredial = { \"\xc3\xa9\" = 1, attempts = -1 }\n", 2),
                 "redial.toml:2:22: error"));
  CHECK(contains(complaints("[entry.\xc3\xa9]\n"), "redial.toml:1:8: error: a character that may"));
  CHECK(contains(complaints("a = \"\xe9\"\n"), "redial.toml:1:6: error: this is not UTF-8"));
  CHECK(contains(complaints("a = 4\"\xca\x97\"\n"), "redial.toml:1:"));
  CHECK(contains(complaints("a = \"\\\xc3\xa9\"\n"), "nothing to escape"));
}

TEST_CASE("a password in redial.toml or a native phonebook is refused and not repeated") {
  for (const std::string_view key : {"password", "secret", "pass", "Password"}) {
    const std::string toml = "[entry.A]\nnumber = \"1\"\n" + std::string(key) + " = \"hunter2\"\n";
    const std::string said = complaints(toml);
    CHECK(contains(said, "error"));
    CHECK(contains(said, "credentials.toml"));
    CHECK_FALSE(contains(said, "hunter2"));
    CHECK(native(toml).entries.empty());
  }
}

TEST_CASE("an overlay changes what it names and leaves the rest of the phonebook's entry") {
  const Config config = read_config(std::string(kLine) +
                                        "[entry.\"Head Office\"]\nuser = \"branch7\"\n"
                                        "redial.pause = \"back-off\"\n",
                                    "redial.toml");
  const Book book = combine(config, {{"office.pbk", std::string(kOffice)}});
  CHECK(all_texts(book.diagnostics) == "");
  REQUIRE(book.entries.size() == 1);
  Entry expected = read_pbk(kOffice, "office.pbk").entries.front();
  expected.user = "branch7";
  expected.redial.pause.reset();
  CHECK(book.entries[0] == expected);
}

TEST_CASE("defaults stand behind what a phonebook says, and behind every native entry") {
  const Config config =
      read_config(std::string(kLine) +
                      "[defaults]\nredial.attempts = 50\nredial.pause = \"5 s\"\nuser = \"all\"\n"
                      "[entry.Own]\nnumber = \"2\"\n",
                  "redial.toml");
  const std::string office = "[Head Office]\nRedialAttempts=4\n" + std::string(kOffice.substr(14));
  const Book book =
      combine(config, {{"office.pbk", office}, {"n.toml", "[entry.N]\nnumber=\"3\"\n"}});
  CHECK(all_texts(book.diagnostics) == "");
  REQUIRE(book.entries.size() == 3);
  CHECK(book.entries[0].redial.attempts == 4);
  CHECK(book.entries[0].redial.pause == 5s);
  CHECK(book.entries[0].user == "all");
  CHECK(book.entries[1].name == "N");
  CHECK(book.entries[1].redial.attempts == 50);
  CHECK(book.entries[2].name == "Own");
  CHECK(book.entries[2].redial.attempts == 50);
}

TEST_CASE("an overlay for an entry that is nowhere is an error, unless it can stand alone") {
  const Book book = native("[entry.Nowhere]\nuser = \"x\"\n");
  CHECK(book.entries.empty());
  CHECK(contains(all_texts(book.diagnostics),
                 "sites.toml:1:1: error: [Nowhere] no phonebook has this entry"));
  const auto on = [](const std::string& line) {
    return phonebook::apply(
        {}, read_config("[[line]]\nname = \"c\"\n" + line + "[entry.Cable]\nline = \"c\"\n",
                        "redial.toml"));
  };
  const std::string tcp = "kind = \"tcp\"\npath = \"server:3000\"\n";
  for (const std::string& line : {std::string("kind = \"direct\"\npath = \"/dev/ttyS1\"\n"), tcp}) {
    const Book cable = on(line);
    CHECK(all_texts(cable.diagnostics) == "");
    CHECK(cable.entries.size() == 1);
  }
  CHECK(on(tcp + "modem = true\n").entries.empty());  // what would it dial?
}

TEST_CASE("an entry whose overlay has an error is left out: half an intent is none") {
  const Config config = read_config("[entry.\"Head Office\"]\nmru = 1\n", "redial.toml");
  const Book book = phonebook::apply({read_pbk(kOffice, "office.pbk")}, config);
  CHECK(book.entries.empty());
  CHECK(has_errors(config.diagnostics));
}

TEST_CASE("a name that two phonebooks use is an error on the second") {
  const Book book = combine(read_config(kLine, "redial.toml"),
                            {{"a.pbk", std::string(kOffice)}, {"b.pbk", std::string(kOffice)}});
  CHECK(book.entries.size() == 1);
  CHECK(contains(all_texts(book.diagnostics),
                 "b.pbk line 1: error: [Head Office] the name is "
                 "taken by a.pbk line 1"));
}

TEST_CASE("an entry is told of a line that does not exist") {
  const Book named = combine(
      read_config(std::string(kLine) + "[entry.A]\nline = \"COM9\"\nnumber = \"1\"\n", "r.toml"),
      {});
  CHECK(named.entries.empty());
  CHECK(contains(all_texts(named.diagnostics), "the line COM9 does not exist"));
  const Book none = combine(read_config("", "r.toml"), {{"office.pbk", std::string(kOffice)}});
  CHECK(none.entries.size() == 1);
  CHECK(contains(all_texts(none.diagnostics), "warning: Head Office: wants line COM1"));
}

TEST_CASE("naming a line moves an entry off the device its phonebook had") {
  const std::string pad = std::string(kOffice) + "DEVICE=pad\nX25Pad=Sita\n";
  REQUIRE(unsupported(read_pbk(pad, "p").entries.at(0)).size() == 1);
  const Config config =
      read_config(std::string(kLine) + "[entry.\"Head Office\"]\nline = \"COM1\"\n", "r.toml");
  CHECK(unsupported(combine(config, {{"p.pbk", pad}}).entries.at(0)).empty());
}

TEST_CASE("lines that cannot be used are errors: no name, no path, a name twice, no port") {
  CHECK(contains(complaints("[[line]]\npath = \"/dev/ttyS0\"\n"), "without a name"));
  CHECK(contains(complaints("[[line]]\nname = \"a\"\n"), "no path"));
  CHECK(contains(complaints(std::string(kLine) + "[[line]]\nname = \"com1\"\npath = \"x\"\n"),
                 "second line named com1"));
  CHECK(contains(complaints("[[line]]\nname = \"a\"\nkind = \"tcp\"\npath = \"host\"\n"),
                 "not host:port"));
  CHECK(contains(complaints("[[line]]\nname = \"a\"\nkind = \"isdn\"\npath = \"x\"\n"),
                 "kind knows"));
}

TEST_CASE("settings that contradict each other are an error") {
  CHECK(contains(
      all_texts(
          native("[entry.A]\nnumber = \"1\"\nwatch = { dead_peer_bound = \"2 s\" }\n").diagnostics),
      "watch.echo_after_silence is longer than watch.dead_peer_bound"));
  CHECK(contains(complaints("[defaults]\nredial.first_pause = \"20 min\"\n"), "longest_pause"));
}

Entry without_source(Entry entry) {
  entry.source.clear();
  return entry;
}

void check_round_trip(const std::vector<Entry>& entries) {
  const std::string toml = write_toml(entries);
  CAPTURE(toml);
  const Book back = native(toml);
  CHECK(all_texts(back.diagnostics) == "");
  REQUIRE(back.entries.size() == entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    CHECK(without_source(back.entries[i]) == without_source(entries[i]));
  }
}

TEST_CASE("entries written as TOML read back as the same entries") {
  Entry all;
  all.name = "All \"of\" it \\ \xc3\xa9.";
  all.type = EntryType::Direct;
  all.framing = Framing::Slip;
  all.lines = {"COM1", "COM2"};
  all.device = "Acme '''56K'''";
  all.numbers = {{"5550100", "425", 1, true, "by day"}, {"5550101", "", 0, false, ""}};
  all.try_next_alternate = false;
  all.user = "u";
  all.domain = "D";
  all.auth = {.pap = false, .chap_md5 = false, .mschap = true, .mschap_v2 = false, .eap = true};
  all.encryption = Encryption::Strongest;
  all.connect_bps = 57600;
  all.speaker = false;
  all.hw_flow_control = true;
  all.ip_address = "10.0.0.2";
  all.dns2 = "10.0.0.3";
  all.default_route = false;
  all.idle_disconnect = 4294967294s;
  all.dial_within = 61500ms;
  all.custom_auth = "EAP 13";
  all.redial = {.attempts = 0, .pause = 600s, .on_link_failure = false, .first_pause = 1s};
  all.watch = {.echo_after_silence = 2500ms, .probes = 3, .lcp_restart = 500ms, .lcp_tries = 4};
  all.mru = 576;
  all.prerequisite = "Other";
  all.callback_mode = 2;
  all.terminal = true;
  all.script = "C:\\login.scp";
  all.multilink = true;
  all.device_type = "isdn";
  Entry plain;
  plain.name = "plain";
  plain.numbers = {{"1", "", 0, false, ""}};
  check_round_trip({all, plain});
}

TEST_CASE("the published samples survive the way to TOML and back") {
  const std::filesystem::path folder = REDIAL_SOURCE_DIR "/../shared/data/pbk";
  if (!std::filesystem::is_directory(folder)) {
    MESSAGE("skipped: no shared samples at " << folder);
    return;
  }
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".pbk") continue;
    check_round_trip(read_pbk(contents(file.path()), "s.pbk").entries);
  }
}

TEST_CASE("the example configuration is read without complaint") {
  const std::filesystem::path folder = REDIAL_SOURCE_DIR "/examples";
  const Config config = read_config(contents(folder / "redial.toml"), "redial.toml");
  std::vector<PhonebookFile> files;
  for (const std::string& path : config.phonebooks)
    files.push_back({path, contents(folder / path)});
  const Book book = combine(config, files);
  CHECK(all_texts(book.diagnostics) == "");
  const Entry* office = find_entry(book.entries, "Head Office");
  REQUIRE(office != nullptr);
  CHECK(unsupported(*office).empty());
  CHECK(bind_line(*office, config.lines)->name == "COM1");
}

TEST_CASE("the document on configuration names every key that there is") {
  const std::string document = contents(REDIAL_SOURCE_DIR "/docs/configuration.md");
  for (const EntryKey& key : entry_keys()) {
    CAPTURE(full_name(key));
    CHECK(contains(document, "`" + full_name(key) + "`"));
  }
}

TEST_CASE("durations need a unit, and are written as they are read") {
  CHECK(to_duration("60 s") == 60s);
  CHECK(to_duration("1.5 s") == 1500ms);
  CHECK(to_duration("2 h 30 min") == 150min);
  CHECK(to_duration("350ms") == 350ms);
  for (const std::string_view bad :
       {"", "60", "s", "60 x", "1.2.3 s", "-5 s", "999999999 h", "5 s x"}) {
    CAPTURE(bad);
    CHECK(to_duration(bad) == std::nullopt);
  }
  Rng rng(3);
  for (int i = 0; i < 2000; ++i) {
    const Duration duration(static_cast<int64_t>(rng.below(90'000'000)));
    CHECK(to_duration(to_exact_text(duration)) == duration);
  }
}

TEST_CASE("UTF-8 is judged as Unicode does: no overlong forms, no surrogates, nothing too high") {
  for (const std::string_view good : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    CHECK(is_utf8(good));
  }
  for (const std::string_view bad : {"\x80", "\xc0\x80", "\xc3", "\xe0\x9f\xbf", "\xed\xa0\x80",
                                     "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) {
    CHECK_FALSE(is_utf8(bad));
    CHECK(is_utf8(replace_invalid_utf8(bad)));
  }
}

TEST_CASE("random TOML never stops the reader") {
  Rng rng(5);
  constexpr std::string_view kPieces[] = {
      "[entry.", "A]\n", "[[line]]\n", "name = ",          "\"x\"\n",
      "{",       "}",    "redial = ",  "attempts = 1",     ".a",
      "\n",      "[",    "]",          "number = \"1\"\n", "'",
      "=",       ",",    "\xff"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (uint64_t n = rng.below(30); n > 0; --n) text += kPieces[rng.below(std::size(kPieces))];
    (void)phonebook::apply({}, read_config(text, "t.toml"));
  }
}

}  // namespace
}  // namespace redial::phonebook
