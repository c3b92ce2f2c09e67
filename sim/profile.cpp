// SPDX-License-Identifier: Apache-2.0
#include "sim/profile.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/script_file.h"
#include "phonebook/toml.h"

namespace redial::sim {
namespace {

struct Text {
  std::string_view name, toml;
  uint32_t rare_ppm = 0;
};

// A number's comment: what is dialled for it has a gap.
constexpr std::string_view kGap = "by a calling card";

// One entry a line, each on the line of its own name.
constexpr Text kProfiles[] = {
    {"default", R"(
[[line]]
name = "circuits"
kind = "modem"
path = "/dev/ttyS0"
power_cycle = ["/bin/true"]

[[line]]
name = "bare"
kind = "modem"
path = "/dev/ttyS1"
modem_lines = false
power_cycle = ["/bin/true"]

[entry.circuits]
line = "circuits"
number = "5550100"
user = "branch7"

[entry.bare]
line = "bare"
number = "5550100"
user = "branch7"
)"},
    {"billed", R"(
[[line]]
name = "circuits"
kind = "modem"
path = "/dev/ttyS0"

[entry.circuits]
line = "circuits"
number = "5550100"
user = "branch7"
watch.echo_after_silence = "30 s"
watch.dead_peer_bound = "90 s"
)"},
    {"sites", R"(
[[line]]
name = "circuits"
kind = "modem"
path = "/dev/ttyS0"
power_cycle = ["/bin/true"]

[[line]]
name = "hunted"
kind = "modem"
path = "/dev/ttyS1"
power_cycle = ["/bin/true"]

[[line]]
name = "spare"
kind = "modem"
path = "/dev/ttyS2"
modem_lines = false
power_cycle = ["/bin/true"]

[[line]]
name = "server"
kind = "tcp"
path = "modems:2001"
modem = true
power_cycle = ["/bin/true"]

[[line]]
name = "first"
kind = "modem"
path = "/dev/ttyS3"
power_cycle = ["/bin/true"]

[[line]]
name = "second"
kind = "modem"
path = "/dev/ttyS4"
power_cycle = ["/bin/true"]
modem_lines = false

[[line]]
name = "night"
kind = "modem"
path = "/dev/ttyS5"
power_cycle = ["/bin/true"]

[[line]]
name = "meter"
kind = "modem"
path = "/dev/ttyS6"
power_cycle = ["/bin/true"]

[[line]]
name = "probe"
kind = "modem"
path = "/dev/ttyS7"
power_cycle = ["/bin/true"]

[[line]]
name = "shared"
kind = "modem"
path = "/dev/ttyS8"
power_cycle = ["/bin/true"]

[[line]]
name = "prompt"
kind = "modem"
path = "/dev/ttyS9"
power_cycle = ["/bin/true"]

[[line]]
name = "script"
kind = "modem"
path = "/dev/ttyS10"
power_cycle = ["/bin/true"]

[[line]]
name = "pad"
kind = "modem"
path = "/dev/ttyS11"
power_cycle = ["/bin/true"]
modem_lines = false

[[line]]
name = "described"
kind = "modem"
path = "/dev/ttyS12"
description = "MODEM.INF:In Two Steps"
power_cycle = ["/bin/true"]

[[line]]
name = "digits"
kind = "modem"
path = "/dev/ttyS13"
power_cycle = ["/bin/true"]

[[line]]
name = "both"
kind = "modem"
path = "/dev/ttyS14"
power_cycle = ["/bin/true"]

[[line]]
name = "cable"
kind = "direct"
path = "/dev/ttyS15"
modem_lines = false

[[line]]
name = "wire"
kind = "tcp"
path = "far-end:3001"
modem = false

[[line]]
name = "back"
kind = "modem"
path = "/dev/ttyS16"
power_cycle = ["/bin/true"]

[[line]]
name = "back-unproven"
kind = "modem"
path = "/dev/ttyS17"
power_cycle = ["/bin/true"]

[entry.described]
line = "described"
number = "5550100"
user = "branch7"

[entry.called-back]
line = "back"
number = "5550100"
user = "branch7"
callback = "required"

[entry.called-back-unproven]
line = "back-unproven"
number = "5550100"
user = "branch7"
callback = "required"
callback_by = "dial-string"
callback_number = "5550199"

[entry.both-ways]
line = "both"
number = "5550100"
user = "branch7"

[entry.wire]
line = "wire"
user = "branch7"

[entry.cable]
line = "cable"
user = "branch7"

[entry.digits]
line = "digits"
number = "5550100"
user = "branch7"

[entry.renewed]
line = "circuits"
number = "5550100"
user = "branch7"
auth = ["pap"]
session_limit = "45 min"
session_redial = true

[entry.hunting]
lines = ["hunted", "spare"]
line_order = "last-good-first"
numbers = ["5550100", { number = "5550101", comment = "by a calling card" }, "5550102"]
promote_numbers = true
user = "branch7"
auth = ["chap-md5"]

[entry.networked]
line = "server"
number = "5550100"
user = "branch7"

[entry.base]
line = "first"
number = "5550100"
user = "branch7"

[entry.dependent]
line = "second"
number = "5550100"
user = "branch7"
prerequisite = "base"

[entry.nightly]
line = "night"
number = "5550100"
user = "branch7"
address = "10.65.0.1"
windows = ["06:00-10:00", "11:00-16:00", "17:00-22:00"]

[entry.metered]
line = "meter"
number = "5550100"
user = "branch7"
budget.minutes = 400

[entry.probed]
line = "probe"
number = "5550100"
user = "branch7"
watch.path = ["icmp:peer"]

[entry.asked]
line = "shared"
number = "5550100"
user = "branch7"
dial = "on-demand"
idle_disconnect = "3 min"

[entry.asking]
line = "shared"
number = "5550100"
user = "branch7"
dial = "on-demand"
idle_disconnect = "3 min"

[entry.text-prompt]
line = "prompt"
number = "5550100"
user = "branch7"
auth = ["chap-md5"]

[entry.text-script]
line = "script"
number = "5550100"
user = "branch7"
script = [
  { expect = "ogin:", within = "10 s", send = '${user}\r' },
  { expect = "assword:", within = "10 s", send = '${password}\r', abort = "incorrect" },
  { expect = "begins", within = "10 s" },
]

[entry.text-pad]
line = "pad"
number = "5550100"
user = "branch7"
device_type = "pad"
x25_pad = "PAD.INF:Net"
x25_address = "26245"
)",
     500'000},
};

// How the pad of text-pad is spoken to.
constexpr std::string_view kPad = R"([Net]
COMMAND=<x25address><cr>
CONNECT=<match>"connected"
ERROR_BUSY=<match>"engaged"
ERROR_VOICE=<match>"operator"
ERROR_NO_ANSWER=<match>"no reply"
ERROR_NO_CARRIER=<match>"cleared"
ERROR_NO_DIALTONE=<match>"no channel"
ERROR=<match>"refused"
)";

// A modem whose every command has answers of its own, and that is given the number before the call.
constexpr std::string_view kModem = R"([In Two Steps]
COMMAND_INIT=ATE0V1Q0<cr>
OK=<cr><lf>OK<cr><lf>
ERROR_BUSY=<cr><lf>BUSY<cr><lf>
ERROR_VOICE=<cr><lf>VOICE<cr><lf>
ERROR_NO_ANSWER=<cr><lf>NO ANSWER<cr><lf>
ERROR_NO_CARRIER=<cr><lf>NO CARRIER<cr><lf>
ERROR_NO_DIALTONE=<cr><lf>NO DIALTONE<cr><lf>
ERROR=<cr><lf>ERROR<cr><lf>
COMMAND_INIT=AT&C1&D2X4<cr>
OK=<cr><lf>OK<cr><lf>
ERROR_BUSY=<cr><lf>BUSY<cr><lf>
ERROR_VOICE=<cr><lf>VOICE<cr><lf>
ERROR_NO_ANSWER=<cr><lf>NO ANSWER<cr><lf>
ERROR_NO_CARRIER=<cr><lf>NO CARRIER<cr><lf>
ERROR_NO_DIALTONE=<cr><lf>NO DIALTONE<cr><lf>
ERROR=<cr><lf>ERROR<cr><lf>
COMMAND_INIT=ATS7=55M0<cr>
OK=<cr><lf>OK<cr><lf>
ERROR_BUSY=<cr><lf>BUSY<cr><lf>
ERROR_VOICE=<cr><lf>VOICE<cr><lf>
ERROR_NO_ANSWER=<cr><lf>NO ANSWER<cr><lf>
ERROR_NO_CARRIER=<cr><lf>NO CARRIER<cr><lf>
ERROR_NO_DIALTONE=<cr><lf>NO DIALTONE<cr><lf>
ERROR=<cr><lf>ERROR<cr><lf>
COMMAND_DIAL=ATDT<phonenumber>;<cr>
COMMAND_DIAL=ATD<cr>
COMMAND_LISTEN=ATS0=1<cr>

[Responses]
CONNECT=<cr><lf>CONNECT <carrierbps><ignore>
OK=<cr><lf>OK<cr><lf>
LOOP=<cr><lf>RING<cr><lf>
ERROR_BUSY=<cr><lf>BUSY<cr><lf>
ERROR_VOICE=<cr><lf>VOICE<cr><lf>
ERROR_NO_ANSWER=<cr><lf>NO ANSWER<cr><lf>
ERROR_NO_CARRIER=<cr><lf>NO CARRIER<cr><lf>
ERROR_NO_DIALTONE=<cr><lf>NO DIALTONE<cr><lf>
ERROR=<cr><lf>ERROR<cr><lf>
)";

