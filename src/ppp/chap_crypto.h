// SPDX-License-Identifier: Apache-2.0
// The digests and ciphers of CHAP-MD5 (RFC 1994 §4.1), MS-CHAPv1 (RFC 2433 §A) and MS-CHAPv2 (RFC
// 2759 §8). The one file of ppp/ that uses libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace redial::ppp {

using Md5Digest = std::array<uint8_t, 16>;
using Challenge16 = std::array<uint8_t, 16>;
using Challenge8 = std::array<uint8_t, 8>;
using NtResponse = std::array<uint8_t, 24>;

/// RFC 1994 §4.1: MD5 over identifier, secret and challenge.
Md5Digest chap_md5(uint8_t id, std::string_view secret, ByteView challenge);

/// RFC 2433 §A.3, RFC 2759 §8.5: the challenge enciphered with the password's hash; all of
/// MS-CHAPv1's proof, and the last step of MS-CHAPv2's.
NtResponse challenge_response(const Challenge8& challenge, std::string_view password);

/// RFC 2759 §8.1. `user` without a domain; the password in UTF-8, at most 256 characters.
NtResponse nt_response(const Challenge16& authenticator, const Challenge16& peer,
                       std::string_view user, std::string_view password);

/// RFC 2759 §8.7: "S=" and forty hexadecimal digits, by which the server proves itself.
std::string authenticator_response(std::string_view password, const NtResponse& response,
                                   const Challenge16& peer, const Challenge16& authenticator,
                                   std::string_view user);

/// RFC 2759 §4: what follows the last backslash.
std::string_view without_domain(std::string_view user);

/// In time that does not depend on where they differ.
bool same_secret(ByteView a, ByteView b);

}  // namespace redial::ppp
