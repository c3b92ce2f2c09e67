// SPDX-License-Identifier: Apache-2.0
#include "cli/lines.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/line_lock.h"
#include "io/serial_settings.h"
#include "io/usb_path.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::LineKind;
using phonebook::shown;

namespace {

std::string_view word(LineKind kind) {
  switch (kind) {
    case LineKind::Modem: return "modem";
    case LineKind::Direct: return "direct";
    case LineKind::Tcp: return "tcp";
  }
  return "";
}

bool is_pty(dev_t device) {
  constexpr unsigned kFirst = 136, kLast = 143;
  return kFirst <= major(device) && major(device) <= kLast;
}

/// By its numbers: ptys have majors of their own, everything else is listed under its subsystem.
bool is_terminal(dev_t device) {
  if (is_pty(device)) return true;
  const unsigned major_number = major(device);
  const std::string link =
      fmt::format("/sys/dev/char/{}:{}/subsystem", major_number, minor(device));
  std::error_code error;
  const auto target = std::filesystem::read_symlink(link, error);
  return error || target.filename() == "tty";  // without /sys nothing is known: no reason to doubt
}

std::string_view word(LineState state) {
  switch (state) {
    case LineState::Free: return "free";
    case LineState::Held: return "held";
    case LineState::Missing: return "missing";
    case LineState::Forbidden: return "forbidden";
    case LineState::Unusable: return "unusable";
    case LineState::Untried: return "untried";
  }
  return "";
}

void find(LineReport& report, LineState state, std::string problem) {
  report.state = state;
  report.problem = std::move(problem);
}

void look_at_device(LineReport& report) {
  const auto device = io::find_device(report.spec.path);
  if (!device) {
    return find(report, LineState::Missing,
                device.error().evidence + "; plug it in, or correct the line");
  }
  struct stat found {};
  if (::stat(device->c_str(), &found) != 0) {
    return find(report, errno == EACCES ? LineState::Forbidden : LineState::Missing,
                fmt::format("{}; plug it in, or correct its path", std::strerror(errno)));
  }
  report.present = true;
  if (!S_ISCHR(found.st_mode) || !is_terminal(found.st_rdev)) {
    return find(report, LineState::Unusable, "is no terminal device; correct its path");
  }
  if (::access(device->c_str(), R_OK | W_OK) != 0) {
    return find(report, LineState::Forbidden,
                io::forbidden_text(*device, errno) + "; join the group that owns it");
  }
  std::string holder = io::lock_holder(*device);
  if (holder.empty()) holder = io::flock_holder(*device);
  // The program that made a pty keeps it open; that is no use of it.
  if (holder.empty() && !is_pty(found.st_rdev)) holder = io::device_holder(*device);
  if (!holder.empty()) find(report, LineState::Held, "held by " + holder + "; end that program");
}

std::string described(const phonebook::LineSpec& line) {
  if (!line.description.empty()) return line.description;
  return engine::has_modem(line) ? "builtin:hayes" : "-";
}

std::string state_text(const LineReport& line) {
  if (line.state == LineState::Untried) return "not tried before it is dialled";
  if (line.problem.empty()) return std::string(word(line.state));
  const bool known = line.state == LineState::Missing || line.state == LineState::Forbidden;
  return (known ? std::string(word(line.state)) : "not usable") + ": " + line.problem;
}

}  // namespace

LineReport look_at(const phonebook::LineSpec& line, const engine::ReadFile& read) {
  LineReport report{.spec = line};
  if (!line.needs.empty()) {
    find(report, LineState::Unusable, "needs " + line.needs);
    return report;
  }
  if (line.kind == LineKind::Tcp) {
    report.state = LineState::Untried;
    report.present = true;  // nothing to look at before it is dialled
  } else {
    look_at_device(report);
  }
  const auto description = engine::describe_line(line, phonebook::Entry(), read);
  // What somebody has to write comes before what somebody else will end by himself.
  if (!description && (report.problem.empty() || report.state == LineState::Held)) {
    find(report, LineState::Unusable, description.error().text);
  }
  return report;
}

std::string lines_text(const std::vector<LineReport>& lines) {
  std::string out;
  for (const LineReport& line : lines) {
    out +=
        fmt::format("{:<12} {:<7} {:<20} {:<28} {}\n", shown(line.spec.name), word(line.spec.kind),
                    shown(line.spec.path), shown(described(line.spec)), state_text(line));
  }
  return out;
}

std::string lines_json(const std::vector<LineReport>& lines) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const LineReport& line : lines) {
    list.push_back({{"name", line.spec.name},
                    {"kind", word(line.spec.kind)},
                    {"path", line.spec.path},
                    {"description", described(line.spec)},
                    {"speed_bps", line.spec.speed_bps},
                    {"modem_lines", line.spec.modem_lines},
                    {"state", word(line.state)},
                    {"present", line.present},
                    {"usable", line.problem.empty()},
                    {"problem", line.problem}});
  }
  return Json{{"lines", std::move(list)}}.dump(2, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

int lines(const Sources& sources, bool json) {
  const auto workspace = load_workspace(sources);
  if (!workspace) return complain(workspace.error());
  std::vector<LineReport> reports;
  for (const phonebook::LineSpec& line : workspace->lines) {
    reports.push_back(look_at(line, file_reader(*workspace)));
  }
  for (const std::string& warning : warnings_for(*workspace, "")) {
    fmt::print(stderr, "{}\n", warning);
  }
  fmt::print("{}", json ? lines_json(reports) : lines_text(reports));
  if (!reports.empty()) return 0;
  return complain({ErrorKind::NotFound,
                   fmt::format("{}: declares no line; nothing can be dialled; add [[line]] with "
                               "name, kind and path",
                               shown(workspace->config_file.empty() ? sources.phonebook
                                                                    : workspace->config_file))});
}

}  // namespace redial::cli
