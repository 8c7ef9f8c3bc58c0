#include "app/commands/sums_text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tollgate {
namespace {

Sums two_teams() {
  Sum search{
      .requests = 3, .refused = 1, .usage = {.input = {100}, .output = {20}}, .cost = {1'250'000'000}, .saved = {}};
  Sum support{.requests = 1, .refused = 0, .usage = {.input = {7}, .output = {2}}, .cost = {500}, .saved = {}};
  Sum total{
      .requests = 4, .refused = 1, .usage = {.input = {107}, .output = {22}}, .cost = {1'250'000'500}, .saved = {}};
  return {.rows = {{{"search"}, "", search}, {{"=support"}, "", support}}, .total = total};
}

TEST(SumsText, GivesJsonTheShapeOfTheEndpoint) {
  SumQuery query{.filter = {}, .by = {"team"}};
  Sums sums = two_teams();
  sums.rows.pop_back();
  std::string figures =
      R"("requests":3,"refused":1,"input_tokens":100,"cached_tokens":0,"cache_write_5m_tokens":0,"cache_write_1h_tokens":0,)"
      R"("output_tokens":20,"reasoning_tokens":0,"audio_input_tokens":0,"audio_output_tokens":0,"image_count":0,)"
      R"("cost_nano_usd":1250000000,"saved_nano_usd":0)";
  EXPECT_TRUE(
      sums_json(query, sums).starts_with(R"({"rows":[{"team":"search",)" + figures + R"(}],"total":{"requests":4,)"));
}

TEST(SumsText, NamesTheBucketWhenOneWasAskedFor) {
  SumQuery query{.filter = {}, .by = {}, .bucket = SumBucket::day};
  Sums sums{.rows = {{{}, "2026-11-22T00:00:00.000Z", {}}}, .total = {}};
  EXPECT_TRUE(sums_json(query, sums).starts_with(R"({"rows":[{"bucket":"2026-11-22T00:00:00.000Z","requests":0,)"));
}

TEST(SumsText, ShowsWhatIsChargedOnlyWhenItIsKnown) {
  Sums sums = two_teams();
  EXPECT_EQ(sums_csv({.filter = {}, .by = {"team"}}, sums).find("charged"), std::string::npos);
  sums.charged = true;
  sums.rows[0].sum.charged = {1'437'500'000};
  sums.rows[1].sum.charged = {450};
  sums.total.charged = {1'437'500'450};
  SumQuery query{.filter = {}, .by = {"team"}};
  EXPECT_NE(sums_csv(query, sums).find("cost_nano_usd,markup_nano_usd,charged_nano_usd,saved_nano_usd\n"), std::string::npos);
  EXPECT_NE(sums_json(query, sums).find(R"("cost_nano_usd":500,"markup_nano_usd":-50,"charged_nano_usd":450,)"), std::string::npos);
  EXPECT_EQ(sums_table(query, sums),
            "team      requests  refused  input_tokens  output_tokens   cost_usd   markup_usd  charged_usd\n"
            "search           3        1           100             20       1.25       0.1875       1.4375\n"
            "=support         1        0             7              2  0.0000005  -0.00000005   0.00000045\n"
            "total            4        1           107             22  1.2500005   0.18749995   1.43750045\n");
}

TEST(SumsText, EscapesFormulasInCsv) {
  std::string csv = sums_csv({.filter = {}, .by = {"team"}}, two_teams());
  EXPECT_TRUE(csv.starts_with("team,requests,refused,input_tokens,"));
  EXPECT_NE(csv.find("\n'=support,1,0,7,"), std::string::npos);
}

TEST(SumsText, GivesCsvItsHeaderAlsoWithoutRows) {
  std::string csv = sums_csv({.filter = {}, .by = {"team", "user"}, .bucket = SumBucket::hour}, {});
  EXPECT_TRUE(csv.starts_with("team,user,bucket,requests,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1);
}

TEST(SumsText, ShowsMoneyInDollarsAndNoColumnOfZeros) {
  EXPECT_EQ(sums_table({.filter = {}, .by = {"team"}}, two_teams()),
            "team      requests  refused  input_tokens  output_tokens   cost_usd\n"
            "search           3        1           100             20       1.25\n"
            "=support         1        0             7              2  0.0000005\n"
            "total            4        1           107             22  1.2500005\n");
}

}  // namespace
}  // namespace tollgate
