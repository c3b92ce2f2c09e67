// SPDX-License-Identifier: Apache-2.0
#include "phonebook/entry_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/check.h"
#include "phonebook/phonebook.h"
#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

using Kind = EntryKey::Kind;
using SetKey = void (*)(Entry&, const Value&);
using GetKey = std::optional<Value> (*)(const Entry&);
struct Door {
  SetKey set;
  GetKey get;
};

/// A value of the kind the table promised; anything else is a mistake in the table.
template <class T>
const T& as(const Value& value) {
  const T* held = std::get_if<T>(&value);
  REDIAL_ASSERT(held != nullptr);
  return *held;
}

// How a member's type and a Value meet.
void take(const Value& v, bool& member) { member = as<bool>(v); }
void take(const Value& v, Duration& member) { member = as<Duration>(v); }
void take(const Value& v, std::string& member) { member = as<std::string>(v); }
void take(const Value& v, std::vector<std::string>& member) {
  member = as<std::vector<std::string>>(v);
}
template <class T>
requires std::is_unsigned_v<T>
void take(const Value& v, T& member) { member = static_cast<T>(as<int64_t>(v)); }
template <class T>
void take(const Value& v, std::optional<T>& member) {
  member.reset();
  if (std::holds_alternative<std::string>(v)) return;  // the word: no number
  take(v, member.emplace());
}

std::optional<Value> give(bool member) { return Value(member); }
std::optional<Value> give(Duration member) { return Value(member); }
std::optional<Value> give(const std::string& member) { return Value(member); }
std::optional<Value> give(const std::vector<std::string>& member) { return Value(member); }
template <class T>
requires std::is_unsigned_v<T> std::optional<Value> give(T member) {
  return Value(static_cast<int64_t>(member));
}
template <class T>
std::optional<Value> give(const std::optional<T>& member) {
  if (member) return give(*member);
  return Value(std::string());  // the writer puts the key's word
}

template <auto... path>
constexpr Door member() {
  return {[](Entry& entry, const Value& value) { take(value, (entry.*....*path)); },
          [](const Entry& entry) { return give((entry.*....*path)); }};
}

/// An enum written as a word.
template <class E>
struct Word {
  E value;
  std::string_view word;
};
template <auto path, const auto& words>
constexpr Door choice() {
  return {[](Entry& entry, const Value& value) {
            for (const auto& w : words) {
              if (w.word == as<std::string>(value)) entry.*path = w.value;
            }
          },
          [](const Entry& entry) -> std::optional<Value> {
            for (const auto& w : words) {
              if (w.value == entry.*path) return Value(std::string(w.word));
            }
            return std::nullopt;
          }};
}
constexpr std::array<Word<EntryType>, 4> kTypes = {{{EntryType::Phone, "phone"},
                                                    {EntryType::Vpn, "vpn"},
                                                    {EntryType::Direct, "direct"},
                                                    {EntryType::Broadband, "broadband"}}};
constexpr std::array<Word<Framing>, 2> kFramings = {
    {{Framing::Ppp, "ppp"}, {Framing::Slip, "slip"}}};
constexpr std::array<Word<Encryption>, 4> kEncryptions = {{{Encryption::None, "none"},
                                                           {Encryption::Optional, "optional"},
                                                           {Encryption::Required, "required"},
                                                           {Encryption::Strongest, "strongest"}}};
constexpr std::array<Word<Interface>, 2> kInterfaces = {
    {{Interface::User, "user"}, {Interface::Tun, "tun"}}};
constexpr std::array<Word<DnsMode>, 5> kDnsModes = {{{DnsMode::Auto, "auto"},
                                                     {DnsMode::Resolved, "resolved"},
                                                     {DnsMode::Resolvconf, "resolvconf"},
                                                     {DnsMode::File, "file"},
                                                     {DnsMode::None, "none"}}};
constexpr std::array<Word<uint8_t>, 3> kCallbacks = {
    {{0, "none"}, {1, "optional"}, {2, "required"}}};

constexpr std::array<Word<CallbackBy>, 6> kCallbackBys = {{{CallbackBy::Cbcp, "cbcp"},
                                                           {CallbackBy::Account, "account"},
                                                           {CallbackBy::DialString, "dial-string"},
                                                           {CallbackBy::Location, "location"},
                                                           {CallbackBy::E164, "e164"},
                                                           {CallbackBy::Name, "name"}}};
