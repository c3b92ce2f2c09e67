// SPDX-License-Identifier: Apache-2.0
#include "phonebook/pbk.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/rng.h"

#include "phonebook/entry_keys.h"
#include "phonebook/text.h"
#include "test_paths.h"

namespace redial::phonebook {
namespace {

using Severity = Diagnostic::Severity;

/// A minimal usable entry with extra lines in its head and in its modem group.
std::string entry_text(std::string_view head = "", std::string_view modem = "") {
  return "[Head Office]\r\nEncoding=1\r\nType=1\r\n" + std::string(head) +
         "\r\nMEDIA=serial\r\nPort=COM1\r\nDevice=Acme 56K\r\n\r\nDEVICE=modem\r\n"
         "PhoneNumber=5550100\r\n" +
         std::string(modem);
}

Entry only_entry(const Book& book) {
  REQUIRE(book.entries.size() == 1);
  return book.entries.front();
}

Entry read_one(std::string_view head, std::string_view modem = "") {
  const Book book = read_pbk(entry_text(head, modem), "t.pbk");
  for (const Diagnostic& d : book.diagnostics) MESSAGE(to_text(d));
  CHECK(book.diagnostics.empty());
  return only_entry(book);
}

std::string only_complaint(const Book& book) {
  REQUIRE(book.diagnostics.size() == 1);
  return to_text(book.diagnostics.front());
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> shared_samples() {
  const std::filesystem::path folder = REDIAL_SOURCE_DIR "/../shared/data/pbk";
  std::vector<std::filesystem::path> samples;
  if (!std::filesystem::is_directory(folder)) {
    MESSAGE("skipped: no shared samples at " << folder);
    return samples;
  }
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".pbk") samples.push_back(file.path());
  }
  std::ranges::sort(samples);
  return samples;
}

TEST_CASE("any octets come back from a document as they went in") {
  const std::vector<std::string> texts = {
      "",
      "\r\n[a]\r\nKey=1\r\n",
      "[a]\nKey=1\r\nOther=2\n\n\n[b]",
      "[a]\nKey=1",
      std::string("[a]\nKey=\0x\n\0\n", 13),
      "\xef\xbb\xbf[a]\nK=v\n",
      "no header\n; a comment\n[half\nx=\r\r\n",
      "[caf\xe9]\nEncoding=0\nNote=\xff\xfe\n",
      "\r\n\r\n",
  };
  for (const std::string& text : texts) CHECK(PbkDocument::parse(text).text() == text);
}

TEST_CASE("random octets come back as they went in and never stop the reader") {
  Rng rng(11);
  constexpr std::string_view kPieces[] = {
      "[",          "]",       "=",       "\r\n",      "\n",
      "MEDIA=",     "DEVICE=", "Device=", "Port=COM1", "PhoneNumber=1",
      "Encoding=0", "\xff",    "x"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (uint64_t n = rng.below(60); n > 0; --n) text += kPieces[rng.below(std::size(kPieces))];
    const PbkDocument document = PbkDocument::parse(text);
    CHECK(document.text() == text);
    (void)read_pbk(text, "t.pbk");
  }
}

TEST_CASE("the published samples come back octet for octet and are read without complaint") {
  for (const auto& path : shared_samples()) {
    CAPTURE(path);
    const std::string text = contents(path);
    CHECK(PbkDocument::parse(text).text() == text);
    const Book book = read_pbk(text, path.filename().string());
    for (const Diagnostic& d : book.diagnostics) MESSAGE(to_text(d));
    CHECK(book.diagnostics.empty());
    CHECK(book.entries.size() == PbkDocument::parse(text).entries());
  }
}

TEST_CASE("the demand-dial sample gives its two numbers, its modem and its redial settings") {
  for (const auto& path : shared_samples()) {
    if (path.filename() != "rrasm-dd1.pbk") continue;
    const Entry entry = only_entry(read_pbk(contents(path), "dd1.pbk"));
    CHECK(entry.name == "dd1");
    CHECK(entry.type == EntryType::Phone);
    CHECK(entry.lines == std::vector<std::string>{"COM3"});
    CHECK(entry.device == "Compaq 56K USB External Fax Modem");
    REQUIRE(entry.numbers.size() == 2);
    CHECK(entry.numbers[1].digits == "2006035");
    CHECK(entry.numbers[1].country_code == 91);
    CHECK(entry.redial.attempts == 0);
    CHECK(entry.redial.pause == 60s);
    CHECK_FALSE(entry.redial.on_link_failure);
    CHECK(entry.idle_disconnect == 300s);
    CHECK(entry.auth == AuthMethods{.pap = false, .chap_md5 = true, .mschap_v2 = true});
    CHECK(entry.terminal_before);  // a switch in front of the modem
    CHECK_FALSE(entry.terminal);
    CHECK(entry.speaker == false);
    CHECK(entry.connect_bps == 115200);
    CHECK_FALSE(entry.multilink);
  }
}

TEST_CASE("the client samples give UTF-8 names, broadband and a VPN that demands encryption") {
  for (const auto& path : shared_samples()) {
    if (path.filename() != "three-entries-v1-v5.pbk") continue;
    const Book book = read_pbk(contents(path), "three.pbk");
    REQUIRE(book.entries.size() == 3);
    CHECK(book.entries[0].name == "\xe5\xae\xbd\xe5\xb8\xa6\xe8\xbf\x9e\xe6\x8e\xa5");
    CHECK(book.entries[0].type == EntryType::Broadband);
    CHECK(book.entries[1].type == EntryType::Vpn);
    CHECK(book.entries[1].custom_auth == "EAP 26");
    CHECK(book.entries[1].encryption == Encryption::Strongest);
    CHECK(book.entries[1].numbers[0].digits == "gw1.kid.example.net");
    CHECK(unsupported(book.entries[1]).size() == 3);  // VPN, encryption, EAP only
  }
}

TEST_CASE("every setting is listed with its line, its column and its group") {
  const PbkDocument document = PbkDocument::parse(
      "\r\n[a]\r\nType=1\r\n\r\nNETCOMPONENTS=\r\nms_server=1\r\n\r\nMEDIA=serial\r\nPort=COM1\r\n"
      "Device=X\r\nDEVICE=switch\r\nTerminal=1\r\nDEVICE=modem\r\nPhoneNumber=1\r\nMEDIA=serial\r\n"
      "Port=COM2\r\n");
  const auto settings = document.settings(0);
  REQUIRE(settings.size() == 12);
  CHECK(settings[0].key == "Type");
  CHECK(settings[0].line == 3);
  CHECK(settings[0].column == 6);
  CHECK(settings[2].place == PbkPlace{.group = PbkGroup::NetComponents});
  CHECK(settings[5].key == "Device");  // the name, not a group
  CHECK(settings[5].place == PbkPlace{.group = PbkGroup::Media});
  CHECK(settings[9].place == PbkPlace{.group = PbkGroup::Device, .media = 0, .device = 1});
  CHECK(settings[11].place == PbkPlace{.group = PbkGroup::Media, .media = 1});
}

TEST_CASE("changing one key changes one line and nothing else") {
  const std::string text = entry_text("RedialAttempts=3\r\nMyOwnKey= kept \r\n", "Odd line\r\n");
  PbkDocument document = PbkDocument::parse(text);
  REQUIRE(document.set(0, "RedialAttempts", "7"));
  std::string expected = text;
  expected.replace(expected.find("Attempts=3"), 10, "Attempts=7");
  CHECK(document.text() == expected);
  REQUIRE(document.set(0, "DEVICE", "isdn", {.group = PbkGroup::Device}));
  expected.replace(expected.find("DEVICE=modem"), 12, "DEVICE=isdn");
  CHECK(document.text() == expected);
}

TEST_CASE("an absent key is put where the table has it, with the file's line end") {
  PbkDocument document = PbkDocument::parse("[a]\nType=1\nIpAssign=1\nUnknown=1\n\nMEDIA=serial\n");
  REQUIRE(document.set(0, "RedialAttempts", "7"));
  CHECK(document.text() ==
        "[a]\nType=1\nRedialAttempts=7\nIpAssign=1\nUnknown=1\n\nMEDIA=serial\n");
  REQUIRE(document.set(0, "NewKey", "x"));
  CHECK(document.text() ==
        "[a]\nType=1\nRedialAttempts=7\nIpAssign=1\nUnknown=1\nNewKey=x\n\nMEDIA=serial\n");
  PbkDocument bare = PbkDocument::parse("[a]\nType=1");
  REQUIRE(bare.set(0, "DialMode", "0"));
  CHECK(bare.text() == "[a]\nType=1\nDialMode=0");
}

TEST_CASE("a value with a line break, or a group that is not there, changes nothing") {
  PbkDocument document = PbkDocument::parse("[a]\nType=1\n");
  CHECK_FALSE(document.set(0, "Type", "1\n[b]"));
  CHECK_FALSE(document.set(0, "Port", "COM1", {.group = PbkGroup::Media}));
  CHECK(document.text() == "[a]\nType=1\n");
}

TEST_CASE("a modem entry becomes an entry, field by field") {
  const Entry entry = read_one(
      "RedialAttempts=5\r\nRedialSeconds=30\r\nRedialOnLinkFailure=0\r\nIpPrioritizeRemote=0\r\n"
      "IpAssign=2\r\nIpAddress=10.1.2.3\r\nIpNameAssign=2\r\nIpDnsAddress=10.0.0.1\r\n"
      "IpDns2Address=0.0.0.0\r\nAuthRestrictions=552\r\nDataEncryption=0\r\nCallbackMode=1\r\n",
      "AreaCode=425\r\nCountryCode=1\r\nUseDialingRules=1\r\nComment=day\r\nPhoneNumber=5550101\r\n"
      "TryNextAlternateOnFail=0\r\nHwFlowControl=1\r\nProtocol=0\r\nCompression=1\r\nSpeaker="
      "0\r\n");
  CHECK(entry.name == "Head Office");
  CHECK(entry.source == "t.pbk line 1");
  CHECK(entry.lines == std::vector<std::string>{"COM1"});
  CHECK(entry.device == "Acme 56K");
  CHECK(entry.device_type == "modem");
  REQUIRE(entry.numbers.size() == 2);
  CHECK(entry.numbers[0] == Number{"5550100", "425", 1, true, "day"});
  CHECK(entry.numbers[1].digits == "5550101");
  CHECK_FALSE(entry.try_next_alternate);
  CHECK(entry.redial.attempts == 5);
  CHECK(entry.redial.pause == 30s);
  CHECK_FALSE(entry.redial.on_link_failure);
  CHECK_FALSE(entry.default_route);
  CHECK(entry.ip_address == "10.1.2.3");
  CHECK(entry.dns == "10.0.0.1");
  CHECK(entry.dns2.empty());
  CHECK(entry.auth == AuthMethods{.pap = true, .chap_md5 = true, .mschap_v2 = true});
  CHECK(entry.encryption == Encryption::None);
  CHECK(entry.callback_mode == 1);
  CHECK(entry.hw_flow_control == true);
  CHECK(entry.error_control == false);
  CHECK(entry.speaker == false);
}

TEST_CASE("a phonebook that says nothing of redialling is redialled as Windows makes new entries") {
  const Entry entry = read_one("");
  CHECK(entry.redial.attempts == 3);
  CHECK(entry.redial.pause == 60s);
  CHECK(entry.redial.on_link_failure);
  CHECK(entry.auth == AuthMethods{});
}

TEST_CASE("keys that the file has go before the defaults that are common to all entries") {
  Entry base = pbk_defaults();
  base.redial.attempts.reset();
  base.idle_disconnect = 5min;
  const auto read = [&](std::string_view head) {
    return only_entry(read_pbk(entry_text(head), "t.pbk", base));
  };
  CHECK(read("").redial.attempts == std::nullopt);
  CHECK(read("RedialAttempts=2\r\n").redial.attempts == 2);
  CHECK(read("IdleDisconnectSeconds=0\r\n").idle_disconnect == 5min);
  CHECK(read("IdleDisconnectSeconds=4294967295\r\n").idle_disconnect == std::nullopt);
}

TEST_CASE("a bad number is a warning with the consequence, and the default is used") {
  for (const std::string_view value : {"abc", "100000", "-1", "3x", "99999999999999999999"}) {
    CAPTURE(value);
    const Book book =
        read_pbk(entry_text("RedialAttempts=" + std::string(value) + "\r\n"), "t.pbk");
    CHECK(only_entry(book).redial.attempts == 3);
    const std::string complaint = only_complaint(book);
    CHECK(complaint.starts_with("t.pbk:4:16: warning: [Head Office] RedialAttempts=" +
                                std::string(value)));
    CHECK(contains(complaint, "0 to 99, so 3 further tries are made; correct"));
  }
}

TEST_CASE("unknown keys, empty values and comments are no reason to complain") {
  (void)read_one(
      "Whatever=1\r\nRedialAttempts=\r\nCustomAuthData=0011\r\nCustomAuthData=2233\r\n"
      "; a comment\r\n# another\r\n");
}

TEST_CASE("AuthRestrictions of 0 allows the usual methods, other bits exactly what they say") {
  CHECK(read_one("AuthRestrictions=0\r\n").auth == AuthMethods{});
  CHECK(read_one("AuthRestrictions=128\r\nCustomAuthKey=13\r\n").auth ==
        AuthMethods{.pap = false, .chap_md5 = false, .mschap_v2 = false, .eap = true});
  const AuthMethods xp = read_one("AuthRestrictions=632\r\nCustomAuthKey=-1\r\n").auth;
  CHECK(xp == AuthMethods{.pap = true, .chap_md5 = true, .mschap = true, .mschap_v2 = true});
  const Entry spap = read_one("AuthRestrictions=16\r\n");
  CHECK_FALSE(spap.auth.pap);
  CHECK(unsupported(spap).size() == 1);
}

TEST_CASE("an unknown DataEncryption is taken as required, never as none") {
  const Book book = read_pbk(entry_text("DataEncryption=16\r\n"), "t.pbk");
  CHECK(only_entry(book).encryption == Encryption::Required);
  CHECK(contains(only_complaint(book), "taken as required"));
}

TEST_CASE("Encoding=0 is Windows-1252; without the key the octets decide") {
  const std::string text = "[Caf\xe9 \x80]\nEncoding=0\nMEDIA=serial\nPort=COM1\n";
  CHECK(only_entry(read_pbk(text, "t.pbk")).name == "Caf\xc3\xa9 \xe2\x82\xac");
  CHECK(only_entry(read_pbk("[Caf\xe9]\nMEDIA=serial\nPort=COM1\n", "t")).name == "Caf\xc3\xa9");
  CHECK(only_entry(read_pbk("[Caf\xc3\xa9]\nMEDIA=serial\nPort=COM1\n", "t")).name ==
        "Caf\xc3\xa9");
}

TEST_CASE("octets that are not the UTF-8 they claim to be are shown replaced, with a warning") {
  const std::string text =
      "[a]\nEncoding=1\nMEDIA=serial\nPort=COM1\nDevice=M\xfcller\nDEVICE=modem\n"
      "PhoneNumber=1\n";
  const Book book = read_pbk(text, "t.pbk");
  CHECK(only_entry(book).device == "M\xef\xbf\xbdller");
  CHECK(only_complaint(book).starts_with("t.pbk:5:8: warning: [a] Encoding=1 says UTF-8"));
  CHECK(PbkDocument::parse(text).text() == text);
}

TEST_CASE("an entry without MEDIA and Port is an error and left out") {
  for (const std::string_view text : {"[a]\nType=1\n", "[a]\nMEDIA=serial\nDEVICE=modem\n"}) {
    const Book book = read_pbk(text, "t.pbk");
    CHECK(book.entries.empty());
    CHECK(only_complaint(book).starts_with("t.pbk:1:1: error: [a] has no MEDIA group with a Port"));
  }
}

TEST_CASE("from PBVersion=1 on an entry with a Type does without a Port") {
  const Book book =
      read_pbk("[a]\nPBVersion=1\nType=1\nMEDIA=rastapi\nDEVICE=modem\nPhoneNumber=1\n", "t.pbk");
  CHECK(only_entry(book).lines.empty());
  CHECK(book.diagnostics.empty());
}

TEST_CASE("files made by tools, without blank lines and with bare groups, are read") {
  const Entry entry = only_entry(
      read_pbk("[a]\nMEDIA=rastapi\nPort=COM5\nDevice=M\nDEVICE=modem\nPhoneNumber=7", "t.pbk"));
  CHECK(entry.lines == std::vector<std::string>{"COM5"});
  CHECK(entry.numbers[0].digits == "7");
}

TEST_CASE("a line of a megabyte is an error that names it; the entry is unusable, the rest read") {
  const std::string text = entry_text() + "Junk=" + std::string(1 << 20, 'x') +
                           "\r\n\r\n[Second]\r\nMEDIA=serial\r\nPort=COM2\r\nDEVICE=modem\r\n"
                           "PhoneNumber=2\r\n";
  const Book book = read_pbk(text, "t.pbk");
  CHECK(only_entry(book).name == "Second");
  CHECK(only_complaint(book).starts_with("t.pbk:11:1: error: [Head Office] this line has 1048581"));
  CHECK(PbkDocument::parse(text).text() == text);
}

TEST_CASE("the second entry of a name is an error and left out") {
  const Book book = read_pbk(entry_text() + "\r\n" + entry_text("RedialAttempts=9\r\n"), "t.pbk");
  CHECK(only_entry(book).redial.attempts == 3);
  CHECK(contains(only_complaint(book),
                 "t.pbk:12:1: error: [Head Office] the name is taken by line 1"));
}

TEST_CASE("names that are empty, too long or full of control characters are errors") {
  for (const std::string& name : {std::string(), std::string(1537, 'n'), std::string("a\tb")}) {
    const Book book = read_pbk("[" + name + "]\nMEDIA=serial\nPort=COM1\n", "t.pbk");
    CHECK(book.entries.empty());
    CHECK(book.diagnostics.size() == 1);
  }
  CHECK(
      read_pbk("[" + std::string(1536, 'n') + "]\nMEDIA=serial\nPort=COM1\n", "t").entries.size() ==
      1);
}

TEST_CASE("a header that is not closed does not give its keys to the entry above") {
  const Book book = read_pbk(entry_text() + "[Broken\r\nRedialAttempts=1\r\n", "t.pbk");
  CHECK(only_entry(book).name == "Head Office");
  CHECK(contains(only_complaint(book), "lacks its \"]\""));
}

TEST_CASE("a phonebook of more entries than the limit says which is the first one left out") {
  std::string text;
  for (size_t i = 0; i <= kEntriesMax; ++i) {
    text += "[" + std::to_string(i) + "]\nMEDIA=serial\nPort=COM1\nDEVICE=modem\nPhoneNumber=1\n";
  }
  const Book book = read_pbk(text, "t.pbk");
  CHECK(book.entries.size() == kEntriesMax);
  CHECK(contains(only_complaint(book), "[10000] more than 10000 entries"));
}

TEST_CASE("a file that is no phonebook is an error, an empty one is not") {
  CHECK(only_complaint(read_pbk("hello\nworld\n", "t")).starts_with("t:1:1: error: no [entry]"));
  CHECK(contains(only_complaint(read_pbk("\xff\xfe[\0", "t")), "UTF-16"));
  CHECK(
      contains(only_complaint(read_pbk(std::string(kPhonebookOctetsMax + 1, '\n'), "t")), "limit"));
  CHECK(read_pbk("", "t").diagnostics.empty());
}

TEST_CASE("complaints end, however many there are, and the last is an error") {
  std::string odd;
  for (int i = 0; i < 5000; ++i) odd += "odd line\r\n";
  const Book book = read_pbk(entry_text(odd), "t.pbk");
  CHECK(book.diagnostics.size() == kDiagnosticsMax + 1);
  CHECK(has_errors(book.diagnostics));
}

TEST_CASE("a password in a phonebook is refused and not repeated") {
  const Book book = read_pbk(entry_text("Password=hunter2\r\n"), "t.pbk");
  CHECK(book.entries.empty());
  CHECK(contains(only_complaint(book), "credentials.toml"));
  CHECK_FALSE(contains(only_complaint(book), "hunter2"));
}

TEST_CASE("a number with control characters is refused: it would reach the modem as a command") {
  const Book book =
      read_pbk("[a]\nMEDIA=serial\nPort=COM1\nDEVICE=modem\nPhoneNumber=1\rATH\n", "t");
  CHECK(book.entries.empty());
}

TEST_CASE("several MEDIA are spares with DialMode=0 and a bundle with 1") {
  const auto read = [](std::string_view mode) {
    return only_entry(read_pbk("[a]\nDialMode=" + std::string(mode) +
                                   "\nMEDIA=serial\nPort=COM1\nDEVICE=modem\nPhoneNumber=1\n"
                                   "MEDIA=serial\nPort=COM2\nDEVICE=modem\nPhoneNumber=2\n",
                               "t"));
  };
  CHECK(read("0").lines == std::vector<std::string>{"COM1", "COM2"});
  CHECK(read("0").numbers.size() == 1);
  CHECK_FALSE(read("0").multilink);
  CHECK(read("1").multilink);
  CHECK(reduced(read("1")).size() == 1);
  CHECK(unsupported(read("1")).empty());
}

TEST_CASE(
    "IPv6 is asked for by files that know it, header compression and callback by their keys") {
  CHECK(read_one("ExcludedProtocols=0\r\nIpv6Assign=1\r\n").ipv6);
  CHECK_FALSE(read_one("ExcludedProtocols=8\r\nIpv6Assign=1\r\n").ipv6);
  CHECK_FALSE(read_one("ExcludedProtocols=0\r\n").ipv6);  // of before Vista
  CHECK(read_one("IpHeaderCompression=1\r\n").vj);
  CHECK_FALSE(read_one("IpHeaderCompression=0\r\n").vj);
  const Entry called = read_one("CallbackMode=2\r\n");
  CHECK(called.callback_mode == 2);
  CHECK(unsupported(called).empty());
}

TEST_CASE("a callback that cannot come about is refused before it is dialled") {
  Entry entry = read_one("CallbackMode=2\r\n");
  entry.callback_by = CallbackBy::E164;
  REQUIRE(unsupported(entry).size() == 1);
  CHECK(contains(unsupported(entry)[0], "callback_number"));
  entry.callback_number = "0190 & more";
  CHECK(contains(unsupported(entry).at(0), "751"));
  entry.callback_number = "0190 12-34";
  CHECK(unsupported(entry).empty());
}

TEST_CASE(
    "PrerequisiteEntry, its book, and the state of alternate numbers are read and written back") {
  Entry entry;
  entry.name = "Inner";
  entry.lines = {"COM1"};
  entry.numbers.resize(3);
  for (Number& number : entry.numbers) number.digits = "5550100";
  entry.prerequisite = "Outer";
  entry.prerequisite_book = "C:\\RAS\\office.pbk";
  entry.promote_alternates = true;
  entry.first_number = 2;
  const Entry read = only_entry(read_pbk(write_pbk({entry}).text, "t.pbk"));
  CHECK(read.prerequisite == "Outer");
  CHECK(read.prerequisite_book == "C:\\RAS\\office.pbk");
  CHECK(read.promote_alternates);
  CHECK(read.first_number == 2);
  CHECK(unsupported(read).empty());
}

TEST_CASE("what an entry demands and Redial cannot do is said with the remedy") {
  const auto demand = [](std::string_view head, std::string_view modem = "") {
    const auto demands = unsupported(only_entry(read_pbk(entry_text(head, modem), "t.pbk")));
    REQUIRE(demands.size() == 1);
    CHECK(contains(demands[0], ";"));
    return demands[0];
  };
  CHECK(contains(demand("DataEncryption=256\r\n"), "741"));
  CHECK(contains(demand("DataEncryption=512\r\n"), "strongest"));
  CHECK(contains(demand("CustomAuthKey=13\r\nAuthRestrictions=128\r\n"), "EAP 13"));
  CHECK(contains(demand("BaseProtocol=2\r\n"), "SLIP"));
  CHECK(contains(demand("SlipIpAddress=10.0.0.9\r\n"), "SLIP"));
  CHECK(contains(demand("PrerequisiteEntry=Head Office\r\n"), "itself"));
  CHECK(contains(demand("", "DEVICE=switch\r\nName=CIS\r\nScript=1\r\n"), "script CIS"));
  CHECK(contains(demand("", "DEVICE=switch\r\nName=CIS\r\n"), "script CIS"));
  CHECK(contains(demand("", "DEVICE=pad\r\nX25Pad=Sita\r\n"), "pad"));
  CHECK(unsupported(read_one("", "DEVICE=switch\r\nTerminal=0\r\nName=x\r\nScript=0\r\n")).empty());
}

TEST_CASE("an entry is dialled on the line it names, else by its modem, else on the only modem") {
  const LineSpec com1{.name = "COM1", .path = "/dev/ttyS0", .description = "builtin:hayes"};
  const LineSpec acme{.name = "rack", .path = "/dev/ttyS1", .description = "modem.inf:Acme 56K"};
  const LineSpec cable{.name = "cable", .kind = LineKind::Direct, .path = "/dev/ttyS2"};
  const Entry entry = read_one("");
  CHECK(bind_lines(entry, {acme, com1}) == std::vector<size_t>{1});
  CHECK(bind_line(entry, {cable, acme})->name == "rack");
  Entry other = entry;
  other.lines = {"com1"};
  CHECK(bind_line(other, {acme, com1})->name == "COM1");
  other.lines = {"COM7"};
  other.device = "Other";
  CHECK(bind_line(other, {cable, com1})->name == "COM1");
  const auto refused = bind_line(other, {acme, com1});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::NotFound);
  CHECK(contains(refused.error().text, "COM7"));
  CHECK(contains(refused.error().text, "rack, COM1"));
  CHECK_FALSE(bind_line(other, {cable}));
}

