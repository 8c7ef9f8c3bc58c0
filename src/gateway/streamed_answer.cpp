#include "gateway/streamed_answer.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "gateway/attempts/cascade.h"
#include "gateway/attempts/judge.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/outcome.h"
#include "gateway/attempts/resume.h"
#include "gateway/counting/counted_input.h"
#include "gateway/durable.h"
#include "gateway/steps/admit.h"
#include "gateway/steps/pin.h"
#include "gateway/steps/recall.h"
#include "gateway/steps/share.h"

namespace tollgate {
namespace {

constexpr std::size_t held_bytes_max = 64 * 1024;
constexpr std::size_t judged_bytes_max = 4 * 1024 * 1024;  // a longer answer goes out unjudged
constexpr std::int64_t checkpoint_tokens = 256;
constexpr auto checkpoint_every = seconds(1);
constexpr auto close_within = milliseconds(50);
constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::int64_t ns_per_second = 1'000'000'000;

}  // namespace

StreamedAnswer::StreamedAnswer(Exchange& x, Worker& worker, Try& one, std::unique_ptr<ProviderAnswer> upstream)
    : x_(x),
      worker_(worker),
      try_(one),
      upstream_(std::move(upstream)),
      meter_(x, *one.target),
      follower_(make_follower(x, one, worker.reactor.wall().ns / ns_per_second)),
      out_(one.outgoing, one.outgoing_sent),
      checkpoint_at_(one.began),
      held_whole_(is_judged(x, one) && follower_->heard() != nullptr) {}

StreamedAnswer::~StreamedAnswer() {
  if (over_ || held_) return;  // settled, or still an attempt whose failure the attempt loop deals with
  AttemptRow& attempt = x_.row_of(try_);
  if (!row_closed_) {
    measure();
    attempt.error_class = info(Fault::client_gone).name;
    close_attempt(x_, worker_, try_);
  }
  std::ignore = settle(x_, worker_, {RowStatus::aborted, 200, info(Fault::client_gone).code});
}

void StreamedAnswer::close_row() {
  if (row_closed_) return;
  row_closed_ = true;
  x_.row_of(try_).phase = AttemptPhase::done;
  note_whole(x_, worker_, try_);
  close_attempt(x_, worker_, try_);
}

void StreamedAnswer::set_aside() {
  measure();
  close_row();
  over_ = true;
}

void StreamedAnswer::abandon() {
  over_ = true;
  measure();
  AttemptRow& attempt = x_.row_of(try_);
  attempt.phase = AttemptPhase::first_token;  // none of it reached the client
  attempt.error_class = info(Fault::cancelled).name;
  close_attempt(x_, worker_, try_);
  try_.flight = {};
}

// How long the next bytes may take.
Wait StreamedAnswer::patience() const {
  const Timeouts& timeouts = try_.target->timeouts;
  Instant now = worker_.reactor.now();
  Instant until = follower_->content_came() ? now + timeouts.idle : try_.began + timeouts.first_token;
  return x_.wait().at_most(std::min(until, try_.began + timeouts.total));
}

// One read from the provider, and the meaning of what came.
Task<Result<void>> StreamedAnswer::pull() {
  auto piece = co_await upstream_->next(patience());
  if (!piece) co_return fail(judge_wait(std::move(piece).error(), x_, worker_.reactor.now()));
  ended_ = piece->empty();
  bool had_content = follower_->content_came();
  out_.came(*piece);
  auto taken = follower_->take(*piece, out_);
  if (!had_content && follower_->content_came()) note_first_content();
  if (held_) out_.keep();
  bool too_much = held_ && !held_whole_ && out_.size() > held_bytes_max;
  if (taken && too_much)
    co_return fail({.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "the provider sent no content"});
  co_return taken;
}

void StreamedAnswer::measure() {
  std::int64_t text = follower_->text_bytes(), thought = follower_->reasoning_bytes();
  if (follower_->usage() && !follower_->usage_is_final())
    meter_.measure_partly(*follower_->usage(), text, thought, x_.row_of(try_));
  else
    meter_.measure(follower_->usage(), text, thought, x_.row_of(try_));
}

void StreamedAnswer::note_first_content() {
  std::int64_t ms = (worker_.reactor.now() - try_.began).count() / ns_per_ms;
  x_.row_of(try_).first_token_ms = ms;
  x_.row_of(try_).phase = AttemptPhase::stream;
  if (x_.row.first_token_ms < 0 || held_) x_.row.first_token_ms = (worker_.reactor.now() - x_.began).count() / ns_per_ms;
}

// Whether the client may get what has come.
bool StreamedAnswer::begun() const {
  if (!held_whole_) return follower_->content_came();
  return follower_->heard()->overflowed || out_.size() > judged_bytes_max;
}

// None of what came reaches the client.
void StreamedAnswer::withhold() {
  AttemptRow& attempt = x_.row_of(try_);
  if (attempt.phase == AttemptPhase::stream) attempt.phase = AttemptPhase::first_token;
}

Task<Result<void>> StreamedAnswer::begin() {
  while (!begun() && !follower_->done() && !ended_) {
    auto pulled = co_await pull();
    if (pulled) continue;
    if (!begun()) {
      withhold();
      co_return pulled;
    }
    error_ = std::move(pulled).error();  // content and its end came in one read: it is the client's already
    break;
  }
  if (!begun() && !error_) {
    if (auto error = follower_->end()) {
      withhold();
      co_return fail(std::move(*error));
    }
  }
  // A power cut may lose only calls of which no client saw anything: the intent goes first.
  Wait wait{worker_.reactor.now() + durable_within, &x_.incoming->gone()};
  TG_CO_TRY_VOID(co_await worker_.ledger.durable(wait));
  held_ = false;
  try_.answer_id = follower_->answer_id();
  co_return Result<void>{};
}

// Asks somebody else to go on where it broke; false: nobody does, and the client is to hear of the error.
Task<bool> StreamedAnswer::go_on(const Error& error) {
  const Heard* heard = follower_->heard();
  if (heard == nullptr || !may_continue(x_, *heard, error)) co_return false;
  AttemptRow& broken = x_.row_of(try_);
  measure();
  broken.error_class = error.name();
  note_failure(x_, worker_, try_, error);
  close_attempt(x_, worker_, try_);
  row_closed_ = true;
  auto answer = co_await continue_elsewhere(x_, worker_, try_, heard->text);
  if (answer == nullptr) co_return false;
  row_closed_ = false;
  out_.keep();
  upstream_ = std::move(answer);
  meter_ = Meter(x_, *try_.target);
  follower_->go_on(language_at(x_, *try_.target));
  if (x_.door.framing == Framing::sse) out_.text() += fmt::format(": continued by {}\n\n", try_.target->provider);
  ended_ = false;
  co_return true;
}

Task<Result<std::string_view>> StreamedAnswer::next() {
  for (;;) {
    if (over_) co_return std::string_view{};
    if (follower_->done() && !error_) co_return co_await finish(std::nullopt);
    if (ended_ && !error_) error_ = follower_->end();
    if (error_) {
      bool goes_on = co_await go_on(*error_);
      if (!goes_on) co_return co_await finish(std::exchange(error_, std::nullopt));
      error_.reset();
      continue;
    }
    if (ended_) co_return co_await finish(std::nullopt);
    if (!afforded() && append_cut()) {
      TG_CO_TRY(last, co_await end({RowStatus::incomplete, 200, info(Fault::budget_exceeded).code}));
      co_return last;
    }
    if (!out_.empty()) {
      checkpoint();
      co_return hand_out();
    }
    auto pulled = co_await pull();
    if (pulled) continue;
    if (pulled.error().fault == Fault::client_gone) co_return fail(std::move(pulled).error());
    error_ = std::move(pulled).error();
  }
}

void StreamedAnswer::checkpoint() {
  std::int64_t tokens = estimated_tokens(follower_->text_bytes() + follower_->reasoning_bytes()).count;
  Instant now = worker_.reactor.now();
  if (tokens - checkpoint_tokens_ < checkpoint_tokens && now - checkpoint_at_ < checkpoint_every) return;
  checkpoint_tokens_ = tokens;
  checkpoint_at_ = now;
  AttemptRow& attempt = x_.row_of(try_);
  measure();
  x_.reservation.seen({attempt.cost, attempt.usage.all_input().count, attempt.usage.all_output().count, 1});
  worker_.ledger.progress(x_.row.id, attempt.usage, attempt.cost);
}

std::string_view StreamedAnswer::hand_out() {
  std::string_view bytes = out_.take();
  if (!over_) x_.bytes_out += bytes.size();
  if (x_.leading.leads()) note_for_others(x_, bytes);
  return bytes;
}

Task<Result<std::string_view>> StreamedAnswer::finish(std::optional<Error> error) {
  AttemptRow& attempt = x_.row_of(try_);
  bool is_uncounted = !row_closed_ && !follower_->usage() && is_long(x_.call);
  if (is_uncounted) std::ignore = co_await count_ahead(x_, *try_.target);  // else it is what its bytes tell
  if (!row_closed_) measure();
  Ending ending{RowStatus::ok, 200, {}};
  if (error) {
    if (!row_closed_) {
      attempt.error_class = error->name();
      note_failure(x_, worker_, try_, *error);
      close_attempt(x_, worker_, try_);
    }
    ending = {RowStatus::incomplete, 200, error->client_code()};
    follower_->append_error(out_.text(), *error);
  } else {
    close_row();
    remember_response(x_, worker_, try_);  // now it is known what it has
    follower_->append_end(out_.text());
    keep_streamed_conversation(x_, worker_, try_, out_.text());
  }
  co_return co_await end(ending);
}

// The last bytes, which go out when all of it is kept.
Task<Result<std::string_view>> StreamedAnswer::end(Ending ending) {
  over_ = true;
  x_.bytes_out += out_.size();
  TG_CO_TRY_VOID(settle(x_, worker_, ending));
  TG_CO_TRY_VOID(co_await durable(worker_));
  std::string_view last = hand_out();
  if (ending.status == RowStatus::ok) give_stream_to_others(x_, worker_.reactor.now());
  co_return last;
}

// Whether the limits can pay for what has come, and for what comes next.
bool StreamedAnswer::afforded() {
  if (x_.output_set_aside == 0 || held_) return true;
  // No text that a model writes has more tokens than half of its bytes.
  constexpr std::int64_t least_bytes_per_token = 2;
  return extend(x_, try_, (follower_->text_bytes() + follower_->reasoning_bytes()) / least_bytes_per_token);
}

// Ends the stream where it is, as one that reached its length; false where that cannot be done.
bool StreamedAnswer::append_cut() {
  measure();
  std::ignore = middle_form(x_);  // so that the writer knows of what kind the chunks are
  auto fresh = x_.door.dialect->event_writer(facts_of(x_, try_, worker_.reactor.wall().ns / ns_per_second));
  AttemptRow& attempt = x_.row_of(try_);
  if (!follower_->append_cut(out_.text(), attempt.usage, *fresh)) {
    x_.output_set_aside = 0;  // the rest is owed
    return false;
  }
  attempt.error_class = info(Fault::budget_exceeded).name;
  close_attempt(x_, worker_, try_);
  row_closed_ = true;
  upstream_.reset();  // nobody reads on: the provider is told by the connection's end
  ended_ = true;
  return true;
}

Task<void> StreamedAnswer::close() {
  Wait wait{worker_.reactor.now() + close_within, &x_.incoming->gone()};
  while (!ended_) {
    auto piece = co_await upstream_->next(wait);
    if (!piece || piece->empty()) co_return;
  }
}

}  // namespace tollgate
