// SPDX-License-Identifier: Apache-2.0
#include "migrate/wvdial.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "migrate/apply.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::same_word;
using phonebook::trim;

namespace {

constexpr size_t kInheritsMax = 16;
constexpr std::string_view kDefaults = "Dialer Defaults";

/// What the numbers and the login are put together from, once all settings of a dialler are known.
struct Parts {
  std::string dial_prefix, area_code;
  std::string login_prompt, password_prompt, default_reply;
};

struct WvdialRule {
  std::string_view key;  // as plain_key has it, without the number at its end
  Rule rule;
  Action action;
};

void dial_attempts(const Applied& a) {
  const auto number = phonebook::to_integer(a.value);
  if (!number || *number < 0 || *number > 1'000'000) return a.bad("a number of attempts");
  a.tell(a.rules().attempts, *number);
  // wvdial counts the first try as well, and 0 is for ever.
  if (*number == 0) {
    a.entry().redial.attempts.reset();
    a.end(Column::Translated, "redial.attempts = \"forever\"");
  } else {
    a.entry().redial.attempts = static_cast<uint32_t>(*number - 1);
  }
}

void auto_reconnect(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("yes or no");
  a.tell(a.rules().redials_lost, *on);
  a.entry().redial.on_link_failure = *on;
}

void idle_seconds(const Applied& a) {
  const auto idle = to_seconds(a.value);
  if (!idle) return a.bad("a number of seconds");
  a.tell(a.rules().idle, *idle);
  if (*idle == 0s) return a.end(Column::Kept, "idle_disconnect = \"never\"");
  a.entry().idle_disconnect = *idle;
}

void carrier_check(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("yes or no");
  a.tell(a.rules().watches_carrier, *on);
  if (*on) a.end(Column::NotNeeded, "the carrier is always watched");
}

void stupid_mode(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("yes or no");
  a.entry().answer_login_prompt = !*on;
}

void force_address(const Applied& a) {
  if (!phonebook::is_ipv4(a.value)) return a.bad("an IPv4 address");
  a.entry().ip_address = a.value;
}

void dial_command(const Applied& a) {
  const std::string plain = plain_key(a.value);
  const bool usable = plain.starts_with("at") && a.value.size() <= 64 && clean(a.value) == a.value;
  if (!usable) return a.bad("a command such as ATDT");
  if (plain == "atdt") return a.end(Column::NotNeeded, "ATDT is what a modem is dialled with");
  a.connection.dial_command = a.value;
}

void abort_on_busy(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("yes or no");
  a.tell(a.rules().abort_on_busy, *on);
  if (!*on) a.end(Column::NotNeeded, "a busy number is always tried again");
}

void abort_on_no_dial_tone(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("yes or no");
  a.tell(a.rules().abort_on_no_dial_tone, *on);
  if (!*on) a.end(Column::NotNeeded, "a line without dial tone is always tried again");
}

void flow_control(const Applied& a) {
  using phonebook::FlowControl;
  constexpr std::pair<std::string_view, FlowControl> kWords[] = {
      {"Hardware (CRTSCTS)", FlowControl::Hardware},
      {"hardware", FlowControl::Hardware},
      {"CRTSCTS", FlowControl::Hardware},
      {"Software (XON/XOFF)", FlowControl::Software},
      {"software", FlowControl::Software},
      {"XON/XOFF", FlowControl::Software},
      {"none", FlowControl::None},
      {"NOFLOW", FlowControl::None}};
  for (const auto& [word, flow] : kWords) {
    if (!same_word(a.value, word)) continue;
    a.device().flow_control = flow;
    return;
  }
  a.bad("hardware, software or none");
}

void speaker(const Applied& a) {
  const auto volume = phonebook::to_integer(a.value);
  if (!volume || *volume < 0 || *volume > 3) return a.bad("a volume from 0 to 3");
  a.entry().speaker = *volume > 0;
}

void auto_dns(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("yes or no");
  if (!*on) a.entry().dns_mode = phonebook::DnsMode::None;
}

/// What the row says, it says of yes.
void other_than_yes(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("yes or no");
  if (!*on) a.end(Column::NotNeeded, "is off");
}

using enum Column;

// clang-format off
constexpr WvdialRule kRules[] = {
    {"inherits", {"Inherits", Translated, "what it names is written out"}, nullptr},
    {"modem", {"Modem", Kept, "path of the line"}, set_device_path},
    {"baud", {"Baud", Kept, "speed of the line"}, set_speed},
    {"flowcontrol", {"FlowControl", Kept, "flow_control of the line"}, flow_control},
    {"init", {"Init, Init1 to Init9", Translated, "COMMAND_INIT of the line's description"}, add_init},
    {"phone", {"Phone, Phone1 to Phone4", Kept, "number, numbers"}, nullptr},
    {"dial prefix", {"Dial Prefix", Translated, "in front of each number"}, nullptr},
    {"area code", {"Area Code", Translated, "in front of each number, behind Dial Prefix"}, nullptr},
    {"dial command", {"Dial Command", Translated, "COMMAND_DIAL of the line's description"}, dial_command},
    {"login", {"Login, Username", Kept, "user"}, set_user},
    {"username", {"", Kept, "user"}, set_user},
    {"password", {"Password", Kept, "password in the credentials"}, set_password},
    {"ask password", {"Ask Password", NotNeeded, "without a password in the credentials you are asked"}, nullptr},
    {"login prompt", {"Login Prompt", Translated, "expect of the first step of script"}, nullptr},
    {"password prompt", {"Password Prompt", Translated, "expect of the second step of script"}, nullptr},
    {"default reply", {"Default Reply", Translated, "send of the last step of script"}, nullptr},
    {"stupid mode", {"Stupid Mode", Translated, "answer_login_prompt, the other way round"}, stupid_mode},
    {"carrier check", {"Carrier Check", MadeSafer, "the carrier is watched; DCD that is strapped is found out and told, and echoes watch beside it"}, carrier_check},
    {"auto reconnect", {"Auto Reconnect", Kept, "redial.on_link_failure, for every way a link can end"}, auto_reconnect},
    {"idle seconds", {"Idle Seconds", MadeSafer, "idle_disconnect, and it does not switch redialling off"}, idle_seconds},
    {"dial attempts", {"Dial Attempts", MadeSafer, "redial.attempts, less the first; after them it is tried on, in growing steps"}, dial_attempts},
    {"dial timeout", {"Dial Timeout", Kept, "dial_within"}, set_dial_within},
    {"abort on busy", {"Abort on Busy", MadeSafer, "a busy number is tried again, with growing pauses"}, abort_on_busy},
    {"abort on no dialtone", {"Abort on No Dialtone", MadeSafer, "a line without dial tone is tried again: hold.no_dial_tone"}, abort_on_no_dial_tone},
    {"force address", {"Force Address", Kept, "address"}, force_address},
    {"auto dns", {"Auto DNS", Translated, "dns_mode"}, auto_dns},
    {"check dns", {"Check DNS", NotNeeded, "name servers are taken over when the link is up; watch.path asks them"}, nullptr},
    {"check def route", {"Check Def Route", NotNeeded, "the default route is made and undone with the link"}, nullptr},
    {"dns test", {"DNS Test1, DNS Test2", NotNeeded, "watch.path = [\"dns:given\"] asks the link's own name servers"}, nullptr},
    {"setvolume", {"SetVolume", Translated, "speaker"}, speaker},
    {"remote name", {"Remote Name", NotNeeded, "credentials are found by the entry's name"}, nullptr},
    {"new pppd", {"New PPPD", NotNeeded, "PPP is spoken by the program itself"}, nullptr},
    {"pppd path", {"PPPD Path", NotNeeded, "PPP is spoken by the program itself"}, nullptr},
    {"pppd option", {"PPPD Option", Dropped, "pppd is not run; set the entry's own key"}, nullptr},
    {"isdn", {"ISDN", Dropped, "ISDN adapters are dialled as modems, by AT commands"}, other_than_yes},
    {"compuserve", {"Compuserve", Dropped, "its login is no more; write a script if a host still has it"}, other_than_yes},
    {"tonline", {"Tonline", Dropped, "user names of T-Online are written out in Login"}, other_than_yes},
    {"modem type", {"Modem Type", NotNeeded, "modems are driven alike"}, nullptr},
    {"modem name", {"Modem Name", NotNeeded, "a remark"}, nullptr},
    {"country", {"Country", NotNeeded, "a remark"}, nullptr},
    {"provider name", {"Provider Name", NotNeeded, "a remark"}, nullptr},
    {"product name", {"Product Name", NotNeeded, "a remark"}, nullptr},
    {"home page", {"Home Page", NotNeeded, "a remark"}, nullptr},
    {"dialmessage", {"DialMessage1, DialMessage2", NotNeeded, "a remark, of programs that write wvdial's file"}, nullptr},
};
// clang-format on

struct Value {
  SettingId id{};
  std::string text;
};
struct Section {
  std::string name;
  uint32_t line = 0;
  std::map<std::string, Value> values;  // by plain_key, the last one of each
};

bool is_dialer(std::string_view section) { return plain_key(section).starts_with("dialer "); }

/// The key without the number that Init1, Phone2 and DNS Test1 have at their end.
std::string family(std::string_view key) {
  std::string plain(key);
  const bool numbered = plain.starts_with("init") || plain.starts_with("phone") ||
                        plain.starts_with("dns test") || plain.starts_with("dialmessage");
  if (numbered && !plain.empty() && plain.back() >= '0' && plain.back() <= '9') plain.pop_back();
  return plain;
}

const WvdialRule* rule_of(std::string_view key) {
  const std::string plain = family(key);
  const auto* found = std::ranges::find(kRules, plain, &WvdialRule::key);
  return found == std::end(kRules) ? nullptr : found;
}

class WvdialReader {
 public:
  WvdialReader(const SourceFile& file, Reading& reading) : file_(file), reading_(reading) {}

