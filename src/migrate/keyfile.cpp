// SPDX-License-Identifier: Apache-2.0
#include "migrate/keyfile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/ip_address.h"
#include "migrate/apply.h"
#include "migrate/pppd_options.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::to_integer;

namespace {

using enum Column;

struct KeyfileRule {
  std::string_view keys;  // "ppp.mru", parted by blanks; "proxy.*" for all of a section
  Column column = NotNeeded;
  std::string_view text;
  Action action = nullptr;
  bool secret = false;
};

// --- connection
// -----------------------------------------------------------------------------------

void auto_connect(const Applied& a) {
  const auto on = to_flag(a.value);
  if (!on) return a.bad("true or false");
  a.tell(a.rules().redials_lost, *on);
  a.entry().dial = *on ? phonebook::DialMode::Always : phonebook::DialMode::Manual;
}

/// -1 is NetworkManager's own number, which is 4 and then 300 s of nothing; 0 is for ever.
void retries(const Applied& a) {
  const auto number = to_integer(a.value);
  if (!number || *number < -1 || *number > 1'000'000) return a.bad("a number of tries");
  a.tell(a.rules().attempts, *number);
  if (*number > 0) {
    a.entry().redial.attempts = static_cast<uint32_t>(*number - 1);
  } else {
    a.end(Translated, "redial.attempts = \"forever\"");
  }
}

// --- the line
// -------------------------------------------------------------------------------------

void parity(const Applied& a) {
  const bool even = a.value == "e" || a.value == "69" || a.value == "101";
  const bool odd = a.value == "o" || a.value == "79" || a.value == "111";
  a.device().format[1] = even ? 'E' : odd ? 'O' : 'N';
}
void stop_bits(const Applied& a) {
  if (a.value != "1" && a.value != "2") return a.bad("1 or 2");
  a.device().format[2] = a.value.front();
}
void data_bits(const Applied& a) {
  if (a.value == "8") return;
  a.end(Dropped, "PPP needs eight data bits");
}
void hardware_flow(const Applied& a) {
  if (to_flag(a.value) == true) a.device().flow_control = phonebook::FlowControl::Hardware;
}
void speed(const Applied& a) {
  if (a.value == "0") return a.end(NotNeeded, "0 leaves the speed as it is");
  set_speed(a);
}
/// A serial port can be dialled as a modem; what is no serial port cannot.
void interface_name(const Applied& a) {
  if (a.value.starts_with("tty") || a.value.starts_with("rfcomm")) {
    set_device_path(a);
    a.end(Translated, "path of the line");
  } else if (a.device().path.empty()) {
    a.device().path = clean(a.value).substr(0, 64);
  }
}
void parent(const Applied& a) { a.device().path = clean(a.value).substr(0, 64); }

// --- PPP
// ------------------------------------------------------------------------------------------

void refuse_pap(const Applied& a) { a.entry().auth.pap = to_flag(a.value) != true; }
void refuse_chap(const Applied& a) { a.entry().auth.chap_md5 = to_flag(a.value) != true; }
void refuse_mschap(const Applied& a) {
  if (to_flag(a.value) == true) a.entry().auth.mschap = false;
}
void refuse_mschap_v2(const Applied& a) { a.entry().auth.mschap_v2 = to_flag(a.value) != true; }
void require_mppe(const Applied& a) {
  if (to_flag(a.value) == true) a.entry().encryption = phonebook::Encryption::Required;
}
void require_mppe_128(const Applied& a) {
  if (to_flag(a.value) == true) a.entry().encryption = phonebook::Encryption::Strongest;
}
void mru(const Applied& a) {
  if (a.value == "0") return a.end(NotNeeded, "0 leaves it to the negotiation");
  find_pppd_option("mru")->action(a);
}
void echo_interval(const Applied& a) { find_pppd_option("lcp-echo-interval")->action(a); }
void echo_failure(const Applied& a) { find_pppd_option("lcp-echo-failure")->action(a); }

// --- mobile data, Bluetooth
// -----------------------------------------------------------------------

void number(const Applied& a) {
  if (a.value.size() > phonebook::kNumberOctetsMax) return a.bad("a number");
  phonebook::Number made;
  made.digits = clean(a.value);
  if (!made.digits.empty()) a.entry().numbers = {made};
}
/// What the row says, it says of true.
void other_than_yes(const Applied& a) {
  if (to_flag(a.value) == false) a.end(NotNeeded, "is off");
}

// --- addresses
// ------------------------------------------------------------------------------------

std::vector<std::string> parts_of(std::string_view list, char between) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const size_t end = std::min(list.find(between), list.size());
    const std::string_view part = phonebook::trim(list.substr(0, end));
    if (!part.empty()) out.emplace_back(part);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

void address(const Applied& a) {
  const std::string first = a.value.substr(0, a.value.find_first_of("/,;"));
  if (!phonebook::is_ipv4(first)) return a.bad("an IPv4 address");
  if (a.entry().ip_address.empty()) {
    a.entry().ip_address = first;
  } else {
    a.end(Dropped, "a link has one address");
  }
}
void name_servers(const Applied& a) {
  for (const std::string& each : parts_of(a.value, ';')) {
    Applied one = a;
    one.value = each;
    set_dns(one);
  }
}
void route(const Applied& a) {
  const std::string network = a.value.substr(0, a.value.find_first_of(",;"));
  if (!IpPrefix::parse(network)) return a.bad("a network");
  if (a.entry().routes.size() >= 64) return a.end(Dropped, "an entry has at most 64 routes");
  a.entry().routes.push_back(network);
}
void never_default(const Applied& a) { a.entry().default_route = to_flag(a.value) != true; }
void route_metric(const Applied& a) {
  if (a.value == "-1") return a.end(NotNeeded, "-1 leaves it to the system");
  find_pppd_option("defaultroute-metric")->action(a);
}
void ipv6_method(const Applied& a) {
  a.entry().ipv6 = a.value != "ignore" && a.value != "disabled";
}
void ipv4_method(const Applied& a) {
  if (a.value == "auto" || a.value == "manual") return;
  a.end(Dropped, "IPv4 is always negotiated");
}
void ignore_auto_dns(const Applied& a) {
  if (to_flag(a.value) == true && a.entry().dns.empty()) {
    a.entry().dns_mode = phonebook::DnsMode::None;
  }
}

// In the order in which they are applied where one needs another: dns before ignore-auto-dns.
// clang-format off
constexpr KeyfileRule kRules[] = {
    {"connection.id", Kept, "the entry's name"},
    {"connection.type", Translated, "what the line is, or needs"},
    {"connection.uuid connection.timestamp connection.read-only connection.stable-id connection.multi-connect connection.lldp connection.wait-device-timeout connection.wait-activation-delay connection.down-on-poweroff connection.origin", NotNeeded, "NetworkManager's own bookkeeping"},
    {"pppoe.parent", Translated, "named in what the line needs", parent},
    {"connection.interface-name", Translated, "path of the line; of what is no serial port, named in what it needs", interface_name},
    {"connection.autoconnect", Translated, "dial = \"always\", or \"manual\"", auto_connect},
    {"connection.autoconnect-retries", MadeSafer, "redial.attempts, less the first; after them it is tried on, in growing steps, not blocked", retries},
    {"connection.auth-retries", MadeSafer, "a refused password is tried again after redial.auth_hold, in growing steps"},
    {"connection.autoconnect-priority connection.autoconnect-slaves connection.autoconnect-ports", NotNeeded, "each entry is dialled for itself"},
    {"connection.permissions", Dropped, "who may dial is decided by who may open the line"},
    {"connection.secondaries", Dropped, "write prerequisite = \"...\" in the other entry"},
    {"connection.zone connection.mdns connection.llmnr connection.dns-over-tls connection.mptcp-flags", Dropped, "the firewall's and resolver's own settings"},
    {"connection.metered", Dropped, "budget limits what a day may cost"},
    {"connection.gateway-ping-timeout", Translated, "watch.path = [\"icmp:peer\"] asks all the time"},
    {"connection.master connection.slave-type connection.controller connection.port-type", Dropped, "a link is no part of a bridge or bond"},

    {"serial.baud ppp.baud", Kept, "speed of the line", speed},
    {"serial.bits", NotNeeded, "a line has eight data bits", data_bits},
    {"serial.parity", Translated, "format of the line", parity},
    {"serial.stopbits", Translated, "format of the line", stop_bits},
    {"serial.send-delay", Dropped, "characters are sent without a pause"},

    {"ppp.crtscts", Translated, "flow_control = \"hardware\" of the line", hardware_flow},
    {"ppp.lcp-echo-interval", Translated, "watch.echo_after_silence; times lcp-echo-failure watch.dead_peer_bound", echo_interval},
    {"ppp.lcp-echo-failure", Translated, "watch.dead_peer_bound, with lcp-echo-interval", echo_failure},
    {"ppp.mru", Kept, "mru", mru},
    {"ppp.mtu gsm.mtu cdma.mtu", NotNeeded, "the peer's MRU is the interface's MTU"},
    {"ppp.noauth", NotNeeded, "the far end need not prove itself"},
    {"ppp.no-vj-comp ppp.nobsdcomp ppp.nodeflate", NotNeeded, "vj = false; data are not compressed here"},
    {"ppp.refuse-pap", Translated, "auth, without pap", refuse_pap},
    {"ppp.refuse-chap", Translated, "auth, without chap-md5", refuse_chap},
    {"ppp.refuse-mschap", Translated, "auth, without mschap", refuse_mschap},
    {"ppp.refuse-mschapv2", Translated, "auth, without mschap-v2", refuse_mschap_v2},
    {"ppp.refuse-eap", NotNeeded, "EAP is not offered"},
    {"ppp.require-mppe ppp.mppe-stateful", Translated, "encryption = \"required\": then it is not dialled, since data are not encrypted here", require_mppe},
    {"ppp.require-mppe-128", Translated, "encryption = \"strongest\": then it is not dialled, since data are not encrypted here", require_mppe_128},

    {"gsm.number cdma.number", Kept, "number", number},
    {"gsm.username cdma.username pppoe.username", Kept, "user", set_user},
    {"gsm.password cdma.password pppoe.password", Kept, "password in the credentials", set_password, true},
    {"gsm.password-flags cdma.password-flags pppoe.password-flags", NotNeeded, "without a password in the credentials you are asked"},
    {"gsm.apn", Translated, "AT+CGDCONT in the line's description", set_access_point},
    {"gsm.pin", Dropped, "a SIM's PIN is not sent; take it off the SIM", nullptr, true},
    {"gsm.pin-flags", NotNeeded, "no PIN is sent"},
    {"gsm.home-only gsm.auto-config", Dropped, "the modem's own settings stay as they are; the access point is to be written", other_than_yes},
    {"gsm.network-id gsm.network-type gsm.allowed-bands gsm.device-id gsm.device-uid gsm.sim-id gsm.sim-operator-id gsm.initial-eps-bearer-configure gsm.initial-eps-bearer-apn", Dropped, "the modem's own settings stay as they are"},
    {"bluetooth.bdaddr bluetooth.type", Translated, "named in what the line needs"},
    {"pppoe.service", Translated, "named in what the line needs"},
    {"ethernet.* 802-3-ethernet.* vlan.*", NotNeeded, "the Ethernet below stays NetworkManager's"},

    {"ipv4.method", NotNeeded, "the far end gives an address, unless address does", ipv4_method},
    {"ipv4.addresses ipv4.address1", Translated, "address", address},
    {"ipv4.dns", Kept, "dns, dns2", name_servers},
    {"ipv4.ignore-auto-dns", Translated, "dns, dns2; without any dns_mode = \"none\"", ignore_auto_dns},
    {"ipv4.never-default", Translated, "default_route, the other way round", never_default},
    {"ipv4.route-metric", Kept, "metric", route_metric},
    {"ipv4.route1 ipv4.route2 ipv4.route3 ipv4.route4 ipv6.route1 ipv6.route2", Translated, "routes, without gateway and metric", route},
    {"ipv4.dns-search ipv4.dns-options ipv4.dns-priority ipv6.dns-search ipv6.dns-options ipv6.dns-priority", Dropped, "search domains are the system's"},
    {"ipv6.method", Translated, "ipv6", ipv6_method},
    {"ipv6.addr-gen-mode ipv6.ip6-privacy ipv6.token", NotNeeded, "interface identifiers are drawn"},
    {"ipv6.dns ipv6.addresses ipv6.address1 ipv6.never-default ipv6.route-metric ipv6.ignore-auto-dns", Dropped, "of IPv6 only ipv6, ipv6_address and routes are set"},
    {"ipv4.* ipv6.*", NotNeeded, "what DHCP and several networks would need, a link does not"},
    {"proxy.*", Dropped, "proxies are each program's own setting"},
    {"user.*", NotNeeded, "remarks"},
};
// clang-format on

const KeyfileRule* rule_for(std::string_view section, std::string_view key) {
  const std::string whole = fmt::format("{}.{}", section, key), all = fmt::format("{}.*", section);
  for (const KeyfileRule& rule : kRules) {
    const auto names = parts_of(rule.keys, ' ');
    if (std::ranges::find(names, whole) != names.end()) return &rule;
  }
  for (const KeyfileRule& rule : kRules) {
    const auto names = parts_of(rule.keys, ' ');
    if (std::ranges::find(names, all) != names.end()) return &rule;
  }
  return nullptr;
}

/// \s is a blank, \\ a backslash, \; a semicolon that parts nothing.
std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 's' ? ' ' : c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
  }
  return out;
}