Result<std::string> read_file(const std::string& path) {
  if (path == "PAD.INF") return std::string(kPad);
  if (path == "MODEM.INF") return std::string(kModem);
  return fail(ErrorKind::NotFound, path + ": a profile has no such file");
}

TextLogin text_of(const phonebook::Entry& entry) {
  if (!entry.x25_pad.empty()) return TextLogin::Pad;
  return entry.name.starts_with("text-") ? TextLogin::Server : TextLogin::None;
}

/// By the dialling rules, those with a calling card whose number nobody has given are a gap.
std::vector<telephony::Translation> dialled(const phonebook::Entry& entry) {
  std::vector<telephony::Translation> all;
  if (std::ranges::find(entry.numbers, kGap, &phonebook::Number::comment) == entry.numbers.end()) {
    return all;
  }
  for (const phonebook::Number& number : entry.numbers) {
    telephony::Translation& made =
        all.emplace_back(telephony::as_written(number.digits, "a profile has no location"));
    if (number.comment != kGap) continue;
    made.reach = telephony::Reach::LongDistance;
    made.dialled.reset();
  }
  return all;
}

Result<Site> make_site(phonebook::Entry entry, const std::vector<size_t>& places,
                       const std::vector<phonebook::LineSpec>& specs) {
  const auto script = engine::read_script(entry, read_file);
  if (!script) return tl::make_unexpected(script.error());
  Site site{.entry = entry,
            .lines = {},
            .plan = {},
            .traits = {},
            .first = {},
            .text = text_of(entry),
            .digits = entry.name == "digits",
            .both_ways = entry.name == "both-ways"};
  for (const size_t place : places) {
    auto line = engine::bind_line(specs[place], entry, read_file);
    if (!line) return tl::make_unexpected(std::move(line).error());
    line->id = LineId{static_cast<uint32_t>(place)};
    site.lines.push_back(*std::move(line));
  }
  const phonebook::Credential credential{
      .user = entry.user, .domain = {}, .password = Secret("swordfish")};
  auto plan = engine::plan_link(entry, &credential, site.lines, dialled(entry), *script);
  if (!plan) return tl::make_unexpected(std::move(plan).error());
  site.plan = *std::move(plan);
  site.traits = engine::traits_of(site.lines);
  return site;
}

