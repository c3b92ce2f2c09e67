// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd.h"

#include <doctest/doctest.h>

#include "migrate/pppd_options.h"
#include "migrate/pppd_words.h"
#include "migrate/test_support.h"

using namespace redial;
using namespace redial::migrate;

namespace {

constexpr std::string_view kOptions = R"(# for every link
lock
crtscts
noipdefault
asyncmap 0
lcp-echo-interval 30   # seconds
lcp-echo-failure 4
maxfail 0
)";

constexpr std::string_view kPeer = R"(# the head office
/dev/ttyS1 57600
user "ann o'hara"
remotename office
noauth defaultroute usepeerdns
persist
maxfail 5
holdoff 20
idle 600
10.64.64.64:10.112.112.112
mru 1500 novj
nodeflate nobsdcomp
frobnicate
)";

std::vector<SourceFile> etc_ppp(std::string_view peer = kPeer) {
  return {{"/etc/ppp/options", std::string(kOptions)},
          {"/etc/ppp/peers/office", std::string(peer)},
          {"/etc/ppp/chap-secrets",
           "# client server secret addresses\n"
           "\"ann o'hara\" office \"s3cret phrase\" *\n"
           "caller * c4ller 10.0.0.9\n"},
          {"/etc/ppp/pap-secrets", "\"ann o'hara\" * \"s3cret phrase\"\n"}};
}

Reading read(const std::vector<SourceFile>& files) {
  Reading reading;
  read_pppd(files, reading);
  reading.report.seal();
  return reading;
}

TEST_CASE("pppd: an editor's mark at the beginning, and its ends of lines, are no words") {
  for (const char* text :
       {"\xef\xbb\xbf# a peer\nttyS0\nlock\n", "# a peer\r\nttyS0\r\nlock\r\n"}) {
    const Reading reading = read({{"/etc/ppp/peers/x", text}});
    CHECK(reading.diagnostics.empty());
    CHECK(reading.report.settings().size() == 2);
  }
}

TEST_CASE("pppd: a word that begins with a slash is the device, wherever it is") {
  const Reading reading = read(etc_ppp("noauth\n/run/modems/first 57600\nuser ann\n"));
  REQUIRE(reading.connections.size() == 1);
  CHECK(reading.connections[0].device.path == "/run/modems/first");
}

TEST_CASE("pppd: options, the peer's file and the secrets make one connection") {
  const Reading reading = read(etc_ppp());
  REQUIRE(reading.connections.size() == 1);
  const Connection& office = reading.connections[0];
  CHECK(office.name == "office");
  CHECK(office.device.path == "/dev/ttyS1");
  CHECK(office.device.speed_bps == 57600);
  CHECK(office.device.flow_control == phonebook::FlowControl::Hardware);
  CHECK(office.entry.user == "ann o'hara");
  CHECK(office.password.reveal() == "s3cret phrase");
  CHECK(office.entry.ip_address == "10.64.64.64");
  CHECK(office.entry.default_route);
  CHECK(office.entry.dns_mode == phonebook::DnsMode::Auto);
  CHECK(office.entry.redial.attempts == 4u);
  CHECK(office.entry.redial.pause == 20s);
  CHECK(office.entry.idle_disconnect == 600s);
}

TEST_CASE("pppd: every option of every file ends in exactly one column") {
  const Reading reading = read(etc_ppp());
  CHECK(reading.report.settings().size() == 7 + 17 + 3);
  CHECK(ended(reading, "lock").column == Column::NotNeeded);
  CHECK(ended(reading, "frobnicate").column == Column::Dropped);
  CHECK(ended(reading, "caller").column == Column::Dropped);
  CHECK(ended(reading, "ann o'hara", "chap-secrets").column == Column::Kept);
  CHECK(ended(reading, "ann o'hara", "pap-secrets").column == Column::Kept);
  CHECK(ended(reading, "maxfail", "options").column == Column::NotNeeded);  // the peer says 5
  CHECK(ended(reading, "maxfail", "office").column == Column::MadeSafer);
  CHECK(ended(reading, "addresses").column == Column::Translated);
  REQUIRE(reading.diagnostics.size() == 1);
  CHECK(reading.diagnostics[0].line == 13);
}

