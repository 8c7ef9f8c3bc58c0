#include "mock/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "async/reactor.h"
#include "base/text.h"
#include "dialects/openai_chat/usage.h"
#include "json/scan.h"
#include "mock/embeddings.h"
#include "mock/replacement.h"
#include "net/http1/write.h"

namespace tollgate::mock {
namespace {

constexpr std::size_t usual_head_bytes = 512;
constexpr std::string_view broken_json =
    R"({"id":"chatcmpl-mock-0","object":"chat.completion","choices":[{"index":0,"mess)";

// What the wire says is what the provider charges, where it makes sense.
TokenCounts charged(const Rule& rule, TokenCounts counts) {
  auto value = rule.usage ? json::scan(*rule.usage) : json::scan("null");
  if (!value) return counts;
  auto reading = openai_chat::read_usage(*value);
  if (!reading.usage || reading.absurd) return counts;
  return {.input = reading.usage->all_input().count,
          .cached = reading.usage->cache_read.count,
          .output = reading.usage->all_output().count,
          .reasoning = reading.usage->reasoning.count};
}

}  // namespace

// --- the bill, and what becomes of the connection

void Player::bill(const Call& call, TokenCounts counts, Outcome outcome) {
  BillLine line{.number = call.number, .model = call.question->model(), .key = call.key, .counts = counts};
  line.outcome = outcome;
  if (outcome == Outcome::whole && call.rule.usage) line.counts = charged(call.rule, counts);
  desk_.add_to_bill(line);
}

After Player::after(const Call& call, Outcome outcome) const {
  if (outcome == Outcome::aborted) return After::gone;
  const Rule& rule = call.rule;
  if (outcome == Outcome::broken || rule.cut)
    return rule.cut && rule.cut->how == CloseBy::rst ? After::reset : After::close;
  return call.head.keep_alive && chunked_ && !rule.close && !rule.hang_up ? After::next : After::close;
}

// --- heads

void Player::write_head(const Call& call, int status, std::string_view type, http::BodyFraming framing) {
  const Rule& rule = call.rule;
  std::array<char, usual_head_bytes> usual_room;
  std::string large_room(rule.headers.empty() ? 0 : max_head_bytes + usual_head_bytes, '\0');
  http::HeadWriter writer(rule.headers.empty() ? std::span<char>(usual_room) : std::span<char>(large_room));
  fmt::format_int number(call.number);
  std::array<char, 40> id{"req_mock_"};
  std::copy_n(number.data(), number.size(), id.data() + 9);
  writer.status_line(status);
  bool has_type = false;
  for (const auto& [name, value] : rule.headers) has_type |= iequals(name, "content-type");
  if (!has_type) writer.field("content-type", type);
  writer.field("x-request-id", {id.data(), 9 + number.size()});
  for (const auto& [name, value] : rule.headers) writer.field(name, value);
  if (rule.close || !call.head.keep_alive || !chunked_)
    writer.field("connection", "close");
  else if (call.head.minor_version == 0)
    writer.field("connection", "keep-alive");
  writer.body(framing);
  if (auto head = writer.finish()) wire_.out += *head;
}

// --- answers in one piece

Task<After> Player::play(const Call& call) {
  const Rule& rule = call.rule;
  bool billed = call.question != nullptr && !rule.replaces_answer();
  wire_.drip(rule.slow_drip ? &*rule.slow_drip : nullptr);
  if (billed && call.question->endpoint == Endpoint::embeddings)
    count_embeddings(*call.question, rule, reply_);
  else if (billed)
    compose_reply(*call.question, rule, reply_);
  if (!co_await wire_.pause(rule.delay)) {
    if (billed)
      bill(call, {.input = reply_.counts.input, .cached = reply_.counts.cached}, Outcome::aborted);
    else
      desk_.bill.add_unbilled();
    co_return After::gone;
  }
  if (!billed) co_return co_await play_replacement(call);
  bool streams = call.question->request.stream && call.question->endpoint != Endpoint::embeddings;
  if (streams) co_return co_await play_stream(call);
  write_answer(call);
  co_return co_await play_plain(call, {.body = body_});
}