Result<Profile> read_profile(const Text& text) {
  const phonebook::Config config = phonebook::read_config(text.toml, text.name);
  const phonebook::Book book = phonebook::combine(config, {});
  if (phonebook::has_errors(book.diagnostics)) {
    return fail(ErrorKind::BadFile, phonebook::to_text(book.diagnostics.front()));
  }
  Profile profile{.name = std::string(text.name),
                  .sites = {},
                  .lines = config.lines.size(),
                  .rare_ppm = text.rare_ppm};
  for (const phonebook::Entry& entry : book.entries) {
    const auto places = phonebook::bind_lines(entry, config.lines);
    if (!places) return tl::make_unexpected(places.error());
    auto site = make_site(entry, *places, config.lines);
    if (!site) return tl::make_unexpected(std::move(site).error());
    for (uint32_t back = 1; back <= profile.sites.size(); ++back) {
      const Site& before = profile.sites[profile.sites.size() - back];
      if (!entry.prerequisite.empty() && before.entry.name == entry.prerequisite)
        site->first = back;
    }
    profile.sites.push_back(*std::move(site));
  }
  return profile;
}

}  // namespace

Result<Profile> profile_named(std::string_view name) {
  std::string known;
  for (const Text& text : kProfiles) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", text.name);
    if (text.name == name) return read_profile(text);
  }
  return fail(ErrorKind::NotFound, fmt::format("there is no profile {}; nothing is run; "
                                               "there are: {}",
                                               name, known));
}

}  // namespace redial::sim
