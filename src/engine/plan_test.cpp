// SPDX-License-Identifier: Apache-2.0
#include "engine/plan.h"

#include <doctest/doctest.h>

#include "modem/dialogue.h"

using namespace redial;
using namespace redial::engine;
using phonebook::Entry;
using phonebook::LineKind;
using phonebook::LineSpec;

namespace {

constexpr std::string_view kInf =
    "[Responses]\nOK=<cr><lf>OK<cr><lf>\n[Acme 56K]\n<speaker_on>=M1\n<speaker_off>=M0\n"
    "COMMAND_INIT=AT&F&C0<speaker><cr>\nCOMMAND_DIAL=ATDT<phonenumber><cr>\n"
    "CONNECT=<cr><lf>CONNECT<cr><lf>\n";

Result<std::string> read_acme(const std::string& path) {
  if (path == "acme.inf") return std::string(kInf);
  return fail(ErrorKind::NotFound, path + ": no such file");
}
Entry office() {
  Entry entry;
  entry.name = "office";
  entry.numbers = {{.digits = "5550100"}};
  return entry;
}
LineSpec modem_line(std::string description = "") {
  return {.name = "COM1", .path = "/dev/ttyS0", .description = std::move(description)};
}
std::vector<BoundLine> bound(const LineSpec& spec, const Entry& entry) {
  auto description = describe_line(spec, entry, read_acme);
  REQUIRE(description.has_value());
  return {{LineId{3}, spec, *description}};
}
Error refused(const Entry& entry, const LineSpec& spec = modem_line()) {
  const auto plan = plan_link(entry, nullptr, bound(spec, entry));
  REQUIRE(!plan.has_value());
  CHECK(plan.error().text.find('\n') == std::string::npos);
  return plan.error();
}
std::string sent(const modem::CompiledDescription& description) {
  std::string all;
  for (const modem::Command& command : description.description.init) all += to_text(command);
  return all;
}

TEST_CASE("what an entry demands and cannot have is refused, with the remedy") {
  Entry entry = office();
  entry.encryption = phonebook::Encryption::Required;
  CHECK(refused(entry).kind == ErrorKind::Unsupported);
  CHECK(refused(entry).text.find("encryption = \"optional\"") != std::string::npos);
}

TEST_CASE("an entry without a number is refused on a modem line, and welcome on a cable") {
  Entry entry = office();
  entry.numbers.clear();
  CHECK(refused(entry).text.starts_with("office: has no phone number"));
  entry.numbers = {{.digits = ""}};
  CHECK(refused(entry).kind == ErrorKind::Unsupported);
  entry.numbers = {{.digits = "call me"}};
  CHECK(refused(entry).text.find("\"call me\" cannot be dialled") != std::string::npos);
  const LineSpec cable{.name = "C", .kind = LineKind::Direct, .path = "/dev/ttyS1"};
  entry.numbers.clear();
  CHECK(plan_link(entry, nullptr, bound(cable, entry)).has_value());
}

TEST_CASE("who is to be called back is refused a modem that cannot listen, before it has dialled") {
  Entry entry = office();
  const LineSpec deaf = modem_line("acme.inf:Acme 56K");
  CHECK(plan_link(entry, nullptr, bound(deaf, entry)).has_value());
  for (uint8_t mode = 1; mode <= 2; ++mode) {
    entry.callback_mode = mode;
    CHECK(refused(entry, deaf).kind == ErrorKind::Unsupported);
    CHECK(refused(entry, deaf)
              .text.starts_with("office: is to be called back, and the modem of COM1"));
    CHECK(plan_link(entry, nullptr, bound(modem_line(), entry)).has_value());
  }
}

TEST_CASE("the session is told what the entry and its credential say") {
  Entry entry = office();
  entry.user = "ann";
  entry.domain = "CORP";
  entry.ip_address = "10.0.0.200";
  entry.dns = "10.0.0.1";
  entry.mru = 576;
  entry.auth.chap_md5 = false;
  entry.watch.lcp_restart = 500ms;
  entry.watch.lcp_tries = 4;
  const phonebook::Credential credential{.user = "", .domain = "", .password = Secret("swordfish")};
  const auto plan = plan_link(entry, &credential, bound(modem_line(), entry));
  REQUIRE(plan.has_value());
  CHECK(plan->session.user == "CORP\\ann");
  CHECK(plan->session.password == Secret("swordfish"));
  CHECK(plan->session.local_address == 0x0a0000c8);
  CHECK(!plan->session.ask_dns);
  CHECK(plan->session.mru == 576);
  CHECK(plan->session.may_use == std::vector{ppp::AuthMethod::MsChapV2, ppp::AuthMethod::Pap});
  CHECK(plan->session.restart.period == 500ms);
  CHECK(plan->session.restart.configure_max == 4);
  CHECK(plan->lines == std::vector{LineId{3}});
}

TEST_CASE("a credential's user and domain outrank the entry's; a domain is not put in twice") {
  Entry entry = office();
  entry.user = "ann";
  entry.domain = "CORP";
  const phonebook::Credential other{.user = "bob", .domain = "LAB", .password = {}};
  CHECK(session_of(entry, &other)->user == "LAB\\bob");
  const phonebook::Credential whole{.user = "LAB\\eve", .domain = "", .password = {}};
  CHECK(session_of(entry, &whole)->user == "LAB\\eve");
  CHECK(session_of(office(), nullptr)->user.empty());
}

TEST_CASE("a description comes from the built-in one, or from a section of a file") {
  const Entry entry = office();
  CHECK((*describe_line(modem_line(), entry, read_acme))->description.name == "Hayes compatible");
  CHECK((*describe_line(modem_line("builtin:hayes"), entry, read_acme))->description.name ==
        "Hayes compatible");
  const auto acme = describe_line(modem_line("acme.inf:ACME 56k"), entry, read_acme);
  REQUIRE(acme.has_value());
  CHECK((*acme)->description.name == "Acme 56K");
}

TEST_CASE("no description, no file, no section: one line each, naming what there is") {
  const Entry entry = office();
  const auto error = [&](std::string description) {
    return describe_line(modem_line(std::move(description)), entry, read_acme).error();
  };
  CHECK(error("builtin:best").kind == ErrorKind::NotFound);
  CHECK(error("acme").text.find("builtin:hayes") != std::string::npos);
  CHECK(error("none.inf:Acme").text == "none.inf: no such file");
  CHECK(error("acme.inf:Plover").kind == ErrorKind::NotFound);
  CHECK(error("acme.inf:Plover").text.find("but Acme 56K;") != std::string::npos);
}

TEST_CASE(
    "a setup file or a registry export describes a line too; colons may stand in both names") {
  const ReadFile read = [](const std::string& path) -> Result<std::string> {
    if (path == "old: files/mdmwren.inf")
      return std::string(
          "[Manufacturer]\nWren=Models\n[Models]\n\"Wren: 56K\"=I\nWREN: 56k=J\n[I]\n"
          "Include=BASE.INF\nNeeds=Base\n[J]\nNeeds=Base\n");
    if (path == "old: files/base.inf")
      return std::string(
          "[Base]\nAddReg=V\n[V]\nHKR,Init,1,,\"AT<cr>\"\n"
          "HKR,Settings,FlowControl_Hard,,\"&K3\"\nHKR,Settings,FlowControl_Off,,\"&K0\"\n"
          "HKR,Settings,FlowControl_Soft,,\"&K4\"\n");
    if (path == "modem.reg")
      return std::string("REGEDIT4\n[HKEY_USERS\\A\\Init]\n\"1\"=\"AT<cr>\"\n");
    return fail(ErrorKind::NotFound, path + ": no such file");
  };
  LineSpec line = modem_line("old: files/mdmwren.inf:wren: 56k");
  const auto described = describe_line(line, office(), read);
  REQUIRE_MESSAGE(described.has_value(), (described ? "" : described.error().text));
  CHECK((*described)->description.name == "Wren: 56K");
  CHECK(sent(**described).find("&K3") != std::string::npos);
  // The line's own flow control is the modem's.
  line.flow_control = phonebook::FlowControl::Software;
  CHECK(sent(**describe_line(line, office(), read)).find("&K4") != std::string::npos);
  line.flow_control = phonebook::FlowControl::None;
  CHECK(sent(**describe_line(line, office(), read)).find("&K0") != std::string::npos);
  CHECK((*describe_line(modem_line("modem.reg:A"), office(), read))->description.name == "A");
  const auto missing = describe_line(modem_line("modem.reg:B"), office(), read);
  CHECK(missing.error().kind == ErrorKind::NotFound);
  CHECK(missing.error().text.find("but A;") != std::string::npos);
}

TEST_CASE("a line without a modem has no description") {
  const LineSpec cable{.name = "C", .kind = LineKind::Direct, .path = "/dev/ttyS1"};
  const LineSpec raw{.name = "T", .kind = LineKind::Tcp, .path = "10.0.0.9:4001"};
  LineSpec behind = raw;
  behind.description = "builtin:hayes";
  CHECK(*describe_line(cable, office(), read_acme) == nullptr);
  CHECK(*describe_line(raw, office(), read_acme) == nullptr);
  CHECK(*describe_line(behind, office(), read_acme) != nullptr);
}

TEST_CASE("an entry can switch a feature off; switching on leaves the description's default") {
  Entry entry = office();
  entry.speaker = false;
  CHECK(sent(**describe_line(modem_line("acme.inf:Acme 56K"), entry, read_acme)).find("M0") !=
        std::string::npos);
  entry.speaker = entry.compression = true;  // the section has no <compression>: no demand
  CHECK(sent(**describe_line(modem_line("acme.inf:Acme 56K"), entry, read_acme)).find("M1") !=
        std::string::npos);
}

TEST_CASE("Q153376: a section that blinds us to the carrier is corrected, and says so") {
  const auto acme = describe_line(modem_line("acme.inf:Acme 56K"), office(), read_acme);
  REQUIRE(acme.has_value());
  CHECK(sent(**acme).find("AT&C1") != std::string::npos);
  CHECK((*acme)->corrections.front().find("&C0") != std::string::npos);
}

TEST_CASE("a line without circuits to trust is not promised DCD") {
  LineSpec pty = modem_line();
  pty.modem_lines = false;
  const auto description = describe_line(modem_line(), office(), read_acme);
  CHECK(traits_of(modem_line(), description->get()).carrier_detect);
  CHECK(!traits_of(pty, description->get()).carrier_detect);
  LineSpec tcp{.name = "T", .kind = LineKind::Tcp, .path = "10.0.0.9:4001"};
  CHECK(!traits_of(tcp, nullptr).carrier_detect);
  tcp.transport = phonebook::Transport::Telnet;
  CHECK(!traits_of(tcp, nullptr).carrier_detect);
  tcp.transport = phonebook::Transport::Rfc2217;
  CHECK(traits_of(tcp, nullptr).carrier_detect);
  CHECK(traits_of(tcp, nullptr).network);
  tcp.modem_lines = false;
  CHECK(!traits_of(tcp, nullptr).carrier_detect);
}

TEST_CASE("only a line without DTR keeps the escape: RFC 2217 has DTR, raw TCP has not") {
  LineSpec tcp{.name = "T", .kind = LineKind::Tcp, .path = "10.0.0.9:4001"};
  tcp.description = "builtin:hayes";
  const auto keeps_escape = [&] {
    return sent(**describe_line(tcp, office(), read_acme)).find("S2=43") != std::string::npos;
  };
  CHECK(keeps_escape());
  tcp.transport = phonebook::Transport::Rfc2217;
  CHECK(!keeps_escape());
}

/// How long the dialogue takes to the number, or to its failure; `answer_after`: nullopt = never.
Duration prepared_after(std::shared_ptr<const modem::CompiledDescription> description,
                        std::optional<Duration> answer_after) {
  modem::Dialogue dialogue(std::move(description));
  const Instant begun(1h);
  Instant now = begun;
  Instant answer_at = Instant::max();
  modem::Dialogue::Actions actions = dialogue.dial("5550100", now);
  for (int step = 0; step < 1000; ++step) {
    for (const modem::DialogueAction& action : actions) {
      if (std::holds_alternative<modem::Dialing>(action)) return now - begun;
      if (std::holds_alternative<modem::Failed>(action)) return now - begun;
      if (std::holds_alternative<modem::Send>(action) && answer_after) {
        answer_at = now + *answer_after;
      }
    }
    const auto due = dialogue.deadline();
    REQUIRE(due.has_value());
    if (answer_at < *due) {
      now = answer_at;
      answer_at = Instant::max();
      actions = dialogue.on_octets(as_bytes("\r\nOK\r\n"), now).actions;
    } else {
      now = *due;
      actions = dialogue.on_deadline(now);
    }
  }
  return Duration::max();
}

TEST_CASE("the bounds that are promised for a modem hold for the dialogue that runs it") {
  for (const char* name : {"builtin:hayes", "acme.inf:Acme 56K"}) {
    const auto description = describe_line(modem_line(name), office(), read_acme);
    REQUIRE(description.has_value());
    const auto traits = traits_of(modem_line(name), description->get());
    CHECK(prepared_after(*description, std::nullopt) <= traits.command_within);
    CHECK(prepared_after(*description, 2900ms) <= traits.initialise_within);
  }
}

TEST_CASE("the watchdog of an attempt is later than every bound of its parts") {
  const Entry entry = office();
  const auto lines = bound(modem_line(), entry);
  const auto plan = plan_link(entry, nullptr, lines);
  REQUIRE(plan.has_value());
  const auto traits = traits_of(lines);
  CHECK(plan->attempt_bound > traits.initialise_within + entry.dial_within +
                                  ppp::Session::negotiation_bound(plan->session.restart));
}

TEST_CASE("on a line with XON/XOFF those two are escaped, both ways") {
  const Entry entry = office();
  LineSpec spec = modem_line();
  CHECK(plan_link(entry, nullptr, bound(spec, entry))->session.line_accm == 0);
  spec.flow_control = phonebook::FlowControl::Software;
  CHECK(plan_link(entry, nullptr, bound(spec, entry))->session.line_accm == 0x000a0000);
}

TEST_CASE("of several lines the slowest counts") {
  const Entry entry = office();
  auto lines = bound(modem_line(), entry);
  LineSpec tcp{.name = "T", .kind = LineKind::Tcp, .path = "10.0.0.9:4001"};
  lines.push_back({LineId{4}, tcp, nullptr});
  const auto traits = traits_of(lines);
  CHECK(traits.has_modem);
  CHECK(!traits.carrier_detect);
  CHECK(traits.open_within > 1s);
  CHECK(plan_link(entry, nullptr, lines)->lines.size() == 2);
}

}  // namespace

