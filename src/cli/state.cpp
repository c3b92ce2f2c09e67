// SPDX-License-Identifier: Apache-2.0
#include "cli/state.h"

#include <cstdlib>
#include <filesystem>

#include "io/files.h"

namespace redial::cli {

namespace {

std::string state_file(const std::string& file) {
  const auto environment = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  std::string folder = environment("XDG_STATE_HOME");
  if (folder.empty() && !environment("HOME").empty()) {
    folder = environment("HOME") + "/.local/state";
  }
  return folder.empty() ? folder : folder + "/redial/" + file;
}

}  // namespace

std::string learned_file() { return state_file("learned"); }
std::string memory_file() { return state_file("memory"); }

phonebook::Learned load_learned(const std::string& file) {
  if (file.empty()) return {};
  const auto octets = io::read_file(file, phonebook::kLearnedOctetsMax);
  return octets ? phonebook::read_learned(*octets) : phonebook::Learned();
}

Result<void> keep_learned(const std::string& file, const std::string& entry,
                          const std::string& number) {
  if (file.empty()) {
    return fail(ErrorKind::Failed,
                "neither XDG_STATE_HOME nor HOME is set; which number connected is forgotten at "
                "the end");
  }
  phonebook::Learned learned = load_learned(file);
  phonebook::learn(learned, entry, number);
  std::error_code ignored;  // writing says what is wrong
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), ignored);
  return io::write_file(file, phonebook::write_learned(learned), 0600);
}

}  // namespace redial::cli
