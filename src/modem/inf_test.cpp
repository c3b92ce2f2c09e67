// SPDX-License-Identifier: Apache-2.0
#include "modem/inf.h"

#include <doctest/doctest.h>

#include "modem/dialogue.h"
#include "modem/unimodem.h"
#include "test_paths.h"

using namespace redial;
using namespace redial::modem;

namespace {

using Severity = Diagnostic::Severity;

InfFile read(std::string_view text) { return read_modem_inf(text, "MODEM.INF"); }

/// One section around `lines`, which by itself is without fault.
InfFile read_section(std::string_view lines) {
  return read("[Test]\nCOMMAND_DIAL=ATDT<phonenumber><cr>\n" + std::string(lines));
}

const Diagnostic* complaint(const InfFile& file, std::string_view word) {
  for (const Diagnostic& diagnostic : file.diagnostics)
    if (diagnostic.text.find(word) != std::string::npos) return &diagnostic;
  return nullptr;
}

std::string all_of(const InfFile& file) {
  std::string text;
  for (const Diagnostic& diagnostic : file.diagnostics)
    text += std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) + ": " +
            diagnostic.text + "\n";
  return text;
}

std::vector<std::string> texts(const std::vector<Command>& commands) {
  std::vector<std::string> made;
  for (const Command& command : commands) made.push_back(to_text(command));
  return made;
}

std::vector<std::string> init_texts(const ModemDescription& modem, const ModemSettings& settings) {
  const auto compiled = compile(modem, settings);
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : compiled.error().text));
  return texts(compiled->description.init);
}

using Texts = std::vector<std::string>;

constexpr std::string_view kBirch = R"(; a modem nobody ever sold
[Birch 14400]
CALLBACKTIME=12
DEFAULTOFF=compression
MAXCARRIERBPS=14400
MAXCONNECTBPS=38400
<speaker_on>=L2
<speaker_off>=M0
<compression_on>=%C1
<compression_off>=%C0
<autodial_on>=ATDT
<autodial_off>=ATX3D

COMMAND_INIT=AT&F&C1&D2<speaker><compression><cr>
COMMAND_DIAL=<autodial><phonenumber><cr>
CONNECT=<cr><lf>CONNECT <carrierbps><cr><lf>

COMMAND_LISTEN=ATS0=1<cr>
)";

/// The Birch, with other lines around it.
std::string with_birch(std::string_view before, std::string_view after) {
  std::string text(before);
  text += kBirch;
  text += after;
  return text;
}

}  // namespace

TEST_CASE("a section becomes a description: parameters, macros, commands and their answers") {
  const InfFile file = read(kBirch);
  CHECK(all_of(file) == "");
  REQUIRE(file.modems.size() == 1);
  const ModemDescription& birch = file.modems[0];
  CHECK(birch.name == "Birch 14400");
  CHECK(birch.source == "MODEM.INF line 2");
  CHECK(birch.callback_time == 12s);
  CHECK(birch.max_carrier_bps == 14400);
  CHECK(birch.max_connect_bps == 38400);
  CHECK(birch.default_off == std::set<std::string>{"compression"});
  CHECK(birch.macros.at("speaker") == Macro{"L2", "M0", true});
  CHECK(texts(birch.init) == Texts{"AT&F&C1&D2<speaker><compression><cr>"});
  CHECK(texts(birch.dial) == Texts{"<autodial><phonenumber><cr>"});
  CHECK(texts(birch.listen) == Texts{"ATS0=1<cr>"});
  REQUIRE(birch.dial[0].responses.size() == 1);
  const Response& connect = birch.dial[0].responses[0];
  CHECK(connect.code == ResponseCode::Connect);
  using Kind = PatternPiece::Kind;
  CHECK(connect.pattern == std::vector<PatternPiece>{{Kind::Literal, "\r\nCONNECT "},
                                                     {Kind::CarrierBps, ""},
                                                     {Kind::Literal, "\r\n"}});
}

TEST_CASE("a number is dialled once per command and given a minute, other commands are repeated") {
  const InfFile file = read(kBirch);
  CHECK(file.modems[0].dial[0].attempts == 1);
  CHECK(file.modems[0].dial[0].within == 60s);
  CHECK(file.modems[0].init[0].attempts == 2);
}

TEST_CASE("MODEM.INF knows no hang-up and no answer: ATH is supplied, S0=1 answers by itself") {
  const InfFile file = read(kBirch);
  CHECK(texts(file.modems[0].hang_up) == Texts{"ATH<cr>"});
  CHECK(file.modems[0].answer.empty());
}

