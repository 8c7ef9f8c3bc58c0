#include "net/proxied_listener.h"

#include <gtest/gtest.h>

#include "net/http_for_test.h"

namespace tollgate::http {
namespace {

constexpr std::string_view request = "GET /ok HTTP/1.1\r\nhost: h\r\n\r\n";

struct Proxied {
  VirtualLoop loop;
  TestHandler handler;
  MemoryBudget memory{1 << 20};
  TestListener listener;
  ProxiedListener proxied{listener};
  Server server{handler, memory, {}};

  Proxied() {
    loop.spawn(server.run(proxied));
    loop.settle();
  }
  ~Proxied() {
    loop.spawn(server.drain(loop.now()));
    loop.pass(seconds(300));
  }
  FarEnd client(std::string_view says) {
    FarEnd far = listener.connect();
    loop.settle();
    far.say(says);
    loop.settle();
    return far;
  }
};

TEST(ProxiedListener, ServesWhatComesBehindTheHeaderInOnePieceOrInMany) {
  std::string whole = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n" + std::string(request);
  Proxied s;
  FarEnd at_once = s.client(whole);
  EXPECT_TRUE(at_once.take().starts_with("HTTP/1.1 200"));
  FarEnd slow = s.client("");
  for (char byte : whole) {
    slow.say({&byte, 1});
    s.loop.settle();
  }
  EXPECT_TRUE(slow.take().starts_with("HTTP/1.1 200"));
}

TEST(ProxiedListener, TellsTheClientOfTheHeaderAsThePeer) {
  Proxied s;
  std::string seen;
  auto accept = [](ProxiedListener& listener, std::string& peer) -> Task<void> {
    auto stream = co_await listener.accept({Instant::never()});
    if (!stream) co_return;
    auto shaken = co_await (*stream)->shake_hands({Instant::never()});
    if (shaken) peer = format_ip((*stream)->peer().ip);
  };
  TestListener alone;
  ProxiedListener proxied(alone);
  FarEnd other = alone.connect();
  other.say("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n");
  s.loop.spawn(accept(proxied, seen));
  s.loop.settle();
  EXPECT_EQ(seen, "192.0.2.1");
}

TEST(ProxiedListener, ClosesAConnectionWithoutAHeaderUnanswered) {
  Proxied s;
  FarEnd far = s.client(request);
  EXPECT_TRUE(far.closed());
  EXPECT_EQ(far.came(), "");
  EXPECT_EQ(s.handler.served, "");
}

}  // namespace
}  // namespace tollgate::http
