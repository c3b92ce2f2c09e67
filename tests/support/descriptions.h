// SPDX-License-Identifier: Apache-2.0
// Every modem there is a description of: the built-in one, our own sample file, and the published
// sections where they are at hand.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "modem/chat.h"
#include "modem/script_language.h"
#include "modem/unimodem.h"
#include "test_paths.h"

namespace redial::test {

inline std::string source_file(const std::string& path) {
  std::ifstream file(REDIAL_SOURCE_DIR + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// One section of our own sample file.
inline std::optional<modem::ModemDescription> modem_named(const std::string& name) {
  const char* path = "/examples/MODEM.INF";
  for (auto& modem : modem::read_modem_inf(source_file(path), path).modems) {
    if (modem.name == name) return std::move(modem);
  }
  return std::nullopt;
}

/// Descriptions of your own, tried like all others: REDIAL_DESCRIPTIONS=FILE:FILE... of any
/// language, chat scripts too.
inline void add_others(std::vector<modem::ModemDescription>& all) {
  const char* files = std::getenv("REDIAL_DESCRIPTIONS");
  std::istringstream names(files == nullptr ? "" : files);
  for (std::string name; std::getline(names, name, ':');) {
    std::ifstream file(name, std::ios::binary);
    REQUIRE_MESSAGE(file.is_open(), name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    modem::InfFile read;
    if (modem::script_language(name, text) == modem::ScriptLanguage::Chat) {
      auto chat = modem::read_chat(text, {.name = name, .phone = ""});
      if (chat.modem) read.modems.push_back(*std::move(chat.modem));
    } else {
      read = modem::read_descriptions(text, name);
    }
    for (auto& modem : read.modems) {
      if (modem.hang_up.empty() || !modem.alias_of.empty()) continue;
      modem.name = name + ": " + modem.name;
      all.push_back(std::move(modem));
    }
  }
}

/// Sections that are cables, with nobody at the line who could take a command, are left out.
inline std::vector<modem::ModemDescription> every_modem() {
  std::vector<modem::ModemDescription> all{modem::hayes()};
  add_others(all);
  for (const char* path : {"/examples/MODEM.INF", "/examples/mdmwren.inf", "/examples/wren.reg",
                           "/../shared/data/modeminf/modem.inf", "/../shared/data/mdm/smpdata.inf",
                           "/../shared/data/mdm/qcwdfmdm.inf"}) {
    const std::string text = source_file(path);
    if (text.empty()) {
      MESSAGE("skipped, not at hand: ", path);
      continue;
    }
    for (auto& modem : modem::read_descriptions(text, path).modems) {
      if (!modem.hang_up.empty()) all.push_back(std::move(modem));
    }
  }
  return all;
}

}  // namespace redial::test
