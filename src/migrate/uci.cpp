// SPDX-License-Identifier: Apache-2.0
#include "migrate/uci.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "migrate/apply.h"
#include "migrate/pppd_chat.h"
#include "migrate/pppd_given.h"
#include "migrate/pppd_options.h"
#include "migrate/pppd_words.h"
#include "modem/chat.h"
#include "modem/inf_lexer.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::to_integer;

namespace {

using enum Column;

struct UciRule {
  std::string_view names;  // parted by blanks
  Column column = NotNeeded;
  std::string_view text;
  Action action = nullptr;
  bool secret = false;
};

void pppd_action(std::string_view option, const Applied& a, std::string value) {
  Applied one = a;
  one.value = std::move(value);
  find_pppd_option(option)->action(one);
}

/// "5" or "5 1": so many unanswered echoes, so many seconds apart; the seconds are 5 when unsaid.
void keepalive(const Applied& a) {
  const auto words = command_words(a.value);
  const size_t comma = a.value.find(',');
  std::string failures = words.empty() ? std::string() : words[0];
  std::string every = words.size() > 1 ? words[1] : "5";
  if (comma != std::string::npos) {
    failures = a.value.substr(0, comma);
    every = a.value.substr(comma + 1);
  }
  pppd_action("lcp-echo-failure", a, std::string(phonebook::trim(failures)));
  pppd_action("lcp-echo-interval", a, std::string(phonebook::trim(every)));
}

void demand(const Applied& a) {
  const auto idle = to_seconds(a.value);
  if (!idle) return a.bad("a number of seconds");
  if (*idle == 0s) return a.end(NotNeeded, "0 is no dialling on demand");
  a.tell(a.rules().on_demand, true);
  a.tell(a.rules().idle, *idle);
  a.entry().dial = phonebook::DialMode::OnDemand;
  a.entry().idle_disconnect = *idle;
}

void auto_start(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("0 or 1");
  if (!*on) a.entry().dial = phonebook::DialMode::Manual;
}
void disabled(const Applied& a) {
  if (to_flag(a.value) == true) a.entry().dial = phonebook::DialMode::Manual;
}
void default_route(const Applied& a) { a.entry().default_route = to_flag(a.value) != false; }
void peer_dns(const Applied& a) {
  if (to_flag(a.value) == false) a.entry().dns_mode = phonebook::DnsMode::None;
}
void name_servers(const Applied& a) {
  for (const std::string& each : command_words(a.value)) {
    Applied one = a;
    one.value = each;
    set_dns(one);
  }
  if (!a.entry().dns.empty()) a.entry().dns_mode = phonebook::DnsMode::Auto;
}
void ipv6(const Applied& a) { a.entry().ipv6 = a.value != "0"; }
void metric(const Applied& a) { find_pppd_option("defaultroute-metric")->action(a); }
void number(const Applied& a) {
  if (a.value.size() > phonebook::kNumberOctetsMax) return a.bad("a number");
  phonebook::Number made;
  made.digits = clean(a.value);
  a.entry().numbers = {made};
}
void max_wait(const Applied& a) { set_dial_within(a); }
void below(const Applied& a) {
  if (a.connection.carrier == Carrier::Pppoe) {
    a.device().path = clean(a.value).substr(0, 64);
    a.end(Translated, "named in what the line needs");
  } else {
    set_device_path(a);
  }
}

/// What `device` was called before; beside it, and where it names no port, the interface's name.
void old_name(const Applied& a) {
  const bool serial = a.value.starts_with("/dev/") || a.value.starts_with("tty");
  if (!a.device().path.empty()) return a.end(NotNeeded, "device says it");
  if (a.connection.carrier != Carrier::Pppoe && !serial) return;
  below(a);
  a.end(Kept, "path of the line");
}

/// Its words are options of pppd's; each does what it does there.
void pppd_options(const Applied& a) {
  const auto words = command_words(a.value);
  std::string lost;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string name = clean(words[i]);
    const PppdOption* option = find_pppd_option(name);
    std::string value;
    if (option != nullptr && option->arguments > 0 && i + 1 < words.size()) value = words[++i];
    const bool effect = option != nullptr && option->column != Dropped;
    if (!effect) lost += (lost.empty() ? "" : ", ") + name;
    if (effect && option->action != nullptr) {
      Applied one{a.reading, a.connection, a.id, value};
      // What one word becomes must not dispose of them all.
      Reading aside;
      const Applied scratch{aside, a.connection, aside.report.add({}), value};
      option->action(scratch);
    }
  }
  if (!lost.empty())
    a.end(
        Dropped,
        fmt::format("of its options {} have no effect here; the others do as in the table of pppd",
                    lost));
}

