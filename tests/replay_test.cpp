// SPDX-License-Identifier: Apache-2.0
// A call that was recorded runs again: the same engine, given the same, answers the same. No secret
// is in the record, and what was changed in it is found.
#include "sim/replay.h"
#include "engine/plan.h"
#include "engine/recorder.h"
#include "engine/transcript_plan.h"
#include "phonebook/toml.h"
#include "support/world.h"
#include "wire/ppp.h"

using namespace redial;
using namespace redial::test;

namespace {

constexpr std::string_view kEntry =
    "[entry.\"office\"]\nline = \"COM1\"\nnumber = \"5550100\"\nuser = \"branch7\"\n"
    "auth = [\"pap\", \"chap-md5\", \"mschap\", \"mschap-v2\"]\n"
    "redial = { first_pause = \"1 s\" }\n";
constexpr std::string_view kLine =
    "[[line]]\nname = \"COM1\"\nkind = \"modem\"\npath = \"/dev/ttyS0\"\nmodem_lines = false\n";
constexpr std::string_view kPassword = "swordfish";

Result<std::string> no_file(const std::string& path) { return fail(ErrorKind::NotFound, path); }

/// What `redial dial --record` does, without the files.
class Recording {
 public:
  explicit Recording(std::string_view entry = kEntry)
      : dice_(11), recorder(dice_, [this](std::string_view lines) { text += lines; }) {
    head_.seed = 7;
    head_.lines = {std::string(kLine)};
    head_.links = {{.entry = std::string(entry),
                    .user = "branch7",
                    .domain = "",
                    .password_octets = kPassword.size(),
                    .lines = {0},
                    .numbers = {}}};
    const auto config = phonebook::read_config(kLine, "line");
    const auto book = phonebook::apply({}, phonebook::read_config(entry, "entry"));
    REQUIRE(config.lines.size() == 1);
    REQUIRE(book.entries.size() == 1);
    auto line = engine::bind_line(config.lines[0], book.entries[0], no_file);
    REQUIRE(line.has_value());
    description = line->description;
    const phonebook::Credential credential{"branch7", "", Secret(std::string(kPassword))};
    const std::vector lines{*line};
    auto made = engine::plan_link(book.entries[0], &credential, lines);
    REQUIRE(made.has_value());
    plan = *std::move(made);
    REQUIRE(recorder.secrets().add(credential.password).has_value());
    recorder.know(LinkId{0}, {.user = plan.session.user, .password = credential.password});
    recorder.start(head_);
  }

  WorldOptions options() {
    WorldOptions made;
    made.description = description;
    made.entropy = &recorder;
    made.tap = &recorder;
    made.dial = [this](engine::DialPlan& its) { its = plan; };
    return made;
  }
  std::string finished() {
    recorder.finish();
    return text;
  }

 private:
  SeededEntropy dice_;
  engine::TranscriptHead head_;

 public:
  std::shared_ptr<const modem::CompiledDescription> description;
  engine::DialPlan plan;
  engine::Recorder recorder;
  std::string text;
};

sim::Replay replayed(const std::string& text) {
  const auto transcript = engine::read_transcript(text);
  REQUIRE_MESSAGE(transcript.has_value(), transcript.error().text);
  // What was read is written the same.
  REQUIRE(engine::write_transcript(*transcript) == text);
  auto run = sim::replay(*transcript);
  REQUIRE_MESSAGE(run.has_value(), run.error().text);
  return *std::move(run);
}

void check_same(const std::string& text, size_t answers_min) {
  const sim::Replay run = replayed(text);
  const sim::Difference none;
  const sim::Difference& differs = run.difference ? *run.difference : none;
  CHECK_MESSAGE(!run.difference, differs.line, " recorded ", differs.recorded, " now ",
                differs.now);
  CHECK(run.answers >= answers_min);
}

std::string hex(ByteView octets) {
  std::string out = to_hex(octets);
  std::erase(out, ' ');
  return out;
}

/// The password as it is, as Windows hashes it, and the hash.
void check_no_secret(const std::string& text) {
  CHECK(text.find(kPassword) == std::string::npos);
  Bytes wide;
  for (const char c : kPassword) {
    wide.push_back(static_cast<uint8_t>(c));
    wide.push_back(0);
  }
  const std::string in_text(as_text(wide));
  CHECK(text.find(in_text) == std::string::npos);
  CHECK(text.find("s\\x00w\\x00o") == std::string::npos);
  CHECK(text.find(hex(as_bytes(kPassword))) == std::string::npos);
  // Its MD4 (RFC 2433 §A.3): 61fb34469b99...
  CHECK(text.find("61fb34") == std::string::npos);
  CHECK(text.find("a\\xfb4F") == std::string::npos);
}

template <class Part>
void with_method(ppp::AuthMethod method, const Part& part) {
  Recording recording;
  WorldOptions options = recording.options();
  options.answer = [=](engine::AnswerPlan& plan) { plan.session.demand = {method}; };
  World world(options);
  part(world);
  check_no_secret(recording.finished());
  check_same(recording.text, 50);
}

}  // namespace

