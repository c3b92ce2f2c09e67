// SPDX-License-Identifier: Apache-2.0
// org.freedesktop.resolve1, the D-Bus interface of systemd-resolved. Every call is bounded.
#include <fmt/format.h>
#include <net/if.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>

#include <cstring>

#include "io/resolver.h"

namespace redial::io {
namespace {

constexpr uint64_t kAnswerWithinUs = 2'000'000;
constexpr const char* kService = "org.freedesktop.resolve1";

struct Free {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Bus = std::unique_ptr<sd_bus, Free>;
using Message = std::unique_ptr<sd_bus_message, Free>;

Bus open_bus() {
  sd_bus* bus = nullptr;
  if (sd_bus_open_system(&bus) < 0) return nullptr;
  return Bus(bus);
}

Message method(sd_bus* bus, const char* name) {
  sd_bus_message* message = nullptr;
  sd_bus_message_new_method_call(bus, &message, kService, "/org/freedesktop/resolve1",
                                 "org.freedesktop.resolve1.Manager", name);
  if (message != nullptr) sd_bus_message_set_auto_start(message, 0);
  return Message(message);
}

Result<void> call(sd_bus* bus, const Message& message, const char* name) {
  sd_bus_error error{};  // SD_BUS_ERROR_NULL is C only
  const int result = sd_bus_call(bus, message.get(), kAnswerWithinUs, &error, nullptr);
  std::string why = error.message ? error.message : std::strerror(-result);
  sd_bus_error_free(&error);
  if (result >= 0) return {};
  return fail(ErrorKind::Failed,
              fmt::format("systemd-resolved: {} failed: {}; the link's name servers are not used",
                          name, why));
}

int append_servers(sd_bus_message* message, const DnsChange& change) {
  int result = sd_bus_message_open_container(message, 'a', "(iay)");
  for (const IpAddress& server : change.servers) {
    if (result < 0) break;
    const ByteView octets = server.octets();
    result = sd_bus_message_open_container(message, 'r', "iay");
    if (result >= 0) {
      result = sd_bus_message_append(message, "i", server.is_v6() ? AF_INET6 : AF_INET);
    }
    if (result >= 0) {
      result = sd_bus_message_append_array(message, 'y', octets.data(), octets.size());
    }
    if (result >= 0) result = sd_bus_message_close_container(message);
  }
  return result < 0 ? result : sd_bus_message_close_container(message);
}

tl::unexpected<Error> no_bus() {
  return fail(ErrorKind::Failed,
              "systemd-resolved: the system bus cannot be reached; the link's name servers are "
              "not used");
}

}  // namespace

bool resolved_runs() {
  const Bus bus = open_bus();
  if (!bus) return false;
  sd_bus_creds* creds = nullptr;
  const int result = sd_bus_get_name_creds(bus.get(), kService, 0, &creds);
  sd_bus_creds_unref(creds);
  return result >= 0;
}

Result<void> tell_resolved(const DnsChange& change) {
  const Bus bus = open_bus();
  const int index = static_cast<int>(::if_nametoindex(change.device.c_str()));
  if (!bus) return no_bus();
  const Message servers = method(bus.get(), "SetLinkDNS");
  if (!servers || sd_bus_message_append(servers.get(), "i", index) < 0 ||
      append_servers(servers.get(), change) < 0) {
    return no_bus();
  }
  if (auto told = call(bus.get(), servers, "SetLinkDNS"); !told) return told;
  const Message scope = method(bus.get(), "SetLinkDefaultRoute");
  if (!scope || sd_bus_message_append(scope.get(), "ib", index, int(change.for_all_names)) < 0) {
    return no_bus();
  }
  return call(bus.get(), scope, "SetLinkDefaultRoute");
}

Result<void> revert_resolved(const std::string& device) {
  const int index = static_cast<int>(::if_nametoindex(device.c_str()));
  if (index == 0) return {};  // gone, and resolved forgets with the device
  const Bus bus = open_bus();
  if (!bus) return {};  // nobody keeps anything any more
  const Message revert = method(bus.get(), "RevertLink");
  if (!revert || sd_bus_message_append(revert.get(), "i", index) < 0) return no_bus();
  return call(bus.get(), revert, "RevertLink");
}

}  // namespace redial::io
