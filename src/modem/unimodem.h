// SPDX-License-Identifier: Apache-2.0
// Readers of Unimodem descriptions (Windows 95 to 11): setup files (mdm*.inf) and exported registry
// keys of installed modems. Both end in a ModemKey, and that in a description; grammar and values
// in docs/formats.md.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "modem/inf.h"
#include "modem/reg_file.h"

namespace redial::modem {

/// The octets of another setup file, which one names by Include; the caller knows the folder.
using LoadInf = std::function<Result<std::string>(const std::string& name)>;

/// Those beside the file `path`, whose folder `read` understands: by name as it is written, in
/// lower and in upper case.
LoadInf load_beside(const std::string& path, LoadInf read);

constexpr size_t kIncludedMax = 32;           // files
constexpr size_t kNeedsDepthMax = 16;         // sections that need sections
constexpr size_t kUnimodemModelsMax = 5'000;  // of a file
constexpr size_t kSetupWorkMax = 1'000'000;   // AddReg lines carried out, over all models

/// Every model of every manufacturer once, under its description. Of the decorated sections of a
/// model the first of .NTx86, .NTamd64, ..., .NT and the undecorated one counts.
InfFile read_unimodem_inf(std::string_view octets, std::string_view file_name,
                          const LoadInf& load = {});

/// Every key that has subkeys of a modem: named by FriendlyName, Model or DriverDesc.
InfFile read_unimodem_registry(const RegFile& file, std::string_view file_name);

enum class DescriptionLanguage : uint8_t { ModemInf, Unimodem, Registry };
/// By what a file says, not by its name.
DescriptionLanguage language_of(std::string_view octets);

/// A file of any of these languages.
InfFile read_descriptions(std::string_view octets, std::string_view file_name,
                          const LoadInf& load = {});

/// The model of this name: exactly, else without regard to case; null when there is none.
const ModemDescription* find_modem(const InfFile& file, std::string_view name);

}  // namespace redial::modem
