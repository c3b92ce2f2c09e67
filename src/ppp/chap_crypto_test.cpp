// SPDX-License-Identifier: Apache-2.0
#include "ppp/chap_crypto.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::ppp;

namespace {
template <size_t N>
std::array<uint8_t, N> hex(std::string_view digits) {
  std::array<uint8_t, N> out{};
  for (size_t i = 0; i < N; ++i) {
    out[i] = static_cast<uint8_t>(std::stoi(std::string(digits.substr(2 * i, 2)), nullptr, 16));
  }
  return out;
}
}  // namespace

TEST_CASE("MS-CHAPv2 gives the responses of RFC 2759 section 9.2") {
  const auto authenticator = hex<16>("5B5D7C7D7B3F2F3E3C2C602132262628");
  const auto peer = hex<16>("21402324255E262A28295F2B3A337C7E");
  const NtResponse response = nt_response(authenticator, peer, "User", "clientPass");
  CHECK(response == hex<24>("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF"));
  CHECK(authenticator_response("clientPass", response, peer, authenticator, "User") ==
        "S=407A5589115FD0D6209F510FE9C04566932CDA56");
}

TEST_CASE("MS-CHAPv1's proof is the challenge in DES under the MD4 of the password (RFC 2433 A)") {
  // From the openssl program: md4, then des-ecb three times.
  CHECK(challenge_response(hex<8>("0123456789ABCDEF"), "SecREt01") ==
        hex<24>("25A98C1C31E81847466B29B2DF4680F39958FB8C213A9CC6"));
}

TEST_CASE("CHAP-MD5 is the digest of identifier, secret and challenge (RFC 1994 section 4.1)") {
  // md5("\x01" "secret" "challenge"), from the md5sum program.
  CHECK(chap_md5(1, "secret", as_bytes("challenge")) ==
        hex<16>("46e47770030e2b4e26a0db72a7efec00"));
}

TEST_CASE("the domain does not go into the MS-CHAPv2 hash") {
  CHECK(without_domain("PLANT\\branch7") == "branch7");
  CHECK(without_domain("branch7") == "branch7");
}

TEST_CASE("secrets are compared as a whole") {
  CHECK(same_secret(as_bytes("abc"), as_bytes("abc")));
  CHECK_FALSE(same_secret(as_bytes("abc"), as_bytes("abd")));
  CHECK_FALSE(same_secret(as_bytes("abc"), as_bytes("ab")));
}