struct KeyValue {
  SettingId id{};
  std::string value;
  const KeyfileRule* rule = nullptr;
};
using Keys = std::map<std::string, KeyValue, std::less<>>;  // "section.key"

std::string value_of(const Keys& keys, std::string_view key) {
  const auto found = keys.find(key);
  return found == keys.end() ? std::string() : found->second.value;
}

/// Registers each line; of a key that is set twice the last counts.
Keys lex(const SourceFile& file, Reading& reading) {
  Keys keys;
  for (const IniLine& line : ini_lines(file.octets)) {
    if (line.form == IniLine::Form::Section) continue;
    if (line.form == IniLine::Form::Odd || line.section.empty()) {
      refuse(reading, file.path, line.line, line.column,
             "is neither [section] nor key=value in one; nothing of the file is read; correct "
             "the line, or put # in front of it");
      return keys;
    }
    const std::string section = plain_key(line.section), key = plain_key(line.key);
    const KeyfileRule* rule = rule_for(section, key);
    const bool secret = (rule != nullptr && rule->secret) || names_secret(key);
    const SettingId id =
        reading.report.add({.file = file.path,
                            .line = line.line,
                            .column = line.column,
                            .section = fmt::format("[{}]", clean(line.section)),
                            .key = clean(line.key),
                            .value = secret ? std::string(kCovered) : clean(line.value)});
    const auto [at, fresh] = keys.try_emplace(section + "." + key);
    if (!fresh) {
      reading.report.end(at->second.id, NotNeeded,
                         fmt::format("line {} says otherwise", line.line));
    }
    at->second = {id, unescaped(line.value), rule};
  }
  return keys;
}