constexpr std::array<Word<DialMode>, 3> kDialModes = {{{DialMode::Always, "always"},
                                                       {DialMode::OnDemand, "on-demand"},
                                                       {DialMode::Manual, "manual"}}};
constexpr std::array<Word<WhileDown>, 2> kWhileDown = {
    {{WhileDown::Wait, "wait"}, {WhileDown::Refuse, "refuse"}}};
constexpr std::array<Word<LineOrder>, 2> kLineOrders = {
    {{LineOrder::InOrder, "in-order"}, {LineOrder::LastGoodFirst, "last-good-first"}}};

constexpr std::array<Word<bool AuthMethods::*>, 5> kMethods = {
    {{&AuthMethods::pap, "pap"},
     {&AuthMethods::chap_md5, "chap-md5"},
     {&AuthMethods::mschap, "mschap"},
     {&AuthMethods::mschap_v2, "mschap-v2"},
     {&AuthMethods::eap, "eap"}}};
constexpr Door auth_methods() {
  return {[](Entry& entry, const Value& value) {
            const auto& names = as<std::vector<std::string>>(value);
            for (const auto& method : kMethods) {
              entry.auth.*method.value = std::ranges::find(names, method.word) != names.end();
            }
          },
          [](const Entry& entry) -> std::optional<Value> {
            std::vector<std::string> names;
            for (const auto& method : kMethods) {
              if (entry.auth.*method.value) names.emplace_back(method.word);
            }
            return Value(names);
          }};
}

constexpr Door eap_type() {
  return {[](Entry& entry, const Value& value) {
            const auto type = as<int64_t>(value);
            entry.custom_auth = type == 0 ? std::string() : fmt::format("EAP {}", type);
          },
          [](const Entry& entry) -> std::optional<Value> {
            std::string_view text = entry.custom_auth;
            if (text.starts_with("EAP ")) text.remove_prefix(4);
            return Value(to_integer(text).value_or(0));
          }};
}

constexpr Door time_windows() {
  return {[](Entry& entry, const Value& value) {
            entry.windows.clear();
            for (const std::string& text : as<std::vector<std::string>>(value)) {
              const auto window = to_window(text);
              if (window) entry.windows.push_back(*window);
            }
          },
          [](const Entry& entry) -> std::optional<Value> {
            std::vector<std::string> texts;
            for (const TimeWindow& window : entry.windows) texts.push_back(to_text(window));
            return Value(texts);
          }};
}

// The singular keys: what people write, and what is written back where there is just one.
constexpr Door one_line() {
  return {[](Entry& entry, const Value& value) { entry.lines = {as<std::string>(value)}; },
          [](const Entry& entry) -> std::optional<Value> {
            if (entry.lines.size() != 1) return std::nullopt;
            return Value(entry.lines.front());
          }};
}
constexpr Door several_lines() {
  return {[](Entry& entry, const Value& value) { take(value, entry.lines); },
          [](const Entry& entry) -> std::optional<Value> {
            if (entry.lines.size() < 2) return std::nullopt;
            return Value(entry.lines);
          }};
}
constexpr Door path_targets() {
  return {[](Entry& entry, const Value& value) { take(value, entry.watch.path); },
          [](const Entry& entry) -> std::optional<Value> {
            if (entry.watch.path.empty()) return std::nullopt;
            return Value(entry.watch.path);
          }};
}
Number plain_number(std::string digits) {
  Number number;
  number.digits = std::move(digits);
  return number;
}
bool is_plain(const Number& number) { return number == plain_number(number.digits); }
constexpr Door one_number() {
  return {[](Entry& entry, const Value& value) {
            entry.numbers = {plain_number(as<std::string>(value))};
          },
          [](const Entry& entry) -> std::optional<Value> {
            if (entry.numbers.size() != 1 || !is_plain(entry.numbers[0])) return std::nullopt;
            return Value(entry.numbers[0].digits);
          }};
}
constexpr Door several_numbers() {
  return {[](Entry& entry, const Value& value) { entry.numbers = as<std::vector<Number>>(value); },
          [](const Entry& entry) -> std::optional<Value> {
            const bool one = entry.numbers.size() == 1 && is_plain(entry.numbers[0]);
            if (entry.numbers.empty() || one) return std::nullopt;
            return Value(entry.numbers);
          }};
}

