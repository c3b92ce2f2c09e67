// SPDX-License-Identifier: Apache-2.0
#include "cli/rasdial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <iostream>

#include "cli/dial.h"
#include "cli/number.h"
#include "cli/rasdial_links.h"
#include "cli/rasdial_words.h"
#include "io/files.h"
#include "modem/number.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::shown;

namespace {

constexpr const char* kHelp =
    "rasdial                                   the connections there are\n"
    "rasdial ENTRY [USER [PASSWORD|*]] [/DOMAIN:domain] [/PHONE:number]\n"
    "        [/PREFIXSUFFIX] [/PHONEBOOK:file]\n"
    "rasdial [ENTRY] /DISCONNECT\n"
    "Names with blanks need quotes. * asks for the password.\n";

int say_error(int ras_error, const std::string& text) {
  fmt::print("{}\n", rasdial_error(ras_error, text));
  return rasdial_status(ras_error);
}
int completed() {
  fmt::print("Command completed successfully.\n");
  return 0;
}

int ras_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::NotFound: return kRasCannotOpenPhonebook;
    case ErrorKind::BadFile: return kRasCannotLoadPhonebook;
    case ErrorKind::Unsupported: return static_cast<int>(ras_error(CauseCode::Unsupported));
    case ErrorKind::BadDevice: return kRasNoDevice;
    case ErrorKind::Busy: return kRasDialing;
    case ErrorKind::Usage: return kInvalidParameter;
    case ErrorKind::Permission:
    case ErrorKind::Refused:
    case ErrorKind::Failed: return kRasUnknown;
  }
  return kRasUnknown;
}
int say_error(const Error& error) { return say_error(ras_of(error), error.text); }

// ---- the process that holds the link -------------------------------------------------------

/// One line for each step, to whoever started the dialling; nobody listens any more once it is up.
class Teller {
 public:
  explicit Teller(io::Descriptor to) : to_(std::move(to)) {}

  void on_event(const engine::Event& event) {
    if (std::holds_alternative<connection::LinkCalling>(event.body)) tell("calling");
    if (std::holds_alternative<connection::LinkConnected>(event.body)) {
      tell("connected");
      to_.reset();
    }
    if (const auto* progress = std::get_if<connection::LinkProgress>(&event.body)) {
      tell(fmt::format("phase {}", name(progress->phase)));
    }
    if (const auto* ended = std::get_if<connection::LinkEnded>(&event.body)) {
      const std::string seen =
          ended->cause.evidence.empty() ? "" : " (" + ended->cause.evidence + ")";
      ended_ = fmt::format("ended {} {}{}", static_cast<int>(ras_error(ended->cause.code)),
                           text(ended->cause.code), seen);
    }
    // The next number or line of the same try may do better; what comes after a pause is a new one.
    const auto* next = std::get_if<connection::NextTry>(&event.body);
    const bool same_try = next && (next->reason == connection::PauseReason::NextLine ||
                                   next->reason == connection::PauseReason::NextNumber);
    if ((next && !same_try) || std::holds_alternative<connection::Resting>(event.body)) {
      tell(ended_);
    }
  }
  void tell(std::string line) {
    if (!to_ || line.empty()) return;
    std::ranges::replace(line, '\n', ' ');
    line += '\n';
    // Whoever asked has gone before there was a link: nobody would know that it is up.
    if (::write(to_.get(), line.data(), line.size()) < 0) ::kill(::getpid(), SIGTERM);
  }

 private:
  io::Descriptor to_;
  std::string ended_;
};

/// Never returns.
[[noreturn]] void hold(const std::string& folder, DialOptions options, io::Descriptor to) {
  ::setsid();
  ::signal(SIGPIPE, SIG_IGN);
  const io::Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing.get(), fd);
  Teller teller(std::move(to));
  auto held = hold_link(folder, options.entries.front());
  if (!held) {
    teller.tell(fmt::format("ended {} {}", ras_of(held.error()), held.error().text));
    std::_Exit(1);
  }
  options.on_event = [&teller](const engine::Event& event) { teller.on_event(event); };
  options.plain = true;
  const int status = dial(options);
  teller.tell(fmt::format("ended {} the link could not be set up", kRasUnknown));
  std::_Exit(status);
}

