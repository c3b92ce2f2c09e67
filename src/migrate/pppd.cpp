// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "migrate/pppd_chat.h"
#include "migrate/pppd_given.h"
#include "migrate/pppd_named.h"
#include "migrate/pppd_secrets.h"
#include "migrate/pppd_words.h"
#include "modem/chat.h"
#include "modem/inf_lexer.h"
#include "phonebook/text.h"

namespace redial::migrate {
namespace {

using enum Column;
using Option = GivenOption;

constexpr size_t kNestingMax = 8;
constexpr size_t kOptionsOfOneMax = 10'000;

/// A connection on its way, with what only the end of its options decides.
struct Draft {
  Connection connection;
  std::string user, name, remote_name;
  bool has_connect = false;
};

class PppdReader {
 public:
  PppdReader(std::span<const SourceFile> files, Reading& reading)
      : files_(files), reading_(reading) {}

  void read() {
    scripts_ = scripts_among(files_);
    for (const SourceFile& file : files_) lex(file);
    for (const SourceFile& file : files_) {
      if (kind_of(file) == PppdFile::Peer && !is_part(file)) {
        read_connection(file, base_name(file.path));
      }
    }
    if (drafts_.empty()) read_options_alone();
    for (Draft& draft : drafts_) finish(draft);
    end_the_rest();
  }

 private:
  void lex(const SourceFile& file);
  const SourceFile* find(std::string_view path, std::string_view from) const {
    return find_named(files_, path, from);
  }
  PppdFile kind_of(const SourceFile& file) const;
  bool is_part(const SourceFile& file) const;
  void read_options_alone();
  void read_connection(const SourceFile& file, std::string_view name);
  void gather(const SourceFile& file, size_t depth, std::vector<const Option*>& into);
  void follow(const SourceFile& from, const Option& option, size_t depth,
              std::vector<const Option*>& into);
  void apply(const Option& option, Draft& draft);
  void apply_known(const Option& option, Draft& draft);
  void lex_chat(const SourceFile& file);
  std::string chat_command(const std::string& connect, const std::string& from,
                           std::vector<const SourceFile*>& used) const;
  void apply_connect(const Option& option, Draft& draft, const Applied& a);
  void set_addresses(const Applied& a);
  void finish(Draft& draft);
  void find_password(Draft& draft);
  void end_the_rest();

