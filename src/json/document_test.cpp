#include "json/document.h"

#include <gtest/gtest.h>

namespace tollgate::json {
namespace {

Document parsed(std::string_view text) {
  auto document = Document::parse(text);
  EXPECT_TRUE(document) << text;
  return std::move(*document);
}

TEST(Document, ReadsMembersElementsAndPaths) {
  Document document = parsed(R"({"choices":[{"message":{"content":"h\u0069"}}],"n":2,"ok":true,"none":null,"a/b":5})");
  Node root = document.root();
  EXPECT_EQ(root["choices"][0]["message"]["content"].string(), "hi");
  EXPECT_EQ(root.at("/choices/0/message/content").string(), "hi");
  EXPECT_EQ(root.at("/a~1b").integer(), 5);
  EXPECT_EQ(root["ok"].boolean(), true);
  EXPECT_TRUE(root["none"].is(Kind::null));
  EXPECT_EQ(root.size(), 5u);
  EXPECT_EQ(root.members()[1].first, "n");
  EXPECT_EQ(root["choices"].elements().size(), 1u);
}

TEST(Document, GivesNothingForWhatIsNotThere) {
  Document document = parsed(R"({"a":[1]})");
  Node root = document.root();
  for (Node node : {root["b"], root["b"]["c"][3], root["a"][1], root["a"][-1], root["a"]["x"], root[0], root.at("/a/7"),
                    Node()}) {
    EXPECT_FALSE(node);
    EXPECT_FALSE(node.is(Kind::null));
    EXPECT_EQ(node.string(), std::nullopt);
    EXPECT_EQ(node.integer(), std::nullopt);
    EXPECT_EQ(node.size(), 0u);
    EXPECT_TRUE(node.elements().empty());
    EXPECT_TRUE(node.members().empty());
  }
}

TEST(Document, ReadsNumbersInTheTypeThatIsAsked) {
  Document document = parsed(R"([-1, 18446744073709551615, 1.5, 1E2, 9223372036854775807, 1e300, 9007199254740994.0])");
  Node root = document.root();
  EXPECT_EQ(root[0].integer(), -1);
  EXPECT_EQ(root[0].unsigned_integer(), std::nullopt);
  EXPECT_EQ(root[1].integer(), std::nullopt);
  EXPECT_EQ(root[1].unsigned_integer(), UINT64_MAX);
  EXPECT_EQ(root[2].integer(), std::nullopt);
  EXPECT_EQ(root[2].real(), 1.5);
  EXPECT_EQ(root[3].integer(), 100);
  EXPECT_EQ(root[4].integer(), INT64_MAX);
  EXPECT_EQ(root[5].integer(), std::nullopt);
  EXPECT_EQ(root[6].integer(), std::nullopt);
  EXPECT_EQ(root[0].real(), -1.0);
}

TEST(Document, ReadsIntegersBeyondSixtyFourBitsAsDoubles) {
  Document document = parsed(
      R"({"10000000000000000999":"-99999999999999999999 \" 1",)"
      R"("a":[100000000000000000000,-9223372036854775809,-9223372036854775808,7]})");
  Node array = document.root()["a"];
  EXPECT_EQ(array[0].real(), 1e20);
  EXPECT_EQ(array[1].real(), -9223372036854775808.0);
  EXPECT_EQ(array[2].integer(), INT64_MIN);
  EXPECT_EQ(array[3].integer(), 7);
  EXPECT_EQ(document.root()["10000000000000000999"].string(), "-99999999999999999999 \" 1");
}

TEST(Document, IsAsStrictAsTheScan) {
  for (auto text : {"", "{", "[1,]", R"({"a":1,"\u0061":2})", R"("\ud800")", "1e999", "\xEF\xBB\xBF{}", "[] []"}) {
    auto document = Document::parse(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().what, scan(text).error().what);
  }
}

TEST(Document, KeepsItsNodesWhenItMoves) {
  Document first = parsed(R"({"a":"b"})");
  Node node = first.root()["a"];
  Document second = std::move(first);
  EXPECT_EQ(node.string(), "b");
}

TEST(Document, NeedsNothingOfTheTextAfterwards) {
  std::string text = R"({"a":"b"})";
  Document document = parsed(text);
  text.assign(text.size(), 'x');
  EXPECT_EQ(document.root()["a"].string(), "b");
}

}  // namespace
}  // namespace tollgate::json
