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
};

Result<std::string> no_file(const std::string& path) {
  return fail(ErrorKind::NotFound, path + ": a profile has no files");
}

Result<Site> make_site(const phonebook::Entry& entry, const phonebook::LineSpec& spec) {
  auto line = engine::bind_line(spec, entry, no_file);
  if (!line) return tl::make_unexpected(std::move(line).error());
  const phonebook::Credential credential{
      .user = entry.user, .domain = {}, .password = Secret("swordfish")};
  auto plan = engine::plan_link(entry, &credential, std::span(&*line, 1));
  if (!plan) return tl::make_unexpected(std::move(plan).error());
  const auto traits = engine::traits_of(spec, line->description.get());
  return Site{entry, *std::move(line), *std::move(plan), traits};
}

}  // namespace

Result<Profile> profile_named(std::string_view name) {
  std::string known;
  for (const Text& text : kProfiles) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", text.name);
    if (text.name != name) continue;
    const phonebook::Config config = phonebook::read_config(text.toml, text.name);
    const phonebook::Book book = phonebook::combine(config, {});
    if (phonebook::has_errors(book.diagnostics)) {
      return fail(ErrorKind::BadFile, phonebook::to_text(book.diagnostics.front()));
    }
    Profile profile{.name = std::string(name), .sites = {}};
    for (const phonebook::Entry& entry : book.entries) {
      auto spec = phonebook::bind_line(entry, config.lines);
      if (!spec) return tl::make_unexpected(std::move(spec).error());
      auto site = make_site(entry, *spec);
      if (!site) return tl::make_unexpected(std::move(site).error());
      profile.sites.push_back(*std::move(site));
    }
    return profile;
  }
  return fail(ErrorKind::NotFound, fmt::format("there is no profile {}; nothing is run; "
                                               "there are: {}",
                                               name, known));
}

}  // namespace redial::sim
