#include "gateway/attempts/judge.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

std::unexpected<Error> unusable(std::string_view why) {
  return fail({.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = std::string(why)});
}

bool media_type_is(std::string_view content_type, std::string_view wanted) {
  return iequals(trimmed(content_type.substr(0, content_type.find(';'))), wanted);
}

bool is_json(std::string_view content_type) {
  std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  return iequals(type, "application/json") || (type.size() > 5 && iequals(type.substr(type.size() - 5), "+json"));
}

// Lines of JSON go by several names, plain JSON among them.
bool is_expected(std::string_view type, Expected expected) {
  switch (expected) {
    case Expected::json: return is_json(type);
    case Expected::events: return media_type_is(type, "text/event-stream");
    case Expected::lines:
      return is_json(type) || media_type_is(type, "application/x-ndjson") || media_type_is(type, "application/jsonl");
    case Expected::aws_events: return media_type_is(type, "application/vnd.amazon.eventstream");
  }
  return false;
}

}  // namespace

Expected expected_of(Framing framing) {
  switch (framing) {
    case Framing::ndjson: return Expected::lines;
    case Framing::aws_event_stream: return Expected::aws_events;
    case Framing::json_array: return Expected::json;
    default: return Expected::events;
  }
}

Error judge_wait(Error error, const Exchange& x, Instant now) {
  if (error.fault == Fault::cancelled || x.incoming->gone().cancelled())
    return {.fault = Fault::client_gone, .detail = "the client left"};
  if (error.fault != Fault::deadline) return error;
  if (now >= x.deadline) return {.fault = Fault::deadline, .detail = "the request's time is over"};
  return {.fault = Fault::upstream_timeout, .retry = Retry::next_target, .detail = "the provider took too long"};
}

std::string_view find_header(const ProviderAnswer& answer, std::string_view name) {
  for (std::size_t i = 0; i < answer.header_count(); ++i)
    if (HeaderView header = answer.header(i); iequals(header.name, name)) return header.value;
  return {};
}

Result<void> judge_passed_head(const ProviderAnswer& answer) {
  if (answer.status() >= 300) return unusable("the provider sent a redirect");
  std::string_view coding = find_header(answer, "content-encoding");
  if (!coding.empty() && !iequals(coding, "identity")) return unusable("the provider's answer is compressed");
  return {};
}

Result<void> judge_head(const ProviderAnswer& answer, Expected expected) {
  if (answer.status() >= 300) return unusable("the provider sent a redirect");
  if (answer.status() != 200 && answer.status() != 201) return unusable("the provider's answer has no content");
  std::string_view coding = find_header(answer, "content-encoding");
  if (!coding.empty() && !iequals(coding, "identity")) return unusable("the provider's answer is compressed");
  std::string_view type = find_header(answer, "content-type");
  if (type.empty()) return {};  // accepted if it parses
  if (!is_expected(type, expected)) return unusable("the provider's answer has the wrong type");
  return {};
}

Error judge_refusal(const ProviderAnswer& answer, const Dialect& language, std::string_view body, WallTime now) {
  Refused refused{.status = answer.status(), .body = body, .error_type = find_header(answer, "x-amzn-errortype")};
  for (std::size_t i = 0; i < answer.header_count(); ++i) {
    HeaderView header = answer.header(i);
    refused.hints.take(header.name, header.value);
  }
  return language.read_refusal(refused, now);
}

void close_attempt(Exchange& x, Worker& worker, const Try& t) {
  Instant now = worker.reactor.clock().now();
  x.elsewhere += now - std::max(t.began, x.elsewhere_until);
  x.elsewhere_until = now;
  x.row_of(t).duration_ms = (now - t.began).count() / ns_per_ms;
  x.attempts_ended.set(static_cast<std::size_t>(t.n - 1));
}

}  // namespace tollgate
