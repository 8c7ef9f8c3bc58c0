#include "net/http1/write.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "net/http1/head.h"

namespace tollgate::http {
namespace {

using Room = std::array<char, 256>;

TEST(HeadWriter, WritesAnAnswer) {
  Room room;
  HeadWriter writer(room);
  writer.status_line(429);
  writer.field("retry-after", 3);
  writer.field("content-type", "application/json");
  writer.body({.kind = BodyFraming::Kind::length, .length = 17});
  EXPECT_EQ(writer.finish(), "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\ncontent-type: application/json\r\n"
                             "content-length: 17\r\n\r\n");
}

TEST(HeadWriter, WritesARequestThatTheParserReads) {
  Room room;
  HeadWriter writer(room);
  writer.request_line("POST", "/v1/messages?beta=true");
  writer.field("host", "api.test");
  writer.body({.kind = BodyFraming::Kind::chunked});
  auto bytes = writer.finish();
  ASSERT_TRUE(bytes);
  RequestHead head;
  std::size_t resume = 0;
  EXPECT_EQ(parse_request_head(*bytes, resume, head).head_bytes, bytes->size());
  EXPECT_EQ(head.target, "/v1/messages?beta=true");
  EXPECT_EQ(head.framing.kind, BodyFraming::Kind::chunked);
}

TEST(HeadWriter, LetsNoLineEndIn) {
  using namespace std::string_literals;
  for (const auto& part : {"a\r\nX: y"s, "a\rb"s, "a\nb"s, "a\0b"s}) {
    Room room;
    HeadWriter name(room), value(room), target(room), method(room), reason(room);
    name.field(part, "x");
    value.field("x", part);
    target.request_line("GET", "/" + part);
    method.request_line(part, "/");
    reason.status_line(200, part);
    for (HeadWriter* writer : {&name, &value, &target, &method, &reason})
      EXPECT_EQ(writer->finish(), std::unexpected(WriteFault::bad_text)) << part;
  }
}

TEST(HeadWriter, WritesOneFramingAtMost) {
  Room room;
  HeadWriter twice(room), beside(room);
  twice.body({.kind = BodyFraming::Kind::chunked});
  twice.body({.kind = BodyFraming::Kind::length, .length = 1});
  EXPECT_EQ(twice.finish(), std::unexpected(WriteFault::two_framings));
  beside.field("Content-Length", 5);
  EXPECT_EQ(beside.finish(), std::unexpected(WriteFault::two_framings));
}

TEST(HeadWriter, SaysWhenTheRoomIsTooSmall) {
  std::array<char, 19> room;
  HeadWriter fits(room), one_more(room);
  fits.status_line(200);
  EXPECT_TRUE(fits.finish());
  one_more.status_line(200, "OK!");
  EXPECT_EQ(one_more.finish(), std::unexpected(WriteFault::no_room));
}

}  // namespace
}  // namespace tollgate::http
