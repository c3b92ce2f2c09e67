// SPDX-License-Identifier: Apache-2.0
#include "sim/packet_text.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "wire/hdlc.h"
#include "wire/ppp.h"

using namespace redial;
using namespace redial::sim;

namespace {

using wire::Code;
using wire::Protocol;

Bytes frame(Protocol protocol, ByteView information) {
  Bytes octets;
  wire::encode(static_cast<uint16_t>(protocol), information, {}, octets);
  return octets;
}

Bytes frame(Protocol protocol, const wire::PacketWriter& packet) {
  return frame(protocol, packet.information().view());
}

Bytes request() {
  wire::PacketWriter packet(Code::ConfigureRequest, 3);
  packet.option_u16(1, 1500);
  packet.option_u32(5, 0x12345678);
  return frame(Protocol::Lcp, packet);
}

}  // namespace

TEST_CASE("a frame is named by protocol, code, identifier and the types of its options") {
  CHECK(frames_text(request()) == "LCP Configure-Request 3, options 1 5");
  CHECK(frames_text(frame(Protocol::Ipcp, wire::PacketWriter(Code::TerminateAck, 9))) ==
        "IPCP Terminate-Ack 9");
  CHECK(frames_text(frame(Protocol::Chap, wire::PacketWriter(2, 7))) == "CHAP Response 7");
}

TEST_CASE("what is in a packet is not told: a password may be") {
  wire::PacketWriter pap(1, 4);
  pap.data(
      as_bytes("\x07"
               "branch7\x09swordfish"));
  CHECK(frames_text(frame(Protocol::Pap, pap)) == "PAP Authenticate-Request 4");
}

TEST_CASE("several frames in one piece are told one after the other") {
  Bytes both = request();
  const Bytes second = frame(Protocol::Lcp, wire::PacketWriter(Code::ConfigureAck, 1));
  both.insert(both.end(), second.begin(), second.end());
  CHECK(frames_text(both) == "LCP Configure-Request 3, options 1 5; LCP Configure-Ack 1");
}

TEST_CASE("what is no frame is so many octets") {
  Bytes cut = request();
  cut.pop_back();
  CHECK(frames_text(cut) == fmt::format("{} octets of no frame", cut.size()));
  CHECK(!is_routine(cut));
}

TEST_CASE("echoes and the users' packets are routine; whatever is negotiated is not") {
  CHECK(is_routine(frame(Protocol::Lcp, wire::PacketWriter(Code::EchoRequest, 1))));
  CHECK(is_routine(frame(Protocol::Lcp, wire::PacketWriter(Code::EchoReply, 1))));
  CHECK(is_routine(frame(Protocol::Ip, as_bytes("a packet"))));
  CHECK(!is_routine(request()));
  CHECK(!is_routine(frame(Protocol::Lcp, wire::PacketWriter(Code::TerminateRequest, 2))));
  CHECK(!is_routine(frame(Protocol::Chap, wire::PacketWriter(1, 2))));
}
