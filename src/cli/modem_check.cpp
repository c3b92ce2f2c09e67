// SPDX-License-Identifier: Apache-2.0
#include "cli/modem_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "core/text.h"
#include "io/files.h"
#include "modem/chat.h"
#include "modem/scp.h"
#include "modem/script_language.h"

namespace redial::cli {
namespace {

using Json = nlohmann::ordered_json;
using modem::Command;
using modem::DescriptionLanguage;
using modem::Diagnostic;
using modem::ModemDescription;
using modem::ScriptLanguage;

constexpr int kWarnings = 1, kErrors = 2;

/// Of a file that describes nothing, so many problems are shown: it is of another kind.
constexpr size_t kShownOfNothing = 5;

/// One file read: what it describes, or why it could not be opened.
struct Checked {
  std::string name;
  std::string unreadable;  // empty: it was read
  DescriptionLanguage language = DescriptionLanguage::ModemInf;
  modem::InfFile content;
  ScriptLanguage script = ScriptLanguage::None;  // of a file that is a script as a whole
  chars::Encoding encoding = chars::Encoding::Utf8;
};

Checked check(const ModemFile& file) {
  Checked checked;
  checked.name = file.name;
  if (!file.octets) {
    checked.unreadable = file.octets.error().text;
    return checked;
  }
  checked.script = modem::script_language(file.name, *file.octets);
  checked.encoding = chars::decode(*file.octets).encoding;
  switch (checked.script) {
    case ScriptLanguage::Scp:
      checked.content.diagnostics = modem::read_scp(*file.octets, file.name).diagnostics;
      break;
    case ScriptLanguage::Chat:
      checked.content.diagnostics =
          modem::read_chat(*file.octets, {.name = file.name, .phone = "", .read = file.load})
              .diagnostics;
      break;
    case ScriptLanguage::None:
      checked.language = modem::language_of(*file.octets);
      checked.content = modem::read_descriptions(*file.octets, file.name, file.load);
      break;
  }
  return checked;
}

bool describes_nothing(const Checked& checked) {
  return checked.content.modems.empty() && checked.content.scripts.empty() &&
         checked.script == ScriptLanguage::None;
}

constexpr std::string_view kNothing =
    "describes no modem and no script; nothing can be dialled with it; name a MODEM.INF, a "
    "Unimodem setup file, a .reg export of a modem's key, an .scp or a .chat script (a phonebook: "
    "redial phonebook check)";

int status(const Checked& checked) {
  if (!checked.unreadable.empty() || describes_nothing(checked)) return kErrors;
  const auto& said = checked.content.diagnostics;
  const bool error = std::ranges::any_of(
      said, [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::Error; });
  if (error) return kErrors;
  return said.empty() ? 0 : kWarnings;
}

std::string_view word(Diagnostic::Severity severity) {
  switch (severity) {
    case Diagnostic::Severity::Warning: return "warning";
    case Diagnostic::Severity::Error: return "error";
  }
  return "";
}

std::string_view language_word(const Checked& checked) {
  switch (checked.script) {
    case ScriptLanguage::Scp: return "Windows script";
    case ScriptLanguage::Chat: return "chat script";
    case ScriptLanguage::None: break;
  }
  switch (checked.language) {
    case DescriptionLanguage::ModemInf: return "MODEM.INF";
    case DescriptionLanguage::Unimodem: return "Unimodem setup file";
    case DescriptionLanguage::Registry: return "registry export";
  }
  return "";
}

/// The file a problem is in: this one, or one that it includes.
const std::string& file_of(const Checked& checked, const Diagnostic& said) {
  return said.file.empty() ? checked.name : said.file;
}

/// Names come from the file: no escape sequence of theirs may reach a terminal.
std::string shown(std::string_view name) { return chars::readable(name, 200); }

std::string speed(uint32_t bps) { return bps == 0 ? "not told" : fmt::format("{} bit/s", bps); }

/// What the service would add so that the line stays watched.
std::vector<std::string> corrections(const ModemDescription& modem) {
  const auto compiled = modem::compile(modem, {});
  if (!compiled) return {compiled.error().text};
  return compiled->corrections;
}

std::string described(const ModemDescription& modem) {
  if (!modem.alias_of.empty())
    return fmt::format("  {}: as {}\n", shown(modem.name), shown(modem.alias_of));
  std::string text = fmt::format("  {}: line at most {}, port at most {}\n", shown(modem.name),
                                 speed(modem.max_carrier_bps), speed(modem.max_connect_bps));
  const std::pair<std::string_view, const std::vector<Command>*> lists[] = {
      {"init", &modem.init},
      {"dial", &modem.dial},
      {"listen", &modem.listen},
      {"answer", &modem.answer}};
  for (const auto& [what, list] : lists) {
    for (const Command& command : *list) {
      const std::string sent = readable(command);
      text += fmt::format("    {:<6}  {}\n", what, sent.empty() ? "(nothing)" : sent);
    }
  }
  for (const std::string& correction : corrections(modem))
    text += fmt::format("    note    {}\n", correction);
  return text;
}

std::string_view word(chars::Encoding encoding) {
  switch (encoding) {
    case chars::Encoding::Utf8: return "UTF-8";
    case chars::Encoding::Utf16Le: return "UTF-16LE";
    case chars::Encoding::Utf16Be: return "UTF-16BE";
    case chars::Encoding::Windows1252: return "Windows-1252";
  }
  return "";
}

/// ANSI does not say which code page it is: where names show it, the one that was taken is told.
bool code_page_taken(const Checked& checked) {
  const auto foreign = [](const ModemDescription& each) {
    return std::ranges::any_of(each.name, [](char c) { return (c & 0x80) != 0; });
  };
  return checked.encoding == chars::Encoding::Windows1252 &&
         (std::ranges::any_of(checked.content.modems, foreign) ||
          std::ranges::any_of(checked.content.scripts, foreign));
}

std::string counted(size_t count, std::string_view what) {
  return fmt::format(" {} {}{}", count, what, count == 1 ? "" : "s");
}

std::string problems(const Checked& checked) {
  const auto& all = checked.content.diagnostics;
  const size_t shown =
      describes_nothing(checked) ? std::min(all.size(), kShownOfNothing) : all.size();
  std::string text;
  for (const Diagnostic& said : std::span(all).first(shown)) {
    text += fmt::format("{}:{}:{}: {}: {}", file_of(checked, said), said.line, said.column,
                        word(said.severity), said.text);
    text += said.ras_error ? fmt::format(" (RAS error {})\n", said.ras_error) : "\n";
  }
  if (shown < all.size()) text += fmt::format("... and {} more like these\n", all.size() - shown);
  return text;
}

std::string for_people(const Checked& checked) {
  if (!checked.unreadable.empty()) return fmt::format("error: {}\n", checked.unreadable);
  if (describes_nothing(checked))
    return fmt::format("{}: error: {}\n", checked.name, kNothing) + problems(checked);
  const size_t count = checked.content.modems.size();
  const size_t scripts = checked.content.scripts.size();
  std::string text = checked.name + ":";
  if (checked.script != ScriptLanguage::None) text += fmt::format(" a {}", language_word(checked));
  if (count > 0) text += counted(count, "modem");
  if (scripts > 0) text += (count > 0 ? "," : "") + counted(scripts, "script");
  text += "\n";
  for (const ModemDescription& modem : checked.content.modems) text += described(modem);
  for (const ModemDescription& script : checked.content.scripts)
    text += fmt::format("  {}:{}\n", shown(script.name), counted(script.dial.size(), "command"));
  if (code_page_taken(checked))
    text +=
        "  note: the names are taken to be Windows-1252; if they look wrong, save the file as "
        "UTF-8 or UTF-16\n";
  return text + problems(checked);
}

Json commands_json(const std::vector<Command>& commands) {
  Json list = Json::array();
  for (const Command& command : commands) list.push_back(readable(command));
  return list;
}

Json modem_json(const ModemDescription& modem) {
  Json made;
  made["name"] = modem.name;
  made["source"] = modem.source;
  made["alias_of"] = modem.alias_of.empty() ? Json() : Json(modem.alias_of);
  made["max_carrier_bps"] = modem.max_carrier_bps;
  made["max_connect_bps"] = modem.max_connect_bps;
  made["init"] = commands_json(modem.init);
  made["dial"] = commands_json(modem.dial);
  made["listen"] = commands_json(modem.listen);
  made["answer"] = commands_json(modem.answer);
  made["hang_up"] = commands_json(modem.hang_up);
  made["responses"] = modem.responses.size();
  made["corrections"] = corrections(modem);
  return made;
}

Json file_json(const Checked& checked) {
  Json made;
  made["file"] = checked.name;
  made["language"] = language_word(checked);
  made["encoding"] = word(checked.encoding);
  if (!checked.unreadable.empty()) {
    made["error"] = checked.unreadable;
  } else if (describes_nothing(checked)) {
    made["error"] = kNothing;
  }
  made["modems"] = Json::array();
  for (const ModemDescription& modem : checked.content.modems)
    made["modems"].push_back(modem_json(modem));
  made["scripts"] = Json::array();
  for (const ModemDescription& script : checked.content.scripts)
    made["scripts"].push_back({{"name", script.name}, {"commands", commands_json(script.dial)}});
  made["problems"] = Json::array();
  for (const Diagnostic& said : checked.content.diagnostics) {
    made["problems"].push_back({{"file", file_of(checked, said)},
                                {"line", said.line},
                                {"column", said.column},
                                {"severity", word(said.severity)},
                                {"text", said.text},
                                {"ras_error", said.ras_error}});
  }
  return made;
}

}  // namespace

ModemReport modem_report(const std::vector<ModemFile>& files, bool json) {
  ModemReport report;
  Json list = Json::array();
  for (const ModemFile& file : files) {
    const Checked checked = check(file);
    report.status = std::max(report.status, status(checked));
    if (json) {
      list.push_back(file_json(checked));
    } else {
      report.text += for_people(checked);
    }
  }
  if (json) {
    // A file's own name may be no UTF-8, which JSON has to be: such octets become U+FFFD.
    const Json whole = {{"status", report.status}, {"files", std::move(list)}};
    report.text = whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return report;
}

int modem_check(const std::vector<std::string>& files, bool json) {
  // One octet more than any reader takes, so that it is the reader who says what is too much.
  const auto read = [](const std::string& name) {
    return io::read_file(name, modem::kRegOctetsMax + 1);
  };
  std::vector<ModemFile> found;
  for (const std::string& name : files) {
    auto octets = read(name);
    if (!octets) octets.error().text += "; it is not checked; correct its name or its rights";
    found.push_back({name, std::move(octets), modem::load_beside(name, read)});
  }
  const ModemReport report = modem_report(found, json);
  fmt::print("{}", report.text);
  return report.status;
}

}  // namespace redial::cli
