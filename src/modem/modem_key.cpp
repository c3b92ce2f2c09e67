// SPDX-License-Identifier: Apache-2.0
#include "modem/modem_key.h"

#include <algorithm>

#include "core/text.h"

namespace redial::modem {

uint32_t Findings::file(std::string_view name) {
  const auto found = std::ranges::find(names_, name);
  if (found != names_.end()) return static_cast<uint32_t>(found - names_.begin());
  names_.emplace_back(name);
  said_.emplace_back();
  return static_cast<uint32_t>(names_.size() - 1);
}

void Findings::warning(At at, std::string text) {
  add(Diagnostic::Severity::Warning, at, std::move(text));
}

void Findings::error(At at, std::string text) {
  ++errors_;
  add(Diagnostic::Severity::Error, at, std::move(text));
}

void Findings::add(Diagnostic::Severity severity, At at, std::string text) {
  if (once_.size() < inf::kDiagnosticsMax &&
      !once_.emplace(at.file, at.place.line, at.place.column, text).second)
    return;
  inf::Complaints& said = said_[at.file];
  if (severity == Diagnostic::Severity::Error) {
    said.error(at.place, 0, std::move(text));
  } else {
    said.warning(at.place, 0, std::move(text));
  }
}

std::vector<Diagnostic> Findings::take() {
  std::vector<Diagnostic> all;
  for (size_t i = 0; i < said_.size(); ++i) {
    for (Diagnostic& diagnostic : said_[i].take()) {
      diagnostic.file = names_[i];
      all.push_back(std::move(diagnostic));
    }
  }
  return all;
}

std::string ModemKey::index_of(std::string_view subkey, std::string_view name) {
  std::string index = chars::lower(subkey);
  index += '\0';
  index += chars::lower(name);
  return index;
}

void ModemKey::set(const KeyValue& value) {
  const auto [found, added] =
      index_.try_emplace(index_of(value.subkey, value.name), values_.size());
  if (added) {
    values_.push_back(value);
  } else {
    values_[found->second] = value;
  }
}

void ModemKey::remove(std::string_view subkey, std::string_view name) {
  const auto found = index_.find(index_of(subkey, name));
  if (found == index_.end()) return;
  values_[found->second] = {};  // nothing has an empty subkey and an empty name
  index_.erase(found);
}

const KeyValue* ModemKey::find(std::string_view subkey, std::string_view name) const {
  const auto found = index_.find(index_of(subkey, name));
  return found == index_.end() ? nullptr : &values_[found->second];
}

std::vector<const KeyValue*> ModemKey::all(std::string_view subkey) const {
  std::vector<const KeyValue*> found;
  for (const KeyValue& value : values_)
    if (!value.name.empty() && chars::same_word(value.subkey, subkey)) found.push_back(&value);
  return found;
}

}  // namespace redial::modem
