// SPDX-License-Identifier: Apache-2.0
#include "cli/modem_detect.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/telnet_door.h"
#include "io/files.h"
#include "modem/unimodem.h"
#include "phonebook/text.h"

namespace redial::cli {

using modem::Match;
using phonebook::same_word;
using phonebook::shown;

namespace {

/// Descriptions, and for each the file it stands in.
struct Known {
  std::vector<modem::ModemDescription> descriptions;
  std::vector<std::string> files;
};

/// Beside redial.toml: whatever is called .inf or .reg.
std::vector<std::string> files_beside(const Sources& sources) {
  const std::string config = find_config(sources);
  const size_t slash = config.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : config.substr(0, slash);
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& each : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = each.path().filename().string();
    const std::string end = name.size() > 4 ? name.substr(name.size() - 4) : std::string();
    if (same_word(end, ".inf") || same_word(end, ".reg"))
      files.push_back(folder == "." ? name : each.path().string());
  }
  std::ranges::sort(files);
  return files;
}

Result<Known> known_modems(const DetectOptions& options) {
  Known known;
  for (const std::string& file :
       options.from.empty() ? files_beside(options.sources) : options.from) {
    const auto read_one = [](const std::string& name) {
      return io::read_file(name, modem::kRegOctetsMax + 1);
    };
    auto octets = read_one(file);
    if (!octets) {
      octets.error().text +=
          "; the modem is not asked; name a file of descriptions, or leave --from out";
      return tl::make_unexpected(std::move(octets).error());
    }
    modem::InfFile read =
        modem::read_descriptions(*octets, file, modem::load_beside(file, read_one));
    for (modem::ModemDescription& each : read.modems) {
      known.descriptions.push_back(std::move(each));
      known.files.push_back(file);
    }
    if (read.modems.empty() && read.scripts.empty())
      fmt::print(stderr, "{}: describes no modem; it is passed over; see redial modem check {}\n",
                 shown(file), shown(file));
  }
  return known;
}

/// A line by its name, or a device by its path.
Result<phonebook::LineSpec> line_at(const DetectOptions& options) {
  const auto workspace = load_workspace(options.sources);
  if (workspace) {
    for (const phonebook::LineSpec& line : workspace->lines)
      if (same_word(line.name, options.port)) return line;
  }
  if (options.port.find('/') == std::string::npos)
    return fail(ErrorKind::NotFound,
                fmt::format("{}: no such line; nothing is asked; name a line of redial.toml, or a "
                            "device by its path: /dev/ttyS0",
                            shown(options.port)));
  phonebook::LineSpec line;
  line.name = options.port;
  line.path = options.port;
  line.flow_control = phonebook::FlowControl::None;  // nobody knows whether it has a CTS
  return line;
}

std::string_view remedy(CauseCode code) {
  if (code == CauseCode::DeviceForbidden) return "join the group that owns it, often dialout";
  if (code == CauseCode::DeviceBusy) return "end the program that has it; redial lines names it";
  if (code == CauseCode::ModemSilent) return "switch it on, or name another port";
  return "plug it in, or name another port: redial lines has those of redial.toml";
}

/// The line, opened, asked, closed.
class Asker {
 public:
  Asker(const phonebook::LineSpec& line, std::span<const modem::ModemDescription> known)
      : name_(shown(line.name)),
        detection_(known),
        door_(host::line_door(loop_, line, port_spec(line, {}))),
        alarm_(loop_, [this] { take(detection_.on_deadline(loop_.now())); }) {}

  Result<std::vector<modem::Heard>> ask() {
    for (const int signal : {SIGTERM, SIGHUP, SIGINT})
      loop_.on_signal(signal, [this] {
        failure_ = Error{ErrorKind::Failed, name_ + ": stopped; nothing is known of its modem"};
        loop_.stop();
      });
    loop_.post([this] {
      door_->open(
          {.opened =
               [this] {
                 door_->set_dtr(true);
                 take(detection_.start(loop_.now()));
               },
           .failed = [this](const Cause& cause) { end(cause, "cannot be opened"); },
           .closed = [this](const Cause& cause) { end(cause, "is gone"); },
           .octets = [this](ByteView octets) { take(detection_.on_octets(octets, loop_.now())); },
           .carrier = [](bool) {},
           .noted = [](const std::string&) {}});
    });
    loop_.run();
    door_->close();
    if (failure_) return tl::make_unexpected(*failure_);
    return detection_.heard();
  }

