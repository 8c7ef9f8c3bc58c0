#include "base/settings.h"

#include <gtest/gtest.h>

#include "base/address.h"
#include "base/url.h"

namespace tollgate {
namespace {

TEST(Settings, ReadsDurationsWithOneUnit) {
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("7d"), seconds(7 * 86'400));
  EXPECT_EQ(parse_duration("0"), Duration::zero());
}

TEST(Settings, RefusesDurationsThatSayNoUnitOrTooMuch) {
  for (auto text : {"", "5", "5 s", "1.5s", "-1s", "5sec", "s", "999999999999d", "1h30m", "0x5s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Settings, WritesDurationsShortly) {
  EXPECT_EQ(format_duration(seconds(120)), "2m");
  EXPECT_EQ(format_duration(seconds(90)), "90s");
  EXPECT_EQ(format_duration(seconds(400LL * 86'400)), "400d");
  EXPECT_EQ(format_duration(Duration(1)), "1ns");
  EXPECT_EQ(format_duration(Duration::zero()), "0s");
}

TEST(Settings, ReadsAndWritesSizes) {
  EXPECT_EQ(parse_bytes("64KiB"), kib(64));
  EXPECT_EQ(parse_bytes("8GiB"), gib(8));
  EXPECT_EQ(parse_bytes("1000"), Bytes{1000});
  EXPECT_EQ(parse_bytes("64KB"), Bytes{64'000});
  EXPECT_EQ(format_bytes(mib(64)), "64MiB");
  EXPECT_EQ(format_bytes(Bytes{1000}), "1000");
  for (auto text : {"", "64kib", "64 KiB", "-1", "1.5MiB", "MiB", "9999999999TiB"})
    EXPECT_FALSE(parse_bytes(text)) << text;
}

TEST(Settings, ReadsSharesExactly) {
  EXPECT_EQ(parse_share("0.8"), Share{8000});
  EXPECT_EQ(parse_share("1"), Share{10'000});
  EXPECT_EQ(parse_share("0.0001"), Share{1});
  for (const char* wrong : {"", "1.1", "2", "0.", ".5", "80%", "-0.1", "0.00001", "0.5x"}) EXPECT_FALSE(parse_share(wrong)) << wrong;
  for (const char* text : {"0", "0.8", "0.25", "1"}) EXPECT_EQ(format_share(*parse_share(text)), text);
}

TEST(Settings, ReadsPercentagesExactly) {
  EXPECT_EQ(parse_percent("80%"), percent(80));
  EXPECT_EQ(parse_percent("0.5%"), Percent{50});
  EXPECT_EQ(parse_percent("12.34%"), Percent{1234});
  for (auto text : {"80", "%", "0.005%", "1.%", "-1%", "80 %"}) EXPECT_FALSE(parse_percent(text)) << text;
  for (auto text : {"80%", "0.5%", "12.34%", "0.05%"}) EXPECT_EQ(format_percent(*parse_percent(text)), text);
}

TEST(Settings, TellsReferencesToSecretsFromSecrets) {
  EXPECT_EQ(parse_secret_ref("env:KEY"), SecretRef::env("KEY"));
  EXPECT_EQ(parse_secret_ref("vault:openai-main")->from, SecretRef::From::vault);
  EXPECT_EQ(parse_secret_ref("sk-123")->from, SecretRef::From::plain);
  EXPECT_FALSE(parse_secret_ref("env:"));
  EXPECT_FALSE(parse_secret_ref(""));
}

TEST(Settings, NeverWritesAPlainSecret) { EXPECT_EQ(format_secret_ref(*parse_secret_ref("sk-123")), "***"); }

TEST(Address, ReadsWhatItWrites) {
  for (auto text :
       {"127.0.0.1", "::1", "::", "2001:db8::1", "fe80::1:0:0:1", "1:2:3:4:5:6:7:8", "0.0.0.0", "1:0:2::"}) {
    ASSERT_TRUE(parse_ip(text)) << text;
    EXPECT_EQ(format_ip(*parse_ip(text)), text);
  }
}

TEST(Address, KnowsAMappedAddressAsTheSame) {
  EXPECT_EQ(parse_ip("::ffff:10.0.0.1"), parse_ip("10.0.0.1"));
  EXPECT_TRUE(parse_ip("::ffff:127.0.0.1")->is_loopback());
}

TEST(Address, RefusesWhatIsNone) {
  for (auto text :
       {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.-4", "localhost", ":", ":::", "1:2", "1::2::3",
        "12345::", "1:2:3:4:5:6:7:8:9", "::1%eth0", "[::1]", "1.2.3.4 ", "::1.2.3", "1:2:3:4:5:6:7::8:9"})
    EXPECT_FALSE(parse_ip(text)) << text;
}

TEST(Address, ABlockHoldsItsAddresses) {
  EXPECT_TRUE(parse_cidr("10.0.0.0/8")->contains(*parse_ip("10.255.0.1")));
  EXPECT_FALSE(parse_cidr("10.0.0.0/8")->contains(*parse_ip("11.0.0.0")));
  EXPECT_TRUE(parse_cidr("192.168.4.0/22")->contains(*parse_ip("192.168.7.255")));
  EXPECT_FALSE(parse_cidr("192.168.4.0/22")->contains(*parse_ip("192.168.8.0")));
  EXPECT_TRUE(parse_cidr("fd00::/8")->contains(*parse_ip("fdff::1")));
  EXPECT_TRUE(parse_cidr("0.0.0.0/0")->contains(*parse_ip("8.8.8.8")));
  EXPECT_FALSE(parse_cidr("0.0.0.0/0")->contains(*parse_ip("2001:db8::1")));
  EXPECT_TRUE(parse_cidr("::/0")->contains(*parse_ip("8.8.8.8")));
}

TEST(Address, RefusesBlocksWithBitsBehindTheirLength) {
  for (auto text : {"10.0.0.1/8", "10.0.0.0/33", "fd00::1/8", "::/129", "10.0.0.0/", "10.0.0.0/08", "/8"})
    EXPECT_FALSE(parse_cidr(text)) << text;
  for (auto text : {"10.0.0.0/8", "fd00::/8", "10.1.2.3", "::1"}) EXPECT_EQ(format_cidr(*parse_cidr(text)), text);
}

TEST(Address, ReadsWhereToListen) {
  EXPECT_EQ(format_listen(*parse_listen("127.0.0.1:8080")), "127.0.0.1:8080");
  EXPECT_EQ(format_listen(*parse_listen("[::1]:0")), "[::1]:0");
  for (auto text : {"8080", ":8080", "localhost:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                    "[127.0.0.1]:80", "127.0.0.1:080", "http://127.0.0.1:80"})
    EXPECT_FALSE(parse_listen(text)) << text;
}

TEST(Address, ListenersCollideWhenOneCoversTheOther) {
  auto collide = [](const char* a, const char* b) { return parse_listen(a)->collides(*parse_listen(b)); };
  EXPECT_TRUE(collide("0.0.0.0:80", "127.0.0.1:80"));
  EXPECT_TRUE(collide("127.0.0.1:80", "[::]:80"));
  EXPECT_FALSE(collide("0.0.0.0:80", "[::1]:80"));
  EXPECT_FALSE(collide("127.0.0.1:80", "127.0.0.1:81"));
  EXPECT_FALSE(collide("127.0.0.1:0", "127.0.0.1:0"));
}

TEST(Url, ReadsSchemeHostPortAndPath) {
  EXPECT_EQ(*parse_url("https://api.openai.com/v1/"), (Url{true, "api.openai.com", 443, "/v1"}));
  EXPECT_EQ(*parse_url("HTTP://[::1]:9100"), (Url{false, "::1", 9100, ""}));
  EXPECT_EQ(parse_url("http://[::1]:9100/a/b")->text(), "http://[::1]:9100/a/b");
  EXPECT_EQ(parse_url("https://Example.COM:443")->text(), "https://example.com");
}

TEST(Url, RefusesWhatTwoReadersCouldUnderstandDifferently) {
  for (auto text : {"",
                    "http",
                    "api.openai.com",
                    "ftp://x",
                    "https://",
                    "https:///v1",
                    "https://u:p@x/",
                    "https://x/?q",
                    "https://x#f",
                    "https://x:0",
                    "https://x:99999",
                    "https://x:",
                    "https://x/a/../b",
                    "https://x//a",
                    "https://x\\y",
                    "https://ex ample",
                    "https://1.2.3",
                    "https://0x7f000001",
                    "https://-x",
                    "https://x..y",
                    "https://[::1",
                    "https://[1.2.3.4]",
                    "https://x/%2e"})
    EXPECT_FALSE(parse_url(text)) << text;
}

}  // namespace
}  // namespace tollgate
