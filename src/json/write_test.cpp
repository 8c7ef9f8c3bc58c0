#include "json/write.h"

#include <gtest/gtest.h>

#include <limits>

#include "json/document.h"

namespace tollgate::json {
namespace {

std::string in_quotes(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

TEST(Writer, PutsCommasAndColonsWhereTheyBelong) {
  std::string out;
  Writer writer(out);
  writer.begin_object();
  writer.key("a").value(1).key("b").begin_array().value("x").begin_object().end_object().value(true).null().end_array();
  writer.member("c", std::string("y")).key("d").begin_object().member("e", nullptr).end_object().key("f").raw("[1, 2]");
  writer.key("g").begin_array().end_array().end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x",{},true,null],"c":"y","d":{"e":null},"f":[1, 2],"g":[]})");
  EXPECT_TRUE(scan(out));
}

TEST(Writer, WritesIntegersExactly) {
  std::string out;
  Writer writer(out);
  writer.begin_array().value(INT64_MIN).value(INT64_MAX).value(UINT64_MAX).value(std::int8_t{-5}).value(0u).end_array();
  EXPECT_EQ(out, "[-9223372036854775808,9223372036854775807,18446744073709551615,-5,0]");
}

TEST(Writer, WritesFloatingPointSoThatItReadsBack) {
  for (double number : {0.0, -0.0, 0.1, 1.0 / 3, 1e300, 5e-324, std::numeric_limits<double>::max(), 123456789.125}) {
    std::string out;
    Writer(out).real(number);
    EXPECT_EQ(Document::parse(out)->root().real(), number) << out;
  }
  std::string out;
  using Limits = std::numeric_limits<double>;
  Writer(out).begin_array().real(Limits::infinity()).real(Limits::quiet_NaN()).end_array();
  EXPECT_EQ(out, "[null,null]");
}

TEST(Writer, AppendsToWhatStandsThereAlready) {
  std::string out = "data: ";
  Writer(out).begin_object().end_object();
  EXPECT_EQ(out, "data: {}");
}

TEST(AppendQuoted, EscapesWhatMustBe) {
  EXPECT_EQ(in_quotes("a\"b\\c/\n\r\t\b\f\x01\x1f\x7f"), R"("a\"b\\c/\n\r\t\b\f\u0001\u001f)" "\x7f\"");
  EXPECT_EQ(in_quotes(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(in_quotes("grün € 😀"), "\"grün € 😀\"");
}

TEST(AppendQuoted, ReadsBackAsTheSameTextAtEveryLengthAndPlace) {
  for (std::size_t before = 0; before < 36; ++before) {
    for (std::string_view middle : {"\"", "\\", "\n", "é", "😀", "\x01", "\\u0041"}) {
      for (std::size_t after : {0, 1, 15, 16, 17}) {
        std::string text = std::string(before, 'a').append(middle).append(after, 'z');
        std::string json = in_quotes(text);
        auto value = scan(json);
        ASSERT_TRUE(value) << json;
        EXPECT_EQ(value->string(), text);
      }
    }
  }
  std::string text = "tab\t\"quoted\" back\\slash grün 😀 \x01 end", json = in_quotes(text);
  EXPECT_EQ(scan(json)->string(), text);
}

TEST(Writer, KeepsRawJsonOnOneLine) {
  std::string out;
  Writer(out).begin_object().key("a").raw("{\n  \"b\":\r\n 1 }").end_object();
  EXPECT_EQ(out, "{\"a\":{   \"b\":   1 }}");
}

}  // namespace
}  // namespace tollgate::json
