#include "mock/script.h"

#include <gtest/gtest.h>

#include "mock/base64.h"
#include "mock/text_pieces.h"

namespace tollgate::mock {
namespace {

std::string fault_of(std::string_view text) {
  auto script = read_script(text);
  return script ? "(none)" : script.error().detail;
}

TEST(Script, AnEmptyOneHasNoRulesAndTakesAnyKey) {
  auto script = read_script("{}");
  ASSERT_TRUE(script);
  EXPECT_TRUE(script->rules.empty());
  EXPECT_TRUE(script->keys.empty());
}

TEST(Script, SaysWhereAFaultIs) {
  EXPECT_EQ(fault_of(R"({"rules":[{"model":"a"},{"cutt":3}]})"), "rules[1].cutt: there is no such word");
  EXPECT_TRUE(fault_of(R"({"rules":[{"delay_ms":-1}]})").starts_with("rules[0].delay_ms: must be"));
  EXPECT_TRUE(fault_of(R"({"rules":[{"status":100}]})").starts_with("rules[0].status: must be"));
  EXPECT_TRUE(fault_of(R"({"rules":[3]})").starts_with("rules[0]: must be an object"));
  EXPECT_TRUE(fault_of(R"({"keys":[3]})").starts_with("keys: must be"));
  EXPECT_TRUE(fault_of("{").starts_with("the script is not JSON"));
}

TEST(Script, RefusesHeadersThatCannotBeWritten) {
  EXPECT_NE(fault_of(R"({"rules":[{"headers":{"a b":"c"}}]})"), "(none)");
  EXPECT_NE(fault_of(R"({"rules":[{"headers":{"a":"b\r\nc: d"}}]})"), "(none)");
  EXPECT_NE(fault_of(R"({"rules":[{"headers":{"content-length":"3"}}]})"), "(none)");
  EXPECT_EQ(fault_of(R"({"rules":[{"headers":{"retry-after":"3"}}]})"), "(none)");
}

TEST(Script, ReadsTheShortAndTheLongFormOfAPoint) {
  auto script =
      read_script(R"({"rules":[{"cut":3},{"cut":{"after_bytes":10,"how":"rst"}},{"stall":{"after_events":1,"ms":50}},
                                         {"error_event":true},{"truncate_chunked":true},{"slow_drip":5}]})");
  ASSERT_TRUE(script) << script.error().detail;
  EXPECT_EQ(script->rules[0].cut->after_events, 3);
  EXPECT_EQ(script->rules[1].cut->after_bytes, 10);
  EXPECT_EQ(script->rules[1].cut->how, CloseBy::rst);
  EXPECT_EQ(script->rules[2].stall->time(), milliseconds(50));
  EXPECT_EQ(script->rules[3].error_event->after_events, 0);
  EXPECT_EQ(script->rules[4].truncate_chunked, -1);
  EXPECT_EQ(script->rules[5].slow_drip->every, milliseconds(5));
}

TEST(Script, ReadsRawBytesInEveryForm) {
  auto script = read_script(R"({"rules":[{"raw":"a\u0000b"},{"raw":{"base64":"/wA="}},
      {"raw":[{"read":"request"},{"send":"x","repeat":3,"gap_ms":2},{"sleep_ms":7},{"drip":"yz"},{"close":"rst"}]}]})");
  ASSERT_TRUE(script) << script.error().detail;
  EXPECT_EQ(script->rules[0].raw->steps[0].bytes, std::string("a\0b", 3));
  EXPECT_EQ(script->rules[1].raw->steps[0].bytes, std::string("\xFF\0", 2));
  EXPECT_EQ(script->rules[2].raw->steps[1].repeat, 3);
  EXPECT_EQ(script->rules[2].raw->how, CloseBy::rst);
}

TEST(Base64, GivesBackWhatItTook) {
  for (std::string_view bytes : {"", "a", "ab", "abc", "abcd"}) {
    std::string text;
    append_base64(text, bytes);
    EXPECT_EQ(from_base64(text), std::string(bytes)) << text;
  }
  EXPECT_FALSE(from_base64("abc"));
  EXPECT_FALSE(from_base64("ab!="));
}

TEST(TextPieces, NeverCutACharacter) {
  std::string_view text = "aé漢🎈z";
  std::string whole;
  for (std::int64_t i = 0; i < 7; ++i) {
    std::size_t begin = piece_begin(text, i, 7), end = piece_begin(text, i + 1, 7);
    EXPECT_FALSE(begin < text.size() && continues_character(text[begin]));
    whole += text.substr(begin, end - begin);
  }
  EXPECT_EQ(whole, text);
  for (std::size_t most = 0; most <= text.size() + 1; ++most)
    EXPECT_FALSE(whole_characters(text, most) < text.size() && continues_character(text[whole_characters(text, most)]));
}

TEST(TextPieces, StretchToExactlySoManyTokens) {
  for (std::string_view text : {"", "ab", "🎈é", "a long text that must be cut"}) {
    std::string stretched(text);
    stretch(stretched, 5);
    EXPECT_EQ(stretched.size(), 20u);
  }
}

}  // namespace
}  // namespace tollgate::mock
