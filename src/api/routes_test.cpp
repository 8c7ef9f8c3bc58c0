#include "api/routes.h"

#include <gtest/gtest.h>

#include <array>

#include "api/api_for_test.h"

namespace tollgate {
namespace {

constexpr RouteRow table[] = {
    {"POST", "/v1/chat/completions", 1}, {"GET", "/v1/models", 2}, {"GET", "/v1/models/*", 3}, {"POST", "/v1/models", 4},
};

// What was found, in words: "ACTION REST ?QUERY", or the status and what is allowed.
std::string found(const std::string& request_line) {
  HeadForTest parsed(request_line + " HTTP/1.1\r\nhost: h\r\n");
  std::array<char, 256> room;
  auto match = find_route(table, parsed.head, room);
  if (!match) return std::to_string(info(match.error().fault).http_status) + " " + match.error().param;
  return std::to_string(match->action) + " " + std::string(match->rest) + " ?" + std::string(match->query);
}

TEST(Routes, FindsTheRowOfAPathAndMethod) {
  EXPECT_EQ(found("POST /v1/chat/completions"), "1  ?");
  EXPECT_EQ(found("GET /v1/models"), "2  ?");
  EXPECT_EQ(found("POST /v1/models"), "4  ?");
  EXPECT_EQ(found("GET /v1/models?limit=2"), "2  ?limit=2");
}

TEST(Routes, AStarStandsForOneSegmentOrMore) {
  EXPECT_EQ(found("GET /v1/models/gpt-4o"), "3 gpt-4o ?");
  EXPECT_EQ(found("GET /v1/models/meta/llama"), "3 meta/llama ?");
}

TEST(Routes, ServesHeadWhereGetIsServed) {
  EXPECT_EQ(found("HEAD /v1/models"), "2  ?");
  EXPECT_EQ(found("HEAD /v1/chat/completions"), "405 POST");
}

TEST(Routes, SaysWhichMethodsAPathHas) {
  EXPECT_EQ(found("PUT /v1/models"), "405 GET, HEAD, POST");
  EXPECT_EQ(found("GET /v1/chat/completions"), "405 POST");
}

TEST(Routes, KnowsNoOtherPath) {
  EXPECT_EQ(found("GET /v1/model"), "404 ");
  EXPECT_EQ(found("GET /V1/models"), "404 ");
  EXPECT_EQ(found("GET /"), "404 ");
}

TEST(Routes, HasOneReadingOfAPathOrNone) {
  EXPECT_EQ(found("GET /v1/%6dodels"), "2  ?");
  EXPECT_EQ(found("GET http://h/v1/models"), "2  ?");
  for (auto line : {"GET /v1/../v1/models", "GET /v1//models", "GET /v1%2fmodels", "GET /v1/models;x=1", "GET /v1/models%00"})
    EXPECT_EQ(found(line).substr(0, 1), "4") << line;
}

}  // namespace
}  // namespace tollgate
