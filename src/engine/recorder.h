// SPDX-License-Identifier: Apache-2.0
// Writes down what an engine is given and answers, as it happens. Octets are held while they may be
// part of a secret (cover.h), and so is whatever follows them.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/rng.h"
#include "engine/cover.h"
#include "engine/effect_text.h"
#include "engine/input.h"
#include "engine/transcript.h"

namespace redial::engine {

class Recorder final : public Tap, public Entropy {
 public:
  /// Whole lines, in the order of the file. `beneath` is what the engine would draw from; it draws
  /// from the recorder in its place.
  using Write = std::function<void(std::string_view)>;
  Recorder(Entropy& beneath, Write write);

  Secrets& secrets() { return secrets_; }
  /// Who a link says it is, to judge the server's own proof.
  void know(LinkId link, Proof proof) { proofs_[link] = std::move(proof); }
  /// The head, and from then on everything; its texts are covered already.
  void start(const TranscriptHead& head);
  /// Whatever is held, and the end.
  void finish();
  /// There was no more room: nothing is written from now on.
  bool full() const { return full_; }

  void on_input(const Engine& engine, const Input& input, Instant now) override;
  void on_answer(const Engine& engine, const Effects& fx, bool taken, Instant now) override;
  void fill(std::span<uint8_t> octets) override;

 private:
  static constexpr Duration kSettleAfter = 200ms;
  static constexpr size_t kHeldLinesMax = 4096;

  struct Held {
    std::string text;
    Bytes octets;  // what has gone back to it
    bool brings_octets = false;
  };
  struct Line {
    explicit Line(const Secrets& secrets) : cover(secrets) {}
    LineCover cover;
    Instant heard{};
  };

  Line& line(LineId id);
  void settle(const Input& input, Instant now);
  void settle_all();
  void push(std::string text);
  void flush();
  void write(std::string_view text);
  void look(const Engine& engine, const Transmit& transmit, ByteView octets);
  LineCover::Put put();

  Entropy* beneath_;
  Write write_;
  Secrets secrets_;
  std::map<LinkId, Proof> proofs_;
  std::map<LineId, std::unique_ptr<Line>> lines_;
  AnswerText answers_;
  std::deque<Held> held_;
  uint64_t first_ = 0;  // the place of held_.front()
  size_t written_ = 0;
  bool started_ = false, full_ = false, typed_ = false, inside_ = false;
};

}  // namespace redial::engine
