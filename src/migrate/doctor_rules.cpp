// SPDX-License-Identifier: Apache-2.0
#include "migrate/doctor_rules.h"

#include <algorithm>

namespace redial::migrate {
namespace {

// clang-format off
constexpr DoctorRule kRules[] = {
    // pppd 2.4 and 2.5.
    {"pppd-echo-off", "LCP echo requests are sent only if lcp-echo-interval and lcp-echo-failure are set; without them a peer that died is never missed", "F2", "pppd(8); https://github.com/ppp-project/ppp/issues/491"},
    {"pppd-echo", "after lcp-echo-failure requests, lcp-echo-interval apart, without an answer the link is ended", "F2", "pppd(8)"},
    {"pppd-echo-late", "echoes that are hours apart, as lcp-echo-interval 65535 is often copied to keep a line quiet, leave a dead peer unmissed for days", "F2", "pppd(8)"},
    {"pppd-echo-adaptive", "with lcp-echo-adaptive missed echoes add up over hours, until 2.5 a healthy link was ended by them", "F3", "https://github.com/ppp-project/ppp/issues/323"},
    {"pppd-persist-off", "without persist pppd ends with its first link or failed attempt, and whoever started it has to start it again", "F1", "pppd(8)"},
    {"pppd-maxfail", "maxfail, 10 without it, consecutive failures end pppd, persist or not", "F1", "pppd(8); https://github.com/joukewitteveen/netctl/issues/35"},
    {"pppd-holdoff", "the pause between tries, holdoff, is always the same, 30 s without it", "F7", "pppd(8)"},
    {"pppd-holdoff-skipped", "from 2.5.2 on there is no pause after a hang-up: a line that answers and drops is dialled without end or pause", "F7", "https://github.com/ppp-project/ppp/pull/538"},
    {"pppd-local", "with local the modem's carrier (DCD) is not looked at", "F2", "pppd(8)"},
    {"pppd-modem", "the end of the carrier (DCD) ends the link at once", "F2", "pppd(8)"},
    {"pppd-auth", "a refused password is a failure like any other: with persist the same one is sent again after each pause", "F7", "https://github.com/miao1007/Openwrt-NetKeeper/issues/144"},
    {"pppd-idle", "idle ends a link that nobody uses; with persist it is dialled again at once", "F1", "pppd(8)"},
    {"pppd-device", "a device that is gone is a failed attempt: after maxfail of them pppd has ended when it is back", "F5", "pppd(8)"},
    {"chat-abort", "chat knows BUSY, NO ANSWER and NO DIALTONE only if ABORT names them; else its TIMEOUT, 45 s, has to pass", "F11", "chat(8)"},
    {"no-ladder", "nothing takes a modem that does not answer through reset and power-cycle: people write cron jobs and buy switched outlets", "F6", "https://nblock.org/2017/09/19/automatically-recover-a-failing-usb-lte-modem"},

    {"counted-device", "the kernel numbers USB adapters as it meets them, so /dev/ttyUSB0 is another one after an unplug or a boot; udev's links in /dev/serial/by-id stay with the device", "F5", "https://docs.kernel.org/usb/usb-serial.html; udev's 60-serial.rules"},

    // wvdial 1.61.
    {"wvdial-idle-seconds", "any Idle Seconds above 0 switches Auto Reconnect off, for every way a link can end", "F1", "wvdialer.cc, https://github.com/wlach/wvdial"},
    {"wvdial-exit-codes", "when pppd ends with 2, 3, 4, 10 to 15, 17 or 19, wvdial switches Auto Reconnect off and ends; 15 is a peer that does not answer echoes", "F1", "wvdialer.cc, https://github.com/wlach/wvdial; https://github.com/ppp-project/ppp/issues/5"},
    {"wvdial-auth", "a refused password that is seen in pppd's log leaves Auto Reconnect on: the same one is sent again for ever", "F7", "wvdialer.cc, https://github.com/wlach/wvdial"},
    {"wvdial-reconnect", "after a link was lost it dials again after 5 s, doubling to 10 min", "F1", "wvdialer.cc, https://github.com/wlach/wvdial"},
    {"wvdial-echo", "wvdial asks pppd for no echoes; only /etc/ppp/options can", "F2", "wvdialer.cc, https://github.com/wlach/wvdial"},
    {"wvdial-no-pause", "failed attempts follow each other within seconds: exchanges and modems block a number that is called so", "F7", "wvdialer.cc, https://github.com/wlach/wvdial; KB Q258838"},
    {"wvdial-dial-attempts", "Dial Attempts failed attempts end wvdial; 0, the default, is for ever; a busy number is not counted", "F1", "wvdial.conf(5); wvdialer.cc, https://github.com/wlach/wvdial"},
    {"wvdial-abort-busy", "Abort on Busy ends wvdial when the number is busy", "F1", "wvdial.conf(5)"},
    {"wvdial-abort-no-dial-tone", "Abort on No Dialtone, on without it, ends wvdial at the first call without dial tone", "F1", "wvdial.conf(5)"},
    {"wvdial-modem", "a modem or device that does not answer three times ends wvdial", "F6", "wvdialer.cc, https://github.com/wlach/wvdial"},

    // NetworkManager.
    {"nm-retries", "after autoconnect-retries failures, 4 without it, autoconnect is blocked for 300 s", "F1", "nm-settings(5); https://github.com/balena-os/meta-balena/issues/697"},
    {"nm-autoconnect-off", "without autoconnect a connection that ended stays down", "F1", "nm-settings(5)"},
    {"nm-echo-off", "ppp.lcp-echo-failure and ppp.lcp-echo-interval are 0 without a value: no echoes are sent", "F2", "nm-settings(5)"},
    {"nm-secrets", "a refused password is asked for anew; where nobody can be asked the connection stays down", "F7", "nm-settings(5)"},
    {"nm-device", "a device that goes while it is being connected leaves autoconnect blocked when it is back", "F5", "https://github.com/NetworkManager/NetworkManager/issues/121"},

    // OpenWrt.
    {"openwrt-keepalive", "without keepalive 5 echoes, 1 s apart, are sent: a busy line that delays them is cut", "F3", "https://github.com/openwrt/luci/issues/6037"},
    {"openwrt-restart", "netifd starts pppd again whenever it has ended; what pppd itself would do does not matter", "F5", "https://github.com/lede-project/source/issues/200"},
    {"openwrt-auth", "a refused password is tried again with every start of pppd, unless authfail is set", "F7", "https://github.com/miao1007/Openwrt-NetKeeper/issues/144"},
    {"openwrt-parked", "an interface can be left parked after the peer has ended it, until the network is restarted by hand", "F4", "https://github.com/openwrt/openwrt/issues/12868"},
    {"openwrt-block", "a modem that cannot be enabled once blocks the interface: it is not tried again", "F5", "https://github.com/openwrt/packages/issues/23171"},

    // RAS of Windows NT and later.
    {"Q153376", "after an upgrade from NT 3.51 to 4.0 modems that RAS knew stay on MODEM.INF; nobody watches the link, so an established one that is lost is not redialled", "F14", "KB Q153376"},
    {"Q150808", "EnableUnimodem=0 below HKLM\\Software\\Microsoft\\RAS\\Protocols selects MODEM.INF on purpose", "F14", "KB Q150808"},
    {"Q136633", "redial on link failure acts only while the phonebook program runs and somebody is logged on (NT 3.5x)", "F1", "KB Q136633"},
    {"Q101878", "the end of a call is known by DCD or DSR alone; where they are strapped it is found after 20 min without traffic", "F2", "KB Q101878"},
    {"ras-attempts", "RedialAttempts further tries, RedialSeconds apart, and then it ends", "F1", "MS-RRASM 2.2.2.2.26"},
    {"ras-link-failure", "RedialOnLinkFailure=0: an established link that is lost is not dialled again", "F1", "MS-RRASM 2.2.2.2.29"},
    {"Q239870", "a missing dial tone can be told as busy (676)", "F11", "KB Q239870"},
    {"Q162293", "old bindings hold the port: 633, port in use, when TAPI is to have it", "F14", "KB Q162293"},
    {"Q161340", "a device that is not ready is error 692, and the dialling ends there", "F6", "KB Q161340"},
};
// clang-format on

}  // namespace

std::span<const DoctorRule> doctor_rules() { return kRules; }

const DoctorRule* find_doctor_rule(std::string_view id) {
  const auto* found = std::ranges::find(kRules, id, &DoctorRule::id);
  return found == std::end(kRules) ? nullptr : found;
}

}  // namespace redial::migrate
