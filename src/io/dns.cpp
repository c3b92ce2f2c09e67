// SPDX-License-Identifier: Apache-2.0
#include "io/dns.h"

#include <charconv>

#include "io/asio_loop.h"
#include "io/files.h"

namespace redial::io {
namespace {

constexpr uint16_t kPort = 53;
constexpr int kAttempts = 4;
constexpr auto kAskEvery = std::chrono::seconds(2);
constexpr unsigned kTypeA = 1, kClassIn = 1;
constexpr size_t kHeaderOctets = 12;

void put16(Bytes& out, unsigned value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

/// False when the message ends inside the name. A compressed tail is two octets and ends it.
bool skip_name(ByteReader& reader) {
  while (const auto length = reader.u8()) {
    if (*length == 0) return true;
    if (*length >= 0xc0) return reader.u8().has_value();
    if (!reader.take(*length)) return false;
  }
  return false;
}

struct Record {
  unsigned type = 0, record_class = 0;
  ByteView data;
};

std::optional<Record> read_record(ByteReader& reader) {
  if (!skip_name(reader)) return std::nullopt;
  const auto type = reader.u16(), record_class = reader.u16();
  const auto seconds = reader.u32();
  const auto length = reader.u16();
  if (!seconds || !length) return std::nullopt;
  const auto data = reader.take(*length);
  if (!data) return std::nullopt;
  return Record{*type, *record_class, *data};
}

uint8_t lower(uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<uint8_t>(octet + ('a' - 'A')) : octet;
}

}  // namespace

std::optional<uint32_t> ipv4_of(const std::string& text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at == end || *at++ != '.')) return std::nullopt;
    uint8_t number = 0;
    const auto [after, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return std::nullopt;
    at = after;
    address = address << 8 | number;
  }
  return at == end ? std::optional(address) : std::nullopt;
}

Bytes dns_query(uint16_t id, const std::string& name) {
  std::string_view rest = name;
  if (rest.ends_with('.')) rest.remove_suffix(1);
  if (rest.empty() || rest.size() > 253) return {};
  Bytes query;
  put16(query, id);
  put16(query, 0x0100);  // a standard query; recursion desired
  put16(query, 1);       // one question
  for (int section = 0; section < 3; ++section) put16(query, 0);
  while (true) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.size() > 63) return {};
    query.push_back(static_cast<uint8_t>(label.size()));
    query.insert(query.end(), label.begin(), label.end());
    if (label.size() == rest.size()) break;
    rest.remove_prefix(label.size() + 1);
  }
  query.push_back(0);
  put16(query, kTypeA);
  put16(query, kClassIn);
  return query;
}

DnsAnswer read_dns_answer(ByteView message, ByteView query) {
  ByteReader reader(message);
  const auto id = reader.u16(), flags = reader.u16(), questions = reader.u16(),
             answers = reader.u16();
  if (!reader.take(4) || query.size() < kHeaderOctets) return {};
  const bool response = (*flags & 0x8000) != 0;
  if (!response || *questions != 1 || *id != query[0] * 256 + query[1]) return {};
  const ByteView asked = query.subspan(kHeaderOctets);
  const auto echoed = reader.take(asked.size());
  const auto same_letter = [](uint8_t a, uint8_t b) { return lower(a) == lower(b); };
  if (!echoed || !std::ranges::equal(*echoed, asked, same_letter)) return {};

  const unsigned code = *flags & 15;
  constexpr unsigned kServerFailed = 2, kRefused = 5;  // another server may know
  if (code == kServerFailed || code == kRefused) return {};
  for (unsigned i = 0; i < *answers; ++i) {
    const auto record = read_record(reader);
    if (!record) break;
    if (record->type != kTypeA || record->record_class != kClassIn) continue;  // e.g. a CNAME
    if (record->data.size() != 4) break;
    return {DnsVerdict::Address, *ByteReader(record->data).u32()};
  }
  return {DnsVerdict::NoAddress, 0};
}

namespace {

class DnsLookup final : public Lookup, public std::enable_shared_from_this<DnsLookup> {
 public:
  DnsLookup(Loop& loop, std::shared_ptr<StackLink> link, const std::string& name,
            std::function<void(std::optional<uint32_t>)> found)
      : link_(std::move(link)), found_(std::move(found)), timer_(loop.impl().context) {
    // A forged answer must guess the number and the port.
    query_ = dns_query(static_cast<uint16_t>(entropy_.u32()), name);
  }

  void ask() {
    const LinkAddresses& at = link_->addresses();
    const uint32_t first = at.dns != 0 ? at.dns : at.dns2;
    const uint32_t second = at.dns2 != 0 ? at.dns2 : first;
    if (query_.empty() || first == 0 || !link_->is_up() || attempt_ == kAttempts) {
      return tell(std::nullopt);
    }
    const uint32_t server = attempt_++ % 2 == 0 ? first : second;
    // A new port for each; the old socket hears no late answer any more.
    const auto port = static_cast<uint16_t>(0x8000 | (entropy_.u32() & 0x7fff));
    socket_ = link_->open_udp(server, kPort, port, [this, self = weak_from_this()](Bytes message) {
      if (const auto alive = self.lock()) on_answer(message);
    });
    if (socket_) socket_->send(query_);
    timer_.expires_after(kAskEvery);
    timer_.async_wait([this, self = weak_from_this()](ErrorCode error) {
      const auto alive = self.lock();
      if (alive && !error && found_) ask();
    });
  }
  void fall_silent() {
    found_ = nullptr;
    socket_.reset();
    timer_.cancel();
  }

 private:
  void on_answer(ByteView message) {
    const DnsAnswer answer = read_dns_answer(message, query_);
    switch (answer.verdict) {
      case DnsVerdict::NotOurs: return;
      case DnsVerdict::NoAddress: return tell(std::nullopt);
      case DnsVerdict::Address: return tell(answer.address);
    }
  }
  void tell(std::optional<uint32_t> address) {
    const auto found = std::exchange(found_, nullptr);
    timer_.cancel();
    if (found) found(address);
  }

  std::shared_ptr<StackLink> link_;
  std::function<void(std::optional<uint32_t>)> found_;  // empty once it has been told
  asio::steady_timer timer_;
  KernelEntropy entropy_;
  Bytes query_;
  std::unique_ptr<StackUdp> socket_;
  int attempt_ = 0;
};

class LookupHandle final : public Lookup {
 public:
  explicit LookupHandle(std::shared_ptr<DnsLookup> lookup) : lookup_(std::move(lookup)) {}
  ~LookupHandle() override { lookup_->fall_silent(); }
  LookupHandle(const LookupHandle&) = delete;
  LookupHandle& operator=(const LookupHandle&) = delete;

 private:
  std::shared_ptr<DnsLookup> lookup_;
};

}  // namespace

std::unique_ptr<Lookup> look_up(Loop& loop, std::shared_ptr<StackLink> link,
                                const std::string& name,
                                std::function<void(std::optional<uint32_t>)> found) {
  auto lookup = std::make_shared<DnsLookup>(loop, std::move(link), name, std::move(found));
  loop.post([self = std::weak_ptr(lookup)] {
    if (const auto alive = self.lock()) alive->ask();
  });
  return std::make_unique<LookupHandle>(lookup);
}

}  // namespace redial::io
