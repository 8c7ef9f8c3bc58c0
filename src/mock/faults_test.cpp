// Answers that go wrong on the way, and what they cost.

#include <fstream>

#include "mock/provider_for_test.h"
#include "mock/text_pieces.h"

namespace tollgate::mock {
namespace {

TEST(Faults, ACutStreamEndsWithoutItsLastChunk) {
  ProviderForTest mock(R"({"rules":[{"cut":{"after_events":3}}]})");
  Answer answer = mock.ask(streamed_chat("Hello"));
  EXPECT_EQ(answer.ended, Ended::fin);
  EXPECT_EQ(answer.events().size(), 3u);
  EXPECT_EQ(mock.provider.bill().broken(), 1);
  EXPECT_EQ(mock.provider.bill().total().output, tokens_of(content_of(answer).size()));
}

TEST(Faults, ACutByResetBreaksTheConnection) {
  ProviderForTest mock(R"({"rules":[{"cut":{"after_events":3,"how":"rst"}}]})");
  EXPECT_EQ(mock.ask(streamed_chat("Hello")).ended, Ended::reset);
}

TEST(Faults, ACutByBytesFallsWithinAnEvent) {
  ProviderForTest mock(R"({"rules":[{"cut":{"after_bytes":100}}]})");
  Answer answer = mock.ask(streamed_chat("Hello"));
  EXPECT_EQ(answer.ended, Ended::fin);
  EXPECT_EQ(answer.body.size(), 100u);
  Answer plain = mock.ask(chat("Hello"));
  EXPECT_EQ(plain.ended, Ended::fin);
  EXPECT_EQ(plain.body.size(), 100u);
}

TEST(Faults, ACutBeforeTheFirstEventLeavesAHead) {
  ProviderForTest mock(R"({"rules":[{"cut":true}]})");
  Answer streamed = mock.ask(streamed_chat("Hello")), plain = mock.ask(chat("Hello"));
  EXPECT_EQ(streamed.status, 200);
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(streamed.body + plain.body, "");
  EXPECT_EQ(plain.ended, Ended::fin);
}

TEST(Faults, AnErrorEventEndsTheStreamInOrderWithoutDone) {
  ProviderForTest mock(
      R"({"rules":[{"error_event":{"after_events":2,"error":{"message":"m","code":"server_is_overloaded"}}}]})");
  Answer answer = mock.ask(streamed_chat("Hello"));
  auto events = answer.events();
  EXPECT_EQ(answer.ended, Ended::whole);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(text_at(events[2], "/error/code"), "server_is_overloaded");
  EXPECT_EQ(text_at(mock.ask(chat("Hello")).body, "/error/code"), "server_is_overloaded");
  EXPECT_EQ(mock.provider.bill().broken(), 1);
}

TEST(Faults, GarbageComesBetweenGoodEvents) {
  ProviderForTest mock(R"({"rules":[{"garbage":1}]})");
  auto events = mock.ask(streamed_chat("Hello")).events();
  EXPECT_FALSE(json::Document::parse(events[1]));
  EXPECT_TRUE(json::Document::parse(events[2]));
  EXPECT_EQ(events.back(), "[DONE]");
  EXPECT_FALSE(json::Document::parse(mock.ask(chat("Hello")).body));
}

TEST(Faults, NoDoneLeavesOutTheEndMark) {
  ProviderForTest mock(R"({"rules":[{"no_done":true}]})");
  Answer answer = mock.ask(streamed_chat("Hello"));
  EXPECT_EQ(answer.ended, Ended::whole);
  EXPECT_EQ(text_at(answer.events().back(), "/choices/0/finish_reason"), "stop");
}

TEST(Faults, AStallIsSilentUntilTheClientLeaves) {
  ProviderForTest mock(R"({"rules":[{"stall":{"after_events":2}}]})");
  Answer answer = mock.ask(streamed_chat("Hello"), seconds(100));
  EXPECT_EQ(answer.ended, Ended::silent);
  EXPECT_EQ(answer.events().size(), 2u);
  EXPECT_EQ(mock.provider.bill().aborted(), 1);
}

TEST(Faults, AStallMayEnd) {
  ProviderForTest mock(R"({"rules":[{"stall":{"after_events":0,"ms":5000}}]})");
  Instant start = mock.time.at;
  Answer streamed = mock.ask(streamed_chat("Hello"));
  EXPECT_EQ(streamed.head_at, start);
  EXPECT_EQ(streamed.ended, Ended::whole);
  EXPECT_GE(streamed.ended_at, start + seconds(5));
  start = mock.time.at;
  Answer plain = mock.ask(chat("Hello"));
  EXPECT_EQ(plain.head_at, start);
  EXPECT_EQ(plain.ended_at, start + seconds(5));
}

TEST(Faults, TruncatedChunksAnnounceMoreThanComes) {
  ProviderForTest mock(R"({"rules":[{"truncate_chunked":true}]})");
  Answer streamed = mock.ask(streamed_chat("Hello")), plain = mock.ask(chat("Hello"));
  EXPECT_EQ(streamed.ended, Ended::fin);
  EXPECT_TRUE(streamed.body.ends_with("data: [")) << streamed.body;
  EXPECT_EQ(plain.ended, Ended::fin);
  EXPECT_FALSE(plain.body.empty());
}

TEST(Faults, RawBytesGoOutAsTheyAre) {
  ProviderForTest mock(
      R"({"rules":[{"times":1,"raw":"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd"},
      {"times":1,"raw":{"base64":"AAEC"}},
      {"raw":[{"send":"x","repeat":3,"gap_ms":10},{"sleep_ms":70},{"close":"rst"}]}]})");
  EXPECT_EQ(mock.ask(chat("Hello")).raw, "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd");
  EXPECT_EQ(mock.ask(chat("Hello")).raw, std::string("\0\1\2", 3));
  Instant start = mock.time.at;
  Answer last = mock.ask(chat("Hello"));
  EXPECT_EQ(last.raw, "xxx");
  EXPECT_EQ(last.ended, Ended::reset);
  EXPECT_EQ(last.ended_at, start + milliseconds(20 + 70));
  EXPECT_EQ(mock.provider.bill().unbilled(), 3);
}

