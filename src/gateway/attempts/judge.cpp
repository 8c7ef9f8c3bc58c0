#include "gateway/attempts/judge.h"

#include <fmt/format.h>

#include "base/text.h"
#include "dialects/openai_chat/errors.h"

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

}  // namespace

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

Result<void> judge_head(const ProviderAnswer& answer, Expected expected) {
  if (answer.status() >= 300) return unusable("the provider sent a redirect");
  if (answer.status() != 200 && answer.status() != 201) return unusable("the provider's answer has no content");
  std::string_view coding = find_header(answer, "content-encoding");
  if (!coding.empty() && !iequals(coding, "identity")) return unusable("the provider's answer is compressed");
  std::string_view type = find_header(answer, "content-type");
  if (type.empty()) return {};  // accepted if it parses
  bool right = expected == Expected::json ? is_json(type) : media_type_is(type, "text/event-stream");
  if (!right) return unusable("the provider's answer has the wrong type");
  return {};
}

Error judge_refusal(const ProviderAnswer& answer, std::string_view body, WallTime now) {
  openai_chat::UpstreamRefusal refusal{.status = answer.status(), .body = body, .hints = {}};
  for (std::size_t i = 0; i < answer.header_count(); ++i) {
    HeaderView header = answer.header(i);
    refusal.hints.take(header.name, header.value);
  }
  return openai_chat::read_refusal(refusal, now);
}

void close_attempt(Exchange& x, Worker& worker, Instant began) {
  Duration took = worker.reactor.clock().now() - began;
  x.elsewhere += took;
  x.attempt().duration_ms = took.count() / ns_per_ms;
}

}  // namespace tollgate