/// The far end of what the holder tells; nullopt: no process could be made.
std::optional<io::Descriptor> start_holder(const std::string& folder, const DialOptions& options) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  io::Descriptor from(ends[0]), to(ends[1]);
  std::cout.flush();
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) return std::nullopt;
  if (child == 0) {
    from.reset();
    // Twice: the holder is nobody's child, and no terminal is ever its own.
    if (::fork() != 0) std::_Exit(0);
    hold(folder, options, std::move(to));
  }
  ::waitpid(child, nullptr, 0);
  return from;
}

// ---- the command ---------------------------------------------------------------------------

std::optional<std::string> next_line(int from, std::string& buffer) {
  for (;;) {
    const size_t end = buffer.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return line;
    }
    char octets[1024];
    const ssize_t got = ::read(from, octets, sizeof octets);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    buffer.append(octets, static_cast<size_t>(got));
  }
}

void stop_holder(const std::string& folder, const std::string& entry) {
  constexpr Duration kHangUp = 40s;
  for (const HeldLink& link : held_links(folder)) {
    if (phonebook::same_word(link.entry, entry)) (void)release_link(link, kHangUp);
  }
}

/// Tells the steps until the link is up or the one attempt has failed, as rasdial does.
int follow(io::Descriptor from, const std::string& folder, const std::string& entry) {
  std::string buffer;
  while (const auto line = next_line(from.get(), buffer)) {
    if (*line == "calling") fmt::print("Connecting to {}...\n", shown(entry));
    if (*line == "phase Authenticating") fmt::print("Verifying username and password...\n");
    if (*line == "phase Registering") fmt::print("Registering on the network...\n");
    if (*line == "connected") {
      fmt::print("Successfully connected to {}.\n", shown(entry));
      return completed();
    }
    std::fflush(stdout);
    if (!line->starts_with("ended ")) continue;
    const std::string_view rest = std::string_view(*line).substr(6);
    int number = kRasUnknown;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    from.reset();
    stop_holder(folder, entry);
    const auto skip = static_cast<size_t>(read.ptr - rest.data());
    return say_error(number, std::string(rest.substr(std::min(skip + 1, rest.size()))));
  }
  return say_error(kRasUnknown, "the process that was to hold the link has ended");
}

/// As Windows finds it: without regard to case.
Result<phonebook::Entry> named_entry(const Workspace& workspace, const std::string& name) {
  auto entry = find_entry(workspace, name);
  if (entry || entry.error().kind != ErrorKind::NotFound) return entry;
  for (const phonebook::Entry& each : workspace.book.entries) {
    if (phonebook::same_word(each.name, name)) return find_entry(workspace, each.name);
  }
  return entry;
}

/// What would keep it from being dialled at all, by RAS's numbers; else the entry's own name.
Result<std::string, int> check(const DialOptions& options, const std::string& name) {
  const auto workspace = load_workspace(options.sources);
  if (!workspace) return tl::make_unexpected(say_error(workspace.error()));
  auto entry = named_entry(*workspace, name);
  if (!entry) {
    const bool missing = entry.error().kind == ErrorKind::NotFound;
    return tl::make_unexpected(missing ? say_error(kRasNoEntry, entry.error().text)
                                       : say_error(entry.error()));
  }
  if (!options.phone.empty()) {
    phonebook::Number number;
    number.digits = options.phone;
    entry->numbers = {number};
    if (options.phone_by_rules) entry->use_dialing_rules = true;
    if (!modem::dialable(options.phone)) {
      return tl::make_unexpected(
          say_error(static_cast<int>(RasError::BadPhoneNumber),
                    fmt::format("\"{}\" cannot be dialled", shown(options.phone))));
    }
  }
  const auto lines = bind(*workspace, *entry);
  if (!lines) return tl::make_unexpected(say_error(kRasNoDevice, lines.error().text));
  const auto numbers = numbers_to_show(*workspace, *entry);
  if (!numbers) {
    const bool bad = numbers.error().kind == ErrorKind::Unsupported;
    return tl::make_unexpected(
        bad ? say_error(static_cast<int>(RasError::BadPhoneNumber), numbers.error().text)
            : say_error(numbers.error()));
  }
  auto file = entry_script(*workspace, *entry);
  if (!file) return tl::make_unexpected(say_error(kRasScriptSyntax, file.error().text));
  const auto plan = engine::plan_link(*entry, nullptr, *lines, *numbers, *std::move(file));
  if (!plan) {
    const bool script = plan.error().kind == ErrorKind::BadFile;
    return tl::make_unexpected(script ? say_error(kRasScriptSyntax, plan.error().text)
                                      : say_error(plan.error()));
  }
  return entry->name;
}

