// SPDX-License-Identifier: Apache-2.0
// From the exchanges of a chat script to what Redial runs: commands of a modem, steps of a script.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "modem/chat.h"
#include "modem/chat_words.h"

namespace redial::modem::chat {

/// What is awaited and then sent, and what the keywords before it said.
struct Exchange {
  std::vector<Word> expect;  // the first, and by turns what is sent without it and awaited then
  std::optional<Word> send{};
  bool hidden = false;  // what is sent came from a file of its own
  Duration within = 45s;
  bool within_told = false;
  std::vector<std::string> abort{}, abort_no_more{}, report{};
  std::string say{};
};

/// The dial command of a script: what stands before the number, the number, what stands after it.
struct DialCommand {
  std::string prefix, number, suffix;
};
std::optional<DialCommand> dial_command(const Sending& sending);

class Compiler {
 public:
  Compiler(const ChatOptions& options, Phones phones, Complaints& complaints)
      : options_(options), phones_(std::move(phones)), complaints_(complaints) {}
  void compile(std::span<const Exchange> exchanges, ChatScript& into);

 private:
  std::optional<size_t> dials_at(std::span<const Exchange> exchanges) const;
  ModemDescription modem(std::span<const Exchange> exchanges, ChatScript& into);
  void add_command(const Exchange& exchange, const Exchange* next, ModemDescription& modem);
  void add_login(std::vector<Exchange> exchanges, ChatScript& into);
  void add_steps(const Exchange& exchange, Script& script);
  void take_credentials(Script& script, ChatScript& into);

  const ChatOptions& options_;
  Phones phones_;
  Complaints& complaints_;
};

}  // namespace redial::modem::chat
