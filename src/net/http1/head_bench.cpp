// Nanoseconds to read and to write one head, and to decode one chunk, of the sizes that clients and providers send.

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include <fmt/format.h>

#include "net/http1/body.h"
#include "net/http1/head.h"
#include "net/http1/target.h"
#include "net/http1/write.h"

namespace tollgate::http {
namespace {

constexpr int rounds = 9;
constexpr int repeats = 200'000;

// The quickest of several rounds: what the code costs when nothing else runs.
template <class Work>
void measure(std::string_view name, Work work) {
  std::int64_t best = INT64_MAX;
  std::size_t sum = 0;
  for (int round = 0; round < rounds; ++round) {
    auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < repeats; ++i) sum += work();
    auto taken = std::chrono::steady_clock::now() - begin;
    best = std::min<std::int64_t>(best, std::chrono::duration_cast<std::chrono::nanoseconds>(taken).count());
  }
  fmt::print("{:<34} {:>6} ns  ({})\n", name, best / repeats, sum % 10);
}

const std::string request =
    "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway.example:8080\r\nAuthorization: Bearer "
    "tg-0123456789abcdef0123456789abcdef0123456789abcdef\r\nContent-Type: application/json\r\n"
    "Accept: application/json\r\n"
    "User-Agent: OpenAI/Python 1.99.0\r\nAccept-Encoding: gzip, deflate\r\nContent-Length: 734\r\n\r\n";
const std::string response =
    "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 19:17:00 GMT\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\nx-request-id: req_0123456789abcdef\r\n"
    "x-ratelimit-remaining-requests: 9999\r\n\r\n";
const std::string chunk = "c4\r\n" + std::string(0xc4, 'x') + "\r\n";

void run() {
  measure("request head, 7 fields", [] {
    RequestHead head;
    std::size_t resume = 0;
    return parse_request_head(request, resume, head).head_bytes;
  });
  measure("response head, 6 fields", [] {
    ResponseHead head;
    std::size_t resume = 0;
    return parse_response_head(response, resume, "POST", head).head_bytes;
  });
  measure("path", [] {
    std::array<char, 64> room;
    return read_path("/v1/chat/completions", room)->path.size();
  });
  measure("write a head of 7 fields", [] {
    std::array<char, 1024> room;
    HeadWriter writer(room);
    writer.request_line("POST", "/v1/chat/completions");
    writer.field("host", "api.example.com");
    writer.field("authorization", "Bearer sk-0123456789abcdef0123456789abcdef0123456789abcdef");
    writer.field("content-type", "application/json");
    writer.field("accept", "application/json");
    writer.field("user-agent", "tollgate");
    writer.field("accept-encoding", "identity");
    writer.body({.kind = BodyFraming::Kind::length, .length = 734});
    return writer.finish()->size();
  });
  ChunkedDecoder decoder;
  measure("chunk of 196 bytes", [&] {
    std::string_view input = chunk;
    std::size_t payload = 0;
    while (!input.empty()) {
      BodyStep step = decoder.feed(input);
      payload += step.payload.size();
      input.remove_prefix(step.taken);
    }
    return payload;
  });
}

}  // namespace
}  // namespace tollgate::http

int main() { tollgate::http::run(); }
