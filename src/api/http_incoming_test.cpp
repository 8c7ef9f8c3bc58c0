#include "api/http_incoming.h"

#include <gtest/gtest.h>

#include "api/api_for_test.h"

namespace tollgate {
namespace {

const IpAddress proxy = IpAddress::v4(10, 0, 0, 1);

// The client of a request that came from `peer` with these header lines, where 10.0.0.0/8 is trusted.
std::string client(std::string lines, IpAddress peer = proxy, bool trusting = true) {
  HeadForTest parsed("GET / HTTP/1.1\r\nhost: h\r\n" + lines);
  std::vector<Cidr> trusted;
  if (trusting) trusted.push_back(*parse_cidr("10.0.0.0/8"));
  return format_ip(client_address(parsed.head.fields, peer, trusted));
}

TEST(ClientAddress, IsThePeersWithoutTrustedProxies) {
  EXPECT_EQ(client("x-forwarded-for: 1.2.3.4\r\n", proxy, false), "10.0.0.1");
}

TEST(ClientAddress, IsThePeersWhenThePeerIsNoProxyOfOurs) {
  EXPECT_EQ(client("x-forwarded-for: 1.2.3.4\r\n", IpAddress::v4(8, 8, 8, 8)), "8.8.8.8");
}

TEST(ClientAddress, IsTheLastThatIsNoProxyOfOurs) {
  EXPECT_EQ(client("x-forwarded-for: 1.2.3.4\r\n"), "1.2.3.4");
  EXPECT_EQ(client("x-forwarded-for: 6.6.6.6, 1.2.3.4, 10.0.0.2\r\n"), "1.2.3.4");
  EXPECT_EQ(client("x-forwarded-for: 10.0.0.3, 10.0.0.2\r\n"), "10.0.0.3");
}

TEST(ClientAddress, BelievesTheLineOfTheNearestProxyWhereThereAreSeveral) {
  EXPECT_EQ(client("x-forwarded-for: 6.6.6.6\r\nX-Forwarded-For: 1.2.3.4\r\n"), "1.2.3.4");
  EXPECT_EQ(client("x-forwarded-for: 1.2.3.4\r\nx-forwarded-for: 10.0.0.2\r\n"), "1.2.3.4");
}

TEST(ClientAddress, StopsAtWhatIsNoAddress) {
  EXPECT_EQ(client("x-forwarded-for: 1.2.3.4, unknown\r\n"), "10.0.0.1");
  EXPECT_EQ(client("x-forwarded-for: 1.2.3.4, unknown, 10.0.0.2\r\n"), "10.0.0.2");
  EXPECT_EQ(client("x-forwarded-for:\r\n"), "10.0.0.1");
}

}  // namespace
}  // namespace tollgate
