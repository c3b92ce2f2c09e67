// SPDX-License-Identifier: Apache-2.0
#include "modem/reg_file.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace redial;
using namespace redial::modem;
using namespace std::string_literals;

namespace {

constexpr const char* kKey = "HKEY_LOCAL_MACHINE\\Software\\Wren";

RegFile read(const std::string& text, const char* header = "REGEDIT4") {
  return read_reg_file(header + "\r\n\r\n"s + text, "wren.reg");
}

RegFile under_key(const std::string& values, const char* header = "REGEDIT4") {
  return read("["s + kKey + "]\r\n" + values, header);
}

const RegValue& value(const RegFile& file, std::string_view name) {
  const RegKey* key = find_key(file, kKey);
  REQUIRE(key != nullptr);
  const RegValue* found = find_value(*key, name);
  REQUIRE(found != nullptr);
  return *found;
}

std::string wide(std::string_view text) {
  std::string made = "\xff\xfe";
  for (const char c : text) made += {c, '\0'};
  return made;
}

constexpr const char* kVersion5 = "Windows Registry Editor Version 5.00";

}  // namespace

TEST_CASE("a registry export is keys and values, found without regard to case") {
  const RegFile file = under_key(
      "@=\"default\"\r\n\"EnableUnimodem\"=dword:00000001\r\n\"Port\"=\"COM1\"\r\n"
      "\"Properties\"=hex:80,01,00,00\r\n; a comment\r\n");
  CHECK(file.diagnostics.empty());
  CHECK(file.generation == 4);
  CHECK(text_of(value(file, "")) == "default");
  CHECK(text_of(value(file, "PORT")) == "COM1");
  CHECK(number_of(value(file, "enableunimodem")) == 1);
  CHECK(number_of(value(file, "Properties")) == 0x180);
  CHECK(find_key(file, "hkey_local_machine\\software\\WREN") != nullptr);
  CHECK(find_key(file, "HKEY_LOCAL_MACHINE\\Software") == nullptr);
  CHECK(value(file, "Port").at.line == 6);
  CHECK(value(file, "Port").data_at.column == 8);
}

TEST_CASE("version 5 is UTF-16, and so are its texts in hex; those of REGEDIT4 are ANSI") {
  const std::string text = fmt::format(
      "{}\r\n[{}]\r\n\"Dir\"=hex(2):25,00,61,00,25,00,00,00\r\n"
      "\"Ports\"=hex(7):43,00,31,00,00,00,43,00,32,00,00,00,00,00\r\n",
      kVersion5, kKey);
  const RegFile file = read_reg_file(wide(text), "wren.reg");
  CHECK(file.diagnostics.empty());
  CHECK(file.generation == 5);
  CHECK(value(file, "Dir").type == RegType::ExpandString);
  CHECK(text_of(value(file, "Dir")) == "%a%");
  CHECK(texts_of(value(file, "Ports")) == std::vector<std::string>{"C1", "C2"});
  const RegFile old = under_key("\"Ports\"=hex(7):43,31,00,43,e9,00,00\r\n");
  CHECK(texts_of(value(old, "Ports")) == std::vector<std::string>{"C1", "C\xc3\xa9"});
  CHECK(text_of(value(old, "Ports")) == "C1");
}

TEST_CASE("octets go on after a backslash at the line's end; a text may hold the end of a line") {
  const RegFile file = under_key(
      "\"DCB\"=hex:1c,00,\\\r\n  00,00,\\\r\n  c2\r\n\"Text\"=\"one\r\ntwo\"\r\n\"After\"=\"x\"\r\n"
      "\"Quote\"=\"a \\\"b\\\" c:\\\\d \\N3\"\r\n");
  CHECK(file.diagnostics.empty());
  CHECK(value(file, "DCB").data == Bytes{0x1c, 0, 0, 0, 0xc2});
  CHECK(text_of(value(file, "Text")) == "one\r\ntwo");
  CHECK(text_of(value(file, "After")) == "x");
  CHECK(text_of(value(file, "Quote")) == "a \"b\" c:\\d \\N3");
}

