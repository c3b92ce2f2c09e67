// SPDX-License-Identifier: Apache-2.0
#include "modem/description.h"

#include <fmt/format.h>

#include <string_view>

#include "core/text.h"
#include "modem/sim_pin.h"

namespace redial::modem {
namespace {

/// Text that the reader of MODEM.INF turns back into the same octets.
std::string written(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '\r') {
      made += "<cr>";
    } else if (c == '\n') {
      made += "<lf>";
    } else if (c == '\\') {
      made += "\\\\";
    } else if (octet < 0x20 || octet > 0x7e || c == '<' || c == '"') {
      made += fmt::format("<h{:02X}>", octet);
    } else {
      made += c;
    }
  }
  return made;
}

std::string written(const CommandPiece& piece) {
  switch (piece.kind) {
    case CommandPiece::Kind::Literal: return written(piece.text);
    case CommandPiece::Kind::Macro: return "<" + piece.text + ">";
    case CommandPiece::Kind::PhoneNumber: return "<phonenumber>";
    case CommandPiece::Kind::UserName: return "<username>";
    case CommandPiece::Kind::Password: return "<password>";
    case CommandPiece::Kind::X25Address: return "<x25address>";
    case CommandPiece::Kind::UserData: return "<userdata>";
    case CommandPiece::Kind::Facilities: return "<facilities>";
  }
  return "";
}

std::string written(const PatternPiece& piece) {
  switch (piece.kind) {
    case PatternPiece::Kind::Literal: return written(piece.text);
    case PatternPiece::Kind::AnyOctet: return "<?>";
    case PatternPiece::Kind::Ignore: return "<ignore>";
    case PatternPiece::Kind::Match: return "<match>\"" + written(piece.text) + "\"";
    case PatternPiece::Kind::CarrierBps: return "<carrierbps>";
    case PatternPiece::Kind::ConnectBps: return "<connectbps>";
    case PatternPiece::Kind::Diagnostics: return "<diagnostics>";
    case PatternPiece::Kind::Append: return "<append>";
  }
  return "";
}

}  // namespace

size_t weight(const Response& response) {
  size_t octets = sizeof(Response);
  for (const PatternPiece& piece : response.pattern) octets += sizeof(piece) + piece.text.size();
  return octets;
}

size_t weight(const ModemDescription& modem) {
  size_t octets = sizeof modem + modem.name.size() + modem.detect_string.size();
  for (const auto* list :
       {&modem.init, &modem.dial, &modem.listen, &modem.answer, &modem.hang_up}) {
    for (const Command& command : *list) {
      octets += sizeof(Command);
      for (const CommandPiece& piece : command.pieces) octets += sizeof(piece) + piece.text.size();
      for (const Response& response : command.responses) octets += weight(response);
    }
  }
  for (const Response& response : modem.responses) octets += weight(response);
  for (const auto& [name, macro] : modem.macros)
    octets += sizeof(macro) + name.size() + macro.on.size() + macro.off.size();
  return octets;
}

std::string to_text(const Command& command) {
  std::string made;
  for (const CommandPiece& piece : command.pieces) made += written(piece);
  return made;
}

std::string to_text(const Response& response) {
  std::string made;
  for (const PatternPiece& piece : response.pattern) made += written(piece);
  return made;
}

std::string readable(const Command& command) {
  std::string made;
  std::string literal;  // together: a PIN may stand in several pieces
  const auto settle = [&] {
    made += chars::readable(without_sim_pins(literal));
    literal.clear();
  };
  for (const CommandPiece& piece : command.pieces) {
    if (piece.kind == CommandPiece::Kind::Literal) {
      literal += piece.text;
    } else {
      settle();
      made += written(piece);
    }
  }
  settle();
  return made;
}

std::string readable(const Response& response) {
  std::string made;
  for (const PatternPiece& piece : response.pattern) {
    if (piece.kind == PatternPiece::Kind::Match) {
      made += "<match>\"" + chars::readable(piece.text) + "\"";
    } else {
      made +=
          piece.kind == PatternPiece::Kind::Literal ? chars::readable(piece.text) : written(piece);
    }
  }
  return made;
}

std::string_view name(ResponseCode code) {
  switch (code) {
    case ResponseCode::Ok: return "OK";
    case ResponseCode::Loop: return "LOOP";
    case ResponseCode::Connect: return "CONNECT";
    case ResponseCode::ConnectEc: return "CONNECT_EC";
    case ResponseCode::Ring: return "RING";
    case ResponseCode::Error: return "ERROR";
    case ResponseCode::ErrorBusy: return "ERROR_BUSY";
    case ResponseCode::ErrorVoice: return "ERROR_VOICE";
    case ResponseCode::ErrorNoAnswer: return "ERROR_NO_ANSWER";
    case ResponseCode::ErrorNoCarrier: return "ERROR_NO_CARRIER";
    case ResponseCode::ErrorNoDialtone: return "ERROR_NO_DIALTONE";
    case ResponseCode::ErrorDiagnostics: return "ERROR_DIAGNOSTICS";
    case ResponseCode::ErrorDelayed: return "ERROR_DELAYED";
    case ResponseCode::ErrorBlacklisted: return "ERROR_BLACKLISTED";
  }
  return "";
}

}  // namespace redial::modem
