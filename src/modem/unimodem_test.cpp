// SPDX-License-Identifier: Apache-2.0
#include "modem/unimodem.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>

#include "test_paths.h"

using namespace redial;
using namespace redial::modem;
using namespace std::string_literals;

namespace {

std::string source(const std::string& path) {
  std::ifstream file(REDIAL_SOURCE_DIR + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

InfFile example() { return read_descriptions(source("/examples/mdmwren.inf"), "mdmwren.inf"); }

/// A file with one model whose values are `lines`.
InfFile one(const std::string& lines, const LoadInf& load = {}) {
  return read_unimodem_inf(
      "[Version]\nSignature=\"$CHICAGO$\"\n[Manufacturer]\nWren=Models\n[Models]\n"
      "\"Wren 1\"=Install,id\n[Install]\nAddReg=Values\n[Values]\n" +
          lines,
      "one.inf", load);
}

/// 11 lines stand before those that `one` is given.
constexpr uint32_t kBefore = 9;

std::vector<std::string> texts(const std::vector<Command>& commands) {
  std::vector<std::string> made;
  for (const Command& command : commands) made.push_back(to_text(command));
  return made;
}

CompiledDescription compiled(const ModemDescription& modem, ModemSettings settings = {}) {
  auto made = compile(modem, settings);
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text));
  return *std::move(made);
}

const ModemDescription& named(const InfFile& file, std::string_view name) {
  const ModemDescription* modem = find_modem(file, name);
  REQUIRE(modem != nullptr);
  return *modem;
}

using Texts = std::vector<std::string>;
using Code = ResponseCode;

const Response* response(const ModemDescription& modem, std::string_view text) {
  for (const Response& one : modem.responses)
    if (to_text(one) == text) return &one;
  return nullptr;
}

}  // namespace

TEST_CASE("a setup file is its models: each once, by its description, for whatever system") {
  const InfFile file = example();
  for (const Diagnostic& said : file.diagnostics) MESSAGE(said.line, ": ", said.text);
  CHECK(file.diagnostics.empty());
  Texts names;
  for (const ModemDescription& modem : file.modems) names.push_back(modem.name);
  CHECK(names == Texts{"Wren 33.6 Data Fax Modem", "Wren 56K \"Sprint\" Modem", "Wren Deaf"});
  CHECK(named(file, "wren deaf").source == "mdmwren.inf line 25");
  CHECK(find_modem(file, "Wren") == nullptr);
}

