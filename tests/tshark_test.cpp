// SPDX-License-Identifier: Apache-2.0
// Captures, read by tshark, a dissector nobody here wrote: whole sessions with every kind of
// authentication, no malformed packet and no expert's warning in a frame that we sent.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "cli/capture.h"
#include "engine/engine.h"

using namespace redial;
using namespace redial::engine;

namespace {

constexpr const char* kTshark = "/usr/bin/tshark";
constexpr const char* kPassword = "swordfish";

class Accounts final : public ppp::AccountBook {
 public:
  std::optional<Secret> password_of(std::string_view user) const override {
    return user == "branch7" ? std::optional(Secret(kPassword)) : std::nullopt;
  }
};

/// ICMP echo request, RFC 792.
Bytes ping() {
  return {0x45, 0,  0, 32, 0, 1, 0,    0,    64, 1, 0xe6, 0x2f, 10, 64, 0, 10,
          10,   64, 0, 1,  8, 0, 0xf7, 0xfd, 0,  1, 0,    1,    0,  0,  0, 0};
}

/// A caller and an answering port on one cable, in virtual time; the caller's frames are captured.
class Cable final : private IpSink, private Observer {
 public:
  Cable(ppp::AuthMethod method, cli::Capture& capture) : capture_(capture) {
    auto answer = std::make_shared<AnswerPlan>();
    answer->name = "port";
    answer->line = server_.add_line({"cable", nullptr});
    answer->give_peer = 0x0a40000a;
    answer->session.accounts = &accounts_;
    answer->session.demand = {method};
    answer->session.local_address = 0x0a400001;
    answer->session.give_dns = 0x0a400001;
    port_ = server_.add_answering(answer);
    auto plan = std::make_shared<DialPlan>();
    plan->entry.name = "office";
    plan->session.user = "branch7";
    plan->session.password = Secret(kPassword);
    plan->lines = {caller_.add_line({"cable", nullptr})};
    link_ = caller_.add_link(plan);
    caller_.observe(this);
    server_.start_answering(port_, now_, fx_);
    carry_out(server_, caller_);
    caller_.dial(link_, now_, fx_);
    carry_out(caller_, server_);
  }
  ~Cable() override { caller_.observe(nullptr); }

  bool up() const { return caller_.up(link_); }
  void run_for(Duration time) {
    for (const Instant end = now_ + time;;) {
      const auto next = earlier(caller_.deadline(), server_.deadline());
      if (!next || *next > end) break;
      now_ = std::max(now_, *next);
      caller_.on_deadline(now_, fx_);
      carry_out(caller_, server_);
      server_.on_deadline(now_, fx_);
      carry_out(server_, caller_);
    }
  }
  void send(ByteView packet) {
    Bytes framed;
    REQUIRE(caller_.send_ip(link_, packet, now_, framed));
    server_.on_octets(LineId{0}, framed, now_, *this, fx_);
    carry_out(server_, caller_);
  }
  void hang_up() {
    caller_.hang_up(link_, CauseCode::UserHangUp, now_, fx_);
    carry_out(caller_, server_);
  }

 private:
  void on_ip(LinkId, ByteView) override {}
  void on_frame(LinkId, bool sent, uint16_t protocol, ByteView information) override {
    capture_.on_frame(sent, protocol, information);
  }
  void on_terminal(LinkId, bool) override {}
  void on_terminal_octets(LinkId, ByteView) override {}

  void carry_out(Engine& from, Engine& to) {
    const Effects fx = std::exchange(fx_, {});
    for (const Effect& effect : fx.list) {
      if (const auto* open = std::get_if<OpenLine>(&effect)) {
        from.on_line_opened(open->line, now_, fx_);
      }
      if (const auto* transmit = std::get_if<Transmit>(&effect)) {
        to.on_octets(LineId{0}, fx.octets(*transmit), now_, *this, fx_);
        carry_out(to, from);
      }
    }
    if (!fx_.list.empty()) carry_out(from, to);
  }

