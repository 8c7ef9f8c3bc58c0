#include "storage/journal/open_calls.h"

#include <algorithm>

#include "domain/record.h"
#include "storage/journal/rows.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::uint16_t http_ok = 200;

std::int64_t last_seen_ns(const OpenCall& call) {
  std::int64_t last = std::max(call.intents.back().at_ns, call.progress.at_ns);
  for (const auto& attempt : call.attempts)
    last = std::max(last, attempt.started_at_ns + attempt.duration_ms * ns_per_ms);
  return last;
}

bool has_row(const OpenCall& call, const IntentRecord& intent) {
  return std::ranges::find(call.attempts, intent.n, &AttemptRecord::n) != call.attempts.end();
}

// An attempt of which only the intent is known.
AttemptRecord lost_attempt(const IntentRecord& intent, std::uint32_t crash_recovered) {
  AttemptRecord attempt;
  attempt.id = intent.id;
  attempt.started_at_ns = intent.at_ns;
  attempt.cost_nano_usd = intent.input_nano_usd;
  attempt.usage.input = intent.input_tokens;
  attempt.provider = intent.provider;
  attempt.model = intent.model;
  attempt.credential = intent.credential;
  attempt.region = intent.region;
  attempt.error_class = crash_recovered;
  attempt.price = intent.price;
  attempt.n = intent.n;
  attempt.phase = static_cast<std::uint8_t>(AttemptPhase::first_byte);
  attempt.usage_source = static_cast<std::uint8_t>(UsageSource::estimated);
  return attempt;
}

void take_progress(AttemptRecord& attempt, const ProgressRecord& progress) {
  if (progress.at_ns == 0) return;
  std::int64_t input = attempt.usage.input;
  attempt.usage = progress.usage;
  if (usage_of(progress.usage).all_input().count == 0) attempt.usage.input = input;
  attempt.cost_nano_usd = std::max(attempt.cost_nano_usd, progress.cost_nano_usd);
  attempt.duration_ms = (progress.at_ns - attempt.started_at_ns) / ns_per_ms;
  attempt.phase = static_cast<std::uint8_t>(AttemptPhase::stream);
  attempt.http_status = http_ok;
}

RequestRecord request_of(const OpenCall& call, std::uint32_t crash_recovered) {
  const IntentRecord& intent = call.intents.back();
  RequestRecord request;
  request.id = intent.id;
  request.at_ns = intent.at_ns;
  request.finished_at_ns = last_seen_ns(call);
  request.user = intent.user;
  request.duration_ms = (request.finished_at_ns - intent.at_ns) / ns_per_ms;
  request.key = intent.key;
  request.team = intent.team;
  request.feature = intent.feature;
  request.tags = intent.tags;
  request.route = intent.route;
  request.endpoint = intent.endpoint;
  request.dialect = intent.dialect;
  request.provider = intent.provider;
  request.model = intent.model;
  request.region = intent.region;
  request.error_code = crash_recovered;
  request.price = intent.price;
  request.stream = intent.stream;
  request.status = static_cast<std::uint8_t>(RowStatus::incomplete);
  request.usage_source = static_cast<std::uint8_t>(UsageSource::estimated);
  return request;
}

}  // namespace

void OpenCalls::apply(const JournalRecord& record) {
  if (record.header.type == RecordType::request) {
    calls_.erase(record.as<RequestRecord>().id);
  } else if (record.header.type == RecordType::intent) {
    auto intent = record.as<IntentRecord>();
    OpenCall& call = calls_[intent.id];
    call.intents.push_back(intent);
    call.progress = {};
  } else if (record.header.type == RecordType::attempt) {
    auto attempt = record.as<AttemptRecord>();
    if (is_shadow(attempt)) return;
    if (auto call = calls_.find(attempt.id); call != calls_.end()) call->second.attempts.push_back(attempt);
  } else if (record.header.type == RecordType::progress) {
    auto progress = record.as<ProgressRecord>();
    if (auto call = calls_.find(progress.id); call != calls_.end()) call->second.progress = progress;
  }
}

void OpenCalls::each(const std::function<void(const OpenCall&)>& visit) const {
  for (const auto& [id, call] : calls_) visit(call);
}

std::vector<JournalRecord> OpenCalls::records() const {
  std::vector<JournalRecord> records;
  for (const auto& [id, call] : calls_) {
    for (const auto& intent : call.intents) records.push_back(record_of(intent));
    for (const auto& attempt : call.attempts) records.push_back(record_of(attempt));
    if (call.progress.at_ns != 0) records.push_back(record_of(call.progress));
  }
  return records;
}

bool answered(const AttemptRecord& attempt) {
  auto phase = static_cast<AttemptPhase>(attempt.phase);
  return phase == AttemptPhase::stream || phase == AttemptPhase::done;
}

bool is_shadow(const AttemptRecord& attempt) { return static_cast<AttemptPhase>(attempt.phase) == AttemptPhase::shadow; }

std::int64_t charged(const std::vector<AttemptRecord>& attempts) {
  std::int64_t dearest_lost = 0, answers = 0;
  for (const auto& attempt : attempts) {
    if (answered(attempt)) answers += attempt.cost_nano_usd;
    dearest_lost = std::max(dearest_lost, attempt.cost_nano_usd);
  }
  return std::ranges::any_of(attempts, answered) ? answers : dearest_lost;
}

Settlement settle(const OpenCall& call, std::uint32_t crash_recovered) {
  Settlement settlement{.attempts = {}, .request = request_of(call, crash_recovered)};
  std::vector<AttemptRecord> all = call.attempts;
  for (const auto& intent : call.intents) {
    if (has_row(call, intent)) continue;
    AttemptRecord attempt = lost_attempt(intent, crash_recovered);
    if (&intent == &call.intents.back()) take_progress(attempt, call.progress);
    settlement.attempts.push_back(attempt);
    all.push_back(attempt);
  }
  std::ranges::sort(all, {}, &AttemptRecord::n);
  settlement.request.attempts = static_cast<std::uint16_t>(all.size());
  settlement.request.usage = all.back().usage;
  settlement.request.http_status = all.back().http_status;
  settlement.request.cost_nano_usd = charged(all);
  return settlement;
}

}  // namespace tollgate
