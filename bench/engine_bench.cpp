// SPDX-License-Identifier: Apache-2.0
// Whole links in memory: two engines, direct lines, MS-CHAPv2. What a set-up costs beyond its
// crypto and framing, what a quiet link holds, what an echo exchange takes. Exit status 1 when a
// goal is missed.
#include <malloc.h>

#include <cstdlib>
#include <new>

#include "engine/engine.h"
#include "ppp/chap_crypto.h"
#include "ratios.h"

namespace {

// Heap octets by whom they are for, as malloc rounds them: a header of 8, then steps of 16.
enum class Account : uint8_t { Other, Engine, Peer, Configuration };
size_t held[4];
Account account = Account::Other;

struct alignas(16) Header {
  size_t octets;
  Account account;
};

size_t malloc_takes(size_t octets) { return std::max<size_t>(32, (octets + 8 + 15) / 16 * 16); }

class Charged {
 public:
  explicit Charged(Account to) : before_(account) { account = to; }
  ~Charged() { account = before_; }
  Charged(const Charged&) = delete;
  Charged& operator=(const Charged&) = delete;

 private:
  Account before_;
};

}  // namespace

// Not inlined: g++ would see a block freed that begins before what it was given.
[[gnu::noinline]] void* operator new(size_t octets) {
  auto* header = static_cast<Header*>(std::malloc(octets + sizeof(Header)));
  if (header == nullptr) std::abort();
  *header = {malloc_takes(octets), account};
  held[static_cast<size_t>(account)] += header->octets;
  return header + 1;
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  if (block == nullptr) return;
  Header* header = static_cast<Header*>(block) - 1;
  held[static_cast<size_t>(header->account)] -= header->octets;
  std::free(header);
}
void operator delete(void* block, size_t) noexcept { operator delete(block); }

namespace redial::engine {
namespace {

using bench::Contestant;
using bench::Goal;
using bench::Table;

constexpr std::string_view kUser = "branch7", kPassword = "swordfish";

class Accounts final : public ppp::AccountBook {
 public:
  std::optional<Secret> password_of(std::string_view user) const override {
    if (user != kUser) return std::nullopt;
    return Secret(std::string(kPassword));
  }
};

struct Sent {
  bool by_caller;
  Bytes octets;
};

/// `links` calling links and as many answering ports, joined one to one by lines without modems.
class World final : private IpSink {
 public:
  explicit World(uint32_t links) : caller_(Account::Engine), server_(Account::Peer) {
    // The effects are the shell's: they have their room before an engine is charged for it.
    fx_.list.reserve(4096);
    fx_.arena.reserve(65536);
    for (uint32_t i = 0; i < links; ++i) {
      const auto [dial, answer] = plans(i);
      const Charged to_engine(Account::Engine);
      caller_.engine.add_line({"line", nullptr});
      caller_.engine.add_link(dial);
      const Charged to_peer(Account::Peer);
      server_.engine.add_line({"port", nullptr});
      server_.engine.add_answering(answer);
    }
    for (uint32_t i = 0; i < links; ++i) {
      input(server_, [&](Effects& fx) { server_.engine.start_answering(LinkId{i}, now, fx); });
    }
    carry_out();
  }

  /// Apart from each other, as on a real machine: or all that is due later would be due at once.
  void dial(uint32_t link) {
    now += 20us;
    input(caller_, [&](Effects& fx) { caller_.engine.dial(LinkId{link}, now, fx); });
  }
  /// Until nothing is on the way any more.
  void carry_out() {
    while (!waiting_.list.empty()) {
      std::swap(waiting_, under_way_);
      waiting_.list.clear();
      waiting_.octets.clear();
      for (const Pending& next : under_way_.list) {
        Side& side = next.at_caller ? caller_ : server_;
        const ByteView octets = ByteView(under_way_.octets).subspan(next.at, next.size);
        input(side, [&](Effects& fx) {
          if (octets.empty()) return side.engine.on_line_opened(next.line, now, fx);
          side.engine.on_octets(next.line, octets, now, *this, fx);
        });
      }
    }
  }
  /// Everything that falls due until then.
  void run_until(Instant until) {
    for (;;) {
      const auto next = earlier(caller_.engine.deadline(), server_.engine.deadline());
      if (!next || *next > until) break;
      now = std::max(now, *next);
      for (Side* side : {&caller_, &server_}) {
        input(*side, [&](Effects& fx) { side->engine.on_deadline(now, fx); });
      }
      carry_out();
    }
    now = until;
  }
  uint32_t up() const {
    uint32_t count = 0;
    for (uint32_t i = 0; i < caller_.engine.links(); ++i) {
      if (caller_.engine.up(LinkId{i}) && server_.engine.up(LinkId{i})) ++count;
    }
    return count;
  }

