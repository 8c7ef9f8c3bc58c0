#include "net/proxy_protocol.h"

#include <gtest/gtest.h>

namespace tollgate {
namespace {

using namespace std::string_view_literals;
using State = ProxyHeader::State;

std::string v2(unsigned char command, unsigned char family, std::string_view addresses) {
  std::string bytes("\r\n\r\n\0\r\nQUIT\n"sv);
  bytes += static_cast<char>(command);
  bytes += static_cast<char>(family);
  bytes += static_cast<char>(addresses.size() >> 8);
  bytes += static_cast<char>(addresses.size() & 0xFF);
  bytes += addresses;
  return bytes;
}

constexpr std::string_view ipv4 = "\xC0\x00\x02\x01\xC6\x33\x64\x01\xDC\x04\x01\xBB"sv;  // 192.0.2.1:56324 to 198.51.100.1:443

TEST(ProxyProtocol, ReadsALineOfVersionOne) {
  constexpr std::string_view line = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
  ProxyHeader header = read_proxy_header(std::string(line) + "GET / HTTP/1.1\r\n");
  ASSERT_EQ(header.state, State::whole);
  EXPECT_EQ(header.bytes, line.size());
  ASSERT_TRUE(header.client);
  EXPECT_EQ(format_ip(header.client->ip), "192.0.2.1");
  EXPECT_EQ(header.client->port, 56324);
}

TEST(ProxyProtocol, ReadsIpv6OfVersionOne) {
  ProxyHeader header = read_proxy_header("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n");
  ASSERT_EQ(header.state, State::whole);
  EXPECT_EQ(format_ip(header.client->ip), "2001:db8::1");
}

TEST(ProxyProtocol, LeavesThePeerWhereTheBalancerKnowsNothing) {
  for (const std::string& bytes : {std::string("PROXY UNKNOWN\r\n"), v2(0x20, 0x11, ipv4), v2(0x21, 0x00, "")}) {
    ProxyHeader header = read_proxy_header(bytes);
    EXPECT_EQ(header.state, State::whole);
    EXPECT_FALSE(header.client);
    EXPECT_EQ(header.bytes, bytes.size());
  }
}

TEST(ProxyProtocol, ReadsVersionTwoAndSkipsItsFurtherFields) {
  std::string bytes = v2(0x21, 0x11, std::string(ipv4) + "\x03\x00\x04" "abcd");
  ProxyHeader header = read_proxy_header(bytes + "rest");
  ASSERT_EQ(header.state, State::whole);
  EXPECT_EQ(header.bytes, bytes.size());
  EXPECT_EQ(format_ip(header.client->ip), "192.0.2.1");
  EXPECT_EQ(header.client->port, 56324);
}

TEST(ProxyProtocol, AsksForMoreAtEverySplit) {
  for (const std::string& whole : {std::string("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"), v2(0x21, 0x11, ipv4)})
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_EQ(read_proxy_header(std::string_view(whole).substr(0, size)).state, State::needs_more) << size;
}

TEST(ProxyProtocol, RefusesWhatIsNoHeader) {
  for (std::string_view bytes : {"GET / HTTP/1.1\r\n"sv, "PROXY TCP4 192.0.2.1\r\n"sv, "PROXY TCP4 ::1 ::1 1 2\r\n"sv,
                                 "PROXY TCP4 192.0.2.1 198.51.100.1 70000 443\r\n"sv, "PROXY TCP4 1 2 3 4 5\r\n"sv,
                                 "\x16\x03\x01"sv})
    EXPECT_EQ(read_proxy_header(bytes).state, State::wrong) << bytes;
  EXPECT_EQ(read_proxy_header("PROXY " + std::string(200, 'x')).state, State::wrong);
  EXPECT_EQ(read_proxy_header(v2(0x31, 0x11, ipv4)).state, State::wrong);
  EXPECT_EQ(read_proxy_header(v2(0x21, 0x11, "short")).state, State::wrong);
}

}  // namespace
}  // namespace tollgate
