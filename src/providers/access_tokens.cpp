#include "providers/access_tokens.h"

#include <algorithm>
#include <array>

#include "async/reactor.h"
#include "net/http1/write.h"

namespace tollgate {
namespace {

constexpr auto refresh_ahead = seconds(300);
constexpr auto answer_idle = seconds(10);
constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr std::size_t head_bytes_max = 4 * 1024;

}  // namespace

std::shared_ptr<AccessTokens::Entry> AccessTokens::entry_of(std::shared_ptr<const TokenGrant> grant) {
  for (auto& entry : entries_)
    if (entry->grant == grant) return entry;
  if (entries_.size() == entries_max) entries_.erase(entries_.begin());
  return entries_.emplace_back(std::make_shared<Entry>(std::move(grant)));
}

Task<Result<std::string>> AccessTokens::token(std::shared_ptr<const TokenGrant> grant, Wait wait) {
  std::shared_ptr<Entry> entry = entry_of(std::move(grant));
  Instant now = Reactor::current().now();
  bool valid = !entry->token.empty() && now < entry->ends;
  bool soon_over = now + refresh_ahead >= entry->ends;
  if (valid && (!soon_over || entry->refreshing)) co_return std::string(entry->token.reveal());
  entry->refreshing = true;
  auto fetched = co_await fetch(entry, wait);
  entry->refreshing = false;
  if (!fetched && !valid) co_return fail(std::move(fetched).error());
  co_return std::string(entry->token.reveal());
}

Task<Result<void>> AccessTokens::fetch(std::shared_ptr<Entry> entry, Wait wait) {
  const TokenGrant& grant = *entry->grant;
  TG_CO_TRY(body, token_request(grant, Reactor::current().wall()));
  std::array<char, head_bytes_max> room;
  http::HeadWriter writer(room);
  writer.request_line("POST", grant.path.empty() ? std::string_view("/") : std::string_view(grant.path));
  writer.field("host", grant.authority);
  writer.field("content-type", "application/x-www-form-urlencoded");
  writer.field("accept", "application/json");
  writer.body({.kind = http::BodyFraming::Kind::length, .length = body.size()});
  auto head = writer.finish();
  if (!head) co_return fail(Fault::internal, "the request for an access token could not be written");
  std::string_view parts[] = {*head, body};
  AttemptPhase phase = AttemptPhase::connect;
  TG_CO_TRY(call, co_await client_.send(entry->pool, "POST", parts, {wait, wait}, phase));
  int status = call->head().status;
  TG_CO_TRY(answer, co_await call->whole(answer_bytes_max, memory_, wait, answer_idle));
  TG_CO_TRY(token, read_token_answer(status, answer));
  entry->token = std::move(token.token);
  entry->ends = Reactor::current().now() + token.lasts;
  co_return Result<void>{};
}

}  // namespace tollgate
