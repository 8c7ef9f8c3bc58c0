#include "dialects/sse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "json/document.h"
#include "json/data_for_test.h"

namespace tollgate {
namespace {

// An event whose views were copied out.
struct Seen {
  std::string name, data, block;
  bool has_data = false, terminated = true;
  friend bool operator==(const Seen&, const Seen&) = default;
};

struct Framed {
  std::vector<Seen> events;
  bool failed = false;
  friend bool operator==(const Framed&, const Framed&) = default;
};

void drain(SseFramer& framer, Framed& run) {
  SseEvent event;
  while (framer.next(event)) {
    run.events.push_back(
        {std::string(event.name), std::string(event.data), std::string(event.block), event.has_data, event.terminated});
  }
}

// Each piece lies in memory of its own, so that a view kept too long is seen by the sanitizers.
Framed frame(const std::vector<std::string>& pieces, std::size_t bound = default_max_event_bytes) {
  SseFramer framer(bound);
  Framed run;
  for (const std::string& piece : pieces) {
    auto bytes = std::make_unique<std::string>(piece);
    framer.feed(*bytes);
    drain(framer, run);
  }
  framer.finish();
  drain(framer, run);
  run.failed = framer.failure().has_value();
  return run;
}

std::vector<std::string> single_bytes(std::string_view text) {
  std::vector<std::string> pieces;
  for (char c : text) pieces.emplace_back(1, c);
  return pieces;
}

void expect_the_same_at_every_split(std::string_view text) {
  Framed whole = frame({std::string(text)});
  EXPECT_EQ(frame(single_bytes(text)), whole);
  for (std::size_t at = 1; at < text.size(); ++at) {
    ASSERT_EQ(frame({std::string(text.substr(0, at)), std::string(text.substr(at))}), whole) << "split at " << at;
  }
}

std::string joined_blocks(const Framed& run) {
  std::string text;
  for (const Seen& event : run.events) text += event.block;
  return text;
}

TEST(SseFramer, GivesViewsOfTheFedBytesWhenNothingIsToBeCleaned) {
  std::string bytes = "data: {\"a\":1}\n\nevent: x\ndata: 2\n\n";
  SseFramer framer;
  framer.feed(bytes);
  SseEvent event;
  ASSERT_TRUE(framer.next(event));
  EXPECT_EQ(event.block.data(), bytes.data());
  EXPECT_EQ(event.data.data(), bytes.data() + 6);
  ASSERT_TRUE(framer.next(event));
  EXPECT_EQ(event.block.data(), bytes.data() + 15);
  EXPECT_EQ(event.name, "x");
}

TEST(SseFramer, CleansLineEndsMarkAndCommentsAndNothingElse) {
  Framed run = frame({"\xEF\xBB\xBF: hi\r\ndata: 1\r\nfoo: bar\r\n:comment\rid:7\r\r\ndata:2\n\n"});
  EXPECT_EQ(joined_blocks(run), "data: 1\nfoo: bar\nid:7\n\ndata:2\n\n");
}

TEST(SseFramer, EndsALineAtALoneCrThatIsTheVeryLastByte) {
  SseFramer framer;
  framer.feed("data: 1\r\r");
  SseEvent event;
  EXPECT_TRUE(framer.next(event));
  EXPECT_EQ(event.data, "1");
  EXPECT_TRUE(event.terminated);
}

TEST(SseFramer, MarksTheLastEventThatLacksItsBlankLine) {
  Framed run = frame({"data: 1\n\ndata: [DO", "NE]"});
  ASSERT_EQ(run.events.size(), 2u);
  EXPECT_TRUE(run.events[0].terminated);
  EXPECT_FALSE(run.events[1].terminated);
  EXPECT_EQ(run.events[1].block, "data: [DONE]\n\n");
}

TEST(SseFramer, GivesTheFieldNamedErrorThatHasNoData) {
  SseFramer framer;
  framer.feed("error: {\"detail\":\"x\"}\n\n");
  SseEvent event;
  ASSERT_TRUE(framer.next(event));
  EXPECT_EQ(event.error_field, "{\"detail\":\"x\"}");
  EXPECT_FALSE(event.has_data);
}

TEST(SseFramer, KeepsBytesThatOnlyLookedLikeAMark) {
  EXPECT_EQ(joined_blocks(frame({"\xEF", "\xBB", "x: 1\n\n"})), "\xEF\xBBx: 1\n\n");
}

TEST(SseFramer, RefusesAnEventLargerThanTheBoundHoweverItIsCut) {
  std::string fits = "data: " + std::string(57, 'a') + "\n\n", large = "data: " + std::string(58, 'a') + "\n\n";
  EXPECT_FALSE(frame({fits}, 64).failed);
  EXPECT_FALSE(frame(single_bytes(fits), 64).failed);
  EXPECT_TRUE(frame({large}, 64).failed);
  EXPECT_TRUE(frame(single_bytes(large), 64).failed);
  EXPECT_TRUE(frame({std::string(100, 'a')}, 64).failed);
  EXPECT_FALSE(frame({fits.substr(0, 63)}, 64).failed);
  EXPECT_TRUE(frame({large.substr(0, 64)}, 64).failed);  // with its line end it would be 65
}

TEST(SseFramer, GivesWhatCameBeforeAnEventThatIsTooLarge) {
  Framed run = frame({"data: 1\n\ndata: " + std::string(100, 'a')}, 64);
  EXPECT_EQ(run.events.size(), 1u);
  EXPECT_TRUE(run.failed);
}

TEST(SseFramer, DropsEndlessCommentsWithoutKeepingThem) {
  std::string piece(1000, 'c');
  SseFramer framer(64);
  framer.feed("data: 1\n:");
  SseEvent event;
  EXPECT_FALSE(framer.next(event));
  for (int i = 0; i < 1000; ++i) {
    framer.feed(piece);
    EXPECT_FALSE(framer.next(event));
  }
  framer.feed("\n\n");
  ASSERT_TRUE(framer.next(event));
  EXPECT_EQ(event.block, "data: 1\n\n");
}

TEST(SseFramer, GivesTheSameEventsAtEverySplitOfAMixedStream) {
  expect_the_same_at_every_split(
      "\xEF\xBB\xBF:c\r\n\r\nevent: a\r\ndata: 1\rdata:\r\n\ndata: \xC3\xA9\n: x\ndata: 2\n\n\n\nid\n\r\rdata: z");
}

// What WHATWG would dispatch, written as the shared cases write it.
std::string dispatched(const Framed& run) {
  std::string text;
  for (const Seen& event : run.events) {
    if (!event.has_data || !event.terminated) continue;
    text += (event.name.empty() ? "message" : event.name) + "|" + event.data + "\n";
  }
  return text;
}

std::string expected_events(const json::Node& test) {
  std::string text;
  for (json::Node event : test["events"].elements()) {
    text += std::string(*event["event"].string()) + "|" + std::string(*event["data"].string()) + "\n";
  }
  return text;
}

// Cases whose parsed data differs from ours on purpose.
bool decodes_bad_utf8(std::string_view id) {
  return id == "sse-wpt-utf8-bad";
}  // we keep the bytes; the JSON scanner refuses them

TEST(SseFramer, AgreesWithTheStandardOnTheSharedCasesAtEverySplit) {
  TG_SHARED_OR_SKIP(path, "badinput/sse/cases.jsonl");
  std::size_t cases = 0;
  for (const std::string& line : json::test::file_lines(path)) {
    auto test = json::Document::parse(line);
    ASSERT_TRUE(test);
    std::string id(*test->root()["id"].string());
    std::string bytes = json::test::from_base64(*test->root()["stream_b64"].string());
    Framed whole = frame({bytes});
    if (!decodes_bad_utf8(id)) {
      EXPECT_EQ(dispatched(whole), expected_events(test->root())) << id;
    }
    EXPECT_EQ(frame(single_bytes(bytes)), whole) << id;
    std::size_t step = std::max<std::size_t>(1, bytes.size() / 1000);
    for (std::size_t at = 1; at < bytes.size(); at += step) {
      ASSERT_EQ(frame({bytes.substr(0, at), bytes.substr(at)}), whole) << id << " split at " << at;
    }
    EXPECT_EQ(joined_blocks(whole).find('\r'), std::string::npos) << id;
    EXPECT_EQ(frame({joined_blocks(whole)}).events.size(), whole.events.size()) << id;
    ++cases;
  }
  EXPECT_EQ(cases, 28u);
}

}  // namespace
}  // namespace tollgate