  cli::Capture& capture_;
  Accounts accounts_;
  SeededEntropy entropy_{7};
  Engine caller_{7, entropy_}, server_{8, entropy_};
  LinkId link_{}, port_{};
  Effects fx_;
  Instant now_{1s};
};

struct File {
  File() {
    char name[] = "/tmp/redial-capture-XXXXXX";
    const int made = ::mkstemp(name);
    REQUIRE(made >= 0);
    ::close(made);
    path = name;
  }
  ~File() { ::unlink(path.c_str()); }
  std::string octets() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// What tshark prints of the frames that the filter lets pass.
  std::string tshark(const std::string& filter) const {
    const std::string command = fmt::format(
        "{} -n -r {} -Y '{}' -T fields -e frame.number -e frame.protocols "
        "-e _ws.expert.message 2>/dev/null",
        kTshark, path, filter);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    REQUIRE(pipe != nullptr);
    std::string out;
    char octets[4096];
    for (size_t got; (got = std::fread(octets, 1, sizeof octets, pipe.get())) > 0;) {
      out.append(octets, got);
    }
    return out;
  }
  std::string path;
};

/// Up, used, idle until echoes go, terminated.
void whole_session(ppp::AuthMethod method, const File& file) {
  io::Loop loop;
  auto capture = cli::Capture::open(file.path, loop, Secret(kPassword));
  REQUIRE(capture);
  Cable cable(method, **capture);
  cable.run_for(10s);
  REQUIRE(cable.up());
  cable.send(ping());
  cable.run_for(1min);
  cable.hang_up();
  cable.run_for(10s);
  CHECK((*capture)->failure().empty());
}

}  // namespace

TEST_CASE("tshark finds nothing wrong in any frame that we send, from LCP to the good-bye") {
  if (::access(kTshark, X_OK) != 0) {
    MESSAGE("skipped: tshark is not installed");
    return;
  }
  struct Case {
    ppp::AuthMethod method;
    const char* dissector;
  };
  for (const Case& each :
       {Case{ppp::AuthMethod::Pap, "pap"}, Case{ppp::AuthMethod::ChapMd5, "chap"},
        Case{ppp::AuthMethod::MsChapV2, "chap"}}) {
    CAPTURE(name(each.method));
    const File file;
    whole_session(each.method, file);
    // Direction 0 is from us to the line, as tshark counts. 0x00600000 is an expert's "warning",
    // what is above it "error".
    CHECK(file.tshark("ppp.direction == 0 && (_ws.malformed || _ws.expert.severity >= 6291456)") ==
          "");
    for (const std::string& wanted :
         {std::string("lcp"), std::string(each.dissector), std::string("ipcp"), std::string("icmp"),
          std::string("ppp.code == 9"), std::string("ppp.code == 5")}) {
      CAPTURE(wanted);
      CHECK(file.tshark("ppp.direction == 0 && " + wanted) != "");
    }
    CHECK(file.tshark("ppp.direction == 1 && lcp") != "");
  }
}

TEST_CASE("a capture is for its owner alone, and has neither password nor what proves it") {
  for (const ppp::AuthMethod method :
       {ppp::AuthMethod::Pap, ppp::AuthMethod::ChapMd5, ppp::AuthMethod::MsChapV2}) {
    CAPTURE(name(method));
    const File file;
    ::chmod(file.path.c_str(), 0644);
    whole_session(method, file);
    struct stat status {};
    REQUIRE(::stat(file.path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    const std::string octets = file.octets();
    CHECK(octets.size() > 500);
    CHECK(octets.find(kPassword) == std::string::npos);
    CHECK(octets.find("branch7") != std::string::npos);  // the name is no secret
    if (method == ppp::AuthMethod::Pap) CHECK(octets.find("*********") != std::string::npos);
  }
}

TEST_CASE("a capture that cannot be written is refused before anything is dialled") {
  io::Loop loop;
  for (const char* path : {"/nowhere/x.pcap", "/dev/null", "/"}) {
    CAPTURE(path);
    CHECK_FALSE(cli::Capture::open(path, loop, Secret()));
  }
}
