// SPDX-License-Identifier: Apache-2.0
// MD4 and DES are what the protocol demands; OpenSSL 3 offers them without its legacy provider only
// by the low-level calls, which are also two to three times faster than EVP (performance.md).
#define OPENSSL_SUPPRESS_DEPRECATED
#include "ppp/chap_crypto.h"

#include <openssl/crypto.h>
#include <openssl/des.h>
#include <openssl/md4.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <algorithm>

namespace redial::ppp {
namespace {

using Digest16 = std::array<uint8_t, 16>;
using Digest20 = std::array<uint8_t, 20>;

// RFC 2759 §8.3: the password in UTF-16LE. Octets that are no UTF-8 are taken as Latin-1.
Bytes utf16le(std::string_view text) {
  Bytes out;
  const auto unit = [&](uint32_t value) {
    out.push_back(static_cast<uint8_t>(value));
    out.push_back(static_cast<uint8_t>(value >> 8));
  };
  for (size_t i = 0; i < text.size();) {
    const auto octet = [&](size_t at) { return static_cast<uint8_t>(text[at]); };
    const auto follows = [&](size_t n) {
      for (size_t k = 1; k <= n; ++k) {
        if (i + k >= text.size() || (octet(i + k) & 0xc0) != 0x80) return false;
      }
      return true;
    };
    const uint8_t first = octet(i);
    if ((first & 0xe0) == 0xc0 && follows(1)) {
      unit((first & 0x1fu) << 6 | (octet(i + 1) & 0x3fu));
      i += 2;
    } else if ((first & 0xf0) == 0xe0 && follows(2)) {
      unit((first & 0x0fu) << 12 | (octet(i + 1) & 0x3fu) << 6 | (octet(i + 2) & 0x3fu));
      i += 3;
    } else if ((first & 0xf8) == 0xf0 && follows(3)) {
      const uint32_t point = ((first & 0x07u) << 18 | (octet(i + 1) & 0x3fu) << 12 |
                              (octet(i + 2) & 0x3fu) << 6 | (octet(i + 3) & 0x3fu)) -
                             0x10000;
      unit(0xd800 + (point >> 10 & 0x3ff));
      unit(0xdc00 + (point & 0x3ff));
      i += 4;
    } else {
      unit(first);
      i += 1;
    }
  }
  return out;
}

Digest16 nt_password_hash(std::string_view password) {
  Bytes wide = utf16le(password);
  Digest16 hash;
  MD4(wide.data(), wide.size(), hash.data());
  OPENSSL_cleanse(wide.data(), wide.size());
  return hash;
}

// RFC 2759 §8.2.
Challenge8 challenge_hash(const Challenge16& peer, const Challenge16& authenticator,
                          std::string_view user) {
  SHA_CTX sha;
  SHA1_Init(&sha);
  SHA1_Update(&sha, peer.data(), peer.size());
  SHA1_Update(&sha, authenticator.data(), authenticator.size());
  SHA1_Update(&sha, user.data(), user.size());
  Digest20 digest;
  SHA1_Final(digest.data(), &sha);
  Challenge8 hash;
  std::copy_n(digest.begin(), 8, hash.begin());
  return hash;
}

// RFC 2759 §8.6: seven octets become a DES key of eight, each with room for a parity bit.
void des_encrypt(const uint8_t* clear, const uint8_t* key7, uint8_t* cypher) {
  DES_cblock key;
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned high = i > 0 ? key7[i - 1] << (8 - i) : 0u;
    const unsigned low = i < 7 ? key7[i] >> i : 0u;
    key[i] = static_cast<uint8_t>((high | low) & 0xfe);
  }
  DES_key_schedule schedule;
  DES_set_odd_parity(&key);
  DES_set_key_unchecked(&key, &schedule);
  DES_cblock in, out;
  std::copy_n(clear, 8, in);
  DES_ecb_encrypt(&in, &out, &schedule, DES_ENCRYPT);
  std::copy_n(out, 8, cypher);
  OPENSSL_cleanse(&schedule, sizeof schedule);
  OPENSSL_cleanse(&key, sizeof key);
}

}  // namespace

Md5Digest chap_md5(uint8_t id, std::string_view secret, ByteView challenge) {
  MD5_CTX md5;
  MD5_Init(&md5);
  MD5_Update(&md5, &id, 1);
  MD5_Update(&md5, secret.data(), secret.size());
  MD5_Update(&md5, challenge.data(), challenge.size());
  Md5Digest digest;
  MD5_Final(digest.data(), &md5);
  return digest;
}

NtResponse challenge_response(const Challenge8& challenge, std::string_view password) {
  std::array<uint8_t, 21> padded{};  // §8.5: the hash, padded with zeros to 21 octets
  Digest16 hash = nt_password_hash(password);
  std::ranges::copy(hash, padded.begin());
  NtResponse response;
  for (unsigned i = 0; i < 3; ++i) {
    des_encrypt(challenge.data(), padded.data() + i * 7, response.data() + i * 8);
  }
  OPENSSL_cleanse(hash.data(), hash.size());
  OPENSSL_cleanse(padded.data(), padded.size());
  return response;
}

NtResponse nt_response(const Challenge16& authenticator, const Challenge16& peer,
                       std::string_view user, std::string_view password) {
  return challenge_response(challenge_hash(peer, authenticator, user), password);
}

std::string authenticator_response(std::string_view password, const NtResponse& response,
                                   const Challenge16& peer, const Challenge16& authenticator,
                                   std::string_view user) {
  // §8.7: the two constants of the RFC.
  constexpr std::string_view kMagic1 = "Magic server to client signing constant";
  constexpr std::string_view kMagic2 = "Pad to make it do more than one iteration";
  Digest16 hash = nt_password_hash(password), hash_hash;
  MD4(hash.data(), hash.size(), hash_hash.data());
  SHA_CTX sha;
  Digest20 digest;
  SHA1_Init(&sha);
  SHA1_Update(&sha, hash_hash.data(), hash_hash.size());
  SHA1_Update(&sha, response.data(), response.size());
  SHA1_Update(&sha, kMagic1.data(), kMagic1.size());
  SHA1_Final(digest.data(), &sha);
  const auto challenge = challenge_hash(peer, authenticator, user);
  SHA1_Init(&sha);
  SHA1_Update(&sha, digest.data(), digest.size());
  SHA1_Update(&sha, challenge.data(), challenge.size());
  SHA1_Update(&sha, kMagic2.data(), kMagic2.size());
  SHA1_Final(digest.data(), &sha);
  OPENSSL_cleanse(hash.data(), hash.size());
  OPENSSL_cleanse(hash_hash.data(), hash_hash.size());

  std::string text = "S=";
  for (const uint8_t octet : digest) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

std::string_view without_domain(std::string_view user) {
  const size_t slash = user.rfind('\\');
  return slash == std::string_view::npos ? user : user.substr(slash + 1);
}

bool same_secret(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace redial::ppp