  std::span<const SourceFile> files_;
  Reading& reading_;
  std::map<std::string, std::vector<Option>> options_;   // by path
  std::map<std::string, std::vector<SettingId>> chats_;  // the lines of each script, by path
  std::vector<NamedScript> scripts_;
  std::vector<PppdSecret> pap_, chap_;
  std::vector<Draft> drafts_;
  std::vector<std::string> open_files_;  // on the way through `file` and `call`
};

/// A script is one whatever its words look like.
PppdFile PppdReader::kind_of(const SourceFile& file) const {
  const bool script = std::ranges::find(scripts_, file.path, &NamedScript::path) != scripts_.end();
  return script ? PppdFile::Chat : pppd_file_kind(file);
}

/// Options that a peer takes in with `file` are no peer themselves; who is called may be one.
bool PppdReader::is_part(const SourceFile& file) const {
  if (base_name(folder_name(file.path)) == "peers") return false;
  return std::ranges::any_of(options_, [&](const auto& each) {
    return std::ranges::any_of(each.second, [&](const Option& option) {
      return option.name == "file" && find(option.value, each.first) == &file;
    });
  });
}

void PppdReader::lex(const SourceFile& file) {
  switch (kind_of(file)) {
    case PppdFile::No: return;
    case PppdFile::Chat: lex_chat(file); return;
    case PppdFile::Secrets: {
      auto& into = base_name(file.path) == "pap-secrets" ? pap_ : chap_;
      for (PppdSecret& secret : pppd_secrets(file, reading_)) into.push_back(std::move(secret));
      return;
    }
    case PppdFile::Options:
    case PppdFile::Peer: break;
  }
  const std::vector<PppdWord> words = pppd_words(file, reading_);
  std::vector<Option>& into = options_[file.path];
  bool over_ethernet = false;
  for (size_t at = 0; at < words.size();) {
    Option option = to_option(words, at, over_ethernet);
    if (option.name == "plugin")
      over_ethernet = over_ethernet || option.value.find("pppoe") != std::string::npos;
    const std::string value = option.option != nullptr
                                  ? shown_argument(*option.option, option.value)
                                  : clean(option.value);
    option.id = reading_.report.add({.file = file.path,
                                     .line = option.line,
                                     .column = option.column,
                                     .section = {},
                                     .key = clean(option.name),
                                     .value = value});
    into.push_back(std::move(option));
  }
}

void PppdReader::follow(const SourceFile& from, const Option& option, size_t depth,
                        std::vector<const Option*>& into) {
  const SourceFile* named = nullptr;
  if (option.name == "call") named = find("/etc/ppp/peers/" + option.value, from.path);
  if (named == nullptr) named = find(option.value, from.path);
  if (named != nullptr && options_.contains(named->path) && depth < kNestingMax) {
    reading_.report.end_if_open(option.id, Translated, "its options are written out");
    // In a circle the options of a file are there already.
    if (std::ranges::find(open_files_, named->path) == open_files_.end()) {
      gather(*named, depth + 1, into);
    }
    return;
  }
  if (!reading_.report.open(option.id)) return;
  reading_.report.end(option.id, Dropped,
                      depth < kNestingMax ? "there is no such file among those imported"
                                          : "files name each other too deep");
  warn(
      reading_, from.path, option.line, option.column,
      fmt::format("{} names {}, which is not among the files imported, so its options are missing; "
                  "import the folder that has both",
                  option.name, phonebook::shown(option.value)));
}

void PppdReader::gather(const SourceFile& file, size_t depth, std::vector<const Option*>& into) {
  const auto found = options_.find(file.path);
  if (found == options_.end()) return;
  open_files_.push_back(file.path);
  for (const Option& option : found->second) {
    if (into.size() >= kOptionsOfOneMax) break;
    if (option.name == "file" || option.name == "call") {
      follow(file, option, depth, into);
    } else {
      into.push_back(&option);
    }
  }
  open_files_.pop_back();
}

void PppdReader::set_addresses(const Applied& a) {
  const size_t colon = a.value.find(':');
  const std::string ours = a.value.substr(0, colon), theirs = a.value.substr(colon + 1);
  const bool given = !ours.empty() && ours != "0.0.0.0";
  if (given && !phonebook::is_ipv4(ours)) return a.bad("an IPv4 address before the colon");
  if (given) a.entry().ip_address = ours;
  const bool both = given && !theirs.empty() && theirs != "0.0.0.0";
  a.end(given ? Translated : NotNeeded, both ? "address, before the colon; the far end says its own"
                                        : given ? "address"
                                                : "the far end says its own address");
}

void PppdReader::apply(const Option& option, Draft& draft) {
  const Applied a{reading_, draft.connection, option.id, option.value};
  using Kind = Option::Kind;
  switch (option.kind) {
    case Kind::Known: apply_known(option, draft); return;
    case Kind::Speed:
      set_speed(a);
      a.end(Kept, "speed of the line");
      return;
    case Kind::Device:
      set_device_path(a);
      a.end(Kept, "path of the line");
      return;
    case Kind::Addresses: set_addresses(a); return;
    case Kind::Interface:
      draft.connection.device.path =
          option.value.starts_with("nic-") ? option.value.substr(4) : option.value;
      a.end(Translated, "named in what the line needs");
      return;
    case Kind::Unknown:
      if (reading_.report.open(option.id)) {
        warn(reading_, reading_.report.at(option.id).file, option.line, option.column,
             fmt::format("{} is no option of pppd's that is known, so it has no effect; correct it",
                         phonebook::shown(option.name)));
      }
      a.end(Dropped, "no option of pppd's that is known");
      return;
  }
}

/// What a program of its own or a plugin makes of the connection.
bool apply_carrier(const Option& option, Connection& connection, const Applied& a) {
  const auto says = [&](std::string_view word) {
    return option.value.find(word) != std::string::npos;
  };
  if (option.name != "plugin" && option.name != "pty") return false;
  if (says("pppoe")) {
    connection.carrier = Carrier::Pppoe;
    connection.entry.type = phonebook::EntryType::Broadband;
    a.end(Translated, "type = \"broadband\", and what the line needs");
    return true;
  }
  if (says("pptp") || says("l2tp")) {
    connection.carrier = Carrier::Other;
    connection.entry.type = phonebook::EntryType::Vpn;
    a.end(Translated, "type = \"vpn\"");
    return true;
  }
  if (option.name == "plugin") return false;
  connection.carrier = Carrier::Other;
  connection.needs.emplace_back("a carrier that is a program (pty)");
  a.end(Translated, "what the line needs");
  return true;
}

/// Line by line, and nothing of it is shown: any word may be a password.
void PppdReader::lex_chat(const SourceFile& file) {
  if (!readable(file, reading_)) return;
  std::vector<SettingId>& into = chats_[file.path];
  modem::inf::Lines lines(file.octets);
  while (const auto line = lines.next()) {
    const std::string_view text = phonebook::trim(line->text);
    if (text.empty() || text.front() == '#') continue;
    into.push_back(
        reading_.report.add({.file = file.path,
                             .line = line->at.line,
                             .column = static_cast<uint32_t>(text.data() - line->text.data()) + 1,
                             .section = {},
                             .key = fmt::format("line {}", line->at.line),
                             .value = std::string(kCovered)}));
  }
}

/// `connect` itself, or what a script that it names does; empty: it is not chat that dials.
std::string PppdReader::chat_command(const std::string& connect, const std::string& from,
                                     std::vector<const SourceFile*>& used) const {
  if (modem::is_chat_command(connect)) return connect;
  const std::vector<std::string> words = command_words(connect);
  const SourceFile* script = words.empty() ? nullptr : find(script_of(words), from);
  if (script == nullptr) return {};
  used.push_back(script);
  return chat_command_in(*script);
}

/// Where a chat script has got its carrier: what follows is the login.
uint32_t line_of_connect(const SourceFile& script) {
  modem::inf::Lines lines(script.octets);
  while (const auto line = lines.next()) {
    const bool comment = phonebook::trim(line->text).starts_with('#');
    if (!comment && line->text.find("CONNECT") != std::string_view::npos) return line->at.line;
  }
  return ~0u;  // one that the script takes in
}

void PppdReader::apply_connect(const Option& option, Draft& draft, const Applied& a) {
  draft.has_connect = true;
  const std::string from = reading_.report.at(option.id).file;
  std::vector<const SourceFile*> used;
  const std::string command = chat_command(option.value, from, used);
  if (command.empty()) {
    a.end(Dropped, "only chat is understood; no program is run to dial");
    draft.connection.needs.emplace_back("a description and a number, for connect runs no chat");
    return;
  }
  const auto read = [&](const std::string& path) -> Result<std::string> {
    const SourceFile* file = find(path, from);
    if (file == nullptr) file = find("/etc/chatscripts/" + std::string(base_name(path)), from);
    if (file == nullptr) {
      return fail(ErrorKind::NotFound, path + " is not among the files imported");
    }
    used.push_back(file);
    return file->octets;
  };
  const auto applied = apply_chat(command, draft.connection.name, read, draft.connection);
  const std::string why = applied ? *applied : applied.error().text;
  if (!why.empty() && reading_.report.open(option.id)) {
    warn(reading_, from, option.line, option.column, why);
  }
  const std::string text(option.option->text);
  a.end(applied ? Translated : Dropped, !applied ? why : why.empty() ? text : text + "; " + why);
  for (const SourceFile* file : used) {
    const uint32_t kept = !applied ? 0 : why.empty() ? ~0u : line_of_connect(*file);
    for (const SettingId id : chats_[file->path]) {
      const bool taken = reading_.report.at(id).line <= kept;
      reading_.report.end_if_open(id, taken ? Translated : Dropped, taken ? text : why);
    }
  }
  if (!applied) {
    draft.connection.needs.emplace_back(
        "a description and a number, for its chat script is not "
        "taken over");
  }
}

void PppdReader::apply_known(const Option& option, Draft& draft) {
  const Applied a{reading_, draft.connection, option.id, option.value};
  if (option.name == "user") draft.user = option.value;
  if (option.name == "name") draft.name = option.value;
  if (option.name == "remotename") draft.remote_name = option.value;
  if (option.name == "connect") return apply_connect(option, draft, a);
  if (apply_carrier(option, draft.connection, a)) return;
  if (option.option->action != nullptr) option.option->action(a);
  a.end(option.option->column, std::string(option.option->text));
}

void PppdReader::read_connection(const SourceFile& file, std::string_view name) {
  if (drafts_.size() >= kConnectionsMax) return;
  std::vector<const Option*> own, all;
  gather(file, 0, own);
  // /etc/ppp/options first, then those of the port, then what the peer's file says.
  const bool alone = is_options_name(base_name(file.path));
  if (const SourceFile* common = alone ? nullptr : find("/etc/ppp/options", file.path)) {
    gather(*common, 0, all);
  }
  std::string port;
  for (const auto* list : {&all, &own}) {
    for (const Option* option : *list) {
      if (option->kind == Option::Kind::Device) port = base_name(option->value);
    }
  }
  const SourceFile* of_port = port.empty() ? nullptr : find("/etc/ppp/options." + port, file.path);
  if (of_port != nullptr && of_port != &file) gather(*of_port, 0, all);
  all.insert(all.end(), own.begin(), own.end());

  Draft draft;
  draft.connection.source = Source::Pppd;
  draft.connection.name = std::string(name);
  draft.connection.file = file.path;
  draft.connection.line = 1;
  phonebook::Entry& entry = draft.connection.entry;
  entry.interface = phonebook::Interface::Tun;
  entry.default_route = false;  // pppd makes one and asks for name servers when told to
  entry.dns_mode = phonebook::DnsMode::None;
  entry.dial = phonebook::DialMode::Manual;
  std::set<const PppdOption*> later;
  std::vector<const Option*> counting;
  for (auto at = all.rbegin(); at != all.rend(); ++at) {
    // Of an option that is given again only the last counts.
    const bool single = (*at)->option != nullptr && (*at)->option->action != nullptr;
    if (!single || later.insert((*at)->option).second) counting.push_back(*at);
  }
  std::ranges::reverse(counting);
  for (const Option* option : counting) apply(*option, draft);
  drafts_.push_back(std::move(draft));
}

/// Without peers pppd is run with what its options files say.
void PppdReader::read_options_alone() {
  for (const SourceFile& file : files_) {
    const auto found = options_.find(file.path);
    if (found == options_.end() || kind_of(file) != PppdFile::Options) continue;
    const std::string_view name = base_name(file.path);
    const bool of_port = name.starts_with("options.") && is_device(name.substr(8));
    const bool dials = std::ranges::any_of(found->second, [](const Option& option) {
      return option.kind == Option::Kind::Device || option.name == "connect" ||
             option.name == "pty";
    });
    if (!of_port && !dials) continue;
    read_connection(file, of_port ? name.substr(8) : name);
    if (of_port && drafts_.back().connection.device.path.empty()) {
      drafts_.back().connection.device.path = "/dev/" + std::string(name.substr(8));
    }
  }
}

void PppdReader::find_password(Draft& draft) {
  Connection& connection = draft.connection;
  if (!connection.password.empty() || connection.entry.user.empty()) return;
  for (const auto* secrets : {&chap_, &pap_}) {
    const PppdSecret* found = find_secret(*secrets, connection.entry.user, draft.remote_name);
    if (found == nullptr) continue;
    if (found->elsewhere) {
      reading_.report.end_if_open(found->id, Dropped, "the secret is in a file of its own");
      const Setting& setting = reading_.report.at(found->id);
      warn(reading_, setting.file, setting.line, setting.column,
           "the secret is in a file of its own, which is not read; put the password into the "
           "credentials");
      continue;
    }
    const Applied a{reading_, connection, found->id, std::string(found->secret.reveal())};
    if (connection.password.empty()) set_password(a);
    a.end(Kept, fmt::format("password of {} in the credentials", clean(connection.name)));
  }
}

void PppdReader::finish(Draft& draft) {
  Connection& connection = draft.connection;
  if (connection.entry.user.empty()) connection.entry.user = clean(draft.name).substr(0, 255);
  set_watch(reading_.report, connection);
  find_password(draft);
  if (connection.rules.redials_lost && connection.rules.redials_lost->value) {
    if (connection.entry.dial == phonebook::DialMode::Manual) {
      connection.entry.dial = phonebook::DialMode::Always;
    }
    connection.entry.session_redial = connection.entry.session_limit.has_value();
  }
  if (connection.carrier == Carrier::Modem && !draft.has_connect) {
    connection.carrier = Carrier::Cable;
  }
  reading_.connections.push_back(std::move(connection));
}

void PppdReader::end_the_rest() {
  for (const auto& [path, options] : options_) {
    for (const Option& option : options) {
      reading_.report.end_if_open(option.id, NotNeeded,
                                  "no connection reads it, or each says otherwise");
    }
  }
  for (const auto& [path, lines] : chats_) {
    const auto script = std::ranges::find(scripts_, path, &NamedScript::path);
    const bool hangs_up = script != scripts_.end() && script->hangs_up;
    const std::string_view why =
        hangs_up ? find_pppd_option("disconnect")->text : "no connection runs this script";
    for (const SettingId id : lines) {
      reading_.report.end_if_open(id, NotNeeded, std::string(why));
    }
  }
  for (const auto* secrets : {&pap_, &chap_}) {
    for (const PppdSecret& secret : *secrets) {
      reading_.report.end_if_open(secret.id, Dropped,
                                  "no connection logs on with it: an account of callers?");
    }
  }
}

}  // namespace

void read_pppd(std::span<const SourceFile> files, Reading& reading) {
  PppdReader(files, reading).read();
}

std::vector<Rule> pppd_rules() {
  std::vector<Rule> out = {{"tty name", Kept, "path of the line"},
                           {"speed", Kept, "speed of the line"},
                           {"local:remote", Translated, "address, before the colon"}};
  for (const PppdOption& option : pppd_options()) {
    out.push_back({option.names, option.column, option.text});
  }
  return out;
}

}  // namespace redial::migrate
