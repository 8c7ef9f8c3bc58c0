// The generator's own parts: what it counts must be right before anything is measured with it.

#include <gtest/gtest.h>

#include "bench/latency.h"
#include "bench/message_reader.h"
#include "bench/wire.h"

namespace tollgate::bench {
namespace {

TEST(Latency, GivesQuantilesWithinTwoPercent) {
  Latency latency;
  for (std::int64_t value = 1; value <= 1000; ++value) latency.add(value * 1000);
  EXPECT_NEAR(latency.quantile_us(0.5), 500, 10);
  EXPECT_NEAR(latency.quantile_us(0.99), 990, 20);
  EXPECT_EQ(latency.max_us(), 1000);
}

TEST(Latency, KeepsSmallAndHugeValuesApart) {
  Latency latency;
  latency.add(5);
  latency.add(60'000'000'000);
  EXPECT_EQ(latency.quantile_us(0.1), 0.005);
  EXPECT_GT(latency.quantile_us(0.99), 17'000'000);
}

TEST(Latency, OfNothingIsZero) { EXPECT_EQ(Latency().quantile_us(0.5), 0); }

TEST(MessageReader, ReadsAnswersByLengthInAnyPieces) {
  std::string bytes = answers("m").json_http + answers("m").json_http;
  for (std::size_t piece : {1U, 7U, 100U, 5000U}) {
    MessageReader reader;
    std::string_view rest = bytes;
    int messages = 0;
    while (!rest.empty()) {
      rest.remove_prefix(reader.take(rest.substr(0, piece)));
      if (!reader.done()) continue;
      EXPECT_EQ(reader.status(), 200);
      EXPECT_EQ(reader.body(), answers("m").json);
      reader.next();
      messages += 1;
    }
    EXPECT_EQ(messages, 2) << piece;
  }
}

TEST(MessageReader, UnchunksAStreamInAnyPieces) {
  Answers made = answers("m");
  std::string bytes = made.stream_head + made.event + made.event + made.stream_end;
  for (std::size_t piece : {1U, 3U, 64U, 5000U}) {
    MessageReader reader;
    std::string_view rest = bytes;
    while (!rest.empty() && !reader.done()) rest.remove_prefix(reader.take(rest.substr(0, piece)));
    EXPECT_TRUE(rest.empty()) << piece;
    EXPECT_TRUE(reader.done()) << piece;
    EXPECT_TRUE(reader.body().ends_with("data: [DONE]\n\n"));
  }
}

TEST(MessageReader, RefusesChunksThatAreNone) {
  MessageReader reader;
  reader.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  EXPECT_TRUE(reader.bad());
}

TEST(MessageReader, SeesThatThePeerWillClose) {
  MessageReader reader;
  reader.take("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(reader.done());
  EXPECT_TRUE(reader.closes());
  EXPECT_EQ(reader.status(), 503);
}

TEST(Wire, MakesBodiesAndEventsOfTheWishedSize) {
  std::string request = request_bytes({"h", "/p", "k", "m", 1024, true});
  EXPECT_EQ(request.size() - request.find("\r\n\r\n") - 4, 1024U);
  EXPECT_TRUE(answers("m").event.starts_with("c4\r\n"));  // 196 bytes
  EXPECT_NEAR(static_cast<double>(answers("bench-model").json.size()), 600, 60);
}

TEST(Wire, AStampTellsHowLongAnEventWasUnderWay) {
  Answers made = answers("m");
  write_stamp(made.event.data() + made.stamp_at, 123'456'789);
  EXPECT_EQ(age_ns(made.event, 123'456'999), 210);
  EXPECT_EQ(age_ns("data: [DONE]", 5), -1);
}

}  // namespace
}  // namespace tollgate::bench
