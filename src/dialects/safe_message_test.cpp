#include "dialects/safe_message.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace tollgate {
namespace {

TEST(SafeMessage, KeepsWhatADeveloperNeeds) {
  for (auto text :
       {"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "Invalid type for 'messages[0].content[1].image_url.url': expected a base64-encoded data URL, but got null.",
        "The model `meta-llama/llama-4-maverick-17b-128e-instruct` is not known",
        "This model's maximum prompt length is 131072 but the request contains 625077 tokens."}) {
    EXPECT_EQ(safe_message(text), text);
  }
}

TEST(SafeMessage, EndsBeforeTheFirstHarmfulSentence) {
  EXPECT_EQ(safe_message("'stop' is not supported. See https://example.com/docs for more."),
            "'stop' is not supported.");
  EXPECT_EQ(safe_message("All well.\nTraceback (most recent call last):"), "All well.");
}

TEST(SafeMessage, PassesNoKeyHostPathMarkupOrTrace) {
  for (auto text :
       {"Incorrect API key provided: mock-key", "Bearer abc", "got sk-proj-1", "key AIzaSyA", "id 9f86d081884c7d659a2f",
        "org-abc1234567890abcdefghij", "visit www.example", "see https://a.b", "connect to backend-3:8080 failed",
        "host node7.internal", "10.1.2.3 refused", "no route to api.openai.com.", "<html><body>busy</body></html>",
        "File \"main.py\", line 3 in x.py\"", "at /usr/lib/python3/site.py", "foo::bar failed", "eyJhbGciOi",
        "invalid-*****2345", "localhost is down"}) {
    EXPECT_EQ(safe_message(text), "") << text;
  }
}

TEST(SafeMessage, PassesNoControlCharactersOrBrokenUtf8) {
  EXPECT_EQ(safe_message(std::string_view("a\0b", 3)), "");
  EXPECT_EQ(safe_message("a\x1b[31mb"), "");
  EXPECT_EQ(safe_message("a\xff"), "");
}

TEST(SafeMessage, StaysWithinItsBound) {
  std::string words;
  for (int i = 0; i < 200; ++i) words += "été ";
  std::string text = safe_message(words);
  EXPECT_LE(text.size(), max_safe_message_bytes);
  EXPECT_GT(text.size(), 250u);
  EXPECT_TRUE(valid_utf8(text));
  EXPECT_EQ(safe_message(std::string(1000, 'a')), "");
}

TEST(PlainWord, IsAFieldPathOrAName) {
  EXPECT_TRUE(is_plain_word("messages[0].content", 64));
  EXPECT_TRUE(is_plain_word("context_length_exceeded", 64));
  EXPECT_FALSE(is_plain_word("", 64));
  EXPECT_FALSE(is_plain_word("two words", 64));
  EXPECT_FALSE(is_plain_word("api.openai.com", 64));
  EXPECT_FALSE(is_plain_word("abcdef", 5));
}

}  // namespace
}  // namespace tollgate
