#include "gateway/streamed_answer.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "dialects/openai_chat/errors.h"
#include "gateway/attempts/judge.h"
#include "gateway/settlement.h"

namespace tollgate {
namespace {

constexpr std::size_t held_bytes_max = 64 * 1024;
constexpr std::int64_t checkpoint_tokens = 256;
constexpr auto checkpoint_every = seconds(1);
constexpr auto close_within = milliseconds(50);
constexpr std::int64_t ns_per_ms = 1'000'000;

openai_chat::UsageAsked asked(const Exchange& x) {
  return x.request.include_usage ? openai_chat::UsageAsked::yes : openai_chat::UsageAsked::no;
}

}  // namespace

StreamedAnswer::StreamedAnswer(Exchange& x, Worker& worker, std::unique_ptr<ProviderAnswer> upstream, Instant attempt_began)
    : x_(x),
      worker_(worker),
      upstream_(std::move(upstream)),
      meter_(x, *x.target),
      attempt_began_(attempt_began),
      reader_(asked(x), x.snapshot().facts[x.target->index].quirks),
      checkpoint_at_(attempt_began) {
  x_.outgoing.clear();
}

StreamedAnswer::~StreamedAnswer() {
  if (over_ || held_) return;  // settled, or still an attempt whose failure the attempt loop deals with
  AttemptRow& attempt = x_.attempt();
  meter_.measure(reader_.usage(), reader_.text_bytes(), reader_.reasoning_bytes(), attempt);
  attempt.error_class = info(Fault::client_gone).name;
  close_attempt(x_, worker_, attempt_began_);
  std::ignore = settle(x_, worker_, {RowStatus::aborted, 200, info(Fault::client_gone).code});
}

// How long the next bytes may take.
Wait StreamedAnswer::patience() const {
  const Timeouts& timeouts = x_.target->timeouts;
  Instant now = worker_.reactor.now();
  Instant until = reader_.content_came() ? now + timeouts.idle : attempt_began_ + timeouts.first_token;
  return x_.wait().at_most(std::min(until, attempt_began_ + timeouts.total));
}

// One read from the provider, and the meaning of what came.
Task<Result<void>> StreamedAnswer::pull() {
  auto piece = co_await upstream_->next(patience());
  if (!piece) co_return fail(judge_wait(std::move(piece).error(), x_, worker_.reactor.now()));
  came_ = *piece;
  if (piece->empty()) {
    ended_ = true;
    framer_.finish();
  } else {
    framer_.feed(*piece);
  }
  auto taken = take_events();
  if (held_) keep_run();
  co_return taken;
}

Result<void> StreamedAnswer::take_events() {
  SseEvent event;
  while (framer_.next(event)) {
    bool had_content = reader_.content_came();
    openai_chat::StreamStep step = reader_.read(event);
    if (step.kind == openai_chat::EventKind::error) return fail(*reader_.error());
    if (!had_content && reader_.content_came()) note_first_content();
    if (step.forward) forward(event.block);
  }
  if (auto failure = framer_.failure()) return fail(std::move(*failure));
  if (held_ && x_.outgoing.size() + run_.size() > held_bytes_max)
    return fail({.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider sent no content"});
  return {};
}

// Blocks usually lie one after another in what was read: then they go out as one view, uncopied. One that the framer had to
// put together lies in its buffer, which is over at its next event.
void StreamedAnswer::forward(std::string_view block) {
  bool lies_in_what_came = std::less_equal<>()(came_.data(), block.data()) &&
                           std::less_equal<>()(block.data() + block.size(), came_.data() + came_.size());
  if (!lies_in_what_came) {
    keep_run();
    x_.outgoing.append(block);
  } else if (x_.outgoing.empty() && run_.empty()) {
    run_ = block;
  } else if (!run_.empty() && run_.data() + run_.size() == block.data()) {
    run_ = {run_.data(), run_.size() + block.size()};
  } else {
    keep_run();
    x_.outgoing.append(block);
  }
}

void StreamedAnswer::keep_run() {
  x_.outgoing.append(run_);
  run_ = {};
}

void StreamedAnswer::note_first_content() {
  std::int64_t ms = (worker_.reactor.now() - attempt_began_).count() / ns_per_ms;
  x_.attempt().first_token_ms = ms;
  x_.attempt().phase = AttemptPhase::stream;
  x_.row.first_token_ms = (worker_.reactor.now() - x_.began).count() / ns_per_ms;
}

Task<Result<void>> StreamedAnswer::begin() {
  while (!reader_.content_came() && !reader_.done() && !ended_) {
    auto pulled = co_await pull();
    if (pulled) continue;
    if (!reader_.content_came()) co_return pulled;
    error_ = std::move(pulled).error();  // content and its end came in one read: it is the client's already
    break;
  }
  if (!reader_.content_came() && !error_) {
    if (auto error = reader_.end()) co_return fail(std::move(*error));
  }
  // A power cut may lose only calls of which no client saw anything: the intent goes first.
  Wait wait{worker_.reactor.now() + durable_within, &x_.incoming->gone()};
  TG_CO_TRY_VOID(co_await worker_.ledger.durable(wait));
  held_ = false;
  co_return Result<void>{};
}

Task<Result<std::string_view>> StreamedAnswer::next() {
  for (;;) {
    if (over_) co_return std::string_view{};
    if (error_) co_return co_await finish(std::exchange(error_, std::nullopt));
    if (reader_.done()) co_return co_await finish(std::nullopt);
    if (ended_) co_return co_await finish(reader_.end());
    if (!run_.empty() || !x_.outgoing.empty()) {
      checkpoint();
      co_return taken();
    }
    x_.outgoing.clear();
    auto pulled = co_await pull();
    if (pulled) continue;
    if (pulled.error().fault == Fault::client_gone) co_return fail(std::move(pulled).error());
    error_ = std::move(pulled).error();
  }
}

// What is to go out now. The memory stays as it is until the next pull.
std::string_view StreamedAnswer::taken() {
  if (x_.outgoing.empty()) return std::exchange(run_, {});
  keep_run();
  std::swap(x_.outgoing, x_.outgoing_sent);
  x_.outgoing.clear();
  return x_.outgoing_sent;
}

void StreamedAnswer::checkpoint() {
  std::int64_t tokens = estimated_tokens(reader_.text_bytes() + reader_.reasoning_bytes()).count;
  Instant now = worker_.reactor.now();
  if (tokens - checkpoint_tokens_ < checkpoint_tokens && now - checkpoint_at_ < checkpoint_every) return;
  checkpoint_tokens_ = tokens;
  checkpoint_at_ = now;
  AttemptRow& attempt = x_.attempt();
  meter_.measure(reader_.usage(), reader_.text_bytes(), reader_.reasoning_bytes(), attempt);
  x_.reservation.seen(attempt.cost);
  worker_.ledger.progress(x_.row.id, attempt.usage, attempt.cost);
}

Task<Result<std::string_view>> StreamedAnswer::finish(std::optional<Error> error) {
  AttemptRow& attempt = x_.attempt();
  meter_.measure(reader_.usage(), reader_.text_bytes(), reader_.reasoning_bytes(), attempt);
  keep_run();
  Ending ending{RowStatus::ok, 200, {}};
  if (error) {
    attempt.error_class = error->name();
    ending = {RowStatus::incomplete, 200, error->client_code()};
    openai_chat::append_error_event(x_.outgoing, *error);
  } else {
    attempt.phase = AttemptPhase::done;
    if (!reader_.done()) x_.outgoing.append(openai_chat::done_block);
  }
  close_attempt(x_, worker_, attempt_began_);
  over_ = true;
  std::ignore = settle(x_, worker_, ending);
  Wait wait{worker_.reactor.now() + durable_within, nullptr};
  TG_CO_TRY_VOID(co_await worker_.ledger.durable(wait));
  co_return std::string_view(x_.outgoing);
}

Task<void> StreamedAnswer::close() {
  Wait wait{worker_.reactor.now() + close_within, &x_.incoming->gone()};
  while (!ended_) {
    auto piece = co_await upstream_->next(wait);
    if (!piece || piece->empty()) co_return;
  }
}

}  // namespace tollgate