TEST_CASE("lines may end as on DOS, as on Unix, or not at all; Ctrl-Z closes a DOS text") {
  std::string dos;
  for (const char c : kBirch) dos += c == '\n' ? "\r\n" : std::string(1, c);
  const auto plain = read(kBirch).modems;
  CHECK(read(dos).modems == plain);
  CHECK(read(dos + "\x1a\x1a").modems == plain);
  CHECK(read(kBirch.substr(0, kBirch.size() - 1)).modems == plain);
  CHECK(read(with_birch("\xef\xbb\xbf", "")).modems == plain);
}

TEST_CASE("a doubled backslash is one, a single one is kept and warned of") {
  const InfFile file = read_section("COMMAND_INIT=AT\\\\N3\\Q1<cr>\n");
  CHECK(file.modems.at(0).init.at(0).pieces ==
        std::vector<CommandPiece>{{CommandPiece::Kind::Literal, "AT\\N3\\Q1\r"}});
  REQUIRE(file.diagnostics.size() == 1);
  CHECK(file.diagnostics[0].line == 3);
  CHECK(file.diagnostics[0].column == 20);
  CHECK(complaint(file, "single backslash"));
}

TEST_CASE("a line that ends in a single backslash goes on in the next, one in two does not") {
  const InfFile file = read_section("COMMAND_INIT=AT&F\\\nX4<cr>\nCOMMAND_INIT=AT\\\\N3\\\\\n");
  CHECK(texts(file.modems[0].init) == Texts{"AT&FX4<cr>", "AT\\\\N3\\\\"});
  // Nothing to go on with: the backslash is told as any single one.
  CHECK(complaint(read_section("COMMAND_INIT=AT\\\n[Next]\n"), "a single backslash") != nullptr);
}

TEST_CASE("a comment has its semicolon in column 1; elsewhere it is dialled") {
  const InfFile file = read_section("; COMMAND_INIT=ATZ<cr>\nCOMMAND_INIT=ATD;<cr>\n");
  CHECK(texts(file.modems.at(0).init) == Texts{"ATD;<cr>"});
  CHECK(file.diagnostics.empty());
  CHECK(complaint(read_section(" ; indented\n"), "column 1"));
}

TEST_CASE("blanks inside a command are sent") {
  const InfFile file = read_section("COMMAND_INIT=AT&F V1  S0=0<cr>\n");
  CHECK(texts(file.modems.at(0).init) == Texts{"AT&F V1  S0=0<cr>"});
}

TEST_CASE("keywords and macro names are understood in any case") {
  const InfFile file = read(
      "[A]\n<Speaker_ON>=M1\n<speaker_off>=M0\ncommand_init=AT<SPEAKER><CR>\n"
      "Command_Dial=ATDT<PhoneNumber><cr>\nnoresponse\n");
  CHECK(all_of(file) == "");
  REQUIRE(file.modems.size() == 1);
  CHECK(texts(file.modems[0].init) == Texts{"AT<speaker><cr>"});
  CHECK(file.modems[0].dial[0].no_response);
}

TEST_CASE("every hole of an answer is understood") {
  const InfFile file = read_section(
      "OK=<h0d><?>A<ignore><append>\nCONNECT=<carrierbps>/<connectbps>\n"
      "ERROR_DIAGNOSTICS=<match>\"NO <h3E><cr>\"<diagnostics>\n");
  CHECK(all_of(file) == "");
  const auto& responses = file.modems.at(0).dial.at(0).responses;
  REQUIRE(responses.size() == 3);
  using Kind = PatternPiece::Kind;
  CHECK(responses[0].pattern == std::vector<PatternPiece>{{Kind::Literal, "\r"},
                                                          {Kind::AnyOctet, ""},
                                                          {Kind::Literal, "A"},
                                                          {Kind::Ignore, ""},
                                                          {Kind::Append, ""}});
  CHECK(responses[1].pattern[2].kind == Kind::ConnectBps);
  CHECK(responses[2].pattern ==
        std::vector<PatternPiece>{{Kind::Match, "NO >\r"}, {Kind::Diagnostics, ""}});
}

TEST_CASE("every keyword of an answer has its code, and a ring is told from other LOOPs") {
  const InfFile file = read_section(
      "OK=a\nLOOP=b\nLOOP=<cr><lf>RING<cr><lf>\nCONNECT=c\nCONNECT_EC=d\nERROR=e\nERROR_BUSY=f\n"
      "ERROR_VOICE=g\nERROR_NO_ANSWER=h\nERROR_NO_CARRIER=i\nERROR_NO_DIALTONE=j\n"
      "ERROR_DIAGNOSTICS=k\n");
  std::vector<ResponseCode> codes;
  for (const Response& response : file.modems.at(0).dial.at(0).responses)
    codes.push_back(response.code);
  using enum ResponseCode;
  CHECK(codes == std::vector<ResponseCode>{Ok, Loop, Ring, Connect, ConnectEc, Error, ErrorBusy,
                                           ErrorVoice, ErrorNoAnswer, ErrorNoCarrier,
                                           ErrorNoDialtone, ErrorDiagnostics});
}

