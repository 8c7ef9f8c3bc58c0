#include "app/commands/csv.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_csv_text(out, text);
  return out;
}

std::string line(std::string_view row) {
  std::string out;
  append_csv_line(out, row);
  return out;
}

TEST(Csv, LeavesPlainTextAsItIs) {
  EXPECT_EQ(escaped("gpt-4o"), "gpt-4o");
  EXPECT_EQ(escaped(""), "");
  EXPECT_EQ(escaped("Jürgen"), "Jürgen");
}

TEST(Csv, QuotesWhatWouldEndAField) {
  EXPECT_EQ(escaped("a,b"), "\"a,b\"");
  EXPECT_EQ(escaped("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(escaped("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(escaped("a;=1"), "\"a;=1\"");
}

TEST(Csv, MakesNoFormulaOfAText) {
  EXPECT_EQ(escaped("=1+1"), "'=1+1");
  EXPECT_EQ(escaped("+49"), "'+49");
  EXPECT_EQ(escaped("-x"), "'-x");
  EXPECT_EQ(escaped("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(escaped("\t=1"), "\"'\t=1\"");
  EXPECT_EQ(escaped("=cmd|' /C calc'!A0,1"), "\"'=cmd|' /C calc'!A0,1\"");
}

TEST(Csv, TakesHeaderAndValuesInTheOrderOfTheRow) {
  std::string header;
  append_csv_header(header, R"({"id":"x","tags":{},"cost":1})");
  EXPECT_EQ(header, "id,tags,cost\n");
  EXPECT_EQ(line(R"({"id":"a","tags":{"env":"d\u00e9v"},"stream":false,"cost":-5,"first":null,"end":1})"),
            "a,\"{\"\"env\"\":\"\"d\\u00e9v\"\"}\",false,-5,,1\n");
}

TEST(Csv, LeavesNumbersAloneAndEscapesEqualTexts) { EXPECT_EQ(line(R"({"a":-5,"b":"-5"})"), "-5,'-5\n"); }

TEST(Csv, DecodesTheEscapesOfJson) { EXPECT_EQ(line(R"({"a":"\u003d1","b":"\"q\""})"), "'=1,\"\"\"q\"\"\"\n"); }

}  // namespace
}  // namespace tollgate
