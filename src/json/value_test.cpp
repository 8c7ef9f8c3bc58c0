#include "json/value.h"

#include <gtest/gtest.h>

#include "json/scan.h"

namespace tollgate::json {
namespace {

Value scanned(std::string_view text) {
  auto value = scan(text, {.refuse_duplicates = false});
  EXPECT_TRUE(value) << text;
  return value.value_or(Value{});
}

TEST(Value, ReadsWholeNumbersExactly) {
  struct Case {
    std::string_view text;
    std::optional<std::int64_t> number;
  };
  const Case cases[] = {
      {"0", 0}, {"-0", 0}, {"1", 1}, {"-3", -3}, {"1.0", 1}, {"1e3", 1000}, {"1E2", 100}, {"25e-1", {}},
      {"250e-1", 25}, {"1.5", {}}, {"1.5e1", 15}, {"0.001e3", 1}, {"0.0010e3", 1}, {"0.0011e3", {}},
      {"9223372036854775807", INT64_MAX}, {"9223372036854775808", {}}, {"-9223372036854775808", INT64_MIN},
      {"-9223372036854775809", {}}, {"922337203685477580.7e1", INT64_MAX}, {"92233720368547758070e-1", INT64_MAX},
      {"9007199254740993", 9007199254740993}, {"1e18", 1'000'000'000'000'000'000}, {"1e19", {}}, {"1e-300", {}},
      {"0e9999", 0}, {"0.0", 0}, {"\"1\"", {}}, {"true", {}}, {"100000000000000000000", {}},
  };
  for (auto [text, number] : cases)
    EXPECT_EQ(scanned(text).integer(), number) << text;
}

TEST(Value, ReadsBooleans) {
  EXPECT_EQ(scanned("true").boolean(), true);
  EXPECT_EQ(scanned("false").boolean(), false);
  EXPECT_EQ(scanned("null").boolean(), std::nullopt);
}

TEST(Value, ReadsStringsWithAndWithoutEscapes) {
  EXPECT_EQ(scanned(R"("grün")").plain_string(), "grün");
  EXPECT_EQ(scanned(R"("")").plain_string(), "");
  EXPECT_EQ(scanned(R"("a\nb")").plain_string(), std::nullopt);
  EXPECT_EQ(scanned(R"("a\nb\"\\\/\b\f\r\t\u00e9\u20ac\ud83d\ude00.")").string(), "a\nb\"\\/\b\f\r\té€😀.");
  EXPECT_EQ(scanned(R"("a\u0000b")").string(), std::string("a\0b", 3));
  EXPECT_EQ(scanned("1").string(), std::nullopt);
}

TEST(Member, ComparesItsKeyDecoded) {
  auto key_is = [](std::string_view raw, std::string_view key) { return Member{.raw_key = raw}.key_is(key); };
  EXPECT_TRUE(key_is("model", "model"));
  EXPECT_TRUE(key_is(R"(\u006dodel)", "model"));
  EXPECT_TRUE(key_is(R"(a\\b)", R"(a\b)"));
  EXPECT_TRUE(key_is("", ""));
  EXPECT_FALSE(key_is(R"(\n)", R"(\n)"));
  EXPECT_FALSE(key_is("model", "mode"));
  EXPECT_FALSE(key_is("mode", "model"));
  EXPECT_FALSE(key_is(R"(\u006dodels)", "model"));
  EXPECT_FALSE(key_is(R"(\u006dode)", "model"));
}

TEST(Members, WalkInTheOrderOfTheText) {
  std::string seen;
  Value object = scanned(R"({ "a" : "}\"{" , "b":[{"x":"]"}], "\u0063" : -1e5,"d":{} , "e":true })");
  for (const Member& member : Members(object))
    seen += member.key() + "=" + std::string(member.value.raw) + ";";
  EXPECT_EQ(seen, R"(a="}\"{";b=[{"x":"]"}];c=-1e5;d={};e=true;)");
}

TEST(Members, AreNoneInWhatIsNoObject) {
  for (auto text : {"{}", "{ }", "[1]", "\"{}\"", "1", "null"})
    EXPECT_TRUE(Members(scanned(text)).begin() == Members(scanned(text)).end()) << text;
  EXPECT_TRUE(Members(Value{}).begin() == Members(Value{}).end());
}

TEST(Elements, WalkInTheOrderOfTheText) {
  std::string seen;
  for (const Value& value : Elements(scanned(R"([ [ ] , "a,]\\" ,{"b":[1,2]},3 ,null, [[[]],"["] ])")))
    seen += std::string(value.raw) + ";";
  EXPECT_EQ(seen, R"([ ];"a,]\\";{"b":[1,2]};3;null;[[[]],"["];)");
}

TEST(Elements, SkipNestedStringsWithQuotesAndBracketsAtEveryPlaceOfABlock) {
  for (std::size_t shift = 0; shift < 40; ++shift) {
    std::string space(shift, ' ');
    for (std::string_view inner : {R"(["\"]"])", R"({"a\"}":"}\\"})", R"([["\\\"["],"]]"])", R"({"[":{"{":["\\"]}})"}) {
      std::string nested = std::string(inner.substr(0, 1)) + space + std::string(inner.substr(1));
      std::string text = "[" + nested + ",7]";
      std::string seen;
      for (const Value& value : Elements(scanned(text))) seen += std::string(value.raw) + ";";
      EXPECT_EQ(seen, nested + ";7;");
    }
  }
}

TEST(Walking, StaysInsideAnExtentThatWasNeverScanned) {
  std::string text = R"({"a":[1,{"b":"x\"y"},2],"c":"d\\"})";
  for (std::size_t from = 0; from < text.size(); ++from) {
    for (std::size_t size = 1; from + size <= text.size(); ++size) {
      std::string exact = text.substr(from, size);
      std::size_t bytes = 0;
      for (Kind kind : {Kind::object, Kind::array}) {
        for (const Member& member : Members({exact, kind})) bytes += member.raw_key.size() + member.value.raw.size();
        for (const Value& value : Elements({exact, kind})) bytes += value.raw.size();
      }
      EXPECT_LE(bytes, 2 * exact.size());
    }
  }
}

TEST(Find, SeesTheFirstLevelOnly) {
  Value object = scanned(R"({"a":{"b":1},"\u0063":2,"b":3})");
  EXPECT_EQ(find(object, "b")->raw, "3");
  EXPECT_EQ(find(object, "c")->raw, "2");
  EXPECT_FALSE(find(object, "d"));
  EXPECT_FALSE(find(scanned("[1]"), "0"));
}

TEST(FindPath, WalksDownKeys) {
  Value reply = scanned(R"({"x":1,"usage":{"details":{"cached":12}}})");
  EXPECT_EQ(find_path(reply, {"usage", "details", "cached"})->integer(), 12);
  EXPECT_EQ(find_path(reply, {})->raw, reply.raw);
  EXPECT_FALSE(find_path(reply, {"usage", "cached"}));
  EXPECT_FALSE(find_path(reply, {"x", "y"}));
}

}  // namespace
}  // namespace tollgate::json