  void read() {
    lex();
    for (const Section& section : sections_) {
      if (is_dialer(section.name)) read_dialer(section);
    }
    end_the_rest();
  }

 private:
  void lex();
  Section& section_of(const IniLine& line);
  const Section* find(std::string_view name) const;
  std::map<std::string, Value> effective(const Section& dialer);
  void inherit(std::map<std::string, Value>& into, const Section& from);
  void read_dialer(const Section& section);
  void apply(const std::map<std::string, Value>& values, Connection& connection, Parts& parts);
  void take_part(const std::string& key, const Applied& a, Parts& parts) const;
  void end_the_rest();

  const SourceFile& file_;
  Reading& reading_;
  std::vector<Section> sections_;
};

Section& WvdialReader::section_of(const IniLine& line) {
  const auto found = std::ranges::find_if(
      sections_, [&](const Section& s) { return same_word(s.name, line.section); });
  if (found != sections_.end()) return *found;
  sections_.push_back({.name = clean(line.section), .line = line.line});
  return sections_.back();
}

void WvdialReader::lex() {
  for (const IniLine& line : ini_lines(file_.octets)) {
    if (line.form == IniLine::Form::Odd) {
      refuse(reading_, file_.path, line.line, line.column,
             fmt::format("\"{}\" is neither [Section] nor name = value; nothing of the file is "
                         "imported; correct the line, or put # in front of it",
                         phonebook::shown(line.value)));
      return;
    }
    Section& section = section_of(line);
    if (line.form == IniLine::Form::Section) continue;
    const std::string key = plain_key(line.key);
    std::string_view text = line.value;
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
      text = text.substr(1, text.size() - 2);
    }
    // A SIM's PIN is sent as any other command.
    const bool pin = plain_key(text).find("+cpin") != std::string::npos;
    const bool secret = rule_of(key) != nullptr ? key == "password" : names_secret(key);
    const SettingId id =
        reading_.report.add({.file = file_.path,
                             .line = line.line,
                             .column = line.column,
                             .section = fmt::format("[{}]", section.name),
                             .key = clean(line.key),
                             .value = std::string(secret || pin ? kCovered : clean(text))});
    const auto [at, fresh] = section.values.try_emplace(key);
    if (!fresh) {
      reading_.report.end(at->second.id, NotNeeded,
                          fmt::format("line {} of the same section says otherwise", line.line));
    }
    at->second = {id, std::string(text)};
  }
}

