#include "providers/bedrock/aws_call.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

// The signatures are those of AWS's published Signature Version 4 test suite (get-vanilla, get-vanilla-query-order-key-case,
// post-vanilla), whose credentials and time are these.
constexpr std::string_view access_key = "AKIDEXAMPLE";
constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view stamp = "20150830T123600Z";

std::string signature_of(std::string_view method, std::string_view path) {
  AwsRequest request{.method = method, .host = "example.amazonaws.com", .path = path, .service = "service", .region = "us-east-1"};
  request.headers.emplace_back("x-amz-date", stamp);
  std::string text = aws_authorization(request, access_key, secret, stamp);
  return text.substr(text.rfind('=') + 1);
}

TEST(AwsCall, SignsAsTheVendorsSuiteDoes) {
  EXPECT_EQ(signature_of("GET", "/"), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  EXPECT_EQ(signature_of("POST", "/"), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
  EXPECT_EQ(signature_of("GET", "/?Param2=value2&Param1=value1"), "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST(AwsCall, NamesWhatItSigned) {
  AwsRequest request{.method = "GET", .host = "example.amazonaws.com", .path = "/", .service = "service", .region = "us-east-1"};
  request.headers.emplace_back("x-amz-security-token", "T");
  request.headers.emplace_back("x-amz-date", stamp);
  std::string text = aws_authorization(request, access_key, secret, stamp);
  EXPECT_TRUE(text.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                               "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="));
}

TEST(AwsCall, EncodesAPathOnceMore) {
  EXPECT_NE(signature_of("POST", "/model/a%3A0/converse"), signature_of("POST", "/model/a:0/converse"));
}

}  // namespace
}  // namespace tollgate
