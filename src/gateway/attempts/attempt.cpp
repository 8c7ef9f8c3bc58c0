#include "gateway/attempts/attempt.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/text.h"
#include "dialects/retry_after.h"
#include "gateway/attempts/judge.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/outcome.h"
#include "gateway/attempts/request_bytes.h"
#include "gateway/attempts/whole_answer.h"
#include "gateway/counting/counted_input.h"
#include "gateway/steps/recall.h"

namespace tollgate {
namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t refusal_bytes_max = 256 * 1024;
constexpr std::size_t forwarded_max = 16;
constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::size_t upstream_id_bytes_max = 256;  // a longer one is no id, and would not fit into our answer's head

// Headers of the client that every provider gets. Everything else stays here unless `forward_headers` names it.
constexpr std::string_view forwarded_always[] = {"openai-beta", "openai-organization", "openai-project", "anthropic-beta",
                                                 "anthropic-version"};

bool may_go_upstream(std::string_view name, const TargetFacts& facts) {
  auto is_name = [&](std::string_view allowed) { return iequals(name, allowed); };
  return std::any_of(std::begin(forwarded_always), std::end(forwarded_always), is_name) ||
         std::any_of(facts.forward_headers.begin(), facts.forward_headers.end(), is_name);
}

struct Forwarded {
  std::array<HeaderView, forwarded_max> headers;
  std::size_t count = 0;
};

Forwarded forwarded_headers(const Exchange& x, const TargetFacts& facts) {
  Forwarded out;
  for (std::size_t i = 0; i < x.incoming->header_count() && out.count < forwarded_max; ++i) {
    HeaderView header = x.incoming->header(i);
    if (may_go_upstream(header.name, facts)) out.headers[out.count++] = header;
  }
  return out;
}

bool passes_unread(const Exchange& x) { return x.door.operation == Operation::passthrough; }

std::string_view header_of(const Incoming& incoming, std::string_view name) {
  for (std::size_t i = 0; i < incoming.header_count(); ++i)
    if (HeaderView header = incoming.header(i); iequals(header.name, name)) return header.value;
  return {};
}

bool is_event_stream(const ProviderAnswer& answer) {
  std::string_view type = find_header(answer, "content-type");
  return iequals(trimmed(type.substr(0, type.find(';'))), "text/event-stream");
}

// Of calls that Bedrock makes in a maker's own words: its gateway counts what their bodies do not tell.
std::optional<Usage> usage_in_head(const ProviderAnswer& answer) {
  auto input = parse_u64(find_header(answer, "x-amzn-bedrock-input-token-count"));
  auto output = parse_u64(find_header(answer, "x-amzn-bedrock-output-token-count"));
  constexpr std::uint64_t most = 1'000'000'000;
  if (!input || *input > most || output.value_or(0) > most) return std::nullopt;
  return Usage{.input = {static_cast<std::int64_t>(*input)}, .cache_read = {}, .output = {static_cast<std::int64_t>(output.value_or(0))}};
}

Task<Result<Answer>> read_plain(Exchange& x, Worker& worker, Try& t, std::unique_ptr<ProviderAnswer> upstream) {
  const Target& target = *t.target;
  Wait wait = x.wait().at_most(t.began + target.timeouts.total);
  TG_CO_TRY(body, co_await upstream->whole(answer_bytes_max, wait, target.timeouts.idle));
  TG_CO_TRY(answer, read_whole(x, t, {body, usage_in_head(*upstream)}, worker.reactor.wall().ns / ns_per_second));
  AttemptRow& row = x.row_of(t);
  if (!answer.usage && is_long(x.call)) std::ignore = co_await count_ahead(x, target);  // else it is what its bytes tell: the answer is there
  Meter(x, target).measure(answer.usage, answer.text_bytes, answer.reasoning_bytes, row);
  row.phase = AttemptPhase::done;
  row.first_token_ms = (worker.reactor.now() - t.began).count() / 1'000'000;
  x.row.first_token_ms = (worker.reactor.now() - x.began).count() / 1'000'000;
  close_attempt(x, worker, t);
  note_whole(x, worker, t);
  Answer out;
  if (passes_unread(x)) {
    out.status = upstream->status();
    out.content_type = find_header(*upstream, "content-type");
  }
  out.upstream = std::move(upstream);
  out.whole = answer.body;
  co_return std::move(out);
}

Task<Result<Answer>> ask(Exchange& x, Worker& worker, Try& t) {
  TG_CO_TRY(upstream, co_await open_answer(x, worker, t));
  if (!x.call.stream) co_return co_await read_plain(x, worker, t, std::move(upstream));
  Answer out;
  out.stream.reset(new StreamedAnswer(x, worker, t, std::move(upstream)));
  TG_CO_TRY_VOID(co_await out.stream->begin());
  co_return std::move(out);
}

// An answer that was lost after the request was fully sent may have been billed; a redirect, a refusal and an answer inside
// which the provider told its own error were not.
bool may_be_billed(const AttemptRow& row, const Error& error) {
  if (row.http_status >= 300) return false;
  bool sent = row.phase != AttemptPhase::connect && row.phase != AttemptPhase::send;
  bool lost = error.fault == Fault::upstream_unreachable || error.fault == Fault::upstream_timeout ||
              error.fault == Fault::upstream_protocol || error.fault == Fault::upstream_truncated ||
              error.fault == Fault::client_gone || error.fault == Fault::deadline || error.fault == Fault::cancelled;
  return sent && lost;
}

// A provider that says that nothing is left until then need not be asked to hear it again. Retry-After counts with refusals only.
void heed_what_is_left(const ProviderAnswer& answer, const Try& t, Worker& worker) {
  if (t.key == nullptr || t.key->for_model == nullptr) return;
  RetryHints hints;
  for (std::size_t i = 0; i < answer.header_count(); ++i) hints.take(answer.header(i).name, answer.header(i).value);
  RetryHints counters;
  counters.requests = hints.requests;
  counters.tokens = hints.tokens;
  if (auto wait = counters.read(worker.reactor.wall()).wait; wait && *wait > milliseconds(0)) t.key->for_model->rate_limited(worker.reactor.now(), wait);
}

}  // namespace

