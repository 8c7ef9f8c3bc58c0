#include "pricing/question.h"

#include <gtest/gtest.h>

#include "pricing/terms.h"

namespace tollgate {
namespace {

Model model() {
  Model made;
  made.name = "m";
  PriceRow row;
  ListedRates listed;
  listed.input = 2'000'000'000;
  listed.output = 10'000'000'000;
  row.price = {.id = "m@1", .rates = rates_from(listed), .tiers = {}};
  listed.input = listed.output = 0;
  row.price.services.push_back({.id = "m@1/flex", .rates = rates_from(listed), .tiers = {}, .service = ServiceTier::flex});
  made.rows.push_back(std::move(row));
  return made;
}

std::string answer(std::string_view question, Terms terms = {}) {
  auto read = read_price_question(question, {});
  return read ? price_answer(model(), *read, terms) : read.error().param;
}

TEST(PriceQuestion, IsAnsweredInNanoDollarsAndInDollars) {
  EXPECT_EQ(answer(R"({"model":"m","input_tokens":1000,"output_tokens":500})"), R"({"cost_nano_usd":7000000,"cost_usd":"0.007","price_id":"m@1"})");
  EXPECT_EQ(answer(R"({"model":"m","input_tokens":1000,"service_tier":"flex"})"), R"({"cost_nano_usd":0,"cost_usd":"0","price_id":"m@1/flex"})");
  EXPECT_EQ(answer(R"({"model":"m","input_tokens":1000})", {850'000}), R"({"cost_nano_usd":1700000,"cost_usd":"0.0017","price_id":"m@1*0.85"})");
}

TEST(PriceQuestion, NamesTheMemberAtFault) {
  EXPECT_EQ(answer(R"({"input_tokens":1})"), "model");
  EXPECT_EQ(answer(R"({"model":"m","input_tokens":-1})"), "input_tokens");
  EXPECT_EQ(answer(R"({"model":"m","input_tokens":1.5})"), "input_tokens");
  EXPECT_EQ(answer(R"({"model":"m","tokens":1})"), "tokens");
  EXPECT_EQ(answer(R"({"model":"m","at":"soon"})"), "at");
  EXPECT_EQ(answer(R"({"model":1})"), "model");
  EXPECT_EQ(answer(R"({"model":"m","output_tokens":5,"image_output_tokens":6})"), "output_tokens");
  EXPECT_FALSE(read_price_question("[]", {}));
  EXPECT_FALSE(read_price_question(R"({"model":"m","model":"n"})", {}));
}

TEST(TermsOf, MultiplyWhereSeveralConcernAModel) {
  std::vector<ModelTerms> terms{{{}, 850'000}, {{"gpt-*"}, 1'100'000}};
  EXPECT_EQ(terms_of(terms, "gpt-4o").millionths, 935'000);
  EXPECT_EQ(terms_of(terms, "o3").millionths, 850'000);
  EXPECT_TRUE(terms_of({}, "o3").whole());
}

}  // namespace
}  // namespace tollgate