TEST_CASE("removals are kept as such and nothing removed is found") {
  const RegFile file = read(
      "[HKEY_CURRENT_USER\\A]\r\n\"x\"=\"1\"\r\n[HKEY_CURRENT_USER\\A\\B]\r\n\"y\"=\"2\"\r\n"
      "[-HKEY_CURRENT_USER\\a]\r\n[HKEY_CURRENT_USER\\C]\r\n\"z\"=-\r\n");
  CHECK(file.diagnostics.empty());
  CHECK(find_key(file, "HKEY_CURRENT_USER\\A") == nullptr);
  CHECK(find_key(file, "HKEY_CURRENT_USER\\A\\B") == nullptr);
  const RegKey* kept = find_key(file, "HKEY_CURRENT_USER\\C");
  REQUIRE(kept != nullptr);
  CHECK(kept->values.size() == 1);
  CHECK(kept->values[0].removed);
  CHECK(find_value(*kept, "z") == nullptr);
}

TEST_CASE("a key that is removed and made again begins empty; one that comes twice is one") {
  const RegFile again = read(
      "[HKEY_CURRENT_USER\\A]\r\n\"x\"=\"1\"\r\n[-HKEY_CURRENT_USER\\A]\r\n"
      "[HKEY_CURRENT_USER\\A]\r\n\"y\"=\"2\"\r\n");
  const RegKey* key = find_key(again, "HKEY_CURRENT_USER\\A");
  REQUIRE(key != nullptr);
  CHECK(find_value(*key, "x") == nullptr);
  CHECK(find_value(*key, "y") != nullptr);
  const RegFile twice = read(
      "[HKEY_CURRENT_USER\\A]\r\n\"x\"=\"1\"\r\n\"y\"=\"1\"\r\n[HKEY_CURRENT_USER\\B]\r\n"
      "[HKEY_CURRENT_USER\\a]\r\n\"X\"=\"2\"\r\n");
  CHECK(twice.keys.size() == 2);
  CHECK(twice.keys[0].values.size() == 2);
  CHECK(text_of(*find_value(twice.keys[0], "x")) == "2");
}

TEST_CASE("the children of a key are those one component below it") {
  const RegFile file = read(
      "[HKEY_CURRENT_USER\\A]\r\n[HKEY_CURRENT_USER\\A\\Init]\r\n[HKEY_CURRENT_USER\\A\\Init\\x]"
      "\r\n"
      "[HKEY_CURRENT_USER\\AB]\r\n[HKEY_CURRENT_USER\\a\\Answer]\r\n");
  const auto children = children_of(file, "HKEY_CURRENT_USER\\A");
  REQUIRE(children.size() == 2);
  CHECK(last_component(children[0]->path) == "Init");
  CHECK(last_component(children[1]->path) == "Answer");
}

TEST_CASE("what cannot be read is left out with its place, and the rest is read") {
  struct Case {
    const char* text;
    uint32_t line, column;
    const char* said;
  };
  for (const Case& c : {
           Case{"\"Bad\"=hex:0a,\\\r\n", 5, 1, "nothing follows"},
           Case{"\"Bad\"=hex:0a,\r\n", 4, 14, "ends with a comma"},
           Case{"\"Bad\"=hex:0a,xy,00,\\\r\n  00,00\r\n", 4, 14, "not one or two hex digits"},
           Case{"\"Bad\"=hex:0a 0b\r\n", 4, 14, "no ',' between octets"},
           Case{"\"Bad\"=hex(z):00\r\n", 4, 7, "no type"},
           Case{"\"Bad\"=dword:123456789\r\n", 4, 7, "eight hex digits"},
           Case{"\"Bad\"=word\r\n", 4, 7, "neither a \"text\""},
           Case{"\"Bad\"=\"no end\r\n", 4, 7, "the text has no end"},
           Case{"\"Bad\r\n", 4, 1, "name has no end"},
           Case{"\"Bad\" 1\r\n", 4, 7, "no '='"},
       }) {
    CAPTURE(c.text);
    const RegFile file = under_key(c.text + "\"Good\"=\"yes\"\r\n"s);
    REQUIRE(file.diagnostics.size() == 1);
    CHECK(file.diagnostics[0].severity == Diagnostic::Severity::Error);
    CHECK(file.diagnostics[0].file == "wren.reg");
    CHECK(file.diagnostics[0].line == c.line);
    CHECK(file.diagnostics[0].column == c.column);
    CHECK(file.diagnostics[0].text.find(c.said) != std::string::npos);
    CHECK(text_of(value(file, "Good")) == "yes");
  }
}