void connect_script(const Applied& a) {
  if (modem::is_chat_command(a.value)) {
    const auto none = [](const std::string& path) -> Result<std::string> {
      return fail(ErrorKind::NotFound, path + " is not among the files imported");
    };
    const auto applied = apply_chat(a.value, a.connection.name, none, a.connection);
    if (applied) {
      const std::string lost = applied->empty() ? std::string() : "; " + *applied;
      return a.end(Translated, "the line's description, number and script" + lost);
    }
  }
  a.connection.needs.emplace_back(
      "a description and a number, for its connect script is not taken over");
  a.end(Dropped, "no program is run to dial; its number and script are to be written by hand");
}

// In the order in which they are applied.
// clang-format off
constexpr UciRule kRules[] = {
    {"proto", Translated, "what the line is, or needs"},
    {"device", Kept, "path of the line", below},
    {"ifname", NotNeeded, "of a link over a serial port it is the interface's own name", old_name},
    {"username", Kept, "user", set_user},
    {"password", Kept, "password in the credentials", set_password, true},
    {"apn", Translated, "AT+CGDCONT in the line's description", set_access_point},
    {"dialnumber", Kept, "number", number},
    {"pincode", Dropped, "a SIM's PIN is not sent; take it off the SIM", nullptr, true},
    {"service", Translated, "of pppoe named in what the line needs; the kind of a mobile network is the modem's own setting"},
    {"ac", Translated, "named in what the line needs"},
    {"connect", Translated, "the line's description, number and script", connect_script},
    {"disconnect", NotNeeded, "a call is ended by DTR, by the escape and ATH where there is none, and that is verified"},
    {"keepalive", Translated, "watch.echo_after_silence and watch.dead_peer_bound", keepalive},
    {"keepalive_adaptive", NotNeeded, "echoes are sent only into silence"},
    {"demand", Translated, "dial = \"on-demand\", idle_disconnect", demand},
    {"auto", Translated, "dial = \"always\", or \"manual\"", auto_start},
    {"disabled", Translated, "dial = \"manual\"", disabled},
    {"maxwait", Translated, "dial_within", max_wait},
    {"defaultroute", Kept, "default_route", default_route},
    {"peerdns", Translated, "dns_mode", peer_dns},
    {"dns", Kept, "dns, dns2", name_servers},
    {"metric", Kept, "metric", metric},
    {"ipv6", Kept, "ipv6", ipv6},
    {"mtu", NotNeeded, "the peer's MRU is the interface's MTU"},
    {"pppd_options", Translated, "each as in the table of pppd", pppd_options},
    {"persist maxfail holdoff", NotNeeded, "redial.attempts and redial.pause; it is dialled for ever unless they say otherwise"},
    {"pppname", NotNeeded, "interface_name, unless it may be chosen"},
    {"delay", NotNeeded, "a modem is asked until it answers"},
    {"auth authtype", NotNeeded, "the far end says which method it takes"},
    {"pdptype", Dropped, "the data call is of IPv4; ipv6 = true asks for both"},
    {"host_uniq padi_attempts padi_timeout", Dropped, "there is no PPPoE carrier yet"},
    {"modes iface6rd", Dropped, "the modem's own settings stay as they are"},
    {"server", Dropped, "VPNs are not built here"},
    {"delegate ip6assign ip6hint ip6prefix ip6table ip4table reqprefix force_link nohostroute zone sourcefilter dns_metric dns_search peerdns6", Dropped, "routing within the house is OpenWrt's"},
    {"macaddr type stp igmp_snooping", NotNeeded, "the Ethernet below stays OpenWrt's"},
};
// clang-format on

