// SPDX-License-Identifier: Apache-2.0
#include "phonebook/toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "phonebook/pbk.h"
#include "phonebook/text.h"
#include "phonebook/toml_lines.h"
#include "phonebook/toml_script.h"
#include "phonebook/toml_tree.h"
#include "phonebook/toml_values.h"

namespace redial::phonebook {
namespace {

using Kind = TomlNode::Kind;
using Severity = Diagnostic::Severity;

constexpr size_t kPhonebooksMax = 1000;

void read_phonebooks(const TomlNode& node, Config& config, TomlComplaints& to) {
  if (node.kind != Kind::Array || node.children.size() > kPhonebooksMax) {
    to.error(node, fmt::format("phonebooks is to be an array of at most {} file names; none is "
                               "read; write phonebooks = [\"office.pbk\"]",
                               kPhonebooksMax));
    return;
  }
  for (const TomlNode& element : node.children) {
    auto path = toml_text(element, kTextOctetsMax, to);
    if (path && !path->empty()) config.phonebooks.push_back(std::move(*path));
  }
}

/// What no single key's range can say; nullopt when all is well.
std::optional<std::string> contradiction(const Entry& entry) {
  const RedialSettings& redial = entry.redial;
  const WatchSettings& watch = entry.watch;
  const auto later = [](Duration a, Duration b) { return a > b; };
  if (later(redial.first_pause, redial.longest_pause)) {
    return "redial.first_pause is longer than redial.longest_pause";
  }
  if (later(redial.auth_hold, redial.auth_hold_longest)) {
    return "redial.auth_hold is longer than redial.auth_hold_longest";
  }
  if (later(redial.unreachable_step, redial.unreachable_longest)) {
    return "redial.unreachable_step is longer than redial.unreachable_longest";
  }
  if (later(entry.hold.number, entry.hold.number_longest)) {
    return "hold.number is longer than hold.number_longest";
  }
  if (later(watch.echo_after_silence, watch.dead_peer_bound)) {
    return "watch.echo_after_silence is longer than watch.dead_peer_bound";
  }
  return std::nullopt;
}

void read_entries(const TomlNode& node, Config& config, TomlComplaints& to) {
  if (node.kind != Kind::Table) {
    to.error(node, "entry is to be a table; none is read; write [entry.\"Head Office\"]");
    return;
  }
  for (const TomlNode& child : node.children) {
    const size_t errors = to.errors();
    if (config.overlays.size() >= kEntriesMax) {
      to.error(child, fmt::format("more than {} entries; the rest is not read; split the file",
                                  kEntriesMax));
      return;
    }
    if (const auto problem = name_problem(child.key)) {
      to.error(child, *problem + "; the entry is left out; give it another name");
      continue;
    }
    Overlay overlay;
    overlay.entry = child.key;
    overlay.line = child.line;
    overlay.column = child.column;
    to.set_entry(child.key);
    if (child.kind == Kind::Table) {
      overlay.settings = toml_settings(child, to);
    } else if (!to.refused_password(child)) {
      to.error(child, fmt::format("an entry is to be a table, not {}; it is left out; write "
                                  "[entry.\"{}\"]",
                                  name(child.kind), shown(child.key)));
    }
    overlay.usable = to.errors() == errors;
    config.overlays.push_back(std::move(overlay));
    to.set_entry({});
  }
}

void read_defaults(const TomlNode& node, Config& config, TomlComplaints& to) {
  if (node.kind != Kind::Table) {
    to.error(node, "defaults is to be a table; none is set; write [defaults]");
    return;
  }
  config.defaults = toml_settings(node, to);
  if (const auto wrong = contradiction(with_defaults(Entry{}, config))) {
    to.error(node, *wrong + "; no default is set; correct one of the two");
    config.defaults.clear();
  }
}

void read_top(const TomlNode& node, Config& config, TomlComplaints& to) {
  constexpr std::array<std::string_view, 8> kKnown = {"phonebooks", "credentials",  "line",
                                                      "location",   "calling_card", "script",
                                                      "defaults",   "entry"};
  if (node.key == "phonebooks") {
    read_phonebooks(node, config, to);
  } else if (node.key == "credentials") {
    config.credentials = toml_text(node, kTextOctetsMax, to).value_or("");
  } else if (node.key == "line") {
    read_toml_lines(node, config, to);
  } else if (node.key == "location") {
    Locations read = toml_locations(node, to);
    config.locations = std::move(read.good);
    config.locations_lost = std::move(read.lost);
  } else if (node.key == "calling_card") {
    config.calling_cards = toml_calling_cards(node, to);
  } else if (node.key == "script") {
    config.scripts = toml_named_scripts(node, to);
  } else if (node.key == "defaults") {
    read_defaults(node, config, to);
  } else if (node.key == "entry") {
    read_entries(node, config, to);
  } else if (!to.refused_password(node)) {
    to.unknown_key(node, kKnown);
  }
}

// --- apply --------------------------------------------------------------------------------------

bool sets(const Overlay& overlay, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(overlay.settings, [&](const Setting& setting) {
    return std::ranges::find(names, full_name(entry_keys()[setting.key])) != names.end();
  });
}

class Applier {
 public:
  Applier(const Config& config, Book& book) : config_(config), book_(book) {}

