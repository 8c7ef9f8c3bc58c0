#include "net/http1/chunked.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "net/http1/body.h"

namespace tollgate::http {
namespace {

struct Decoded {
  std::string payload, rest;
  bool done = false, failed = false;

  friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(std::string_view bytes, std::size_t piece_size) {
  BodyReader body(BodyFraming{.kind = BodyFraming::Kind::chunked});
  Decoded out;
  for (std::size_t at = 0; at < bytes.size() && !body.failed(); at += piece_size) {
    std::string piece(bytes.substr(at, piece_size));
    std::string_view input = piece;
    while (!input.empty() && !body.done() && !body.failed()) {
      BodyStep step = body.feed(input);
      out.payload += step.payload;
      input.remove_prefix(step.taken);
    }
    if (body.done()) out.rest += input;
  }
  out.done = body.done();
  out.failed = body.failed();
  return out;
}

Decoded decode(std::string_view bytes) {
  Decoded whole = decode(bytes, bytes.size());
  for (std::size_t size = 1; size < std::min<std::size_t>(bytes.size(), 64); ++size) {
    Decoded cut = decode(bytes, size);
    cut.rest = whole.rest = cut.done ? whole.rest : "";
    EXPECT_EQ(cut.payload, whole.payload) << size;
    EXPECT_EQ(cut.done, whole.done) << size;
    EXPECT_EQ(cut.failed, whole.failed) << size;
  }
  return whole;
}

TEST(Chunked, GivesThePayloadAndLeavesTheNextMessage) {
  Decoded d = decode("5\r\nhello\r\n00C\r\n, big world!\r\n0\r\n\r\nGET /");
  EXPECT_EQ(d.payload, "hello, big world!");
  EXPECT_TRUE(d.done);
  EXPECT_EQ(d.rest, "GET /");
}

TEST(Chunked, PayloadLiesWhereItCame) {
  std::string bytes = "5\r\nhello\r\n0\r\n\r\n";
  ChunkedDecoder decoder;
  BodyStep step = decoder.feed(bytes);
  EXPECT_EQ(step.payload.data(), bytes.data() + 3);
  EXPECT_EQ(step.taken, 8u);
}

TEST(Chunked, DropsExtensionsAndTrailers) {
  Decoded d = decode("2;a;b=c;d=\"e \\\" ;\xC3\xA4\"\r\nhi\r\n0;x\r\nHost: evil\r\nX:\r\n\r\n");
  EXPECT_EQ(d.payload, "hi");
  EXPECT_TRUE(d.done);
}

TEST(Chunked, RefusesEveryOtherSpelling) {
  for (std::string_view bytes :
       {"\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\n", "1_0\r\n", "1\n", "1\r\r\n", "1\ra",
        "1;\r\n", "1; a\r\n", "1;a=\r\n", "1;a[\r\n", "1;a=\"b\r\n", "1;a=\"b\"c\r\n", "1;a\n", "1;a\rb\r\n",
        "00000000000000001\r\n", "1\r\nab", "1\r\na\n", "1\r\na\rb", "0\r\n\n", "0\r\n\rx", "0\r\nX\r\n",
        "0\r\nX : a\r\n", "0\r\n a\r\n", "0\r\n: a\r\n", "0\r\nX: \x01\r\n", "0\r\nX: a\n", "0\r\nX: a\rb"})
    EXPECT_TRUE(decode(bytes).failed) << bytes;
}

TEST(Chunked, RefusesNulWhereverItStands) {
  for (std::string bytes : {"5;aext\r\n", "0\r\nX: a\r\n\r\n", "2\r\n"})
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string broken = bytes;
      broken[at] = '\0';
      EXPECT_TRUE(decode(broken).failed) << bytes << at;
    }
}

TEST(Chunked, StopsAtItsBounds) {
  EXPECT_TRUE(decode("1;" + std::string(chunk_extension_bytes_max, 'a') + "\r\n").failed);
  EXPECT_FALSE(decode("1;" + std::string(chunk_extension_bytes_max - 2, 'a') + "\r\n").failed);
  std::string many;
  for (int i = 0; i < 17; ++i) many += "1;" + std::string(1000, 'a') + "\r\nx\r\n";
  EXPECT_TRUE(decode(many).failed);
  std::string trailers = "0\r\n";
  for (std::size_t i = 0; i < trailer_count_max; ++i) trailers += "x: y\r\n";
  EXPECT_TRUE(decode(trailers + "\r\n").done);
  EXPECT_TRUE(decode(trailers + "x: y\r\n\r\n").failed);
  EXPECT_TRUE(decode("0\r\nx: " + std::string(trailer_bytes_max, 'y')).failed);
}

TEST(Chunked, HoldsTheLargestSizeWithoutOverflow) {
  ChunkedDecoder decoder;
  BodyStep step = decoder.feed("FFFFFFFFFFFFFFFF\r\nab");
  EXPECT_EQ(step.payload, "ab");
  EXPECT_EQ(decoder.chunk_left(), UINT64_MAX - 2);
}

TEST(Chunked, ReadsWhatItWrites) {
  for (std::uint64_t size : {1ull, 15ull, 16ull, 255ull, 4096ull, 100'000ull}) {
    std::array<char, chunk_head_bytes_max> head;
    std::string bytes(head.data(), write_chunk_head(head, size));
    std::string payload(size, 'x');
    Decoded d = decode(bytes + payload + std::string(chunk_end) + std::string(last_chunk), 4096);
    EXPECT_TRUE(d.done) << size;
    EXPECT_EQ(d.payload, payload);
  }
  std::array<char, chunk_head_bytes_max> head;
  EXPECT_EQ(std::string_view(head.data(), write_chunk_head(head, UINT64_MAX)), "FFFFFFFFFFFFFFFF\r\n");
}

TEST(Body, ReadsEachFramingToItsEnd) {
  using Kind = BodyFraming::Kind;
  EXPECT_TRUE(BodyReader{}.done());
  EXPECT_TRUE(BodyReader({Kind::length, 0}).done());
  BodyReader length({Kind::length, 3});
  EXPECT_EQ(length.feed("ab").payload, "ab");
  BodyStep step = length.feed("cGET");
  EXPECT_EQ(step.payload, "c");
  EXPECT_EQ(step.taken, 1u);
  EXPECT_TRUE(length.done());
  EXPECT_EQ(length.feed("GET").taken, 0u);
  BodyReader rest({Kind::until_close});
  EXPECT_EQ(rest.feed("abc").payload, "abc");
  EXPECT_FALSE(rest.done());
  rest.end_of_input();
  EXPECT_TRUE(rest.done());
  EXPECT_FALSE(rest.failed());
}

TEST(Body, FailsWhenThePeerLeavesInTheMiddle) {
  BodyReader length({BodyFraming::Kind::length, 3}), chunked({BodyFraming::Kind::chunked});
  length.feed("ab");
  length.end_of_input();
  EXPECT_TRUE(length.failed());
  chunked.feed("2\r\nab\r\n");
  chunked.end_of_input();
  EXPECT_TRUE(chunked.failed());
}

}  // namespace
}  // namespace tollgate::http
