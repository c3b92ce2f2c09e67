// SPDX-License-Identifier: Apache-2.0
#include "cli/dial_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "cli/dial_tap.h"
#include "cli/number.h"
#include "cli/state.h"
#include "io/files.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::Entry;
using phonebook::shown;

namespace {

/// The name and password: from the credentials, else asked for, never from the command line.
Result<phonebook::Credential> credential_for(const Workspace& workspace, const Entry& entry,
                                             const std::string& user) {
  auto found = find_credential(workspace, entry.name);
  if (!found) return tl::make_unexpected(std::move(found).error());
  const bool others = found->has_value() && !user.empty() && (*found)->user != user &&
                      !((*found)->user.empty() && entry.user == user);
  // One for a pad alone says nothing of who we are.
  const bool known = *found && (!(*found)->user.empty() || !(*found)->password.empty());
  if (known && !others) return **std::move(found);
  phonebook::Credential credential{.user = user, .domain = {}, .password = {}};
  if (credential.user.empty()) credential.user = entry.user;
  if (credential.user.empty() && at_terminal()) {
    std::cerr << "User name for " << shown(entry.name) << " (empty: none): " << std::flush;
    std::getline(std::cin, credential.user);
  }
  if (credential.user.empty()) return credential;  // the far end may not ask
  if (!at_terminal()) {
    return fail(
        ErrorKind::Refused,
        fmt::format("{}: no password for {}, and no terminal to ask on; nothing is dialled; "
                    "write it into a credentials.toml of mode 0600 and name that: "
                    "--credentials FILE, or credentials = in redial.toml",
                    shown(entry.name), shown(credential.user)));
  }
  auto password = io::prompt_password(fmt::format("Password for {}: ", shown(credential.user)));
  if (!password) return tl::make_unexpected(std::move(password).error());
  credential.password = *std::move(password);
  return credential;
}

/// The last part of a path, Windows' or ours.
std::string_view file_of(std::string_view path) {
  return path.substr(path.find_last_of("/\\") + 1);
}

/// PrerequisitePbk names a file of another machine as a rule; its last part must be a book of ours.
Result<Entry> find_prerequisite(const Workspace& workspace, const Entry& entry) {
  auto found = find_entry(workspace, entry.prerequisite);
  if (!found) {
    return fail(found.error().kind, fmt::format("{}: needs {} up first: {}", shown(entry.name),
                                                shown(entry.prerequisite), found.error().text));
  }
  // "office.pbk line 3"
  const std::string_view source = file_of(found->source);
  const std::string_view book = file_of(entry.prerequisite_book);
  if (!book.empty() && !phonebook::same_word(source.substr(0, book.size()), book)) {
    return fail(
        ErrorKind::NotFound,
        fmt::format("{}: needs {} of {} up first, and that entry is in {}; nothing is "
                    "dialled; name the book in redial.toml, or set prerequisite_book = \"\"",
                    shown(entry.name), shown(entry.prerequisite), shown(entry.prerequisite_book),
                    shown(found->source)));
  }
  return found;
}

class Planner {
 public:
  Planner(const DialOptions& options, const Workspace& workspace)
      : options_(options), workspace_(workspace), learned_(load_learned(learned_file())) {}

  Result<std::vector<WantedEntry>> plan() {
    if (auto ok = find_entries(); !ok) return tl::make_unexpected(std::move(ok).error());
    for (WantedEntry& wanted : wanted_) {
      if (auto ok = give_lines(wanted); !ok) return tl::make_unexpected(std::move(ok).error());
    }
    if (auto ok = give_services(); !ok) return tl::make_unexpected(std::move(ok).error());
    if (auto ok = check(); !ok) return tl::make_unexpected(std::move(ok).error());
    // What cannot be had has been refused before anybody is asked for a password.
    for (WantedEntry& wanted : wanted_) {
      auto credential = options_.credential && wanted.named
                            ? Result<phonebook::Credential>(*options_.credential)
                            : credential_for(workspace_, wanted.entry, options_.user);
      if (!credential) return tl::make_unexpected(std::move(credential).error());
      wanted.credential = *std::move(credential);
      auto numbers = numbers_to_dial(workspace_, wanted.entry);
      if (!numbers) return tl::make_unexpected(std::move(numbers).error());
      wanted.numbers = *std::move(numbers);
    }
    return std::move(wanted_);
  }

