// SPDX-License-Identifier: Apache-2.0
// Scripts of SWITCH.INF and PAD.INF that an import took over, from the RAS directory to PPP: the
// host asks as the published sample expects, PPP begins behind it, and a lost carrier is redialled
// through the same script.
#include "engine/plan.h"
#include "engine/script_file.h"
#include "migrate/native.h"
#include "migrate/sources.h"
#include "phonebook/toml.h"
#include "support/descriptions.h"
#include "support/world.h"

using namespace redial;
using namespace redial::test;

namespace {

std::string sample(const std::string& name) {
  return source_file("/../shared/data/modeminf/" + name);
}

/// What a host says once the line is there, and to each thing that it is told.
struct Host {
  std::string greeting;
  std::vector<std::pair<std::string, std::string>> asks;  // what must come, and the answer
};

/// A RAS directory as its reader finds it.
std::vector<migrate::SourceFile> directory(const std::string& devices) {
  return {{"Ras/rasphone.pbk",
           "[Host]\r\nMEDIA=serial\r\nPort=COM1\r\nDevice=Mwave 28800\r\n" + devices},
          {"Ras/MODEM.INF", sample("modem.inf")},
          {"Ras/SWITCH.INF",
           sample("switch.inf") + "\r\n[Box]\r\nCOMMAND=LINE 1<cr>\r\nOK=<match>\"ready\"\r\n"},
          {"Ras/PAD.INF", sample("pad.inf")}};
}

/// The entry as it would be dialled after the import, with the files that the import wrote.
engine::DialPlan planned(const std::string& devices, WorldOptions& options) {
  migrate::Reading reading = migrate::read_source(
      {.source = migrate::Source::Ras, .path = "Ras", .files = directory(devices)});
  REQUIRE_FALSE(phonebook::has_errors(reading.diagnostics));
  const migrate::NativeFiles files = migrate::write_native(reading, "ras", "Ras", {});
  const std::map<std::string, std::string> written = {{"imported/ras.inf", files.descriptions},
                                                      {"imported/ras.switch.inf", files.scripts},
                                                      {"imported/ras.pad.inf", files.pads}};
  const engine::ReadFile read = [&](const std::string& path) -> Result<std::string> {
    const auto found = written.find(path);
    if (found == written.end()) return fail(ErrorKind::NotFound, path + ": no such file");
    return found->second;
  };
  CHECK(files.phonebook.find("open-sesame") == std::string::npos);
  const phonebook::Config config = phonebook::read_config(files.phonebook, "imported/ras.toml");
  phonebook::Entry entry = phonebook::apply({}, config).entries.at(0);
  const auto credentials = phonebook::read_credentials(files.credentials, "ras.credentials.toml");
  if (const auto found = credentials.by_entry.find("Host"); found != credentials.by_entry.end()) {
    entry.x25_user_data = found->second.x25_user_data.reveal();
    entry.x25_facilities = found->second.x25_facilities.reveal();
  }
  const auto scripts = engine::read_script(entry, read);
  REQUIRE_MESSAGE(scripts.has_value(), (scripts ? "" : scripts.error().text));
  const auto line = engine::bind_line(config.lines.at(0), entry, read);
  REQUIRE(line);
  options.description = line->description;
  const phonebook::Credential credential{
      .user = "branch7", .domain = {}, .password = Secret("swordfish")};
  auto plan = engine::plan_link(entry, &credential, std::vector{*line}, {}, *scripts);
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().text));
  return *plan;
}

/// The dialling engine, and a host that talks in front of the answering one.
class Login {
 public:
  Login(const std::string& devices, Host host)
      : options_(), plan_(planned(devices, options_)), world(with_plan()), host_(std::move(host)) {
    world.between = [this](Side& side, ByteView octets, bool from_engine) {
      return &side == &world.server ? at_host(octets, from_engine) : at_caller(octets, from_engine);
    };
    world.on_step = [this] { speak(); };
  }

  bool logs_in_and_again_after_a_lost_carrier() {
    world.start();
    if (!world.run_until([&] { return world.up(); }, 5min)) return false;
    world.server_hangs_up();
    if (!world.run_until([&] { return !world.up(); }, 1min)) return false;
    const bool again = world.run_until([&] { return world.up(); }, 5min);
    return again && logins_ >= 2;
  }
  std::string box_says;  // what a box in front of the modem answers to `box_hears`
  std::string box_hears;
  int boxes_passed = 0;

 private:
  WorldOptions with_plan() {
    options_.dial = [this](engine::DialPlan& plan) {
      const auto lines = plan.lines;
      plan = plan_;
      plan.lines = lines;
    };
    return options_;
  }
  bool done() const { return told_ == host_.asks.size() && greeted_; }
  bool in_call() { return world.exchange.online(world.server.modems[0]); }