  Instant now{1s};
  size_t transmits = 0;
  std::vector<Sent>* record = nullptr;  // what goes over the lines, when somebody wants to know

 private:
  struct Side {
    // Seeds of their own: equal magic numbers would be a loop.
    explicit Side(Account charged_to)
        : charged(charged_to), entropy(static_cast<uint64_t>(charged_to)) {}
    Account charged;
    SeededEntropy entropy;
    Engine engine{7, entropy};
  };
  struct Pending {
    bool at_caller;
    LineId line;
    size_t at, size;  // nothing: the line has been opened
  };
  struct Queue {
    std::vector<Pending> list;
    Bytes octets;
  };

  void on_ip(LinkId, ByteView) override {}

  std::pair<std::shared_ptr<const DialPlan>, std::shared_ptr<const AnswerPlan>> plans(uint32_t i) {
    const Charged to_configuration(Account::Configuration);
    auto dial = std::make_shared<DialPlan>();
    dial->entry.name = "office";
    dial->session.user = kUser;
    dial->session.password = Secret(std::string(kPassword));
    dial->lines = {LineId{i}};
    auto answer = std::make_shared<AnswerPlan>();
    answer->line = LineId{i};
    answer->give_peer = 0x0a400002 + i;
    answer->session.accounts = &accounts_;
    answer->session.local_address = 0x0a400001;
    answer->session.ask_dns = false;
    return {dial, answer};
  }

  template <class Input>
  void input(Side& side, const Input& what) {
    fx_.clear();
    {
      const Charged to(side.charged);
      what(fx_);
    }
    const bool at_caller = &side == &caller_;
    for (const Effect& effect : fx_.list) {
      if (const auto* open = std::get_if<OpenLine>(&effect)) {
        waiting_.list.push_back({at_caller, open->line, 0, 0});
      } else if (const auto* sent = std::get_if<Transmit>(&effect)) {
        const ByteView octets = fx_.octets(*sent);
        waiting_.list.push_back({!at_caller, sent->line, waiting_.octets.size(), octets.size()});
        waiting_.octets.insert(waiting_.octets.end(), octets.begin(), octets.end());
        if (record) record->push_back({at_caller, Bytes(octets.begin(), octets.end())});
        ++transmits;
      }
    }
  }

  Accounts accounts_;
  Side caller_, server_;
  Queue waiting_, under_way_;
  Effects fx_;
};

// ---- set-up --------------------------------------------------------------------------------

/// The frames of one set-up, to be read and written again by nobody but the codec.
class Framing {
 public:
  explicit Framing(std::vector<Sent> sent) : sent_(std::move(sent)) {}
  void run() {
    for (const Sent& each : sent_) {
      out_.clear();
      Again again{out_};
      (each.by_caller ? at_server_ : at_caller_).decode(each.octets, again);
      if (out_.size() != each.octets.size()) std::abort();
    }
  }
  size_t frames() const { return sent_.size(); }

 private:
  struct Again {
    bool on_frame(ByteView octets) {
      const auto frame = wire::parse_frame(octets);
      // As both sides of World agree; LCP goes out with the defaults anyway.
      const wire::TxFormat agreed{.accm = 0, .acfc = true, .pfc = true};
      wire::encode(frame->protocol, frame->information, agreed, out);
      return true;
    }
    void on_bad_frame(wire::FrameError) { std::abort(); }
    void on_outside(ByteView octets) {
      if (!octets.empty()) std::abort();
    }
    Bytes& out;
  };

