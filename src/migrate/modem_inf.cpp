// SPDX-License-Identifier: Apache-2.0
// Descriptions as MODEM.INF: the one form in which a description stands in a file of our own.
#include <fmt/format.h>

#include "migrate/native.h"

namespace redial::migrate {
namespace {

using modem::Command;
using modem::ModemDescription;
using modem::Response;
using modem::ResponseCode;

/// The keywords there are; the texts of the other kinds are known by themselves.
std::string_view keyword(ResponseCode code) {
  switch (code) {
    case ResponseCode::Ring: return "LOOP";
    case ResponseCode::ErrorDelayed:
    case ResponseCode::ErrorBlacklisted: return "ERROR";
    case ResponseCode::Ok:
    case ResponseCode::Loop:
    case ResponseCode::Connect:
    case ResponseCode::ConnectEc:
    case ResponseCode::Error:
    case ResponseCode::ErrorBusy:
    case ResponseCode::ErrorVoice:
    case ResponseCode::ErrorNoAnswer:
    case ResponseCode::ErrorNoCarrier:
    case ResponseCode::ErrorNoDialtone:
    case ResponseCode::ErrorDiagnostics: break;
  }
  return modem::name(code);
}

void add_responses(const std::vector<Response>& responses, std::string& out) {
  for (const Response& response : responses) {
    out += fmt::format("{}={}\n", keyword(response.code), to_text(response));
  }
}

void add_commands(std::string_view key, const std::vector<Command>& commands, std::string& out) {
  for (const Command& command : commands) {
    out += fmt::format("{}={}\n", key, to_text(command));
    if (command.no_response) out += "NoResponse\n";
    add_responses(command.responses, out);
    // An ERROR to what not every modem knows goes on to the next command.
    if (command.optional) out += "OK=<cr><lf>ERROR<cr><lf>\n";
  }
}

}  // namespace

std::string write_modem_inf(const std::vector<ModemDescription>& modems) {
  std::string out = "[Responses]\n";
  add_responses(modem::hayes().responses, out);
  for (const ModemDescription& modem : modems) {
    out += fmt::format("\n[{}]\nDEVICETYPE=modem\n", modem.name);
    for (const auto& [name, macro] : modem.macros) {
      out += fmt::format("<{}_on>={}\n<{}_off>={}\n", name, macro.on, name, macro.off);
    }
    add_commands("COMMAND_INIT", modem.init, out);
    add_commands("COMMAND_DIAL", modem.dial, out);
    add_responses(modem.responses, out);  // they are below the command that dials
    out += "COMMAND_LISTEN=ATS0=0<cr>\n";
  }
  return out;
}

}  // namespace redial::migrate