 private:
  bool knows(std::string_view name) const {
    return std::ranges::any_of(wanted_,
                               [&](const WantedEntry& each) { return each.entry.name == name; });
  }

  Result<void> find_entries() {
    for (const std::string& name : options_.entries) {
      auto entry = find_entry(workspace_, name);
      if (!entry) return tl::make_unexpected(std::move(entry).error());
      if (knows(entry->name)) continue;
      if (!options_.user.empty()) entry->user = options_.user;
      if (!options_.from.empty()) entry->location = options_.from;
      phonebook::apply_learned(learned_, *entry);
      if (!options_.phone.empty()) {
        phonebook::Number number;
        number.digits = options_.phone;
        entry->numbers = {number};
        if (options_.phone_by_rules) entry->use_dialing_rules = true;
      }
      if (options_.on_demand) entry->dial = phonebook::DialMode::OnDemand;
      if (options_.tun) {
        entry->interface = phonebook::Interface::Tun;
        if (!options_.tun->empty()) entry->interface_name = *options_.tun;
      }
      auto dialled = with_terminal(*std::move(entry), options_.terminal);
      if (!dialled) return tl::make_unexpected(std::move(dialled).error());
      add(*std::move(dialled), true);
    }
    for (size_t i = 0; i < wanted_.size(); ++i) {  // grows on the way
      const Entry entry = wanted_[i].entry;
      if (entry.prerequisite.empty() || knows(entry.prerequisite)) continue;
      auto first = find_prerequisite(workspace_, entry);
      if (!first) return tl::make_unexpected(std::move(first).error());
      phonebook::apply_learned(learned_, *first);
      if (!options_.from.empty()) first->location = options_.from;
      auto dialled = with_terminal(*std::move(first), "");
      if (!dialled) return tl::make_unexpected(std::move(dialled).error());
      add(*std::move(dialled), false);
    }
    return {};
  }

  void add(Entry entry, bool named) {
    WantedEntry wanted;
    wanted.entry = std::move(entry);
    wanted.named = named;
    wanted_.push_back(std::move(wanted));
  }

  Result<void> give_lines(WantedEntry& wanted) {
    auto scripts = entry_script(workspace_, wanted.entry);
    if (!scripts) return tl::make_unexpected(std::move(scripts).error());
    wanted.scripts = *std::move(scripts);
    const Entry& entry = wanted.entry;
    for (const std::string& warning : warnings_for(workspace_, entry.name)) {
      fmt::print(stderr, "{}\n", warning);
    }
    const auto session = engine::session_of(entry, nullptr);
    if (!session) return tl::make_unexpected(session.error());
    auto lines = bind(workspace_, entry);
    if (!lines) return tl::make_unexpected(std::move(lines).error());
    wanted.lines = *std::move(lines);
    auto numbers = numbers_to_show(workspace_, entry);
    if (!numbers) return tl::make_unexpected(std::move(numbers).error());
    const auto plan = engine::plan_link(entry, nullptr, wanted.lines, *numbers, wanted.scripts);
    if (!plan) return tl::make_unexpected(plan.error());
    for (const telephony::Translation& number : *numbers) {
      for (const std::string& note : number.notes) {
        fmt::print(stderr, "{}: {}: {}\n", shown(entry.name), dialled_text(number), note);
      }
    }
    for (const std::string& less : phonebook::reduced(entry)) {
      fmt::print(stderr, "{}: {}\n", shown(entry.name), less);
    }
    return {};
  }

  Result<void> give_services() {
    std::vector<std::string> names;
    for (const WantedEntry& each : wanted_) names.push_back(each.entry.name);
    const auto give = [&](const std::vector<std::string>& wishes,
                          std::vector<std::string> WantedEntry::*member) -> Result<void> {
      for (const std::string& text : wishes) {
        const ServiceWish wish = service_wish(text, names);
        if (wish.entry.empty() && options_.entries.size() > 1) {
          return fail(ErrorKind::Usage,
                      fmt::format("{}: several entries are dialled, and it does not say for which "
                                  "it is; nothing is dialled; write \"{}={}\"",
                                  text, shown(names.front()), text));
        }
        for (WantedEntry& each : wanted_) {
          const bool its = wish.entry.empty() ? each.named : each.entry.name == wish.entry;
          if (its) (each.*member).push_back(wish.value);
        }
      }
      return {};
    };
    if (auto ok = give(options_.socks, &WantedEntry::socks); !ok) return ok;
    if (auto ok = give(options_.forwards, &WantedEntry::forwards); !ok) return ok;
    for (WantedEntry& each : wanted_) {
      // What is asked for on the command line comes before what the entry says.
      const bool has_services = !each.socks.empty() || !each.forwards.empty();
      if (has_services && !options_.tun) each.entry.interface = phonebook::Interface::User;
    }
    return {};
  }

