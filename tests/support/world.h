// SPDX-License-Identifier: Apache-2.0
// A small world in virtual time: an engine that dials, an exchange with virtual modems, and a
// second engine that answers. The product's own machines; only time and the telephone network are
// ours.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/input.h"
#include "lab/exchange.h"
#include "modem/inf.h"

namespace redial::test {

class Accounts final : public ppp::AccountBook {
 public:
  std::optional<Secret> password_of(std::string_view user) const override {
    if (user == "branch7") return Secret(password);
    return std::nullopt;
  }
  std::string password = "swordfish";
};

struct WorldOptions {
  uint64_t seed = 7;
  std::shared_ptr<const modem::CompiledDescription> description;  // of the dialling modem
  bool modem_lines = false;                                       // DCD and DTR, or a bare pty
  phonebook::RedialSettings redial;
  std::optional<Duration> idle_disconnect;
  lab::ModemConfig modem;
  std::shared_ptr<const modem::CompiledDescription> answering;  // of the answering modem
  bool answering_modem_lines = false;
  std::function<void(engine::DialPlan&)> dial;      // what else the caller's plan says
  std::function<void(engine::AnswerPlan&)> answer;  // and the server's
  engine::LineRecovery recovery;                    // of the dialling line
  Entropy* entropy = nullptr;                       // the caller's draws; null: of its seed
  engine::Tap* tap = nullptr;                       // on the caller's engine
};

inline std::shared_ptr<const modem::CompiledDescription> compiled(
    const modem::ModemDescription& description, bool has_dtr = false) {
  auto result = modem::compile(description, {});
  REQUIRE(result.has_value());
  modem::fit_to_line(*result, has_dtr);
  return std::make_shared<const modem::CompiledDescription>(*std::move(result));
}

/// One side: an engine and the modems its lines lead to.
struct Side {
  explicit Side(uint64_t seed, Entropy* other = nullptr)
      : entropy(seed), engine(seed, other ? *other : entropy) {}
  SeededEntropy entropy;
  engine::Engine engine;
  engine::Tap* tap = nullptr;        // who looks on; may be null
  std::vector<lab::ModemId> modems;  // by line
  std::vector<bool> dcd;
  bool modem_lines = false;
  bool absent = false;  // opening fails: the device is unplugged
};

class World : private engine::IpSink {
 public:
  explicit World(WorldOptions options = {})
      : caller(options.seed, options.entropy),
        server(options.seed + 1),
        exchange(options.seed + 2) {
    caller.tap = options.tap;
    caller.modem_lines = options.modem_lines;
    server.modem_lines = options.answering_modem_lines;
    options.modem.number = "5550199";
    caller.modems = {exchange.add_modem(options.modem, now)};
    options.modem.number = "5550100";
    server.modems = {exchange.add_modem(options.modem, now)};
    caller.dcd = server.dcd = {false};

    line_ = {.name = "COM1",
             .description = options.description ? options.description : compiled(modem::hayes()),
             .recovery = options.recovery};
    const LineId line = caller.engine.add_line(line_);
    auto plan = std::make_shared<engine::DialPlan>();
    plan->entry.name = "office";
    plan->entry.numbers = {{.digits = "5550100"}};
    plan->entry.redial = options.redial;
    plan->entry.idle_disconnect = options.idle_disconnect;
    plan->session.user = "branch7";
    plan->session.password = Secret("swordfish");
    plan->lines = {line};
    if (options.dial) options.dial(*plan);
    plan_ = plan;
    link = caller.engine.add_link(plan);

    auto answering = options.answering ? options.answering : compiled(modem::hayes());
    port_link = add_answering(std::move(answering), options.answer);
  }

