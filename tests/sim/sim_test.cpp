#include <gtest/gtest.h>

#include "async/reactor.h"
#include "async/task_group.h"
#include "sim/fiber.h"
#include "sim/scenario.h"
#include "sim/sim_network.h"

namespace tollgate::sim {
namespace {

constexpr WallTime noon{1'795'348'800'000'000'000};

TEST(Scenario, TheSameSeedTellsTheSameStory) {
  for (std::uint64_t seed : {3, 4, 5}) {
    Story first = run_scenario(seed), second = run_scenario(seed);
    EXPECT_FALSE(first.trace.empty());
    EXPECT_EQ(first.trace, second.trace) << "seed " << seed;
  }
}

TEST(Scenario, AnotherSeedTellsAnotherStory) { EXPECT_NE(run_scenario(3).trace, run_scenario(4).trace); }

TEST(VirtualTime, MovesToTheNextEventAndNotFurther) {
  VirtualTime time(noon);
  Instant began = time.now();
  std::vector<int> order;
  time.after(seconds(2), [&] { order.push_back(2); });
  time.after(seconds(1), [&] { order.push_back(1); });
  time.wait(Instant::never());
  EXPECT_EQ(time.now(), began + seconds(1));
  time.wait(began + milliseconds(1500));
  EXPECT_EQ(time.now(), began + milliseconds(1500));
  time.wait(Instant::never());
  EXPECT_EQ(order, (std::vector{1, 2}));
  EXPECT_EQ(time.wall() - noon, seconds(2));
}

TEST(VirtualTime, RunsEventsOfOneMomentInTheOrderOfAsking) {
  VirtualTime time(noon);
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) time.after(seconds(1), [&order, i] { order.push_back(i); });
  time.wait(Instant::never());
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

TEST(VirtualTime, IsStuckWhenNothingWillEverHappen) {
  VirtualTime time(noon);
  time.wait(Instant::never());
  EXPECT_TRUE(time.stuck());
}

TEST(Fiber, PausesInTheMiddleAndGoesOn) {
  std::vector<int> order;
  Fiber fiber([&] {
    order.push_back(1);
    Fiber::current()->pause();
    order.push_back(3);
  });
  fiber.resume();
  order.push_back(2);
  EXPECT_FALSE(fiber.done());
  fiber.resume();
  EXPECT_TRUE(fiber.done());
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

// Two ends of a connection, both in hand.
class NetworkTest : public ::testing::Test {
 protected:
  NetworkTest() {
    network.open("far", door, 2);
    Reactor::Turn turn(reactor);
    tasks.spawn(connect());
    run();
  }

  Task<void> connect() {
    Origin origin;
    origin.host = "far";
    SimDialer dialer(network, 1);
    auto dialed = co_await dialer.dial(origin, {});
    near = std::move(*dialed);
    auto accepted = co_await door.accept({});
    far = std::move(*accepted);
  }
  static Task<void> write(ByteStream& stream, std::string bytes, bool& written) {
    std::string_view parts[] = {bytes};
    written = (co_await write_all(stream, parts, {})).has_value();
  }
  static Task<void> read(ByteStream& stream, std::string& bytes, std::optional<Error>& error) {
    std::array<char, 100> room;
    for (;;) {
      auto got = co_await read_some(stream, room, {});
      if (!got) error = got.error();
      if (!got || *got == 0) co_return;
      bytes.append(room.data(), *got);
    }
  }
  void run() {
    reactor.run_until([&] { return tasks.size() == 0 || time.stuck(); });
  }

  VirtualTime time{noon};
  SeededRandom random{1};
  Reactor reactor{time, random, time};
  SimNetwork network{time, 7};
  Door door;
  std::unique_ptr<ByteStream> near, far;
  TaskGroup tasks;
};

TEST_F(NetworkTest, CarriesBytesInOrderThroughItsBoundedRoom) {
  std::string sent;
  for (int i = 0; i < 60'000; ++i) sent += std::to_string(i);
  bool written = false;
  std::string came;
  std::optional<Error> error;
  Reactor::Turn turn(reactor);
  tasks.spawn(write(*near, sent, written));
  EXPECT_FALSE(written) << "more than the room takes";
  tasks.spawn(read(*far, came, error));
  reactor.run_until([&] { return written || time.stuck(); });
  near->finish_writing();
  run();
  EXPECT_TRUE(came == sent);
  EXPECT_FALSE(error.has_value());
}

TEST_F(NetworkTest, AnEndThatClosesWithUnreadInputResets) {
  bool written = false;
  std::string came;
  std::optional<Error> error;
  Reactor::Turn turn(reactor);
  tasks.spawn(write(*near, "unread", written));
  run();
  time.wait(time.now() + seconds(1));
  far.reset();
  tasks.spawn(read(*near, came, error));
  run();
  EXPECT_TRUE(error.has_value());
}

TEST_F(NetworkTest, AHostThatIsKilledEndsItsConnections) {
  std::string came;
  std::optional<Error> error;
  bool written = false;
  Reactor::Turn turn(reactor);
  tasks.spawn(read(*near, came, error));
  tasks.spawn(write(*far, "the last words", written));
  EXPECT_EQ(network.open_ends(2), 1u);
  network.end_host(2, HostEnd::kill);
  EXPECT_EQ(network.open_ends(2), 0u);
  run();
  EXPECT_EQ(came, "the last words") << "the kernel had them already";
}

}  // namespace
}  // namespace tollgate::sim