TEST_CASE("a key that is none takes its values with it") {
  const RegFile file =
      read("[nonsense]\r\n\"a\"=\"1\"\r\n\"b\"=\"2\"\r\n[HKEY_USERS\r\n\"c\"=\"3\"\r\n");
  CHECK(file.keys.empty());
  REQUIRE(file.diagnostics.size() == 3);
  CHECK(file.diagnostics[0].text.find("no key of a registry") != std::string::npos);
  CHECK(file.diagnostics[1].severity == Diagnostic::Severity::Warning);
  CHECK(file.diagnostics[2].text.find("no ']'") != std::string::npos);
}

TEST_CASE("a file of another kind gets one complaint") {
  for (const std::string& octets :
       {"[Version]\r\nSignature=\"$CHICAGO$\"\r\n"s, ""s, "REGEDIT\r\n"s, "REGEDIT4\0\0"s,
        std::string(kRegOctetsMax + 1, 'x')}) {
    CAPTURE(octets.substr(0, 20));
    const RegFile file = read_reg_file(octets, "other");
    CHECK(file.keys.empty());
    REQUIRE(file.diagnostics.size() == 1);
    CHECK(file.diagnostics[0].severity == Diagnostic::Severity::Error);
  }
  CHECK(is_reg_file("\r\nREGEDIT4\r\n"));
  CHECK(is_reg_file(wide(std::string(kVersion5) + "\r\n")));
  CHECK_FALSE(is_reg_file("REGEDIT"));
  CHECK_FALSE(is_reg_file(""));
}

TEST_CASE("more keys than a registry export may have end the reading, with one complaint") {
  std::string text;
  for (size_t i = 0; i <= kRegKeysMax; ++i) text += fmt::format("[HKEY_USERS\\{}]\n", i);
  const RegFile file = read(text);
  CHECK(file.keys.size() == kRegKeysMax);
  REQUIRE(file.diagnostics.size() == 1);
  CHECK(file.diagnostics[0].line == kRegKeysMax + 3);
}

TEST_CASE("keys that are written read as the same, removals and every type included") {
  const RegFile file = under_key(
      "@=\"a \\\"quoted\\\" one\"\n\"D\"=dword:0000003c\n\"B\"=hex:01,02\n\"gone\"=-\n"
      "\"E\"=hex(2):25,00,e9,00,00,00\n\"M\"=hex(7):41,00,00,00,42,00,00,00,00,00\n"
      "\"C:\\\\x\"=\"1\"\n[-HKEY_CURRENT_USER\\Old]\n",
      kVersion5);
  std::vector<const RegKey*> keys;
  for (const RegKey& key : file.keys) keys.push_back(&key);
  const RegFile again = read_reg_file(write_reg_file(keys), "again.reg");
  CHECK(again.diagnostics.empty());
  REQUIRE(again.keys.size() == 2);
  CHECK(again.keys[1].removed);
  REQUIRE(again.keys[0].values.size() == file.keys[0].values.size());
  for (size_t i = 0; i < file.keys[0].values.size(); ++i) {
    const RegValue &one = file.keys[0].values[i], &other = again.keys[0].values[i];
    CAPTURE(one.name);
    CHECK(one.name == other.name);
    CHECK(one.type == other.type);
    CHECK(one.removed == other.removed);
    CHECK(one.text == other.text);
    CHECK(one.data == other.data);
  }
}

TEST_CASE("what is written and has no effect is told as well: for who counts every line") {
  const RegFile file = under_key(
      "\"x\"=\"1\"\n\"x\"=\"2\"\n\"bad\"=what\n[HKEY_CURRENT_USER\\Old]\n\"y\"=\"1\"\n"
      "[-HKEY_CURRENT_USER\\Old]\n\"z\"=\"1\"\n");
  REQUIRE(file.passed.size() == 4);
  CHECK(file.passed[0].name == "x");
  CHECK(file.passed[0].at.line == 4);
  CHECK(file.passed[1].name == "\"bad\"");
  CHECK(file.passed[2].name == "y");
  CHECK(file.passed[3].path.empty());
}
