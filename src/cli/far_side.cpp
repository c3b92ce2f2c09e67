// SPDX-License-Identifier: Apache-2.0
#include "cli/far_side.h"

#include "modem/inf.h"

namespace redial::cli {

FarSide::FarSide(io::Loop& loop, LabNetwork& network, Entropy& entropy, uint64_t seed,
                 const ppp::AccountBook* accounts)
    : loop_(loop), network_(network), accounts_(accounts), host_(loop, entropy, seed) {}

Result<void> FarSide::start_nat() {
  auto nat = io::make_nat(loop_, {}, [this](ByteView packet) {
    ByteReader destination(packet.size() >= 20 ? packet.subspan(16) : ByteView{});
    const auto address = destination.u32();
    for (const auto& [caller, link] : callers_) {
      if (address == caller) host_.send_ip(link, packet);
    }
  });
  if (!nat) return tl::make_unexpected(nat.error());
  nat_ = *std::move(nat);
  host_.on_ip_packet = [this](LinkId, ByteView packet) { nat_->receive(packet); };
  return {};
}

LinkId FarSide::add_port(const std::string& number, Duration lcp_restart) {
  auto wired = network_.add_wired_modem({.number = number, .reports_no_answer = true});
  auto description = modem::compile(modem::hayes(), {});
  REDIAL_ASSERT(description.has_value());
  modem::fit_to_line(*description, true);
  const std::string name = "port " + std::to_string(callers_.size() + 1) + " (" + number + ")";
  engine::AnswerPlan plan;
  plan.name = name;
  plan.line = host_.add_line(
      {name, std::make_shared<const modem::CompiledDescription>(*std::move(description))},
      std::move(wired.door));
  // 10.64.0.10 and up; the NAT is 10.64.0.1, its name server 10.64.0.3 (io::NatSpec).
  plan.give_peer = 0x0a40000a + static_cast<uint32_t>(callers_.size());
  plan.session.accounts = accounts_;
  plan.session.demand = {ppp::AuthMethod::MsChapV2, ppp::AuthMethod::ChapMd5};
  plan.session.local_address = 0x0a400001;
  plan.session.ask_dns = false;
  plan.session.give_dns = 0x0a400003;
  plan.session.restart.period = lcp_restart;
  plan.session.keepalive.dead_peer_bound = kCallerGoneWithin - 1s;
  const uint32_t address = plan.give_peer;
  const LinkId link = host_.add_answering(std::move(plan));
  callers_.emplace_back(address, link);
  host_.start_answering(link);
  return link;
}

}  // namespace redial::cli
