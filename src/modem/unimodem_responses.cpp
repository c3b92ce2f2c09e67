// SPDX-License-Identifier: Apache-2.0
#include "modem/unimodem_responses.h"

#include <fmt/format.h>

#include <optional>

#include "core/text.h"
#include "modem/answer.h"
#include "modem/inf_lexer.h"

namespace redial::modem {
namespace {

using chars::shown;

/// Octets 2-5 or 6-9 of a response, a field of Properties or DCB: least significant first.
uint32_t word_at(ByteView data, size_t at) {
  uint32_t word = 0;
  for (size_t i = 4; i-- > 0;)
    word = word << 8 | (at + i < data.size() ? data[at + i] : uint32_t{0});
  return word;
}

/// What a state means; nullopt: nothing to a call (VoiceView, caller identification).
struct State {
  bool known = false;
  std::optional<ResponseCode> code;
};
State state_of(uint8_t octet) {
  switch (octet) {
    case 0x00: return {true, ResponseCode::Ok};
    case 0x01: return {true, ResponseCode::Loop};  // progress of the negotiation
    case 0x02: return {true, ResponseCode::Connect};
    case 0x03: return {true, ResponseCode::Error};
    case 0x04: return {true, ResponseCode::ErrorNoCarrier};
    case 0x05: return {true, ResponseCode::ErrorNoDialtone};
    case 0x06: return {true, ResponseCode::ErrorBusy};
    case 0x07: return {true, ResponseCode::ErrorNoAnswer};
    case 0x08:
    case 0x18:  // single, double and triple ring
    case 0x19:
    case 0x1a: return {true, ResponseCode::Ring};
    case 0x1b: return {true, ResponseCode::ErrorBlacklisted};
    case 0x1c: return {true, ResponseCode::ErrorDelayed};
    default: break;
  }
  const bool voice_view = octet >= 0x09 && octet <= 0x10;
  const bool ring_or_caller = octet >= 0x11 && octet <= 0x17;
  return {voice_view || ring_or_caller || octet >= 0x91, std::nullopt};
}

uint32_t rate(const KeyValue& value, std::string_view what, uint32_t bps, Findings& findings) {
  if (bps == 0 || (kRateLeast <= bps && bps <= kRateMost)) return bps;
  findings.warning(value.data_at,
                   fmt::format("{} has the {} {} bit/s, which no modem has; it is taken as not "
                               "told; write it as four octets, least first",
                               shown(value.name), what, bps));
  return 0;
}

std::optional<Response> response(const KeyValue& value, Findings& findings) {
  constexpr size_t kOctets = 10;
  constexpr uint8_t kCompression = 0x01, kErrorControl = 0x02;
  if (!value.binary || value.data.empty()) {
    findings.warning(value.data_at,
                     fmt::format("the response {} has no octet that says what it means; it is left "
                                 "out; write ten of them",
                                 shown(value.name)));
    return std::nullopt;
  }
  const State state = state_of(value.data[0]);
  if (!state.known) {
    findings.warning(value.data_at, fmt::format("the response {} has the state {:02x}, which is "
                                                "not known; it is left out; see docs/formats.md",
                                                shown(value.name), value.data[0]));
  }
  if (!state.code) return std::nullopt;
  if (value.data.size() < kOctets) {
    findings.warning(value.data_at,
                     fmt::format("the response {} has {} of ten octets; the rest is taken as 0: "
                                 "options and rates not told; complete it",
                                 shown(value.name), value.data.size()));
  }
  const uint8_t options = value.data.size() > 1 ? value.data[1] : 0;
  Response made{.code = *state.code,
                .pattern = {{PatternPiece::Kind::Literal, octets_named_in(value.name)}}};
  made.carrier_bps = rate(value, "line rate", word_at(value.data, 2), findings);
  made.port_bps = rate(value, "port rate", word_at(value.data, 6), findings);
  made.compression = (options & kCompression) != 0;
  made.error_control = (options & kErrorControl) != 0;
  if (made.code == ResponseCode::Connect && made.error_control) made.code = ResponseCode::ConnectEc;
  std::string_view words = made.pattern[0].text;
  while (!words.empty() && (words.front() == '\r' || words.front() == '\n')) words.remove_prefix(1);
  while (!words.empty() && (words.back() == '\r' || words.back() == '\n')) words.remove_suffix(1);
  made.code = refined(made.code, wire::classify(words));
  return made;
}

}  // namespace

std::string octets_named_in(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    const size_t end = text.front() == '<' ? text.substr(0, 5).find('>') : std::string_view::npos;
    const std::optional<char> octet = end == std::string_view::npos
                                          ? std::nullopt
                                          : inf::octet_named(chars::lower(text.substr(1, end - 1)));
    made += octet.value_or(text.front());
    text.remove_prefix(octet ? end + 1 : 1);
  }
  return made;
}

