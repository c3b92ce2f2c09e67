// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::to_integer;

namespace {

using enum Column;

// --- what failures do
// -----------------------------------------------------------------------------

void persist(const Applied& a) {
  a.tell(a.rules().redials_lost, true);
  a.entry().redial.on_link_failure = true;
}
void no_persist(const Applied& a) {
  a.tell(a.rules().redials_lost, false);
  a.entry().redial.on_link_failure = false;
}

void maxfail(const Applied& a) {
  const auto number = to_integer(a.value);
  if (!number || *number < 0 || *number > 1'000'000) return a.bad("a number of failures");
  a.tell(a.rules().attempts, *number);
  if (*number == 0) {
    a.entry().redial.attempts.reset();
    a.end(Kept, "redial.attempts = \"forever\"");
  } else {
    a.entry().redial.attempts = static_cast<uint32_t>(*number - 1);
  }
}

void holdoff(const Applied& a) {
  const auto pause = to_seconds(a.value);
  if (!pause) return a.bad("a number of seconds");
  a.tell(a.rules().pause, *pause);
  if (*pause == 0s) {
    a.end(MadeSafer,
          "pauses back off from redial.first_pause on: without one a line that answers "
          "and drops is dialled without end");
  } else {
    a.entry().redial.pause = clamped(*pause, 1s, 24h);
  }
}

void echo_interval(const Applied& a) {
  const auto every = to_seconds(a.value);
  if (!every) return a.bad("a number of seconds");
  a.tell(a.rules().echo_every, *every);
  if (*every == 0s) a.end(MadeSafer, "a silent peer is noticed: watch.echo_after_silence");
}
void echo_failures(const Applied& a) {
  const auto number = to_integer(a.value);
  if (!number || *number < 0 || *number > 100'000) return a.bad("a number of echoes");
  a.tell(a.rules().echo_failures, *number);
  if (*number == 0) a.end(MadeSafer, "a silent peer is called dead: watch.dead_peer_bound");
}
void echo_adaptive(const Applied& a) { a.tell(a.rules().echo_adaptive, true); }

void demand(const Applied& a) {
  a.tell(a.rules().on_demand, true);
  a.entry().dial = phonebook::DialMode::OnDemand;
}
void idle(const Applied& a) {
  const auto seconds = to_seconds(a.value);
  if (!seconds) return a.bad("a number of seconds");
  a.tell(a.rules().idle, *seconds);
  if (*seconds > 0s) a.entry().idle_disconnect = *seconds;
}
void maxconnect(const Applied& a) {
  const auto seconds = to_seconds(a.value);
  if (!seconds) return a.bad("a number of seconds");
  if (*seconds > 0s) a.entry().session_limit = *seconds;
}
void maxoctets(const Applied& a) {
  const auto octets = to_integer(a.value);
  if (!octets || *octets < 0 || *octets > 1'000'000'000'000'000) return a.bad("a number of octets");
  if (*octets > 0) a.entry().budget.bytes = static_cast<uint64_t>(*octets);
}

void lcp_restart(const Applied& a) {
  const auto every = to_seconds(a.value);
  if (!every || *every == 0s) return a.bad("a number of seconds");
  a.entry().watch.lcp_restart = clamped(*every, 1s, 60s);
}
void lcp_tries(const Applied& a) {
  const auto number = to_integer(a.value);
  if (!number || *number < 1 || *number > 100'000) return a.bad("a number of requests");
  a.entry().watch.lcp_tries = static_cast<uint8_t>(std::clamp<int64_t>(*number, 2, 255));
}

// --- the line
// -------------------------------------------------------------------------------------

void local(const Applied& a) {
  a.tell(a.rules().watches_carrier, false);
  a.device().modem_lines = false;
}
void use_modem(const Applied& a) { a.tell(a.rules().watches_carrier, true); }
void flow_hardware(const Applied& a) { a.device().flow_control = phonebook::FlowControl::Hardware; }
void flow_none(const Applied& a) { a.device().flow_control = phonebook::FlowControl::None; }
void flow_software(const Applied& a) { a.device().flow_control = phonebook::FlowControl::Software; }
void stop_bits(const Applied& a) {
  if (a.value != "1" && a.value != "2") return a.bad("1 or 2");
  a.device().format = a.value == "2" ? "8N2" : "8N1";
}
void socket(const Applied& a) {
  const size_t colon = a.value.rfind(':');
  const auto port =
      colon == std::string::npos ? std::nullopt : to_integer(a.value.substr(colon + 1));
  const bool usable = port && *port > 0 && *port < 65536 && colon > 0 && clean(a.value) == a.value;
  if (!usable) return a.bad("host:port");
  a.device().kind = phonebook::LineKind::Tcp;
  a.device().path = a.value;
  a.device().modem_lines = false;
}

// --- who we are
// -----------------------------------------------------------------------------------

void refuse_pap(const Applied& a) { a.entry().auth.pap = false; }
void refuse_chap(const Applied& a) { a.entry().auth.chap_md5 = false; }
void refuse_mschap(const Applied& a) { a.entry().auth.mschap = false; }
void refuse_mschap_v2(const Applied& a) { a.entry().auth.mschap_v2 = false; }
void refuse_eap(const Applied& a) { a.entry().auth.eap = false; }
void mppe(const Applied& a) { a.entry().encryption = phonebook::Encryption::Required; }
void mppe_128(const Applied& a) { a.entry().encryption = phonebook::Encryption::Strongest; }
void no_mppe(const Applied& a) { a.entry().encryption = phonebook::Encryption::None; }
void callback(const Applied& a) {
  if (a.value.size() > phonebook::kNumberOctetsMax) return a.bad("a telephone number");
  a.entry().callback_mode = 1;
  a.entry().callback_number = clean(a.value);
}

// --- IP
// -------------------------------------------------------------------------------------------

void default_route(const Applied& a) { a.entry().default_route = true; }
void no_default_route(const Applied& a) { a.entry().default_route = false; }
void replace_default_route(const Applied& a) { a.entry().metric = 1; }
void route_metric(const Applied& a) {
  const auto metric = to_integer(a.value);
  if (!metric || *metric < 0 || *metric > 0xffffffff) return a.bad("a metric");
  a.entry().metric = static_cast<uint32_t>(*metric);
}
void peer_dns(const Applied& a) { a.entry().dns_mode = phonebook::DnsMode::Auto; }
void use_ipv6(const Applied& a) { a.entry().ipv6 = true; }
void no_ipv6(const Applied& a) { a.entry().ipv6 = false; }
void no_vj(const Applied& a) { a.entry().vj = false; }
void mru(const Applied& a) {
  const auto octets = to_integer(a.value);
  if (!octets || *octets < 1 || *octets > 65535) return a.bad("a number of octets");
  a.entry().mru = static_cast<uint16_t>(std::clamp<int64_t>(*octets, 128, 1500));
  if (a.entry().mru != *octets) {
    a.end(Translated, fmt::format("mru = {}, the nearest there is", a.entry().mru));
  }
}
void interface_name(const Applied& a) {
  if (a.value.empty() || a.value.size() > 15) return a.bad("a name of 1 to 15 characters");
  a.entry().interface_name = clean(a.value);
}
void unit(const Applied& a) {
  const auto number = to_integer(a.value);
  if (!number || *number < 0 || *number > 99'999) return a.bad("a number");
  a.entry().interface_name = fmt::format("ppp{}", *number);
}
void multilink(const Applied& a) { a.entry().multilink = true; }

constexpr std::string_view kOneTimer = "watch.lcp_restart and watch.lcp_tries are every protocol's";
constexpr std::string_view kNoCompression = "data are not compressed here";
constexpr std::string_view kCallers =
    "the far end need not prove itself; callers have accounts of their own";
constexpr std::string_view kNoHooks = "no scripts are run when a link comes or goes";
constexpr std::string_view kOwnLog =
    "the program has its own log; redial dial --capture keeps the frames";
constexpr std::string_view kNoTls = "EAP-TLS is not spoken";
constexpr std::string_view kIpx = "IPX is not carried";

// clang-format off
constexpr PppdOption kOptions[] = {
    // Failures.
    {"persist", 0, Kept, "redial.on_link_failure = true", persist},
    {"nopersist", 0, Kept, "redial.on_link_failure = false", no_persist},
    {"maxfail", 1, MadeSafer, "redial.attempts, less the first; after them it is tried on, in growing steps, where pppd ends", maxfail},
    {"holdoff", 1, Kept, "redial.pause; none is skipped", holdoff},
    {"lcp-echo-interval", 1, Translated, "watch.echo_after_silence; times lcp-echo-failure watch.dead_peer_bound", echo_interval},
    {"lcp-echo-failure", 1, Translated, "watch.dead_peer_bound, with lcp-echo-interval", echo_failures},
    {"lcp-echo-adaptive", 0, NotNeeded, "echoes are sent only into silence", echo_adaptive},
    {"lcp-rtt-file", 1, Dropped, "round trips are not written to a file"},
    {"demand", 0, Kept, "dial = \"on-demand\"", demand},
    {"nodemand", 0, NotNeeded, "unless dial says otherwise"},
    {"idle", 1, Kept, "idle_disconnect", idle},
    {"maxconnect", 1, Kept, "session_limit", maxconnect},
    {"maxoctets", 1, Translated, "budget.bytes, of a day", maxoctets},
    {"mo-direction mo-timeout", 1, NotNeeded, "budget.bytes counts both directions, at once"},
    {"active-filter active-filter-in active-filter-out pass-filter pass-filter-in pass-filter-out", 1, Dropped, "every packet counts as use; filter them in the system's packet filter"},
    {"precompiled-active-filter precompiled-pass-filter", 1, Dropped, "every packet counts as use; filter them in the system's packet filter"},
    {"lcp-restart", 1, Kept, "watch.lcp_restart", lcp_restart},
    {"lcp-max-configure", 1, Kept, "watch.lcp_tries", lcp_tries},
    {"lcp-max-terminate lcp-max-failure", 1, NotNeeded, "every negotiation ends within its bound"},
    {"ipcp-restart ipcp-max-configure ipcp-max-failure ipcp-max-terminate ipv6cp-restart ipv6cp-max-configure ipv6cp-max-failure ipv6cp-max-terminate ccp-restart ccp-max-configure ccp-max-failure ccp-max-terminate", 1, NotNeeded, kOneTimer},
    {"pap-restart pap-max-authreq pap-timeout chap-restart chap-max-challenge chap-interval chap-timeout eap-restart eap-timeout eap-interval eap-max-rreq eap-max-sreq srp-interval", 1, NotNeeded, kOneTimer},
    {"child-timeout connect-delay", 1, NotNeeded, "every wait has its bound"},

    // The line.
    {"connect", 1, Translated, "the line's description, number and script"},
    {"init", 1, Dropped, "no program is run before a modem is dialled; put its commands into the line's description"},
    {"welcome", 1, Dropped, "no program is run between the carrier and PPP; write a script"},
    {"disconnect", 1, NotNeeded, "a call is ended by DTR, by the escape and ATH where there is none, and that is verified"},
    {"pty", 1, Dropped, "no program is run as a line"},
    {"socket", 1, Translated, "a line of kind tcp", socket},
    {"record", 1, NotNeeded, "redial dial --capture keeps the frames"},
    {"modem", 0, NotNeeded, "DCD and DTR are always used where there are any", use_modem},
    {"local", 0, MadeSafer, "modem_lines = false of the line; without DCD the link is watched by echoes and the modem's words", local},
    {"crtscts", 0, Kept, "flow_control = \"hardware\" of the line", flow_hardware},
    {"cdtrcts", 0, Translated, "flow_control = \"hardware\" of the line; DTR is for hanging up", flow_hardware},
    {"nocrtscts -crtscts nocdtrcts", 0, Kept, "flow_control = \"none\" of the line", flow_none},
    {"xonxoff", 0, Kept, "flow_control = \"software\" of the line", flow_software},
    {"stop-bits", 1, Translated, "format of the line", stop_bits},
    {"lock", 0, NotNeeded, "a line is always locked"},
    {"nolock", 0, MadeSafer, "the line is locked: two programs on one modem lose both calls"},
    {"sync", 0, Dropped, "lines are asynchronous"},
    {"escape", 1, Dropped, "only what the peer asks for is escaped; XON and XOFF by flow_control = \"software\""},
    {"asyncmap -am", 1, NotNeeded, "it is negotiated; flow_control = \"software\" asks for XON and XOFF"},
    {"default-asyncmap receive-all", 0, NotNeeded, "the asynchronous map is negotiated"},

    // Authentication.
    {"user", 1, Kept, "user", set_user},
    {"name", 1, Translated, "user, unless there is one", nullptr},
    {"password", 1, Kept, "password in the credentials", set_password, true},
    {"passwordfd", 1, NotNeeded, "without a password in the credentials you are asked"},
    {"remotename", 1, NotNeeded, "credentials are found by the entry's name"},
    {"usehostname hide-password papcrypt", 0, NotNeeded, "passwords are never shown, and names are the credentials'"},
    {"hostname domain", 1, NotNeeded, "names are the credentials'"},
    {"show-password", 0, MadeSafer, "passwords are never shown"},
    {"noauth -auth", 0, NotNeeded, "the far end need not prove itself"},
    {"auth +auth require-pap +pap require-chap +chap require-mschap +mschap require-mschap-v2 +mschap-v2 require-eap", 0, Dropped, kCallers},
    {"refuse-pap -pap", 0, Translated, "auth, without pap", refuse_pap},
    {"refuse-chap -chap", 0, Translated, "auth, without chap-md5", refuse_chap},
    {"refuse-mschap -mschap", 0, Translated, "auth, without mschap", refuse_mschap},
    {"refuse-mschap-v2 -mschap-v2", 0, Translated, "auth, without mschap-v2", refuse_mschap_v2},
    {"refuse-eap", 0, Translated, "auth, without eap", refuse_eap},
    {"allow-ip allow-number privgroup", 1, Dropped, kCallers},
    {"login enable-session chapms-strip-domain need-peer-eap", 0, Dropped, kCallers},
    {"callback", 1, Translated, "callback = \"optional\", callback_number", callback},
    {"require-mppe require-mppe-40 mppe-stateful", 0, Translated, "encryption = \"required\": then it is not dialled, since data are not encrypted here", mppe},
    {"require-mppe-128", 0, Translated, "encryption = \"strongest\": then it is not dialled, since data are not encrypted here", mppe_128},
    {"mppe", 1, Translated, "encryption = \"required\": then it is not dialled, since data are not encrypted here", mppe},
    {"nomppe", 0, Translated, "encryption = \"none\"", no_mppe},
    {"nomppe-40 nomppe-128 nomppe-stateful", 0, NotNeeded, kNoCompression},
    {"ca capath cert key crl crl-dir pkcs12 tls-verify-method max-tls-version", 1, Dropped, kNoTls},
    {"tls-verify-key-usage", 0, Dropped, kNoTls},

    // IP.
    {"defaultroute defaultroute6", 0, Kept, "default_route = true", default_route},
    {"nodefaultroute -defaultroute nodefaultroute6", 0, Kept, "default_route = false", no_default_route},
    {"replacedefaultroute", 0, Translated, "metric = 1: before other default routes while the link is up", replace_default_route},
    {"noreplacedefaultroute", 0, NotNeeded, "other default routes are left alone"},
    {"defaultroute-metric", 1, Kept, "metric", route_metric},
    {"usepeerdns", 0, Kept, "dns_mode = \"auto\"", peer_dns},
    {"usepeerwins", 0, Dropped, "WINS servers are not asked for"},
    {"ms-dns ms-wins", 1, Dropped, "name servers for callers; see the accounts of an answering line"},
    {"noipdefault ipcp-accept-local ipcp-accept-remote ipcp-no-address ipcp-no-addresses noremoteip nosendip", 0, NotNeeded, "the far end says the addresses, unless address does"},
    {"netmask", 1, NotNeeded, "a link between two has no netmask"},
    {"noip -ip", 0, Dropped, "IPv4 is always negotiated"},
    {"+ipv6", 0, Kept, "ipv6 = true", use_ipv6},
    {"ipv6", 1, Translated, "ipv6 = true; interface identifiers are drawn", use_ipv6},
    {"noipv6 -ipv6", 0, Kept, "ipv6 = false", no_ipv6},
    {"ipv6cp-accept-local ipv6cp-accept-remote ipv6cp-use-ipaddr ipv6cp-use-persistent ipv6cp-use-remotenumber ipv6cp-noremote ipv6cp-nosend", 0, NotNeeded, "interface identifiers are negotiated"},
    {"novj -vj", 0, Kept, "vj = false", no_vj},
    {"novjccomp -vjccomp", 0, NotNeeded, "connection numbers are compressed only where both ends can"},
    {"vj-max-slots", 1, NotNeeded, "the peer says how many"},
    {"mru", 1, Kept, "mru", mru},
    {"mtu", 1, NotNeeded, "the peer's MRU is the interface's MTU"},
    {"ifname", 1, Kept, "interface_name", interface_name},
    {"unit", 1, Translated, "interface_name", unit},
    {"proxyarp", 0, Dropped, "the far end is not shown to the local network"},
    {"noproxyarp", 0, NotNeeded, "the far end is not shown to the local network"},
    {"ktune", 0, Dropped, "the kernel's settings are left alone"},
    {"noktune", 0, NotNeeded, "the kernel's settings are left alone"},
    {"ip-up-script ip-down-script ip-pre-up-script ipv6-up-script ipv6-down-script auth-up-script auth-down-script ipparam set unset", 1, Dropped, kNoHooks},

    // Framing and compression.
    {"default-mru -mru noaccomp -ac nopcomp -pc nomagic -mn", 0, NotNeeded, "what the peer refuses is not used"},
    {"-all", 0, NotNeeded, "what the peer refuses is not used"},
    {"bsdcomp deflate", 1, Dropped, kNoCompression},
    {"predictor1", 0, Dropped, kNoCompression},
    {"nobsdcomp -bsdcomp nodeflate -deflate nodeflatedraft nopredictor1 noccp -ccp", 0, NotNeeded, kNoCompression},
    {"multilink mp", 0, Translated, "multilink = true: dialled as a single link", multilink},
    {"nomultilink nomp mpshortseq nompshortseq noendpoint", 0, NotNeeded, "each call is a link of its own"},
    {"endpoint mrru bundle", 1, NotNeeded, "each call is a link of its own"},
    {"passive -p", 0, NotNeeded, "a peer that is silent is redialled"},
    {"silent", 0, Dropped, "we speak first; an answering line waits"},
    {"noipx nolog ipxcp-accept-network ipxcp-accept-local ipxcp-accept-remote", 0, NotNeeded, kIpx},
    {"ipx", 0, Dropped, kIpx},
    {"ipx-network ipx-node ipx-router-name ipx-routing ipxcp-restart ipxcp-max-configure ipxcp-max-failure ipxcp-max-terminate", 1, Dropped, kIpx},

    // The program.
    {"file call", 1, Translated, "its options are written out"},
    {"detach nodetach -detach updetach up_sdnotify master_detach", 0, NotNeeded, "redial dial stays in front; the service stays behind"},
    {"debug -d dump dryrun", 0, NotNeeded, kOwnLog},
    {"kdebug logfile logfd", 1, NotNeeded, kOwnLog},
    {"linkname remotenumber", 1, NotNeeded, "a link has its entry's name"},
    {"plugin", 1, Dropped, "plugins are pppd's own"},
    {"radius-config-file avpair map-to-ifname winbind-helper ntlm_auth-helper", 1, Dropped, kCallers},
    {"map-to-ttyname", 0, Dropped, kCallers},
    {"+ua", 1, Dropped, "name and password are in the credentials"},
    {"rp_pppoe_ac pppoe-ac rp_pppoe_service pppoe-service rp_pppoe_sess pppoe-sess rp_pppoe_mac pppoe-mac pppoe-host-uniq host-uniq pppoe-padi-timeout pppoe-padi-attempts rp_pppoe_verbose pppoe-verbose pppoe-max-payload", 1, Dropped, "there is no PPPoE carrier yet"},
    {"pptp_server pptp_client pptp_phone pptp_window pptp_timeout pppol2tp l2tp_server", 1, Dropped, "VPNs are not built here"},
};
// clang-format on

bool names(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const size_t blank = std::min(list.find(' '), list.size());
    if (list.substr(0, blank) == wanted) return true;
    list.remove_prefix(std::min(blank + 1, list.size()));
  }
  return false;
}

}  // namespace

std::span<const PppdOption> pppd_options() { return kOptions; }

const PppdOption* find_pppd_option(std::string_view name) {
  for (const PppdOption& option : kOptions) {
    if (names(option.names, name)) return &option;
  }
  return nullptr;
}

}  // namespace redial::migrate