TEST_CASE("what a line says of its modem is sent, what the entry switches off stays off") {
  const ReadFile read = [](const std::string&) -> Result<std::string> {
    return std::string(
        "[Manufacturer]\nWren=Wren\n[Wren]\n\"Wren 56K\"=Modem1\n[Modem1]\nAddReg=Set\n[Set]\n"
        "HKR,Init,1,,\"AT&F<cr>\"\nHKR,Settings,Prefix,,\"AT\"\n"
        "HKR,Settings,ErrorControl_On,,\"&Q5\"\nHKR,Settings,ErrorControl_Off,,\"&Q0\"\n"
        "HKR,Settings,ErrorControl_Forced,,\"&Q6\"\n"
        "HKR,Settings,Modulation_CCITT,,\"B0\"\nHKR,Settings,Modulation_Bell,,\"B1\"\n"
        "HKR,Settings,SpeakerVolume_Low,,\"L1\"\nHKR,Settings,SpeakerVolume_Med,,\"L2\"\n");
  };
  LineSpec line = modem_line("wren.inf:Wren 56K");
  const auto commands = [&](const Entry& entry) {
    const auto made = describe_line(line, entry, read);
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text));
    return sent(**made);
  };
  CHECK(commands(office()).find("&Q5") != std::string::npos);
  line.modem_settings = {
      {"error_control", "forced"}, {"modulation", "bell"}, {"speaker_volume", "medium"}};
  const std::string all = commands(office());
  CHECK(all.find("&Q6") != std::string::npos);
  CHECK(all.find("B1") != std::string::npos);
  CHECK(all.find("L2") != std::string::npos);
  Entry plain = office();
  plain.error_control = false;
  CHECK(commands(plain).find("&Q0") != std::string::npos);
  line.modem_settings = {{"error_control", "cellular"}};
  CHECK(describe_line(line, office(), read)
            .error()
            .text.find("error control cannot be set to cellular with this description") !=
        std::string::npos);
}
