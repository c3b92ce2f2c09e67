// SPDX-License-Identifier: Apache-2.0
// What may be kept of a call: nothing that is a password, proves one, or is what users sent. All
// of it gets placeholders of the same length, and the rest is still good: a record of the call is
// as if the password had been its placeholder.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "core/secret.h"

namespace redial::engine {

/// Words that are kept as their placeholders, wherever they come up.
class Secrets {
 public:
  static constexpr size_t kOctetsMin = 4;

  /// Stars in its place. Refused: so short that it comes up by chance everywhere.
  Result<void> add(const Secret& word);
  /// What is dialled at once, with a card's number or PIN in it: each digit becomes a 0. Its longer
  /// runs of digits are covered by themselves as well.
  Result<void> add_number(const Secret& digits);

  void mask(std::span<uint8_t> octets) const;
  std::string masked(std::string text) const;
  /// What stands for it: as it is, when it is none of them.
  std::string placeholder_of(std::string_view word) const;

  enum class Match : uint8_t { None, Part, Whole };
  /// Whether the octets are one of them, or could become one; `length`: of the whole one.
  Match at_begin(ByteView octets, size_t& length) const;

 private:
  struct Word {
    Secret value;
    std::string placeholder;
  };
  std::vector<Word> words_;
};

/// An information field of a frame, in place: proofs and what users sent are gone, challenges,
/// verdicts and headers are left. Doing it twice changes nothing more.
void cover(uint16_t protocol, std::span<uint8_t> information, const Secrets& secrets);
/// An IP packet: its headers are left.
void cover_packet(std::span<uint8_t> packet);
/// Whether cover() may change frames of this protocol and code.
bool coverable(uint16_t protocol, ByteView information);

/// Who we say we are on a link.
struct Proof {
  std::string user;
  Secret password;
};

/// What comes from one line. Octets are held while they may be part of a secret, or of a frame that
/// has one; each goes back to the place that it came from.
class LineCover {
 public:
  using Put = std::function<void(uint64_t place, ByteView octets)>;

  explicit LineCover(const Secrets& secrets) : secrets_(&secrets) {}

  void on_octets(ByteView octets, uint64_t place, const Put& put);
  /// A CHAP Response of ours: the server's own proof is judged by it, and made anew.
  void on_response(ByteView information, const Proof& proof);
  bool holds() const { return !pending_.empty(); }
  /// Nothing more need come: the end of a line of text, or half of a word. Not half of a frame.
  bool may_settle() const;
  /// What is held goes, covered where it looks like a secret's frame; text follows.
  void settle(const Put& put);

 private:
  static constexpr size_t kFrameMax = 8192;  // a longer one is none

  void hold(uint8_t octet, uint64_t place);
  void in_text(const Put& put);
  void release(size_t count, ByteView with, const Put& put);
  Bytes covered(ByteView raw);
  void cover_frame(uint16_t protocol, std::span<uint8_t> information);
  void prove(std::span<uint8_t> success);

  struct Piece {
    uint64_t place;
    size_t count;
  };
  struct Response {
    Bytes challenge, value;  // MS-CHAPv2: 16 and 49 octets
    Proof proof;
  };
  const Secrets* secrets_;
  Bytes pending_;
  std::vector<Piece> pieces_;  // of pending_
  bool framed_ = false;        // after a flag
  Bytes challenge_;            // the latest
  std::optional<Response> response_;
};

}  // namespace redial::engine
