#include "base/base64.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

std::string encoded(std::string_view bytes, Base64 alphabet = Base64::usual) {
  std::string out;
  append_base64(out, bytes, alphabet);
  return out;
}

// RFC 4648, section 10.
TEST(Base64, WritesAndReadsTheVectorsOfTheRfc) {
  for (auto [bytes, text] : {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(encoded(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
}

TEST(Base64, KnowsTheAlphabetForUrlsWithoutPadding) {
  EXPECT_EQ(encoded("\xFB\xFF\xFE", Base64::url), "-__-");
  EXPECT_EQ(encoded("f", Base64::url), "Zg");
  EXPECT_EQ(decode_base64("-__-"), "\xFB\xFF\xFE");
  EXPECT_EQ(decode_base64("Zg"), "f");
}

TEST(Base64, RefusesWhatIsNone) {
  for (std::string_view text : {"A", "AAAAA", "A*==", "Zg===", "Z g="}) EXPECT_FALSE(decode_base64(text)) << text;
}

}  // namespace
}  // namespace tollgate
