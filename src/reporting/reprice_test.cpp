#include "reporting/reprice.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

LedgerRow row_of(std::int64_t cost, RowOrigin origin = RowOrigin::call) {
  LedgerRow row;
  row.status = RowStatus::ok;
  row.provider = "openai";
  row.model = "m";
  row.usage = {.input = {100}, .output = {10}};
  row.cost = {cost};
  row.price_id = "old";
  row.origin = origin;
  return row;
}

AttemptRow attempt_of(AttemptPhase phase, std::int64_t cost, std::int64_t input) {
  AttemptRow attempt;
  attempt.model = "m";
  attempt.phase = phase;
  attempt.cost = {cost};
  attempt.usage = {.input = {input}};
  attempt.price_id = cost == 0 ? "" : "old";
  return attempt;
}

// Three nano-USD for each token of input.
std::optional<PricedUsage> three(const UsedModel& used) {
  return PricedUsage{{used.usage.input.count * 3}, "new"};
}
std::optional<PricedUsage> nobody_knows(const UsedModel&) { return std::nullopt; }

Repriced with(const LedgerRow& row, std::vector<AttemptRow> attempts, const Pricer& price = three,
              LostCharge lost = LostCharge::input) {
  return reprice(row, attempts, lost, price);
}

TEST(Reprice, SumsTheAnswersAndLeavesOutWhatWasTriedInVainOrInTheShadow) {
  auto now = with(row_of(7), {attempt_of(AttemptPhase::first_byte, 9, 500), attempt_of(AttemptPhase::stream, 3, 10),
                              attempt_of(AttemptPhase::done, 4, 20), attempt_of(AttemptPhase::shadow, 50, 1000)});
  EXPECT_EQ(now.cost, Money{90});
  EXPECT_EQ(now.price_id, "new");
}

TEST(Reprice, ChargesTheDearestLostAnswerWhereOneWasCharged) {
  auto now = with(row_of(9), {attempt_of(AttemptPhase::first_byte, 9, 500), attempt_of(AttemptPhase::first_token, 3, 10)});
  EXPECT_EQ(now.cost, Money{1500});
}

TEST(Reprice, KeepsLostAnswersFreeThatWereNotCharged) {
  EXPECT_EQ(with(row_of(0), {attempt_of(AttemptPhase::first_byte, 9, 500)}).cost, Money{0});
}

TEST(Reprice, GoesByTheSettingWhereALostAnswerHadNoPrice) {
  std::vector<AttemptRow> lost{attempt_of(AttemptPhase::first_byte, 0, 500)};
  EXPECT_EQ(with(row_of(0), lost, three, LostCharge::input).cost, Money{1500});
  EXPECT_EQ(with(row_of(0), lost, three, LostCharge::none).cost, Money{0});
}

TEST(Reprice, KeepsTheCostOfAPriceThatIsStillTheSame) {
  auto same = [](const UsedModel&) { return std::optional(PricedUsage{{999}, "old"}); };
  EXPECT_EQ(with(row_of(7), {attempt_of(AttemptPhase::done, 7, 10)}, same).cost, Money{7});
}

TEST(Reprice, SaysWhatHasNoPriceAndKeepsItsCost) {
  auto now = with(row_of(7), {attempt_of(AttemptPhase::done, 7, 10)}, nobody_knows);
  EXPECT_TRUE(now.unpriced);
  EXPECT_EQ(now.cost, Money{7});
}

TEST(Reprice, ARefusedConnectionCostsNothingUnderAnyPrice) {
  EXPECT_EQ(with(row_of(0), {attempt_of(AttemptPhase::connect, 0, 0)}, nobody_knows).cost, Money{0});
}

TEST(Reprice, PricesAnImportedRowWithoutAttemptsByItself) {
  EXPECT_EQ(with(row_of(7, RowOrigin::import), {}).cost, Money{300});
  EXPECT_EQ(with(row_of(0), {}).cost, Money{0});
  auto cached = row_of(0, RowOrigin::import);
  cached.cache = CacheResult::exact;
  EXPECT_EQ(with(cached, {}).cost, Money{0});
}

}  // namespace
}  // namespace tollgate