const Section* WvdialReader::find(std::string_view name) const {
  name = trim(name);
  for (const std::string& wanted : {std::string(name), fmt::format("Dialer {}", name)}) {
    for (const Section& section : sections_) {
      if (same_word(section.name, wanted)) return &section;
    }
  }
  return nullptr;
}

void WvdialReader::inherit(std::map<std::string, Value>& into, const Section& from) {
  for (const auto& [key, value] : from.values) into.try_emplace(key, value);
}

/// Its own values, those of what it inherits from, and of [Dialer Defaults]; the first one counts.
std::map<std::string, Value> WvdialReader::effective(const Section& dialer) {
  std::map<std::string, Value> values = dialer.values;
  const Section* at = &dialer;
  for (size_t hops = 0; at != nullptr && hops < kInheritsMax; ++hops) {
    const auto inherits = at->values.find("inherits");
    if (inherits == at->values.end()) break;
    const Section* from = find(inherits->second.text);
    if (from == nullptr) {
      const Setting& setting = reading_.report.at(inherits->second.id);
      if (reading_.report.open(inherits->second.id)) {
        warn(
            reading_, file_.path, setting.line, setting.column,
            fmt::format("there is no section [{}] to inherit from, so nothing is; correct the name",
                        phonebook::shown(inherits->second.text)));
        reading_.report.end(inherits->second.id, Dropped, "there is no such section");
      }
      break;
    }
    reading_.report.end_if_open(inherits->second.id, Translated, "what it names is written out");
    inherit(values, *from);
    at = from;
  }
  if (const Section* defaults = find(kDefaults)) inherit(values, *defaults);
  return values;
}