TEST_CASE("[Responses] serves every section, wherever it stands, after the section's own answers") {
  const InfFile file = read(with_birch("", "[Responses]\nOK=<cr><lf>OK<cr><lf>\nERROR=no\n"));
  REQUIRE(file.modems.size() == 1);
  CHECK(file.modems[0].responses.size() == 2);
  CHECK(to_text(file.modems[0].responses[0]) == "<cr><lf>OK<cr><lf>");
  CHECK(complaint(read("[Responses]\nCOMMAND_INIT=AT<cr>\n"), "not an answer")->ras_error == 698);
}

TEST_CASE("an alias takes everything but the name, through several steps and forwards too") {
  const InfFile file = read(with_birch("[First]\nALIAS=second\n[Second]\nALIAS=Birch 14400\n", ""));
  CHECK(all_of(file) == "");
  REQUIRE(file.modems.size() == 3);
  CHECK(file.modems[0].name == "First");
  CHECK(file.modems[0].source == "MODEM.INF line 1");
  CHECK(file.modems[0].alias_of == "Birch 14400");
  CHECK(file.modems[0].init == file.modems[2].init);
  CHECK(file.modems[0].macros == file.modems[2].macros);
  CHECK(file.modems[1].max_connect_bps == 38400);
}

TEST_CASE("an alias of a section that is not there names both (659)") {
  const InfFile file = read("[A]\nALIAS=Nowhere\n");
  CHECK(file.modems.empty());
  const Diagnostic* said = complaint(file, "[A] is an ALIAS of [Nowhere]");
  REQUIRE(said);
  CHECK(said->ras_error == 659);
  CHECK(said->line == 2);
  CHECK(said->column == 7);
  CHECK(said->severity == Severity::Error);
}

TEST_CASE("aliases that go in a circle, or on for ever, end in an error and not in a hang") {
  const InfFile circle = read("[A]\nALIAS=B\n[B]\nALIAS=C\n[C]\nALIAS=B\n[D]\nALIAS=D\n");
  CHECK(circle.modems.empty());
  CHECK(circle.diagnostics.size() == 4);
  CHECK(complaint(circle, "comes back to [B]"));

  std::string chain;
  for (int i = 0; i < 40; ++i)
    chain += "[S" + std::to_string(i) + "]\nALIAS=S" + std::to_string(i + 1) + "\n";
  const InfFile file = read(chain + "[S40]\nCOMMAND_DIAL=ATD<cr>\n");
  CHECK(complaint(file, "more than 32 sections"));
  CHECK(file.modems.size() == 33);  // S8..S39 reach S40 in at most 32 steps
}

TEST_CASE("an alias of a section with errors is left out with it") {
  const InfFile file = read("[A]\nALIAS=B\n[B]\nCOMMAND_DIAL=AT<nobody><cr>\n");
  CHECK(file.modems.empty());
  CHECK(complaint(file, "which has errors")->line == 2);
}

TEST_CASE("a macro that is used but not defined is error 654, half a pair is error 693") {
  const InfFile undefined = read_section("COMMAND_INIT=AT<speaker><cr>\n");
  CHECK(undefined.modems.empty());
  REQUIRE(undefined.diagnostics.size() == 1);
  CHECK(undefined.diagnostics[0].ras_error == 654);
  CHECK(undefined.diagnostics[0].line == 3);
  CHECK(undefined.diagnostics[0].column == 16);

  const InfFile half = read_section("<speaker_on>=M1\nCOMMAND_INIT=AT<speaker><cr>\n");
  CHECK(half.modems.empty());
  CHECK(half.diagnostics.at(0).ras_error == 693);
}

TEST_CASE("a unary macro is replaced as it stands, in commands and in answers") {
  const InfFile file = read_section(
      "OK=<prompt>!\n<prompt>=<cr><lf>READY\n<setup>=&F1\nCOMMAND_INIT=AT<setup><cr>\n");
  CHECK(all_of(file) == "");
  REQUIRE(file.modems.size() == 1);
  CHECK(to_text(file.modems[0].dial[0].responses[0]) == "<cr><lf>READY!");
  CHECK(init_texts(file.modems[0], {}) == Texts{"AT&F1<cr>"});
}

