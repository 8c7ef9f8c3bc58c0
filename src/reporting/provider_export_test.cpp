#include "reporting/provider_export.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

constexpr std::string_view openai_usage = R"({"object":"page","data":[{"object":"bucket","start_time":1795219200,
 "end_time":1795305600,"results":[{"object":"organization.usage.completions.result","input_tokens":1000,
 "output_tokens":500,"input_cached_tokens":800,"input_audio_tokens":0,"output_audio_tokens":0,"num_model_requests":5,
 "project_id":null,"user_id":null,"api_key_id":"key_1","model":"gpt-4o-2024-08-06","batch":null}]},
 {"object":"bucket","start_time":1795305600,"end_time":1795392000,"results":[]}],"has_more":false,"next_page":null})";
constexpr std::string_view openai_costs = R"({"object":"page","data":[{"object":"bucket","start_time":1795219200,
 "end_time":1795305600,"results":[{"object":"organization.costs.result","amount":{"value":0.06,"currency":"usd"},
 "line_item":"gpt-4o-2024-08-06, input","project_id":null},{"object":"organization.costs.result",
 "amount":{"value":1.25e-5,"currency":"usd"},"line_item":null,"project_id":null}]}],"has_more":true,"next_page":"AAAA"})";
constexpr std::string_view anthropic_usage = R"({"data":[{"starting_at":"2026-11-21T00:00:00Z",
 "ending_at":"2026-11-22T00:00:00Z","results":[{"uncached_input_tokens":1500,"cache_creation":
 {"ephemeral_1h_input_tokens":1000,"ephemeral_5m_input_tokens":500},"cache_read_input_tokens":200,"output_tokens":500,
 "server_tool_use":{"web_search_requests":10},"api_key_id":"apikey_01Rj","workspace_id":null,"model":"claude-sonnet-4-20250514",
 "service_tier":"standard","context_window":"0-200k"}]}],"has_more":false,"next_page":null})";
constexpr std::string_view anthropic_costs = R"({"data":[{"starting_at":"2026-11-21T00:00:00Z",
 "ending_at":"2026-11-22T00:00:00Z","results":[{"currency":"USD","amount":"123.78912","workspace_id":null,
 "description":"Claude Sonnet 4 Usage - Input Tokens","cost_type":"tokens","context_window":"0-200k",
 "model":"claude-sonnet-4-20250514","service_tier":"standard","token_type":"uncached_input_tokens"}]}],
 "has_more":false,"next_page":null})";
constexpr std::int64_t nov_21 = 20'778;

std::string fault_of(std::string_view text) {
  auto read = read_provider_export(text);
  return read ? "none" : read.error().detail;
}

TEST(ProviderExport, ReadsUsageOfOpenAi) {
  auto read = read_provider_export(openai_usage);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->format, "openai_usage");
  ASSERT_EQ(read->lines.size(), 1u);
  const ExportLine& line = read->lines[0];
  EXPECT_EQ(line.day, nov_21);
  EXPECT_EQ(line.key, "key_1");
  EXPECT_EQ(line.model, "gpt-4o-2024-08-06");
  EXPECT_EQ(line.sums, (UsageSums{1000, 800, 500, 0}));
  EXPECT_EQ(read->measures.size(), 3u);
  EXPECT_EQ(read->last_day, nov_21 + 1);  // an empty bucket says that nothing was used
}

TEST(ProviderExport, ReadsCostsOfOpenAi) {
  auto read = read_provider_export(openai_costs);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->format, "openai_costs");
  EXPECT_EQ(read->measures, std::vector{ExportMeasure::cost_nano_usd});
  EXPECT_TRUE(read->more_pages);
  ASSERT_EQ(read->lines.size(), 2u);
  EXPECT_EQ(read->lines[0].model, "gpt-4o-2024-08-06");
  EXPECT_EQ(read->lines[0].sums.cost_nano_usd, 60'000'000);
  EXPECT_EQ(read->lines[1].sums.cost_nano_usd, 12'500);
}

TEST(ProviderExport, ReadsUsageOfAnthropic) {
  auto read = read_provider_export(anthropic_usage);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->format, "anthropic_usage");
  ASSERT_EQ(read->lines.size(), 1u);
  EXPECT_EQ(read->lines[0].day, nov_21);
  EXPECT_EQ(read->lines[0].key, "apikey_01Rj");
  EXPECT_EQ(read->lines[0].sums, (UsageSums{3200, 200, 500, 0}));
}

TEST(ProviderExport, ReadsCostsOfAnthropicInCents) {
  auto read = read_provider_export(anthropic_costs);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->format, "anthropic_costs");
  EXPECT_EQ(read->lines[0].sums.cost_nano_usd, 1'237'891'200);
  EXPECT_FALSE(read->has_keys);
}

