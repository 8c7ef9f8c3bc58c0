#include "json/scan.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "json/keys.h"

namespace tollgate::json {
namespace {

std::string_view fault_of(std::string_view text, ScanOptions options = {}) {
  auto scanned = scan(text, options);
  return scanned ? std::string_view("accepted") : scanned.error().what;
}
bool accepts(std::string_view text, ScanOptions options = {}) { return fault_of(text, options) == "accepted"; }

std::string nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }
std::string object_with_keys(int count) {
  std::string text = "{";
  for (int i = 0; i < count; ++i) text += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  return text + "}";
}

TEST(Scan, GivesTheExtentWithoutTheWhiteSpaceAround) {
  auto value = scan(" \r\n\t{\"a\": [1, 2]}\n  ");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->raw, "{\"a\": [1, 2]}");
  EXPECT_TRUE(value->is(Kind::object));
}

TEST(Scan, NamesTheFaultAndItsPlace) {
  auto fault = [](std::string_view text) { return scan(text).error(); };
  EXPECT_EQ(fault(R"({"a":1,"a":2})").what, "duplicate key");
  EXPECT_EQ(fault(R"({"a":1,"a":2})").offset, 7u);
  EXPECT_EQ(fault("[\"x\xff\"]").what, "invalid UTF-8");
  EXPECT_EQ(fault("[\"x\xff\"]").offset, 3u);
  EXPECT_EQ(fault("[1,]").offset, 3u);
  EXPECT_EQ(fault("{} x").what, "text behind the value");
  EXPECT_EQ(fault("[1").what, "text ends too early");
  EXPECT_EQ(fault("").what, "empty text");
  EXPECT_EQ(fault("\xEF\xBB\xBF{}").what, "begins with a byte order mark");
}

TEST(Scan, RefusesDuplicateKeysHoweverTheyAreWritten) {
  for (auto text : {R"({"model":1,"\u006dodel":2})", R"({"\u006dodel":1,"model":2})",
                    R"({"m\u006Fdel":1,"\u006dodel":2})",
                    R"({"x":{"a":1,"b":{},"a":2}})", R"([{"a":[{"b":1,"c":2,"b":3}]}])", R"({"":1,"":2})",
                    R"({"\/":1,"/":2})", R"({"\ud83d\ude00":1,"😀":2})",
                    R"({"averyverylongkey":1,"averyverylongke\u0079":2})"})
    EXPECT_EQ(fault_of(text), "duplicate key") << text;
}

TEST(Scan, LetsEqualKeysOfDifferentObjectsPass) {
  for (auto text : {R"({"a":{"a":{"a":1}}})", R"([{"a":1},{"a":2}])", R"({"a":[{"a":1},{"a":1}],"b":{"a":1}})",
                    R"({"a":1,"A":2," a":3,"a\u0000":4})", "{\"e\u0301\":1,\"\u00e9\":2}"})
    EXPECT_TRUE(accepts(text)) << text;
}

TEST(Scan, LetsDuplicateKeysPassWhenAskedTo) {
  EXPECT_TRUE(accepts(R"({"a":1,"a":2})", {.refuse_duplicates = false}));
}

TEST(Scan, FindsADuplicateInObjectsOfEverySize) {
  for (int count = 1; count < 600; count += count < 40 ? 1 : 67) {
    std::string text = object_with_keys(count);
    EXPECT_TRUE(accepts(text)) << count;
    text.back() = ',';
    std::size_t repeated = text.size();
    text += R"("k0":1)";
    auto once = scan(text + '}'), twice = scan(text + R"(,"k0":2})");
    ASSERT_FALSE(once || twice) << count;
    EXPECT_EQ(once.error().what, "duplicate key");
    EXPECT_EQ(once.error().offset, repeated) << count;
    EXPECT_EQ(twice.error().offset, repeated) << count;
  }
}

TEST(Scan, ComparesEscapedKeysOfLargeObjectsDecoded) {
  std::string text = object_with_keys(200);
  text.back() = ',';
  EXPECT_EQ(fault_of(text + R"("\u006b77":1})"), "duplicate key");
  EXPECT_TRUE(accepts(text + R"("\u006b777":1})"));
}

TEST(Scan, KeepsAParentsKeysWhileItsChildrenComeAndGo) {
  std::string child = object_with_keys(300);
  EXPECT_EQ(fault_of(R"({"a":)" + child + R"(,"b":)" + child + R"(,"a":1})"), "duplicate key");
  EXPECT_TRUE(accepts(R"({"a":)" + child + R"(,"b":{"c":)" + child + R"(},"c":1})"));
}

TEST(Scan, BoundsTheKeysThatAreOpenAtOnce) {
  int most = OpenKeys::max_open_keys;
  EXPECT_EQ(fault_of(object_with_keys(most + 1)), "too many keys");
  EXPECT_TRUE(accepts(object_with_keys(most + 1), {.refuse_duplicates = false}));
}