/// Area Code and Dial Prefix come before any Phone: the keys are in order.
void WvdialReader::take_part(const std::string& key, const Applied& a, Parts& parts) const {
  if (family(key) == "phone") {
    phonebook::Number number;
    number.digits = parts.dial_prefix + parts.area_code + clean(a.value);
    if (number.digits.size() > phonebook::kNumberOctetsMax) {
      return a.bad("a number of at most 128 characters");
    }
    a.entry().numbers.push_back(std::move(number));
  }
  const std::pair<std::string_view, std::string Parts::*> kParts[] = {
      {"dial prefix", &Parts::dial_prefix},
      {"area code", &Parts::area_code},
      {"login prompt", &Parts::login_prompt},
      {"password prompt", &Parts::password_prompt},
      {"default reply", &Parts::default_reply}};
  for (const auto& [name, part] : kParts) {
    if (name != key) continue;
    if (a.value.size() > phonebook::kScriptTextMax)
      return a.bad("a text of at most 128 characters");
    parts.*part = clean(a.value);
  }
}

void WvdialReader::apply(const std::map<std::string, Value>& values, Connection& connection,
                         Parts& parts) {
  for (const auto& [key, value] : values) {
    const WvdialRule* rule = rule_of(key);
    if (rule == nullptr) {
      reading_.report.end_if_open(value.id, Dropped, "no option of wvdial's that is known");
      continue;
    }
    const Applied applied{reading_, connection, value.id, value.text};
    if (value.text.empty()) {
      applied.end(NotNeeded, "is empty");
      continue;
    }
    take_part(key, applied, parts);
    if (rule->action != nullptr) rule->action(applied);
    reading_.report.end_if_open(value.id, rule->rule.column, std::string(rule->rule.text));
  }
}

