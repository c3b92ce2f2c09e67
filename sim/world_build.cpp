// SPDX-License-Identifier: Apache-2.0
// How a world is furnished: the lines of both ends, the links, their far ends' ports.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "modem/inf.h"
#include "sim/world.h"

namespace redial::sim {
namespace {

constexpr uint32_t kServerAddress = 0x0a400001;
constexpr std::string_view kUser = "branch";   // and the number of its link
constexpr uint32_t kFirstCaller = 0x0a410000;  // what the callers are given

std::string caller_number(LineId line) { return fmt::format("2{:06}", index(line)); }
/// The first as short as can be: most links have but one.
std::string server_number(uint32_t at, size_t which) {
  return fmt::format("9{:06}{}", at, which == 0 ? "" : std::to_string(which));
}

std::shared_ptr<const modem::CompiledDescription> answering_modem() {
  auto compiled = modem::compile(modem::hayes(), {});
  REDIAL_ASSERT(compiled.has_value());
  modem::fit_to_line(*compiled, true);
  return std::make_shared<const modem::CompiledDescription>(*std::move(compiled));
}

/// Its far end hangs up, and calls.
bool calls_back(const Site& site) { return site.plan.session.callback.has_value(); }

/// Of a far end: what it demands of who calls, and what it gives.
ppp::SessionConfig far_session(const Site& site, const ppp::AccountBook& accounts) {
  const ppp::SessionConfig& theirs = site.plan.session;
  ppp::SessionConfig session;
  // Who asks by CBCP has said before who it is; the ways of RFC 1570 can do without.
  const bool proves =
      !theirs.callback || theirs.callback->operation == ppp::CallbackOperation::Cbcp;
  session.accounts = proves ? &accounts : nullptr;
  session.demand = theirs.may_use;
  session.local_address = kServerAddress;
  session.ask_dns = false;
  // Silences of the same length at both ends would make every third probe cross the other end's.
  session.keepalive = theirs.keepalive;
  session.keepalive.echo_after_silence += 1s;
  session.keepalive.dead_peer_bound += 1s;
  return session;
}

}  // namespace

std::optional<Secret> Accounts::password_of(std::string_view user) const {
  if (user.starts_with(kUser)) return Secret("swordfish");
  return std::nullopt;
}

unsigned Accounts::refusal_of(std::string_view user) const {
  uint32_t link = 0;
  std::from_chars(user.data() + kUser.size(), user.data() + user.size(), link);
  return link < refusals.size() ? refusals[link] : 0;
}

World::World(uint64_t seed, uint32_t links, const Profile& profile)
    : caller(seed),
      server(seed + 1),
      exchange(seed + 2),
      accounts_(links),
      profile_(&profile),
      seed_(seed),
      link_records_(links),
      forgot_(links),
      habits_(seed + 3),
      path_cut_(links),
      manners_(links),
      floods_(links),
      addresses_(links),
      wanted_(links),
      links_(links) {
  for (uint32_t at = 0; at < links; ++at) {
    add_lines(at);
    add_link(at);
    add_ports(at);
  }
  for (uint32_t at = 0; at < links; ++at) {
    if (site(at).both_ways || calls_back(site(at))) add_way_back(at);
    if (site(at).both_ways) add_near_port(at);
  }
}

/// A line that an entry before it in the same round has is the same line.
void World::add_lines(uint32_t at) {
  const size_t round = profile_->sites.size();
  Place& place = places_.emplace_back();
  if (site(at).first && *site(at).first <= at % round) place.first = at - *site(at).first;
  for (const engine::BoundLine& wanted : site(at).lines) {
    std::optional<LineId> line;
    for (uint32_t before = at - at % static_cast<uint32_t>(round); before < at; ++before) {
      const auto& theirs = site(before).lines;
      for (size_t i = 0; i < theirs.size(); ++i) {
        if (theirs[i].id == wanted.id) line = places_[before].lines[i];
      }
    }
    if (!line) {
      line = caller.engine.add_line(configs_.emplace_back(engine::config_of(wanted)));
      const lab::ModemConfig modem{.number = caller_number(*line),
                                   .habits = {.numeric_codes = site(at).digits}};
      caller.lines.push_back({.modem = exchange.add_modem(modem, now_),
                              .circuits = phonebook::has_circuits(wanted.spec),
                              .network = wanted.spec.kind == phonebook::LineKind::Tcp});
      where_.push_back({End::Caller, *line});
    }
    caller.lines[index(*line)].links.push_back(at);
    place.lines.push_back(*line);
  }
  // A cable's far end has no number, and is there all the same.
  const size_t far_ends = std::max<size_t>(1, site(at).entry.numbers.size());
  for (size_t which = 0; which < far_ends; ++which) {
    const LineId line{static_cast<uint32_t>(server.lines.size())};
    const lab::ModemId modem = exchange.add_modem({.number = server_number(at, which)}, now_);
    Side::Line& port = server.lines.emplace_back();
    port.modem = modem;
    port.links = {at};
    if (site(at).text != TextLogin::None) port.text = std::make_unique<TextServer>(site(at).text);
    where_.push_back({End::Server, line});
    place.ports.push_back({LinkId{}, line, modem});
  }
  if (!site(at).traits.has_modem) join(place);
  line_records_.resize(caller.lines.size());
}

/// Two ends of one cable, or of one connection.
void World::join(const Place& place) {
  const LineId near = place.lines.front(), far = place.ports.front().line;
  Side::Line& ours = caller.lines[index(near)];
  Side::Line& theirs = server.lines[index(far)];
  exchange.join(ours.modem, theirs.modem, now_);
  theirs.circuits = false;
  if (!ours.network) return;
  ours.wire = far;
  theirs.wire = near;
}

void World::add_link(uint32_t at) {
  auto plan = std::make_shared<engine::DialPlan>(site(at).plan);
  for (size_t which = 0; which < plan->entry.numbers.size(); ++which) {
    plan->entry.numbers[which].digits = server_number(at, which);
  }
  for (size_t which = 0; which < plan->dialled.size(); ++which) {
    Secret& digits = plan->dialled[which].digits;  // a gap stays one
    if (!digits.empty()) digits = Secret(server_number(at, which));
  }
  plan->session.user = fmt::format("{}{}", kUser, at);
  if (plan->session.local_address != 0) plan->session.local_address = kFirstCaller + at;
  plan->lines = places_[at].lines;
  const LinkId link = caller.engine.add_link(std::move(plan));
  if (places_[at].first) (void)caller.engine.require(link, LinkId{*places_[at].first});
}

void World::add_ports(uint32_t at) {
  for (Place::Port& answering : places_[at].ports) {
    auto port = std::make_shared<engine::AnswerPlan>();
    port->name = fmt::format("port {}", index(answering.line));
    port->line = server.engine.add_line(
        {port->name, site(at).traits.has_modem ? answering_modem() : nullptr});
    port->give_peer = kFirstCaller + at;
    port->session = far_session(site(at), accounts_);
    if (calls_back(site(at))) port->session.call_back = ppp::CallbackOffer{.may_stay = false};
    answering.plan = port;
    answering.id = server.engine.add_answering(std::move(port));
    link_of_port_.push_back(at);
  }
}

void World::add_way_back(uint32_t at) {
  Place& place = places_[at];
  auto plan = std::make_shared<engine::DialPlan>(site(at).plan);
  plan->entry.name = fmt::format("way back {}", at);
  plan->entry.numbers.front().digits = caller_number(place.lines.front());
  if (calls_back(site(at))) {
    plan->session = far_session(site(at), accounts_);
  } else {
    plan->session.user = fmt::format("{}{}", kUser, at);
  }
  plan->lines = {place.ports.front().line};
  place.way_back = server.engine.add_link(std::move(plan));
  link_of_port_.push_back(at);
}

/// After all the links: they are numbered from 0 on.
void World::add_near_port(uint32_t at) {
  auto port = std::make_shared<engine::AnswerPlan>();
  port->name = fmt::format("near port {}", at);
  port->line = places_[at].lines.front();
  port->give_peer = kServerAddress;
  port->session.accounts = &accounts_;
  port->session.demand = site(at).plan.session.may_use;
  port->session.local_address = kFirstCaller + at;
  port->session.ask_dns = false;
  port->session.keepalive = site(at).plan.session.keepalive;
  places_[at].near_port = caller.engine.add_answering(std::move(port));
  caller.lines[index(places_[at].lines.front())].both_ways = true;
}

}  // namespace redial::sim
