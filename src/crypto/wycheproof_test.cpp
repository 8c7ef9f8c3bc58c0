// Known answers of C2SP Wycheproof, run through our own wrappers: a wrapper that drops the tag check, accepts cut tags
// or mixes up its arguments is what they find.

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "crypto/vectors_for_test.h"

namespace tollgate::crypto {
namespace {

TEST(Wycheproof, SealsAndOpensAsXChaCha20Poly1305) {
  TG_VECTORS_OR_SKIP(vectors, "xchacha20_poly1305_test.json");
  int accepted = 0, refused = 0, other_sizes = 0;
  for (const Vector& v : vectors) {
    auto key = Key::from_bytes(v.bytes("key"));
    std::string iv = v.bytes("iv"), text = v.bytes("msg"), associated = v.bytes("aad"),
                expected = v.bytes("ct") + v.bytes("tag");
    if (!key || iv.size() != nonce_size) {  // our types cannot even say these
      EXPECT_FALSE(v.valid()) << v.id();
      ++other_sizes;
      continue;
    }
    auto opened = open(*key, iv + expected, associated);
    ASSERT_EQ(opened.has_value(), v.valid()) << v.id();
    Nonce nonce;
    std::copy(iv.begin(), iv.end(), nonce.begin());
    bool same = seal_with_nonce(*key, nonce, text, associated) == iv + expected;
    EXPECT_EQ(same, v.valid()) << v.id();
    if (v.valid()) {
      EXPECT_EQ(opened->reveal(), text) << v.id();
    }
    ++(v.valid() ? accepted : refused);
  }
  EXPECT_GT(accepted, 50);
  EXPECT_GE(refused, 30);
}

TEST(Wycheproof, AuthenticatesAsHmacSha256AndRefusesCutTags) {
  TG_VECTORS_OR_SKIP(vectors, "hmac_sha256_test.json");
  int accepted = 0, refused = 0, cut = 0;
  for (const Vector& v : vectors) {
    HmacKey key(v.bytes("key"));
    std::string tag = v.bytes("tag");
    bool whole = tag.size() == sizeof(Digest);
    ASSERT_EQ(key.verify(v.bytes("msg"), tag), v.valid() && whole) << v.id();
    if (v.valid()) {
      EXPECT_TRUE(bytes_of(key.mac(v.bytes("msg"))).starts_with(tag)) << v.id();
    }
    ++(!whole ? cut : v.valid() ? accepted : refused);
  }
  EXPECT_GT(accepted, 10);
  EXPECT_GT(refused, 10);
  EXPECT_GT(cut, 10);
}

TEST(Wycheproof, VerifiesAsEd25519) {
  TG_VECTORS_OR_SKIP(vectors, "ed25519_test.json");
  int accepted = 0, refused = 0;
  for (const Vector& v : vectors) {
    std::string bytes = v.bytes("pk");
    PublicKey key;
    ASSERT_EQ(bytes.size(), key.size()) << v.id();
    std::copy(bytes.begin(), bytes.end(), key.begin());
    ASSERT_EQ(verify(key, v.bytes("msg"), v.bytes("sig")), v.valid()) << v.id();
    ++(v.valid() ? accepted : refused);
  }
  EXPECT_GT(accepted, 50);
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace tollgate::crypto
