// SPDX-License-Identifier: Apache-2.0
#include "core/text.h"

#include <doctest/doctest.h>

using namespace redial::chars;
using namespace std::string_literals;

TEST_CASE("a byte order mark says how a text is written, and is no part of it") {
  CHECK(decode("\xff\xfe\x41\0\xe9\0"s).text == "A\xc3\xa9");
  CHECK(decode("\xfe\xff\0\x41\0\xe9"s).text == "A\xc3\xa9");
  CHECK(decode("\xfe\xff\0\x41"s).encoding == Encoding::Utf16Be);
  CHECK(decode("\xef\xbb\xbf\x41\xc3\xa9").text == "A\xc3\xa9");
  CHECK(decode("").text.empty());
}

TEST_CASE(
    "without a mark UTF-16 is known by its zeros, UTF-8 by its form; the rest is Windows-1252") {
  CHECK(decode("[\0a\0]\0"s).text == "[a]");
  CHECK(decode("\0[\0a\0]"s).encoding == Encoding::Utf16Be);
  CHECK(decode("caf\xc3\xa9").encoding == Encoding::Utf8);
  CHECK(decode("caf\xe9").text == "caf\xc3\xa9");
  CHECK(decode("caf\xe9").encoding == Encoding::Windows1252);
  CHECK(decode("a\0"s).encoding == Encoding::Utf16Le);
  CHECK(decode("\0\0"s).encoding == Encoding::Utf8);
}

TEST_CASE("what no character can be becomes U+FFFD: half a surrogate pair, half a word") {
  CHECK(from_utf16("\x3d\xd8\x00\xde"s, false) == "\xf0\x9f\x98\x80");
  CHECK(from_utf16("\x3d\xd8\x41\0"s, false) == "\xef\xbf\xbd\x41");
  CHECK(from_utf16("\x00\xde\x41\0"s, false) == "\xef\xbf\xbd\x41");
  CHECK(from_utf16("\x41\0\x42"s, false) == "A\xef\xbf\xbd");
  CHECK(decode("\xef\xbb\xbf\xff").text == "\xef\xbf\xbd");
}

TEST_CASE("text is readable: letters of any script stay, what cannot be seen is named") {
  CHECK(readable("Modém ★ 56k") == "Modém ★ 56k");
  CHECK(readable("AT\\N3\"H3\r\n") == "AT\\N3\"H3<cr><lf>");
  CHECK(readable("\x1b[2J\xc2\x9b\xe5x") == "<h1b>[2J<hc2><h9b><he5>x");
  CHECK(readable("ääää", 3) == "ää...");
}

TEST_CASE("a name of an 8-bit file is UTF-8 or Windows-1252") {
  CHECK(name_text("\xc4rger") == "Ärger");
  CHECK(name_text("Ärger") == "Ärger");
}
