// SPDX-License-Identifier: Apache-2.0
#include "modem/answer.h"

#include "core/bytes.h"
#include "modem/pattern.h"

namespace redial::modem {
namespace {

using Verdict = PatternMatch::Verdict;

/// The best match among the responses, and whether waiting could bring a longer one.
struct Judgement {
  const Response* best = nullptr;
  PatternMatch match;
  bool own = false, vague = false, pending = false;
};

void judge(const Candidates::Candidate& candidate, std::string_view text, bool over, bool own,
           Judgement& judgement) {
  const bool vague = candidate.vague;
  if (vague && !over) return;
  const PatternMatch match = match_pattern(candidate.response->pattern, text, over);
  if (match.verdict == Verdict::None) return;
  if (!vague && (match.verdict == Verdict::Partial || match.open)) judgement.pending = true;
  if (match.verdict != Verdict::Full) return;
  const bool better =
      judgement.best == nullptr || (judgement.vague && !vague) ||
      (judgement.own == own && judgement.vague == vague && match.end > judgement.match.end);
  if (!better) return;
  judgement.best = candidate.response;
  judgement.match = match;
  judgement.own = own;
  judgement.vague = vague;
}

Judgement judge(Candidates& candidates, const std::vector<Response>* own,
                const std::vector<Response>& common, std::string_view text, bool over) {
  Judgement judgement;
  const char first = text.front();
  if (own != nullptr) {
    for (const Candidates::Candidate& each : candidates.own(*own)) {
      if (each.any || each.first == first) judge(each, text, over, true, judgement);
    }
  }
  for (const Candidates::Candidate& each : candidates.of(common, first)) {
    judge(each, text, over, false, judgement);
  }
  return judgement;
}

std::string shown(std::string_view text) { return to_visible(as_bytes(text), 80); }

}  // namespace

ResponseCode refined(ResponseCode code, const std::optional<wire::Result>& generic) {
  if (code != ResponseCode::Error || !generic) return code;
  switch (generic->code) {
    case wire::ResultCode::Delayed:
    case wire::ResultCode::Blacklisted:
    case wire::ResultCode::Voice: return response_code(generic->code);
    case wire::ResultCode::Ok:
    case wire::ResultCode::Connect:
    case wire::ResultCode::Ring:
    case wire::ResultCode::NoCarrier:
    case wire::ResultCode::Error:
    case wire::ResultCode::NoDialtone:
    case wire::ResultCode::Busy:
    case wire::ResultCode::NoAnswer:
    case wire::ResultCode::Fax:
    case wire::ResultCode::Data:
    case wire::ResultCode::Ringing: return code;
  }
  return code;
}

namespace {

Reading answered(const Judgement& judgement, const wire::AtReader& reader, size_t octets_read,
                 bool over) {
  Answer answer;
  answer.generic = wire::classify(reader.text());
  answer.code = refined(judgement.best->code, answer.generic);
  answer.own = judgement.own;
  answer.carrier_bps = judgement.match.caught.carrier_bps;
  answer.port_bps = judgement.match.caught.connect_bps;
  if (answer.carrier_bps == 0) answer.carrier_bps = judgement.best->carrier_bps;
  if (answer.port_bps == 0) answer.port_bps = judgement.best->port_bps;
  answer.error_control = answer.code == ResponseCode::ConnectEc || judgement.best->error_control ||
                         (answer.generic && answer.generic->error_control);
  const bool told = answer.carrier_bps != 0 || answer.port_bps != 0;
  if (!told && answer.generic) answer.carrier_bps = answer.generic->rate_bps.value_or(0);
  answer.text =
      shown(judgement.match.caught.diagnostics.empty() ? reader.text()
                                                       : judgement.match.caught.diagnostics);
  const size_t overshoot = over ? 0 : octets_read - judgement.match.end;
  return {Reading::Kind::Answer, false, overshoot, std::move(answer)};
}

Reading answered(const wire::Result& generic, const wire::AtReader& reader) {
  Answer answer;
  answer.code = response_code(generic.code);
  if (answer.code == ResponseCode::Connect && generic.error_control)
    answer.code = ResponseCode::ConnectEc;
  answer.carrier_bps = generic.rate_bps.value_or(0);
  answer.error_control = generic.error_control;
  answer.text = shown(reader.text());
  answer.generic = generic;
  return {Reading::Kind::Answer, false, 0, std::move(answer)};
}

}  // namespace

ResponseCode response_code(wire::ResultCode code) {
  switch (code) {
    case wire::ResultCode::Ok: return ResponseCode::Ok;
    case wire::ResultCode::Connect: return ResponseCode::Connect;
    case wire::ResultCode::Ring: return ResponseCode::Ring;
    case wire::ResultCode::NoCarrier: return ResponseCode::ErrorNoCarrier;
    case wire::ResultCode::Error: return ResponseCode::Error;
    case wire::ResultCode::NoDialtone: return ResponseCode::ErrorNoDialtone;
    case wire::ResultCode::Busy: return ResponseCode::ErrorBusy;
    case wire::ResultCode::NoAnswer: return ResponseCode::ErrorNoAnswer;
    case wire::ResultCode::Delayed: return ResponseCode::ErrorDelayed;
    case wire::ResultCode::Blacklisted: return ResponseCode::ErrorBlacklisted;
    case wire::ResultCode::Voice: return ResponseCode::ErrorVoice;
    case wire::ResultCode::Fax: return ResponseCode::ErrorNoCarrier;  // answered, not by data
    case wire::ResultCode::Data:
    case wire::ResultCode::Ringing: return ResponseCode::Loop;
  }
  return ResponseCode::Loop;
}

void Candidates::look_through(const std::vector<Response>& responses,
                              std::vector<Candidate>& into) {
  into.clear();
  into.reserve(responses.size());
  for (const Response& response : responses) {
    const PatternHead head = head_of(response.pattern);
    into.push_back({&response, head.first.value_or(0), !head.first, head.vague});
  }
}

const std::vector<Candidates::Candidate>& Candidates::own(const std::vector<Response>& responses) {
  if (own_list_ != &responses) look_through(responses, own_);
  own_list_ = &responses;
  return own_;
}

const std::vector<Candidates::Candidate>& Candidates::of(const std::vector<Response>& common,
                                                         char first) {
  if (common_list_ != &common) {
    look_through(common, common_);
    lines_.clear();
    common_list_ = &common;
  }
  for (const Line& line : lines_) {
    if (line.first == first) return line.found;
  }
  Line& line = lines_.emplace_back();
  line.first = first;
  for (const Candidate& each : common_) {
    if (each.any || each.first == first) line.found.push_back(each);
  }
  return line.found;
}

bool waits_for_end(const wire::AtReader& reader) {
  const std::string_view text = reader.text();
  return wire::may_become_result(text) && !(reader.at_bare_cr() && wire::is_numeric(text));
}

Reading read_answer(const std::vector<Response>* own, const std::vector<Response>& common,
                    wire::AtReader& reader, bool over, Candidates& candidates) {
  if (reader.empty()) return {};
  if (reader.has_kept()) {
    const std::string_view raw = reader.raw();
    const Judgement lines = judge(candidates, own, common, raw, over);
    if (lines.best != nullptr && !lines.vague && (over || !lines.pending))
      return answered(lines, reader, reader.raw().size(), over);
    if (!lines.pending) reader.forget_kept();
  }
  const std::string_view text = reader.text(), raw = reader.raw_line();
  const Judgement line = judge(candidates, own, common, raw, over);
  if (!over) {
    const bool wait =
        line.best == nullptr || line.pending || reader.has_kept() || waits_for_end(reader);
    if (wait) return {Reading::Kind::Wait, line.pending, 0, std::nullopt};
    return answered(line, reader, reader.raw_line().size(), over);
  }
  if (line.best != nullptr && !line.vague) return answered(line, reader, 0, over);
  if (const auto generic = wire::classify(text)) return answered(*generic, reader);
  if (line.best != nullptr) return answered(line, reader, 0, over);
  const bool more_lines = line.pending || reader.has_kept();
  return {more_lines ? Reading::Kind::Keep : Reading::Kind::Unknown, false, 0, std::nullopt};
}

CauseCode cause_of(ResponseCode code) {
  switch (code) {
    case ResponseCode::ErrorBusy: return CauseCode::Busy;
    case ResponseCode::ErrorVoice: return CauseCode::VoiceAnswer;
    case ResponseCode::ErrorNoAnswer: return CauseCode::NoAnswer;
    case ResponseCode::ErrorNoCarrier: return CauseCode::NoCarrier;
    case ResponseCode::ErrorNoDialtone: return CauseCode::NoDialTone;
    case ResponseCode::ErrorDelayed: return CauseCode::Delayed;
    case ResponseCode::ErrorBlacklisted: return CauseCode::Blacklisted;
    case ResponseCode::Error:
    case ResponseCode::ErrorDiagnostics:
    case ResponseCode::Ok:
    case ResponseCode::Loop:
    case ResponseCode::Connect:
    case ResponseCode::ConnectEc:
    case ResponseCode::Ring: return CauseCode::ModemError;
  }
  return CauseCode::ModemError;
}

}  // namespace redial::modem
