#include "net/http1/target.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace tollgate::http {
namespace {

std::array<char, 256> room;

int refusal_of(std::string_view origin) {
  auto path = read_path(origin, room);
  return path ? 0 : path.error().status;
}
std::string path_of(std::string_view origin) { return std::string(read_path(origin, room)->path); }

TEST(Target, GivesPathAndQuery) {
  auto plain = read_path("/v1/chat/completions?a=b?c", room);
  EXPECT_EQ(plain->path, "/v1/chat/completions");
  EXPECT_EQ(plain->query, "a=b?c");
  EXPECT_EQ(path_of("/v1beta/models/gemini-2.5:generateContent"), "/v1beta/models/gemini-2.5:generateContent");
  EXPECT_EQ(path_of("/orders/"), "/orders/");
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("*"), "*");
  EXPECT_EQ(path_of(""), "/");
  EXPECT_EQ(read_path("?q", room)->query, "q");
}

TEST(Target, DecodesHarmlessEscapesOnce) {
  EXPECT_EQ(path_of("/model/claude-3%3a0/converse"), "/model/claude-3:0/converse");
  EXPECT_EQ(path_of("/a%20b/%C3%A4"), "/a b/\xC3\xA4");
  EXPECT_EQ(path_of("/%61dmin"), "/admin");
}

TEST(Target, RefusesPathsThatAnotherServerMightResolve) {
  for (auto origin : {"/a/../b", "/..", "/.", "/./a", "/a/%2e%2E/b", "/a/.%2e", "/a%2fb", "/a%2Fb", "/a%5cb",
                      "/a\\b", "/a%00", "/a%0d%0a", "/a%7f", "/a%", "/a%2", "/a%zz", "/%c0%af", "/%ff", "a", "/a/..?q"})
    EXPECT_EQ(refusal_of(origin), 400) << origin;
  for (auto origin : {"//admin", "/a//b", "/a//", "/a;b", "/a%3bb", "/models;/../../admin", "/admin%252fkeys",
                      "/a%3fb", "/a%23b"})
    EXPECT_TRUE(refusal_of(origin) == 404 || refusal_of(origin) == 400) << origin;
  EXPECT_EQ(refusal_of("//admin%252fkeys"), 404);
  EXPECT_EQ(refusal_of("/v1/models;/../../admin/keys"), 404);
}

TEST(Target, KeepsDotsThatAreNoSegments) {
  EXPECT_EQ(path_of("/.well-known/a..b/...?x=../y"), "/.well-known/a..b/...");
}

TEST(Target, WantsRoomOnlyForEscapes) {
  std::array<char, 3> small;
  EXPECT_EQ(read_path("/abc", small)->path, "/abc");
  EXPECT_EQ(read_path("/%61", small).error().status, 414);
}

TEST(Query, FindsParametersByTheirDecodedName) {
  EXPECT_EQ(find_parameter("a=1&key=s3&key=other", "key"), "s3");
  EXPECT_EQ(find_parameter("k%65y=s3", "key"), "s3");
  EXPECT_EQ(find_parameter("&&key", "key"), "");
  EXPECT_EQ(find_parameter("keys=1&ke=2&KEY=3&k%6=4", "key"), std::nullopt);
}

TEST(Query, DecodesValues) {
  EXPECT_EQ(decode_parameter("a+b%2Fc", room), "a b/c");
  EXPECT_EQ(decode_parameter("plain", room), "plain");
  EXPECT_EQ(decode_parameter("%", room), std::nullopt);
  EXPECT_EQ(decode_parameter("a%00", room), std::nullopt);
}

}  // namespace
}  // namespace tollgate::http