const UciRule* rule_for(std::string_view option) {
  for (const UciRule& rule : kRules) {
    const auto names = command_words(rule.names);
    if (std::ranges::find(names, option) != names.end()) return &rule;
  }
  return nullptr;
}

struct UciLine {
  uint32_t line = 0;
  std::vector<PppdWord> words;
};

/// A line's words, quoted as in a shell: UCI's are the same as pppd's but for the backslash.
std::vector<UciLine> uci_lines(const SourceFile& file, Reading& reading) {
  std::vector<UciLine> out;
  for (PppdWord& word : pppd_words(file, reading)) {
    if (word.first_of_line || out.empty()) out.push_back({.line = word.line});
    out.back().words.push_back(std::move(word));
  }
  return out;
}

struct UciOption {
  SettingId id{};
  std::string name, value;
};
struct UciSection {
  std::string type, name;
  uint32_t line = 0;
  std::vector<UciOption> options;

  std::string value(std::string_view option) const {
    const auto found = std::ranges::find(options, option, &UciOption::name);
    return found == options.end() ? std::string() : found->value;
  }
};

/// What others may see of a value: a script may have a password in it, pppd's options name one.
std::string shown_value(std::string_view name, const std::string& value) {
  const PppdOption* as_in_pppd = find_pppd_option(name);
  if (name == "connect" || name == "disconnect") return shown_argument(*as_in_pppd, value);
  if (name != "pppd_options") return clean(value);
  std::string shown;
  const auto words = command_words(value);
  for (size_t i = 0; i < words.size(); ++i) {
    const PppdOption* option = find_pppd_option(words[i]);
    shown += (i > 0 ? " " : "") + clean(words[i]);
    if (option == nullptr || option->arguments == 0 || i + 1 == words.size()) continue;
    shown += " " + shown_argument(*option, words[++i]);
  }
  return shown;
}

class UciReader {
 public:
  UciReader(const SourceFile& file, Reading& reading) : file_(file), reading_(reading) {}

  void read() {
    for (const UciLine& line : uci_lines(file_, reading_)) take(line);
    for (const UciSection& section : sections_) {
      const auto carrier = carrier_of(section);
      if (carrier && reading_.connections.size() < kConnectionsMax) {
        read_connection(section, *carrier);
      }
      for (const UciOption& option : section.options) {
        reading_.report.end_if_open(option.id, carrier ? Dropped : NotNeeded,
                                    carrier ? "no option of an interface over PPP that is known"
                                            : "no PPP link: it stays with OpenWrt");
      }
    }
  }

 private:
  void take(const UciLine& line);
  static std::optional<Carrier> carrier_of(const UciSection& section);
  void read_connection(const UciSection& section, Carrier carrier);
  static void settle(const UciSection& section, Connection& connection);

  const SourceFile& file_;
  Reading& reading_;
  std::vector<UciSection> sections_;
};

void UciReader::take(const UciLine& line) {
  const auto& words = line.words;
  if (words[0].text == "package" && words.size() == 2) return;
  if (words[0].text == "config" && (words.size() == 2 || words.size() == 3)) {
    sections_.push_back({.type = words[1].text,
                         .name = words.size() == 3 ? words[2].text : std::string(),
                         .line = line.line});
    return;
  }
  const bool setting = words.size() == 3 && (words[0].text == "option" || words[0].text == "list");
  if (!setting || sections_.empty()) {
    refuse(
        reading_, file_.path, line.line, words[0].column,
        "is neither `config TYPE 'NAME'` nor `option NAME 'VALUE'` in one; nothing of the file is "
        "imported; correct the line");
    return;
  }
  const std::string& name = words[1].text;
  const UciRule* rule = rule_for(name);
  const bool secret = (rule != nullptr && rule->secret) || names_secret(name) ||
                      plain_key(name).find("key") != std::string::npos;
  const UciSection& section = sections_.back();
  const SettingId id = reading_.report.add(
      {.file = file_.path,
       .line = line.line,
       .column = words[2].column,
       .section = fmt::format("{} '{}'", clean(section.type), clean(section.name)),
       .key = clean(name),
       .value = secret ? std::string(kCovered) : shown_value(name, words[2].text)});
  sections_.back().options.push_back({id, name, words[2].text});
}

