// What tries out another model: shadows and splits; and who gets room first.

#include <gtest/gtest.h>

#include "gateway/gateway_for_test.h"
#include "gateway/shadow.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

struct Trying : GatewayForTest {
  HealthBook book;
  Trying() {
    setup.asked->fallback.clear();
    setup.asked->health = book.route("m");
    for (Target* target : setup.targets) target->health = book.target(target->provider, target->model);
  }
  void shadow(Percent share, Money a_day) {
    setup.asked->shadow = &setup.add_route("candidate", {"candidate"}, "dear");
    setup.targets.back()->health = book.target("candidate", "their-candidate");
    setup.asked->shadow_share = share;
    setup.asked->shadow_budget = a_day;
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> names;
    for (auto& call : provider.calls) names.push_back(call.provider);
    return names;
  }
};

TEST(Shadow, ACandidateIsAskedBesideAndNobodyPays) {
  Trying t;
  t.shadow(percent(100), cents(100));
  t.provider.answers({t.plain("shadow"), t.plain("real")});
  CallForTest& call = t.ask();
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"candidate", "first"}));
  EXPECT_NE(call.text().find("real"), std::string::npos);
  ASSERT_EQ(t.ledger.shadows.size(), 1U);
  const AttemptRow& row = t.ledger.shadows[0];
  EXPECT_EQ(row.phase, AttemptPhase::shadow);
  EXPECT_EQ(row.n, shadow_row);
  EXPECT_EQ(row.request_id, t.ledger.rows[0].id);
  EXPECT_EQ(row.cost, (Money{200'000}));  // 10 tokens of input for 10 USD a million, 5 of output for 20
  EXPECT_EQ(t.ledger.rows.size(), 1U);
  EXPECT_EQ(t.ledger.rows[0].attempts, 1);
  EXPECT_EQ(t.ledger.rows[0].cost, t.ledger.attempts[0].cost);
}

TEST(Shadow, OfAStreamTheCandidateIsAskedForAWholeAnswer) {
  Trying t;
  t.shadow(percent(100), cents(100));
  t.provider.answers({t.plain("shadow"), t.streamed({role_event(), content_event("real"), finish_event(), usage_event(), done_event()})});
  EXPECT_NE(t.stream().text().find("real"), std::string::npos);
  EXPECT_EQ(t.provider.calls[0].body.find("\"stream\":true"), std::string::npos);
  ASSERT_EQ(t.ledger.shadows.size(), 1U);
  EXPECT_TRUE(t.ledger.seen.empty());
}

TEST(Shadow, ItsFailureIsItsOwn) {
  Trying t;
  t.shadow(percent(100), cents(100));
  t.provider.answers({t.refusal(500), t.plain("real")});
  EXPECT_FALSE(t.ask().error);
  ASSERT_EQ(t.ledger.shadows.size(), 1U);
  EXPECT_EQ(t.ledger.shadows[0].error_class, "upstream_error");
}

TEST(Shadow, TheDaysBudgetIsNeverExceeded) {
  Trying t;
  t.shadow(percent(100), Money{10'000'000});  // a cent: the worst case of a call is 100 tokens of output and some input
  Money spent;
  for (int i = 0; i < 200; ++i) {
    t.provider.scripts.clear();
    for (int n = 0; n < 2; ++n) t.provider.scripts.push_back(t.plain());
    t.begin(t.prepare());
    t.loop.pass(1s);
  }
  for (const AttemptRow& row : t.ledger.shadows) spent += row.cost;
  EXPECT_LE(spent, (Money{10'000'000}));
  EXPECT_GT(t.ledger.shadows.size(), 20U);
  EXPECT_LT(t.ledger.shadows.size(), 200U);
  std::size_t before = t.ledger.shadows.size();
  t.loop.pass(std::chrono::hours(24));
  t.provider.answers({t.plain(), t.plain()});
  t.ask();
  EXPECT_EQ(t.ledger.shadows.size(), before + 1) << "a new day has a new budget";
}

TEST(Shadow, AShareIsAShare) {
  Trying t;
  t.shadow(percent(10), cents(1000));
  for (int i = 0; i < 500; ++i) {
    t.provider.scripts.clear();
    for (int n = 0; n < 2; ++n) t.provider.scripts.push_back(t.plain());
    t.begin(t.prepare());
    t.loop.pass(100ms);
  }
  EXPECT_NEAR(static_cast<double>(t.ledger.shadows.size()), 50, 25);
}

TEST(Shadow, AnUnpricedCandidateIsNeverAsked) {
  Trying t;
  t.setup.asked->shadow = &t.setup.add_route("candidate", {"candidate"}, "unknown");
  t.setup.targets.back()->health = t.book.target("candidate", "their-candidate");
  t.setup.asked->shadow_share = percent(100);
  t.setup.asked->shadow_budget = cents(100);
  t.provider.answers({t.plain()});
  EXPECT_FALSE(t.ask().error);
  EXPECT_EQ(t.asked(), (std::vector<std::string>{"first"}));
}

TEST(Split, EachUserStaysOnOneSideAndTheShareHolds) {
  Trying t;
  t.setup.asked->split_to = t.setup.spare;
  t.setup.asked->split_share = percent(20);
  int aside = 0;
  constexpr int users = 300;
  for (int user = 0; user < users; ++user) {
    std::string first;
    for (int turn = 0; turn < 3; ++turn) {
      t.provider.calls.clear();
      t.provider.answers({t.plain()});
      t.ask(",\"user\":\"u" + std::to_string(user) + "\"");
      std::string who = t.provider.calls.at(0).provider;
      if (turn == 0) first = who;
      EXPECT_EQ(who, first);
    }
    aside += first == "spare";
  }
  EXPECT_NEAR(aside, users / 5, 25);
  EXPECT_EQ(t.ledger.rows.back().route, "m") << "limits and reports know the name that was asked for";
}

TEST(Queue, WhoIsNamedHighGoesFirst) {
  Trying t;
  t.setup.asked->targets = {t.setup.targets[0]};
  t.setup.targets[0]->max_in_flight = 1;
  t.setup.asked->queue = QueueConfig{.size = 10, .wait = 60s};
  t.setup.asked->priority.high = {"user:vip*"};
  for (int i = 0; i < 5; ++i) {
    Script slow = t.plain();
    slow.between = 2s;
    t.provider.scripts.push_back(slow);
  }
  for (std::string user : {"a", "b", "c", "vip1", "vip2"}) t.begin(t.prepare(",\"user\":\"" + user + "\""));
  t.loop.pass(30s);
  std::vector<std::string> order;
  for (const RequestRow& row : t.ledger.rows) order.push_back(row.attribution.user);
  EXPECT_EQ(order, (std::vector<std::string>{"a", "vip1", "vip2", "b", "c"}));
}

TEST(Queue, AFreedPlaceIsTakenAtOnce) {
  Trying t;
  t.setup.asked->targets = {t.setup.targets[0]};
  t.setup.targets[0]->max_in_flight = 1;
  t.setup.asked->queue = QueueConfig{.size = 100, .wait = 60s};
  for (int i = 0; i < 50; ++i) {
    Script quick = t.plain();
    quick.between = 1ms;
    t.provider.scripts.push_back(quick);
  }
  for (int i = 0; i < 50; ++i) t.begin(t.prepare());
  t.loop.pass(70ms);  // by looks of ten milliseconds it would be half a second
  EXPECT_EQ(t.ledger.rows.size(), 50U);
}

}  // namespace
}  // namespace tollgate