TEST_CASE("a recorded call with a lost carrier and a redial runs again, whoever asked for proof") {
  using ppp::AuthMethod;
  for (const AuthMethod method :
       {AuthMethod::Pap, AuthMethod::ChapMd5, AuthMethod::MsChapV1, AuthMethod::MsChapV2}) {
    CAPTURE(std::string(name(method)));
    with_method(method, [](World& world) {
      world.start();
      REQUIRE(world.run_until([&] { return world.up(); }));
      world.run_for(30s);
      world.exchange.drop_carrier(world.modem(), world.now);
      REQUIRE(world.run_until([&] { return world.ended() != nullptr; }));
      REQUIRE(world.run_until([&] { return world.up(); }));
      world.hang_up();
      world.run_for(1min);
    });
  }
}

TEST_CASE("whatever a hostile server makes of its frames, ours thrown back at us included") {
  using ppp::AuthMethod;
  for (size_t i = 1; i <= lab::kManners - 1; ++i) {
    const auto manner = static_cast<lab::Manner>(i);
    CAPTURE(std::string(name(manner)));
    const AuthMethod method = i % 2 == 0 ? AuthMethod::Pap : AuthMethod::MsChapV2;
    with_method(method, [&](World& world) {
      world.exchange.set_manner(world.server.modems[0], manner, world.now);
      world.start();
      world.run_for(4min);
      world.exchange.set_manner(world.server.modems[0], lab::Manner::None, world.now);
      world.run_for(1min);
    });
  }
}

TEST_CASE("a server that cannot prove itself fails in the record as it failed in the field") {
  Recording recording;
  WorldOptions options = recording.options();
  World world(options);
  world.accounts.password = "sword fish";  // it refuses, and says why
  world.start();
  REQUIRE(world.run_until([&] { return world.ended() != nullptr; }));
  CHECK(world.ended()->cause.code == CauseCode::AuthRejected);
  world.hang_up();
  check_no_secret(recording.finished());
  check_same(recording.text, 40);
}

TEST_CASE("what users send is not in a record, and probes and idle clocks go on as they did") {
  Recording recording(std::string(kEntry) + "idle_disconnect = \"5 min\"\n");
  World world(recording.options());
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  Bytes packet = {0x45, 0, 0,  60, 0, 0, 0, 0, 64, 17, 0, 0,  10, 64,
                  0,    9, 10, 64, 0, 1, 4, 0, 4,  1,  0, 40, 0,  0};
  const std::string_view payload = "the contract is signed, tell all";
  packet.insert(packet.end(), payload.begin(), payload.end());
  REQUIRE(world.send_packet(packet));
  std::swap_ranges(packet.begin() + 12, packet.begin() + 16, packet.begin() + 16);
  world.send_from_server(packet);
  world.run_for(1s);
  REQUIRE(world.received.size() >= 2);
  REQUIRE(world.run_until([&] { return world.ended() != nullptr; }));
  CHECK(world.ended()->cause.code == CauseCode::IdleTimeout);
  recording.finished();
  CHECK(recording.text.find("contract") == std::string::npos);
  CHECK(recording.text.find("packet 0 : E\\x00") != std::string::npos);
  check_same(recording.text, 50);
}

TEST_CASE("a record that was changed is found out, at its line, with both sides") {
  Recording recording;
  World world(recording.options());
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.run_for(10s);
  const std::string text = recording.finished();
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string other = text;
    const size_t at = other.find(from);
    REQUIRE(at != std::string::npos);
    other.replace(at, from.size(), to);
    return replayed(other);
  };
  const sim::Replay answer = changed("CONNECT 28800", "NO CARRIER");
  REQUIRE(answer.difference.has_value());
  CHECK(answer.difference->recorded != answer.difference->now);
  CHECK(answer.difference->line > 10);
  const sim::Replay said = changed("event 0 : Authenticating", "event 0 : Up");
  REQUIRE(said.difference.has_value());
  CHECK(said.difference->recorded == "event 0 : Up");
  CHECK(said.difference->now == "event 0 : Authenticating");
  CHECK(said.story.find("Establishing") != std::string::npos);
  // Two draws of random octets are enough to tell two calls apart.
  CHECK(changed("\n  random ", "\n  random 00").difference.has_value());
  // An engine that was never told to open a line cannot be told that it is open.
  CHECK(changed(" dial 0\n", " returned 0\n").difference.has_value());
}

TEST_CASE("a record is good as far as it goes, wherever its writer was killed") {
  Recording recording;
  World world(recording.options());
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  const std::string text = recording.finished();
  const size_t begin = text.find("\nstart\n") + 7;
  Rng dice(3);
  for (int i = 0; i < 200; ++i) {
    const size_t cut = begin + dice.below(text.size() - begin);
    CAPTURE(cut);
    const auto transcript = engine::read_transcript(std::string_view(text).substr(0, cut));
    REQUIRE(transcript.has_value());
    CHECK_FALSE(transcript->finished);
    const auto run = sim::replay(*transcript);
    REQUIRE(run.has_value());
    CHECK_FALSE(run->difference.has_value());
  }
}

TEST_CASE("killed and started again: what the journal held is an input like any other") {
  Recording recording;
  WorldOptions options = recording.options();
  options.tap = nullptr;
  World world(options);
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.on_restarted = [&] { world.caller.tap = &recording.recorder; };
  world.restart();
  REQUIRE(world.run_until([&] { return world.up(); }));
  CHECK(recording.finished().find(" restore-link 0 : ") != std::string::npos);
  // The world's second life has dice of its own; those of the record are the first one's.
  const auto transcript = engine::read_transcript(recording.text);
  REQUIRE_MESSAGE(transcript.has_value(), transcript.error().text);
  CHECK(engine::write_transcript(*transcript) == recording.text);
}