  void start() {
    give(server, engine::input::StartAnswering{port_link});
    carry_out(server);
    run_for(5s);
    give(caller, engine::input::Dial{link});
    carry_out(caller);
  }
  /// The dialling service is killed, at any instant, and is started again after so long: it knows
  /// what the journal holds. Its modem sees the port closed and opened.
  void restart(Duration after = 1s) {
    if (caller.modem_lines) exchange.on_dtr(modem(), false, now);
    caller.engine = engine::Engine(++restarts_, caller.entropy);
    fx_.clear();
    wait(after);
    REQUIRE(caller.engine.add_line(line_) == LineId{0});
    link = caller.engine.add_link(plan_);
    if (on_restarted) on_restarted();
    age(line_journal.memory, now - line_journal.at);
    give(caller, engine::input::RestoreLine{LineId{0}, line_journal.memory});
    connection::LinkMemory memory = journal.memory;
    age(memory, now - journal.at, false);
    give(caller, engine::input::RestoreLink{link, memory});
    carry_out(caller);
  }
  /// The machine sleeps: time passes, and nobody sees to anything.
  void sleep(Duration duration) {
    now += duration;
    step();
  }
  bool up() const { return caller.engine.up(link) && server.engine.up(port_link); }
  bool run_until(const std::function<bool()>& done, Duration at_most = 10min) {
    const Instant end = now + at_most;
    step();
    for (int steps = 0; !done(); ++steps) {
      REQUIRE(steps < 2'000'000);  // time must move
      auto next = earlier(caller.engine.deadline(), server.engine.deadline());
      next = earlier(earlier(next, exchange.deadline()), wake_at);
      if (!next || *next > end) {
        now = end;
        return done();
      }
      now = std::max(now, *next);
      step();
    }
    return true;
  }
  void run_for(Duration duration) {
    run_until([] { return false; }, duration);
  }
  void hang_up() {
    give(caller, engine::input::HangUp{link, CauseCode::UserHangUp});
    carry_out(caller);
  }
  void stop_service() {
    give(caller, engine::input::HangUp{link, CauseCode::ServiceStopping});
    carry_out(caller);
  }
  void set_calendar(const connection::Calendar& calendar) {
    give(caller, engine::input::SetCalendar{calendar});
    carry_out(caller);
  }
  void command_done(bool well) {
    give(caller, engine::input::CommandDone{LineId{0}, well});
    carry_out(caller);
  }
  void server_hangs_up() {
    give(server, engine::input::HangUp{port_link, CauseCode::UserHangUp});
    carry_out(server);
    give(server, engine::input::StartAnswering{port_link});
    carry_out(server);
  }
  void server_stops() {
    give(server, engine::input::HangUp{port_link, CauseCode::UserHangUp});
    carry_out(server);
  }
  void server_listens() {
    give(server, engine::input::StartAnswering{port_link});
    carry_out(server);
  }
  /// One more answering modem with this number; it listens.
  LinkId add_port(const std::string& number) {
    server.modems.push_back(exchange.add_modem({.number = number}, now));
    server.dcd.push_back(false);
    const LinkId port = add_answering(compiled(modem::hayes()));
    give(server, engine::input::StartAnswering{port});
    carry_out(server);
    return port;
  }
  void hang_up_port(LinkId port) {
    give(server, engine::input::HangUp{port, CauseCode::UserHangUp});
    carry_out(server);
    give(server, engine::input::StartAnswering{port});
    carry_out(server);
  }
  void hang_up_other(LinkId which) {
    give(caller, engine::input::HangUp{which, CauseCode::UserHangUp});
    carry_out(caller);
  }
  void arm() {
    give(caller, engine::input::ArmOnDemand{link});
    carry_out(caller);
  }
  void traffic() {
    give(caller, engine::input::DemandTraffic{link});
    carry_out(caller);
  }
  /// One more line, modem and link of the dialling side.
  LinkId add_link(const std::string& name, const std::string& number) {
    caller.modems.push_back(exchange.add_modem({.number = "5550198"}, now));
    caller.dcd.push_back(false);
    auto plan = std::make_shared<engine::DialPlan>();
    plan->entry.name = name;
    plan->entry.numbers = {{.digits = number}};
    plan->session.user = "branch7";
    plan->session.password = Secret("swordfish");
    plan->lines = {caller.engine.add_line({name, compiled(modem::hayes())})};
    return caller.engine.add_link(plan);
  }
  void dial(LinkId which) { dial(caller, which); }
  // The same line for both directions: a port on a side's first line, or a link that dials on it.
  LinkId add_port(Side& side, const std::string& name) {
    auto answer = std::make_shared<engine::AnswerPlan>();
    answer->name = name;
    answer->line = LineId{0};
    answer->give_peer = 0x0a40000b;
    answer->session.accounts = &accounts;
    answer->session.local_address = 0x0a400002;
    answer->session.ask_dns = false;
    return side.engine.add_answering(answer);
  }
  LinkId add_link(Side& side, const std::string& name, const std::string& number) {
    auto plan = std::make_shared<engine::DialPlan>();
    plan->entry.name = name;
    plan->entry.numbers = {{.digits = number}};
    plan->session.user = "branch7";
    plan->session.password = Secret("swordfish");
    plan->lines = {LineId{0}};
    return side.engine.add_link(plan);
  }
  void dial(Side& side, LinkId which) {
    give(side, engine::input::Dial{which});
    carry_out(side);
  }
  void answer(Side& side, LinkId which) {
    give(side, engine::input::StartAnswering{which});
    carry_out(side);
  }
  void hang_up(Side& side, LinkId which) {
    give(side, engine::input::HangUp{which, CauseCode::UserHangUp});
    carry_out(side);
  }
  /// What a modem answers to a command of ours; only while no engine has its line open.
  std::string ask(lab::ModemId which, std::string_view command) {
    Bytes answer;
    exchange.drain(which, answer, now);
    answer.clear();
    exchange.on_dte_octets(which, as_bytes(command), now);
    now += 200ms;
    exchange.drain(which, answer, now);
    return to_visible(answer);
  }
  /// A packet of the user's into the link.
  bool send_packet() {
    const uint8_t packet[20] = {0x45, 0, 0,  20, 0, 0,  0,  0,  64, 1,
                                0,    0, 10, 64, 0, 10, 10, 64, 0,  1};
    return send_packet(packet);
  }
  bool send_packet(ByteView packet) {
    framed_.clear();
    if (!give(caller, engine::input::SendIp{link, packet})) return false;
    exchange.on_dte_octets(modem(), framed_, now);
    return true;
  }
  /// A packet of the far end's into the link.
  void send_from_server(ByteView packet) {
    Bytes framed;
    if (!server.engine.send_ip(port_link, packet, now, framed)) return;
    exchange.on_dte_octets(server.modems[0], framed, now);
  }
  /// The port under the dialling line goes away.
  void vanish(CauseCode how) {
    give(caller, engine::input::LineClosed{LineId{0}, {how, "unplugged"}});
    carry_out(caller);
  }
  lab::ModemId modem() const { return caller.modems[0]; }

