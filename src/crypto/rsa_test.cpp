#include "crypto/rsa.h"

#include <gtest/gtest.h>

#include "crypto/rsa_for_test.h"

namespace tollgate::crypto {
namespace {

TEST(Rsa, SignsWhatItsPublicKeyAgreesTo) {
  std::string pem = new_rsa_pem();
  auto signature = sign_rs256(pem, "header.claims");
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->size(), 256U);
  EXPECT_TRUE(verify_rs256(pem, "header.claims", *signature));
  EXPECT_FALSE(verify_rs256(pem, "header.other", *signature));
}

TEST(Rsa, SaysNoToWhatIsNoKey) {
  EXPECT_FALSE(sign_rs256("", "x"));
  EXPECT_FALSE(sign_rs256("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "x"));
}

}  // namespace
}  // namespace tollgate::crypto