  Result<void> check() const {
    const bool one_only = !(options_.user.empty() && options_.phone.empty() &&
                            options_.capture.empty() && options_.terminal.empty());
    if (options_.entries.size() > 1 && one_only) {
      return fail(ErrorKind::Usage,
                  "--user, --phone, --capture and --terminal are for one entry, and several are "
                  "named; nothing is "
                  "dialled; dial it by itself, or write the change into redial.toml");
    }
    if (options_.entries.size() > 1 && options_.tun && !options_.tun->empty()) {
      return fail(ErrorKind::Usage,
                  "--tun=NAME is for one entry, and several are named; nothing is dialled; leave "
                  "the name out, or write interface_name into redial.toml");
    }
    for (const WantedEntry& each : wanted_) {
      const bool has_services = !each.socks.empty() || !each.forwards.empty();
      const bool has_interface = wants_tun(each.entry);
      if (has_services && has_interface) {
        return fail(ErrorKind::Usage,
                    fmt::format("{}: --socks and --forward are for a link without an interface; "
                                "nothing is dialled; leave them out, or --tun",
                                shown(each.entry.name)));
      }
      if (each.entry.dial == phonebook::DialMode::OnDemand && each.named && !has_services &&
          !has_interface) {
        return fail(ErrorKind::Usage,
                    fmt::format("{}: is dialled by traffic, and nothing could bring it any; "
                                "nothing is dialled; give it --socks, --forward or --tun",
                                shown(each.entry.name)));
      }
      if (auto ok = check_lines(each); !ok) return ok;
    }
    return {};
  }

  // A line is one device with one setting, whoever dials on it.
  Result<void> check_lines(const WantedEntry& entry) const {
    const auto settings = [](const Entry& e) {
      return std::tuple(e.speaker, e.hw_flow_control, e.compression, e.error_control, e.dial_within,
                        e.connect_bps);
    };
    for (const WantedEntry& other : wanted_) {
      if (auto ok = check_places(entry, other); !ok) return ok;
      if (settings(other.entry) == settings(entry.entry)) continue;
      for (const engine::BoundLine& line : entry.lines) {
        const auto same = [&](const engine::BoundLine& l) { return l.spec.name == line.spec.name; };
        if (std::ranges::none_of(other.lines, same)) continue;
        return fail(
            ErrorKind::Usage,
            fmt::format("{} and {} want the line {} with different settings of the modem "
                        "(speaker, flow control, compression, error control, dial_within, "
                        "connect_bps); nothing is dialled; make them equal, or dial them "
                        "one after the other",
                        shown(entry.entry.name), shown(other.entry.name), shown(line.spec.name)));
      }
    }
    return {};
  }

  // Whether it waits for a dial tone, a line is told once.
  static Result<void> check_places(const WantedEntry& one, const WantedEntry& other) {
    for (const engine::BoundLine& line : one.lines) {
      for (const engine::BoundLine& its : other.lines) {
        if (its.spec.name != line.spec.name || its.spec.blind == line.spec.blind) continue;
        return fail(
            ErrorKind::Usage,
            fmt::format("{} and {} want the line {} from places with and without a dial "
                        "tone (blind); nothing is dialled; give both the same location, or "
                        "dial them one after the other",
                        shown(one.entry.name), shown(other.entry.name), shown(line.spec.name)));
      }
    }
    return {};
  }

  const DialOptions& options_;
  const Workspace& workspace_;
  phonebook::Learned learned_;
  std::vector<WantedEntry> wanted_;
};

}  // namespace

ServiceWish service_wish(const std::string& text, const std::vector<std::string>& entries) {
  for (const std::string& name : entries) {
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=') {
      return {name, text.substr(name.size() + 1)};
    }
  }
  return {"", text};
}

Result<std::vector<WantedEntry>> wanted_entries(const DialOptions& options,
                                                const Workspace& workspace) {
  return Planner(options, workspace).plan();
}

}  // namespace redial::cli
