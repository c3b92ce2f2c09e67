// SPDX-License-Identifier: Apache-2.0
#include "modem/script_language.h"

#include <doctest/doctest.h>

using namespace redial::modem;

namespace {
ScriptLanguage of(std::string_view text) { return script_language("isp", text); }
}  // namespace

TEST_CASE("a chat script is known by its words, whatever its name") {
  CHECK(of("ABORT BUSY\n'' ATZ\nOK ATDT1\nCONNECT ''\n") == ScriptLanguage::Chat);
  CHECK(of("# made by hand\n\n'' '\\d\\rat&f'\nOK atd1\n") == ScriptLanguage::Chat);
  CHECK(of("TIMEOUT 5 ogin: ann word: x") == ScriptLanguage::Chat);
  CHECK(of("ABORT 'BUSY\n'' ATZ\n") == ScriptLanguage::Chat);  // a wrong one is one too
  // A program that may call chat, pppd's options, a text, and nothing at all.
  CHECK(of("#!/bin/sh\nexec chat ABORT BUSY '' ATZ\n") == ScriptLanguage::None);
  CHECK(of("/dev/ttyS0 115200\nconnect 'chat ABORT BUSY'\n") == ScriptLanguage::None);
  CHECK(of("nothing in particular\n") == ScriptLanguage::None);
  CHECK(of("") == ScriptLanguage::None);
}

TEST_CASE("a Windows script is known by its proc, a description by its sections") {
  CHECK(of("; for our provider\r\n\r\n\tPROC MAIN\r\nendproc\r\n") == ScriptLanguage::Scp);
  CHECK(of("procedure\n") == ScriptLanguage::None);
  CHECK(of("; comment\n[Responses]\nOK=<cr><lf>OK<cr><lf>\n") == ScriptLanguage::None);
  CHECK(of("[Version]\nSignature=\"$CHICAGO$\"\n") == ScriptLanguage::None);
}

TEST_CASE("an ending that names the language decides, in any case") {
  CHECK(script_language("LOGIN.SCP", "") == ScriptLanguage::Scp);
  CHECK(script_language("x.Chat", "proc main") == ScriptLanguage::Chat);
  CHECK(script_language(".chat", "") == ScriptLanguage::None);
}