TEST(Scan, RefusesNestingBeyondTheLimit) {
  EXPECT_TRUE(accepts(nested(128)));
  EXPECT_EQ(fault_of(nested(129)), "nested deeper than 128");
  EXPECT_EQ(fault_of(std::string(10'000'000, '[')), "nested deeper than 128");
  EXPECT_EQ(fault_of("[[]]", {.max_depth = 1}), "nested too deeply");
  EXPECT_EQ(fault_of("{}", {.max_depth = 0}), "nested too deeply");
  EXPECT_TRUE(accepts(nested(1024), {.max_depth = 5000}));
  EXPECT_FALSE(accepts(nested(1025), {.max_depth = 5000}));
}

TEST(Scan, RefusesNumbersThatParsersReadDifferently) {
  for (auto text : {"1e309", "-1e309", "1.8e308", "1.797693134862315808e308", "1e99999999999999999999", "0e10000",
                    "1e-400", "2e-324", "-0.1e-323"})
    EXPECT_FALSE(accepts(text)) << text;
  for (auto text : {"1.7976931348623157e308", "-1.7976931348623157E+308", "5e-324", "0e9999", "0.0e-999", "1e-300",
                    "-0", "-0.0", "18446744073709551616", "0.1e309", "0.00001e312", "100e-325", "-1.5e-05"})
    EXPECT_TRUE(accepts(text)) << text;
}

TEST(Scan, BoundsTheLengthOfNumbers) {
  EXPECT_TRUE(accepts("0." + std::string(510, '1')));
  EXPECT_EQ(fault_of("0." + std::string(511, '1')), "number longer than 512 characters");
  EXPECT_TRUE(accepts(std::string(308, '9')));
  EXPECT_EQ(fault_of(std::string(310, '9')), "number too large");
  EXPECT_EQ(fault_of("0." + std::string(400, '0') + "1"), "number too close to zero");
}

TEST(Scan, RefusesHalvesOfSurrogatePairs) {
  for (auto text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")", R"("\udc00\ud800")",
                    R"({"\ud800":1})"})
    EXPECT_EQ(fault_of(text), "half of a surrogate pair") << text;
  EXPECT_TRUE(accepts(R"("\ud83d\ude00\uD83D\uDE00\u0000")"));
}

TEST(Scan, FindsABadByteAtEveryPlaceOfALongString) {
  for (std::size_t at = 0; at < 70; ++at) {
    std::string text = "\"" + std::string(70, 'x') + "\"";
    for (char bad : {'\x01', '\x1f', '\n', '\x80', '\xff', '"', '\\'}) {
      std::string broken = text;
      broken[at + 1] = bad;
      EXPECT_FALSE(accepts(broken)) << at << ' ' << static_cast<int>(bad);
    }
    text[at + 1] = '\x7f';
    EXPECT_TRUE(accepts(text));
  }
}

TEST(Scan, NeverReadsOutsideTheText) {
  // Each prefix stands alone in a buffer of its own size: a sanitizer sees any byte beyond.
  std::string text =
      R"( {"model":"gpt","messages":[{"role":"user","content":"h\u00e9llo 😀 \ud83d\ude00 and a long tail of text"}],)"
      R"("n":-1.5e+10,"t":true,"f":false,"x":null,"a":[],"o":{}} )";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    std::unique_ptr<char[]> exact(new char[size]);
    std::copy_n(text.data(), size, exact.get());
    bool whole = size >= text.size() - 1;
    EXPECT_EQ(accepts({exact.get(), size}), whole) << size;
  }
}

TEST(ScanObject, RecordsTheMembersOfTheFirstLevel) {
  std::array<Member, 8> members;
  std::size_t count = 0;
  auto value = scan_object(R"( {"a" : {"b":[1,{}]} , "\u0063":[], "d" :-1.5,"e":"x" } )", {}, members, count);
  ASSERT_TRUE(value);
  ASSERT_EQ(count, 4u);
  EXPECT_EQ(members[0].raw_key, "a");
  EXPECT_EQ(members[0].value.raw, R"({"b":[1,{}]})");
  EXPECT_TRUE(members[1].key_is("c"));
  EXPECT_TRUE(members[1].value.is(Kind::array));
  EXPECT_EQ(members[2].value.raw, "-1.5");
  EXPECT_EQ(members[3].value.plain_string(), "x");
}

TEST(ScanObject, CountsMembersBeyondTheRoomThatThereIs) {
  std::array<Member, 3> members;
  std::size_t count = 0;
  ASSERT_TRUE(scan_object(object_with_keys(50), {}, members, count));
  EXPECT_EQ(count, 50u);
}

TEST(ScanObject, RefusesWhatIsNoObject) {
  std::size_t count = 7;
  for (auto text : {"[]", "null", "\"{}\"", " 1"}) {
    auto value = scan_object(text, {}, {}, count);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().what, "not an object");
    EXPECT_EQ(count, 0u);
  }
}

}  // namespace
}  // namespace tollgate::json
