// SPDX-License-Identifier: Apache-2.0
#include "cli/demo.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "cli/demo_station.h"
#include "cli/far_side.h"
#include "engine/plan.h"
#include "host/telnet_door.h"
#include "io/files.h"
#include "modem/inf.h"
#include "phonebook/toml.h"

namespace redial::cli {
namespace {

constexpr Duration kDemoBound = 8min;  // beyond every row's; then the table says what is open

/// Callers of the far side: one account, with a password made up for this run.
class DemoAccounts final : public ppp::AccountBook {
 public:
  explicit DemoAccounts(Secret password) : password_(std::move(password)) {}
  std::optional<Secret> password_of(std::string_view user) const override {
    if (user != "branch7") return std::nullopt;
    return password_;
  }

 private:
  Secret password_;
};

/// Which faults which entry goes through; the entries run side by side. Whoever is held at the end
/// has that last, and nobody has more than three deaths: then it would flap.
const std::vector<std::pair<std::string, std::vector<DemoFault>>>& program() {
  using enum DemoFault;
  static const std::vector<std::pair<std::string, std::vector<DemoFault>>> kProgram = {
      {"Head Office", {NoCarrierText, PeerTerminates, Noise}},
      {"Pump Station", {Busy, HalfOpen}},
      {"Depot", {NoAnswer, BlackHoleTowards}},
      {"Branch", {NoPpp, BlackHoleFrom}},
      {"Remote Site", {WrongPassword}},
      {"Weir", {NoDialTone, CarrierLost}},
      {"Reservoir", {LineRefused, DcdStrapped}},
      {"Lock", {HostGone}},
      {"Kiosk", {Voice, ModemStops}},
      {"Fax Room", {Blacklisted}},
      {"Harbour", {DeviceBack}},
      {"Culvert", {WedgedReset}},
      {"Beacon", {WedgedPower}},
  };
  return kProgram;
}

/// A line whose server's name is not known for a while: nobody here can take a name out of the DNS,
/// so the line asks for one that never was in it.
class NamedDoor final : public host::Door {
 public:
  using Make = std::function<std::unique_ptr<host::Door>(const std::string& path)>;
  NamedDoor(std::string path, std::shared_ptr<const bool> name_gone, Make make)
      : path_(std::move(path)), name_gone_(std::move(name_gone)), make_(std::move(make)) {}

  void open(host::DoorEvents events) override {
    // An empty label: the resolver refuses it, and asks nobody.
    door_ = make_(*name_gone_ ? "modem..invalid" + path_.substr(path_.rfind(':')) : path_);
    door_->open(std::move(events));
  }
  void close() override { door_.reset(); }
  void write(ByteView octets) override {
    if (door_) door_->write(octets);
  }
  void set_dtr(bool on) override {
    if (door_) door_->set_dtr(on);
  }
  void discard_output() override {
    if (door_) door_->discard_output();
  }
  bool backed_up() const override { return door_ && door_->backed_up(); }

