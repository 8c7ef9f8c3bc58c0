#include "dialects/ndjson.h"

#include <gtest/gtest.h>

#include <vector>

namespace tollgate {
namespace {

std::vector<std::string> lines(std::string_view bytes, std::size_t step) {
  NdjsonFramer framer;
  std::vector<std::string> out;
  Frame frame;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));
    framer.feed(piece);
    while (framer.next(frame)) out.emplace_back(frame.data);
  }
  framer.feed({});
  framer.finish();
  while (framer.next(frame)) out.emplace_back(frame.data);
  return out;
}

TEST(Ndjson, GivesTheSameLinesForEveryChunking) {
  constexpr std::string_view bytes = "{\"a\":1}\n\r\n  \n{\"b\":\"ä\"}\r\n{\"c\":3}";
  std::vector<std::string> expected{R"({"a":1})", R"({"b":"ä"})", R"({"c":3})"};
  for (std::size_t step = 1; step <= bytes.size(); ++step) EXPECT_EQ(lines(bytes, step), expected) << step;
}

TEST(Ndjson, ForwardsLinesWithTheirEnd) {
  NdjsonFramer framer;
  Frame frame;
  framer.feed("{}\n{}");
  ASSERT_TRUE(framer.next(frame));
  EXPECT_EQ(frame.block, "{}\n");
  EXPECT_FALSE(framer.next(frame));
}

TEST(Ndjson, RefusesLinesWithoutEnd) {
  NdjsonFramer framer(8);
  Frame frame;
  framer.feed("123456789");
  EXPECT_FALSE(framer.next(frame));
  EXPECT_TRUE(framer.failure());
}

}  // namespace
}  // namespace tollgate
