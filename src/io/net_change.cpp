// SPDX-License-Identifier: Apache-2.0
#include "io/net_change.h"

#include <fmt/format.h>

#include <charconv>

#include "core/outbox.h"

namespace redial::io {
namespace {

constexpr size_t kLineOctetsMax = 512;
constexpr size_t kServersMax = 4;

std::string_view word(DnsKeeper keeper) {
  switch (keeper) {
    case DnsKeeper::Resolved: return "resolved";
    case DnsKeeper::Resolvconf: return "resolvconf";
    case DnsKeeper::File: return "file";
  }
  return "";
}

/// The words of a line, one after the other.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  std::string_view next() {
    const size_t space = std::min(rest_.find(' '), rest_.size());
    const std::string_view word = rest_.substr(0, space);
    rest_.remove_prefix(std::min(space + 1, rest_.size()));
    return word;
  }
  bool done() const { return rest_.empty(); }
  /// The next word, when the one before it is `name`.
  std::optional<std::string_view> named(std::string_view name) {
    Words ahead = *this;
    if (ahead.next() != name) return std::nullopt;
    *this = ahead;
    return next();
  }

 private:
  std::string_view rest_;
};

std::optional<uint32_t> number(std::string_view text) {
  uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || after != end) return std::nullopt;
  return value;
}

/// False: the word is there, but no address.
bool take_address(Words& words, std::string_view name, std::optional<IpAddress>& into) {
  const auto text = words.named(name);
  if (!text) return true;
  into = IpAddress::parse(*text);
  return into.has_value();
}

std::optional<NetChange> address_of(Words words, std::string device) {
  AddressChange out{.device = std::move(device)};
  const std::string_view text = words.next();
  const auto address = IpAddress::parse(text.substr(0, text.find('/')));
  const auto prefix = IpPrefix::parse(text);
  if (!address || !prefix || !take_address(words, "peer", out.peer) || !words.done()) {
    return std::nullopt;
  }
  out.address = {*address, prefix->length};  // the host's part of it is kept
  return out;
}

std::optional<NetChange> route_of(Words words, std::string device) {
  RouteChange out{.device = std::move(device)};
  const auto to = IpPrefix::parse(words.next());
  if (!to) return std::nullopt;
  out.to = *to;
  const auto metric = words.named("metric");
  const auto value = metric ? number(*metric) : std::nullopt;
  if (!value || !take_address(words, "via", out.via) || !take_address(words, "from", out.source) ||
      !words.done()) {
    return std::nullopt;
  }
  out.metric = *value;
  return out;
}

std::optional<NetChange> dns_of(Words words, std::string device) {
  DnsChange out{.device = std::move(device)};
  const std::string_view keeper = words.next(), scope = words.next();
  bool known = false;
  for (const DnsKeeper each : {DnsKeeper::Resolved, DnsKeeper::Resolvconf, DnsKeeper::File}) {
    if (word(each) == keeper) out.keeper = each, known = true;
  }
  if (!known || (scope != "all" && scope != "some")) return std::nullopt;
  out.for_all_names = scope == "all";
  while (!words.done()) {
    const auto server = IpAddress::parse(words.next());
    if (!server || out.servers.size() == kServersMax) return std::nullopt;
    out.servers.push_back(*server);
  }
  return out;
}

}  // namespace

std::string to_text(const NetChange& change) {
  const auto optional = [](std::string_view name, const std::optional<IpAddress>& address) {
    return address ? fmt::format(" {} {}", name, address->text()) : std::string();
  };
  return match(
      change,
      [&](const AddressChange& a) {
        return fmt::format("address {} {}{}", a.device, a.address.text(), optional("peer", a.peer));
      },
      [&](const RouteChange& r) {
        return fmt::format("route {} {} metric {}{}{}", r.device, r.to.text(), r.metric,
                           optional("via", r.via), optional("from", r.source));
      },
      [&](const DnsChange& d) {
        std::string out =
            fmt::format("dns {} {} {}", d.device, word(d.keeper), d.for_all_names ? "all" : "some");
        for (const IpAddress& server : d.servers) out += " " + server.text();
        return out;
      });
}

std::optional<NetChange> parse_net_change(std::string_view line) {
  if (line.size() > kLineOctetsMax) return std::nullopt;
  Words words(line);
  const std::string_view what = words.next();
  const std::string device(words.next());
  if (!is_device_name(device)) return std::nullopt;
  if (what == "address") return address_of(words, device);
  if (what == "route") return route_of(words, device);
  if (what == "dns") return dns_of(words, device);
  return std::nullopt;
}

bool is_device_name(std::string_view name) {
  if (name.empty() || name.size() > 15 || name == "." || name == "..") return false;
  return std::ranges::all_of(
      name, [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '%'; });
}

}  // namespace redial::io
