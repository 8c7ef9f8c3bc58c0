#include "dialects/json_array.h"

#include <gtest/gtest.h>

#include <vector>

namespace tollgate {
namespace {

struct Outcome {
  std::vector<std::string> elements;
  bool cut = false;
  bool closed = false;
  bool failed = false;
  bool operator==(const Outcome&) const = default;
};

void drain(JsonArrayFramer& framer, Outcome& outcome) {
  Frame frame;
  while (framer.next(frame)) {
    outcome.elements.emplace_back(frame.data);
    outcome.cut |= !frame.terminated;
    EXPECT_EQ(frame.data, frame.block);
    EXPECT_TRUE(frame.has_data);
  }
}

Outcome frame(std::string_view bytes, std::size_t step, std::size_t bound = default_max_event_bytes) {
  JsonArrayFramer framer(bound);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));
    framer.feed(piece);
    drain(framer, outcome);
  }
  framer.finish();
  drain(framer, outcome);
  outcome.closed = framer.closed();
  outcome.failed = framer.failure().has_value();
  return outcome;
}

Outcome whole(std::string_view bytes) { return frame(bytes, bytes.size() + 1); }

TEST(JsonArrayFramer, GivesTheElementsWhateverTheChunks) {
  std::string_view bytes = "[{\n  \"a\": [1, {\"b\": \"]},\\\"\"}]\n}\n,\n{\"c\": \"\\\\\"}, 12 ,null]\n";
  Outcome once = whole(bytes);
  EXPECT_EQ(once.elements, (std::vector<std::string>{"{\n  \"a\": [1, {\"b\": \"]},\\\"\"}]\n}", "{\"c\": \"\\\\\"}", "12", "null"}));
  EXPECT_TRUE(once.closed);
  EXPECT_FALSE(once.cut);
  for (std::size_t step = 1; step < bytes.size(); ++step) EXPECT_EQ(frame(bytes, step), once) << step;
}

TEST(JsonArrayFramer, ViewsTheFedBytesWhenAnElementIsWhole) {
  std::string bytes = "[{\"a\":1},{\"b\":2}]";
  JsonArrayFramer framer;
  framer.feed(bytes);
  Frame frame;
  ASSERT_TRUE(framer.next(frame));
  EXPECT_EQ(frame.data.data(), bytes.data() + 1);
}

TEST(JsonArrayFramer, TakesALoneObjectForOneElement) {
  Outcome once = whole(" {\"error\":{}} ");
  EXPECT_EQ(once.elements, std::vector<std::string>{"{\"error\":{}}"});
  EXPECT_TRUE(once.closed);
}

TEST(JsonArrayFramer, MarksAnElementThatWasCut) {
  Outcome once = whole("[{\"a\":1}\n,\n{\"b\":\"x");
  EXPECT_EQ(once.elements.size(), 2u);
  EXPECT_TRUE(once.cut);
  EXPECT_EQ(frame("[{\"a\":1}\n,\n{\"b\":\"x", 1), once);
}

TEST(JsonArrayFramer, IsNotClosedWhenTheStreamEndsBetweenElements) {
  Outcome once = whole("[{\"a\":1}\n,\n");
  EXPECT_EQ(once.elements.size(), 1u);
  EXPECT_FALSE(once.closed);
  EXPECT_FALSE(once.cut);
}

TEST(JsonArrayFramer, GivesNothingForAnEmptyStreamOrArray) {
  EXPECT_TRUE(whole("").elements.empty());
  EXPECT_TRUE(whole("[]").elements.empty());
  EXPECT_TRUE(whole("[]").closed);
}

TEST(JsonArrayFramer, RefusesWhatIsNoArray) {
  EXPECT_TRUE(whole("<html>").failed);
  EXPECT_TRUE(frame("data: {}", 1).failed);
  EXPECT_TRUE(whole("[1}").failed);
}

TEST(JsonArrayFramer, RefusesAnElementBeyondTheBoundInAnyChunking) {
  std::string bytes = "[{\"a\":1},{\"b\":\"" + std::string(40, 'x') + "\"}]";
  Outcome once = frame(bytes, bytes.size(), 32);
  EXPECT_TRUE(once.failed);
  EXPECT_EQ(once.elements.size(), 1u);
  for (std::size_t step = 1; step < bytes.size(); ++step) EXPECT_EQ(frame(bytes, step, 32), once) << step;
}

TEST(JsonArrayFramer, IgnoresWhatComesBehindTheArray) {
  EXPECT_EQ(whole("[{}] trailing {").elements.size(), 1u);
}

TEST(JsonArrayFramer, ReadsWhatIsWrittenForAClient) {
  std::string out;
  append_array_element(out, "{\"a\":1}", ElementPlace::first);
  append_array_element(out, "{\"b\":2}", ElementPlace::later);
  out += array_end;
  EXPECT_EQ(out, "[{\"a\":1}\n,\n{\"b\":2}]");
  EXPECT_EQ(whole(out).elements.size(), 2u);
}

}  // namespace
}  // namespace tollgate
