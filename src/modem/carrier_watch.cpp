// SPDX-License-Identifier: Apache-2.0
#include "modem/carrier_watch.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace redial::modem {
namespace {

constexpr std::string_view kNotice = "NO CARRIER";
constexpr std::string_view kDigit = "3\r";  // the same at V0, V.250 table 1
constexpr char kFlag = '\x7e';              // RFC 1662 §3.1: where a frame has just ended

std::string_view without_line_ends(std::string_view text) {
  while (text.ends_with('\r') || text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

bool is_notice(std::string_view text) {
  text = without_line_ends(text);
  while (text.starts_with('\r') || text.starts_with('\n')) text.remove_prefix(1);
  return text == kNotice;
}

bool ends_with_notice(std::string_view text) { return without_line_ends(text).ends_with(kNotice); }

/// The notice, and after it the beginning of the same notice once more.
bool repeats_notice(std::string_view text) {
  for (size_t begun = kNotice.size() - 1; begun > 0; --begun) {
    if (!text.ends_with(kNotice.substr(0, begun))) continue;
    return ends_with_notice(text.substr(0, text.size() - begun));
  }
  return false;
}

}  // namespace

void CarrierWatch::reset() { *this = CarrierWatch(); }

void CarrierWatch::remember(ByteView octets) {
  constexpr size_t kRoom = std::tuple_size_v<decltype(tail_)>;
  const ByteView news = octets.last(std::min(octets.size(), kRoom));
  const size_t stay = std::min<size_t>(size_, kRoom - news.size());
  cut_ = cut_ || news.size() < octets.size() || stay < size_;
  std::memmove(tail_.data(), tail_.data() + (size_ - stay), stay);
  if (!news.empty()) std::memcpy(tail_.data() + stay, news.data(), news.size());
  size_ = static_cast<uint8_t>(stay + news.size());
}

void CarrierWatch::on_octets(ByteView octets, bool inside_frame, Instant now) {
  if (octets.empty()) return;
  if (octets.back() == kFlag) {  // most chunks: a frame has ended, and nothing was said after it
    tail_[0] = kFlag;
    size_ = 1;
    cut_ = true;
    digit_ = false;
    deadline_ = kNever;
    return;
  }
  remember(octets);
  const std::string_view tail(tail_.data(), size_);
  const size_t flag = tail.rfind(kFlag);
  const std::string_view since_flag = flag == std::string_view::npos ? tail : tail.substr(flag + 1);
  const bool since_frame = flag != std::string_view::npos || !cut_;

  digit_ = since_frame && since_flag == kDigit;
  const bool repeats = deadline_ != kNever && repeats_notice(tail);
  if (!digit_ && !ends_with_notice(tail) && !repeats) {
    deadline_ = kNever;
    return;
  }
  if (deadline_ != kNever) return;  // line ends and repetitions do not put it off
  // The octet after a flag opens a frame, but no frame consists of this text.
  const bool alone = since_frame && is_notice(since_flag);
  deadline_ = now + (inside_frame && !alone ? kSilenceInsideFrame : kSilence);
}

Outbox<CarrierGone, 1> CarrierWatch::on_deadline(Instant now) {
  if (now < deadline_) return {};
  const std::string evidence = digit_ ? "3 (NO CARRIER)" : std::string(kNotice);
  reset();
  return {CarrierGone{evidence}};
}

}  // namespace redial::modem
