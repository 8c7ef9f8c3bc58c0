#include "bench/wire.h"

#include <ctime>

#include <fmt/format.h>

namespace tollgate::bench {
namespace {

constexpr std::size_t kEventBytes = 196;
constexpr std::int64_t kStampModulo = 10'000'000'000'000'000;
constexpr std::string_view kProse =
    "The quick brown fox jumps over the lazy dog while the river runs on and nobody counts the words. ";

std::string prose(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += kProse;
  text.resize(bytes);
  return text;
}

std::string request_body(const RequestShape& shape) {
  auto body = [&](std::string_view text) {
    return fmt::format(R"({{"model":"{}",{}"max_tokens":64,"messages":[{{"role":"system","content":"You are brief."}},)"
                       R"({{"role":"user","content":"{}"}}]}})",
                       shape.model, shape.stream ? R"("stream":true,"stream_options":{"include_usage":true},)" : "",
                       text);
  };
  std::size_t bare = body("").size();
  return body(prose(shape.body_bytes > bare ? shape.body_bytes - bare : 1));
}

std::string chunk(std::string_view bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

std::string event(std::string_view model, std::string_view choices) {
  return fmt::format(
      R"(data: {{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"{}",{}}})"
      "\n\n",
      model, choices);
}

std::string content_event(std::string_view model) {
  auto with = [&](std::string_view padding) {
    return event(model,
                 fmt::format(R"("choices":[{{"index":0,"delta":{{"content":"{}{:0{}}{}"}},"finish_reason":null}}])",
                             kStampMark, 0, kStampDigits, padding));
  };
  std::size_t bare = with("").size();
  return with(prose(kEventBytes > bare ? kEventBytes - bare : 0));
}

}  // namespace

std::string request_bytes(const RequestShape& shape) {
  std::string body = request_body(shape);
  return fmt::format(
      "POST {} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nuser-agent: tollgate-load\r\naccept: {}\r\n"
      "content-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
      shape.path, shape.host, shape.key, shape.stream ? "text/event-stream" : "application/json", body.size(), body);
}

Answers answers(std::string_view model) {
  Answers made;
  made.json = fmt::format(
      R"({{"id":"chatcmpl-bench","object":"chat.completion","created":1760000000,"model":"{}","choices":[{{"index":0,)"
      R"("message":{{"role":"assistant","content":"{}","refusal":null}},"logprobs":null,"finish_reason":"stop"}}],)"
      R"("usage":{{"prompt_tokens":212,"completion_tokens":21,"total_tokens":233,"prompt_tokens_details":{{"cached_tokens":0}}}},)"
      R"("service_tier":"default","system_fingerprint":"fp_bench"}})",
      model, prose(180));
  made.json_http = fmt::format(
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nx-request-id: req_bench\r\n\r\n{}",
      made.json.size(), made.json);
  made.stream_head =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n"
      "x-request-id: req_bench\r\n\r\n";
  made.event = chunk(content_event(model));
  made.stamp_at = made.event.find(kStampMark) + 1;
  made.stream_end =
      chunk(event(model, R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}])")) +
      chunk(event(model, R"("choices":[],"usage":{"prompt_tokens":212,"completion_tokens":50,"total_tokens":262})")) +
      chunk("data: [DONE]\n\n") + "0\r\n\r\n";
  return made;
}

std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

void write_stamp(char* digits, std::int64_t at_ns) {
  std::int64_t left = at_ns % kStampModulo;
  for (std::size_t at = kStampDigits; at-- > 0; left /= 10) digits[at] = static_cast<char>('0' + left % 10);
}

std::int64_t age_ns(std::string_view event, std::int64_t at_ns) {
  std::size_t mark = event.find(kStampMark);
  if (mark == std::string_view::npos || mark + kStampDigits >= event.size()) return -1;
  std::int64_t stamp = 0;
  for (char digit : event.substr(mark + 1, kStampDigits)) {
    if (digit < '0' || digit > '9') return -1;
    stamp = stamp * 10 + (digit - '0');
  }
  return (at_ns % kStampModulo - stamp + kStampModulo) % kStampModulo;
}

}  // namespace tollgate::bench