std::optional<Carrier> carrier_of(const Keys& keys) {
  const std::string type = value_of(keys, "connection.type");
  const auto has = [&](std::string_view section) {
    const auto found = keys.lower_bound(fmt::format("{}.", section));
    return found != keys.end() && found->first.starts_with(fmt::format("{}.", section));
  };
  if (type == "gsm" || type == "cdma") return Carrier::Mobile;
  if (type == "pppoe" || has("pppoe")) return Carrier::Pppoe;
  if (type == "bluetooth") {
    if (value_of(keys, "bluetooth.type") == "panu") return std::nullopt;
    return Carrier::Bluetooth;
  }
  if (type == "serial" || type == "ppp") return Carrier::Cable;
  return std::nullopt;
}

void settle_carrier(const Keys& keys, Connection& connection) {
  const std::string& path = connection.device.path;
  if (connection.carrier == Carrier::Mobile && path.starts_with("/dev/")) {
    connection.carrier = Carrier::Modem;  // a serial port takes AT commands, and PPP after them
  } else if (connection.carrier == Carrier::Bluetooth && !path.starts_with("/dev/")) {
    connection.needs.push_back(
        fmt::format("a serial port to the telephone {}, made by `rfcomm bind`, as its path",
                    clean(value_of(keys, "bluetooth.bdaddr"))));
  } else if (connection.carrier == Carrier::Pppoe) {
    connection.entry.type = phonebook::EntryType::Broadband;
    const std::string service = clean(value_of(keys, "pppoe.service"));
    if (!service.empty()) {
      connection.needs.push_back(
          fmt::format("a PPPoE carrier{} to the service {}, which there is not yet",
                      path.empty() ? "" : " over " + path, service));
    }
  }
  const bool mobile = connection.carrier == Carrier::Modem ||
                      connection.carrier == Carrier::Mobile ||
                      connection.carrier == Carrier::Bluetooth;
  if (mobile && connection.entry.numbers.empty()) {
    phonebook::Number data_call;
    data_call.digits = value_of(keys, "connection.type") == "cdma" ? "#777" : "*99#";
    connection.entry.numbers = {data_call};
  }
}

}  // namespace