TEST(Faults, AClientThatLeavesInMidStreamPaysForWhatWentOut) {
  ProviderForTest mock(R"({"rules":[{"chunk_ms":100,"chunks":50}]})");
  Answer answer = mock.ask(streamed_chat("Hello"), milliseconds(1050));
  const Bill& bill = mock.provider.bill();
  EXPECT_EQ(bill.aborted(), 1);
  EXPECT_EQ(bill.total().output, 11);  // at 0, 100, … 1000 ms
  EXPECT_EQ(content_of(answer).size(), 44u);
  EXPECT_NE(mock.bill_lines.find(R"("outcome":"aborted")"), std::string::npos);
}

TEST(Faults, AClientThatLeavesBeforeTheAnswerPaysItsInput) {
  ProviderForTest mock(R"({"rules":[{"delay_ms":1000}]})");
  mock.ask(chat("Hello"), milliseconds(500));
  EXPECT_GT(mock.provider.bill().total().input, 0);
  EXPECT_EQ(mock.provider.bill().total().output, 0);
  EXPECT_EQ(mock.provider.bill().aborted(), 1);
}

// Scripts of recorded faults can be played as they are. What they need besides bytes and pauses is not the mock's.
bool playable(const json::Node& scenario) {
  for (const json::Node& step : scenario["script"].elements())
    for (const auto& [word, value] : step.members())
      if (word != "read" && word != "send" && word != "repeat" && word != "gap_ms" && word != "sleep_ms" &&
          word != "close")
        return false;
  return true;
}

constexpr std::int64_t compared_bytes_max = 1 << 20;

// Empty when the bytes are too many to compare.
std::string bytes_of(const json::Node& scenario) {
  std::string out;
  for (const json::Node& step : scenario["script"].elements()) {
    std::int64_t repeat = step["repeat"].integer().value_or(1);
    auto send = step["send"].string().value_or("");
    if (repeat * static_cast<std::int64_t>(send.size()) > compared_bytes_max) return {};
    for (std::int64_t i = 0; i < repeat; ++i) out += send;
  }
  return out;
}

TEST(Faults, RecordedScenariosArePlayedByteForByte) {
  const char* shared = std::getenv("TOLLGATE_SHARED");
  std::string folder = shared != nullptr ? shared : TOLLGATE_SOURCE_DIR "/../shared";
  std::ifstream file(folder + "/badinput/upstream-faults/scenarios.jsonl");
  if (!file) GTEST_SKIP() << "no recorded faults: set TOLLGATE_SHARED";
  int played = 0;
  for (std::string line; std::getline(file, line);) {
    json::Document scenario = parsed(line);
    std::string expected = bytes_of(scenario.root());
    if (!playable(scenario.root()) || expected.empty()) continue;
    std::size_t begin = line.find("\"script\": ") + 10, end = line.find(", \"expect\"");
    ProviderForTest mock(fmt::format(R"({{"rules":[{{"raw":{}}}]}})", line.substr(begin, end - begin)));
    std::string got = mock.ask(chat("Hello"), seconds(1100)).raw;
    // A client that reads one answer stops at its end.
    EXPECT_TRUE(!got.empty() && expected.starts_with(got)) << scenario.root()["id"].string().value_or("");
    ++played;
  }
  EXPECT_GT(played, 90);
}

}  // namespace
}  // namespace tollgate::mock
