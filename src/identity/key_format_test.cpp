#include "identity/key_format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "identity/key_table.h"

namespace tollgate {
namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

TEST(KeyFormat, MakesKeysThatItReads) {
  MadeKey key = make_key();
  EXPECT_EQ(key.text.reveal().size(), key_text_length);
  EXPECT_EQ(shape_of_key(key.text.reveal()), KeyShape::ours);
  EXPECT_EQ(id_of_key(key.text.reveal()), key.id);
  EXPECT_TRUE(credential_text_fault(key.text.reveal()).empty());
}

TEST(KeyFormat, NeverMakesTheSameKeyTwice) {
  std::set<std::string> ids, texts;
  for (int i = 0; i < 1000; ++i) {
    MadeKey key = make_key();
    ids.insert(key.id);
    texts.insert(std::string(key.text.reveal()));
  }
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(texts.size(), 1000u);
}

TEST(KeyFormat, FindsEveryWrongCharacter) {
  const MadeKey key = make_key();
  const std::string text(key.text.reveal());
  for (std::size_t at = key_prefix.size(); at < text.size(); ++at) {
    for (char wrong : digits) {
      std::string typo = text;
      typo[at] = wrong;
      ASSERT_EQ(shape_of_key(typo) == KeyShape::ours, typo == text) << at << wrong;
    }
  }
}

TEST(KeyFormat, FindsSwappedNeighboursCutsAndExtraCharacters) {
  const MadeKey key = make_key();
  const std::string text(key.text.reveal());
  for (std::size_t at = key_prefix.size(); at + 1 < text.size(); ++at) {
    std::string typo = text;
    std::swap(typo[at], typo[at + 1]);
    EXPECT_EQ(shape_of_key(typo) == KeyShape::ours, typo == text) << at;
  }
  for (std::size_t size = key_prefix.size(); size < text.size(); ++size)
    EXPECT_EQ(shape_of_key(text.substr(0, size)), KeyShape::mistyped) << size;
  EXPECT_EQ(shape_of_key(text + "x"), KeyShape::mistyped);
  EXPECT_EQ(id_of_key(text + "x"), "");
}

TEST(KeyFormat, LeavesOperatorsTheirOwnTexts) {
  for (auto text : {"sk-1234", "", "TG_abc", "my-dev-key"}) EXPECT_EQ(shape_of_key(text), KeyShape::foreign) << text;
}

// A key that must stay valid for ever: what an operator stored today still has its checksum tomorrow.
TEST(KeyFormat, KeepsItsFormat) {
  EXPECT_EQ(shape_of_key("tg_00000000001_0000000000000000000000000000000000000000001000000"), KeyShape::mistyped);
  EXPECT_EQ(shape_of_key("tg_0000000000A_000000000000000000000000000000000000000000B1Zxl3u"), KeyShape::ours);
}

}  // namespace
}  // namespace tollgate