TEST_CASE("DEFAULTOFF takes blanks and commas; a name nobody defined is error 656") {
  const InfFile file = read(
      "[A]\nDEFAULTOFF=speaker, boost\tprotocol\n<boost_on>=1\n<boost_off>=0\n"
      "COMMAND_DIAL=ATD<boost><cr>\n");
  CHECK(all_of(file) == "");  // the well-known features need not be there
  CHECK(file.modems.at(0).default_off == std::set<std::string>{"speaker", "boost", "protocol"});
  CHECK(read_section("DEFAULTOFF=\n").diagnostics.empty());
  const InfFile unknown = read_section("DEFAULTOFF=speaker warp\n");
  CHECK(unknown.modems.empty());
  REQUIRE(unknown.diagnostics.size() == 1);
  CHECK(unknown.diagnostics[0].ras_error == 656);
  CHECK(unknown.diagnostics[0].column == 20);
}

TEST_CASE("a macro defined twice alike is fine; defined otherwise, the later text counts") {
  const InfFile alike = read_section("<x>=1\n<x>=1\nCOMMAND_INIT=AT<x><cr>\n");
  CHECK(alike.diagnostics.empty());
  const InfFile other = read_section("<x>=1\n<x>=2\nCOMMAND_INIT=AT<x><cr>\n");
  CHECK(complaint(other, "defined otherwise in line 3")->severity == Severity::Warning);
  CHECK(init_texts(other.modems.at(0), {}) == Texts{"AT2<cr>"});
}

TEST_CASE("a null modem has empty and several commands, its own words, and nothing to hang up") {
  const InfFile file = read(
      "[Cable]\nMAXCONNECTBPS=19200\nCOMMAND_INIT=\nNoResponse\nCOMMAND_DIAL=CALLER\n"
      "CONNECT=CALLED\nCOMMAND_LISTEN=\nCONNECT=<h00>CALLER\nCOMMAND_LISTEN=again\nNoResponse\n");
  CHECK(all_of(file) == "");
  REQUIRE(file.modems.size() == 1);
  const ModemDescription& cable = file.modems[0];
  CHECK(cable.init.at(0).pieces.empty());
  CHECK(cable.init[0].no_response);
  CHECK(cable.listen.size() == 2);
  CHECK(to_text(cable.listen[0].responses.at(0)) == "<h00>CALLER");
  CHECK(cable.hang_up.empty());
  CHECK(compile(cable, {}).has_value());
}

TEST_CASE("detection strings are kept as octets") {
  const InfFile file = read_section("DETECT_STRING=ATI3<cr>\nDETECT_RESPONSE=Birch\\\\14\n");
  CHECK(file.modems.at(0).detect_string == "ATI3\r");
  CHECK(file.modems[0].detect_response == "Birch\\14");
}