constexpr Door script() {
  return {[](Entry& entry, const Value& value) {
            const auto* steps = std::get_if<ScriptSteps>(&value);
            entry.script = steps != nullptr ? std::string() : as<std::string>(value);
            entry.script_steps = steps != nullptr ? *steps : ScriptSteps();
          },
          [](const Entry& entry) -> std::optional<Value> {
            if (entry.script.empty() && !entry.script_steps.empty()) {
              return Value(entry.script_steps);
            }
            return Value(entry.script);
          }};
}

constexpr EntryKey key(std::string_view table, std::string_view name, Kind kind, int64_t least,
                       int64_t most, std::string_view words, Door door) {
  return {table, name, kind, least, most, words, door.set, door.get};
}
constexpr EntryKey flag(std::string_view table, std::string_view name, Door door,
                        std::string_view word = {}) {
  return key(table, name, Kind::Flag, 0, 1, word, door);
}
constexpr EntryKey text(std::string_view name, size_t octets_max, Door door) {
  return key("", name, Kind::Text, 0, static_cast<int64_t>(octets_max), {}, door);
}
constexpr EntryKey time(std::string_view table, std::string_view name, Duration least,
                        Duration most, Door door, std::string_view word = {}) {
  return key(table, name, Kind::Time, least.count(), most.count(), word, door);
}

constexpr auto kRedial = &Entry::redial;
constexpr auto kWatch = &Entry::watch;
constexpr auto kBudget = &Entry::budget;
constexpr auto kHold = &Entry::hold;
using R = RedialSettings;
using B = BudgetSettings;
using H = HoldSettings;
using W = WatchSettings;