  bool at_host(ByteView octets, bool from_engine) {
    if (!in_call() || done()) return false;
    if (from_engine) return true;  // the access server behind it is not asked yet
    std::string_view text = as_text(octets);
    // The modem's own word is for the engine; what the caller says may follow it at once.
    const bool word = text.find("CONNECT") != std::string_view::npos;
    if (word) {
      connected_ = true;
      text.remove_prefix(std::min(text.rfind('\n') + 1, text.size()));
    }
    heard_ += text;
    while (told_ < host_.asks.size() && heard_.find(host_.asks[told_].first) != std::string::npos) {
      heard_.clear();
      to_say_ += host_.asks[told_++].second;
      if (done()) ++logins_;
    }
    return !word;
  }
  bool at_caller(ByteView octets, bool from_engine) {
    if (!from_engine || box_hears.empty() || as_text(octets) != box_hears) return false;
    ++boxes_passed;
    box_answers_ = true;
    return true;
  }
  /// Outside of the engine's own calls.
  void speak() {
    if (std::exchange(box_answers_, false)) world.to_engine(world.caller, box_says);
    if (!in_call()) {
      told_ = 0;
      greeted_ = connected_ = false;
      heard_.clear();
      to_say_.clear();
    } else if (connected_ && !greeted_) {
      greeted_ = true;
      if (host_.asks.empty()) ++logins_;
      to_say_ = host_.greeting + to_say_;
    }
    if (!to_say_.empty()) world.to_modem(world.server, std::exchange(to_say_, {}));
  }

  WorldOptions options_;
  engine::DialPlan plan_;

 public:
  World world;

 private:
  Host host_;
  std::string heard_, to_say_;
  size_t told_ = 0;
  bool connected_ = false, greeted_ = false, box_answers_ = false;
  int logins_ = 0;
};

bool at_hand() {
  if (!sample("pad.inf").empty()) return true;
  MESSAGE("skipped: the published samples (shared/data) are not here");
  return false;
}

const std::string kModem = "DEVICE=modem\r\nPhoneNumber=5550100\r\n";

}  // namespace

TEST_CASE("SWITCH.INF: the published login of an online service, once there is a carrier") {
  if (!at_hand()) return;
  Login login(kModem + "DEVICE=switch\r\nName=[CIS-Internet]\r\n",
              {.greeting = "",
               .asks = {{"\r", "\r\nHost Name: "},
                        {"CIS\r", "\r\nUser ID: "},
                        {"userid/GO:PPPCONNECT\r", "\r\nPassword: "},
                        {"password\r", "\r\nOne moment please...\r\n"}}});
  CHECK(login.logs_in_and_again_after_a_lost_carrier());
}

TEST_CASE("SWITCH.INF: a banner of any length is passed over until the name is asked for") {
  if (!at_hand()) return;
  std::string banner;
  for (int i = 0; i < 40; ++i) banner += "Authorised use only. All calls are recorded.\r\n";
  Login login(kModem + "DEVICE=switch\r\nName=Banner Login\r\n",
              {.greeting = banner + "Enter User Name:", .asks = {}});
  CHECK(login.logs_in_and_again_after_a_lost_carrier());
}

TEST_CASE("SWITCH.INF: a script in front of the modem speaks to the box before the number") {
  if (!at_hand()) return;
  Login login("DEVICE=switch\r\nName=[Box]\r\n" + kModem, {.greeting = "", .asks = {}});
  login.box_hears = "LINE 1\r";
  login.box_says = "ready\r\n";
  CHECK(login.logs_in_and_again_after_a_lost_carrier());
  CHECK(login.boxes_passed >= 2);
}

TEST_CASE("SWITCH.INF: a box that never answers ends the attempt, and it is tried again") {
  if (!at_hand()) return;
  Login login("DEVICE=switch\r\nName=[Box]\r\n" + kModem, {.greeting = "", .asks = {}});
  login.box_hears = "LINE 1\r";
  login.world.start();
  CHECK(login.world.run_until([&] { return login.boxes_passed >= 3; }, 30min));
  REQUIRE(login.world.ended() != nullptr);
  CHECK(login.world.ended()->cause.code == CauseCode::ScriptFailed);
}

TEST_CASE("PAD.INF: the published logon to an X.25 network, with secrets nobody is shown") {
  if (!at_hand()) return;
  Login login(kModem +
                  "DEVICE=pad\r\nX25Pad=SITA Group Network\r\nX25Address=31100123\r\n"
                  "UserData=nui7\r\nFacilities=open-sesame\r\n",
              {.greeting = "",
               .asks = {{"...\r", "\r\nSITA NETWORK: "},
                        {"nui7\r", "\r\nPASSWORD: "},
                        {"open-sesame\r", "\r\nNUI active\r\n"},
                        {"SET 2:1\r", "\r\n"},
                        {"SET 4:1", "\r\n"},
                        {"SET 118:0", "\r\n"},
                        {"PAR?\r", "\r\nPAR 1:1 2:1\r\n"},
                        {"31100123\r", "\r\n31100123 connected\r\n"}}});
  CHECK(login.logs_in_and_again_after_a_lost_carrier());
  for (const auto& [when, event] : login.world.log) {
    if (const auto* noted = std::get_if<engine::Noted>(&event.body)) {
      CHECK(noted->text.find("open-sesame") == std::string::npos);
    }
  }
}
