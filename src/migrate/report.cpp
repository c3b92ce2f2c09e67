// SPDX-License-Identifier: Apache-2.0
#include "migrate/report.h"

#include <utility>

#include "core/check.h"

namespace redial::migrate {

std::string_view name(Column column) {
  switch (column) {
    case Column::Kept: return "kept";
    case Column::Translated: return "translated";
    case Column::MadeSafer: return "made_safer";
    case Column::NotNeeded: return "not_needed";
    case Column::Dropped: return "dropped";
  }
  return "";
}

std::string_view title(Column column) {
  switch (column) {
    case Column::Kept: return "kept";
    case Column::Translated: return "translated";
    case Column::MadeSafer: return "made safer";
    case Column::NotNeeded: return "not needed";
    case Column::Dropped: return "dropped";
  }
  return "";
}

SettingId Report::add(Setting setting) {
  REDIAL_ASSERT(!setting.ended);
  if (settings_.size() == kSettingsMax) {
    full_ = true;  // the last one stands for all that follow; nothing is imported
    settings_.pop_back();
  }
  settings_.push_back(std::move(setting));
  return SettingId(static_cast<uint32_t>(settings_.size() - 1));
}

void Report::end(SettingId id, Column column, std::string how) {
  REDIAL_ASSERT(static_cast<size_t>(id) < settings_.size());
  Setting& setting = settings_[static_cast<size_t>(id)];
  REDIAL_ASSERT(!setting.ended || full_);
  setting.ended = column;
  setting.how = std::move(how);
}

void Report::amend(SettingId id, Column column, std::string how) {
  REDIAL_ASSERT(static_cast<size_t>(id) < settings_.size());
  Setting& setting = settings_[static_cast<size_t>(id)];
  setting.ended = column;
  setting.how = std::move(how);
}

void Report::end_if_open(SettingId id, Column column, std::string how) {
  if (open(id)) end(id, column, std::move(how));
}

void Report::seal() const {
  for (const Setting& setting : settings_) REDIAL_ASSERT(setting.ended.has_value() || full_);
}

std::array<size_t, kColumns> Report::counts() const {
  std::array<size_t, kColumns> counts{};
  for (const Setting& setting : settings_) {
    if (setting.ended) ++counts[static_cast<size_t>(*setting.ended)];
  }
  return counts;
}

}  // namespace redial::migrate