TEST_CASE("pppd: echoes that are on keep their bound; those that are off do not stay off") {
  const Reading kept = read(etc_ppp());
  CHECK(kept.connections[0].entry.watch.echo_after_silence == 30s);
  CHECK(kept.connections[0].entry.watch.dead_peer_bound == 120s);
  const Reading off =
      read({{"p/peers/x", "ttyS0\nlcp-echo-interval 0\nlcp-echo-failure 0\nlocal\n"}});
  CHECK(ended(off, "lcp-echo-interval").column == Column::MadeSafer);
  CHECK(off.connections[0].entry.watch == phonebook::WatchSettings{});
  CHECK(ended(off, "local").column == Column::MadeSafer);
  CHECK_FALSE(off.connections[0].device.modem_lines);
  CHECK(off.connections[0].rules.watches_carrier->value == false);
}

TEST_CASE("pppd: what pppd does only when told, it does only then") {
  const Reading bare = read({{"p/peers/x", "ttyS0 9600"}});
  const phonebook::Entry& entry = bare.connections[0].entry;
  CHECK_FALSE(entry.default_route);
  CHECK(entry.dns_mode == phonebook::DnsMode::None);
  CHECK(entry.dial == phonebook::DialMode::Manual);
  CHECK(bare.connections[0].carrier == Carrier::Cable);
  const Reading demand = read({{"p/peers/x", "ttyS0 demand persist nopersist refuse-pap"}});
  CHECK(demand.connections[0].entry.dial == phonebook::DialMode::OnDemand);
  CHECK_FALSE(demand.connections[0].entry.redial.on_link_failure);
  CHECK_FALSE(demand.connections[0].entry.auth.pap);
}

TEST_CASE("pppd: no pause between tries is a storm, and becomes a back-off") {
  const Reading reading = read({{"p/peers/x", "ttyS0 holdoff 0"}});
  CHECK(ended(reading, "holdoff").column == Column::MadeSafer);
  CHECK_FALSE(reading.connections[0].entry.redial.pause.has_value());
}

TEST_CASE("pppd: file and call bring what they name, and a circle ends") {
  const Reading reading =
      read({{"/x/etc/ppp/peers/a", "ttyS0\ncall b\nfile /etc/ppp/options.isp\n"},
            {"/x/etc/ppp/peers/b", "user bob\ncall a\n"},
            {"/x/etc/ppp/options.isp", "mru 576\n"}});
  REQUIRE(reading.connections.size() == 2);
  CHECK(reading.connections[0].entry.user == "bob");
  CHECK(reading.connections[0].entry.mru == 576);
  CHECK(ended(reading, "file").column == Column::Translated);
  const Reading missing = read({{"p/peers/a", "ttyS0\nfile /etc/ppp/gone\n"}});
  CHECK(ended(missing, "file").column == Column::Dropped);
  CHECK(missing.diagnostics.at(0).line == 2);
}

TEST_CASE("pppd: the options of a port count for who uses that port") {
  const Reading reading = read({{"/etc/ppp/options.ttyS1", "xonxoff\n"},
                                {"/etc/ppp/peers/a", "ttyS1\n"},
                                {"/etc/ppp/peers/b", "ttyS2\n"}});
  CHECK(reading.connections[0].device.flow_control == phonebook::FlowControl::Software);
  CHECK_FALSE(reading.connections[1].device.flow_control.has_value());
}

TEST_CASE("pppd: without peers the options files are the connection") {
  const Reading reading = read({{"/etc/ppp/options.ttyS1", "xonxoff 10.0.0.1:10.0.0.2\n"}});
  REQUIRE(reading.connections.size() == 1);
  CHECK(reading.connections[0].device.path == "/dev/ttyS1");
}

TEST_CASE("pppd: PPPoE is an entry that says what it lacks, not a loss") {
  const Reading reading =
      read({{"/etc/ppp/peers/dsl", "plugin pppoe.so\nnic-eth1\nuser ann\npersist\n"}});
  REQUIRE(reading.connections.size() == 1);
  CHECK(reading.connections[0].carrier == Carrier::Pppoe);
  CHECK(reading.connections[0].device.path == "eth1");
  CHECK(ended(reading, "plugin").column == Column::Translated);
}