/// Only what the source names: other prompts are known without a script.
void add_script(const Parts& parts, Connection& connection) {
  const auto step = [&](std::string prompt, std::string send) {
    phonebook::ScriptStep made;
    made.expect.push_back({std::move(prompt), {}});
    made.send = std::move(send);
    connection.entry.script_steps.push_back(std::move(made));
  };
  const bool prompts = !parts.login_prompt.empty() || !parts.password_prompt.empty();
  if (!prompts && parts.default_reply.empty()) return;
  step(parts.login_prompt.empty() ? "ogin:" : parts.login_prompt, "${user}\\r");
  step(parts.password_prompt.empty() ? "assword:" : parts.password_prompt, "${password}\\r");
  if (parts.default_reply.empty()) return;
  phonebook::ScriptStep reply;
  for (const char* prompt : {">", "%", "$", "#"}) reply.expect.push_back({prompt, {}});
  reply.within = 10s;
  reply.otherwise = "done";  // PPP may have begun by itself
  for (const char c : parts.default_reply.substr(0, 60)) {
    reply.send += c == '\\' || c == '$' ? std::string{'\\', c} : std::string(1, c);
  }
  reply.send += "\\r";
  connection.entry.script_steps.push_back(std::move(reply));
}

void WvdialReader::read_dialer(const Section& section) {
  const std::map<std::string, Value> values = effective(section);
  const bool has_phone = std::ranges::any_of(values, [](const auto& each) {
    return family(each.first) == "phone" && !each.second.text.empty();
  });
  if (!has_phone || reading_.connections.size() >= kConnectionsMax) return;

  Connection connection;
  connection.source = Source::Wvdial;
  connection.name = std::string(trim(std::string_view(section.name).substr(7)));
  connection.file = file_.path;
  connection.line = section.line;
  connection.entry.interface = phonebook::Interface::Tun;
  connection.entry.dial = phonebook::DialMode::Manual;  // wvdial is started by hand
  Parts parts;
  apply(values, connection, parts);
  add_script(parts, connection);
  reading_.connections.push_back(std::move(connection));
}

void WvdialReader::end_the_rest() {
  const bool dials = std::ranges::any_of(reading_.connections, [&](const Connection& connection) {
    return connection.file == file_.path;
  });
  for (const Section& section : sections_) {
    const bool defaults = same_word(section.name, kDefaults);
    const bool lost = is_dialer(section.name) && !(defaults && dials);
    const std::string_view why =
        lost
            ? defaults ? "no dialler has a Phone" : "the section has no Phone, its own or inherited"
        : defaults ? "each dialler says otherwise"
                   : "no dialler inherits this section, or each says otherwise";
    for (const auto& [key, value] : section.values) {
      reading_.report.end_if_open(value.id, lost ? Dropped : NotNeeded, std::string(why));
    }
  }
}

}  // namespace

bool is_wvdial(std::string_view octets) {
  const auto lines = ini_lines(octets);
  return std::ranges::any_of(lines, [](const IniLine& line) {
    return line.form == IniLine::Form::Section && is_dialer(line.section);
  });
}

void read_wvdial(const SourceFile& file, Reading& reading) {
  if (readable(file, reading)) WvdialReader(file, reading).read();
}

std::vector<Rule> wvdial_rules() {
  std::vector<Rule> out;
  for (const WvdialRule& row : kRules) {
    if (!row.rule.option.empty()) out.push_back(row.rule);
  }
  return out;
}

}  // namespace redial::migrate
