// SPDX-License-Identifier: Apache-2.0
#include "sim/text_server.h"

namespace redial::sim {
namespace {

constexpr std::string_view kLogin = "\r\nlogin: ", kPassword = "\r\nPassword: ";
constexpr size_t kLineMax = 200;

}  // namespace

std::string TextServer::on_call(bool mute) {
  said_ = 0;
  if (mute) {
    step_ = Step::Mute;
    return {};
  }
  step_ = login_ == TextLogin::Pad ? Step::Address : Step::Name;
  return std::string(login_ == TextLogin::Pad ? "\r\n*" : kLogin);
}

std::string TextServer::on_octets(ByteView octets, std::string_view refusal) {
  std::string says;
  for (const uint8_t octet : octets) {
    if (!speaks()) break;
    if (octet == '\r' && said_ > 0) {
      says += on_line(refusal);
      said_ = 0;
    } else if (octet >= ' ' && octet < 0x7f && said_ < kLineMax) {
      ++said_;
    }
  }
  return says;
}

std::string TextServer::on_line(std::string_view refusal) {
  switch (step_) {
    case Step::Address:
      if (!refusal.empty()) return "\r\n" + std::string(refusal) + "\r\n";
      step_ = Step::Ppp;
      return "\r\nconnected\r\n";
    case Step::Name: step_ = Step::Password; return std::string(kPassword);
    case Step::Password:
      if (!refusal.empty()) {
        step_ = Step::Name;
        return "\r\nLogin incorrect\r\n" + std::string(kLogin);
      }
      step_ = Step::Ppp;
      return "\r\nPPP begins\r\n";
    case Step::NoCall:
    case Step::Mute:
    case Step::Ppp: break;
  }
  return {};
}

}  // namespace redial::sim
