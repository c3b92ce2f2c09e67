// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <map>

#include "core/text.h"
#include "modem/modem_key.h"
#include "modem/unimodem.h"

namespace redial::modem {
namespace {

/// Every modem has one of them; other devices have none.
constexpr std::array<std::string_view, 4> kSubkeys = {"init", "monitor", "responses", "settings"};

/// A modem's key, and those below it.
struct Found {
  const RegKey* root = nullptr;
  std::vector<const RegKey*> below;
  bool is_modem = false;
};

std::vector<Found> find_modems(const RegFile& file) {
  std::vector<Found> found;
  std::map<std::string, size_t> at;  // path in lower case
  const auto slot = [&](std::string_view path) -> Found& {
    const auto [place, added] = at.try_emplace(chars::lower(path), found.size());
    if (added) found.emplace_back();
    return found[place->second];
  };
  for (const RegKey& key : file.keys) {
    if (key.removed) continue;
    slot(key.path).root = &key;
    const std::string_view name = last_component(key.path);
    if (name.size() == key.path.size()) continue;
    Found& above = slot(std::string_view(key.path).substr(0, key.path.size() - name.size() - 1));
    above.below.push_back(&key);
    for (const std::string_view subkey : kSubkeys)
      above.is_modem = above.is_modem || chars::same_word(name, subkey);
  }
  std::erase_if(found, [](const Found& one) { return !one.is_modem; });
  return found;
}

void add(const RegKey& from, std::string_view subkey, uint32_t file, ModemKey& into) {
  for (const RegValue& value : from.values) {
    if (value.removed) continue;
    KeyValue made{.subkey = std::string(subkey), .name = value.name};
    if (auto text = text_of(value)) {
      made.text = *std::move(text);
    } else {
      made.binary = true;
      made.data = value.data;
    }
    made.at = {file, value.at};
    made.data_at = {file, value.data_at};
    into.set(made);
  }
}

std::string name_of(const ModemKey& key, const Found& found) {
  for (const std::string_view name : {"FriendlyName", "Model", "DriverDesc"}) {
    const KeyValue* value = key.find("", name);
    if (value != nullptr && !value->text.empty()) return value->text;
  }
  const RegKey& any = found.root != nullptr ? *found.root : *found.below.front();
  const std::string_view path = any.path;
  const std::string_view own =
      found.root != nullptr ? path : path.substr(0, path.size() - last_component(path).size() - 1);
  return std::string(last_component(own));
}

}  // namespace

InfFile read_unimodem_registry(const RegFile& file, std::string_view file_name) {
  InfFile made;
  Findings findings;
  const uint32_t number = findings.file(file_name);
  for (const Found& found : find_modems(file)) {
    ModemKey key;
    if (found.root != nullptr) add(*found.root, "", number, key);
    for (const RegKey* below : found.below) add(*below, last_component(below->path), number, key);
    const inf::Place at = (found.root != nullptr ? found.root : found.below.front())->at;
    if (made.modems.size() >= kUnimodemModelsMax) {
      findings.error({number, at}, fmt::format("more than {} modems; the rest is not read; export "
                                               "those that are needed",
                                               kUnimodemModelsMax));
      break;
    }
    auto modem = describe(key, name_of(key, found), fmt::format("{} line {}", file_name, at.line),
                          {number, at}, findings);
    if (modem) made.modems.push_back(*std::move(modem));
  }
  made.diagnostics = file.diagnostics;
  for (Diagnostic& said : findings.take()) made.diagnostics.push_back(std::move(said));
  if (made.modems.empty() && made.diagnostics.empty())
    made.diagnostics.push_back({.severity = Diagnostic::Severity::Error,
                                .line = 1,
                                .column = 1,
                                .text = "no key of a modem is in the file (one with the subkeys "
                                        "Init, Settings, Responses); nothing is described; export "
                                        "the modem's key with all below it",
                                .file = std::string(file_name)});
  return made;
}

}  // namespace redial::modem
