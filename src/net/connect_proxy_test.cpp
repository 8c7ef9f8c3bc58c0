#include "net/connect_proxy.h"

#include <gtest/gtest.h>

#include "async/virtual_time_for_test.h"
#include "ports/network_for_test.h"

namespace tollgate {
namespace {

struct Tunnel {
  VirtualLoop loop;
  TestListener proxy;  // its accepted side plays our end of the connection to the proxy
  FarEnd far = proxy.connect();
  std::unique_ptr<ByteStream> ours;
  std::optional<Result<void>> opened;
  Origin origin{.host = "api.example", .port = 443, .tls_name = {}, .ca_file = {}, .cert_file = {}, .key_file = {}, .proxy_host = "proxy", .proxy_port = 3128};

  static Task<void> open(Tunnel& t) {
    auto stream = co_await t.proxy.accept({Instant::never()});
    if (!stream) co_return;
    t.ours = std::move(*stream);
    t.opened = co_await open_tunnel(*t.ours, t.origin, {t.loop.now() + seconds(5)});
  }
  Tunnel() {
    loop.spawn(open(*this));
    loop.settle();
  }
};

TEST(ConnectProxy, AsksForTheHostAndPortAndTakesAYes) {
  Tunnel t;
  std::string asked = t.far.take();
  EXPECT_TRUE(asked.starts_with("CONNECT api.example:443 HTTP/1.1\r\n")) << asked;
  t.far.say("HTTP/1.1 200 Connection established\r\n\r\n");
  t.loop.settle();
  ASSERT_TRUE(t.opened);
  EXPECT_TRUE(t.opened->has_value());
}

TEST(ConnectProxy, TakesANoForAnUnreachableProvider) {
  Tunnel t;
  t.far.say("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
  t.loop.settle();
  ASSERT_TRUE(t.opened);
  ASSERT_FALSE(t.opened->has_value());
  EXPECT_EQ(t.opened->error().fault, Fault::upstream_unreachable);
}

TEST(ConnectProxy, WaitsNoLongerThanItMay) {
  Tunnel t;
  t.loop.pass(seconds(6));
  ASSERT_TRUE(t.opened);
  ASSERT_FALSE(t.opened->has_value());
  EXPECT_EQ(t.opened->error().fault, Fault::deadline);
}

}  // namespace
}  // namespace tollgate