void open_attempt_row(Exchange& x, Worker& worker, Try& t) {
  x.row.attempts = t.n = ++x.attempt_count;  // a stream's head tells it before the row is settled
  t.began = worker.reactor.now();
  const Target& target = *t.target;
  AttemptRow& row = x.row_of(t);
  row.request_id = x.row.id;
  row.n = t.n;
  row.provider = target.provider;
  row.model = x.model_at(target);
  row.key = t.key == nullptr ? std::string_view() : std::string_view(t.key->name);
  row.region = target.region;
  row.phase = AttemptPhase::connect;
  row.http_status = 0;
  row.error_class.clear();
  row.started_at = worker.reactor.wall();
  row.duration_ms = 0;
  row.first_token_ms = -1;
  row.usage = {};
  row.usage_source = UsageSource::provider;
  row.cost = {};
  row.price_id.clear();
}

Task<Result<std::unique_ptr<ProviderAnswer>>> open_answer(Exchange& x, Worker& worker, Try& t) {
  const Target& target = *t.target;
  TG_CO_TRY(request, request_bytes(x, t));
  Forwarded forwarded = forwarded_headers(x, x.snapshot().facts[target.index]);
  ProviderCall call{.target = target,
                    .key = t.key,
                    .model = x.model_at(target),
                    .path = request.path,
                    .from_root = request.from_root,
                    .body = request.body(),
                    .headers = std::span(forwarded.headers).first(forwarded.count)};
  if (passes_unread(x)) {
    call.method = x.incoming->method();
    call.content_type = header_of(*x.incoming, "content-type");
    call.accept = header_of(*x.incoming, "accept");
    if (call.accept.empty()) call.accept = "*/*";
  }
  Wait wait = x.wait().at_most(t.began + target.timeouts.total);
  CallWaits waits{wait.at_most(t.began + target.timeouts.connect), wait.at_most(t.began + target.timeouts.first_token)};
  auto answer = co_await worker.provider.ask(call, waits, x.row_of(t).phase);
  if (!answer) co_return fail(std::move(answer).error());
  x.row_of(t).http_status = (*answer)->status();
  std::string_view upstream_id = find_header(**answer, "x-request-id");
  t.upstream_request_id = upstream_id.size() <= upstream_id_bytes_max ? upstream_id : std::string_view();
  if (target.adaptive) heed_what_is_left(**answer, t, worker);
  if ((*answer)->status() >= 400) {
    auto body = co_await (*answer)->whole(refusal_bytes_max, wait.at_most(worker.reactor.now() + target.timeouts.idle),
                                          target.timeouts.idle);
    Error refusal = judge_refusal(**answer, language_at(x, target), body.value_or(std::string_view()), worker.reactor.wall());
    // The caller chose path and body of what passes unread: the provider's no is theirs to see.
    if (!x.door.provider.empty() && refusal.fault == Fault::upstream_rejected) refusal.http_status = (*answer)->status();
    co_return fail(std::move(refusal));
  }
  if (passes_unread(x)) {
    TG_CO_TRY_VOID(judge_passed_head(**answer));
    x.call.stream = is_event_stream(**answer);
    x.row.stream = x.call.stream;
    co_return std::move(answer);
  }
  TG_CO_TRY_VOID(judge_head(**answer, x.call.stream ? expected_of(language_at(x, target).framing()) : Expected::json));
  co_return std::move(answer);
}

Error close_failed(Exchange& x, Worker& worker, Try& t, Error failure) {
  Error error = judge_wait(std::move(failure), x, worker.reactor.now());
  AttemptRow& row = x.row_of(t);
  row.error_class = error.name();
  note_failure(x, worker, t, error);
  if (may_be_billed(row, error) && !passes_unread(x)) Meter(x, *t.target).measure_lost(row);
  close_attempt(x, worker, t);
  return error;
}

Task<Result<Answer>> make_try(Exchange& x, Worker& worker, Try& t) {
  open_attempt_row(x, worker, t);
  prepare_to_keep(x, worker, t);
  auto answer = co_await ask(x, worker, t);
  if (answer) {
    note_success(x, worker, t);
    co_return std::move(answer);
  }
  co_return fail(close_failed(x, worker, t, std::move(answer).error()));
}

void abandon(Exchange& x, Worker& worker, Try& t) {
  AttemptRow& row = x.row_of(t);
  Error given_up{.fault = Fault::cancelled};
  bool whole = row.phase == AttemptPhase::done;
  row.error_class = given_up.name();
  if (whole)
    row.phase = AttemptPhase::first_token;  // none of it reached the client; it costs what it told
  else if (may_be_billed(row, given_up))
    Meter(x, *t.target).measure_lost(row);
  note_abandoned(x, worker, t);
  close_attempt(x, worker, t);
  t.flight = {};
}

}  // namespace tollgate
