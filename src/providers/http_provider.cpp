#include "providers/http_provider.h"

#include <array>

#include "net/http1/write.h"
#include "providers/upstream.h"

namespace tollgate {
namespace {

constexpr std::size_t head_bytes_max = 8 * 1024;
constexpr std::size_t credential_bytes_max = 4 * 1024;
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

std::expected<std::string_view, http::WriteFault> write_head(const ProviderCall& call, std::span<char> room) {
  const Upstream& upstream = *call.target.upstream;
  std::array<char, 1024> path;
  std::array<char, credential_bytes_max> credential;
  http::HeadWriter writer(room);
  writer.request_line("POST", joined(path, {upstream.base_path, call.path}));
  writer.field("host", upstream.authority);
  if (call.key != nullptr) {
    std::string_view bearer = joined(credential, {"Bearer ", call.key->secret.reveal()});
    if (bearer.empty()) return std::unexpected(http::WriteFault::no_room);
    writer.field("authorization", bearer);
  }
  writer.field("content-type", "application/json");
  writer.field("accept", "application/json, text/event-stream");
  for (const auto& [name, value] : upstream.headers) writer.field(name, value);
  for (const HeaderView& header : call.headers) writer.field(header.name, header.value);
  writer.body({.kind = http::BodyFraming::Kind::length, .length = size_of(call.body)});
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
  Buffer room(head_bytes_max + size_of(call.headers));
  auto head = write_head(call, room.from(0));
  if (!head || call.body.size() > body_parts_max)
    co_return fail(Fault::internal, "the request to the provider could not be written");
  std::array<std::string_view, max_write_parts> parts;
  parts[0] = *head;
  std::copy(call.body.begin(), call.body.end(), parts.begin() + 1);
  http::SendWaits send_waits{waits.connect, waits.head};
  TG_CO_TRY(sent, co_await client_.send(pool_of(*call.target.upstream), "POST",
                                        std::span(parts).first(call.body.size() + 1), send_waits, phase));
  std::unique_ptr<ProviderAnswer> answer(new HttpAnswer(std::move(sent), memory_));
  co_return std::move(answer);
}

}  // namespace tollgate
