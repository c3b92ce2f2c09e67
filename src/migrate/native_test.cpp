// SPDX-License-Identifier: Apache-2.0
#include "migrate/native.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "migrate/keyfile.h"
#include "migrate/pppd.h"
#include "migrate/test_support.h"
#include "migrate/wvdial.h"
#include "modem/inf.h"
#include "phonebook/credentials.h"
#include "phonebook/toml.h"

using namespace redial;
using namespace redial::migrate;

namespace {

constexpr std::string_view kConf = R"([Dialer isp]
Modem = /dev/ttyUSB0
Baud = 57600
Init1 = ATZ
Init2 = AT&C0 S7=60 \N3 "x<y"
Phone = 5550100
Username = ann
Password = s3cret
Idle Seconds = 300
[Dialer other]
Modem = /dev/ttyUSB0
Baud = 57600
Init1 = ATZ
Init2 = AT&C0 S7=60 \N3 "x<y"
Phone = 5550101
)";

NativeFiles write(std::string_view conf, const Taken& taken = {}) {
  Reading reading;
  read_wvdial({"/etc/wvdial.conf", std::string(conf)}, reading);
  NativeFiles files = write_native(reading, "wvdial", "/etc/wvdial.conf", taken);
  CHECK(reading.diagnostics.empty());
  return files;
}

phonebook::Book book_of(const NativeFiles& files) {
  const phonebook::Config config = phonebook::read_config(files.phonebook, "imported/wvdial.toml");
  CHECK(config.diagnostics.empty());
  return phonebook::apply({}, config);
}

/// What an import writes, and the lines there are with it.
struct Together {
  NativeFiles files;
  std::vector<phonebook::LineSpec> lines;
};

TEST_CASE("an import's phonebook reads as the entries and lines that were meant") {
  const NativeFiles files = write(kConf);
  phonebook::Book book = book_of(files);
  REQUIRE(book.entries.size() == 2);
  for (phonebook::Entry& entry : book.entries) entry.source.clear();
  CHECK(book.entries == files.entries);
  const phonebook::Config config = phonebook::read_config(files.phonebook, "x.toml");
  CHECK(config.lines == files.lines);
}

TEST_CASE("diallers on one device with the same settings share one line, described as it was") {
  const NativeFiles files = write(kConf);
  REQUIRE(files.lines.size() == 1);
  CHECK(files.lines[0].description == "imported/wvdial.inf:ttyUSB0");
  CHECK(files.entries[0].lines == std::vector<std::string>{"ttyUSB0"});
  const modem::InfFile inf = modem::read_modem_inf(files.descriptions, "wvdial.inf");
  CHECK(inf.diagnostics.empty());
  REQUIRE(inf.modems.size() == 1);
  CHECK(modem::to_text(inf.modems[0].init[2]) == "AT&C0 S7=60 \\\\N3 <h22>x<h3C>y<h22><cr>");
  const auto compiled = modem::compile(inf.modems[0], {});
  REQUIRE(compiled.has_value());
  CHECK_FALSE(compiled->corrections.empty());  // &C0 is made good
}

TEST_CASE("passwords are in the credentials and nowhere else") {
  const NativeFiles files = write(kConf);
  CHECK_FALSE(has(files.phonebook + files.descriptions, "s3cret"));
  const phonebook::Credentials credentials = phonebook::read_credentials(files.credentials, "c");
  CHECK(credentials.diagnostics.empty());
  CHECK(credentials.by_entry.at("isp").password.reveal() == "s3cret");
}

TEST_CASE("a device that redial.toml has a line for is bound to that line") {
  Taken taken;
  taken.lines = {{.name = "COM1", .path = "/dev/ttyUSB0", .description = "builtin:hayes"}};
  const NativeFiles files = write(kConf, taken);
  CHECK(files.lines.empty());
  CHECK(files.entries[0].lines == std::vector<std::string>{"COM1"});
}

TEST_CASE("a name that is taken gets the source's in brackets") {
  Taken taken;
  taken.entries = {"isp"};
  taken.lines = {{.name = "TTYUSB0", .path = "/dev/ttyS9"}};
  const NativeFiles files = write(kConf, taken);
  CHECK(files.entries[0].name == "isp (wvdial)");
  CHECK(files.lines[0].name == "ttyUSB0 2");
}

TEST_CASE("what there is no carrier for is an entry whose line says what it needs") {
  Reading reading;
  read_pppd(std::vector<SourceFile>{{"/etc/ppp/peers/dsl", "plugin rp-pppoe.so eth1\nuser ann\n"},
                                    {"/etc/ppp/peers/odd", "pty 'ssh far pppd'\n"},
                                    {"/etc/ppp/peers/bare", "connect 'chat \"\" ATDT1 CONNECT'\n"}},
            reading);
  const NativeFiles files = write_native(reading, "pppd", "/etc/ppp", {});
  REQUIRE(files.entries.size() == 3);
  CHECK(files.entries[0].type == phonebook::EntryType::Broadband);
  CHECK(has(files.lines[0].needs, "PPPoE carrier over eth1"));
  CHECK(has(files.lines[1].needs, "a carrier that is a program"));
  CHECK(has(files.lines[2].needs, "path of its serial port"));
  CHECK(phonebook::apply({}, phonebook::read_config(files.phonebook, "x")).entries.size() == 3);
}