TEST(ProviderExport, ReadsSeveralPagesAsOneArray) {
  std::string pages = "[" + std::string(openai_usage) + "," + std::string(openai_usage) + "]";
  auto read = read_provider_export(pages);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->lines.size(), 2u);
}

TEST(ProviderExport, ReadsThePlainCsv) {
  auto read = read_provider_export(
      "day,key,model,input_tokens,cached_tokens,output_tokens,cost_usd\r\n"
      "2026-11-21,main,gpt-4o,1000,800,500,0.0125\r\n\n"
      "2026-11-22,\"a \"\"b\"\", c\",gpt-4o,1,0,2,1e-3\n");
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->lines.size(), 2u);
  EXPECT_EQ(read->lines[0].sums, (UsageSums{1000, 800, 500, 12'500'000}));
  EXPECT_EQ(read->lines[1].key, "a \"b\", c");
  EXPECT_EQ(read->lines[1].sums.cost_nano_usd, 1'000'000);
  EXPECT_EQ(read->first_day, nov_21);
  EXPECT_EQ(read->last_day, nov_21 + 1);
}

TEST(ProviderExport, ACsvMayLeaveOutMeasures) {
  auto read = read_provider_export("day,cost_usd,model,key\n2026-11-21,2.5,m,main\n");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->measures, std::vector{ExportMeasure::cost_nano_usd});
}

TEST(ProviderExport, NamesLineOrFieldOfWhatItDoesNotUnderstand) {
  EXPECT_EQ(fault_of(" \n"), "the export is empty");
  EXPECT_EQ(fault_of("day,key,model\n"), "line 1: no column tells of tokens or of a cost");
  EXPECT_EQ(fault_of("day,model,cost_usd\n"), "line 1: the column `key` is missing");
  EXPECT_EQ(fault_of("day,key,model,price\n").substr(0, 34), "line 1: there is no column `price`");
  std::string head = "day,key,model,input_tokens,cost_usd\n";
  EXPECT_EQ(fault_of(head + "2026-11-21,a,m,1,2\nyesterday,a,m,1,2\n"), "line 3: day must be a date such as 2026-11-22");
  EXPECT_EQ(fault_of(head + "2026-11-21,a,m,-1,2\n"), "line 2: input_tokens must be a whole number, not below 0");
  EXPECT_EQ(fault_of(head + "2026-11-21,a,m,1,$2\n"), "line 2: cost_usd must be a number of dollars such as 12.5");
  EXPECT_EQ(fault_of(head + "2026-11-21,a,m,1\n"), "line 2: has 4 cells, the head 5");
  EXPECT_EQ(fault_of(head + "2026-11-21,\"a,m,1,2\n"), "line 2: a quote does not end");
  EXPECT_EQ(fault_of("{\n\"data\": }").substr(0, 15), "line 2: no JSON");
  EXPECT_EQ(fault_of("{}"), "data: must be an array of buckets");
  EXPECT_EQ(fault_of(R"({"data":[{"results":[]}]})").substr(0, 18), "data[0].start_time");
  EXPECT_EQ(fault_of(R"({"data":[{"start_time":0,"results":[{"output_tokens":1}]}]})"),
            "data[0].results[0].input_tokens: is missing");
  EXPECT_EQ(fault_of(R"({"data":[{"start_time":0,"results":[{"input_tokens":-1}]}]})"),
            "data[0].results[0].input_tokens: must be a whole number, not below 0");
  EXPECT_EQ(fault_of(R"({"data":[{"start_time":0,"results":[{"amount":{"value":1,"currency":"eur"}}]}]})"),
            "data[0].results[0].amount.currency: must be usd");
}

TEST(ProviderExport, AmountsAreReadExactlyAndRoundedOnce) {
  EXPECT_EQ(parse_amount("0.06", nano_per_usd), Money{60'000'000});
  EXPECT_EQ(parse_amount("-1.5", nano_per_usd), Money{-1'500'000'000});
  EXPECT_EQ(parse_amount("0.00000000049", nano_per_usd), Money{0});
  EXPECT_EQ(parse_amount("0.0000000005", nano_per_usd), Money{1});
  EXPECT_EQ(parse_amount("0.1234567891234567891234567891234567", nano_per_usd), Money{123'456'789});
  EXPECT_EQ(parse_amount("1e2", nano_per_usd), Money{100 * nano_per_usd});
  EXPECT_EQ(parse_amount("9223372036.854775807", nano_per_usd), Money{INT64_MAX});
  for (std::string_view bad : {"", "-", "1,5", "0x1", "nan", "1e999", "9223372036.854775808", "1e30", "1.2.3"})
    EXPECT_FALSE(parse_amount(bad, nano_per_usd)) << bad;
}

}  // namespace
}  // namespace tollgate