  std::vector<Sent> sent_;
  wire::HdlcDecoder at_caller_, at_server_;
  Bytes out_;
};

/// What both sides compute for one MS-CHAPv2: the response, its check, and the server's proof
/// twice.
void crypto() {
  static ppp::Challenge16 ours{1}, theirs{2};
  for (int side = 0; side < 2; ++side) {
    const auto response = ppp::nt_response(theirs, ours, kUser, kPassword);
    const auto proof = ppp::authenticator_response(kPassword, response, ours, theirs, kUser);
    bench::use(proof.data());
  }
}

std::vector<Sent> frames_of_a_set_up() {
  std::vector<Sent> sent;
  World world(1);
  world.record = &sent;
  world.dial(0);
  world.carry_out();
  if (world.up() != 1) std::abort();
  return sent;
}

enum class Order : uint8_t { OneByOne, AllAtOnce };

/// Nanoseconds a link, from dial to up on both sides, and of crypto and framing in the same round.
struct SetUps {
  Contestant ours{"engines", {}}, baseline{"crypto+HDLC", {}};
};

SetUps set_ups(uint32_t links, Order order) {
  SetUps found;
  Framing framing(frames_of_a_set_up());
  const auto alone = [&] {
    crypto();
    framing.run();
  };
  // The contestants take turns, so that what else the machine does hits both.
  const uint32_t slice = order == Order::OneByOne ? 100 : links;
  const uint32_t rounds = std::clamp(3'000 / links, 3u, 31u);
  for (uint32_t round = 0; round < rounds; ++round) {
    World world(links);
    for (uint32_t next = 0; next < links;) {
      const uint32_t basis = std::min(slice, 2'000u);
      found.baseline.ns.push_back(bench::seconds_of(alone, basis) * 1e9 / basis);
      const auto one = [&] {
        world.dial(next++);
        if (order == Order::OneByOne) world.carry_out();
      };
      const double dialling = bench::seconds_of(one, slice);
      const double rest = bench::seconds_of([&] { world.carry_out(); }, 1);
      found.ours.ns.push_back((dialling + rest) * 1e9 / slice);
    }
    if (world.up() != links) std::abort();
  }
  return found;
}

void set_up(Table& table) {
  std::printf("a set-up takes %zu frames\n", Framing(frames_of_a_set_up()).frames());
  for (const Order order : {Order::OneByOne, Order::AllAtOnce}) {
    const std::string how = order == Order::OneByOne ? "one by one" : "all at once";
    // The storm of the second order is for comparison: its octets wait in the bench's own queue.
    const Goal goal = order == Order::OneByOne ? Goal::AtMost : Goal::None;
    const SetUps few = set_ups(100, order);
    for (const uint32_t links : {100u, 1'000u, 100'000u}) {
      const SetUps found = links == 100 ? few : set_ups(links, order);
      const std::string metric = "set-up, " + std::to_string(links) + " links " + how;
      table.time(metric, found.ours, found.baseline, goal, 2.0);
      if (links == 100) continue;
      const double ns = bench::median(found.ours.ns), few_ns = bench::median(few.ours.ns);
      table.row(metric, "100 links", ns, few_ns, ns / few_ns, goal, 1.5);
    }
  }
}

// ---- memory --------------------------------------------------------------------------------

size_t held_by(Account whom) { return held[static_cast<size_t>(whom)]; }

bool memory_of(uint32_t links, bool judged) {
  constexpr double kGoal = 512;  // performance.md: memory per supervised link
  const size_t before[] = {held_by(Account::Engine), held_by(Account::Peer),
                           held_by(Account::Configuration)};
  World world(links);
  for (uint32_t i = 0; i < links; ++i) {
    world.dial(i);
    world.carry_out();
  }
  world.run_until(world.now + 60s);  // quiet: some echoes each
  if (world.up() != links) std::abort();
  const auto each = [&](Account whom, size_t less) {
    return static_cast<double>(held_by(whom) - less) / links;
  };
  const double octets = each(Account::Engine, before[0]);
  const bool met = !judged || octets <= kGoal;
  std::printf("%-14u | %14.1f | %14.1f | %18.1f | %s%s\n", links, octets,
              each(Account::Peer, before[1]), each(Account::Configuration, before[2]),
              judged ? "<= 512" : "-", met ? "" : "   MISSED");
  return met;
}

bool memory() {
  std::printf("\n%-14s | %14s | %14s | %18s | goal\n", "links up", "octets a link",
              "answering side", "configuration");
  bool met = true;
  for (const uint32_t links : {1u, 1'000u, 100'000u}) met &= memory_of(links, links == 100'000);
  return met;
}

// ---- a quiet link --------------------------------------------------------------------------

void echoes(Table& table) {
  constexpr uint32_t kLinks = 1'000;
  World world(kLinks);
  for (uint32_t i = 0; i < kLinks; ++i) {
    world.dial(i);
    world.carry_out();
  }
  std::vector<Sent> sent;
  world.record = &sent;
  world.run_until(world.now + 20s);
  world.record = nullptr;
  sent.resize(2);  // a request and its reply

  Framing framing(sent);
  Contestant ours{"engines", {}}, baseline{"HDLC", {}};
  for (int round = 0; round < 21; ++round) {
    const double alone = bench::seconds_of([&] { framing.run(); }, 10'000);
    baseline.ns.push_back(alone * 1e9 / 10'000);
    const size_t before = world.transmits;
    const double whole =
        bench::seconds_of([&] { world.run_until(world.now + 20s); }, 1);  // four exchanges a link
    ours.ns.push_back(whole * 1e9 / (static_cast<double>(world.transmits - before) / 2));
  }
  if (world.up() != kLinks) std::abort();
  table.time("LCP echo exchange of a quiet link, both ends", ours, baseline);
}

int run() {
  Table table;
  set_up(table);
  echoes(table);
  const bool slim = memory();
  return table.all_met() && slim ? 0 : 1;
}

}  // namespace
}  // namespace redial::engine

int main() { return redial::engine::run(); }
