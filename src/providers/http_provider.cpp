#include "providers/http_provider.h"

#include <algorithm>
#include <array>

#include "async/reactor.h"
#include "base/text.h"
#include "net/http1/write.h"
#include "providers/bedrock/aws_call.h"
#include "providers/upstream.h"

namespace tollgate {
namespace {

constexpr std::size_t head_bytes_max = 8 * 1024;
constexpr std::size_t credential_bytes_max = 4 * 1024;
constexpr std::size_t path_bytes_max = 2 * 1024;
constexpr std::size_t body_parts_max = max_write_parts - 1;

class HttpAnswer final : public ProviderAnswer {
 public:
  HttpAnswer(std::unique_ptr<http::ClientCall> call, MemoryBudget& memory) : call_(std::move(call)), memory_(memory) {}
  int status() const override { return call_->head().status; }
  std::size_t header_count() const override { return call_->head().fields.size(); }
  HeaderView header(std::size_t index) const override {
    http::Field field = call_->head().fields[index];
    return {field.name, field.value};
  }
  Task<Result<std::string_view>> next(Wait wait) override { return call_->next(wait); }
  Task<Result<std::string_view>> whole(std::size_t limit, Wait wait, Duration idle) override {
    return call_->whole(limit, memory_, wait, idle);
  }

 private:
  std::unique_ptr<http::ClientCall> call_;
  MemoryBudget& memory_;
};

// Text put together without memory of its own; empty when it does not fit.
template <std::size_t size>
std::string_view joined(std::array<char, size>& room, std::initializer_list<std::string_view> parts) {
  std::size_t used = 0;
  for (auto part : parts) {
    if (part.size() > room.size() - used) return {};
    used += part.copy(room.data() + used, part.size());
  }
  return {room.data(), used};
}

std::size_t size_of(std::span<const std::string_view> parts) {
  std::size_t total = 0;
  for (auto part : parts) total += part.size();
  return total;
}

std::size_t size_of(std::span<const HeaderView> headers) {
  constexpr std::size_t marks = 4;  // ": " and the line's end
  std::size_t total = 0;
  for (const HeaderView& header : headers) total += header.name.size() + header.value.size() + marks;
  return total;
}

// Bedrock's streams are no text.
std::string_view accepted_by(const Upstream& upstream) {
  return upstream.proof == Proof::aws ? "*/*" : "application/json, text/event-stream";
}

constexpr std::string_view anthropic_version = "2023-06-01";  // sent where the caller names none

bool names(std::span<const HeaderView> headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const HeaderView& header) { return iequals(header.name, name); });
}

// How a call shows who we are. `token` is what the credential was exchanged for, where it is. False: it does not fit.
bool write_proof(http::HeadWriter& writer, const ProviderCall& call, std::string_view token) {
  const Upstream& upstream = *call.target.upstream;
  std::array<char, credential_bytes_max> room;
  std::string_view secret = token.empty() ? call.key->secret.reveal() : token;
  bool bearer = !token.empty() || upstream.proof == Proof::bearer || upstream.proof == Proof::google;
  if (bearer) {
    std::string_view text = joined(room, {"Bearer ", secret});
    writer.field("authorization", text);
    return !text.empty();
  }
  if (upstream.proof == Proof::x_api_key) writer.field("x-api-key", secret);
  if (upstream.proof == Proof::x_goog_api_key) writer.field("x-goog-api-key", secret);
  if (upstream.proof == Proof::api_key) writer.field("api-key", secret);
  return true;
}

std::expected<std::string_view, http::WriteFault> write_head(const ProviderCall& call, std::string_view path,
                                                             std::string_view token,
                                                             std::span<const HeaderView> signature, std::span<char> room) {
  const Upstream& upstream = *call.target.upstream;
  http::HeadWriter writer(room);
  writer.request_line(call.method, path);
  writer.field("host", upstream.authority);
  bool shows_itself = call.key != nullptr && upstream.proof != Proof::aws;
  if (shows_itself && !write_proof(writer, call, token)) return std::unexpected(http::WriteFault::no_room);
  for (const HeaderView& header : signature) writer.field(header.name, header.value);
  if (upstream.proof == Proof::x_api_key && !names(call.headers, "anthropic-version"))
    writer.field("anthropic-version", anthropic_version);
  if (!call.content_type.empty()) writer.field("content-type", call.content_type);
  writer.field("accept", call.accept.empty() ? accepted_by(upstream) : call.accept);
  for (const auto& [name, value] : upstream.headers) writer.field(name, value);
  for (const HeaderView& header : call.headers) writer.field(header.name, header.value);
  bool bodiless = call.body.empty() && (call.method == "GET" || call.method == "DELETE");
  if (!bodiless) writer.body({.kind = http::BodyFraming::Kind::length, .length = size_of(call.body)});
  return writer.finish();
}

}  // namespace

http::UpstreamPool& HttpProvider::pool_of(const Upstream& upstream) {
  if (upstream.origin_id >= pools_.size()) pools_.resize(upstream.origin_id + 1);
  auto& pool = pools_[upstream.origin_id];
  if (pool == nullptr) pool = std::make_unique<http::UpstreamPool>(upstream.origin);
  return *pool;
}

std::size_t HttpProvider::connections() const {
  std::size_t total = 0;
  for (const auto& pool : pools_) total += pool == nullptr ? 0 : pool->open();
  return total;
}

Task<Result<std::unique_ptr<ProviderAnswer>>> HttpProvider::ask(const ProviderCall& call, CallWaits waits,
                                                                AttemptPhase& phase) {
  phase = AttemptPhase::connect;
  const Upstream& upstream = *call.target.upstream;
  std::string token;
  if (call.key != nullptr && call.key->grant != nullptr) {
    TG_CO_TRY(fetched, co_await tokens_.token(call.key->grant, waits.connect));
    token = std::move(fetched);
  }
  std::array<char, path_bytes_max> path_room;
  std::string_view path = joined(path_room, {call.from_root ? upstream.root_path : upstream.base_path, call.path});
  AwsSignature signature;
  if (upstream.proof == Proof::aws && call.key != nullptr) signature = sign_for_aws(call, path, Reactor::current().wall());
  Buffer room(head_bytes_max + size_of(call.headers));
  auto head = write_head(call, path, token, signature.headers(), room.from(0));
  if (!head || call.body.size() > body_parts_max)
    co_return fail(Fault::internal, "the request to the provider could not be written");
  std::array<std::string_view, max_write_parts> parts;
  parts[0] = *head;
  std::copy(call.body.begin(), call.body.end(), parts.begin() + 1);
  http::SendWaits send_waits{waits.connect, waits.head};
  TG_CO_TRY(sent, co_await client_.send(pool_of(*call.target.upstream), call.method,
                                        std::span(parts).first(call.body.size() + 1), send_waits, phase));
  std::unique_ptr<ProviderAnswer> answer(new HttpAnswer(std::move(sent), memory_));
  co_return std::move(answer);
}

}  // namespace tollgate