void Player::write_answer(const Call& call) {
  const Rule& rule = call.rule;
  body_.clear();
  if (rule.garbage) {
    body_ += broken_json;
  } else if (rule.error_event) {
    ((body_ += R"({"error":)") += rule.error_event->error) += '}';
  } else if (call.question->endpoint == Endpoint::embeddings) {
    append_embeddings(body_, *call.question, rule, reply_);
  } else {
    Naming naming{.number = call.number, .created = Reactor::current().wall().unix_seconds()};
    append_answer(body_, *call.question, rule, reply_, naming);
  }
  if (call.tongue != nullptr) body_ = call.tongue->answer(body_);
}

Task<After> Player::play_plain(const Call& call, Plain plain) {
  const Rule& rule = call.rule;
  chunked_ = true;  // the length is known
  bool bodiless = plain.status == 204 || plain.status == 304;
  auto kind = bodiless ? http::BodyFraming::Kind::none : http::BodyFraming::Kind::length;
  write_head(call, plain.status, plain.type, {.kind = kind, .length = plain.body.size()});
  std::size_t kept = plain.body.size();
  if (rule.cut && rule.cut->after_bytes) kept = std::min(kept, static_cast<std::size_t>(*rule.cut->after_bytes));
  if (rule.cut && rule.cut->after_events == 0) kept = 0;
  if (rule.truncate_chunked) kept = plain.body.size() / 2;
  bool sent = true;
  if (rule.stall && rule.stall->after_events == 0)
    sent = co_await wire_.flush() && co_await wire_.pause(rule.stall->time());
  if (sent) {
    wire_.out += plain.body.substr(0, kept);
    sent = co_await wire_.flush();
  }
  Outcome outcome = !sent ? Outcome::aborted : kept < plain.body.size() ? Outcome::broken : Outcome::whole;
  if (plain.billing == Billing::yes)
    bill(call, reply_.counts, outcome);
  else
    desk_.bill.add_unbilled();
  co_return after(call, outcome);
}

Task<After> Player::play_replacement(const Call& call) {
  if (call.rule.raw) co_return co_await play_raw(call);
  Replacement replacement = replacement_of(call.rule);
  bool own_words = !call.rule.body && !call.rule.html && !replacement.body.empty();
  if (call.tongue != nullptr && own_words) {
    said_ = call.tongue->error(replacement.status, replacement.body);
    replacement.body = said_;
  }
  co_return co_await play_plain(
      call, {.status = replacement.status, .type = replacement.type, .body = replacement.body, .billing = Billing::no});
}

Task<After> Player::answer(const Call& call, int status, std::string_view body) {
  wire_.drip(nullptr);
  if (call.tongue != nullptr && status >= 400) {
    said_ = call.tongue->error(status, body);
    body = said_;
  }
  co_return co_await play_plain(call, {.status = status, .body = body, .billing = Billing::no});
}

Task<void> Player::refuse(int status, std::string_view body) {
  wire_.drip(nullptr);
  std::array<char, usual_head_bytes> room;
  http::HeadWriter writer(room);
  writer.status_line(status);
  writer.field("content-type", "application/json");
  writer.field("connection", "close");
  writer.body({.kind = http::BodyFraming::Kind::length, .length = body.size()});
  if (auto head = writer.finish()) (wire_.out += *head) += body;
  co_await wire_.flush();
}

Task<After> Player::play_raw(const Call& call) {
  desk_.bill.add_unbilled();
  for (const RawStep& step : call.rule.raw->steps) {
    Drip drip{.every = step.gap};
    wire_.drip(step.drip ? &drip : call.rule.slow_drip ? &*call.rule.slow_drip : nullptr);
    if (!co_await wire_.pause(step.pause)) co_return After::gone;
    for (std::int64_t i = 0; i < step.repeat; ++i) {
      if (i > 0 && !co_await wire_.pause(step.gap)) co_return After::gone;
      wire_.out += step.bytes;
      if (!co_await wire_.flush()) co_return After::gone;
    }
  }
  co_return call.rule.raw->how == CloseBy::rst ? After::reset : After::close;
}

}  // namespace tollgate::mock