TEST_CASE("what is written as .pbk reads back as the same entry") {
  Entry entry = read_one("IpAssign=2\r\nIpAddress=10.1.2.3\r\nRedialAttempts=7\r\nDialMode=0\r\n",
                         "AreaCode=425\r\nCountryCode=1\r\nUseDialingRules=1\r\nSpeaker=0\r\n");
  entry.lines = {"COM1", "COM2"};
  entry.script = "login.scp";
  const WrittenPbk written = write_pbk({entry});
  CHECK(written.diagnostics.empty());
  CHECK(written.text.starts_with("[Head Office]\r\nEncoding=1\r\nPBVersion=1\r\nType=1\r\n"));
  Entry back = only_entry(read_pbk(written.text, "t.pbk"));
  CHECK(back == entry);
}

TEST_CASE("what a .pbk cannot hold is named when it is written") {
  Entry entry = read_one("");
  entry.watch.probes = 7;
  entry.redial.attempts.reset();
  entry.dial_within = 90s;
  const WrittenPbk written = write_pbk({entry});
  REQUIRE(written.diagnostics.size() == 1);
  CHECK(contains(written.diagnostics[0].text, ": dial_within, redial.attempts, watch.probes;"));
}

TEST_CASE("an appended entry leaves every octet before it as it was") {
  const std::string text = "[Old]\nDialParamsUID=41\nMEDIA=serial\nPort=COM2\nDEVICE=modem";
  PbkDocument document = PbkDocument::parse(text);
  const Entry entry = read_one("");
  REQUIRE(append_entry(document, entry));
  CHECK(document.text().starts_with(text + "\n\n[Head Office]\nEncoding=1\n"));
  CHECK(contains(document.text(), "\nDialParamsUID=42\n"));
  CHECK_FALSE(contains(document.text(), "\r"));
  CHECK(read_pbk(document.text(), "t").entries.size() == 2);
  CHECK_FALSE(append_entry(document, entry));  // the name is taken now
}

TEST_CASE("keys are written in the order of the published table") {
  const std::string text = write_pbk({read_one("")}).text;
  size_t last = 0;
  for (const HeadKey& key : head_keys()) {
    if (!key.written) continue;
    const size_t at = text.find("\r\n" + std::string(key.name) + "=");
    REQUIRE(at != std::string::npos);
    CHECK(at > last);
    last = at;
  }
}

}  // namespace
TEST_CASE("a switch in front of the modem is there before the call, one behind it after") {
  const Entry entry =
      read_one("",
               "DEVICE=switch\r\nTerminal=1\r\nName=[Box]\r\nDEVICE=modem\r\nPhoneNumber=1\r\n"
               "DEVICE=switch\r\nName=[Host]\r\n");
  CHECK(entry.script_before == "[Box]");
  CHECK(entry.terminal_before);
  CHECK(entry.script == "[Host]");
  CHECK_FALSE(entry.terminal);
  const Entry again = only_entry(read_pbk(write_pbk({entry}).text, "again.pbk"));
  CHECK(again.script_before == "[Box]");
  CHECK(again.terminal_before);
  CHECK(again.script == "[Host]");
}

}  // namespace redial::phonebook
