// SPDX-License-Identifier: Apache-2.0
#include "migrate/apply.h"

#include <fmt/format.h>

#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::shown;

namespace {

constexpr int64_t kBpsLeast = 50, kBpsMost = 4'000'000;
constexpr Duration kDialLeast = 5s, kDialMost = 10min;
constexpr size_t kSecretOctetsMax = 255;  // PAP's length octet, RFC 1334 2.2.1
constexpr size_t kInitOctetsMax = 256, kInitsMax = 32;

}  // namespace

void Applied::bad(std::string_view wanted) const {
  const Setting& setting = reading.report.at(id);
  if (!reading.report.open(id)) return;
  end(Column::Dropped, fmt::format("is not {}", wanted));
  warn(reading, setting.file, setting.line, setting.column,
       fmt::format("{} is not {}, so it has no effect; correct it and import again, or set it in "
                   "redial.toml",
                   setting.key, wanted));
}

void set_user(const Applied& a) {
  if (a.value.empty()) return a.end(Column::NotNeeded, "is empty");
  if (a.value.size() > kSecretOctetsMax) return a.bad("a name of at most 255 octets");
  a.entry().user = clean(a.value);
}

void set_password(const Applied& a) {
  if (a.value.empty()) return a.end(Column::NotNeeded, "is empty");
  const bool writable = phonebook::is_utf8(a.value) && !phonebook::has_control_characters(a.value);
  if (a.value.size() > kSecretOctetsMax || !writable) {
    return a.bad("a password of at most 255 octets of UTF-8");
  }
  a.connection.password = Secret(a.value);
}

void set_device_path(const Applied& a) {
  const bool usable = !a.value.empty() && a.value.size() <= 200 && clean(a.value) == a.value;
  if (!usable) return a.bad("the path of a device");
  std::string path = a.value.starts_with('/') ? a.value : "/dev/" + a.value;
  if (is_counted(path)) {
    const auto known = a.reading.names.find(path);
    const std::string stays = known == a.reading.names.end() ? std::string() : known->second;
    a.tell(a.rules().counted_device, stays);
    if (stays.empty()) {
      a.end(Column::Kept,
            fmt::format("path of the line; {} is whichever adapter is met first: plug it in, and "
                        "import again, or give the line a path of /dev/serial/by-id in redial.toml",
                        path));
    } else {
      if (a.device().name.empty()) a.device().name = base_name(path);
      path = stays;
      a.end(Column::MadeSafer, fmt::format("path of the line: {}, which stays with the device "
                                           "whatever is plugged in before it",
                                           path));
    }
  }
  a.device().path = std::move(path);
}

void set_speed(const Applied& a) {
  const auto bps = phonebook::to_integer(a.value);
  if (!bps || *bps < kBpsLeast || *bps > kBpsMost) return a.bad("a speed in bit/s");
  a.device().speed_bps = static_cast<uint32_t>(*bps);
}

void set_dns(const Applied& a) {
  if (!phonebook::is_ipv4(a.value)) return a.bad("an IPv4 address");
  if (a.entry().dns.empty()) {
    a.entry().dns = a.value;
  } else if (a.entry().dns2.empty()) {
    a.entry().dns2 = a.value;
  } else {
    a.end(Column::Dropped, "an entry has two name servers");
  }
}

void set_dial_within(const Applied& a) {
  const auto seconds = to_seconds(a.value);
  if (!seconds) return a.bad("a number of seconds");
  a.tell(a.rules().dial_timeout, *seconds);
  a.entry().dial_within = clamped(*seconds, kDialLeast, kDialMost);
  if (a.entry().dial_within != *seconds) {
    a.end(Column::MadeSafer,
          fmt::format("dial_within = \"{}\": a call needs that long, and none may wait for ever",
                      phonebook::to_exact_text(a.entry().dial_within)));
  }
}

void set_watch(Report& report, Connection& connection) {
  const ForeignRules& rules = connection.rules;
  phonebook::WatchSettings& watch = connection.entry.watch;
  if (!rules.echo_every || !rules.echo_failures) return;
  const Duration every = rules.echo_every->value;
  const int64_t failures = rules.echo_failures->value;
  if (every == 0s || failures == 0) return;
  if (every * failures > kEchoBoundMost) {
    for (const SettingId id : {rules.echo_every->at, rules.echo_failures->at}) {
      report.amend(id, Column::MadeSafer,
                   fmt::format("a dead peer would be missed only after {}: "
                               "watch.dead_peer_bound as it is without a setting",
                               to_text(every * failures)));
    }
    return;
  }
  watch.echo_after_silence = clamped(every, 1s, 10min);
  watch.dead_peer_bound = std::max(clamped(every * failures, 2s, 1h), watch.echo_after_silence);
}

void set_access_point(const Applied& a) {
  const bool plain = a.value.find_first_of("\"\r\n") == std::string::npos && a.value.size() <= 100;
  if (!plain) return a.bad("the name of an access point");
  a.connection.init.push_back(fmt::format("AT+CGDCONT=1,\"IP\",\"{}\"", clean(a.value)));
}

bool hides_carrier(std::string_view command) {
  const std::string plain = plain_key(command);
  return plain.find("&c0") != std::string::npos || plain.find("&d0") != std::string::npos;
}

void add_init(const Applied& a) {
  const bool usable = a.value.size() <= kInitOctetsMax && clean(a.value) == a.value;
  if (!usable || a.connection.init.size() >= kInitsMax) {
    return a.bad("a modem command of at most 256 characters");
  }
  if (a.value.empty()) return a.end(Column::NotNeeded, "is empty");
  a.connection.init.push_back(a.value);
  if (!hides_carrier(a.value)) return;
  a.tell(a.rules().watches_carrier, false);
  a.end(Column::MadeSafer,
        "sent, and &C1&D2 after it: a lost carrier would go unnoticed, and a hang-up undone");
}

}  // namespace redial::migrate