  template <class T>
  std::vector<T> events() const {
    std::vector<T> found;
    for (const auto& [at, event] : log) {
      if (const T* body = std::get_if<T>(&event.body)) found.push_back(*body);
    }
    return found;
  }
  /// The latest ending of the dialled link, and when it was noticed.
  const connection::LinkEnded* ended(Instant* when = nullptr) const {
    for (size_t i = log.size(); i-- > 0;) {
      if (const auto* body = std::get_if<connection::LinkEnded>(&log[i].second.body)) {
        if (when) *when = log[i].first;
        return body;
      }
    }
    return nullptr;
  }

  Side caller, server;
  lab::Exchange exchange;
  Accounts accounts;
  Instant now{1s};
  /// Somebody on the wire between an engine and its modem; true: the octets go no further.
  std::function<bool(Side&, ByteView, bool from_engine)> between;
  void to_engine(Side& side, std::string_view text) {
    give(side, engine::input::Octets{LineId{0}, as_bytes(text)});
    carry_out(side);
  }
  void to_modem(Side& side, std::string_view text) {
    exchange.on_dte_octets(side.modems[0], as_bytes(text), now);
  }
  std::function<void()> on_step;   // whoever else lives in this world, and ...
  std::optional<Instant> wake_at;  // ... when it wants to be woken
  /// What reached a modem in the wrong state: AT in data, PPP in command state. Always empty.
  std::vector<std::string> misplaced;
  LinkId link{}, port_link{};
  template <class Memory>
  struct Journal {
    Memory memory;
    Instant at{};
    int writes = 0;
  };
  Journal<connection::LinkMemory> journal;       // of `link`
  Journal<connection::LineMemory> line_journal;  // of its line
  bool journal_full = false;                     // what is to be remembered is lost
  std::function<void()> on_restarted;            // before anything is restored
  int power_cycles = 0;                          // commands run
  bool power_cycle_hangs = false;                // and never end
  bool power_cycle_works = true;
  std::vector<std::pair<Instant, engine::Event>> log;  // of the dialling side
  std::vector<Bytes> received;                         // IP packets, on either side

 private:
  void remember(const engine::Remember& remember) {
    if (journal_full) return;
    const auto* id = std::get_if<LinkId>(&remember.whose);
    if (!id) {
      line_journal = {caller.engine.memory(LineId{0}, now), now, line_journal.writes + 1};
    } else if (*id == link) {
      journal = {caller.engine.memory(link, now), now, journal.writes + 1};
    }
  }
  /// Without the dialling service.
  void wait(Duration duration) {
    const Instant end = now + duration;
    while (now < end) {
      const auto next = earlier(server.engine.deadline(), exchange.deadline());
      now = std::max(now, std::min(next.value_or(end), end));
      exchange.on_deadline(now);
      server.engine.on_deadline(now, fx_);
      carry_out(server);
      deliver(server);
    }
  }
  void on_ip(LinkId, ByteView packet) override {
    if (received.size() < 1000) received.emplace_back(packet.begin(), packet.end());
  }

  LinkId add_answering(std::shared_ptr<const modem::CompiledDescription> description,
                       const std::function<void(engine::AnswerPlan&)>& adjust = {}) {
    const uint32_t count = static_cast<uint32_t>(server.modems.size());
    const std::string name = "port " + std::to_string(count);
    auto answer = std::make_shared<engine::AnswerPlan>();
    answer->name = name;
    answer->line = server.engine.add_line({name, std::move(description)});
    answer->give_peer = 0x0a400009 + count;
    answer->session.accounts = &accounts;
    answer->session.local_address = 0x0a400001;
    answer->session.ask_dns = false;
    if (adjust) adjust(*answer);
    return server.engine.add_answering(answer);
  }