TEST_CASE("a model is run by Init, its configuration in two lines, dial, Monitor, Answer, Hangup") {
  const InfFile file = example();
  const CompiledDescription made = compiled(named(file, "Wren 33.6 Data Fax Modem"));
  const ModemDescription& modem = made.description;
  CHECK(texts(modem.init) == Texts{"AT<cr>", "AT &F E0 V1 &C1 &D2 S95=47 S0=0<cr>",
                                   "ATS7=60S30=0L1M0\\\\N3%C3&K3<cr>", "ATB0N1X4<cr>"});
  CHECK(texts(modem.dial) == Texts{"ATDT<phonenumber><cr>"});
  CHECK(texts(modem.listen) == Texts{"ATS0=0<cr>"});
  CHECK(texts(modem.answer) == Texts{"ATA<cr>"});
  CHECK(texts(modem.hang_up) == Texts{"ATH<cr>"});
  CHECK(modem.init[2].optional);
  CHECK_FALSE(modem.init[1].optional);
  CHECK(modem.max_connect_bps == 115'200);
  CHECK(modem.max_carrier_bps == 33'600);
  CHECK(made.corrections.empty());
  CHECK(named(file, "Wren 56K \"Sprint\" Modem").port_bps == 115'200);
}

TEST_CASE("what a modem can wait for in a number is what Properties says, W and @ without it") {
  const auto abilities = [](const std::string& lines) {
    return one("HKR,Init,1,,\"ATZ<cr>\"\n" + lines).modems.at(0).abilities;
  };
  constexpr bool kDialTone = true, kQuiet = true, kBilling = true;
  CHECK(named(example(), "Wren 33.6 Data Fax Modem").abilities ==
        DialAbilities{kDialTone, kQuiet, kBilling});
  CHECK(abilities("HKR,,Properties,1,80,00,00,00\n") == DialAbilities{false, kQuiet, false});
  CHECK(abilities("HKR,,Properties,1,00,01,00,00\n") == DialAbilities{kDialTone, false, false});
  CHECK(abilities("") == DialAbilities{kDialTone, kQuiet, false});
}

TEST_CASE("what the user wants is sent where the model has a text for it") {
  const ModemDescription modem = named(example(), "Wren 33.6 Data Fax Modem");
  ModemSettings settings{.speaker = true,
                         .hw_flow_control = false,
                         .compression = false,
                         .error_control = false,
                         .auto_dial = false,
                         .dial_within = 90s};
  CompiledDescription made = compiled(modem, settings);
  CHECK(texts(made.description.init)[2] == "ATS7=90S30=0L1M1\\\\N0%C0&K0<cr>");
  CHECK(texts(made.description.dial) == Texts{"ATX3D<phonenumber><cr>"});
  settings = {.states = {{"hwflowcontrol", "soft"},
                         {"protocol", "forced"},
                         {"speaker", "on"},
                         {"speakervolume", "high"},
                         {"modulation", "bell"},
                         {"autodial", "pulse"}}};
  made = compiled(modem, settings);
  CHECK(texts(made.description.init)[2] == "ATS7=60S30=0L3M2\\\\N2%C3&K4<cr>");
  CHECK(texts(made.description.init)[3] == "ATB1N1X4<cr>");
  CHECK(texts(made.description.dial) == Texts{"ATDP<phonenumber><cr>"});
  settings.states = {{"protocol", "cellular_forced"}};
  const auto refused = compile(modem, settings);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == ErrorKind::Unsupported);
}

TEST_CASE("DialSuffix is V.250's semicolon, or a number cannot be split") {
  const auto suffix = [](const std::string& lines) {
    return one("HKR,Init,1,,\"ATZ<cr>\"\n" + lines).modems.at(0).dial_suffix;
  };
  CHECK(suffix("HKR,Settings,DialSuffix,,\";\"\n") == ";");
  CHECK(suffix("HKR,Settings,DialSuffix,,\"\"\n").empty());
  CHECK(suffix("HKR,Settings,DialSuffix,,\"X\"\n").empty());
  CHECK(suffix("").empty());
}

TEST_CASE("the modem waits for a carrier as long as we do, never below 55 s, up to what it can") {
  ModemDescription modem = named(example(), "Wren 33.6 Data Fax Modem");
  const auto sent = [&](Duration within) {
    return texts(compiled(modem, {.dial_within = within}).description.init)[2].substr(0, 7);
  };
  CHECK(sent(20s) == "ATS7=55");
  CHECK(sent(1h) == "ATS7=25");  // 255
  modem.dial_seconds_max = 70;
  CHECK(sent(2min) == "ATS7=70");
}

TEST_CASE("ten octets say what a response means, with its options and rates") {
  const InfFile file = example();
  const ModemDescription& modem = named(file, "Wren 56K \"Sprint\" Modem");
  const Response* connect = response(modem, "<cr><lf>CONNECT 115200/REL<cr><lf>");
  REQUIRE(connect != nullptr);
  CHECK(connect->code == Code::ConnectEc);
  CHECK(connect->port_bps == 115'200);
  const Response* progress = response(modem, "<cr><lf>CARRIER 28800<cr><lf>");
  REQUIRE(progress != nullptr);
  CHECK(progress->code == Code::Loop);
  CHECK(progress->carrier_bps == 28'800);
  CHECK(response(modem, "<cr><lf>PROTOCOL: LAPM<cr><lf>")->error_control);
  CHECK(response(modem, "<cr><lf>COMPRESSION: V.42BIS<cr><lf>")->compression);
  CHECK(response(modem, "8<cr>")->code == Code::ErrorNoAnswer);
}

TEST_CASE("every state of a response has its meaning; caller identification has none to a call") {
  const std::pair<int, std::optional<Code>> states[] = {
      {0x00, Code::Ok},           {0x01, Code::Loop},           {0x02, Code::Connect},
      {0x03, Code::Error},        {0x04, Code::ErrorNoCarrier}, {0x05, Code::ErrorNoDialtone},
      {0x06, Code::ErrorBusy},    {0x07, Code::ErrorNoAnswer},  {0x08, Code::Ring},
      {0x18, Code::Ring},         {0x1a, Code::Ring},           {0x1b, Code::ErrorBlacklisted},
      {0x1c, Code::ErrorDelayed}, {0x0a, std::nullopt},         {0x11, std::nullopt},
      {0x15, std::nullopt}};
  for (const auto& [octet, code] : states) {
    const int shown = octet;  // clang 14 captures no bindings
    CAPTURE(shown);
    const InfFile file =
        one(fmt::format("HKR,Settings,Prefix,,AT\nHKR,Responses,\"<cr><lf>X<cr><lf>\",1,{:02x},00,"
                        "0,0,0,0,0,0,0,0\n",
                        octet));
    CHECK(file.diagnostics.empty());
    REQUIRE(file.modems.size() == 1);
    REQUIRE(file.modems[0].responses.size() == (code ? 1 : 0));
    if (code) CHECK(file.modems[0].responses[0].code == *code);
  }
}

TEST_CASE("a plain error says by its words whether the modem refuses to dial the number again") {
  const InfFile file =
      one("HKR,Settings,Prefix,,AT\n"
          "HKR,Responses,\"<cr><lf>DELAYED<cr><lf>\",1,03,00,0,0,0,0,0,0,0,0\n"
          "HKR,Responses,\"BLACKLISTED<cr><lf>\",1,03,00,0,0,0,0,0,0,0,0\n"
          "HKR,Responses,\"<cr><lf>VOICE<cr><lf>\",1,03,00,0,0,0,0,0,0,0,0\n"
          "HKR,Responses,\"<cr><lf>+CME ERROR: 11<cr><lf>\",1,03,00,0,0,0,0,0,0,0,0\n");
  const std::vector<Response>& responses = file.modems.at(0).responses;
  REQUIRE(responses.size() == 4);
  CHECK(responses[0].code == Code::ErrorDelayed);
  CHECK(responses[1].code == Code::ErrorBlacklisted);
  CHECK(responses[2].code == Code::ErrorVoice);
  CHECK(responses[3].code == Code::Error);
}

TEST_CASE("octets may stand in quotes together, as in some drivers' files") {
  const InfFile file =
      one("HKR,Settings,Prefix,,AT\nHKR,,FClass,1,\"07,00,00,00\"\n"
          "HKR,Responses,\"X<cr>\",1,\"02, 02, 80,25,00,00\",00,00,00,00\n");
  CHECK(file.diagnostics.empty());
  CHECK(file.modems.at(0).responses.at(0).carrier_bps == 9600);
  CHECK(file.modems.at(0).responses.at(0).code == Code::ConnectEc);
}

TEST_CASE("a dial prefix that has said tone or pulse is not followed by another") {
  const auto dial = [](const std::string& settings) {
    return texts(
        compiled(one("HKR,Settings,Prefix,,AT\n" + settings).modems.at(0)).description.dial);
  };
  CHECK(dial("HKR,Settings,DialPrefix,,DT\n") == Texts{"ATDT<phonenumber><cr>"});
  CHECK(dial("HKR,Settings,DialPrefix,,DP\n") == Texts{"ATDP<phonenumber><cr>"});
  CHECK(dial("HKR,Settings,DialPrefix,,D\n") == Texts{"ATDT<phonenumber><cr>"});
  CHECK(dial("HKR,Settings,DialPrefix,,D\nHKR,Settings,Tone,,\"\"\n") ==
        Texts{"ATD<phonenumber><cr>"});
}

TEST_CASE("settings that are extended commands are parted by semicolons, whatever stands beside") {
  const InfFile file =
      one("HKR,Settings,Prefix,,AT\nHKR,Settings,Terminator,,\"<cr>\"\n"
          "HKR,Settings,ErrorControl_On,,\"+ES=3,0,2\"\nHKR,Settings,ErrorControl_Off,,\"+ES=1\"\n"
          "HKR,Settings,Compression_On,,\"+DS=3;\"\nHKR,Settings,Compression_Off,,\"+DS=0;\"\n"
          "HKR,Settings,FlowControl_Hard,,\"&K3\"\nHKR,Settings,FlowControl_Off,,\"&K0\"\n"
          "HKR,Settings,Modulation_CCITT,,\"+MS=V34\"\nHKR,Settings,Blind_Off,,X4\n"
          "HKR,Settings,Blind_On,,X3\n");
  CHECK(texts(compiled(file.modems.at(0)).description.init) ==
        Texts{"AT+ES=3,0,2;+DS=3;&K3<cr>", "AT+MS=V34;X4<cr>"});
}

TEST_CASE("an AT command without <cr> is sent with one, and that is told") {
  const InfFile file = one("HKR,Init,1,,\"ATE0V1\"\nHKR,Answer,1,,\"ATA<cr>\"\n");
  CHECK(texts(file.modems.at(0).init) == Texts{"ATE0V1<cr>"});
  REQUIRE(file.diagnostics.size() == 1);
  CHECK(file.diagnostics[0].text.find("Init\\1 has no <cr>") == 0);
}

TEST_CASE("of an install section, the one for NT counts before that for Windows 95") {
  const InfFile file = read_unimodem_inf(
      "[Manufacturer]\nWren=Models\n[Models]\nW=Install,id\n[Install]\nAddReg=Old\n"
      "[Install.NT]\nAddReg=New\n[Old]\nHKR,Init,1,,\"ATZ<cr>\"\n[New]\n"
      "HKR,Init,1,,\"AT&F<cr>\"\n",
      "w.inf");
  CHECK(texts(file.modems.at(0).init) == Texts{"AT&F<cr>"});
}

TEST_CASE("a setup file of ports says that it is one, and nothing about what it lacks") {
  const InfFile file = read_unimodem_inf(
      "[Version]\nSignature=\"$Windows NT$\"\nClass=Ports\n[Manufacturer]\nWren=Models,NT\n"
      "[Models.NT]\nW=Install,id\n[Install.NT]\nInclude=mdmcpq.inf\nAddReg=Values\n[Values]\n"
      "HKR,,EnumPropPages32,,\"MsPorts.dll\"\n",
      "ports.inf");
  CHECK(file.modems.empty());
  REQUIRE(file.diagnostics.size() == 1);
  CHECK(file.diagnostics[0].line == 3);
  CHECK(file.diagnostics[0].text.find("of the class Ports") != std::string::npos);
}

TEST_CASE("an included file of the system's that nothing is needed of is not missed") {
  const InfFile file = read_unimodem_inf(
      "[Manufacturer]\nWren=Models\n[Models]\nW=Install,id\n[Install]\nInclude=mdmcpq.inf\n"
      "CopyFiles=FakeModemCopyFileSection\nAddReg=Values\n[Values]\nHKR,Init,1,,\"AT<cr>\"\n",
      "usb.inf");
  CHECK(file.modems.size() == 1);
  CHECK(file.diagnostics.empty());
}

TEST_CASE(
    "a value that is written twice is the later one; NOCLOBBER keeps the first; 4 removes it") {
  const InfFile file =
      one("HKR,Settings,Prefix,,AT\nHKR,Init,1,,\"AT<cr>\"\nHKR,Init,1,,\"ATZ<cr>\"\n"
          "HKR,INIT,1,2,\"ATE1<cr>\"\nHKR,Init,2,,\"ATV1<cr>\"\nHKR,Init,2,4\n"
          "HKR,Init,10,,\"ATX4<cr>\"\nHKR,Init,9,0x00000000,\"ATX3<cr>\"\nHKLM,Init,3,,\"ATS0=9<cr>"
          "\"\n");
  REQUIRE(file.modems.size() == 1);
  CHECK(texts(file.modems[0].init) == Texts{"ATZ<cr>", "ATX3<cr>", "ATX4<cr>"});
  CHECK(file.diagnostics.empty());
}

TEST_CASE("what a model does not say, every modem has: ATD, S0=0, ATA, ATH") {
  const InfFile file = one("HKR,Init,1,,\"AT<cr>\"\n");
  REQUIRE(file.modems.size() == 1);
  const ModemDescription modem = compiled(file.modems[0]).description;
  CHECK(texts(modem.init) == Texts{"AT<cr>"});
  CHECK(texts(modem.dial) == Texts{"ATDT<phonenumber><cr>"});
  CHECK(texts(modem.listen) == Texts{"ATS0=0<cr>"});
  CHECK(texts(modem.answer) == Texts{"ATA<cr>"});
  CHECK(texts(modem.hang_up) == Texts{"ATH<cr>"});
}

TEST_CASE("a model that hides the carrier and answers by itself is corrected, and that is told") {
  const CompiledDescription made = compiled(named(example(), "Wren Deaf"));
  CHECK(texts(made.description.init).back() == "AT&C1&D2S25=5<cr>");
  CHECK(texts(made.description.listen) == Texts{"ATS0=1<cr>", "ATS0=0<cr>"});
  REQUIRE(made.corrections.size() == 4);
  CHECK(made.corrections[0].find("&C0") != std::string::npos);
  CHECK(made.corrections[1].find("&D0") != std::string::npos);
  CHECK(made.corrections[2].find("S25=200") != std::string::npos);
  CHECK(made.corrections[3].find("S0=1") != std::string::npos);
}

TEST_CASE("where nothing is said of DCD and DTR, a line that has them sets them") {
  CompiledDescription made = compiled(one("HKR,Init,1,,\"ATE0V1<cr>\"\n").modems.at(0));
  CompiledDescription bare = made;
  fit_to_line(made, true);
  CHECK(texts(made.description.init) == Texts{"ATE0V1<cr>", "AT&C1&D2<cr>", "ATE0<cr>"});
  CHECK(made.corrections.size() == 1);
  fit_to_line(bare, false);
  CHECK(texts(bare.description.init) == Texts{"ATE0V1<cr>", "ATE0S2=43<cr>"});
  REQUIRE(bare.corrections.size() == 2);
  CHECK(bare.corrections[1].find("no DCD to watch") != std::string::npos);
}

TEST_CASE("Needs takes sections of this file and of those included; its own values come after") {
  const auto load = [](const std::string& name) -> Result<std::string> {
    if (name != "base.inf") return fail(ErrorKind::NotFound, name);
    return "[Base]\nAddReg=BaseValues\nNeeds=Deeper\nInclude=base.inf\n[BaseValues]\n"
           "HKR,Init,1,,\"AT&F<cr>\"\nHKR,Init,2,,\"%s%<cr>\"\n"
           "[Deeper]\nNeeds=Base\nAddReg=DeepValues\n[DeepValues]\nHKR,Answer,1,,\"ATA<cr>\"\n"
           "[Strings]\ns=\"ATE1\"\n"s;
  };
  const InfFile file = read_unimodem_inf(
      "[Manufacturer]\nWren=Models\n[Models]\nW=Install\n[Install]\nInclude=base.inf\nNeeds=Base\n"
      "AddReg=Own\n[Own]\nHKR,Init,1,,\"ATZ<cr>\"\n",
      "own.inf", load);
  for (const Diagnostic& said : file.diagnostics) MESSAGE(said.line, ": ", said.text);
  CHECK(file.diagnostics.empty());
  REQUIRE(file.modems.size() == 1);
  CHECK(texts(file.modems[0].init) == Texts{"ATZ<cr>", "ATE1<cr>"});
  CHECK(texts(file.modems[0].answer) == Texts{"ATA<cr>"});
}

TEST_CASE("an included file that is not at hand is said once; its section is not asked for again") {
  const InfFile file = read_unimodem_inf(
      "[Manufacturer]\nWren=Models\n[Models]\nW=Install\nV=Install2\n[Install]\nInclude=gone.inf\n"
      "Needs=Base\n[Install2]\nInclude=gone.inf\nNeeds=Base\nAddReg=Own\n[Own]\n"
      "HKR,Settings,Prefix,,AT\n",
      "own.inf");
  CHECK(file.modems.size() == 1);
  REQUIRE(file.diagnostics.size() == 2);
  CHECK(file.diagnostics[0].severity == Diagnostic::Severity::Error);
  CHECK(file.diagnostics[0].line == 4);
  CHECK(file.diagnostics[1].text.find("gone.inf, which is included") == 0);
  CHECK(file.diagnostics[1].line == 7);
  CHECK(file.diagnostics[1].column == 9);
}

TEST_CASE("files that include each other, and sections that need themselves, come to an end") {
  int loaded = 0;
  const auto load = [&](const std::string& name) -> Result<std::string> {
    ++loaded;
    const int next = name == "own.inf" ? 0 : std::stoi(name.substr(1)) + 1;
    return fmt::format("[S]\nInclude=f{}.inf,own.inf\nNeeds=S,T\n[T]\nNeeds=S\n", next);
  };
  const InfFile file = read_unimodem_inf(
      "[Manufacturer]\nWren=Models\n[Models]\nW=Install\n[Install]\nInclude=f0.inf\n"
      "Needs=S\nAddReg=Own\n[Own]\nHKR,Settings,Prefix,,AT\n",
      "own.inf", load);
  CHECK(file.modems.size() == 1);
  CHECK(loaded <= static_cast<int>(kIncludedMax) + 1);
}

TEST_CASE("bad values are told by line and column, and the model is still there") {
  struct Case {
    const char* line;
    uint32_t column;
    const char* said;
  };
  const Case cases[] = {
      {"HKR,Responses,\"X<cr>\",1", 15, "no octet"},
      {"HKR,Responses,\"X<cr>\",1,02,00,80,25", 25, "4 of ten octets"},
      {"HKR,Responses,\"X<cr>\",1,02,00,00,00,00,7f,00,00,00,00", 25, "which no modem has"},
      {"HKR,Responses,\"X<cr>\",1,02,00,07,00,00,00,00,00,00,00", 25, "which no modem has"},
      {"HKR,Responses,\"X<cr>\",1,55,00,00,00,00,00,00,00,00,00", 25, "state 55"},
      {"HKR,Responses,\"X<cr>\",1,02,zz,00,00,00,00,00,00,00,00", 28, "no octet in hex"},
      {"HKR,Responses,\"X<cr>\",x,02", 23, "flags x"},
      {"HKR,,Properties,1,80,01", 19, "2 of 32 octets"},
      {"HKR,,DCB,1,1c,00,00,00", 12, "DCB has 4 octets"},
      {"HKR,Init,first,,\"ATZ<cr>\"", 10, "is no number"},
      {"HKR,Init,7,1,41", 14, "is binary"},
      {"HKR,,Speed,0x00010001,fast", 23, "no number of 32 bits"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.line);
    const InfFile file = one("HKR,Settings,Prefix,,AT\n"s + c.line + "\n");
    CHECK(file.modems.size() == 1);
    REQUIRE(file.diagnostics.size() == 1);
    const Diagnostic& said = file.diagnostics[0];
    CHECK(said.file == "one.inf");
    CHECK(said.line == kBefore + 2);
    CHECK(said.column == c.column);
    CHECK_MESSAGE(said.text.find(c.said) != std::string::npos, said.text);
  }
}

TEST_CASE("sections that are not there are told where they are named") {
  const InfFile file = read_unimodem_inf(
      "[Manufacturer]\nWren=Models\nOther=Nowhere\n[Models]\nW=Gone\n%V%=Install\n[Install]\n"
      "AddReg=Own, Missing\nNeeds=Lost\n[Own]\nHKR,Settings,Prefix,,AT\n",
      "own.inf");
  CHECK(file.modems.size() == 1);
  Texts said;
  for (const Diagnostic& one : file.diagnostics)
    said.push_back(fmt::format("{}:{} {}", one.line, one.column, one.text.substr(0, 28)));
  CHECK(said == Texts{"3:1 there is no section [Nowhere", "5:3 W: there is no section [Gone",
                      "6:1 there is no string %V% in [S", "8:13 there is no section [Missing",
                      "9:7 there is no section [Lost], "});
}

TEST_CASE("a file without a model, too large, or damaged, has one complaint and no model") {
  for (const std::string& octets :
       {"[Version]\nSignature=\"$CHICAGO$\"\n"s, "[Manufacturer]\n"s,
        "[Manufacturer]\nWren=Models\n[Models]\n"s,
        "[Manufacturer]\n" + std::string(kInfOctetsMax, 'x'), "[Manufacturer]\n\0"s}) {
    CAPTURE(octets.substr(0, 40));
    const InfFile file = read_descriptions(octets, "bad.inf");
    CHECK(file.modems.empty());
    REQUIRE(file.diagnostics.size() == 1);
    CHECK(file.diagnostics[0].severity == Diagnostic::Severity::Error);
    CHECK(file.diagnostics[0].line >= 1);
  }
}

TEST_CASE("a file that would write more than anybody needs ends, with one complaint") {
  std::string octets = "[Manufacturer]\nWren=Models\n[Models]\n";
  for (int i = 0; i < 2000; ++i) octets += fmt::format("M{}=I{}\n", i, i);
  for (int i = 0; i < 2000; ++i) octets += fmt::format("[I{}]\nAddReg=Big\n", i);
  octets += "[Big]\n";
  for (int i = 0; i < 5000; ++i) octets += fmt::format("HKR,Init,{},,AT\n", i);
  const InfFile file = read_unimodem_inf(octets, "big.inf");
  CHECK(file.modems.size() <= kSetupWorkMax / 5000 + 1);
  size_t errors = 0;
  for (const Diagnostic& said : file.diagnostics)
    errors += said.severity == Diagnostic::Severity::Error ? 1 : 0;
  CHECK(errors == 1);
}

TEST_CASE("the exported key of an installed modem becomes the same description") {
  const InfFile file = read_descriptions(source("/examples/wren.reg"), "wren.reg");
  CHECK(file.diagnostics.empty());
  REQUIRE(file.modems.size() == 1);
  const ModemDescription& modem = file.modems[0];
  CHECK(modem.name == "Wren 28.8 External");
  CHECK(modem.source == "wren.reg line 7");
  CHECK(texts(compiled(modem).description.init) ==
        Texts{"AT<cr>", "AT&FE0V1&C1&D2S0=0<cr>", "ATS7=60\\\\N3%C3&K3<cr>", "ATS11=60<cr>"});
  CHECK(modem.max_carrier_bps == 28'800);
  CHECK(response(modem, "<cr><lf>CONNECT 28800<cr><lf>")->carrier_bps == 28'800);
}

TEST_CASE("a registry export without a modem says so; one with a truncated response says where") {
  const InfFile none = read_descriptions("REGEDIT4\n[HKEY_USERS\\A]\n\"x\"=\"1\"\n", "a.reg");
  CHECK(none.modems.empty());
  REQUIRE(none.diagnostics.size() == 1);
  CHECK(none.diagnostics[0].text.find("no key of a modem") == 0);
  const InfFile cut = read_descriptions(
      "REGEDIT4\n[HKEY_USERS\\A\\Settings]\n\"Prefix\"=\"AT\"\n[HKEY_USERS\\A\\Responses]\n"
      "\"OK\"=hex:00,00\n",
      "a.reg");
  REQUIRE(cut.modems.size() == 1);
  CHECK(cut.modems[0].name == "A");
  REQUIRE(cut.diagnostics.size() == 1);
  CHECK(cut.diagnostics[0].line == 5);
  CHECK(cut.diagnostics[0].column == 6);
}

TEST_CASE("two machines on a cable: no AT command, the words are those of its responses") {
  const InfFile file =
      one("HKR,,DeviceType,1,00\nHKR,Init,1,,NoResponse\nHKR,Settings,DialPrefix,,CLIENT\n"
          "HKR,Monitor,1,,None\nHKR,Answer,1,,\"SERVER\"\n"
          "HKR,Responses,\"CLIENT\",1,08,00,0,0,0,0,0,0,0,0\n"
          "HKR,Responses,\"SERVER\",1,02,00,0,0,0,0,0,0,0,0\n");
  CHECK(file.diagnostics.empty());
  REQUIRE(file.modems.size() == 1);
  const ModemDescription& modem = file.modems[0];
  CHECK(modem.hang_up.empty());
  CHECK(texts(modem.dial) == Texts{"CLIENT"});
  CHECK(to_text(modem.dial[0].responses.at(0)) == "SERVER");
  CHECK(texts(modem.listen) == Texts{"", "SERVER"});
  CHECK(to_text(modem.listen[0].responses.at(0)) == "CLIENT");
}

TEST_CASE("a file's language is known by what it says, not by its name or encoding") {
  CHECK(language_of("[Wren]\nCOMMAND_DIAL=ATD<cr>\n") == DescriptionLanguage::ModemInf);
  CHECK(language_of("; x\n[Version]\nSignature=\"$Windows NT$\"\n") ==
        DescriptionLanguage::Unimodem);
  CHECK(language_of("\xff\xfe[\0M\0a\0n\0u\0f\0a\0c\0t\0u\0r\0e\0r\0]\0"s) ==
        DescriptionLanguage::Unimodem);
  CHECK(language_of("REGEDIT4\n") == DescriptionLanguage::Registry);
  CHECK(language_of("") == DescriptionLanguage::ModemInf);
  CHECK(language_of("[") == DescriptionLanguage::ModemInf);
}

TEST_CASE("the published setup files read without a complaint") {
  for (const auto& [path, count] : {std::pair{"smpdata.inf", 2}, {"qcwdfmdm.inf", 203}}) {
    const std::string octets = source("/../shared/data/mdm/"s + path);
    if (octets.empty()) {
      MESSAGE("skipped, not at hand: ", path);
      continue;
    }
    const InfFile file = read_descriptions(octets, path);
    for (const Diagnostic& said : file.diagnostics) MESSAGE(said.line, ": ", said.text);
    CHECK(file.diagnostics.empty());
    CHECK(file.modems.size() == static_cast<size_t>(count));
  }
}
