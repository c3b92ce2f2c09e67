// SPDX-License-Identifier: Apache-2.0
#include "sim/profile.h"

#include <fmt/format.h>

#include "phonebook/toml.h"

namespace redial::sim {
namespace {

struct Text {
  std::string_view name, toml;
};

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
numbers = ["5550100", "5550101", "5550102"]
promote_numbers = true
user = "branch7"
auth = ["chap-md5"]

[entry.networked]
line = "server"
number = "5550100"
user = "branch7"
)"},
};

Result<std::string> no_file(const std::string& path) {
  return fail(ErrorKind::NotFound, path + ": a profile has no files");
}

Result<Site> make_site(const phonebook::Entry& entry, const std::vector<size_t>& places,
                       const std::vector<phonebook::LineSpec>& specs) {
  Site site{.entry = entry, .lines = {}, .plan = {}, .traits = {}, .first = {}};
  for (const size_t place : places) {
    auto line = engine::bind_line(specs[place], entry, no_file);
    if (!line) return tl::make_unexpected(std::move(line).error());
    line->id = LineId{static_cast<uint32_t>(place)};
    site.lines.push_back(*std::move(line));
  }
  const phonebook::Credential credential{
      .user = entry.user, .domain = {}, .password = Secret("swordfish")};
  auto plan = engine::plan_link(entry, &credential, site.lines);
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
  Profile profile{.name = std::string(text.name), .sites = {}, .lines = config.lines.size()};
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