  void step() {
    exchange.on_deadline(now);
    if (caller.engine.deadline().value_or(kNever) <= now) give(caller, engine::input::Deadline{});
    carry_out(caller);
    server.engine.on_deadline(now, fx_);
    carry_out(server);
    deliver(caller);
    deliver(server);
    if (on_step) on_step();
  }
  void judge(lab::ModemId which, ByteView octets) {
    const bool data = exchange.online(which);
    const bool frame = octets.front() == 0x7e && octets.back() == 0x7e;
    const bool escape = as_text(octets) == "+++";
    const bool wake = as_text(octets) == "\r";  // a far end that shows nothing may wait for it
    if (data ? !frame && !escape && !wake : frame) {
      misplaced.push_back((data ? "in data: " : "in command state: ") + to_visible(octets));
    }
  }
  void deliver(Side& side) {
    for (uint32_t i = 0; i < side.modems.size(); ++i) {
      Bytes octets;
      exchange.drain(side.modems[i], octets, now);
      if (!octets.empty() && !(between && between(side, octets, false))) {
        give(side, engine::input::Octets{LineId{i}, octets});
        carry_out(side);
      }
      const bool dcd = exchange.signals(side.modems[i]).dcd;
      if (side.modem_lines && dcd != side.dcd[i]) {
        give(side, engine::input::Carrier{LineId{i}, dcd});
        carry_out(side);
      }
      side.dcd[i] = dcd;
    }
  }
  /// What it leads to is added to fx_.
  bool give(Side& side, const engine::Input& input) {
    if (!side.tap) return engine::give(side.engine, input, now, {*this, fx_, framed_});
    engine::Effects its;
    side.tap->on_input(side.engine, input, now);
    const bool taken = engine::give(side.engine, input, now, {*this, its, framed_});
    side.tap->on_answer(side.engine, its, taken, now);
    const auto from = static_cast<uint32_t>(fx_.arena.size());
    fx_.arena.insert(fx_.arena.end(), its.arena.begin(), its.arena.end());
    for (engine::Effect& each : its.list) {
      if (auto* transmit = std::get_if<engine::Transmit>(&each)) transmit->at += from;
      fx_.list.push_back(std::move(each));
    }
    return taken;
  }
  // What is done leads to more to be done; the list may grow while it is read.
  void carry_out(Side& side) {
    engine::Effects fx = std::move(fx_);
    fx_.clear();
    for (const engine::Effect& effect : fx.list) {
      match(
          effect,
          [&](const engine::OpenLine& open) {
            if (side.absent) {
              give(side,
                   engine::input::LineFailed{open.line, {CauseCode::DeviceMissing, "/dev/ttyX"}});
            } else {
              exchange.on_port_opened(side.modems[index(open.line)], now);
              side.dcd[index(open.line)] = false;  // told anew, as a port does
              give(side, engine::input::LineOpened{open.line});
            }
          },
          [&](const engine::CloseLine&) {},
          [&](const engine::RunCommand& run) {
            ++power_cycles;
            if (power_cycle_hangs) return;
            if (power_cycle_works) exchange.power_cycle(side.modems[index(run.line)], now);
            give(side, engine::input::CommandDone{run.line, power_cycle_works});
          },
          [&](const engine::Transmit& transmit) {
            if (between && between(side, fx.octets(transmit), true)) return;
            const lab::ModemId modem = side.modems[index(transmit.line)];
            judge(modem, fx.octets(transmit));
            exchange.on_dte_octets(modem, fx.octets(transmit), now);
          },
          [&](const engine::SetPace&) {},
          [&](const engine::SetDtr& dtr) {
            if (side.modem_lines) exchange.on_dtr(side.modems[index(dtr.line)], dtr.on, now);
          },
          [&](const engine::DiscardOutput&) {},
          [&](const engine::Remember& what) {
            if (&side == &caller) remember(what);
          },
          [&](const engine::InterfaceUp&) {}, [&](const engine::InterfaceDown&) {},
          [&](const engine::Event& event) {
            if (&side == &caller) log.emplace_back(now, event);
          });
    }
    if (!fx_.list.empty()) carry_out(side);
  }

  engine::Effects fx_;
  Bytes framed_;
  engine::LineConfig line_;  // the dialling side's, for restarts
  std::shared_ptr<const engine::DialPlan> plan_;
  uint64_t restarts_ = 100;
};

}  // namespace redial::test