  void add(Book&& book) {
    for (Diagnostic& diagnostic : book.diagnostics) {
      report(book_.diagnostics, std::move(diagnostic));
    }
    for (Entry& entry : book.entries) {
      const auto [at, fresh] = at_.try_emplace(entry.name, book_.entries.size());
      if (fresh) {
        book_.entries.push_back(std::move(entry));
        continue;
      }
      report(book_.diagnostics,
             {.severity = Severity::Error,
              .line = 0,
              .column = 0,
              .entry = entry.name,
              .text = fmt::format("the name is taken by {}, so this entry is left out; rename one",
                                  book_.entries[at->second].source),
              .file = entry.source});
    }
  }

  void lay(const Overlay& overlay) {
    const auto found = at_.find(overlay.entry);
    const bool exists = found != at_.end();
    Entry entry = exists ? book_.entries[found->second] : with_defaults(Entry{}, config_);
    if (!exists) {
      entry.name = overlay.entry;
      entry.source = fmt::format("{} line {}", config_.file, overlay.line);
    }
    // Whoever names a line says how to place the call; what the phonebook's device was is over.
    if (sets(overlay, {"line", "lines"})) entry.device_type.clear();
    for (const Setting& setting : overlay.settings) set_key(setting, entry);
    if (!acceptable(overlay, entry, exists)) {
      if (exists) spoiled_.push_back(overlay.entry);
      return;
    }
    if (exists) {
      book_.entries[found->second] = std::move(entry);
    } else {
      at_.emplace(overlay.entry, book_.entries.size());
      book_.entries.push_back(std::move(entry));
    }
  }

  void finish() {
    for (Entry& entry : book_.entries) {
      for (const NamedScript& script : config_.scripts) {
        if (!entry.script.empty() && same_word(script.name, entry.script)) {
          entry.script_steps = script.steps;
        }
      }
    }
    std::ranges::sort(spoiled_);
    std::erase_if(book_.entries, [&](const Entry& entry) {
      return std::ranges::binary_search(spoiled_, entry.name);
    });
  }

 private:
  void refuse(const Overlay& overlay, std::string text) {
    report(book_.diagnostics, {.severity = Severity::Error,
                               .line = overlay.line,
                               .column = overlay.column,
                               .entry = overlay.entry,
                               .text = std::move(text),
                               .file = config_.file});
  }

  const LineSpec* line_named(std::string_view name) const {
    const auto found = std::ranges::find_if(
        config_.lines, [&](const LineSpec& line) { return same_word(line.name, name); });
    return found == config_.lines.end() ? nullptr : &*found;
  }

  bool acceptable(const Overlay& overlay, const Entry& entry, bool exists) {
    if (!overlay.usable) return false;  // read_config has said why
    const bool names_lines = sets(overlay, {"line", "lines"});
    bool direct = false;
    for (const std::string& name : entry.lines) {
      const LineSpec* line = line_named(name);
      direct = direct || (line != nullptr && !has_modem(*line));
      if (line != nullptr || config_.lines.empty() || !names_lines) continue;
      refuse(overlay, fmt::format("the line {} does not exist, so the entry is left out; declare "
                                  "it with [[line]], or name another",
                                  shown(name)));
      return false;
    }
    // An entry of its own says what it is: a number, a cable, a connection to a port that speaks
    // PPP at once, or in so many words.
    if (!exists && entry.numbers.empty() && !direct && !sets(overlay, {"type"})) {
      refuse(
          overlay,
          "no phonebook has this entry, and it has neither number nor line without a modem, so it "
          "is left out; correct the name, or write number = \"...\"");
      return false;
    }
    if (const auto wrong = contradiction(entry)) {
      refuse(overlay, *wrong + ", so the entry is left out; correct one of the two");
      return false;
    }
    return true;
  }