/// As said, else from the credentials, else asked for where somebody can answer.
Result<phonebook::Credential> credential_of(const RasdialWords& said, const Sources& sources) {
  phonebook::Credential credential;
  const auto workspace = load_workspace(sources);
  if (!workspace) return tl::make_unexpected(workspace.error());
  const auto entry = named_entry(*workspace, said.entry);
  if (!entry) return tl::make_unexpected(entry.error());
  credential.user = said.user.empty() ? entry->user : said.user;
  credential.domain = said.domain;
  if (said.password) {
    credential.password = *said.password;
    return credential;
  }
  if (!said.ask_password) {
    auto found = find_credential(*workspace, entry->name);
    if (!found) return tl::make_unexpected(found.error());
    const bool same = *found && (said.user.empty() || (*found)->user == said.user ||
                                 ((*found)->user.empty() && entry->user == said.user));
    if (same) {
      if ((*found)->user.empty()) (*found)->user = credential.user;
      if (!said.domain.empty()) (*found)->domain = said.domain;
      return **found;
    }
    if (credential.user.empty()) return credential;  // the far end may not ask
  }
  auto password = io::prompt_password(fmt::format("Password for {}: ", shown(credential.user)));
  if (!password) return tl::make_unexpected(password.error());
  credential.password = *std::move(password);
  return credential;
}

int connect(const RasdialWords& said, const std::string& folder) {
  DialOptions options;
  options.phone = said.phone;
  options.phone_by_rules = said.by_rules;
  options.user = said.user;
  options.sources.phonebook = said.phonebook;
  const auto name = check(options, said.entry);
  if (!name) return name.error();
  options.entries = {*name};
  for (const HeldLink& link : held_links(folder)) {
    if (!phonebook::same_word(link.entry, *name)) continue;
    fmt::print("You are already connected to {}.\n", shown(*name));
    return completed();
  }
  auto credential = credential_of(said, options.sources);
  if (!credential) return say_error(credential.error());
  options.credential = *std::move(credential);
  auto from = start_holder(folder, options);
  if (!from) return say_error(kRasUnknown, "no process could be started to hold the link");
  return follow(*std::move(from), folder, *name);
}

int list(const std::string& folder) {
  const auto links = held_links(folder);
  fmt::print("{}\n", links.empty() ? "No connections" : "Connected to");
  for (const HeldLink& link : links) fmt::print("{}\n", shown(link.entry));
  return completed();
}

int disconnect(const std::string& entry, const std::string& folder) {
  constexpr Duration kHangUp = 40s;
  bool any = false;
  for (const HeldLink& link : held_links(folder)) {
    if (!entry.empty() && !phonebook::same_word(link.entry, entry)) continue;
    any = true;
    if (release_link(link, kHangUp)) continue;
    return say_error(kRasUnknown, fmt::format("{}: process {} does not hang up", shown(link.entry),
                                              link.process));
  }
  if (any) return completed();
  if (entry.empty()) {
    fmt::print("No connections\n");
    return completed();
  }
  return say_error(kRasNoConnection, fmt::format("{} is not connected", shown(entry)));
}

}  // namespace

bool called_as_rasdial(const char* program) {
  const std::string_view path = program == nullptr ? "" : program;
  return path.substr(path.rfind('/') + 1) == "rasdial";
}

int rasdial(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const auto hidden = password_word(words);
  if (hidden) std::memset(argv[*hidden + 1], 0, words[*hidden].size());  // `ps` shows argv
  const auto said = parse_rasdial(words);
  if (hidden) Secret(std::move(words[*hidden]));  // wiped as it goes
  if (!said) return say_error(said.error());
  if (said->verb == RasdialWords::Verb::Help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const auto folder = links_folder();
  if (!folder) return say_error(folder.error());
  switch (said->verb) {
    case RasdialWords::Verb::List: return list(*folder);
    case RasdialWords::Verb::Disconnect: return disconnect(said->entry, *folder);
    case RasdialWords::Verb::Dial: return connect(*said, *folder);
    case RasdialWords::Verb::Help: break;
  }
  return 0;
}

}  // namespace redial::cli
