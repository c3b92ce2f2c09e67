// SPDX-License-Identifier: Apache-2.0
// `redial`: the command line, and nothing else; each subcommand has a file of its own.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/demo.h"
#include "cli/dial.h"
#include "cli/doctor.h"
#include "cli/exchange.h"
#include "cli/explain.h"
#include "cli/import.h"
#include "cli/lines.h"
#include "cli/modem_check.h"
#include "cli/modem_detect.h"
#include "cli/modem_show.h"
#include "cli/number.h"
#include "cli/phonebook_verbs.h"
#include "cli/rasdial.h"
#include "cli/repair.h"
#include "cli/terminal.h"
#include "phonebook/text.h"

namespace redial::cli {
namespace {

constexpr const char* kVersion = "redial 0.1.0";

/// Everything that can be said on the command line.
struct Said {
  DemoOptions demo;
  DialOptions dial;
  ExchangeOptions exchange;
  ImportOptions import;
  RepairOptions repair;
  DoctorOptions doctor;
  DetectOptions detect;
  Sources sources;                 // of explain and lines
  std::string tun;                 // of dial
  std::string entry;               // of explain and phonebook show; of terminal the line
  std::vector<std::string> files;  // of phonebook and modem
  std::string in, out;             // of phonebook convert
  std::vector<std::string> words;  // of number
  std::string from;                // of number and explain
  bool json = false;
  int status = 0;
};

void add_sources(CLI::App& verb, Sources& sources) {
  verb.add_option("--phonebook", sources.phonebook, "a .pbk or .toml, in place of redial.toml's");
  verb.add_option("--config", sources.config,
                  "redial.toml; without it ./, then ~/.config/redial/, then /etc/redial/");
}

/// The files a phonebook verb reads: as named, or redial.toml where it is found.
std::vector<std::string> phonebook_files(const Said& said) {
  std::vector<std::string> files = said.files;
  if (!said.sources.phonebook.empty()) files.push_back(said.sources.phonebook);
  if (files.empty()) {
    const std::string found = find_config(said.sources);
    files.push_back(found.empty() ? "redial.toml" : found);
  }
  return files;
}

void add_demo(CLI::App& app, Said& said) {
  CLI::App* verb =
      app.add_subcommand("demo", "the main job, without hardware, in about two minutes");
  verb->add_flag("--plain", said.demo.plain, "no colours");
  verb->add_flag("--json", said.demo.json, "one JSON object a line");
  verb->callback([&said] { said.status = demo(said.demo); });
}

void add_exchange(CLI::App& app, Said& said) {
  CLI::App* verb =
      app.add_subcommand("exchange", "virtual modems on ptys and TCP ports, and an access server");
  ExchangeOptions& options = said.exchange;
  const auto several = [verb](const char* flag, std::vector<std::string>& into, const char* what) {
    verb->add_option(flag, into, what)->expected(1)->take_all();
  };
  verb->add_option("PLAN", options.plan, "modems and dial plan in a TOML file (docs/exchange.md)");
  several(
      "--modem", options.modems,
      "NUMBER, NUMBER=PATH (a link to its pty), or NUMBER=2217:127.0.0.1:PORT; telnet: and raw: "
      "alike");
  several("--isp", options.isp, "a number that the access server answers");
  verb->add_option("--accounts", options.accounts,
                   "credentials.toml, of mode 0600, whose users may call; without it anybody");
  several("--busy", options.busy, "a number that is busy");
  several("--no-answer", options.no_answer, "a number where nobody answers");
  several("--voice", options.voice, "a number where a person answers");
  verb->add_option("--control", options.control,
                   "a Unix socket for the commands that standard input takes");
  verb->add_option("--rate", options.rate_bps, "bit/s of the modems' carrier")
      ->check(CLI::Range(300u, 4'000'000u));
  verb->add_option("--latency", options.latency_ms, "ms, one way")->check(CLI::Range(0u, 10'000u));
  verb->callback([&said] { said.status = exchange(said.exchange); });
}

void add_dial(CLI::App& app, Said& said) {
  CLI::App* verb = app.add_subcommand("dial", "dial an entry, stay, redial; Ctrl-C hangs up");
  DialOptions& dial_options = said.dial;
  verb->add_option("ENTRY", dial_options.entries,
                   "names of entries; what they need first is dialled as well")
      ->required();
  add_sources(*verb, dial_options.sources);
  verb->add_option("--credentials", dial_options.sources.credentials,
                   "credentials.toml, of mode 0600; without it redial.toml's, else you are asked");
  verb->add_option("--socks", dial_options.socks,
                   "[ENTRY=]ADDR:PORT of a SOCKS5 port into the link; may be repeated")
      ->expected(1)
      ->take_all();
  verb->add_option("--forward", dial_options.forwards,
                   "[ENTRY=]PORT:HOST:PORT into the link; may be repeated")
      ->expected(1)
      ->take_all();
  verb->add_flag("--tun", said.tun,
                 "an interface of the kernel's, with addresses, routes and name servers; "
                 "--tun=NAME names it");
  verb->add_option("--user", dial_options.user, "user name in place of the entry's");
  verb->add_option("--phone", dial_options.phone, "number in place of the entry's");
  verb->add_option("--from", dial_options.from, "the location you dial from (docs/dialing.md)");
  verb->add_flag("--on-demand", dial_options.on_demand,
                 "rest until a connection to --socks or --forward wants the link");
  verb->add_option("--capture", dial_options.capture,
                   "FILE: the PPP frames as a pcap of mode 0600, passwords covered");
  verb->add_option("--record", dial_options.record,
                   "FILE: all that comes and is answered, without passwords, of mode 0600; "
                   "redial-sim --replay FILE runs it again");
  verb->add_flag("--terminal{after}", dial_options.terminal,
                 "you type to the far end before PPP (--terminal=after), or to the modem before it "
                 "dials (=before); Ctrl-] goes on");
  verb->add_flag("--wait", dial_options.wait,
                 "keep trying when the device is not there at the start");
  verb->add_flag("--plain", dial_options.plain, "no countdown");
  verb->add_flag("--json", dial_options.json, "one JSON object a line");
  verb->callback([&said] {
    // Without a name the library puts "true" in its place.
    if (!said.tun.empty()) said.dial.tun = said.tun == "true" ? std::string() : said.tun;
    said.status = dial(said.dial);
  });
}

void add_explain(CLI::App& app, Said& said) {
  CLI::App* verb = app.add_subcommand(
      "explain", "what watches an entry's link, how soon, and what follows each cause");
  verb->add_option("ENTRY", said.entry, "the entry's name")->required();
  add_sources(*verb, said.sources);
  verb->add_flag("--json", said.json);
  verb->add_option("--from", said.from, "the location it is dialled from");
  verb->callback(
      [&said] { said.status = explain(said.sources, said.entry, said.from, said.json); });
}

void add_number(CLI::App& app, Said& said) {
  CLI::App* verb = app.add_subcommand("number", "what would be dialled for a number, and why");
  verb->add_option("NUMBER", said.words, "+1 (425) 555-0100; quote the parentheses")->required();
  verb->add_option("--from", said.from, "a location of redial.toml; without it the first");
  add_sources(*verb, said.sources);
  verb->add_flag("--json", said.json);
  verb->callback([&said] { said.status = number(said.sources, said.words, said.from, said.json); });
}

void add_lines(CLI::App& app, Said& said) {
  CLI::App* verb = app.add_subcommand("lines", "the line devices, and whether they can be used");
  add_sources(*verb, said.sources);
  verb->add_flag("--json", said.json);
  verb->callback([&said] { said.status = lines(said.sources, said.json); });
}

void add_terminal(CLI::App& app, Said& said) {
  CLI::App* verb = app.add_subcommand("terminal", "speak to a modem by hand; Ctrl-] ends");
  verb->add_option("LINE", said.entry, "the line's name")->required();
  add_sources(*verb, said.sources);
  verb->callback([&said] { said.status = terminal(said.sources, said.entry); });
}

void add_phonebook(CLI::App& app, Said& said) {
  CLI::App* group = app.add_subcommand("phonebook", "list, show, check or convert phonebooks");
  group->require_subcommand(1);
  CLI::App* list = group->add_subcommand("list", "the entries");
  CLI::App* show = group->add_subcommand("show", "one entry, setting by setting");
  CLI::App* check = group->add_subcommand("check", "what is wrong; 0 clean, 1 warnings, 2 errors");
  show->add_option("ENTRY", said.entry, "the entry's name")->required();
  for (CLI::App* verb : {list, show, check}) {
    add_sources(*verb, said.sources);
    verb->add_flag("--json", said.json);
    verb->add_option("FILE", said.files, "phonebooks; without one redial.toml");
  }
  list->callback([&said] { said.status = phonebook_list(phonebook_files(said), said.json); });
  show->callback(
      [&said] { said.status = phonebook_show(phonebook_files(said), said.entry, said.json); });
  check->callback([&said] { said.status = phonebook_check(phonebook_files(said), said.json); });
  CLI::App* convert = group->add_subcommand("convert", ".pbk to .toml or back");
  convert->add_option("IN", said.in)->required();
  convert->add_option("OUT", said.out)->required();
  convert->callback([&said] { said.status = phonebook_convert(said.in, said.out); });
}

void add_import(CLI::App& app, Said& said) {
  CLI::App* verb = app.add_subcommand(
      "import", "take over the settings of wvdial, pppd, NetworkManager, OpenWrt or NT's RAS");
  ImportOptions& options = said.import;
  CLI::Option* paths = verb->add_option(
      "PATH", options.paths,
      "a file, a folder such as /etc/ppp or an NT RAS directory, or a root with an etc in it");
  verb->add_option("--into", options.into,
                   "the folder of redial.toml; without it where redial.toml is found, else "
                   "/etc/redial or ~/.config/redial");
  verb->add_option("--config", options.sources.config, "redial.toml, whose folder is meant");
  verb->add_flag("--dry-run", options.dry_run, "say what would be written, and write nothing");
  verb->add_flag("--json", options.json);
  CLI::Option* rules = verb->add_option("--rules", options.rules,
                                        "what becomes of each option of a predecessor, or of all");
  verb->callback([&said, verb, paths, rules] {
    if (paths->empty() && rules->empty()) throw CLI::RequiredError(verb->get_name() + ": PATH");
    said.status = import(said.import);
  });
}

void add_modem(CLI::App& app, Said& said) {
  CLI::App* group = app.add_subcommand("modem", "modem descriptions");
  group->require_subcommand(1);
  CLI::App* check = group->add_subcommand(
      "check", "what each MODEM.INF describes, and what is wrong; 0 clean, 1 warnings, 2 errors");
  check->add_option("FILE", said.files)->required();
  check->add_flag("--json", said.json);
  check->callback([&said] { said.status = modem_check(said.files, said.json); });
  CLI::App* show = group->add_subcommand(
      "show", "what becomes of a description or a script: commands, answers, corrections");
  show->add_option("FILE", said.in, "MODEM.INF, SWITCH.INF, .scp, .chat, or builtin:hayes")
      ->required();
  show->add_option("NAME", said.entry, "the section's name; not needed where there is one only");
  show->add_flag("--json", said.json);
  show->callback([&said] { said.status = modem_show(said.in, said.entry, said.json); });
  CLI::App* detect = group->add_subcommand(
      "detect", "asks the modem at a port who it is, and names the description that fits best");
  DetectOptions& options = said.detect;
  detect->add_option("PORT", options.port, "a line of redial.toml, or a device's path")->required();
  detect->add_option("--from", options.from, "files of descriptions; else those beside redial.toml")
      ->expected(-1);
  add_sources(*detect, options.sources);
  detect->add_flag("--json", options.json);
  detect->callback([&said] { said.status = modem_detect(said.detect); });
}

void add_doctor(CLI::App& app, Said& said) {
  CLI::App* verb = app.add_subcommand(
      "doctor", "which failures would go unnoticed or unredialled, here or in the files of others");
  DoctorOptions& options = said.doctor;
  verb->add_option(
      "PATH", options.paths,
      "wvdial.conf, /etc/ppp, a keyfile of NetworkManager, OpenWrt's network, a RAS "
      "directory, a .pbk, redial.toml; without one: what is configured on this machine");
  verb->add_flag("--why", options.why, "cite the rule behind each row, and its source");
  verb->add_flag("--json", options.json);
  verb->callback([&said] { said.status = doctor(said.doctor); });
}

void add_repair(CLI::App& app, Said& said) {
  CLI::App* verb = app.add_subcommand(
      "repair", "a RAS directory that NT left: every port a watched line (KB Q153376)");
  RepairOptions& options = said.repair;
  verb->add_option("RASDIR", options.directory, "what was System32\\Ras; kept as RASDIR.old")
      ->required();
  verb->add_option("--port", options.ports,
                   "PORT=DEVICE: what a port of NT's is here; may be repeated; without it COM1 is "
                   "/dev/ttyS0")
      ->expected(1)
      ->take_all();
  verb->add_flag("--no-call", options.no_call, "place no test calls");
  verb->add_flag("--dry-run", options.dry_run, "say what would be done, and do nothing");
  verb->add_flag("--undo", options.undo, "bring the old directory back");
  verb->add_flag("--json", options.json);
  verb->callback([&said] { said.status = repair(said.repair); });
}

/// The library would only say that a command is required.
std::optional<Error> unknown_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return std::nullopt;
  const std::string_view word = argv[1];
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  if (std::ranges::find(known, word) != known.end()) return std::nullopt;
  const std::string_view near = phonebook::nearest(word, known);
  return Error{
      ErrorKind::Usage,
      fmt::format("\"{}\": no such command; nothing is done; {}", phonebook::shown(word),
                  near.empty() ? "see redial help" : fmt::format("\"{}\" may be meant", near))};
}

int run(int argc, char** argv) {
  Said said;
  CLI::App app("Redial: dials the places in your phonebook, and redials when the link fails",
               "redial");
  app.require_subcommand(1);
  app.set_version_flag("--version", kVersion);
  add_dial(app, said);
  add_explain(app, said);
  add_phonebook(app, said);
  add_number(app, said);
  add_lines(app, said);
  add_terminal(app, said);
  add_modem(app, said);
  add_doctor(app, said);
  add_import(app, said);
  add_repair(app, said);
  add_demo(app, said);
  add_exchange(app, said);
  bool help = false;
  app.add_subcommand("help", "this text")->callback([&help] { help = true; });
  if (const auto unknown = unknown_command(app, argc, argv)) return complain(*unknown);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return complain({ErrorKind::Usage, fmt::format("command line: {}; nothing is done; see redial "
                                                   "help, or redial COMMAND --help",
                                                   error.what())});
  }
  if (help) {
    app.clear();  // else it is the help of "help"
    fmt::print("{}", app.help());
  }
  return said.status;
}

}  // namespace
}  // namespace redial::cli

int main(int argc, char** argv) {
  if (argc > 0 && redial::cli::called_as_rasdial(argv[0])) return redial::cli::rasdial(argc, argv);
  return redial::cli::run(argc, argv);
}