TEST_CASE("each fault is told once, with its place, its RAS number and whether it is an error") {
  struct Fault {
    const char* lines;  // from line 3 on
    const char* says;
    Severity severity;
    uint16_t ras_error;
    uint32_t line, column;
  };
  const auto W = Severity::Warning, E = Severity::Error;
  const Fault faults[] = {
      {"HURRY=1\n", "not a keyword", W, 698, 3, 1},
      {"what is this\n", "neither KEY=value nor NoResponse", W, 662, 3, 1},
      {"MAXCARRIERBPS=fast\n", "not a number", W, 0, 3, 15},
      {"MAXCARRIERBPS=99999999999\n", "not a number", W, 0, 3, 15},
      {"MAXCONNECTBPS=300\nMAXCONNECTBPS=600\n", "was 300 before", W, 0, 4, 1},
      {"DEVICETYPE=pad\n", "not modem", W, 663, 3, 12},
      {"COMMAND=hello\n", "SWITCH.INF and PAD.INF", E, 662, 3, 1},
      {"COMMAND_INIT=ATZ\n", "no <cr>", W, 0, 3, 14},
      {"COMMAND_INIT=ATZ<cr> \n", "blanks at the end", W, 0, 3, 21},
      {"COMMAND_INIT=AT<?><cr>\n", "answers only", E, 654, 3, 16},
      {"COMMAND_INIT=AT<match>\"x\"<cr>\n", "answers only", E, 654, 3, 16},
      {"COMMAND_INIT=AT<<cr>\n", "'<' without a name", W, 0, 3, 16},
      {"OK=<match>OK\n", "text in quotes", E, 698, 3, 4},
      {"OK=<match>\"OK\n", "text in quotes", E, 698, 3, 4},
      {"OK=<match>\"\"\n", "looks for nothing", E, 698, 3, 4},
      {"OK=\n", "waits for nothing", W, 698, 3, 4},
      {"OK=<message>\n", "<message>", E, 655, 3, 4},
      {"OK=<phonenumber>\n", "commands only", E, 654, 3, 4},
      {"OK=<speaker>\n<speaker_on>=1\n<speaker_off>=2\n", "neither", E, 654, 3, 4},
      {"ERROR_FIRE=x\n", "counts as ERROR=", W, 698, 3, 1},
      {"OK=x\nNoResponse\n", "both answers and NoResponse", W, 702, 2, 1},
      {"<>=x\n", "does not name a macro", E, 654, 3, 1},
      {"<x>=AT<phonenumber>\n", "only <cr>, <lf> and <hXX>", E, 654, 3, 7},
      {"<x>=1\nDEFAULTOFF=x\n", "has no off", E, 693, 4, 12},
      {"ALIAS=\n", "names no section", E, 659, 3, 7},
      {"[Listener]\nCOMMAND_LISTEN=ATS0=1<cr>\n", "only take calls", W, 661, 3, 1},
      {"[Empty]\n", "neither COMMAND_DIAL nor COMMAND_LISTEN", E, 661, 3, 1},
      {"[]\n", "has no name", E, 659, 3, 1},
      {"[Open\nCOMMAND_DIAL=ATD<cr>\n", "no ']'", W, 0, 3, 1},
      {"[A] B\nCOMMAND_DIAL=ATD<cr>\n", "after the ']'", W, 0, 3, 4},
      {"[test]\nCOMMAND_DIAL=ATD<cr>\n", "in line 1 already", W, 0, 3, 1},
      {"[A name as long as no RAS would take]\nCOMMAND_DIAL=ATD<cr>\n", "35 characters", W, 658, 3,
       2},
  };
  for (const Fault& fault : faults) {
    CAPTURE(fault.lines);
    const InfFile file = read_section(fault.lines);
    CAPTURE(all_of(file));
    REQUIRE(file.diagnostics.size() == 1);
    const Diagnostic& said = file.diagnostics[0];
    CHECK(said.text.find(fault.says) != std::string::npos);
    CHECK(said.severity == fault.severity);
    CHECK(said.ras_error == fault.ras_error);
    CHECK(said.line == fault.line);
    CHECK(said.column == fault.column);
    CHECK(said.text.find('\n') == std::string::npos);
    CHECK(std::ranges::count(said.text, ';') >= 2);  // fact; consequence; remedy
  }
}

TEST_CASE("faults outside sections' lines are told too") {
  CHECK(complaint(read(with_birch("hello\nworld\n", "")), "before the first [section]"));
  CHECK(read(with_birch("hello\nworld\n", "")).diagnostics.size() == 1);
  const InfFile early = read("[A]\nOK=x\nNoResponse\nCOMMAND_DIAL=ATD<cr>\n");
  CHECK(early.diagnostics.size() == 2);
  CHECK(early.modems.at(0).responses.size() == 1);  // for all of the section's commands
  CHECK(complaint(read("[A]\nALIAS=B\nMAXCARRIERBPS=1\n" + std::string("[B]\nCOMMAND_DIAL=x\n")),
                  "other lines are ignored"));
}

TEST_CASE("a fault costs its own section, not its neighbours") {
  const InfFile file = read(with_birch("[Bad]\nCOMMAND_DIAL=AT<x><cr>\n", ""));
  REQUIRE(file.modems.size() == 1);
  CHECK(file.modems[0].name == "Birch 14400");
}

TEST_CASE("a NUL octet or an overlong line is skipped, told, and costs its section") {
  const std::string nul = std::string("COMMAND_INIT=AT") + '\0' + "Z<cr>\n";
  const InfFile with_nul = read_section(nul);
  CHECK(with_nul.modems.empty());
  CHECK(complaint(with_nul, "NUL")->column == 16);

  const InfFile overlong = read_section("COMMAND_INIT=" + std::string(9000, 'A') + "<cr>\n");
  CHECK(overlong.modems.empty());
  CHECK(complaint(overlong, "9017 octets"));
  CHECK(read_section(";" + std::string(9000, 'A') + "\n").diagnostics.empty());
}

TEST_CASE("a file in UTF-16, with or without its mark, is refused by name; Latin-1 is read") {
  const std::string marked("\xff\xfe[\0A\0]\0", 8), bare("[\0A\0]\0", 6);
  CHECK(complaint(read(marked), "UTF-16")->ras_error == 657);
  CHECK(complaint(read(bare), "UTF-16"));
  const InfFile latin = read("[Caf\xe9]\nCOMMAND_DIAL=ATD<cr>\nOK=\xa7\n");
  CHECK(all_of(latin) == "");
  CHECK(latin.modems.at(0).name == "Café");
}