 private:
  void take(modem::Detection::Actions actions) {
    for (modem::DetectAction& action : actions) {
      match(
          action, [&](modem::AskModem& asks) { door_->write(as_bytes(asks.octets)); },
          [&](modem::ModemAsked&) { loop_.stop(); },
          [&](modem::NoModem& none) { end(none.cause, "has no modem that answers"); });
    }
    if (detection_.deadline()) {
      alarm_.set(*detection_.deadline());
    } else {
      alarm_.clear();
    }
  }
  void end(const Cause& cause, std::string_view what) {
    failure_ = Error{cause.code == CauseCode::DeviceForbidden ? ErrorKind::Permission
                     : cause.code == CauseCode::DeviceBusy    ? ErrorKind::Busy
                                                              : ErrorKind::BadDevice,
                     fmt::format("{}: {}: {} ({}); no description is chosen; {}", name_, what,
                                 text(cause.code), shown(cause.evidence), remedy(cause.code))};
    loop_.stop();
  }

  io::Loop loop_;
  std::string name_;
  modem::Detection detection_;
  std::unique_ptr<host::Door> door_;
  io::Alarm alarm_;
  std::optional<Error> failure_;
};

std::string_view word(Match::Kind kind) {
  switch (kind) {
    case Match::Kind::Exact: return "exact";
    case Match::Kind::Family: return "family";
    case Match::Kind::BuiltIn: return "built-in";
  }
  return "";
}

}  // namespace

std::string detected_text(const std::string& port,
                          std::span<const modem::ModemDescription> descriptions,
                          std::span<const std::string> files, std::span<const modem::Heard> heard,
                          bool json) {
  const Match match = best_match(descriptions, heard);
  const bool built_in = match.kind == Match::Kind::BuiltIn;
  const std::string name = built_in ? modem::hayes().name : descriptions[match.index].name;
  const std::string description =
      built_in ? "builtin:hayes" : fmt::format("{}:{}", files[match.index], name);
  if (json) {
    using Json = nlohmann::ordered_json;
    Json answers = Json::array();
    for (const modem::Heard& each : heard)
      answers.push_back({{"question", each.question}, {"answer", each.answer}});
    return Json{{"port", port},
                {"heard", std::move(answers)},
                {"match", word(match.kind)},
                {"name", name},
                {"description", description},
                {"why", match.why},
                {"descriptions", descriptions.size()}}
               .dump(2, ' ', false, Json::error_handler_t::replace) +
           "\n";
  }
  std::string text = fmt::format("{}: a modem that says\n", shown(port));
  for (size_t i = 0; i < heard.size(); ++i) {
    const modem::Heard& each = heard[i];
    const auto before = heard.first(i);
    const bool again =
        std::ranges::find(before, each.answer, &modem::Heard::answer) != before.end();
    if (again) continue;  // many modems say the same to every ATI
    text += fmt::format("  {:<9} {}\n", each.question, to_visible(as_bytes(each.answer), 200));
  }
  if (heard.empty()) text += "  nothing of itself\n";
  text += fmt::format("{} ({}): {}\n  description = \"{}\"\n", shown(name), word(match.kind),
                      match.why, to_visible(as_bytes(description)));
  return text;
}

int modem_detect(const DetectOptions& options) {
  const auto known = known_modems(options);
  if (!known) return complain(known.error());
  const auto line = line_at(options);
  if (!line) return complain(line.error());
  const auto heard = Asker(*line, known->descriptions).ask();
  if (!heard) return complain(heard.error());
  fmt::print("{}",
             detected_text(options.port, known->descriptions, known->files, *heard, options.json));
  return 0;
}

}  // namespace redial::cli
