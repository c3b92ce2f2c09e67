// SPDX-License-Identifier: Apache-2.0
#include "phonebook/lines.h"

#include <array>

namespace redial::phonebook {
namespace {

// Those of Unimodem's Settings that an entry cannot say.
constexpr std::array<std::string_view, 3> kErrorControl = {"forced", "cellular", "cellular-forced"};
constexpr std::array<std::string_view, 2> kCompression = {"on", "off"};
constexpr std::array<std::string_view, 2> kModulation = {"ccitt", "bell"};
constexpr std::array<std::string_view, 2> kSpeaker = {"on", "setup"};
constexpr std::array<std::string_view, 3> kVolume = {"low", "medium", "high"};

constexpr std::array<LineChoice, 5> kChoices = {{{"error_control", kErrorControl},
                                                 {"compression", kCompression},
                                                 {"modulation", kModulation},
                                                 {"speaker", kSpeaker},
                                                 {"speaker_volume", kVolume}}};

}  // namespace

std::span<const LineChoice> line_choices() { return kChoices; }

}  // namespace redial::phonebook