TEST_CASE("names are UTF-8 whatever the file is, and found by their octets in the file too") {
  const InfFile file = read(
      "[\xc4rger \xfc]\nCOMMAND_DIAL=ATD<cr>\n[Z]\nALIAS=\xc4rger \xfc\n"
      "[Ö]\nCOMMAND_DIAL=AT\xe4<cr>\nX=1\n[\xc4x]\n");
  REQUIRE(file.modems.size() == 3);
  CHECK(file.modems[0].name == "Ärger ü");
  CHECK(file.modems[1].alias_of == "Ärger ü");
  CHECK(file.modems[2].name == "Ö");
  CHECK(find_modem(file, "\xc4rger \xfc") == &file.modems[0]);
  CHECK(find_modem(file, "Ärger ü") == &file.modems[0]);
  // What is sent stays as it is, octet for octet.
  CHECK(file.modems[2].dial[0].pieces[0].text == "AT\xe4\r");
  CHECK(complaint(file, "[Äx] has neither"));
}

TEST_CASE("a line that an article has broken in two is one again, and that is told") {
  const InfFile file = read_section(
      "<speaker_on>=M1\n<speaker_off>=M0\nCOMMAND_INIT=AT&F<speaker>\n<cr>\n"
      "COMMAND_LISTEN=ATS0=1\n  <speaker>\n<cr>\nCONNECT=<cr><lf>CONNECT <carrierbps>\n<cr><lf>\n");
  REQUIRE(file.modems.size() == 1);
  CHECK(texts(file.modems[0].init) == Texts{"AT&F<speaker><cr>"});
  CHECK(texts(file.modems[0].listen) == Texts{"ATS0=1<speaker><cr>"});
  CHECK(to_text(file.modems[0].listen[0].responses.at(0)) ==
        "<cr><lf>CONNECT <carrierbps><cr><lf>");
  REQUIRE(file.diagnostics.size() == 4);
  for (const Diagnostic& said : file.diagnostics) {
    CHECK(said.severity == Severity::Warning);
    CHECK(said.text.find("rest of the line above") != std::string::npos);
  }
  CHECK(file.diagnostics[0].line == 6);
  // Further away it is no rest of anything, and a macro is none.
  CHECK(complaint(read_section("COMMAND_INIT=ATZ\n\n<cr>\n"), "neither KEY=value"));
  CHECK(texts(read_section("COMMAND_INIT=ATZ<cr>\n<x>=M0\n").modems[0].init) == Texts{"ATZ<cr>"});
}

TEST_CASE("a Unimodem setup file is told from a MODEM.INF, in one line") {
  const InfFile file =
      read("junk\n[Version]\nSignature=\"$CHICAGO$\"\n[Manufacturer]\n%Mfg%=Models\n");
  CHECK(file.modems.empty());
  CHECK(file.diagnostics.size() == 1);
  CHECK(complaint(file, "Unimodem"));
}

