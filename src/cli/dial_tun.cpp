// SPDX-License-Identifier: Apache-2.0
#include "cli/dial_tun.h"

#include <fmt/format.h>

#include "host/tun_interface.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::DnsMode;
using phonebook::Entry;
using phonebook::shown;

namespace {

std::string dns_text(DnsMode mode) {
  switch (mode) {
    case DnsMode::Auto:
      return "told to systemd-resolved if it runs, else to resolvconf if it is installed, else not "
             "used";
    case DnsMode::Resolved: return "told to systemd-resolved";
    case DnsMode::Resolvconf: return "told to resolvconf";
    case DnsMode::File: return "written to /etc/resolv.conf, whose old text comes back afterwards";
    case DnsMode::None: return "not used";
  }
  return "";
}

}  // namespace

bool wants_tun(const Entry& entry) { return entry.interface == phonebook::Interface::Tun; }

Result<void> attach_tun(io::Loop& loop, host::Host& host, LinkId link, const Entry& entry,
                        std::function<void(std::string)> note) {
  auto settings = host::tun_settings(entry);
  if (!settings) return tl::make_unexpected(std::move(settings).error());
  auto tun = host::make_tun(
      loop, *std::move(settings), {},
      {.transmit = [&host, link](ByteView packet) { return host.send_ip(link, packet); },
       .note = std::move(note)});
  if (!tun) {
    Error error = std::move(tun).error();
    error.text = fmt::format("{}: {}; nothing was dialled", shown(entry.name), error.text);
    return tl::make_unexpected(std::move(error));
  }
  host.use_interface(link, *std::move(tun));
  return {};
}

void undo_left_over(const std::function<void(std::string)>& note) {
  const size_t undone = io::SystemChanges::undo_left_over({}, note);
  if (undone > 0) {
    note(
        fmt::format("{} change{} of a program that was killed undone: addresses, routes, name "
                    "servers",
                    undone, undone == 1 ? "" : "s"));
  }
}

std::vector<std::string> system_changes(const Entry& entry) {
  if (!wants_tun(entry)) {
    return {
        "nothing: the link ends in the program, and is used by --socks and --forward; with "
        "--tun it is an interface of the kernel's"};
  }
  const auto settings = host::tun_settings(entry);
  if (!settings) return {settings.error().text};
  std::vector<std::string> out;
  const std::string name =
      entry.interface_name.empty() ? "redial0, or the next free number" : entry.interface_name;
  out.push_back(fmt::format("interface    {}; it stays through every redial", name));
  out.push_back("addresses    " +
                (entry.ip_address.empty() ? std::string("the server's") : shown(entry.ip_address)) +
                ", to the server's own" +
                (settings->ipv6 ? "; IPv6 " + settings->ipv6->text() : std::string()));
  for (const IpPrefix& to : host::destinations(*settings)) {
    out.push_back(fmt::format("route        {} metric {} proto {}", to.text(), settings->metric,
                              io::kRouteProtocol));
  }
  if (settings->default_route) {
    out.push_back(
        "             a default route of a smaller metric is used before ours, and none is "
        "replaced; see metric");
  }
  for (const IpPrefix& behind : settings->behind) {
    out.push_back(fmt::format("let in       packets for {} too", behind.text()));
  }
  out.push_back("name servers " + dns_text(settings->dns_mode));
  out.push_back("undone       when the link goes down; after a crash, at the next start");
  return out;
}

}  // namespace redial::cli