// clang-format off
constexpr EntryKey kKeys[] = {
    key("", "type", Kind::Choice, 0, 0, "phone vpn direct broadband", choice<&Entry::type, kTypes>()),
    text("line", kTextOctetsMax, one_line()),
    key("", "lines", Kind::Texts, 0, 64, {}, several_lines()),
    text("number", kNumberOctetsMax, one_number()),
    key("", "numbers", Kind::Numbers, 0, 256, {}, several_numbers()),
    text("location", 64, member<&Entry::location>()),
    flag("", "use_dialing_rules", member<&Entry::use_dialing_rules>(), "default"),
    flag("", "try_next_number", member<&Entry::try_next_alternate>()),
    flag("", "promote_numbers", member<&Entry::promote_alternates>()),
    key("", "first_number", Kind::Count, 0, 255, {}, member<&Entry::first_number>()),
    key("", "line_order", Kind::Choice, 0, 0, "in-order last-good-first", choice<&Entry::line_order, kLineOrders>()),
    text("user", kTextOctetsMax, member<&Entry::user>()),
    text("domain", kTextOctetsMax, member<&Entry::domain>()),
    key("", "auth", Kind::Words, 0, 5, "pap chap-md5 mschap mschap-v2 eap", auth_methods()),
    key("", "eap_type", Kind::Count, 0, 255, {}, eap_type()),
    key("", "encryption", Kind::Choice, 0, 0, "none optional required strongest", choice<&Entry::encryption, kEncryptions>()),
    time("", "dial_within", 5s, 10min, member<&Entry::dial_within>()),
    time("", "idle_disconnect", 1s, 4294967294s, member<&Entry::idle_disconnect>(), "never"),
    time("", "session_limit", 1s, 4294967294s, member<&Entry::session_limit>(), "never"),
    flag("", "session_redial", member<&Entry::session_redial>()),
    key("", "windows", Kind::Windows, 0, kWindowsMax, {}, time_windows()),
    flag("", "window_hangs_up", member<&Entry::window_hangs_up>()),
    key("", "dial", Kind::Choice, 0, 0, "always on-demand manual", choice<&Entry::dial, kDialModes>()),
    key("", "while_down", Kind::Choice, 0, 0, "wait refuse", choice<&Entry::while_down, kWhileDown>()),
    time("", "wait_within", 1s, 1h, member<&Entry::wait_within>()),
    key("", "mru", Kind::Count, 128, 1500, {}, member<&Entry::mru>()),
    flag("", "ipv6", member<&Entry::ipv6>()),
    flag("", "vj", member<&Entry::vj>()),
    flag("", "lcp_extensions", member<&Entry::lcp_extensions>()),
    key("", "address", Kind::Address, 0, 15, {}, member<&Entry::ip_address>()),
    key("", "dns", Kind::Address, 0, 15, {}, member<&Entry::dns>()),
    key("", "dns2", Kind::Address, 0, 15, {}, member<&Entry::dns2>()),
    flag("", "default_route", member<&Entry::default_route>()),
    key("", "metric", Kind::Count, 0, 4'294'967'295, {}, member<&Entry::metric>()),
    key("", "interface", Kind::Choice, 0, 0, "user tun", choice<&Entry::interface, kInterfaces>()),
    text("interface_name", 15, member<&Entry::interface_name>()),
    key("", "routes", Kind::Networks, 0, 64, {}, member<&Entry::routes>()),
    key("", "local_networks", Kind::Networks, 0, 64, {}, member<&Entry::local_networks>()),
    text("ipv6_address", 43, member<&Entry::ipv6_address>()),
    key("", "dns_mode", Kind::Choice, 0, 0, "auto resolved resolvconf file none", choice<&Entry::dns_mode, kDnsModes>()),
    text("device", kTextOctetsMax, member<&Entry::device>()),
    text("device_type", kTextOctetsMax, member<&Entry::device_type>()),
    key("", "connect_bps", Kind::Count, 0, 4'000'000, {}, member<&Entry::connect_bps>()),
    flag("", "speaker", member<&Entry::speaker>(), "default"),
    flag("", "hw_flow_control", member<&Entry::hw_flow_control>(), "default"),
    flag("", "compression", member<&Entry::compression>(), "default"),
    flag("", "error_control", member<&Entry::error_control>(), "default"),
    key("", "framing", Kind::Choice, 0, 0, "ppp slip", choice<&Entry::framing, kFramings>()),
    key("", "callback", Kind::Choice, 0, 0, "none optional required", choice<&Entry::callback_mode, kCallbacks>()),
    text("callback_number", kNumberOctetsMax, member<&Entry::callback_number>()),
    key("", "callback_by", Kind::Choice, 0, 0, "cbcp account dial-string location e164 name", choice<&Entry::callback_by, kCallbackBys>()),
    flag("", "multilink", member<&Entry::multilink>()),
    flag("", "terminal", member<&Entry::terminal>()),
    flag("", "terminal_before", member<&Entry::terminal_before>()),
    text("script_before", kTextOctetsMax, member<&Entry::script_before>()),
    key("", "script", Kind::Script, 0, static_cast<int64_t>(kTextOctetsMax), {}, script()),
    text("x25_pad", 255, member<&Entry::x25_pad>()),
    text("x25_address", 200, member<&Entry::x25_address>()),
    text("x25_user_data", 200, member<&Entry::x25_user_data>()),
    text("x25_facilities", 200, member<&Entry::x25_facilities>()),
    time("", "script_within", 1s, 10min, member<&Entry::script_within>()),
    flag("", "answer_login_prompt", member<&Entry::answer_login_prompt>()),
    time("", "login_within", 1s, 5min, member<&Entry::login_within>()),
    text("prerequisite", kTextOctetsMax, member<&Entry::prerequisite>()),
    text("prerequisite_book", kTextOctetsMax, member<&Entry::prerequisite_book>()),
    time("", "prerequisite_within", 5s, 24h, member<&Entry::prerequisite_within>()),

    key("redial", "attempts", Kind::Count, 0, 1'000'000, "forever", member<kRedial, &R::attempts>()),
    time("redial", "pause", 100ms, 24h, member<kRedial, &R::pause>(), "back-off"),
    flag("redial", "on_link_failure", member<kRedial, &R::on_link_failure>()),
    time("redial", "first_pause", 100ms, 1h, member<kRedial, &R::first_pause>()),
    time("redial", "longest_pause", 100ms, 24h, member<kRedial, &R::longest_pause>()),
    time("redial", "good_call", 1s, 24h, member<kRedial, &R::good_call>()),
    time("redial", "auth_hold", 10s, 24h, member<kRedial, &R::auth_hold>()),
    time("redial", "auth_hold_longest", 10s, 168h, member<kRedial, &R::auth_hold_longest>()),
    time("redial", "unreachable_step", 1s, 24h, member<kRedial, &R::unreachable_step>()),
    time("redial", "unreachable_longest", 1s, 168h, member<kRedial, &R::unreachable_longest>()),
    flag("redial", "give_up", member<kRedial, &R::give_up>()),
    key("redial", "jitter", Kind::Count, 0, 100, {}, member<kRedial, &R::jitter>()),
    key("redial", "attempts_per_hour", Kind::Count, 1, 60, "unlimited", member<kRedial, &R::attempts_per_hour>()),

    time("hold", "busy", 1s, 24h, member<kHold, &H::busy>(), "back-off"),
    time("hold", "no_answer", 1s, 24h, member<kHold, &H::no_answer>(), "back-off"),
    time("hold", "no_carrier", 1s, 24h, member<kHold, &H::no_carrier>(), "back-off"),
    time("hold", "voice", 1s, 168h, member<kHold, &H::voice>(), "back-off"),
    time("hold", "number", 10s, 24h, member<kHold, &H::number>()),
    time("hold", "number_longest", 10s, 168h, member<kHold, &H::number_longest>()),
    time("hold", "no_dial_tone", 1s, 24h, member<kHold, &H::no_dial_tone>(), "back-off"),
    time("hold", "device", 1s, 24h, member<kHold, &H::device>(), "back-off"),
    time("hold", "network", 1s, 24h, member<kHold, &H::network>(), "back-off"),
    time("hold", "peer", 1s, 24h, member<kHold, &H::peer>(), "back-off"),

    key("budget", "minutes", Kind::Count, 1, 1440, "unlimited", member<kBudget, &B::minutes>()),
    key("budget", "calls", Kind::Count, 1, 1'000'000, "unlimited", member<kBudget, &B::calls>()),
    key("budget", "bytes", Kind::Count, 1, 1'000'000'000'000'000, "unlimited", member<kBudget, &B::bytes>()),

    time("watch", "echo_after_silence", 1s, 10min, member<kWatch, &W::echo_after_silence>()),
    time("watch", "dead_peer_bound", 2s, 1h, member<kWatch, &W::dead_peer_bound>()),
    key("watch", "probes", Kind::Count, 2, 255, {}, member<kWatch, &W::probes>()),
    time("watch", "round_trip_max", 10ms, 60s, member<kWatch, &W::round_trip_max>()),
    time("watch", "lcp_restart", 200ms, 60s, member<kWatch, &W::lcp_restart>()),
    key("watch", "lcp_tries", Kind::Count, 2, 255, {}, member<kWatch, &W::lcp_tries>()),
    key("watch", "path", Kind::Texts, 0, 8, {}, path_targets()),
    time("watch", "path_every", 5s, 1h, member<kWatch, &W::path_every>()),
    key("watch", "path_rounds", Kind::Count, 1, 20, {}, member<kWatch, &W::path_rounds>()),
    time("watch", "stall", 0s, 1h, member<kWatch, &W::stall>()),
};
// clang-format on

}  // namespace

std::span<const EntryKey> entry_keys() { return kKeys; }

std::string full_name(const EntryKey& key) {
  return key.table.empty() ? std::string(key.name) : fmt::format("{}.{}", key.table, key.name);
}

std::vector<std::string_view> words_of(const EntryKey& key) {
  std::vector<std::string_view> words;
  for (std::string_view rest = key.words; !rest.empty();) {
    const size_t space = std::min(rest.find(' '), rest.size());
    words.push_back(rest.substr(0, space));
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return words;
}

bool differs(const EntryKey& key, const Entry& a, const Entry& b) {
  return key.get(a) != key.get(b);
}

void set_key(const Setting& setting, Entry& entry) {
  REDIAL_ASSERT(setting.key < std::size(kKeys));
  kKeys[setting.key].set(entry, setting.value);
}

}  // namespace redial::phonebook