TEST_CASE("a file is read within its bounds: octets, sections, diagnostics, memory") {
  CHECK(complaint(read(std::string(kInfOctetsMax + 1, ';')), "nothing of it is read"));

  std::string sections;
  for (int i = 0; i < 10'001; ++i) sections += "[S" + std::to_string(i) + "]\nCOMMAND_DIAL=x\n";
  const InfFile many = read(sections);
  CHECK(many.modems.size() == 10'000);
  CHECK(complaint(many, "more than 10000 sections"));

  std::string junk = "[A]\nCOMMAND_DIAL=x\n";
  for (int i = 0; i < 2000; ++i) junk += "x\n";
  const InfFile noisy = read(junk);
  CHECK(noisy.diagnostics.size() == 1001);
  CHECK(noisy.diagnostics.back().text.starts_with("1000 more problems"));

  std::string heavy = "[Heavy]\nCOMMAND_DIAL=x\n";
  for (int i = 0; i < 300; ++i) heavy += "OK=" + std::string(1000, 'a') + "\n";
  for (int i = 0; i < 1000; ++i) heavy += "[H" + std::to_string(i) + "]\nALIAS=Heavy\n";
  const InfFile kept = read(heavy);
  CHECK(kept.modems.size() < 400);
  CHECK(complaint(kept, "more memory"));
}

TEST_CASE("a command or answer that could grow without end is refused while reading") {
  std::string macros = "<big>=" + std::string(300, 'x') + "\n";
  CHECK(complaint(read_section(macros + "COMMAND_INIT=AT<big><cr>\n"), "no more than 256")
            ->ras_error == 700);
  std::string pattern = "OK=";
  for (int i = 0; i < 300; ++i) pattern += "<big>";
  CHECK(complaint(read_section(macros + pattern + "\n"), "longer than 1024")->ras_error == 698);
}

TEST_CASE("what is written back as MODEM.INF text is read as the same") {
  const InfFile file = read_section(
      "<x>=1\nCOMMAND_INIT=AT<x>\\\\N<h00><h3c>\xe9\"<cr>\n"
      "OK=<match>\"a<h22>b\\\\\"<ignore><lf><h3C>q\n");
  REQUIRE(file.modems.size() == 1);
  const ModemDescription& modem = file.modems[0];
  const InfFile again = read_section("<x>=1\nCOMMAND_INIT=" + to_text(modem.init[0]) +
                                     "\nOK=" + to_text(modem.init[0].responses[0]) + "\n");
  CHECK(all_of(again) == "");
  CHECK(again.modems.at(0) == modem);
}

TEST_CASE("features are on, unless DEFAULTOFF or the user says otherwise") {
  const ModemDescription birch = read(kBirch).modems.at(0);
  CHECK(init_texts(birch, {}) == Texts{"AT&F&C1&D2L2%C0<cr>"});
  ModemSettings settings;
  settings.speaker = false;
  settings.compression = true;
  CHECK(init_texts(birch, settings) == Texts{"AT&F&C1&D2M0%C1<cr>"});
  CHECK(texts(compile(birch, {})->description.dial) == Texts{"ATDT<phonenumber><cr>"});
  settings.auto_dial = false;
  CHECK(texts(compile(birch, settings)->description.dial) == Texts{"ATX3D<phonenumber><cr>"});
}

TEST_CASE("a feature that is demanded and cannot be set is an error; to be without it is a note") {
  const ModemDescription birch = read(kBirch).modems.at(0);
  ModemSettings settings;
  settings.hw_flow_control = true;
  const auto refused = compile(birch, settings);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == ErrorKind::Unsupported);
  CHECK(refused.error().text.find("653") != std::string::npos);
  settings.hw_flow_control = false;
  const auto noted = compile(birch, settings);
  REQUIRE(noted.has_value());
  CHECK(noted->corrections.size() == 1);

  ModemDescription unary = birch;
  unary.macros["speaker"] = {"M1", "M1", false};
  settings.speaker = true;
  CHECK(compile(unary, settings).error().text.find("693") != std::string::npos);
}

TEST_CASE(
    "a description from elsewhere with an undefined macro, or too much text, does not compile") {
  ModemDescription modem;
  modem.name = "Made by hand";
  Command command;
  command.pieces = {{CommandPiece::Kind::Macro, "ghost"}};
  modem.init = {command};
  REQUIRE_FALSE(compile(modem, {}).has_value());
  CHECK(compile(modem, {}).error().text.find("654") != std::string::npos);
  modem.macros["ghost"] = {std::string(kCommandMax + 1, 'x'), "", true};
  CHECK(compile(modem, {}).error().text.find("700") != std::string::npos);
}

TEST_CASE("a macro beside an extended command is parted from it; a value is not") {
  const InfFile file = read_section(
      "<speaker_on>=M1\n<speaker_off>=M0\n<apn>=internet\n<id>=1\n"
      "COMMAND_INIT=AT+FCLASS=0<speaker>&C1<cr>\nCOMMAND_INIT=AT+CGDCONT=<id>,\"IP\",\"<apn>\"<cr>"
      "\n"
      "COMMAND_INIT=AT&F<speaker>+IFC=2,2<cr>\n");
  CHECK(init_texts(file.modems.at(0), {}) ==
        Texts{"AT+FCLASS=0;M1&C1<cr>", "AT+CGDCONT=1,<h22>IP<h22>,<h22>internet<h22><cr>",
              "AT&FM1+IFC=2,2<cr>"});
}

TEST_CASE("the user's own commands follow the initialisation, are AT commands, and may fail") {
  const ModemDescription birch = read(kBirch).modems.at(0);
  ModemSettings settings;
  settings.speaker = true;
  settings.extra_init = {"S11=50", "atM0\r", ""};
  settings.dial_within = 90s;
  const auto compiled = compile(birch, settings);
  REQUIRE(compiled.has_value());
  CHECK(texts(compiled->description.init) ==
        Texts{"AT&F&C1&D2L2%C0<cr>", "ATS11=50<cr>", "atM0<cr>"});
  CHECK_FALSE(compiled->description.init[0].optional);
  CHECK(compiled->description.init[1].optional);
  CHECK(compiled->description.dial[0].within == 90s);
  settings.extra_init = {"S0=1\rATD911"};
  CHECK_FALSE(compile(birch, settings).has_value());
  settings.extra_init = {std::string(300, '1')};
  CHECK_FALSE(compile(birch, settings).has_value());
}

TEST_CASE("an initialisation that hides the carrier or deafens the modem to DTR is corrected") {
  const auto corrected = [](std::string_view init) {
    const InfFile file = read_section("COMMAND_INIT=" + std::string(init) + "<cr>\n");
    const auto compiled = compile(file.modems.at(0), {});
    return std::pair(texts(compiled->description.init).back(), compiled->corrections.size());
  };
  CHECK(corrected("AT&F&C1&D2") == std::pair<std::string, size_t>("AT&F&C1&D2<cr>", 0));
  CHECK(corrected("AT&F") == std::pair<std::string, size_t>("AT&F<cr>", 0));
  CHECK(corrected("AT&c0&D2") == std::pair<std::string, size_t>("AT&C1<cr>", 1));
  CHECK(corrected("AT&C1&D0X4") == std::pair<std::string, size_t>("AT&D2<cr>", 1));
  CHECK(corrected("AT&C&D") == std::pair<std::string, size_t>("AT&C1&D2<cr>", 2));
  CHECK(corrected("AT&C0&C1") == std::pair<std::string, size_t>("AT&C0&C1<cr>", 0));
}

TEST_CASE("the built-in description compiles with every setting and understands words and digits") {
  for (const bool on : {false, true}) {
    ModemSettings settings;
    settings.speaker = settings.hw_flow_control = settings.compression = on;
    settings.error_control = settings.auto_dial = on;
    const auto compiled = compile(hayes(), settings);
    REQUIRE(compiled.has_value());
    CHECK(compiled->corrections.empty());
    CHECK(texts(compiled->description.dial).at(0) ==
          (on ? "ATDT<phonenumber><cr>" : "ATX3D<phonenumber><cr>"));
  }
  const auto code_of = [](std::string_view text) {
    for (const Response& response : hayes().responses)
      if (to_text(response) == text) return std::string(name(response.code));
    return std::string("nothing");
  };
  CHECK(code_of("<cr><lf>OK<cr><lf>") == "OK");
  CHECK(code_of("0<cr>") == "OK");
  CHECK(code_of("1<cr>") == "CONNECT");
  CHECK(code_of("2<cr>") == "RING");
  CHECK(code_of("3<cr>") == "ERROR_NO_CARRIER");
  CHECK(code_of("4<cr>") == "ERROR");
  CHECK(code_of("6<cr>") == "ERROR_NO_DIALTONE");
  CHECK(code_of("7<cr>") == "ERROR_BUSY");
  CHECK(code_of("8<cr>") == "ERROR_NO_ANSWER");
  CHECK(code_of("<cr><lf>RINGING<cr><lf>") == "LOOP");
  CHECK(code_of("<cr><lf>BLACKLISTED<cr><lf>") == "ERROR_BLACKLISTED");
  CHECK(code_of("<cr><lf>DELAYED<cr><lf>") == "ERROR_DELAYED");
}

namespace {

std::optional<std::string> file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

TEST_CASE("the example file reads without complaint and every section of it compiles") {
  const auto text = file_text(REDIAL_SOURCE_DIR "/examples/MODEM.INF");
  REQUIRE(text.has_value());
  const InfFile file = read(*text);
  CHECK(all_of(file) == "");
  CHECK(file.modems.size() == 4);
  for (const ModemDescription& modem : file.modems) CHECK(compile(modem, {}).has_value());
}

TEST_CASE("a published MODEM.INF reads whole, without error and without false complaint") {
  const auto text = file_text(REDIAL_SOURCE_DIR "/../shared/data/modeminf/modem.inf");
  if (!text) {
    MESSAGE("skipped: the published samples (shared/data/modeminf) are not here");
    return;
  }
  const InfFile file = read(*text);
  // Three of its names are longer than RAS itself could take (KB Q139364); nothing else is wrong.
  CHECK(file.diagnostics.size() == 3);
  for (const Diagnostic& said : file.diagnostics) {
    CHECK(said.ras_error == 658);
    CHECK(said.severity == Severity::Warning);
  }
  CHECK(file.modems.size() == 14);
  const auto named = [&](std::string_view name) {
    return *std::ranges::find(file.modems, name, &ModemDescription::name);
  };
  CHECK(named("US Robotics V.FC/V.34").alias_of == "USRobotics General");
  CHECK(named("Mwave 28800").macros.at("protocol").on == "\\N7");
  ModemSettings settings;
  settings.compression = true;
  CHECK(init_texts(named("Microcom DeskPorte FAST EP 28.8"), settings).at(1) ==
        "ATM1%C3\\\\Q3\\\\N3<cr>");
  for (const ModemDescription& modem : file.modems) {
    const auto compiled = compile(modem, {});
    REQUIRE(compiled.has_value());
    CHECK(compiled->corrections.empty());
    CHECK(modem.responses.size() == 11);
  }
}