std::optional<Carrier> UciReader::carrier_of(const UciSection& section) {
  if (section.type != "interface") return std::nullopt;
  const std::string proto = section.value("proto");
  if (proto == "ppp") return Carrier::Cable;
  if (proto == "3g") return Carrier::Modem;
  if (proto == "pppoe" || proto == "pppoa") return Carrier::Pppoe;
  for (const std::string_view mobile : {"qmi", "mbim", "ncm", "modemmanager", "directip", "hnet"}) {
    if (proto == mobile) return Carrier::Mobile;
  }
  if (proto == "pptp" || proto == "l2tp") return Carrier::Other;
  return std::nullopt;
}

void UciReader::settle(const UciSection& section, Connection& connection) {
  phonebook::Entry& entry = connection.entry;
  const std::string proto = section.value("proto");
  if (connection.carrier == Carrier::Pppoe) {
    entry.type = phonebook::EntryType::Broadband;
    std::string to;
    if (!section.value("service").empty())
      to += " to the service " + clean(section.value("service"));
    if (!section.value("ac").empty()) to += " of the concentrator " + clean(section.value("ac"));
    if (!to.empty()) {
      connection.needs.push_back(
          fmt::format("a PPPoE carrier{}{}, which there is not yet",
                      connection.device.path.empty() ? "" : " over " + connection.device.path, to));
    }
  }
  if (connection.carrier == Carrier::Other) entry.type = phonebook::EntryType::Vpn;
  if (connection.carrier == Carrier::Mobile) {
    connection.needs.push_back(
        fmt::format("a carrier for mobile data by {}, which there is not yet; a "
                    "serial port of the modem would do",
                    clean(proto)));
  }
  if (proto == "ppp" && (connection.modem || !entry.numbers.empty() || !connection.needs.empty())) {
    connection.carrier = Carrier::Modem;
  }
  const bool mobile = proto == "3g" || connection.carrier == Carrier::Mobile;
  if (mobile && entry.numbers.empty()) {
    phonebook::Number data_call;
    data_call.digits = "*99***1#";  // what OpenWrt dials when it is not told
    entry.numbers = {data_call};
  }
}

void UciReader::read_connection(const UciSection& section, Carrier carrier) {
  Connection connection;
  connection.source = Source::OpenWrt;
  connection.carrier = carrier;
  connection.name = section.name.empty() ? "interface" : clean(section.name);
  connection.file = file_.path;
  connection.line = section.line;
  connection.entry.interface = phonebook::Interface::Tun;
  std::map<std::string, const UciOption*> last;
  for (const UciOption& option : section.options) {
    const bool list = option.name == "dns";
    if (!list && last.contains(option.name)) {
      reading_.report.end_if_open(last[option.name]->id, NotNeeded, "is said again below");
    }
    last[option.name] = &option;
  }
  for (const UciRule& rule : kRules) {
    for (const UciOption& option : section.options) {
      if (rule_for(option.name) != &rule || !reading_.report.open(option.id)) continue;
      const Applied a{reading_, connection, option.id, option.value};
      if (option.value.empty()) {
        a.end(NotNeeded, "is empty");
        continue;
      }
      if (rule.action != nullptr) rule.action(a);
      a.end(rule.column, std::string(rule.text));
    }
  }
  set_watch(reading_.report, connection);
  settle(section, connection);
  reading_.connections.push_back(std::move(connection));
}

}  // namespace

bool is_uci_network(std::string_view octets) {
  modem::inf::Lines lines(octets);
  while (const auto line = lines.next()) {
    const auto words =
        line->text.size() > 200 ? std::vector<std::string>() : command_words(line->text);
    if (words.size() >= 2 && words[0] == "config" &&
        (words[1] == "interface" || words[1] == "device")) {
      return true;
    }
  }
  return false;
}

void read_uci(const SourceFile& file, Reading& reading) {
  if (readable(file, reading)) UciReader(file, reading).read();
}

std::vector<Rule> uci_rules() {
  std::vector<Rule> out;
  for (const UciRule& rule : kRules) out.push_back({rule.names, rule.column, rule.text});
  return out;
}

}  // namespace redial::migrate
