#include "net/resolver.h"

#include <gtest/gtest.h>

#include "async/epoll_poller.h"
#include "async/task_group.h"

namespace tollgate {
namespace {

struct Names {
  SystemClock clock;
  SeededRandom random{1};
  EpollPoller poller;
  Reactor reactor{clock, random, poller};
  Resolver resolver{reactor};
  TaskGroup tasks;
  int found = 0, failed = 0;

  Task<void> look_up(std::string host) {
    auto addresses = co_await resolver.resolve(host, 80, {});
    ++(addresses && !addresses->empty() ? found : failed);
  }
  void ask(int times, const std::string& host) {
    {
      Reactor::Turn turn(reactor);
      for (int i = 0; i < times; ++i) tasks.spawn(look_up(host));
    }
    reactor.run_until([&] { return tasks.size() == 0; });
  }
};

TEST(Resolver, AnswersALiteralAddressAtOnce) {
  Names names;
  Reactor::Turn turn(names.reactor);
  for (auto literal : {"127.0.0.1", "::1"}) names.tasks.spawn(names.look_up(literal));
  EXPECT_EQ(names.found, 2);
}

TEST(Resolver, ManyCallsForOneNameShareItsLookup) {
  Names names;
  names.ask(1000, "localhost");  // more than may wait
  EXPECT_EQ(names.found, 1000);
}

}  // namespace
}  // namespace tollgate