TEST_CASE("pppd: no secret is in the report") {
  auto files = etc_ppp();
  files.push_back({"/etc/ppp/peers/x",
                   "ttyS0\npassword hunter22\nconnect 'chat -v \"\" ATD1 word: hunter22'\n"});
  const Reading reading = read(files);
  for (const Setting& s : reading.report.settings()) {
    CHECK_FALSE(has(s.key + s.value + s.how, "s3cret"));
    CHECK_FALSE(has(s.key + s.value + s.how, "hunter22"));
    CHECK_FALSE(has(s.key + s.value + s.how, "c4ller"));
  }
}

TEST_CASE("pppd's words: quotes, escapes, comments, lines that go on") {
  Reading reading;
  const auto words =
      pppd_words({"f", "a \"b c\" 'd\"e' f\\ g h\\101\\n # rest\n# all\nx\\\ny \\\n z"}, reading);
  std::vector<std::string> texts;
  for (const PppdWord& word : words) texts.push_back(word.text);
  CHECK(texts == std::vector<std::string>{"a", "b c", "d\"e", "f g", "hA\n", "xy", "z"});
  CHECK(words[1].line == 1);
  CHECK(words[1].column == 3);
  CHECK(words[5].line == 3);
  CHECK(words[5].first_of_line);
  CHECK_FALSE(words[6].first_of_line);
}

TEST_CASE(
    "pppd: a quotation mark that stays open is told with its place, and the file left alone") {
  Reading reading;
  read_pppd(std::vector<SourceFile>{{"p/peers/x", "ttyS0\nuser \"ann\nlock\n"}}, reading);
  REQUIRE(phonebook::has_errors(reading.diagnostics));
  CHECK(reading.diagnostics[0].line == 2);
  CHECK(reading.diagnostics[0].column == 6);
}

TEST_CASE("pppd's options: none is listed twice") {
  std::set<std::string> seen;
  for (const PppdOption& option : pppd_options()) {
    std::istringstream names{std::string(option.names)};
    for (std::string name; names >> name;) CHECK_MESSAGE(seen.insert(name).second, name);
  }
  CHECK(seen.size() > 200);
}

TEST_CASE("pppd's files are known by their place, or by their words") {
  CHECK(pppd_file_kind({"/etc/ppp/peers/isp", "noauth"}) == PppdFile::Peer);
  CHECK(pppd_file_kind({"/home/ann/link", "ttyS0 38400\nnoauth persist"}) == PppdFile::Peer);
  CHECK(pppd_file_kind({"/etc/ppp/options.server", "auth"}) == PppdFile::Options);
  CHECK(pppd_file_kind({"/etc/chatscripts/isp", "ABORT BUSY"}) == PppdFile::Chat);
  CHECK(pppd_file_kind({"/etc/ppp/peers/README", "This is where they go."}) == PppdFile::No);
  CHECK(pppd_file_kind({"/etc/ppp/peers/msg.txt", "start by: run pppd call isp &"}) ==
        PppdFile::No);
  CHECK(pppd_file_kind({"/etc/hosts", "127.0.0.1 localhost"}) == PppdFile::No);
}

}  // namespace

TEST_CASE(
    "pppd: a peer and its chat script of one name are told apart, also where both were copied "
    "away") {
  const std::string peer =
      "/dev/ttyS1\nconnect \"/usr/sbin/chat -v -f /srv/old/chatscripts/isp\"\n";
  const std::string script = "ABORT BUSY\n'' ATZ\nOK ATDT5550100\nCONNECT ''\n";
  for (const bool script_first : {false, true}) {
    std::vector<SourceFile> files = {{"ppp/peers/isp", peer}, {"chatscripts/isp", script}};
    if (script_first) std::swap(files[0], files[1]);
    const Reading reading = read(files);
    REQUIRE(reading.connections.size() == 1);
    const Connection& isp = reading.connections[0];
    REQUIRE(isp.entry.numbers.size() == 1);
    CHECK(isp.entry.numbers[0].digits == "5550100");
    CHECK(isp.rules.chat_aborts == std::vector<std::string>{"BUSY"});
  }
  const Reading alone = read({{"ppp/peers/isp", peer}});
  REQUIRE(alone.connections.size() == 1);
  CHECK_FALSE(alone.connections[0].rules.chat_aborts.has_value());
  CHECK_FALSE(alone.connections[0].needs.empty());
}
