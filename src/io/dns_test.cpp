// SPDX-License-Identifier: Apache-2.0
#include "io/dns.h"

#include <doctest/doctest.h>

#include "core/rng.h"
#include "io/socks.h"

using namespace redial;
using namespace redial::io;

namespace {

Bytes answer_to(ByteView query, unsigned code, std::initializer_list<Bytes> records) {
  Bytes message(query.begin(), query.end());
  message[2] = 0x81;
  message[3] = static_cast<uint8_t>(0x80 | code);
  message[7] = static_cast<uint8_t>(records.size());
  for (const Bytes& record : records) {
    message.insert(message.end(), record.begin(), record.end());
  }
  return message;
}
const Bytes kCname = {0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 3, 1, 'x', 0};
const Bytes kAddress = {1, 'x', 0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 5};

}  // namespace

TEST_CASE("a query is RFC 1035's: header, one question, type A, class IN") {
  const Bytes query = dns_query(0x1234, "www.example.org.");
  CHECK(to_hex(query) ==
        "12 34 01 00 00 01 00 00 00 00 00 00 03 77 77 77 07 65 78 61 6d 70 6c 65 "
        "03 6f 72 67 00 00 01 00 01");
  CHECK(dns_query(1, "").empty());
  CHECK(dns_query(1, "a..b").empty());
  CHECK(dns_query(1, std::string(64, 'a')).empty());
  CHECK(dns_query(1, std::string(63, 'a')).size() == 12 + 65 + 4);
}

TEST_CASE("the first address of an answer counts, past the names that lead to it") {
  const Bytes query = dns_query(7, "a.b");
  const DnsAnswer answer = read_dns_answer(answer_to(query, 0, {kCname, kAddress}), query);
  CHECK(answer.verdict == DnsVerdict::Address);
  CHECK(answer.address == 0x0a000005);
  CHECK(read_dns_answer(answer_to(query, 3, {}), query).verdict == DnsVerdict::NoAddress);
  CHECK(read_dns_answer(answer_to(query, 0, {kCname}), query).verdict == DnsVerdict::NoAddress);
}

TEST_CASE("an answer to another question, a question, and a server's failure are not ours") {
  const Bytes query = dns_query(7, "a.b");
  const Bytes other_id = dns_query(8, "a.b"), other_name = dns_query(7, "a.c");
  CHECK(read_dns_answer(answer_to(other_id, 0, {kAddress}), query).verdict == DnsVerdict::NotOurs);
  CHECK(read_dns_answer(answer_to(other_name, 0, {kAddress}), query).verdict ==
        DnsVerdict::NotOurs);
  CHECK(read_dns_answer(query, query).verdict == DnsVerdict::NotOurs);
  CHECK(read_dns_answer(answer_to(query, 2, {}), query).verdict == DnsVerdict::NotOurs);
}

TEST_CASE("no octets of an answer, cut or changed, are read past their end") {
  const Bytes query = dns_query(7, "a.b");
  const Bytes whole = answer_to(query, 0, {kCname, kAddress});
  for (size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    CHECK(read_dns_answer(cut, query).verdict != DnsVerdict::Address);
  }
  Rng rng(1);
  for (int round = 0; round < 20'000; ++round) {
    Bytes changed = whole;
    changed[rng.below(changed.size())] = static_cast<uint8_t>(rng.next());
    changed[rng.below(changed.size())] = static_cast<uint8_t>(rng.next());
    static_cast<void>(read_dns_answer(changed, query));
  }
}

TEST_CASE("an address is four decimal numbers and nothing else") {
  CHECK(ipv4_of("10.0.0.5") == 0x0a000005u);
  CHECK(ipv4_of("255.255.255.255") == 0xffffffffu);
  for (const char* wrong : {"", "10", "10.0.0", "10.0.0.256", "10.0.0.5.", "10.0.0.5x", " 1.2.3.4",
                            "1..2.3", "-1.2.3.4", "example.org"}) {
    CHECK_FALSE(ipv4_of(wrong));
  }
}

TEST_CASE("SOCKS5 messages may come in any pieces: less than whole asks for more") {
  const std::string greeting("\x05\x02\x02\x00", 4);
  const std::string request("\x05\x01\x00\x03\x03nas\x00\x50", 10);
  for (size_t size = 0; size < greeting.size(); ++size) {
    const auto part = read_socks_greeting(as_bytes(greeting).first(size));
    CHECK((part.octets == 0 && !part.broken));
  }
  CHECK(read_socks_greeting(as_bytes(greeting)).without_authentication);
  for (size_t size = 0; size < request.size(); ++size) {
    const auto part = read_socks_request(as_bytes(request).first(size));
    CHECK((part.octets == 0 && !part.broken));
  }
  const auto whole = read_socks_request(as_bytes(request + "more"));
  CHECK(whole.octets == request.size());
  CHECK(whole.host == "nas");
  CHECK(whole.port == 80);
  CHECK_FALSE(whole.refused);
}
