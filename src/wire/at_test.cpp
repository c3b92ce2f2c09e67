// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/at.h"

using namespace redial;
using namespace redial::wire;

namespace {

/// The lines of a stream; what is over only because of silence is not among them.
std::vector<std::string> lines_of(AtReader& reader, std::string_view octets) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < octets.size();) {
    const AtReader::Took took = reader.take(static_cast<uint8_t>(octets[at]));
    if (took != AtReader::Took::Nothing) ++at;
    if (took == AtReader::Took::Octet) continue;
    lines.emplace_back(reader.text());
    reader.next_line();
  }
  return lines;
}

}  // namespace

TEST_CASE("lines of words and of digits, with and without echo, cut at every octet") {
  struct Row {
    std::string_view octets;
    std::vector<std::string> lines;
  };
  const Row rows[] = {
      {"\r\nOK\r\n", {"OK"}},
      {"ATZ\r\r\nOK\r\n", {"ATZ", "OK"}},
      {"ATZ\r0\r", {"ATZ"}},  // "0" is over when something follows, or after silence
      {"0\r1\r~", {"0", "1"}},
      {"\r\nRING\r\n\r\nNO CARRIER\r\n\r\n+CREG: 1\r\n", {"RING", "NO CARRIER", "+CREG: 1"}},
      {"\r\nCONNECT 28800/ARQ\r\n~\xff\x03", {"CONNECT 28800/ARQ"}},
      {"OK\nOK\n", {"OK", "OK"}},
      {std::string_view("\0\x11\x13\r\n\nOK\r\n", 10), {"OK"}},
  };
  for (const Row& row : rows) {
    for (size_t cut = 0; cut <= row.octets.size(); ++cut) {
      CAPTURE(row.octets);
      CAPTURE(cut);
      AtReader reader;
      std::vector<std::string> lines = lines_of(reader, row.octets.substr(0, cut));
      for (std::string& line : lines_of(reader, row.octets.substr(cut)))
        lines.push_back(std::move(line));
      CHECK(lines == row.lines);
    }
  }
}

TEST_CASE("a carriage return alone leaves the line open for a line feed") {
  AtReader reader;
  CHECK(lines_of(reader, "0\r").empty());
  CHECK(reader.at_bare_cr());
  CHECK(reader.text() == "0");
  CHECK(lines_of(reader, "\n") == std::vector<std::string>{"0"});
  CHECK_FALSE(reader.at_bare_cr());
}

TEST_CASE("a line longer than the buffer is cut, says so, and the next one is whole again") {
  AtReader reader;
  for (int i = 0; i < 10000; ++i) CHECK(reader.take('x') == AtReader::Took::Octet);
  CHECK(reader.truncated());
  CHECK(reader.text() == std::string(AtReader::kLineMax, 'x'));
  CHECK(reader.take('\r') == AtReader::Took::Octet);
  CHECK(reader.take('\n') == AtReader::Took::LineEnd);
  reader.next_line();
  CHECK(lines_of(reader, "\r\nOK\r\n") == std::vector<std::string>{"OK"});
  CHECK_FALSE(reader.truncated());
}

TEST_CASE("kept lines stand before the next one, and give way when there is no room") {
  AtReader reader;
  for (const char c : std::string_view("CARRIER 9600\r\n"))
    (void)reader.take(static_cast<uint8_t>(c));
  CHECK(reader.keep_line());
  for (const char c : std::string_view("\r\nCONNECT")) (void)reader.take(static_cast<uint8_t>(c));
  CHECK(reader.raw() == "CARRIER 9600\r\n\r\nCONNECT");
  CHECK(reader.text() == "CONNECT");
  reader.forget_kept();
  CHECK(reader.raw() == "CONNECT");
  reader.skip(3);
  CHECK(reader.text() == "NECT");
  reader.next_line();
  for (int kept = 0; kept < 100; ++kept) {
    for (const char c : std::string(200, 'x') + "\r\n") (void)reader.take(static_cast<uint8_t>(c));
    CHECK(reader.text().size() == 200);
    (void)reader.keep_line();
  }
}

TEST_CASE("result codes of V.250, in words and digits, and what modems have added") {
  struct Row {
    std::string_view line;
    ResultCode code;
    uint32_t rate_bps;
    bool error_control;
  };
  const Row rows[] = {
      {"OK", ResultCode::Ok, 0, false},
      {"ok ", ResultCode::Ok, 0, false},
      {"0", ResultCode::Ok, 0, false},
      {"CONNECT", ResultCode::Connect, 0, false},
      {"1", ResultCode::Connect, 0, false},
      {"10", ResultCode::Connect, 2400, false},
      {"CONNECT 1200TX/75RX", ResultCode::Connect, 1200, false},
      {"CONNECT 28800/ARQ/V34/LAPM", ResultCode::Connect, 28800, true},
      {"CONNECT 14400 REL", ResultCode::Connect, 14400, true},
      {"CONNECT 99999999999999", ResultCode::Connect, 0, false},
      {"CONNECT/NONE", ResultCode::Connect, 0, false},
      {"RING", ResultCode::Ring, 0, false},
      {"RING 1", ResultCode::Ring, 0, false},
      {"+CRING: REL ASYNC", ResultCode::Ring, 0, false},
      {"RINGING", ResultCode::Ringing, 0, false},
      {"NO CARRIER", ResultCode::NoCarrier, 0, false},
      {"3", ResultCode::NoCarrier, 0, false},
      {"ERROR", ResultCode::Error, 0, false},
      {"+CME ERROR: 100", ResultCode::Error, 0, false},
      {"NO DIALTONE", ResultCode::NoDialtone, 0, false},
      {"NO DIAL TONE", ResultCode::NoDialtone, 0, false},
      {"BUSY", ResultCode::Busy, 0, false},
      {"NO ANSWER", ResultCode::NoAnswer, 0, false},
      {"DELAYED", ResultCode::Delayed, 0, false},
      {"DELAYED 00:02:00", ResultCode::Delayed, 0, false},
      {"BLACKLISTED", ResultCode::Blacklisted, 0, false},
      {"VOICE", ResultCode::Voice, 0, false},
      {"FAX", ResultCode::Fax, 0, false},
      {"DATA", ResultCode::Data, 0, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const std::optional<Result> result = classify(row.line);
    REQUIRE(result);
    CHECK(result->code == row.code);
    CHECK(result->rate_bps.value_or(0) == row.rate_bps);
    CHECK(result->error_control == row.error_control);
    for (size_t begun = 0; begun <= row.line.size(); ++begun)
      CHECK(may_become_result(row.line.substr(0, begun)));
  }
  for (const std::string_view line : {"", "OKAY", "CONNECTED", "RINGER", "NO CARRIERS", "ATZ", "15",
                                      "00", "+CREG: 1", "DATED", "CLIENT", "Hayes 288"}) {
    CAPTURE(line);
    CHECK_FALSE(classify(line));
  }
  CHECK_FALSE(may_become_result("CLI"));
  CHECK_FALSE(may_become_result("OKA"));
  CHECK(may_become_result("NO DIAL"));
}