TEST_CASE("a line of redial.toml that says only where its device is has the rest from the import") {
  constexpr std::string_view kField =
      "[Dialer field]\nModem = /dev/ttyUSB2\nBaud = 57600\nInit1 = AT+CGDCONT=1\nPhone = *99#\n";
  const auto imported = [&](const char* config) {
    Reading reading;
    read_wvdial({"/etc/wvdial.conf", std::string(kField)}, reading);
    const phonebook::Config own = phonebook::read_config(config, "redial.toml");
    NativeFiles files =
        write_native(reading, "wvdial", "/etc/wvdial.conf", {.entries = {}, .lines = own.lines});
    CHECK_FALSE(phonebook::has_errors(reading.diagnostics));
    const auto lines = phonebook::lines_with_imported(
        own, {{.name = "imported/wvdial.toml", .octets = files.phonebook, .imported = true}});
    return Together{std::move(files), lines};
  };
  for (const char* name : {"ttyUSB2", "field modem"}) {
    // By the name that the import gives it, or by its path.
    const bool by_path = std::string_view(name) != "ttyUSB2";
    const std::string path = by_path ? "/dev/ttyUSB2" : "/dev/serial/by-id/x";
    const Together both =
        imported(fmt::format("[[line]]\nname = \"{}\"\npath = \"{}\"\n", name, path).c_str());
    REQUIRE(both.lines.size() == 1);
    CHECK(both.lines[0].name == name);
    CHECK(both.lines[0].path == path);
    CHECK(both.lines[0].speed_bps == 57600);
    CHECK(has(both.lines[0].description, "imported/wvdial.inf:"));
    CHECK(has(both.files.descriptions, "AT+CGDCONT=1"));
    CHECK(both.files.notes.empty());
  }
  // What says how its modem is driven keeps it so, and what is lost by that is said.
  const Together both = imported(
      "[[line]]\nname = \"m\"\npath = \"/dev/ttyUSB2\"\ndescription = \"builtin:hayes\"\n");
  CHECK(both.files.lines.empty());
  CHECK(both.lines[0].speed_bps == 115200);
  REQUIRE(both.files.notes.size() == 1);
  CHECK(has(both.files.notes[0], "what field says to its modem is not taken over"));
}

TEST_CASE("mobile data without a port is dialled on the one that redial.toml says") {
  Reading reading;
  read_keyfile({"/x.nmconnection", "[connection]\nid=cell\ntype=gsm\n[gsm]\napn=inet\n"}, reading);
  const phonebook::Config own =
      phonebook::read_config("[[line]]\nname = \"cell\"\npath = \"/dev/ttyACM0\"\n", "redial.toml");
  const NativeFiles files = write_native(reading, "nm", "/nm", {.entries = {}, .lines = own.lines});
  REQUIRE(files.lines.size() == 1);
  CHECK(files.lines[0].needs.empty());
  CHECK(has(files.descriptions, "inet"));
}

TEST_CASE("two devices that lack the same are two lines") {
  Reading reading;
  read_pppd(std::vector<SourceFile>{{"/etc/ppp/peers/a", "ttyS0\nconnect 'chat -f /gone'\n"},
                                    {"/etc/ppp/peers/b", "ttyS1\nconnect 'chat -f /gone'\n"}},
            reading);
  const NativeFiles files = write_native(reading, "pppd", "/etc/ppp", {});
  CHECK(files.lines.size() == 2);
}

TEST_CASE("a chat script becomes description, number, login script and credentials") {
  Reading reading;
  read_pppd(
      std::vector<SourceFile>{
          {"/etc/ppp/peers/isp",
           "ttyS0 38400\nconnect \"/usr/sbin/chat -v -f /etc/chatscripts/isp\"\n"},
          {"/etc/chatscripts/isp",
           "# the way in\nABORT BUSY ABORT 'NO CARRIER'\nTIMEOUT 60\n'' ATZ OK ATDT5550100\n"
           "CONNECT ''\nogin:--ogin: ann\nassword: hunter22\n"}},
      reading);
  reading.report.seal();
  CHECK(reading.report.settings().size() == 3 + 6);
  REQUIRE(reading.connections.size() == 1);
  const Connection& isp = reading.connections[0];
  REQUIRE(isp.entry.numbers.size() == 1);
  CHECK(isp.entry.numbers[0].digits == "5550100");
  CHECK(isp.entry.user == "ann");
  CHECK(isp.password.reveal() == "hunter22");
  CHECK_FALSE(isp.entry.script_steps.empty());
  CHECK(ended(reading, "connect").column == Column::Translated);
  CHECK(ended(reading, "line 4").column == Column::Translated);
  const NativeFiles files = write_native(reading, "pppd", "/etc/ppp", {});
  CHECK(reading.diagnostics.empty());
  CHECK_FALSE(has(files.phonebook + files.descriptions, "hunter22"));
  const modem::InfFile inf = modem::read_modem_inf(files.descriptions, "pppd.inf");
  CHECK(inf.diagnostics.empty());
  REQUIRE(inf.modems.size() == 1);
  CHECK(modem::compile(inf.modems[0], {}).has_value());
}

TEST_CASE("a chat script that is not there leaves an entry that says so") {
  Reading reading;
  read_pppd(std::vector<SourceFile>{{"/etc/ppp/peers/isp", "ttyS0\nconnect 'chat -f /gone'\n"}},
            reading);
  reading.report.seal();
  CHECK(ended(reading, "connect").column == Column::Dropped);
  const NativeFiles files = write_native(reading, "pppd", "/etc/ppp", {});
  CHECK(has(files.lines.at(0).needs, "chat script is not taken over"));
}

}  // namespace
