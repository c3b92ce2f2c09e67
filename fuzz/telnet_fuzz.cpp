// SPDX-License-Identifier: Apache-2.0
// Whatever an access server or its client says: a stream means the same wherever it is cut, what is
// sent back and noted stays bounded, and what is encoded is decoded to itself.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "wire/rfc2217_client.h"
#include "wire/rfc2217_server.h"

using namespace redial;
using namespace redial::wire;

namespace {

constexpr Instant kStart{1s};

/// All that an end has said; equal for the same stream, however it was cut.
template <class Action>
struct Heard {
  Bytes data, sent;
  std::vector<Action> actions;
  void on_data(ByteView octets) { data.insert(data.end(), octets.begin(), octets.end()); }
  void on_action(Action action) {
    if (const auto* send = std::get_if<SendOctets>(&action)) {
      const ByteView octets = send->octets.view();
      sent.insert(sent.end(), octets.begin(), octets.end());
    } else {
      actions.push_back(std::move(action));
    }
  }
  bool operator==(const Heard&) const = default;
};

template <class Feed>
auto cut_at(ByteView octets, size_t piece, Feed&& feed) {
  for (size_t at = 0; at < octets.size(); at += piece) {
    feed(octets.subspan(at, std::min(piece, octets.size() - at)));
  }
}

Heard<ComPortAction> client_hears(ByteView octets, size_t piece) {
  ComPortClient client({.settings = {}, .com_port = octets.size() % 2 == 0});
  Heard<ComPortAction> heard;
  for (auto& action : client.start(kStart)) heard.on_action(std::move(action));
  cut_at(octets, piece, [&](ByteView part) { client.on_octets(part, kStart, heard); });
  size_t notes = 0;
  for (const auto& action : heard.actions) notes += std::holds_alternative<LineNoted>(action);
  REDIAL_ASSERT(notes <= 8);
  // It becomes ready by itself, and whatever it then probes for comes to an end.
  int wakes = 0;
  for (Instant now = kStart + 1min; client.deadline() && wakes < 10; ++wakes, now += 1min) {
    for (auto& action : client.on_deadline(now)) heard.on_action(std::move(action));
  }
  REDIAL_ASSERT(client.ready() && wakes < 10);
  return heard;
}

Heard<ServerAction> server_hears(ByteView octets, size_t piece) {
  ComPortServer server;
  Heard<ServerAction> heard;
  cut_at(octets, piece, [&](ByteView part) { server.on_octets(part, heard); });
  return heard;
}

void check_data(ByteView octets) {
  ComPortServer server;
  Bytes line;
  server.encode(octets, [&](ByteView run) { line.insert(line.end(), run.begin(), run.end()); });
  ComPortClient client({});
  Heard<ComPortAction> heard;
  client.on_octets(line, kStart, heard);
  REDIAL_ASSERT(same(heard.data, octets));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView octets(data, size);
  const auto client = client_hears(octets, size + 1);
  const auto server = server_hears(octets, size + 1);
  REDIAL_ASSERT(client.data.size() <= size && server.data.size() <= size);
  for (const size_t piece : {1, 3}) {
    REDIAL_ASSERT(client == client_hears(octets, piece));
    REDIAL_ASSERT(server == server_hears(octets, piece));
  }
  check_data(octets);
  return 0;
}
