#include "gateway/waiting_room.h"

#include <gtest/gtest.h>

#include <memory>

namespace tollgate {
namespace {

struct Room {
  WaitingRoom room;
  RouteHealth route;
  std::deque<std::unique_ptr<WaitingRoom::Place>> places;
  std::vector<std::string> names;

  void enter(std::string name, std::string tenant, Priority priority = Priority::normal) {
    places.push_back(std::make_unique<WaitingRoom::Place>(room, route, priority, std::move(tenant)));
    names.push_back(std::move(name));
  }
  std::string next() {
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] == nullptr || !places[i]->is_next()) continue;
      places[i]->served();
      places[i].reset();
      return names[i];
    }
    return "nobody";
  }
  std::string all() {
    std::string order;
    for (std::string name = next(); name != "nobody"; name = next()) order += (order.empty() ? "" : " ") + name;
    return order;
  }
};

TEST(WaitingRoom, OneTenantIsServedInOrder) {
  Room t;
  for (auto* name : {"a1", "a2", "a3"}) t.enter(name, "a");
  EXPECT_EQ(t.all(), "a1 a2 a3");
  EXPECT_TRUE(t.room.empty());
}

TEST(WaitingRoom, TenantsTakeTurnsHoweverManyOneHas) {
  Room t;
  for (auto* name : {"a1", "a2", "a3", "a4"}) t.enter(name, "a");
  t.enter("b1", "b");
  t.enter("c1", "c");
  t.enter("b2", "b");
  EXPECT_EQ(t.all(), "a1 b1 c1 a2 b2 a3 a4");
}

TEST(WaitingRoom, WhoComesAnewDoesNotGoBeforeThoseThatWait) {
  Room t;
  for (auto* name : {"a1", "a2", "a3"}) t.enter(name, "a");
  EXPECT_EQ(t.next(), "a1");
  t.enter("b1", "b");
  EXPECT_EQ(t.all(), "a2 b1 a3");
}

TEST(WaitingRoom, HigherPriorityGoesFirst) {
  Room t;
  t.enter("low", "a", Priority::low);
  t.enter("normal", "a");
  t.enter("high", "b", Priority::high);
  EXPECT_TRUE(t.room.anyone_before(t.route, Priority::high));
  EXPECT_EQ(t.all(), "high normal low");
}

TEST(WaitingRoom, OnlyEqualsAndHigherOnesAreBefore) {
  Room t;
  t.enter("low", "a", Priority::low);
  EXPECT_FALSE(t.room.anyone_before(t.route, Priority::normal));
  EXPECT_TRUE(t.room.anyone_before(t.route, Priority::low));
}

TEST(WaitingRoom, TheLastOfTheLowestMakesWay) {
  Room t;
  t.enter("n1", "a");
  t.enter("l1", "a", Priority::low);
  t.enter("l2", "a", Priority::low);
  EXPECT_TRUE(t.room.make_way(t.route, Priority::high));
  EXPECT_TRUE(t.places[2]->sent_away());
  EXPECT_FALSE(t.places[1]->sent_away());
  EXPECT_TRUE(t.room.make_way(t.route, Priority::high));
  EXPECT_TRUE(t.places[1]->sent_away());
  EXPECT_FALSE(t.room.make_way(t.route, Priority::normal)) << "nobody is lower";
}

TEST(WaitingRoom, WhoFindsNoRoomLetsOthersLookUntilAPlaceIsFree) {
  Room t;
  t.enter("pinned", "a");
  t.enter("any", "a");
  EXPECT_TRUE(t.places[0]->is_next());
  t.places[0]->found_none();
  EXPECT_TRUE(t.places[1]->is_next());
  t.places[1]->found_none();
  EXPECT_FALSE(t.room.anyone_before(t.route, Priority::normal)) << "nobody can use what is free now";
  t.room.freed();
  EXPECT_TRUE(t.places[0]->is_next());
  EXPECT_TRUE(t.room.anyone_before(t.route, Priority::normal));
}

TEST(WaitingRoom, RoutesDoNotMeet) {
  Room t;
  RouteHealth other;
  t.enter("a1", "a");
  WaitingRoom::Place elsewhere(t.room, other, Priority::normal, "a");
  EXPECT_TRUE(elsewhere.is_next());
  EXPECT_TRUE(t.places[0]->is_next());
}

}  // namespace
}  // namespace tollgate
