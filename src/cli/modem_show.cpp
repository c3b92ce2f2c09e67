// SPDX-License-Identifier: Apache-2.0
#include "cli/modem_show.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/workspace.h"
#include "io/files.h"
#include "modem/chat.h"
#include "modem/dialogue.h"
#include "modem/number.h"
#include "modem/scp.h"
#include "modem/script_language.h"
#include "modem/switch_inf.h"
#include "modem/unimodem.h"
#include "phonebook/text.h"

namespace redial::cli {

using modem::Command;
using modem::Diagnostic;
using modem::ModemDescription;
using modem::Response;
using modem::ResponseCode;
using modem::Script;
using phonebook::same_word;
using phonebook::shown;

namespace {

using Json = nlohmann::ordered_json;

std::string_view meaning(ResponseCode code) {
  switch (code) {
    case ResponseCode::Ok: return "on to the next command";
    case ResponseCode::Loop: return "not final, waits on";
    case ResponseCode::Connect: return "carrier";
    case ResponseCode::ConnectEc: return "carrier, with error control";
    case ResponseCode::Ring: return "a call comes in";
    case ResponseCode::Error: return "refused";
    case ResponseCode::ErrorBusy: return "busy";
    case ResponseCode::ErrorVoice: return "a person answered";
    case ResponseCode::ErrorNoAnswer: return "no answer";
    case ResponseCode::ErrorNoCarrier: return "no carrier, or carrier lost";
    case ResponseCode::ErrorNoDialtone: return "no dial tone";
    case ResponseCode::ErrorDiagnostics: return "failed, and shows what it says";
    case ResponseCode::ErrorDelayed: return "the modem will not dial this number for a while";
    case ResponseCode::ErrorBlacklisted: return "the modem will not dial this number any more";
  }
  return "";
}

struct Part {
  std::string_view title, key;
  const std::vector<Command>* commands;
  std::string_view none;
};
std::vector<Part> parts_of(const ModemDescription& modem) {
  return {{"Initialise", "init", &modem.init, "nothing is sent"},
          {"Dial", "dial", &modem.dial, "it cannot dial"},
          {"Listen", "listen", &modem.listen, "it cannot listen"},
          {"Answer a ring", "answer", &modem.answer, "the modem does by itself"},
          {"Hang up", "hang_up", &modem.hang_up, "DTR drops, nothing is sent"}};
}

std::string terms(const Command& command) {
  if (command.no_response) return "no answer is expected";
  std::string text = "within " + to_text(command.within);
  if (command.attempts > 1) text += fmt::format(", sent {} times at most", command.attempts);
  if (command.optional) text += ", may be refused";
  return text;
}

/// What the answer means, with what the description says of it beside its text.
std::string told(const Response& answer) {
  std::string text(meaning(answer.code));
  if (answer.carrier_bps != 0) text += fmt::format(", line {}", answer.carrier_bps);
  if (answer.port_bps != 0) text += fmt::format(", port {}", answer.port_bps);
  if (answer.error_control && answer.code == ResponseCode::Loop) text += ", error control";
  if (answer.compression) text += ", compression";
  return text;
}

std::string answers_text(const std::vector<Response>& answers, std::string_view indent) {
  std::string text;
  for (const Response& answer : answers)
    text += fmt::format("{}{:<38}  {}: {}\n", indent, readable(answer), name(answer.code),
                        told(answer));
  return text;
}

Json answer_json(const Response& answer) {
  Json made = {{"pattern", readable(answer)},
               {"code", name(answer.code)},
               {"meaning", meaning(answer.code)}};
  if (answer.carrier_bps != 0) made["carrier_bps"] = answer.carrier_bps;
  if (answer.port_bps != 0) made["port_bps"] = answer.port_bps;
  if (answer.error_control) made["error_control"] = true;
  if (answer.compression) made["compression"] = true;
  return made;
}

std::string part_text(const Part& part) {
  std::string text = fmt::format("\n{}\n", part.title);
  if (part.commands->empty()) return text + fmt::format("  {}\n", part.none);
  for (const Command& command : *part.commands) {
    const std::string sent = readable(command);
    text += fmt::format("  {:<40}  {}\n", sent.empty() ? "(nothing)" : sent, terms(command));
    text += answers_text(command.responses, "    ");
  }
  return text;
}

/// What will notice that a call is gone, with a serial port's circuits.
std::vector<std::string> watchers(const ModemDescription& modem) {
  std::vector<std::string> all = {"DCD, where the line has it"};
  if (!modem.hang_up.empty()) all.emplace_back("NO CARRIER in the midst of data");
  all.emplace_back("LCP echoes into silence");
  return all;
}

Json commands_json(const std::vector<Command>& commands) {
  Json list = Json::array();
  for (const Command& command : commands) {
    Json answers = Json::array();
    for (const Response& answer : command.responses) answers.push_back(answer_json(answer));
    list.push_back({{"send", readable(command)},
                    {"answers", std::move(answers)},
                    {"expects_answer", !command.no_response},
                    {"within_ms",
                     std::chrono::duration_cast<std::chrono::milliseconds>(command.within).count()},
                    {"attempts", command.attempts},
                    {"optional", command.optional}});
  }
  return list;
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<modem::CompiledDescription> compiled_for_show(const ModemDescription& described) {
  auto compiled = modem::compile(described, {});
  if (compiled) modem::fit_to_line(*compiled, true);
  return compiled;
}

Json description_json(const ModemDescription& modem, const std::vector<std::string>& corrections) {
  Json made = {{"name", modem.name},
               {"source", modem.source},
               {"alias_of", modem.alias_of.empty() ? Json() : Json(modem.alias_of)},
               {"max_carrier_bps", modem.max_carrier_bps},
               {"max_connect_bps", modem.max_connect_bps}};
  for (const Part& part : parts_of(modem))
    made[std::string(part.key)] = commands_json(*part.commands);
  made["dial_suffix"] = modem.dial_suffix;
  made["answers"] = Json::array();
  for (const Response& answer : modem.responses) made["answers"].push_back(answer_json(answer));
  made["corrections"] = corrections;
  made["watched_by"] = watchers(modem);
  made["detect"] = {{"send", chars::readable(modem.detect_string)},
                    {"answer", chars::readable(modem.detect_response)}};
  return made;
}

std::string speed(uint32_t bps) { return bps == 0 ? "not told" : fmt::format("{} bit/s", bps); }

Json script_json(const Script& script) {
  return {
      {"name", script.name},
      {"within_ms", std::chrono::duration_cast<std::chrono::milliseconds>(script.within).count()},
      {"steps", to_text(script)}};
}

std::string script_shown(const Script& script, bool json) {
  if (json) return dumped(script_json(script));
  return fmt::format("{}: a dial script, at most {}\n{}", shown(script.name),
                     to_text(script.within), to_text(script));
}

/// The first error among them.
std::optional<Error> wrong(const std::string& file, const std::vector<Diagnostic>& said) {
  for (const Diagnostic& each : said)
    if (each.severity == Diagnostic::Severity::Error)
      return Error{ErrorKind::BadFile,
                   fmt::format("{}:{}:{}: {}", shown(file), each.line, each.column, each.text)};
  return std::nullopt;
}

/// What the file names beside it.
modem::LoadInf beside(const std::string& file) {
  return modem::load_beside(
      file, [](const std::string& name) { return io::read_file(name, modem::kRegOctetsMax + 1); });
}

/// One document, whatever the script has of the two.
Result<std::string> chat_json(const modem::ChatScript& read) {
  Json made = {{"modem", nullptr}, {"number", read.number}, {"script", nullptr}};
  if (read.modem) {
    auto compiled = compiled_for_show(*read.modem);
    if (!compiled) return tl::make_unexpected(std::move(compiled).error());
    made["modem"] = description_json(compiled->description, compiled->corrections);
  }
  if (read.login) made["script"] = script_json(*read.login);
  return dumped(made);
}

Result<std::string> chat_shown(const std::string& file, const std::string& octets, bool json) {
  const auto read = modem::read_chat(octets, {.name = file, .phone = "", .read = beside(file)});
  if (auto error = wrong(file, read.diagnostics)) return tl::make_unexpected(*std::move(error));
  if (json) return chat_json(read);
  std::string text;
  if (read.modem) {
    auto modem = description_shown(*read.modem, false);
    if (!modem) return modem;
    text += *modem;
    if (!read.number.empty()) text += fmt::format("\nDials {}\n", chars::readable(read.number));
  }
  if (read.login) text += (text.empty() ? "" : "\n") + script_shown(*read.login, false);
  if (text.empty()) text = fmt::format("{}: does nothing\n", shown(file));
  return text;
}

Result<std::string> section_shown(const std::string& file, const std::string& octets,
                                  const std::string& name, bool json) {
  const modem::InfFile read = modem::read_descriptions(octets, file, beside(file));
  const size_t all = read.modems.size() + read.scripts.size();
  const auto is = [&](const ModemDescription& each) {
    return name.empty() ? all == 1 : same_word(each.name, name);
  };
  if (!name.empty()) {
    if (const auto* found = modem::find_modem(read, name)) return description_shown(*found, json);
  } else if (all == 1 && !read.modems.empty()) {
    return description_shown(read.modems.front(), json);
  }
  const auto script = std::ranges::find_if(read.scripts, is);
  if (script != read.scripts.end()) {
    auto compiled = modem::compile_script(*script, {"(x25address)", "(userdata)", "(facilities)"});
    if (!compiled) return tl::make_unexpected(std::move(compiled).error());
    return script_shown(*compiled, json);
  }
  std::string names;
  for (const auto* list : {&read.modems, &read.scripts})
    for (const ModemDescription& each : *list)
      names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", shown(each.name));
  if (all == 0) {
    if (auto error = wrong(file, read.diagnostics)) return tl::make_unexpected(*std::move(error));
  }
  return fail(ErrorKind::NotFound,
              fmt::format("{}: {}; nothing is shown; {}", shown(file),
                          name.empty() ? "describes more than one thing"
                                       : fmt::format("has no usable section [{}]", shown(name)),
                          all == 0 ? "see redial modem check" : "there are " + names));
}

}  // namespace

Result<std::string> description_shown(const ModemDescription& described, bool json) {
  const auto compiled = compiled_for_show(described);
  if (!compiled) return tl::make_unexpected(compiled.error());
  const ModemDescription& modem = compiled->description;
  if (json) return dumped(description_json(modem, compiled->corrections));
  std::string text = fmt::format("{}  ({})\n", shown(modem.name), shown(modem.source));
  if (!modem.alias_of.empty()) text += fmt::format("  as {}\n", shown(modem.alias_of));
  text += fmt::format("  line at most {}, port at most {}\n", speed(modem.max_carrier_bps),
                      speed(modem.max_connect_bps));
  for (const Part& part : parts_of(modem)) {
    text += part_text(part);
    if (part.commands == &modem.dial && !modem.dial_suffix.empty())
      text += fmt::format(
          "  a number of more than {} characters in parts, \"{}\" behind each but the last\n",
          modem::kDialPartMax, chars::readable(modem.dial_suffix));
  }
  text += fmt::format("  all of it within {}; DTR drops first\n",
                      to_text(modem::Dialogue::kHangUpBound));
  text += "\nAnswers to every command, and then the result codes of V.250\n" +
          answers_text(modem.responses, "  ");
  text += "\nCorrected\n";
  for (const std::string& correction : compiled->corrections) text += "  " + correction + "\n";
  if (compiled->corrections.empty()) text += "  nothing\n";
  text += "\nA lost call is noticed by\n";
  for (const std::string& watcher : watchers(modem)) text += "  " + watcher + "\n";
  if (!modem.detect_string.empty())
    text +=
        fmt::format("\nRecognised by\n  {}  answered with \"{}\"\n",
                    chars::readable(modem.detect_string), chars::readable(modem.detect_response));
  return text;
}

Result<std::string> modem_shown(const std::string& file, const std::string& octets,
                                const std::string& name, bool json) {
  switch (modem::script_language(file, octets)) {
    case modem::ScriptLanguage::Scp: {
      const modem::ScpFile read = modem::read_scp(octets, file);
      if (auto error = wrong(file, read.diagnostics)) return tl::make_unexpected(*std::move(error));
      return script_shown(*read.script, json);
    }
    case modem::ScriptLanguage::Chat: return chat_shown(file, octets, json);
    case modem::ScriptLanguage::None: break;
  }
  return section_shown(file, octets, name, json);
}

int modem_show(const std::string& file, const std::string& name, bool json) {
  if (file == "builtin:hayes") {
    const auto text = description_shown(modem::hayes(), json);
    if (!text) return complain(text.error());
    fmt::print("{}", *text);
    return 0;
  }
  auto octets = io::read_file(file, modem::kRegOctetsMax + 1);
  if (!octets) {
    octets.error().text +=
        "; nothing is shown; name a description or script, or builtin:hayes: redial modem show "
        "FILE NAME";
    return complain(octets.error());
  }
  const auto text = modem_shown(file, *octets, name, json);
  if (!text) return complain(text.error());
  fmt::print("{}", *text);
  return 0;
}

}  // namespace redial::cli
