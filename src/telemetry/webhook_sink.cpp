#include "telemetry/webhook_sink.h"

#include <fmt/format.h>

#include <array>

#include "async/reactor.h"
#include "base/text.h"
#include "net/http1/write.h"

namespace tollgate {
namespace {

constexpr std::size_t head_bytes_max = 8 * 1024;
constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr Duration answer_idle = seconds(5);
constexpr std::int64_t ms_per_second = 1000;
constexpr int ok_from = 200, ok_to = 299;

Origin origin_of(const Url& url) {
  Origin origin;
  origin.host = url.host;
  origin.port = url.port;
  origin.tls = url.tls;
  return origin;
}

}  // namespace

std::string signature_of(const crypto::HmacKey& key, WallTime now, std::string_view body) {
  const std::string time = fmt::format("{}", now.unix_ms() / ms_per_second);
  const crypto::Digest mac = key.mac(fmt::format("{}.{}", time, body));
  return fmt::format("t={},v1={}", time, hex(crypto::bytes_of(mac)));
}

WebhookSink::WebhookSink(const Url& url, const Secret& secret, Dialer& dialer, MemoryBudget& memory)
    : url_(url), memory_(memory), client_(dialer), pool_(origin_of(url)) {
  if (!secret.empty()) key_.emplace(secret.reveal());
}

Result<std::string> WebhookSink::head_of(std::string_view body, std::span<const ExportLine> lines) const {
  std::array<char, head_bytes_max> room;
  http::HeadWriter writer(room);
  writer.request_line("POST", url_.path.empty() ? "/" : url_.path);
  writer.field("host", url_.default_port() ? Url{url_.tls, url_.host, url_.port, ""}.authority() : url_.authority());
  writer.field("user-agent", "tollgate");
  writer.field("content-type", "application/x-ndjson");
  writer.field("x-tollgate-first-seq", lines.front().seq);
  writer.field("x-tollgate-last-seq", lines.back().seq);
  if (key_) writer.field("x-tollgate-signature", signature_of(*key_, Reactor::current().wall(), body));
  writer.body({.kind = http::BodyFraming::Kind::length, .length = body.size()});
  auto head = writer.finish();
  if (!head) return fail(Fault::internal, "the webhook's address cannot be written");
  return std::string(*head);
}

Task<Result<void>> WebhookSink::deliver(std::span<const ExportLine> lines, Wait wait) {
  std::string body;
  for (const ExportLine& line : lines) (body += line.line) += '\n';
  TG_CO_TRY(head, head_of(body, lines));
  std::string_view parts[] = {head, body};
  AttemptPhase phase = AttemptPhase::connect;
  TG_CO_TRY(call, co_await client_.send(pool_, "POST", parts, {wait, wait}, phase));
  const int status = call->head().status;
  TG_CO_TRY(rest, co_await call->whole(answer_bytes_max, memory_, wait, answer_idle));
  static_cast<void>(rest);
  if (status < ok_from || status > ok_to) co_return fail(Fault::upstream_error, fmt::format("it answers with status {}", status));
  co_return Result<void>();
}

}  // namespace tollgate