bool is_keyfile(std::string_view octets) {
  bool id = false, type = false;
  for (const IniLine& line : ini_lines(octets)) {
    if (line.form != IniLine::Form::Setting || line.section != "connection") continue;
    id = id || line.key == "id" || line.key == "uuid";
    type = type || line.key == "type";
  }
  return id && type;
}

void read_keyfile(const SourceFile& file, Reading& reading) {
  if (!readable(file, reading) || reading.connections.size() >= kConnectionsMax) return;
  const Keys keys = lex(file, reading);
  const auto carrier = carrier_of(keys);
  if (!carrier) {
    for (const auto& [key, value] : keys) {
      reading.report.end_if_open(value.id, NotNeeded, "no PPP link: it stays with NetworkManager");
    }
    return;
  }
  Connection connection;
  connection.source = Source::NetworkManager;
  connection.carrier = *carrier;
  connection.name = clean(value_of(keys, "connection.id"));
  connection.file = file.path;
  connection.line = 1;
  connection.entry.interface = phonebook::Interface::Tun;
  connection.entry.dial = phonebook::DialMode::Always;  // autoconnect is on unless it is off
  for (const KeyfileRule& rule : kRules) {
    for (const auto& [key, value] : keys) {
      if (value.rule != &rule) continue;
      const Applied a{reading, connection, value.id, value.value};
      if (value.value.empty()) {
        a.end(NotNeeded, "is empty");
        continue;
      }
      if (rule.action != nullptr) rule.action(a);
      a.end(rule.column, std::string(rule.text));
    }
  }
  for (const auto& [key, value] : keys) {
    reading.report.end_if_open(value.id, Dropped, "no property of NetworkManager's that is known");
  }
  set_watch(reading.report, connection);
  settle_carrier(keys, connection);
  reading.connections.push_back(std::move(connection));
}

std::vector<Rule> keyfile_rules() {
  std::vector<Rule> out;
  for (const KeyfileRule& rule : kRules) out.push_back({rule.keys, rule.column, rule.text});
  return out;
}

}  // namespace redial::migrate