  const Config& config_;
  Book& book_;
  std::map<std::string, size_t> at_;  // each entry of book_ by its name
  std::vector<std::string> spoiled_;  // entries of a book that an overlay made unusable
};

bool ends_in(std::string_view name, std::string_view suffix) {
  return name.size() >= suffix.size() &&
         same_word(name.substr(name.size() - suffix.size()), suffix);
}

Book read_native(const PhonebookFile& file, const Config& config) {
  Config native = read_config(file.octets, file.name);
  const bool more = (!native.lines.empty() && !file.imported) || !native.locations.empty() ||
                    !native.calling_cards.empty() || !native.phonebooks.empty() ||
                    !native.credentials.empty();
  if (more) {
    report(native.diagnostics,
           {.severity = Severity::Warning,
            .line = 1,
            .column = 1,
            .entry = {},
            .text = "lines, locations, calling cards, phonebooks and credentials have no effect in "
                    "a phonebook; move them to redial.toml",
            .file = file.name});
  }
  native.lines = config.lines;
  native.scripts.insert(native.scripts.end(), config.scripts.begin(), config.scripts.end());
  native.defaults.insert(native.defaults.begin(), config.defaults.begin(), config.defaults.end());
  Book said;
  said.diagnostics = std::move(native.diagnostics);
  std::vector<Book> books;
  books.push_back(std::move(said));
  return phonebook::apply(std::move(books), native);
}

void warn_of_lineless(const Config& config, Book& book) {
  for (const Entry& entry : book.entries) {
    if (!unsupported(entry).empty()) continue;
    const auto bound = bind_lines(entry, config.lines);
    if (bound) continue;
    report(book.diagnostics, {.severity = Severity::Warning,
                              .line = 0,
                              .column = 0,
                              .entry = {},
                              .text = bound.error().text,
                              .file = entry.source});
  }
}

/// An entry that is to be dialled from a place that nobody knows.
void warn_of_places(const Config& config, Book& book) {
  for (const Entry& entry : book.entries) {
    if (entry.location.empty() || find_location(config.locations, entry.location)) continue;
    report(book.diagnostics,
           {.severity = Severity::Warning,
            .line = 0,
            .column = 0,
            .entry = entry.name,
            .text = fmt::format("is to be dialled from location {}, which does not exist; it is "
                                "not dialled; declare it with [[location]], or name another",
                                shown(entry.location)),
            .file = entry.source});
  }
}

}  // namespace

Config read_config(std::string_view octets, std::string_view file_name) {
  Config config;
  config.file = file_name;
  const TomlDocument document = parse_toml(octets);
  if (document.problem) {
    config.diagnostics.push_back(
        {.severity = Severity::Error,
         .line = document.problem->line,
         .column = document.problem->column,
         .entry = {},
         .text = document.problem->text + "; nothing of the file is used; correct this line",
         .file = config.file});
    return config;
  }
  TomlComplaints to(file_name, config.diagnostics);
  for (const TomlNode& node : document.root.children) read_top(node, config, to);
  for (const Location& location : config.locations) {
    const std::string& card = location.calling_card;
    if (card.empty() || find_card(config.calling_cards, card) != nullptr) continue;
    to.error(*document.root.child("location"),
             fmt::format("location {} uses the calling card {}, which does not exist; no call is "
                         "placed from it; declare [calling_card.\"{}\"], or correct the name",
                         shown(location.name), shown(card), shown(card)));
  }
  return config;
}

Entry with_defaults(Entry entry, const Config& config) {
  for (const Setting& setting : config.defaults) set_key(setting, entry);
  return entry;
}

Book apply(std::vector<Book> books, const Config& config) {
  Book all;
  Applier applier(config, all);
  for (Book& book : books) applier.add(std::move(book));
  for (const Overlay& overlay : config.overlays) applier.lay(overlay);
  applier.finish();
  return all;
}

std::vector<LineSpec> lines_with_imported(const Config& config,
                                          const std::vector<PhonebookFile>& files) {
  std::vector<LineSpec> lines = config.lines;
  for (const PhonebookFile& file : files) {
    if (!file.imported) continue;
    for (LineSpec& line : read_config(file.octets, file.name).lines) {
      const auto same = [&](const LineSpec& other) { return same_word(other.name, line.name); };
      const auto own = std::ranges::find_if(lines, same);
      line.bare = false;
      if (own == lines.end()) {
        lines.push_back(std::move(line));
      } else if (own->bare && (line.kind == LineKind::Tcp) == is_host_and_port(own->path)) {
        // Only where the device is, is said there: what the import knows of it holds.
        line.name = own->name;
        line.path = own->path;
        line.needs.clear();
        *own = std::move(line);
      }
    }
  }
  return lines;
}

Book combine(const Config& own, const std::vector<PhonebookFile>& files) {
  Config config = own;
  config.lines = lines_with_imported(own, files);
  std::vector<Book> books(1);
  books.front().diagnostics = config.diagnostics;
  for (const PhonebookFile& file : files) {
    books.push_back(ends_in(file.name, ".toml")
                        ? read_native(file, config)
                        : read_pbk(file.octets, file.name, with_defaults(pbk_defaults(), config)));
  }
  Book book = phonebook::apply(std::move(books), config);
  warn_of_lineless(config, book);
  warn_of_places(config, book);
  return book;
}

}  // namespace redial::phonebook
