// What every dialect tells beside the buckets: service tiers, searches, tokens of pictures and films.
#include <gtest/gtest.h>

#include "dialects/anthropic_messages/usage.h"
#include "dialects/gemini/usage.h"
#include "dialects/openai_chat/answer.h"
#include "dialects/openai_responses/usage.h"
#include "json/scan.h"

namespace tollgate {
namespace {

json::Value scanned(std::string_view text) { return json::scan(text).value(); }

TEST(BilledBeside, OfChatHasTheTierAndTheSearches) {
  auto answer = openai_chat::read_answer(openai_chat::Endpoint::chat, R"({"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}],
      "service_tier":"flex","usage":{"prompt_tokens":9,"completion_tokens":5,"prompt_tokens_details":{"image_tokens":4},"num_search_queries":3}})");
  ASSERT_TRUE(answer && answer->usage);
  EXPECT_EQ(answer->usage->beside.tier, ServiceTier::flex);
  EXPECT_EQ(answer->usage->beside.web_searches, 3);
  EXPECT_EQ(answer->usage->beside.image_input.count, 4);
  EXPECT_EQ(answer->usage->input.count, 9);
}

TEST(BilledBeside, OfResponsesCountsSearchesButNotTheReadingOfPages) {
  constexpr std::string_view text = R"({"service_tier":"priority","usage":{"input_tokens":9,"output_tokens":5},"output":[
      {"type":"web_search_call","action":{"type":"search"}},{"type":"web_search_call","action":{"type":"open_page"}},
      {"type":"web_search_call"},{"type":"file_search_call"},{"type":"message"}]})";
  auto usage = openai_responses::read_usage(scanned(text));
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->beside.web_searches, 2);
  EXPECT_EQ(usage->beside.file_searches, 1);
  EXPECT_EQ(usage->beside.tier, ServiceTier::priority);
}

TEST(BilledBeside, OfMessagesHasSearchesTierAndSpeed) {
  auto read = [](std::string_view text) {
    anthropic_messages::UsageReader reader;
    reader.take(scanned(text));
    return reader.usage()->beside;
  };
  BilledBeside usual = read(R"({"input_tokens":9,"output_tokens":5,"server_tool_use":{"web_search_requests":2},"service_tier":"standard"})");
  EXPECT_EQ(usual.web_searches, 2);
  EXPECT_EQ(usual.tier, ServiceTier::standard);
  EXPECT_EQ(read(R"({"input_tokens":9,"output_tokens":5,"service_tier":"standard","speed":"fast"})").tier, ServiceTier::fast);
  EXPECT_EQ(read(R"({"input_tokens":9,"output_tokens":5})").tier, ServiceTier::untold);
}

TEST(BilledBeside, OfGeminiHasTheModalities) {
  auto reading = gemini::read_usage(scanned(R"({"promptTokenCount":1000,"cachedContentTokenCount":300,"candidatesTokenCount":1290,"serviceTier":"SERVICE_TIER_FLEX",
      "promptTokensDetails":[{"modality":"TEXT","tokenCount":100},{"modality":"IMAGE","tokenCount":500},{"modality":"VIDEO","tokenCount":200},{"modality":"AUDIO","tokenCount":200}],
      "cacheTokensDetails":[{"modality":"IMAGE","tokenCount":200},{"modality":"AUDIO","tokenCount":100}],
      "candidatesTokensDetails":[{"modality":2,"tokenCount":1290}]})"));
  ASSERT_TRUE(reading.usage);
  const BilledBeside& beside = reading.usage->beside;
  EXPECT_EQ(reading.usage->audio_input.count, 100);
  EXPECT_EQ(beside.image_input.count, 300);
  EXPECT_EQ(beside.video_input.count, 200);
  EXPECT_EQ(beside.cached_image.count, 200);
  EXPECT_EQ(beside.cached_audio.count, 100);
  EXPECT_EQ(beside.image_output.count, 1290);
  EXPECT_EQ(beside.tier, ServiceTier::flex);
}

TEST(BilledBeside, OfGeminiCountsQueriesFromTheThirdOnAndPromptsBefore) {
  auto searches = [](std::string_view model) {
    std::string text = R"({"modelVersion":")" + std::string(model) + R"(","candidates":[{"groundingMetadata":{"webSearchQueries":["a","b"]}}]})";
    return gemini::searches_in(scanned(text));
  };
  EXPECT_EQ(searches("gemini-3-flash"), 2);
  EXPECT_EQ(searches("gemini-2.5-flash"), 1);
  EXPECT_EQ(gemini::searches_in(scanned(R"({"candidates":[{}]})")), 0);
}

}  // namespace
}  // namespace tollgate
