#include "gateway/exchange.h"

namespace tollgate {
namespace {

void clear(RequestRow& row) {
  row.id = {};
  row.at = row.finished_at = {};
  for (auto* text : {&row.key, &row.attribution.team, &row.attribution.user, &row.attribution.feature, &row.route,
                     &row.endpoint, &row.dialect, &row.provider, &row.model, &row.region, &row.error_code, &row.price_id})
    text->clear();
  row.attribution.tags.clear();
  row.stream = false;
  row.status = RowStatus::refused;
  row.http_status = row.attempts = 0;
  row.usage = {};
  row.usage_source = UsageSource::provider;
  row.cost = row.saved = {};
  row.cache = CacheResult::off;
  row.first_token_ms = -1;
  row.duration_ms = 0;
}

// Keeps the memory of a text unless an unusual request made it large: thousands of exchanges may be kept.
void clear(std::string& text) {
  constexpr std::size_t kept_bytes_max = 16 * 1024;
  if (text.capacity() > kept_bytes_max) std::string().swap(text);
  text.clear();
}

void clear(CallView& call) {
  std::string model = std::move(call.model), user = std::move(call.user);
  model.clear();
  user.clear();
  call = {};
  call.model = std::move(model);
  call.user = std::move(user);
}

}  // namespace

void Try::reset() {
  target = nullptr;
  key = nullptr;
  flight = {};
  n = 0;
  clear(path);
  clear(body);
  dropped.clear();
  clear(answer_id);
  said.reset();
  rewritten = false;
  keeps = false;
  upstream_request_id.clear();
  clear(outgoing);
  clear(outgoing_sent);
  clear(partial);
}

void Exchange::reset() {
  incoming = nullptr;
  held.reset();
  deadline = Instant::never();
  clear(row);
  claims = {};
  key = nullptr;
  asked = {};
  clear(call);
  openai = {};
  chat.reset();
  strict = dry_run = false;
  hint.reset();
  idempotency = {};
  leading.give_up();
  shared.reset();
  clear(handed);
  difficulty.reset();
  route = nullptr;
  for (Try& one : tries) one.reset();
  shown = &tries[0];
  session = {};
  open_model = {};
  elsewhere = Duration(0);
  elsewhere_until = {};
  counted.reset();
  counted_for = nullptr;
  kept.reset();
  admitted_at = {};
  reservation = {};
  money_limited = false;
  clear(clamped);
  unclamped = {};
  output_set_aside = 0;
  attempt_count = attempts_written = 0;
  attempts_ended.reset();
  account.reset();
  batch_price.reset();
  asked_input = {};
  clear(asked_items);
  clear(retold);
  clear(previous_id);
  before.reset();
  refused_by.clear();
  bytes_out = 0;
  intent_written = recorded = false;
}

}  // namespace tollgate
