// SPDX-License-Identifier: Apache-2.0
#include "modem/setup_inf.h"

#include <doctest/doctest.h>

#include "modem/inf.h"

using namespace redial;
using namespace redial::modem;
using namespace std::string_literals;

namespace {

std::vector<std::vector<std::string>> fields(SetupInf& inf, std::string_view section) {
  std::vector<std::vector<std::string>> made;
  for (const SetupLine& line : inf.lines(section)) {
    auto& row = made.emplace_back();
    if (line.has_key) row.push_back(line.key + "=");
    for (const SetupField& field : line.fields) row.push_back(field.text);
  }
  return made;
}

using Row = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "fields are parted by commas; quotes keep blanks, commas and semicolons; \"\" is one quote") {
  SetupInf inf(
      "[A]\r\nHKR, Init ,  1,, \"AT &F; S7=60 \" ; a comment, with \"quotes\"\r\n"
      "HKR,,Name,,plain text , \"say \"\"hi\"\"\"\r\n,,\r\n[a]\r\nKey = v, w,\r\n",
      "x.inf");
  CHECK(fields(inf, "A") == std::vector<Row>{{"HKR", "Init", "1", "", "AT &F; S7=60 "},
                                             {"HKR", "", "Name", "", "plain text", "say \"hi\""},
                                             {"", ""},
                                             {"Key=", "v", "w"}});
  CHECK(inf.source().take().empty());
}

TEST_CASE("an equals sign makes a key only before the first comma and outside quotes") {
  SetupInf inf("[A]\nHKR, Settings, CallSetupFailTimer,, S7=<#>\n\"S0=1\"\n", "x.inf");
  CHECK(fields(inf, "A") ==
        std::vector<Row>{{"HKR", "Settings", "CallSetupFailTimer", "", "S7=<#>"}, {"S0=1"}});
}

TEST_CASE("%strings% are put in, in quotes and outside; %% is one; what is no string stays") {
  SetupInf inf(
      "[A]\n%Mfg% = \"%mfg% modem\", \"%%C1\", \"%C0%E2\", 100%\n[Strings]\nMfg = \"Wren\"\n",
      "x.inf");
  CHECK(fields(inf, "a") == std::vector<Row>{{"Wren=", "Wren modem", "%C1", "%C0%E2", "100%"}});
}

TEST_CASE("[Strings] goes before the sections of languages, and English before the others") {
  SetupInf inf(
      "[Strings.0407]\na=\"de\"\nb=\"de\"\nc=\"de\"\n[Strings.0409]\nb=\"en\"\n"
      "[Strings]\na=\"own\"\n[A]\n%a%,%b%,%c%\n",
      "x.inf");
  CHECK(fields(inf, "A") == std::vector<Row>{{"own", "en", "de"}});
}

TEST_CASE("a backslash at the line's end goes on below, over comments, but not into a section") {
  SetupInf inf(
      "[A]\nHKR,,DCB, 1, 1c,00, \\\n ; between\n   00,\\ ; and behind\n  07\n"
      "1000 = %x%,,,\\\n[B]\n\"\\N3\", C:\\\n\nx\n",
      "x.inf");
  CHECK(fields(inf, "A") == std::vector<Row>{{"HKR", "", "DCB", "1", "1c", "00", "00", "07"},
                                             {"1000=", "%x%", "", ""}});
  CHECK(fields(inf, "B") == std::vector<Row>{{"\\N3", "C:"}, {"x"}});
  CHECK(inf.source().take().empty());
}

TEST_CASE("UTF-16 of both orders, UTF-8 and ANSI read alike, and columns count characters") {
  const std::string text = "[A]\r\nk=\"caf\xc3\xa9\", \"no end\r\n";
  const auto wide = [](bool big) {
    std::string made = big ? "\xfe\xff" : "\xff\xfe";
    for (const char c : "[A]\r\nk=\"caf\xe9\", \"no end\r\n"s)
      made += big ? std::string{'\0', c} : std::string{c, '\0'};
    return made;
  };
  for (const std::string& octets :
       {text, "\xef\xbb\xbf" + text, "[A]\r\nk=\"caf\xe9\", \"no end\r\n"s, wide(true),
        wide(false)}) {
    SetupInf inf(octets, "x.inf");
    REQUIRE(inf.lines("A").size() == 1);
    const SetupLine& line = inf.lines("A")[0];
    CHECK(line.fields[0].text == "caf\xc3\xa9");
    CHECK(inf.source().place(line.fields[1].at).line == 2);
    CHECK(inf.source().place(line.fields[1].at).column == 11);
    const auto said = inf.source().take();
    REQUIRE(said.size() == 1);
    CHECK(said[0].text.find("without its second one") != std::string::npos);
  }
}

TEST_CASE("a quote that is wrong in a value nobody reads is no complaint") {
  SetupInf inf(
      "[A]\nHKR, ISDN\\SetMSN, 1 ,,\"AT$IMSN=0,\"\",\"\",\"%s\"\"<cr>\"\nHKR,Init,1,,\"AT<cr>\n",
      "x");
  CHECK(inf.lines("A").size() == 2);
  const auto said = inf.source().take();
  REQUIRE(said.size() == 1);
  CHECK(said[0].line == 3);
}

TEST_CASE("what is too much is said once, and the memory stays bounded") {
  CHECK(SetupInf(std::string(kInfOctetsMax + 1, 'x'), "x").source().errors() == 1);
  SetupInf damaged("[A]\n\0\n"s, "x");
  CHECK(damaged.source().errors() == 1);
  CHECK_FALSE(damaged.has("A"));
  std::string bomb = "[Strings]\ns=\"" + std::string(8000, 'x') + "\"\n[A]\n";
  for (int i = 0; i < 100'000; ++i) bomb += "%s%\n";
  SetupInf expanded(bomb, "x");
  CHECK(expanded.lines("A").size() == 100'000);
  CHECK(expanded.source().take().size() == 1);
  std::string lines = "[A]\n";
  for (size_t i = 0; i <= kSetupLinesMax; ++i) lines += "x\n";
  SetupInf many(lines, "x");
  CHECK(many.lines("A").size() == kSetupLinesMax - 1);
  CHECK(many.source().errors() == 1);
  SetupInf tall("[A]\n" + std::string(kSetupLineMax + 1, 'y'), "x");
  CHECK(tall.source().errors() == 1);
}