std::vector<Response> read_responses(const ModemKey& key, Findings& findings) {
  std::vector<Response> made;
  for (const KeyValue* value : key.all("Responses")) {
    if (made.size() >= kUnimodemResponsesMax) {
      findings.warning(value->at,
                       fmt::format("more than {} responses; the rest is left out; remove "
                                   "those that the modem never gives",
                                   kUnimodemResponsesMax));
      break;
    }
    if (auto one = response(*value, findings)) made.push_back(*std::move(one));
  }
  return made;
}

void read_properties(const ModemKey& key, ModemDescription& into, Findings& findings) {
  constexpr size_t kOctets = 32, kCallSetup = 4, kPortRate = 24, kLineRate = 28;
  const KeyValue* value = key.find("", "Properties");
  if (value == nullptr) return;
  if (!value->binary || value->data.size() < kOctets) {
    findings.warning(value->data_at,
                     fmt::format("Properties has {} of {} octets; what is missing is taken as not "
                                 "told; complete it",
                                 value->data.size(), kOctets));
  }
  constexpr uint32_t kBillingTone = 0x40, kQuietAnswer = 0x80, kDialTone = 0x100;  // DialOptions
  if (value->data.size() >= sizeof(uint32_t)) {
    const uint32_t can = word_at(value->data, 0);
    into.abilities = {.dial_tone = (can & kDialTone) != 0,
                      .quiet_answer = (can & kQuietAnswer) != 0,
                      .billing_tone = (can & kBillingTone) != 0};
  }
  into.dial_seconds_max =
      static_cast<uint16_t>(std::min<uint32_t>(word_at(value->data, kCallSetup), 255));
  into.max_connect_bps = rate(*value, "port rate", word_at(value->data, kPortRate), findings);
  into.max_carrier_bps = rate(*value, "line rate", word_at(value->data, kLineRate), findings);
}

/// A port is set by its line; what the file says is worth a word when PPP could not work by it.
void read_dcb(const ModemKey& key, ModemDescription& into, Findings& findings) {
  constexpr size_t kOctets = 28, kBaudRate = 4, kByteSize = 18;
  const KeyValue* value = key.find("", "DCB");
  if (value == nullptr) return;
  if (!value->binary || value->data.size() < kOctets || word_at(value->data, 0) != kOctets) {
    findings.warning(value->data_at,
                     fmt::format("DCB has {} octets or says so, where {} belong; it is ignored, "
                                 "8N1 is used; complete it",
                                 value->data.size(), kOctets));
    return;
  }
  if (value->data[kByteSize] != 8)
    findings.warning(value->data_at,
                     fmt::format("DCB sets {} data bits; PPP needs 8 and the port gets 8; correct "
                                 "it, or leave it out",
                                 value->data[kByteSize]));
  into.port_bps = rate(*value, "port rate", word_at(value->data, kBaudRate), findings);
}

}  // namespace redial::modem
