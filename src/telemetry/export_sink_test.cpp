// How lines of the audit log look outside. That they arrive is proved against real receivers (tests/admin).

#include <gtest/gtest.h>

#include "base/text.h"
#include "telemetry/syslog_sink.h"
#include "telemetry/webhook_sink.h"

namespace tollgate {
namespace {

using enum SyslogAddress::Way;

TEST(SyslogSink, AddressesAreReadStrictly) {
  EXPECT_EQ(parse_syslog_address("udp://127.0.0.1:514"), (SyslogAddress{udp, "127.0.0.1", 514}));
  EXPECT_EQ(parse_syslog_address("tcp://logs.example:6514"), (SyslogAddress{tcp, "logs.example", 6514}));
  EXPECT_EQ(parse_syslog_address("tls://[::1]:6514"), (SyslogAddress{tls, "::1", 6514}));
  EXPECT_EQ(parse_syslog_address("unix:/dev/log"), (SyslogAddress{local, "/dev/log", 0}));
  for (std::string_view wrong : {"", "logs.example:514", "udp://logs.example", "udp://:514", "udp://logs.example:0", "udp://logs.example:99999", "udp://a b:514",
                                 "udp://user@host:514", "udp://::1:514", "udp://[nonsense]:514", "unix:dev/log", "http://logs.example:514"})
    EXPECT_FALSE(parse_syslog_address(wrong)) << wrong;
}

TEST(SyslogSink, AMessageIsThatOfRfc5424) {
  const ExportLine line{7, "2026-11-29T10:00:00.000Z", "request", R"({"seq":7})"};
  EXPECT_EQ(syslog_message(line, {"gateway-1", 42}), R"(<110>1 2026-11-29T10:00:00.000Z gateway-1 tollgate 42 request - {"seq":7})");
  EXPECT_EQ(syslog_message(line, {"", 42}), R"(<110>1 2026-11-29T10:00:00.000Z - tollgate 42 request - {"seq":7})");
}

TEST(WebhookSink, ASignatureCoversTimeAndBody) {
  const crypto::HmacKey key("secret");
  const WallTime at{1'764'410'400'000'000'000};
  const std::string expected = hex(crypto::bytes_of(key.mac("1764410400.body")));
  EXPECT_EQ(signature_of(key, at, "body"), "t=1764410400,v1=" + expected);
  EXPECT_EQ(signature_of(key, at + seconds(1), "body").find(expected), std::string::npos);
}

}  // namespace
}  // namespace tollgate
