// SPDX-License-Identifier: Apache-2.0
// Reader of registry exports (`.reg`: REGEDIT4, and Windows Registry Editor Version 5.00), in
// whatever encoding. What the file does to a registry is kept as it stands there, removals
// included. Source: KB Q310516 (the .reg syntax).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "modem/inf.h"
#include "modem/inf_lexer.h"

namespace redial::modem {

/// The types of the registry that have a meaning here; a file may have any number.
enum class RegType : uint32_t {
  None = 0,
  String = 1,
  ExpandString = 2,
  Binary = 3,
  Dword = 4,
  DwordBigEndian = 5,
  Link = 6,
  Strings = 7,
  Qword = 11,
};

struct RegValue {
  std::string name;  // UTF-8; empty: the key's default value (@)
  RegType type = RegType::String;
  bool removed = false;  // "name"=-
  std::string text;      // of the string types, UTF-8; several of them are parted by NUL
  Bytes data;            // of all others, as the registry keeps it
  inf::Place at, data_at;
};

struct RegKey {
  std::string path;      // "HKEY_LOCAL_MACHINE\\SYSTEM\\...", without the '-' of a removal
  bool removed = false;  // [-path], and not made again later in the file
  inf::Place at;
  std::vector<RegValue> values;  // the last of a name, in order of first appearance
};

/// A value that is written in the file and does nothing: a later one takes its place, its key is
/// removed or is none, or it cannot be read.
struct RegPassed {
  std::string path, name;
  inf::Place at;
};

struct RegFile {
  int generation = 0;        // 4, 5; 0: no .reg file, and that has been said
  std::vector<RegKey> keys;  // in order of first appearance, each path once
  std::vector<RegPassed> passed;
  std::vector<Diagnostic> diagnostics;
};

constexpr size_t kRegOctetsMax = 32 << 20;
constexpr size_t kRegKeysMax = 100'000;
constexpr size_t kRegValuesMax = 500'000;
constexpr size_t kRegDataMax = 1 << 20;  // octets of one value

/// Whether the first line says so; for any octets.
bool is_reg_file(std::string_view octets);

/// Never fails as a whole: what can be read is read, the rest is diagnosed.
RegFile read_reg_file(std::string_view octets, std::string_view file_name);

/// These keys with their values as a file of version 5.00 in UTF-8, which reads as the same.
std::string write_reg_file(std::span<const RegKey* const> keys);

/// Paths and names without regard to case; removed keys and values are not found.
const RegKey* find_key(const RegFile& file, std::string_view path);
const RegValue* find_value(const RegKey& key, std::string_view name);
/// Keys whose path has `parent` and exactly one component more, in order.
std::vector<const RegKey*> children_of(const RegFile& file, std::string_view parent);
/// What follows the last backslash.
std::string_view last_component(std::string_view path);

/// REG_SZ and REG_EXPAND_SZ; the first of REG_MULTI_SZ.
std::optional<std::string> text_of(const RegValue& value);
/// REG_MULTI_SZ, or a single string.
std::optional<std::vector<std::string>> texts_of(const RegValue& value);
/// REG_DWORD of both orders, or one to four octets of REG_BINARY, least first.
std::optional<uint32_t> number_of(const RegValue& value);

}  // namespace redial::modem
