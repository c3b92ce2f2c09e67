// SPDX-License-Identifier: Apache-2.0
#include "sim/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/effect_text.h"
#include "engine/escape.h"
#include "engine/transcript_plan.h"

namespace redial::sim {

using engine::TranscriptStep;

namespace {

/// What was drawn then is drawn again.
class RecordedEntropy final : public Entropy {
 public:
  void use(const std::vector<Bytes>& drawn) {
    drawn_ = &drawn;
    next_ = 0;
    missing_ = false;
  }
  void fill(std::span<uint8_t> octets) override {
    const bool there = drawn_ && next_ < drawn_->size() && (*drawn_)[next_].size() == octets.size();
    missing_ |= !there;
    if (there) {
      std::ranges::copy((*drawn_)[next_++], octets.begin());
    } else {
      std::ranges::fill(octets, uint8_t{0});
    }
  }
  bool as_recorded() const { return !missing_ && (!drawn_ || next_ == drawn_->size()); }

 private:
  const std::vector<Bytes>* drawn_ = nullptr;
  size_t next_ = 0;
  bool missing_ = false;
};

class Nowhere final : public engine::IpSink {
 public:
  void on_ip(LinkId, ByteView) override {}
};

enum class Door : uint8_t { Closed, Opening, Open };

/// Frames of a link that is up would hide everything else, deadlines and echoes of commands too.
bool worth_telling(const engine::Input& input) {
  return !std::holds_alternative<engine::input::Deadline>(input) &&
         !std::holds_alternative<engine::input::SendIp>(input);
}

class Replayer {
 public:
  explicit Replayer(const engine::Transcript& transcript)
      : transcript_(transcript), engine_(transcript.head.seed, entropy_) {}

  Result<Replay> run() {
    if (auto ok = engine::furnish(engine_, transcript_.head); !ok) {
      return tl::make_unexpected(std::move(ok).error());
    }
    doors_.resize(engine_.lines());
    const auto& steps = transcript_.steps;
    for (const TranscriptStep& step : steps) {
      if (!out_.difference) give(step, &step == &steps.back());
    }
    if (!steps.empty()) out_.begun = steps.front().at;
    return std::move(out_);
  }

 private:
  void give(const TranscriptStep& step, bool last) {
    const engine::Input input = step.whole();
    tell_input(step, input);
    ++out_.inputs;
    out_.ended = step.at;
    if (!fits(input)) return differ(step, engine::write_input(step.at, step.input), "");
    entropy_.use(step.random);
    fx_.clear();
    framed_.clear();
    const bool taken =
        engine::give(engine_, input, step.at, {.ip = nowhere_, .fx = fx_, .framed = framed_});
    for (const engine::Effect& effect : fx_.list) follow(effect);
    const bool typed = std::holds_alternative<engine::input::TerminalInput>(input);
    compare(step, last, text_.lines(engine_, fx_, taken, typed, nothing_));
  }

  /// Whether the shell could have given this to the engine as it is now.
  bool fits(const engine::Input& input) {
    using namespace engine::input;
    const auto door = [&](LineId line, Door wanted) {
      return index(line) < doors_.size() && doors_[index(line)] == wanted;
    };
    if (const auto* opened = std::get_if<LineOpened>(&input)) {
      if (!door(opened->line, Door::Opening)) return false;
      doors_[index(opened->line)] = Door::Open;
    } else if (const auto* failed = std::get_if<LineFailed>(&input)) {
      if (!door(failed->line, Door::Opening)) return false;
      doors_[index(failed->line)] = Door::Closed;
    } else if (const auto* closed = std::get_if<LineClosed>(&input)) {
      if (!door(closed->line, Door::Open)) return false;
      doors_[index(closed->line)] = Door::Closed;
    } else if (const auto* octets = std::get_if<Octets>(&input)) {
      return door(octets->line, Door::Open);
    } else if (const auto* carrier = std::get_if<Carrier>(&input)) {
      return door(carrier->line, Door::Open);
    }
    return true;
  }

  void follow(const engine::Effect& effect) {
    if (const auto* open = std::get_if<engine::OpenLine>(&effect)) {
      doors_[index(open->line)] = Door::Opening;
    } else if (const auto* close = std::get_if<engine::CloseLine>(&effect)) {
      doors_[index(close->line)] = Door::Closed;
    } else if (const auto* event = std::get_if<engine::Event>(&effect)) {
      if (std::holds_alternative<connection::LinkConnected>(event->body)) up_ = true;
      if (std::holds_alternative<connection::LinkEnded>(event->body)) up_ = false;
    }
  }

  void compare(const TranscriptStep& step, bool last, const std::vector<std::string>& now) {
    // Whoever was killed may have been in the midst of its last answers.
    const bool cut_off = last && !(transcript_.finished && !transcript_.full);
    const size_t both = std::min(now.size(), step.answers.size());
    for (size_t i = 0; i < both; ++i) {
      if (now[i] != step.answers[i]) return differ(step, step.answers[i], now[i]);
      ++out_.answers;
      tell_answer(step.at, now[i]);
    }
    if (step.answers.size() > both) return differ(step, step.answers[both], "");
    if (cut_off) return;
    if (now.size() > both) return differ(step, "", now[both]);
    if (!entropy_.as_recorded()) differ(step, "random octets", "more or fewer of them");
  }

  void differ(const TranscriptStep& step, std::string recorded, std::string now) {
    out_.difference = Difference{step.at, step.line, std::move(recorded), std::move(now)};
  }

  void tell(Instant at, std::string_view who, std::string_view what) {
    out_.story += fmt::format("{:>14} {:<6} {}\n", to_seconds(at.time_since_epoch()), who, what);
  }

  void tell_input(const TranscriptStep& step, const engine::Input& input) {
    if (!worth_telling(input)) return;
    constexpr size_t kShown = 200;
    const bool octets = std::holds_alternative<engine::input::Octets>(input);
    const bool frame = std::ranges::find(step.octets, uint8_t{0x7e}) != step.octets.end();
    if (octets && up_ && frame) return;
    std::string text = engine::write_input(step.at, input);
    text.erase(0, text.find(' ') + 1);
    if (octets && frame) {
      text += fmt::format(" : {} octets of PPP", step.octets.size());
    } else if (!step.octets.empty()) {
      text += " : " +
              engine::escaped(ByteView(step.octets).first(std::min(step.octets.size(), kShown)));
    }
    tell(step.at, "given", text);
  }

  void tell_answer(Instant at, std::string_view answer) {
    const bool dull = answer.starts_with("due ") || answer.starts_with("remembers ") ||
                      (up_ && answer.starts_with("frame "));
    if (dull) return;
    const bool event = answer.starts_with("event ");
    if (event) answer.remove_prefix(std::string_view("event ").size());
    tell(at, event ? "link" : "", answer);
  }

  const engine::Transcript& transcript_;
  RecordedEntropy entropy_;
  engine::Engine engine_;
  engine::Effects fx_;
  engine::AnswerText text_;
  engine::Secrets nothing_;  // there is none in a record
  Nowhere nowhere_;
  Bytes framed_;
  std::vector<Door> doors_;
  bool up_ = false;  // some link is
  Replay out_;
};

}  // namespace

Result<Replay> replay(const engine::Transcript& transcript) { return Replayer(transcript).run(); }

}  // namespace redial::sim
