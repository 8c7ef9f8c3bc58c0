#include <gtest/gtest.h>
#include <fcntl.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "async/epoll_poller.h"
#include "async/reactor.h"
#include "async/task_group.h"

namespace tollgate {
namespace {

using namespace std::chrono_literals;

// Time that moves only when the reactor has nothing else to do.
struct VirtualTime final : Clock, Poller {
  Instant now() override { return at; }
  WallTime wall() override { return {at.ns}; }
  void wait(Instant until) override {
    if (until != Instant::never()) at = std::max(at, until);
  }
  void wake() override {}
  Instant at{1'000'000'000};
};

struct Loop {
  VirtualTime time;
  SeededRandom random{1};
  Reactor reactor{time, random, time};
};

Task<int> three() { co_return 3; }
Task<int> twice(Task<int> inner) {
  int value = co_await std::move(inner);
  co_return 2 * value;
}
Task<void> store(int& out, Task<int> task) { out = co_await std::move(task); }

TEST(Task, HandsItsValueToTheOneWhoAwaitsIt) {
  Loop loop;
  Reactor::Turn turn(loop.reactor);
  TaskGroup group;
  int got = 0;
  group.spawn(store(got, twice(three())));
  EXPECT_EQ(got, 6);
}

Task<void> count_many(long& sum) {
  for (int i = 0; i < 1'000'000; ++i) sum += co_await three();
}

TEST(Task, ALoopOverReadyTasksDoesNotDeepenTheStack) {
  Loop loop;
  Reactor::Turn turn(loop.reactor);
  TaskGroup group;
  long sum = 0;
  group.spawn(count_many(sum));
  EXPECT_EQ(sum, 3'000'000);
}

Task<void> nap(std::vector<int>& order, int name, Wait wait) {
  Wake wake = co_await sleep(wait);
  order.push_back(wake == Wake::cancelled ? -name : name);
}

TEST(Reactor, WakesSleepersInTheOrderOfTheirTimes) {
  Loop loop;
  TaskGroup group;
  std::vector<int> order;
  {
    Reactor::Turn turn(loop.reactor);
    Instant now = loop.time.at;
    group.spawn(nap(order, 3, {now + 30s}));
    group.spawn(nap(order, 1, {now + 5ms}));
    group.spawn(nap(order, 2, {now + 4100ms}));  // one more than the wheel has slots
  }
  loop.reactor.run_until([&] { return group.size() == 0; });
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_GE(loop.time.at, (Instant{1'000'000'000} + 30s));
}

TEST(Cancellation, EndsEveryWaitThatCarriesIt) {
  Loop loop;
  TaskGroup group;
  std::vector<int> order;
  Cancellation gone;
  Instant start = loop.time.at;
  {
    Reactor::Turn turn(loop.reactor);
    group.spawn(nap(order, 1, {start + 30s, &gone}));
    group.spawn(nap(order, 2, {start + 40s, &gone}));
    gone.cancel();
    group.spawn(nap(order, 3, {start + 50s, &gone}));
  }
  loop.reactor.run_until([&] { return group.size() == 0; });
  EXPECT_EQ(order, (std::vector<int>{-3, -1, -2}));
  EXPECT_EQ(loop.time.at, start);
}

Task<void> hold(std::unique_ptr<int> owned, Wait wait, bool& finished) {
  co_await sleep(wait);
  finished = *owned == 7;
}

TEST(Task, DestroyedWhileSuspendedReleasesWhatItHolds) {
  Loop loop;
  Reactor::Turn turn(loop.reactor);
  bool finished = false;
  {
    Task<void> task = hold(std::make_unique<int>(7), {loop.time.at + 1s}, finished);
    [[maybe_unused]] auto awaiter = std::move(task).operator co_await();
    awaiter.await_suspend(std::noop_coroutine());
  }
  loop.time.at = loop.time.at + 2s;
  loop.reactor.timers().advance(loop.time.at);
  EXPECT_FALSE(finished);
}

Task<void> join(TaskGroup& group, bool& joined) {
  co_await group.join({});
  joined = true;
}

TEST(TaskGroup, JoinsWhenTheLastTaskEnds) {
  Loop loop;
  TaskGroup group, outer;
  std::vector<int> order;
  bool joined = false;
  {
    Reactor::Turn turn(loop.reactor);
    group.spawn(nap(order, 1, {loop.time.at + 1s}));
    outer.spawn(join(group, joined));
  }
  EXPECT_FALSE(joined);
  loop.reactor.run_until([&] { return outer.size() == 0; });
  EXPECT_TRUE(joined);
}

TEST(TimerWheel, FiresNothingEarlyAndNothingTwice) {
  struct Counted : Timer {
    int fired = 0;
  };
  TimerWheel wheel({0});
  std::vector<Counted> timers(2000);
  for (std::size_t i = 0; i < timers.size(); ++i) {
    timers[i].fire = [](Timer& timer) { ++static_cast<Counted&>(timer).fired; };
    wheel.arm(timers[i], Instant{} + milliseconds(7 * i + 1));
  }
  for (std::size_t i = 0; i < timers.size(); ++i) {
    EXPECT_LE(wheel.next(), (Instant{} + milliseconds(7 * i + 1)));
    wheel.advance(Instant{} + milliseconds(7 * i));
    EXPECT_EQ(timers[i].fired, 0);
    wheel.advance(Instant{} + milliseconds(7 * i + 1));
    EXPECT_EQ(timers[i].fired, 1);
  }
  EXPECT_EQ(wheel.next(), Instant::never());
}

TEST(Doorbell, RingsFromAnotherThreadWakeTheReactor) {
  SystemClock clock;
  SeededRandom random(1);
  EpollPoller poller;
  Reactor reactor(clock, random, poller);
  int answered = 0;
  Doorbell bell(reactor, [](void* context) { ++*static_cast<int*>(context); }, &answered);
  std::jthread other([&] { bell.ring(); });
  reactor.run_until([&] { return answered > 0; });
  EXPECT_EQ(answered, 1);
}

Task<void> read_pipe(int descriptor, Readiness& readiness, std::string& out) {
  while (out.size() < 5) {
    co_await readiness.readable({});
    char buffer[16];
    auto n = ::read(descriptor, buffer, sizeof buffer);
    if (n < 0) {
      readiness.drained();
      continue;
    }
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

TEST(EpollPoller, DeliversEdges) {
  SystemClock clock;
  SeededRandom random(1);
  EpollPoller poller;
  Reactor reactor(clock, random, poller);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
  Readiness readiness;
  ASSERT_TRUE(poller.watch(ends[0], readiness));
  TaskGroup group;
  std::string text;
  {
    Reactor::Turn turn(reactor);
    group.spawn(read_pipe(ends[0], readiness, text));
  }
  ASSERT_EQ(::write(ends[1], "hello", 5), 5);
  reactor.run_until([&] { return group.size() == 0; });
  EXPECT_EQ(text, "hello");
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace tollgate
