// SPDX-License-Identifier: Apache-2.0
#include "cli/phonebook_verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/imported.h"
#include "core/outbox.h"
#include "engine/dialling.h"
#include "io/files.h"
#include "phonebook/pbk.h"
#include "phonebook/text.h"
#include "phonebook/toml_script.h"

namespace redial::cli {
namespace {

using Json = nlohmann::ordered_json;
using phonebook::Book;
using phonebook::Config;
using phonebook::Diagnostic;
using phonebook::Entry;
using phonebook::EntryKey;
using Severity = Diagnostic::Severity;

constexpr int kClean = 0, kWarnings = 1, kErrors = 2;

int status_of(ErrorKind kind) { return static_cast<int>(kind); }

bool ends_in(std::string_view name, std::string_view suffix) {
  return name.size() > suffix.size() &&
         phonebook::same_word(name.substr(name.size() - suffix.size()), suffix);
}

Diagnostic unreadable(const std::string& file, const Error& error) {
  return {.severity = Severity::Error,
          .line = 0,
          .column = 0,
          .entry = {},
          .text = error.text,
          .file = file};
}

/// One octet more than the readers take, so that it is the reader who says what is too much.
Result<std::string> read(const std::string& file) {
  return io::read_file(file, phonebook::kPhonebookOctetsMax + 1);
}

/// What keeps numbers from being dialled from a location: said when one dials, and here.
void check_locations(const std::string& file, Config& config) {
  for (const phonebook::Location& declared : config.locations) {
    const auto made = engine::location_of(declared, config.calling_cards, nullptr);
    const auto fits =
        made ? telephony::check(*made) : Result<void>(tl::make_unexpected(made.error()));
    if (fits) continue;
    report(config.diagnostics, {.severity = Severity::Error,
                                .line = declared.line,
                                .column = declared.column,
                                .entry = {},
                                .text = fits.error().text,
                                .file = file});
  }
}

LoadedBook load_config(const std::string& file, std::string_view octets) {
  LoadedBook loaded;
  loaded.file = file;
  Config config = phonebook::read_config(octets, file);
  check_locations(file, config);
  std::vector<phonebook::PhonebookFile> files;
  const auto folder = std::filesystem::path(file).parent_path();
  for (const std::string& name : config.phonebooks) {
    const std::string path = (folder / name).string();
    if (auto content = read(path)) {
      files.push_back({path, std::move(*content)});
    } else {
      report(config.diagnostics, unreadable(path, content.error()));
    }
  }
  Imported imported;
  if (folder / "redial.toml" == std::filesystem::path(file)) {
    imported = load_imported(folder.empty() ? std::string() : folder.string() + "/");
  }
  for (const Error& error : imported.unreadable) {
    report(config.diagnostics, unreadable(file, error));
  }
  std::ranges::move(imported.books, std::back_inserter(files));
  loaded.lines = phonebook::lines_with_imported(config, files);
  if (config.lines.empty() && config.phonebooks.empty() &&
      files.empty()) {  // a native phonebook: lines are apart
    Book said;
    said.diagnostics = config.diagnostics;
    loaded.book = phonebook::apply({std::move(said)}, config);
  } else {
    loaded.book = phonebook::combine(config, files);
  }
  return loaded;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ") {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

std::string numbers_of(const Entry& entry) {
  std::vector<std::string> parts;
  for (const phonebook::Number& number : entry.numbers) {
    std::string part = number.digits;
    if (number.use_dialing_rules) {
      part = fmt::format("+{} ({}) {}", number.country_code, number.area_code, number.digits);
    }
    if (!number.comment.empty()) part += fmt::format(" \"{}\"", number.comment);
    parts.push_back(std::move(part));
  }
  return parts.empty() ? "none" : joined(parts);
}

std::string redial_of(const Entry& entry) {
  const auto& redial = entry.redial;
  return fmt::format("{}, {}",
                     redial.attempts ? fmt::format("{} more", *redial.attempts) : "for ever",
                     redial.pause ? "every " + to_text(*redial.pause) : std::string("backing off"));
}

std::string auth_of(const Entry& entry) {
  std::vector<std::string> names;
  if (entry.auth.pap) names.emplace_back("PAP");
  if (entry.auth.chap_md5) names.emplace_back("CHAP (MD5)");
  if (entry.auth.mschap) names.emplace_back("MS-CHAP v1");
  if (entry.auth.mschap_v2) names.emplace_back("MS-CHAP v2");
  if (entry.auth.eap) names.push_back(entry.custom_auth.empty() ? "EAP" : entry.custom_auth);
  return names.empty() ? "none that Redial knows" : joined(names);
}

std::string_view word(phonebook::EntryType type) {
  switch (type) {
    case phonebook::EntryType::Phone: return "phone";
    case phonebook::EntryType::Vpn: return "VPN";
    case phonebook::EntryType::Direct: return "direct cable";
    case phonebook::EntryType::Broadband: return "broadband (PPPoE)";
  }
  return "";
}

std::string_view word(phonebook::Encryption encryption) {
  switch (encryption) {
    case phonebook::Encryption::None: return "none";
    case phonebook::Encryption::Optional: return "optional";
    case phonebook::Encryption::Required: return "required";
    case phonebook::Encryption::Strongest: return "required, the strongest";
  }
  return "";
}

void add_row(std::string& out, std::string_view what, std::string_view value) {
  out += fmt::format("  {:<24}{}\n", what, value);
}

/// The line it would be dialled on, or the names that it has for one.
std::string line_of(const Entry& entry, const std::vector<phonebook::LineSpec>& lines) {
  std::string named = entry.lines.empty() ? "any" : joined(entry.lines);
  if (!entry.device.empty()) named += fmt::format(" ({})", entry.device);
  const auto bound = bind_line(entry, lines);
  if (bound) return fmt::format("{}: {} at {}", named, bound->name, bound->path);
  return named;
}

std::string described(const Entry& entry, const std::vector<phonebook::LineSpec>& lines) {
  const auto or_server = [](const std::string& address) {
    return address.empty() ? std::string("from the server") : address;
  };
  std::string out = fmt::format("{}  ({})\n", entry.name, entry.source);
  add_row(out, "Type", word(entry.type));
  add_row(out, "Phone numbers", numbers_of(entry));
  add_row(out, "Line", line_of(entry, lines));
  add_row(out, "User name", entry.user.empty() ? "of the credentials" : entry.user);
  if (!entry.domain.empty()) add_row(out, "Domain", entry.domain);
  add_row(out, "Authentication", auth_of(entry));
  add_row(out, "Data encryption", word(entry.encryption));
  add_row(out, "Redial attempts", redial_of(entry));
  add_row(out, "Redial on link failure", entry.redial.on_link_failure ? "yes" : "no");
  add_row(out, "Idle disconnect",
          entry.idle_disconnect ? "after " + to_text(*entry.idle_disconnect) : "never");
  add_row(out, "Dial within", to_text(entry.dial_within));
  add_row(out, "Dead peer noticed",
          fmt::format("within {}, after {} unanswered echoes", to_text(entry.watch.dead_peer_bound),
                      entry.watch.probes));
  add_row(out, "IP address", or_server(entry.ip_address));
  add_row(out, "DNS servers",
          entry.dns2.empty() ? or_server(entry.dns) : entry.dns + ", " + entry.dns2);
  add_row(out, "Default route", entry.default_route ? "over this link" : "left alone");
  for (const std::string& demand : unsupported(entry))
    out += fmt::format("  refused: {}\n", demand);
  for (const std::string& less : reduced(entry)) out += fmt::format("  note: {}\n", less);
  return out;
}

Json value_json(const EntryKey& key, const phonebook::Value& value) {
  using Kind = EntryKey::Kind;
  const bool by_number =
      key.kind == Kind::Flag || key.kind == Kind::Count || key.kind == Kind::Time;
  return match(
      value, [](bool on) { return Json(on); }, [](int64_t number) { return Json(number); },
      [](Duration duration) { return Json(phonebook::to_exact_text(duration)); },
      [&](const std::string& text) { return by_number ? Json(key.words) : Json(text); },
      [](const std::vector<std::string>& texts) { return Json(texts); },
      [](const std::vector<phonebook::Number>& numbers) {
        Json list = Json::array();
        for (const phonebook::Number& number : numbers) {
          list.push_back({{"number", number.digits},
                          {"area_code", number.area_code},
                          {"country_code", number.country_code},
                          {"dialing_rules", number.use_dialing_rules},
                          {"comment", number.comment}});
        }
        return list;
      },
      [](const phonebook::ScriptSteps& steps) {
        return Json(phonebook::script_to_toml(steps));  // as redial.toml has it
      });
}

/// Every key by the name and in the form that redial.toml gives it.
Json entry_json(const Entry& entry) {
  Json made;
  made["name"] = entry.name;
  made["source"] = entry.source;
  for (const EntryKey& key : phonebook::entry_keys()) {
    const auto value = key.get(entry);
    if (!value) continue;
    Json& table = key.table.empty() ? made : made[std::string(key.table)];
    table[std::string(key.name)] = value_json(key, *value);
  }
  made["unsupported"] = unsupported(entry);
  made["reduced"] = reduced(entry);
  return made;
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// What is said of a file, demands that cannot be met among it.
std::vector<Diagnostic> problems_of(const LoadedBook& loaded) {
  std::vector<Diagnostic> problems = loaded.book.diagnostics;
  for (const Entry& entry : loaded.book.entries) {
    std::vector<std::string> demands = unsupported(entry);
    for (std::string& less : reduced(entry)) demands.push_back(std::move(less));
    for (std::string& demand : demands) {
      report(problems, {.severity = Severity::Warning,
                        .line = 0,
                        .column = 0,
                        .entry = entry.name,
                        .text = std::move(demand),
                        .file = entry.source});
    }
  }
  return problems;
}

std::string errors_of(const std::vector<LoadedBook>& books) {
  std::string out;
  for (const LoadedBook& loaded : books) {
    for (const Diagnostic& d : loaded.book.diagnostics) out += to_text(d) + "\n";
  }
  return out;
}

bool any_errors(const std::vector<LoadedBook>& books) {
  return std::ranges::any_of(
      books, [](const LoadedBook& loaded) { return has_errors(loaded.book.diagnostics); });
}

std::vector<LoadedBook> load_all(const std::vector<std::string>& files) {
  std::vector<LoadedBook> books;
  for (const std::string& file : files) books.push_back(load_phonebook(file));
  return books;
}

int print(const PhonebookReport& report) {
  fmt::print(stderr, "{}", report.errors);
  fmt::print("{}", report.text);
  return report.status;
}

int failed(const Error& error) {
  fmt::print(stderr, "error: {}\n", error.text);
  return status_of(error.kind);
}

Json problem_json(const Diagnostic& d) {
  return {{"file", d.file},     {"line", d.line},
          {"column", d.column}, {"severity", d.severity == Severity::Error ? "error" : "warning"},
          {"entry", d.entry},   {"text", d.text}};
}

}  // namespace

LoadedBook load_phonebook(const std::string& file) {
  LoadedBook loaded;
  loaded.file = file;
  const auto octets = read(file);
  if (!octets) {
    loaded.book.diagnostics.push_back(unreadable(file, octets.error()));
  } else if (ends_in(file, ".toml")) {
    return load_config(file, *octets);
  } else {
    loaded.book = phonebook::read_pbk(*octets, file);
  }
  return loaded;
}

PhonebookReport list_report(const std::vector<LoadedBook>& books, bool json) {
  PhonebookReport report;
  Json list = Json::array();
  for (const LoadedBook& loaded : books) {
    for (const Entry& entry : loaded.book.entries) {
      if (json) {
        list.push_back(entry_json(entry));
        continue;
      }
      const bool refused = !unsupported(entry).empty();
      report.text += fmt::format("{:<24}  {:<24}  {:<12}  {}{}\n", entry.name, numbers_of(entry),
                                 entry.lines.empty() ? "any line" : joined(entry.lines),
                                 redial_of(entry), refused ? "  (refused, see show)" : "");
    }
  }
  if (json) report.text = dumped(list);
  report.errors = errors_of(books);
  report.status = any_errors(books) ? status_of(ErrorKind::BadFile) : kClean;
  return report;
}

PhonebookReport show_report(const std::vector<LoadedBook>& books, std::string_view entry,
                            bool json) {
  PhonebookReport report;
  std::vector<std::string> names;
  for (const LoadedBook& loaded : books) {
    for (const Entry& other : loaded.book.entries) names.push_back(phonebook::shown(other.name));
    const Entry* found = find_entry(loaded.book.entries, entry);
    if (found == nullptr) continue;
    report.text = json ? dumped(entry_json(*found)) : described(*found, loaded.lines);
    return report;
  }
  report.errors =
      errors_of(books) +
      fmt::format("error: {}: no such entry; nothing is shown; {}\n", phonebook::shown(entry),
                  names.empty() ? std::string("the phonebook has no entry that can be used")
                                : "the entries are " + phonebook::shown(joined(names)));
  report.status = status_of(ErrorKind::NotFound);
  return report;
}

PhonebookReport check_report(const std::vector<LoadedBook>& books, bool json) {
  PhonebookReport report;
  Json list = Json::array();
  for (const LoadedBook& loaded : books) {
    const std::vector<Diagnostic> problems = problems_of(loaded);
    const int status = has_errors(problems) ? kErrors : problems.empty() ? kClean : kWarnings;
    report.status = std::max(report.status, status);
    Json said = Json::array();
    for (const Diagnostic& d : problems) {
      said.push_back(problem_json(d));
      if (!json) report.text += to_text(d) + "\n";
    }
    const size_t count = loaded.book.entries.size();
    list.push_back({{"file", loaded.file}, {"entries", count}, {"problems", std::move(said)}});
    if (json) continue;
    report.text +=
        fmt::format("{}: {} entr{}, {}\n", loaded.file, count, count == 1 ? "y" : "ies",
                    problems.empty() ? "clean" : fmt::format("{} to look at", problems.size()));
  }
  if (json) report.text = dumped({{"status", report.status}, {"files", std::move(list)}});
  return report;
}

int phonebook_list(const std::vector<std::string>& files, bool json) {
  return print(list_report(load_all(files), json));
}

int phonebook_show(const std::vector<std::string>& files, const std::string& entry, bool json) {
  return print(show_report(load_all(files), entry, json));
}

int phonebook_check(const std::vector<std::string>& files, bool json) {
  return print(check_report(load_all(files), json));
}

int phonebook_convert(const std::string& in, const std::string& out) {
  const bool to_toml = ends_in(out, ".toml");
  if (to_toml == ends_in(in, ".toml") || (!to_toml && !ends_in(out, ".pbk"))) {
    return failed({ErrorKind::Usage, out + ": convert goes from .pbk to .toml or back, by the ends "
                                           "of the names; nothing is written"});
  }
  if (io::exists(out)) {
    return failed({ErrorKind::Refused, out + ": exists and is not overwritten; nothing is written; "
                                             "remove it or name another"});
  }
  const LoadedBook loaded = load_phonebook(in);
  std::vector<Diagnostic> problems = loaded.book.diagnostics;
  if (loaded.book.entries.empty()) {
    for (const Diagnostic& d : problems) fmt::print(stderr, "{}\n", to_text(d));
    return failed(
        {ErrorKind::BadFile, in + ": no entry that can be converted; nothing is written"});
  }
  std::string text;
  if (to_toml) {
    text = phonebook::write_toml(loaded.book.entries);
  } else {
    phonebook::WrittenPbk written = phonebook::write_pbk(loaded.book.entries);
    text = std::move(written.text);
    for (Diagnostic& d : written.diagnostics) report(problems, std::move(d));
  }
  for (const Diagnostic& d : problems) fmt::print(stderr, "{}\n", to_text(d));
  if (const auto wrote = io::write_file(out, text, 0644); !wrote) return failed(wrote.error());
  fmt::print("{}: {} entr{} written\n", out, loaded.book.entries.size(),
             loaded.book.entries.size() == 1 ? "y" : "ies");
  if (has_errors(problems)) return status_of(ErrorKind::BadFile);
  return problems.empty() ? kClean : kWarnings;
}

}  // namespace redial::cli
