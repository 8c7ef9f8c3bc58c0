#include "tokens/families.h"

#include <gtest/gtest.h>

#include "tokens/images.h"

namespace tollgate {
namespace {

using enum EncodingId;

TEST(EncodingOf, KnowsModelsByTheHeadOfTheirName) {
  for (auto model : {"gpt-4o", "gpt-4o-mini-2024-07-18", "gpt-4.1-nano", "gpt-5", "gpt-5.1-codex", "gpt-5-mini", "o1", "o3-mini", "o4-mini-2025-04-16", "chatgpt-4o-latest", "gpt-oss-120b", "GPT-4o"})
    EXPECT_EQ(encoding_of(model), o200k_base) << model;
  for (auto model : {"gpt-4", "gpt-4-turbo", "gpt-4-32k-0314", "gpt-3.5-turbo", "gpt-35-turbo-16k", "text-embedding-3-small", "text-embedding-ada-002", "davinci-002"})
    EXPECT_EQ(encoding_of(model), cl100k_base) << model;
  EXPECT_EQ(encoding_of("text-davinci-003"), p50k_base);
  EXPECT_EQ(encoding_of("davinci"), r50k_base);
}

TEST(EncodingOf, LooksThroughProvidersAndFineTuning) {
  EXPECT_EQ(encoding_of("openai/gpt-5"), o200k_base);
  EXPECT_EQ(encoding_of("openrouter/openai/gpt-4-turbo"), cl100k_base);
  EXPECT_EQ(encoding_of("ft:gpt-4o-mini-2024-07-18:acme::abc123"), o200k_base);
  EXPECT_EQ(encoding_of("ft:gpt-3.5-turbo:acme:suffix:id"), cl100k_base);
  EXPECT_EQ(encoding_of("openai.gpt-oss-20b-1:0"), o200k_base);
}

TEST(EncodingOf, DoesNotGuess) {
  for (auto model : {"", "claude-sonnet-4-5", "gemini-2.5-flash", "mistral-large", "o11", "gpt-55", "adapter", "gpt", "gpt-6-sol", "ft:", "/"}) EXPECT_EQ(encoding_of(model), std::nullopt) << model;
}

// The examples of OpenAI's page.
TEST(ImageTokens, FollowTheExamplesOfTheSource) {
  EXPECT_EQ(image_tokens("gpt-4o", 1024, 1024, ImageDetail::high), 765);
  EXPECT_EQ(image_tokens("gpt-4o", 2048, 4096, ImageDetail::high), 1105);
  EXPECT_EQ(image_tokens("gpt-4o", 4096, 8192, ImageDetail::low), 85);
  EXPECT_EQ(image_tokens("gpt-4.1-mini", 1024, 1024, ImageDetail::high), 1659);  // 1,024 patches
  EXPECT_EQ(image_tokens("o4-mini", 1800, 2400, ImageDetail::high), 2498);       // 33 x 44 patches
}

TEST(PictureTokens, FollowTheRulesOfOtherMakers) {
  auto high = ImageDetail::high;
  EXPECT_EQ(picture_tokens("claude-sonnet-4-5", 200, 200, high), 54);
  EXPECT_EQ(picture_tokens("claude-3-5-sonnet-20241022", 3000, 2000, high), 1568);
  EXPECT_EQ(picture_tokens("claude-opus-4-7", 3000, 2000, high), 4784);
  EXPECT_EQ(picture_tokens("claude-sonnet-4-20250514", 3000, 2000, high), 1568);
  EXPECT_EQ(picture_tokens("us.anthropic.claude-haiku-4-5-20251001-v1:0", 8000, 10, high), 5);
  EXPECT_EQ(picture_tokens("gemini-2.5-flash", 384, 384, high), 258);
  EXPECT_EQ(picture_tokens("gemini-2.5-flash", 960, 540, high), 258 * 6);
  EXPECT_EQ(picture_tokens("gemini-3-pro", 4000, 4000, high), 1120);
  EXPECT_EQ(picture_tokens("gpt-4o", 1024, 1024, high), 765);
  EXPECT_EQ(picture_tokens("mistral-large", 1024, 1024, high), std::nullopt);
}

TEST(ImageTokens, HaveABoundAndNeedSides) {
  EXPECT_EQ(image_tokens("gpt-4o", 0, 10, ImageDetail::high), 0);
  EXPECT_EQ(image_tokens("gpt-4o", 1, 1, ImageDetail::high), 255);
  EXPECT_EQ(image_tokens("gpt-5-mini", 1, 1, ImageDetail::high), 2);
  for (std::int64_t wide : {1, 31, 32, 33, 500, 5'000, 1'000'000'000})
    for (std::int64_t high : {1, 700, 70'000}) {
      EXPECT_LE(image_tokens("gpt-5-mini", wide, high, ImageDetail::high), 1844) << wide << " x " << high;
      EXPECT_LE(image_tokens("gpt-4o", wide, high, ImageDetail::high), 85 + 8 * 170) << wide << " x " << high;
    }
}

TEST(Families, KnowTheFormOfAChatByTheModel) {
  EXPECT_EQ(chat_frame_of("gpt-4o-mini").reply_start, 3);
  EXPECT_EQ(chat_frame_of("gpt-5-chat-latest").reply_start, 3);
  for (auto model : {"gpt-5", "gpt-5.2-chat", "openai/gpt-5-nano", "o3-mini", "o4-mini-2025-04-16"}) EXPECT_EQ(chat_frame_of(model).reply_start, 2) << model;
  EXPECT_EQ(chat_frame_of("gpt-5.4").each_answer, 2);
  EXPECT_EQ(chat_frame_of("o3-mini").each_answer, 0);
  EXPECT_GT(chat_frame_of("openai.gpt-oss-20b-1:0").preamble, 0);
  for (auto model : {"gpt-oss-120b", "gpt-4o-search-preview", "gpt-4o-mini-audio-preview", "computer-use-preview"}) EXPECT_FALSE(chat_frame_of(model).known) << model;
}

}  // namespace
}  // namespace tollgate
