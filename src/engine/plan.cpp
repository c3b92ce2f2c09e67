// SPDX-License-Identifier: Apache-2.0
#include "engine/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/check.h"
#include "modem/carrier_watch.h"
#include "modem/chat.h"
#include "modem/number.h"
#include "modem/unimodem.h"
#include "phonebook/text.h"

namespace redial::engine {

using phonebook::Entry;
using phonebook::LineKind;
using phonebook::LineSpec;
using phonebook::shown;

namespace {

using SharedDescription = std::shared_ptr<const modem::CompiledDescription>;

// A modem is drained for at most so long before the first command (modem::Dialogue).
constexpr Duration kDrainWithin = 3s;
// A device opens at once; a TCP connection has io::PortSpec::connect_within, its name included, and
// telnet wire::ComPortClient::kAnswerWithin.
constexpr Duration kOpenWithin = 1s, kConnectWithin = 16s;

/// True means "as the description starts": a phonebook has no third value, and a demand that the
/// description cannot meet would keep the line from being dialled at all.
std::optional<bool> only_off(std::optional<bool> wanted) {
  return wanted == false ? wanted : std::nullopt;
}

/// What the line says of its modem, in the words of Unimodem's Settings (modem/unimodem.h). What
/// the entry switches off stays off.
void choose_states(const LineSpec& line, const Entry& entry, modem::ModemSettings& settings) {
  for (const auto& [key, word] : line.modem_settings) {
    if (key == "compression") {
      if (!settings.compression) settings.compression = word == "on";
    } else if (key == "error_control") {
      std::string state = word;
      std::ranges::replace(state, '-', '_');
      if (entry.error_control.value_or(true)) settings.states["protocol"] = std::move(state);
    } else if (key == "speaker") {
      if (entry.speaker.value_or(true)) settings.states["speaker"] = word;
    } else if (key == "speaker_volume") {
      settings.states["speakervolume"] = word == "medium" ? "med" : word;
    } else if (key == "modulation") {
      settings.states["modulation"] = word;
    }
  }
}

modem::ModemSettings settings_of(const LineSpec& line, const Entry& entry) {
  std::optional<bool> pulse;
  if (line.dial) pulse = *line.dial == phonebook::DialBy::Pulse;
  modem::ModemSettings settings{.speaker = only_off(entry.speaker),
                                .hw_flow_control = only_off(entry.hw_flow_control),
                                .compression = only_off(entry.compression),
                                .error_control = only_off(entry.error_control),
                                .pulse = pulse,
                                .blind = line.blind,
                                .dial_within = entry.dial_within};
  choose_states(line, entry, settings);
  return settings;
}

std::string names_of(const std::vector<modem::ModemDescription>& modems) {
  constexpr size_t kNamed = 8;
  std::string names;
  for (size_t i = 0; i < modems.size() && i < kNamed; ++i) {
    names += (i == 0 ? "" : ", ") + shown(modems[i].name);
  }
  if (modems.size() > kNamed) names += fmt::format(" and {} more", modems.size() - kNamed);
  return names;
}

Result<modem::ModemDescription> find_modem(const LineSpec& line, const std::string& path,
                                           const std::string& octets, std::string_view name,
                                           const ReadFile& read) {
  const modem::InfFile file =
      modem::read_descriptions(octets, path, modem::load_beside(path, read));
  if (const modem::ModemDescription* modem = modem::find_modem(file, name)) return *modem;
  const bool broken = std::ranges::any_of(file.diagnostics, [](const modem::Diagnostic& d) {
    return d.severity == modem::Diagnostic::Severity::Error;
  });
  return fail(
      file.modems.empty() || broken ? ErrorKind::BadFile : ErrorKind::NotFound,
      fmt::format("{}: {} has no usable modem [{}]{}; the line cannot be used; name "
                  "another in its description, and see redial modem check {}",
                  shown(line.name), shown(path), shown(name),
                  file.modems.empty() ? "" : ", but " + names_of(file.modems), shown(path)));
}

/// What a chat script says to its modem; the number is the entry's.
Result<modem::ModemDescription> chat_description(const LineSpec& line, const ReadFile& read) {
  const std::string& file = line.description;
  const Result<std::string> octets = read(file);
  if (!octets) return tl::make_unexpected(octets.error());
  modem::ChatScript made = modem::read_chat(*octets, {.name = file, .phone = "", .read = read});
  for (const modem::Diagnostic& each : made.diagnostics) {
    if (each.severity != modem::Diagnostic::Severity::Error) continue;
    return fail(ErrorKind::BadFile, fmt::format("{}: {}:{}:{}: {}", shown(line.name), shown(file),
                                                each.line, each.column, each.text));
  }
  if (made.modem) return *std::move(made.modem);
  return fail(ErrorKind::BadFile,
              fmt::format("{}: {} dials nothing (no ATD before CONNECT), so it describes no modem; "
                          "the line cannot be used; name it as the script of an entry",
                          shown(line.name), shown(file)));
}

/// "FILE:Name": both may have colons of their own, so the first that leaves a file's name counts.
Result<modem::ModemDescription> find_description(const LineSpec& line, const ReadFile& read) {
  const std::string_view described = line.description;
  if (described.empty() || described == "builtin:hayes") return modem::hayes();
  if (described.ends_with(".chat")) return chat_description(line, read);
  size_t colon = described.find(':');
  if (described.starts_with("builtin:") || colon == std::string_view::npos) {
    return fail(ErrorKind::NotFound,
                fmt::format("{}: there is no description {}; the line cannot be used; write "
                            "description = \"builtin:hayes\", \"MODEM.INF:Section name\", "
                            "\"mdmwren.inf:Model name\" or \"modem.reg:Name\"",
                            shown(line.name), shown(described)));
  }
  std::optional<Error> first;
  for (; colon != std::string_view::npos; colon = described.find(':', colon + 1)) {
    const std::string path(described.substr(0, colon));
    const Result<std::string> octets = read(path);
    if (octets) return find_modem(line, path, *octets, described.substr(colon + 1), read);
    if (!first) first = octets.error();
  }
  return tl::make_unexpected(*std::move(first));
}

/// A line's own flow control is the modem's too, where its description knows how to say so.
void tell_flow_control(const LineSpec& line, const modem::ModemDescription& modem,
                       modem::ModemSettings& settings) {
  const auto macro = modem.macros.find("hwflowcontrol");
  if (!line.flow_control || macro == modem.macros.end()) return;
  if (*line.flow_control == phonebook::FlowControl::Software &&
      macro->second.others.contains("soft"))
    settings.states["hwflowcontrol"] = "soft";
  if (*line.flow_control == phonebook::FlowControl::None && macro->second.binary)
    settings.hw_flow_control = false;
}

Duration longest(const modem::Command& command) {
  return command.no_response ? command.within : command.within * command.attempts;
}

/// IPv4 in host byte order; 0: none. The phonebook has checked its form.
uint32_t address_of(std::string_view text) {
  uint32_t address = 0;
  while (!text.empty()) {
    const size_t dot = std::min(text.find('.'), text.size());
    uint32_t part = 0;
    std::from_chars(text.data(), text.data() + dot, part);
    address = address << 8 | (part & 0xff);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return address;
}

std::string user_of(const Entry& entry, const phonebook::Credential* credential) {
  const std::string& user = credential && !credential->user.empty() ? credential->user : entry.user;
  const std::string& domain =
      credential && !credential->domain.empty() ? credential->domain : entry.domain;
  const bool has_domain = user.find('\\') != std::string::npos;
  return domain.empty() || user.empty() || has_domain ? user : domain + "\\" + user;
}

/// A label of a script as the number of its step; the phonebook has checked that there is one.
size_t step_named(const phonebook::ScriptSteps& steps, const std::string& label, size_t next) {
  if (label == "done") return modem::ScriptStep::kDone;
  if (label == "next") return next;
  const auto found = std::ranges::find(steps, label, &phonebook::ScriptStep::label);
  if (label == "fail" || found == steps.end()) return modem::ScriptStep::kFail;
  return static_cast<size_t>(found - steps.begin());
}

Result<modem::Script> script_of(const Entry& entry) {
  modem::Script script;
  script.name = entry.script;
  script.within = entry.script_within;
  for (const phonebook::ScriptStep& written : entry.script_steps) {
    const size_t next = script.steps.size() + 1;
    modem::ScriptStep& step = script.steps.emplace_back();
    step.within = written.within;
    step.otherwise = step_named(entry.script_steps, written.otherwise, next);
    step.abort = written.abort;
    for (const auto& pattern : written.expect) {
      std::optional<size_t> to;
      if (!pattern.then.empty()) to = step_named(entry.script_steps, pattern.then, next);
      step.expect.push_back({pattern.text, to});
    }
    auto pieces = modem::parse_send(written.send);
    if (!pieces) {
      return fail(ErrorKind::BadFile,
                  fmt::format("{}: step {} of its script: {}; the entry is not dialled; correct it",
                              shown(entry.name), next, pieces.error().text));
    }
    step.send = *std::move(pieces);
  }
  return script;
}

Result<void> check_numbers(const Entry& entry, std::span<const telephony::Translation> dialled) {
  REDIAL_ASSERT(dialled.empty() || dialled.size() == entry.numbers.size());
  constexpr std::string_view kRemedy = "write number = \"...\" in its [entry] or its phonebook";
  const auto written = [](const phonebook::Number& number) { return !number.digits.empty(); };
  if (std::ranges::none_of(entry.numbers, written)) {
    return fail(ErrorKind::Unsupported,
                fmt::format("{}: has no phone number, and a modem needs one; it is not dialled; {}",
                            shown(entry.name), kRemedy));
  }
  for (size_t i = 0; i < entry.numbers.size(); ++i) {
    const phonebook::Number& number = entry.numbers[i];
    // What the rules have made is dialable; a gap is a card whose number is asked for later.
    const bool by_rules = !dialled.empty() && dialled[i].reach != telephony::Reach::AsWritten;
    if (by_rules || modem::dialable(number.digits)) continue;
    return fail(ErrorKind::Unsupported,
                fmt::format("{}: the phone number \"{}\" cannot be dialled; it is not tried; {}",
                            shown(entry.name), shown(number.digits), kRemedy));
  }
  return {};
}

/// Who is called back listens on the line that it has called on.
Result<void> check_listening(const Entry& entry, std::span<const BoundLine> lines) {
  if (entry.callback_mode == 0) return {};
  const auto deaf = std::ranges::find_if(lines, [](const BoundLine& line) {
    return line.description && line.description->description.listen.empty();
  });
  if (deaf == lines.end()) return {};
  return fail(ErrorKind::Unsupported,
              fmt::format("{}: is to be called back, and the modem of {} cannot listen (its "
                          "description has no COMMAND_LISTEN); the entry is not dialled; add one, "
                          "or write callback = \"none\"",
                          shown(entry.name), shown(deaf->spec.name)));
}

}  // namespace

Result<SharedDescription> describe_line(const LineSpec& line, const Entry& entry,
                                        const ReadFile& read) {
  if (!line.needs.empty()) {
    return fail(
        ErrorKind::Unsupported,
        fmt::format("{}: the line needs {}; the entry is not dialled; give it another line: "
                    "[entry.\"{}\"] line = \"...\" in redial.toml",
                    shown(line.name), phonebook::without_control_characters(line.needs),
                    shown(entry.name)));
  }
  if (!has_modem(line)) return SharedDescription();
  const Result<modem::ModemDescription> found = find_description(line, read);
  if (!found) return tl::make_unexpected(found.error());
  modem::ModemSettings settings = settings_of(line, entry);
  tell_flow_control(line, *found, settings);
  Result<modem::CompiledDescription> compiled = modem::compile(*found, settings);
  if (!compiled) {
    Error error = std::move(compiled).error();
    error.text = shown(line.name) + ": " + error.text;
    return tl::make_unexpected(std::move(error));
  }
  modem::fit_to_line(*compiled, phonebook::has_circuits(line));
  return std::make_shared<const modem::CompiledDescription>(*std::move(compiled));
}

Result<BoundLine> bind_line(const LineSpec& line, const Entry& entry, const ReadFile& read) {
  auto description = describe_line(line, entry, read);
  if (!description) return tl::make_unexpected(std::move(description).error());
  BoundLine bound{.spec = line, .description = *std::move(description)};
  if (line.kind == LineKind::Tcp && phonebook::has_circuits(line)) {
    LineSpec refused = line;
    refused.modem_lines = false;
    auto without = describe_line(refused, entry, read);
    if (without) bound.without_circuits = *std::move(without);
  }
  return bound;
}

LineConfig config_of(const BoundLine& line) {
  return {.name = line.spec.name,
          .description = line.description,
          .without_circuits = line.without_circuits,
          .recovery = {.traits = {.modem = line.description != nullptr,
                                  .power_cycle = !line.spec.power_cycle.empty()},
                       .command_within = line.spec.power_cycle_within,
                       .ready_within = line.spec.ready_within},
          .greeting = line.spec.greeting};
}

connection::LineTraits traits_of(const LineSpec& line,
                                 const modem::CompiledDescription* description) {
  connection::LineTraits traits;
  traits.has_modem = description != nullptr;
  traits.network = line.kind == LineKind::Tcp;
  traits.carrier_detect = phonebook::has_circuits(line);
  traits.open_within = traits.network ? kConnectWithin : kOpenWithin;
  traits.hang_up_within = telephony::Call::kDirectDtrLow;
  if (line.greeting) traits.greeting_within = modem::null_modem_greeting()->within;
  if (description == nullptr) return traits;
  traits.notice_within = modem::CarrierWatch::kSilenceInsideFrame;
  traits.hang_up_within = modem::Dialogue::kHangUpBound;
  traits.initialise_within = kDrainWithin;
  for (const modem::Command& command : description->description.init) {
    traits.command_within = std::max(traits.command_within, longest(command));
    traits.initialise_within += longest(command);
  }
  // The drain counts as well: a modem may be found silent only after it.
  traits.command_within += kDrainWithin;
  // Descriptions that dial in several commands may take dial_within for each.
  const size_t dials = description->description.dial.size();
  if (dials > 1) traits.initialise_within += description->settings.dial_within * (dials - 1);
  return traits;
}

connection::LineTraits traits_of(std::span<const BoundLine> lines) {
  connection::LineTraits all;
  bool first = true;
  for (const BoundLine& line : lines) {
    const connection::LineTraits one = traits_of(line.spec, line.description.get());
    if (first) all = one;
    first = false;
    all.lines = static_cast<uint8_t>(std::min<size_t>(lines.size(), UINT8_MAX));
    all.has_modem |= one.has_modem;
    all.network |= one.network;
    all.carrier_detect &= one.carrier_detect;
    for (const auto member :
         {&connection::LineTraits::open_within, &connection::LineTraits::command_within,
          &connection::LineTraits::initialise_within, &connection::LineTraits::notice_within,
          &connection::LineTraits::hang_up_within, &connection::LineTraits::greeting_within}) {
      all.*member = std::max(all.*member, one.*member);
    }
  }
  return all;
}

Result<ppp::SessionConfig> session_of(const Entry& entry, const phonebook::Credential* credential) {
  const std::vector<std::string> refused = phonebook::unsupported(entry);
  if (!refused.empty()) {
    return fail(ErrorKind::Unsupported, fmt::format("{}: {}", shown(entry.name), refused.front()));
  }
  ppp::SessionConfig session;
  session.restart.period = entry.watch.lcp_restart;
  session.restart.configure_max = entry.watch.lcp_tries;
  session.mru = entry.mru;
  session.user = user_of(entry, credential);
  if (credential) session.password = credential->password;
  session.may_use.clear();
  if (entry.auth.mschap_v2) session.may_use.push_back(ppp::AuthMethod::MsChapV2);
  if (entry.auth.chap_md5) session.may_use.push_back(ppp::AuthMethod::ChapMd5);
  if (entry.auth.mschap) session.may_use.push_back(ppp::AuthMethod::MsChapV1);
  if (entry.auth.pap) session.may_use.push_back(ppp::AuthMethod::Pap);
  session.local_address = address_of(entry.ip_address);
  session.ask_dns = entry.dns.empty();
  session.ipv6 = entry.ipv6;
  session.vj = entry.vj;
  if (entry.callback_mode != 0) {
    session.callback = ppp::CallbackWish{
        .required = entry.callback_mode == 2,
        .operation = ppp::CallbackOperation{static_cast<uint8_t>(entry.callback_by)},
        .number = entry.callback_number};
  }
  if (entry.lcp_extensions) session.identification = "redial";
  session.keepalive = connection::keepalive_of(entry.watch);
  return session;
}

Result<std::shared_ptr<const modem::BeforePppConfig>> before_ppp_of(
    const Entry& entry, const phonebook::Credential* credential, LinkScripts scripts) {
  modem::BeforePppConfig config;
  config.script = std::move(scripts.script);
  config.script_before = std::move(scripts.before);
  if (!entry.script_steps.empty()) {
    auto own = script_of(entry);
    if (!own) return tl::make_unexpected(std::move(own).error());
    config.script = std::make_shared<const modem::Script>(*std::move(own));
  } else if (!entry.script.empty() && !config.script) {
    return fail(ErrorKind::Unsupported,
                fmt::format("{}: its script {} has not been read; it is not dialled; name a file "
                            "that is there",
                            shown(entry.name), shown(entry.script)));
  }
  config.user = credential && !credential->user.empty() ? credential->user : entry.user;
  if (credential) config.password = credential->password;
  config.answer_prompt = entry.answer_login_prompt;
  config.within = entry.login_within;
  config.terminal = entry.terminal;
  config.terminal_before = entry.terminal_before;
  return std::make_shared<const modem::BeforePppConfig>(std::move(config));
}

Result<DialPlan> plan_link(const Entry& entry, const phonebook::Credential* credential,
                           std::span<const BoundLine> lines,
                           std::span<const telephony::Translation> dialled, LinkScripts scripts) {
  Result<ppp::SessionConfig> session = session_of(entry, credential);
  if (!session) return tl::make_unexpected(std::move(session).error());
  const connection::LineTraits traits = traits_of(lines);
  if (traits.has_modem) {
    if (auto ok = check_numbers(entry, dialled); !ok)
      return tl::make_unexpected(std::move(ok).error());
  }
  if (auto ok = check_listening(entry, lines); !ok)
    return tl::make_unexpected(std::move(ok).error());
  // XON and XOFF are the line's: as data they must not occur on it.
  constexpr uint32_t kXonXoff = 1u << 0x11 | 1u << 0x13;
  const bool software = std::ranges::any_of(lines, [](const BoundLine& line) {
    return phonebook::flow_control(line.spec) == phonebook::FlowControl::Software;
  });
  if (software) session->line_accm = kXonXoff;
  auto before_ppp = before_ppp_of(entry, credential, std::move(scripts));
  if (!before_ppp) return tl::make_unexpected(std::move(before_ppp).error());
  DialPlan plan;
  for (const std::string& text : entry.watch.path) {
    const auto target = wire::read_probe_target(text);
    if (!target) {
      return fail(ErrorKind::BadFile,
                  fmt::format("{}: watch.path has \"{}\", which is nothing that can be probed; the "
                              "entry is not dialled; write \"icmp:10.0.0.1\", \"icmp:peer\", "
                              "\"tcp:10.0.0.5:80\", \"dns:10.0.0.3\" or \"dns:given\"",
                              shown(entry.name), shown(text)));
    }
    plan.path_targets.push_back(*target);
  }
  plan.entry = entry;
  for (const telephony::Translation& number : dialled) {
    plan.dialled.push_back({number.dialled.value_or(Secret()), number.covered});
  }
  plan.before_ppp = *std::move(before_ppp);
  // Without a modem nobody keeps a list of numbers that failed.
  if (!traits.has_modem) plan.entry.redial.attempts_per_hour.reset();
  plan.attempt_bound = connection::attempt_bound(entry, *session, traits);
  plan.session = *std::move(session);
  for (const BoundLine& line : lines) plan.lines.push_back(line.id);
  return plan;
}

}  // namespace redial::engine
