// SPDX-License-Identifier: Apache-2.0
// A modem that talks rubbish: garbage at every border of its answers, output without end, RING
// storms. Every attempt ends within the bound that is promised, with one cause, and is redialled.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/plan.h"

using namespace redial;
using namespace std::string_literals;

namespace {

class NoIp final : public engine::IpSink {
 public:
  void on_ip(LinkId, ByteView) override {}
};

/// One entry on one modem line, in virtual time; the modem is a function.
class Bench {
 public:
  using Answer = std::function<std::string(std::string_view command)>;

  explicit Bench(Answer answer, std::string chatter = "", Duration every = 20ms)
      : answer_(std::move(answer)), chatter_(std::move(chatter)), every_(every) {
    phonebook::Entry entry;
    entry.name = "office";
    entry.numbers = {{.digits = "5550100"}};
    entry.dial_within = 15s;
    const phonebook::LineSpec spec{.name = "COM1", .path = "/dev/ttyS0"};
    const auto read = [](const std::string&) { return Result<std::string>(""); };
    auto line = engine::bind_line(spec, entry, read);
    REQUIRE(line.has_value());
    line->id = engine_.add_line(engine::config_of(*line));
    line_ = line->id;
    auto plan = engine::plan_link(entry, nullptr, std::vector{*line});
    REQUIRE(plan.has_value());
    bound = plan->attempt_bound;
    link_ = engine_.add_link(std::make_shared<const engine::DialPlan>(*std::move(plan)));
    speak_at_ = chatter_.empty() ? kNever : now_;
  }

  /// Runs until the attempt has ended and its line is free, or `within` is over.
  bool one_attempt(Duration within) {
    const Instant begun = now_;
    done_ = false;
    engine_.dial(link_, now_, fx_);
    carry_out();
    while (now_ - begun < within) {
      const Instant due = engine_.deadline().value_or(kNever);
      if (done_) return true;
      const Instant next = std::min({due, answer_at_, open_ ? speak_at_ : kNever});
      REQUIRE(next != kNever);  // nobody waits for ever
      now_ = std::max(now_, next);
      if (now_ >= answer_at_) {
        answer_at_ = kNever;
        say(std::exchange(pending_, ""));
      } else if (open_ && now_ >= speak_at_) {
        speak_at_ = now_ + every_;
        say(chatter_);
      }
      engine_.on_deadline(now_, fx_);
      carry_out();
    }
    return false;
  }

  Duration bound{};
  std::vector<CauseCode> causes;

 private:
  void say(const std::string& text) {
    if (!open_) return;
    engine_.on_octets(line_, as_bytes(text), now_, ip_, fx_);
    carry_out();
  }
  void carry_out() {
    while (!fx_.list.empty()) {
      const engine::Effects fx = std::exchange(fx_, {});
      for (const engine::Effect& effect : fx.list) carry_out(fx, effect);
    }
  }
  void carry_out(const engine::Effects& fx, const engine::Effect& effect) {
    if (std::holds_alternative<engine::OpenLine>(effect)) {
      open_ = true;
      speak_at_ = chatter_.empty() ? kNever : now_;
      engine_.on_line_opened(line_, now_, fx_);
    } else if (std::holds_alternative<engine::CloseLine>(effect)) {
      open_ = false;
      done_ = !causes.empty();  // what follows is the next attempt's
      answer_at_ = kNever;
    } else if (const auto* transmit = std::get_if<engine::Transmit>(&effect)) {
      const std::string answer = answer_(as_text(fx.octets(*transmit)));
      if (answer.empty()) return;
      pending_ += answer;
      answer_at_ = now_ + 30ms;
    } else if (const auto* event = std::get_if<engine::Event>(&effect)) {
      const auto* ended = std::get_if<connection::LinkEnded>(&event->body);
      if (ended && !done_) causes.push_back(ended->cause.code);
    }
  }

  SeededEntropy entropy_{5};
  engine::Engine engine_{5, entropy_};
  engine::Effects fx_;
  NoIp ip_;
  Answer answer_;
  std::string chatter_, pending_;
  Duration every_;
  Instant now_{1h}, answer_at_ = kNever, speak_at_ = kNever;
  LineId line_{};
  LinkId link_{};
  bool open_ = false, done_ = false;
};

bool dials(std::string_view command) { return command.find("ATD") != std::string_view::npos; }

std::string good(std::string_view command) {
  if (command.substr(0, 2) != "AT") return "";  // PPP, or the escape
  return dials(command) ? "\r\nCONNECT 9600\r\n" : "\r\nOK\r\n";
}

// An attempt, and the hang-up after it.
constexpr Duration kHangUp = 30s;

const std::vector<std::string> kGarbage = {"\0"s,
                                           "\xff"s,
                                           "\r"s,
                                           "\n"s,
                                           "~\xff\x03\xc0\x21"s,
                                           "RING\r\n"s,
                                           "ERROR\r\n"s,
                                           "3\r"s,
                                           std::string(3000, 'x')};

}  // namespace

TEST_CASE("garbage at any border of any answer: each attempt ends in time, with one cause") {
  for (const bool in_dial : {false, true}) {
    const std::string whole = in_dial ? "\r\nCONNECT 9600\r\n" : "\r\nOK\r\n";
    for (size_t border = 0; border <= whole.size(); ++border) {
      for (const std::string& garbage : kGarbage) {
        CAPTURE(in_dial);
        CAPTURE(border);
        CAPTURE(garbage.size());
        Bench bench([&](std::string_view command) {
          std::string answer = good(command);
          if (answer == whole) answer.insert(border, garbage);
          return answer;
        });
        CHECK(bench.one_attempt(bench.bound + kHangUp));
        CHECK(bench.causes.size() == 1);
      }
    }
  }
}

TEST_CASE("a modem whose output never ends keeps nothing from ending: each attempt, each hang-up") {
  for (const std::string& endless :
       {"x"s, "xyz\r\n"s, "\r\n"s, std::string(64, '\0'), "RING\r\n"s, "OK\r\n"s, "0\r"s,
        "NO CARRIER\r\n"s, "BUSY\r\n"s, "~"s, "~\xff\x03"s, "+++"s}) {
    for (const bool answers : {true, false}) {
      CAPTURE(endless);
      CAPTURE(answers);
      Bench bench([&](std::string_view command) { return answers ? good(command) : ""s; }, endless);
      CHECK(bench.one_attempt(bench.bound + kHangUp));
      CHECK(bench.causes.size() == 1);
    }
  }
}

TEST_CASE("a RING storm while it is dialled is no answer and no failure: the call goes through") {
  Bench bench([](std::string_view command) { return good(command); }, "\r\nRING\r\n", 200ms);
  CHECK(bench.one_attempt(bench.bound + kHangUp));
  REQUIRE(bench.causes.size() == 1);
  CHECK(name(bench.causes[0]) == "PppNoResponse");  // connected; nobody speaks PPP here
}
