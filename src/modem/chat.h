// SPDX-License-Identifier: Apache-2.0
// Reader of the scripts of chat, pppd's dialling program, by its public manual page: words that are
// awaited and sent in turn. What speaks to a modem becomes a ModemDescription and a number, the
// rest a dial script. Pure and bounded.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "modem/inf.h"
#include "modem/script.h"

namespace redial::modem {

struct ChatOptions {
  std::string name;             // of the script, for people
  std::string phone, phone2{};  // what \T and \U stand for (-T, -U); empty: not told
  /// The octets of a file that the script names (-f FILE, @FILE); null: such a script is refused.
  std::function<Result<std::string>(const std::string& path)> read{};
  /// A variable of the environment (-E); null: such a script is refused.
  std::function<std::optional<std::string>(const std::string& name)> environment{};
  /// Name and password that stand in the script are handed out and no longer stand in it.
  bool take_credentials = false;
};

struct ChatScript {
  /// What it says to a modem up to CONNECT; none: it dials nothing, and all of it is `login`.
  std::optional<ModemDescription> modem{};
  std::string number{};               // that it dials; empty: \T, or none
  Duration dial_within = 45s;         // to CONNECT
  std::vector<std::string> aborts{};  // every text that it gives up at
  std::optional<Script> login{};      // after CONNECT; none: nothing is awaited or sent then
  std::string user{};                 // with take_credentials
  Secret password{};
  std::vector<Diagnostic> diagnostics{};  // after an error neither `modem` nor `login` is there
};

constexpr size_t kChatOctetsMax = 256 << 10;
constexpr size_t kChatWordsMax = 4000;

/// A chat script's file.
ChatScript read_chat(std::string_view octets, const ChatOptions& options);

/// A command line as pppd's `connect` has it: "/usr/sbin/chat -v -t 60 -T 5550100 -f isp.chat",
/// or with the words themselves. Quoted as for a shell; no shell is asked.
ChatScript read_chat_command(std::string_view command, const ChatOptions& options);

/// Whether a command line runs chat, whatever else it does.
bool is_chat_command(std::string_view command);

}  // namespace redial::modem