 private:
  std::string path_;
  std::shared_ptr<const bool> name_gone_;
  Make make_;
  std::unique_ptr<host::Door> door_;
};

std::string random_word(Entropy& entropy) {
  std::string word;
  for (int i = 0; i < 4; ++i) word += fmt::format("{:08x}", entropy.u32());
  return word;
}

Result<std::string> examples_folder(const DemoOptions& options) {
  std::vector<std::string> folders{options.examples};
  if (options.examples.empty()) {
    folders = {REDIAL_EXAMPLES_DIR, "/usr/share/redial/examples", "examples"};
  }
  for (const std::string& folder : folders) {
    if (io::exists(folder + "/redial.toml")) return folder;
  }
  return fail(
      ErrorKind::NotFound,
      fmt::format("demo: no redial.toml in {}; there is nothing to dial; name the folder of "
                  "the examples with --examples",
                  fmt::join(folders, ", ")));
}

/// A folder for names of devices, gone at the end.
class DeviceFolder {
 public:
  DeviceFolder() {
    std::string name = "/tmp/redial-demo-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~DeviceFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  DeviceFolder(const DeviceFolder&) = delete;
  DeviceFolder& operator=(const DeviceFolder&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  Result<void> link(const std::string& target, const std::string& path) const {
    if (::symlink(target.c_str(), path.c_str()) == 0) return {};
    return fail(ErrorKind::Failed,
                fmt::format("demo: {}: {}; no device can be named there; set the rights of /tmp",
                            path, std::strerror(errno)));
  }
  void remove(const std::string& path) const { ::unlink(path.c_str()); }

 private:
  std::string path_;
};

class Demo {
 public:
  explicit Demo(const DemoOptions& options)
      : options_(options),
        seed_(Rng(entropy_.u32()).next()),
        password_(random_word(entropy_)),
        accounts_(password_),
        lab_(loop_, seed_),
        caller_(loop_, entropy_, seed_ + 1),
        far_(loop_, lab_, entropy_, seed_ + 2, &accounts_),
        show_(options.plain, options.json, loop_.now()),
        bound_(loop_, [this] { loop_.stop(); }),
        look_(loop_, [this] { look(); }) {}

  Result<void> set_up();
  int run();

 private:
  Result<void> load(const std::string& folder);
  /// A modem as an entry's line finds it.
  struct Outlet {
    lab::ModemId modem{};
    std::string path;
    std::function<void()> break_line{}, mend_line{};
    std::shared_ptr<bool> name_gone{};  // set: the line is found by a name
  };
  Result<Outlet> connect(const phonebook::LineSpec& spec, const std::vector<DemoFault>& faults);
  void watch_power(LineId line, const phonebook::LineSpec& spec, lab::ModemId modem);
  void look_at_outlets();
  std::unique_ptr<host::Door> door_of(phonebook::LineSpec spec, const Outlet& outlet);
  Result<void> build(const phonebook::Entry& entry, std::vector<DemoFault> faults,
                     const std::string& folder);
  void look();
  void introduce(const std::string& folder) const;

  DemoOptions options_;
  io::KernelEntropy entropy_;
  uint64_t seed_;
  Secret password_;
  DemoAccounts accounts_;
  DeviceFolder folder_;
  io::Loop loop_;
  LabNetwork lab_;
  host::Host caller_;
  FarSide far_;
  DemoShow show_;
  std::unique_ptr<PageServer> page_;
  phonebook::Config config_;
  phonebook::Book book_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<std::pair<std::string, lab::ModemId>> outlets_;  // a file each
  io::Alarm bound_, look_;
  Instant started_{};
  bool closing_ = false, complete_ = false;
};

Result<void> Demo::set_up() {
  const auto folder = examples_folder(options_);
  if (!folder) return tl::make_unexpected(folder.error());
  if (auto loaded = load(*folder); !loaded) return loaded;
  auto page = PageServer::start();
  if (!page) return tl::make_unexpected(page.error());
  page_ = *std::move(page);
  if (auto nat = far_.start_nat(); !nat) return nat;
  if (!options_.json) introduce(*folder);
  for (const auto& [name, faults] : program()) {
    const auto entry = std::ranges::find(book_.entries, name, &phonebook::Entry::name);
    if (entry == book_.entries.end()) {
      return fail(ErrorKind::NotFound, fmt::format("demo: no entry \"{}\" in the phonebook of {}; "
                                                   "the demo dials it; put it back",
                                                   name, *folder));
    }
    if (auto built = build(*entry, faults, *folder); !built) return built;
  }
  return {};
}

void Demo::introduce(const std::string& folder) const {
  fmt::print(
      "redial demo: {} entries, most of a Windows phonebook, modems of a MODEM.INF on real ptys "
      "and TCP\nports, a virtual exchange. Files: {}/{{redial.toml,office.pbk,MODEM.INF}}. No "
      "hardware, no root; two minutes or so.\n\n",
      program().size(), folder);
}

Result<void> Demo::load(const std::string& folder) {
  const auto text = io::read_file(folder + "/redial.toml", phonebook::kPhonebookOctetsMax);
  if (!text) return tl::make_unexpected(text.error());
  config_ = phonebook::read_config(*text, "redial.toml");
  std::vector<phonebook::PhonebookFile> files;
  for (const std::string& name : config_.phonebooks) {
    auto octets = io::read_file(folder + "/" + name, phonebook::kPhonebookOctetsMax);
    if (!octets) return tl::make_unexpected(octets.error());
    files.push_back({name, *std::move(octets)});
  }
  book_ = phonebook::combine(config_, files);
  for (const auto& diagnostic : book_.diagnostics) {
    if (diagnostic.severity != phonebook::Diagnostic::Severity::Error) continue;
    return fail(ErrorKind::BadFile, phonebook::to_text(diagnostic));
  }
  return {};
}

/// The virtual modem of an entry, with the ways its faults need.
lab::ModemConfig modem_for(const std::vector<DemoFault>& faults) {
  const auto has = [&faults](DemoFault fault) {
    return std::ranges::find(faults, fault) != faults.end();
  };
  lab::ModemConfig config{.number = "5550199", .reports_no_answer = true};
  config.habits.blacklist_after = has(DemoFault::Blacklisted) ? 1 : 0;
  config.habits.loses_silently = has(DemoFault::CarrierLost);
  config.habits.dcd_strapped = has(DemoFault::DcdStrapped);
  return config;
}

/// Its modem, where a dialler finds it, and how that place goes away and comes back.
Result<Demo::Outlet> Demo::connect(const phonebook::LineSpec& spec,
                                   const std::vector<DemoFault>& faults) {
  const lab::ModemConfig config = modem_for(faults);
  auto modem = spec.kind == phonebook::LineKind::Tcp
                   ? lab_.add_tcp_modem(config, spec.transport, "127.0.0.1:0")
                   : lab_.add_pty_modem(config);
  if (!modem) return tl::make_unexpected(modem.error());
  Outlet outlet{.modem = modem->modem, .path = modem->path};
  outlet.break_line = [this, id = modem->modem] { lab_.unplug(id); };
  outlet.mend_line = [this, id = modem->modem] { static_cast<void>(lab_.plug_in(id)); };
  if (std::ranges::find(faults, DemoFault::HostGone) != faults.end()) {
    outlet.name_gone = std::make_shared<bool>(false);
    outlet.break_line = [gone = outlet.name_gone] { *gone = true; };
    outlet.mend_line = [gone = outlet.name_gone] { *gone = false; };
  }
  if (std::ranges::find(faults, DemoFault::DeviceBack) != faults.end()) {
    // As /dev/serial/by-id does it: a name that lasts, for a device whose own does not.
    outlet.path = folder_.path("usb-Acme_56K");
    if (auto named = folder_.link(modem->path, outlet.path); !named) {
      return tl::make_unexpected(named.error());
    }
    outlet.break_line = [this, id = modem->modem, path = outlet.path] {
      lab_.unplug(id);
      folder_.remove(path);
    };
    outlet.mend_line = [this, id = modem->modem, path = outlet.path] {
      // A pty in between, so that the modem does not get its old name again.
      static_cast<void>(lab_.add_pty_modem({.number = "5550000"}));
      const auto now_at = lab_.plug_in(id);
      if (now_at) static_cast<void>(folder_.link(*now_at, path));
    };
  }
  return outlet;
}

std::unique_ptr<host::Door> Demo::door_of(phonebook::LineSpec spec, const Outlet& outlet) {
  if (!outlet.name_gone) return host::line_door(loop_, spec);
  return std::make_unique<NamedDoor>(spec.path, outlet.name_gone,
                                     [this, spec](const std::string& path) {
                                       phonebook::LineSpec asked = spec;
                                       asked.path = path;
                                       return host::line_door(loop_, asked);
                                     });
}

/// The line's command switches a virtual outlet: it leaves a file, and who finds that cycles the
/// modem's power.
void Demo::watch_power(LineId line, const phonebook::LineSpec& spec, lab::ModemId modem) {
  const std::string outlet = folder_.path("outlet of " + spec.name);
  caller_.set_power_cycle(line, {"touch", outlet}, spec.power_cycle_within);
  outlets_.emplace_back(outlet, modem);
}

void Demo::look_at_outlets() {
  for (const auto& [outlet, modem] : outlets_) {
    if (!io::exists(outlet)) continue;
    folder_.remove(outlet);
    lab_.inject(
        [id = modem](lab::Exchange& exchange, Instant now) { exchange.power_cycle(id, now); });
    show_.say(loop_.now(), "", "*** a modem was switched off and on by its line's command ***");
  }
}

Result<void> Demo::build(const phonebook::Entry& entry, std::vector<DemoFault> faults,
                         const std::string& folder) {
  auto spec = phonebook::bind_line(entry, config_.lines);
  if (!spec) return tl::make_unexpected(spec.error());
  const auto outlet = connect(*spec, faults);
  if (!outlet) return tl::make_unexpected(outlet.error());
  spec->path = outlet->path;
  auto bound = engine::bind_line(*spec, entry, [&](const std::string& path) {
    return io::read_file(folder + "/" + path, modem::kInfOctetsMax);
  });
  if (!bound) return tl::make_unexpected(bound.error());
  bound->id = caller_.add_line(engine::config_of(*bound), door_of(*spec, *outlet));
  if (!spec->power_cycle.empty()) watch_power(bound->id, *spec, outlet->modem);
  const std::vector<engine::BoundLine> lines{*std::move(bound)};
  const bool wrong = std::ranges::find(faults, DemoFault::WrongPassword) != faults.end();
  const phonebook::Credential credential{.password =
                                             wrong ? Secret("not the password") : password_};
  auto plan = engine::plan_link(entry, &credential, lines);
  if (!plan) return tl::make_unexpected(plan.error());
  const auto traits = engine::traits_of(lines);

  StationPlan station;
  station.entry = entry.name;
  station.number = entry.numbers.front().digits;
  station.modem = outlet->modem;
  station.far_link = far_.add_port(station.number, entry.watch.lcp_restart);
  station.faults = std::move(faults);
  station.bounds = connection::detection(entry, plan->session, traits);
  station.restore_bound = [entry, session = plan->session, traits](connection::PauseReason reason) {
    return connection::restore_bound(entry, session, traits, reason);
  };
  station.failed_attempt = entry.redial.pause ? connection::PauseReason::PhonebookPause
                                              : connection::PauseReason::BackOff;
  station.break_line = outlet->break_line;
  station.mend_line = outlet->mend_line;
  station.power_cycle_takes = spec->power_cycle_within + spec->ready_within;
  station.settle = entry.redial.good_call + 500ms;
  station.link = caller_.add_link(*std::move(plan));
  if (!options_.json) {
    fmt::print("  {:<13} dials {} on {} = {} ({})\n", entry.name, station.number, spec->name,
               spec->path, spec->description);
  }
  stations_.push_back(std::make_unique<Station>(std::move(station), loop_, lab_, caller_,
                                                far_.host(), show_, page_->port()));
  return {};
}

// Ends when every station has been through its faults, and then hangs up as a person would.
void Demo::look() {
  look_at_outlets();
  const bool all =
      std::ranges::all_of(stations_, [](const auto& each) { return each->finished(); });
  if (!closing_ && all) {
    closing_ = complete_ = true;
    show_.say(loop_.now(), "", "every fault has been through; hanging up");
    for (const auto& station : stations_) caller_.hang_up(station->link(), CauseCode::UserHangUp);
  }
  const auto rests = [this](const auto& each) { return caller_.engine().resting(each->link()); };
  if (closing_ && std::ranges::all_of(stations_, rests)) return loop_.stop();
  look_.set(loop_.now() + 100ms);
}

int Demo::run() {
  started_ = loop_.now();
  caller_.on_event = [this](Instant now, const engine::Event& event) {
    for (const auto& station : stations_) {
      if (station->link() == event.link) station->on_event(now, event);
    }
  };
  caller_.on_up = [this](LinkId link, const ppp::LinkUp&) {
    for (const auto& station : stations_) {
      if (station->link() == link) station->on_up(loop_.now());
    }
  };
  loop_.on_signal(SIGINT, [this] { loop_.stop(); });
  for (const auto& station : stations_) {
    if (const auto started = station->start(); !started) {
      fmt::print(stderr, "redial: {}\n", started.error().text);
      return static_cast<int>(started.error().kind);
    }
  }
  bound_.set(started_ + kDemoBound);
  look();
  loop_.run();
  std::vector<FaultRow> rows;
  for (const auto& station : stations_) {
    std::ranges::move(station->rows(), std::back_inserter(rows));
  }
  show_.table(rows, loop_.now() - started_);
  const bool good = complete_ && std::ranges::all_of(rows, &FaultRow::good);
  return good ? 0 : 1;
}

}  // namespace

int demo(const DemoOptions& options) {
  Demo demo(options);
  if (const auto ready = demo.set_up(); !ready) {
    fmt::print(stderr, "redial: {}\n", ready.error().text);
    return static_cast<int>(ready.error().kind);
  }
  return demo.run();
}

}  // namespace redial::cli
