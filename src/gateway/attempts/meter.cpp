#include "gateway/attempts/meter.h"

#include <algorithm>

#include "dialects/fields.h"
#include "gateway/attempts/language.h"
#include "gateway/attempts/may_use.h"
#include "gateway/counting/counted_input.h"

namespace tollgate {
namespace {

constexpr std::int64_t bytes_per_token = 4;

// Of audio that is read as tokens. Source: OpenAI's pricing page gives gpt-4o-transcribe $0.006 a minute at $6 a million; read 2026-11-29.
std::int64_t audio_tokens(std::int64_t ms) {
  constexpr std::int64_t tokens_per_minute = 1'000, ms_per_minute = 60'000;
  return (ms * tokens_per_minute + ms_per_minute - 1) / ms_per_minute;
}

}  // namespace

Tokens estimated_tokens(std::int64_t bytes) { return {(bytes + bytes_per_token - 1) / bytes_per_token}; }

std::int64_t bytes_of(Tokens tokens) { return tokens.count * bytes_per_token; }

namespace {

// The text of a call for speech, here or at a provider's own path; a null for other calls.
json::Value spoken_text(const Exchange& x) {
  bool own_path = x.door.endpoint == "/v1/audio/speech";
  bool passed = x.door.endpoint == passthrough_endpoint && !field_of(x.call.root, "voice").is(json::Kind::null);
  return own_path || passed ? field_of(x.call.root, "input") : json::Value{};
}

}  // namespace

std::int64_t spoken_characters(const Exchange& x) {
  json::Value text = spoken_text(x);
  if (!text.is(json::Kind::string)) return 0;
  std::string decoded = text.string().value_or("");
  return std::count_if(decoded.begin(), decoded.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

Tokens speech_tokens(const Exchange& x) {
  json::Value text = spoken_text(x);
  auto bytes = text.is(json::Kind::null) ? 0 : static_cast<std::int64_t>(text.raw.size());
  return {(bytes * 3 + 1) / 2};
}

Tokens estimated_input(const Exchange& x) {
  return std::max(Tokens{1}, estimated_tokens(x.call.input_bound.count));
}

const Model* model_of(const Exchange& x, const Target& target) {
  const TargetFacts& facts = x.snapshot().facts[target.index];
  bool open = target.model.empty() && !facts.catalogue.empty();
  return open ? x.snapshot().catalogue->find(facts.catalogue, x.open_model) : facts.priced;
}

const Price* price_of(const Exchange& x, const Target& target) {
  if (x.batch_price) return &*x.batch_price;
  const Model* model = model_of(x, target);
  return model == nullptr ? nullptr : &model->price_at(x.row.at);
}

bool is_audio_file(const Exchange& x, const Target& target) {
  if (x.call.audio_ms == 0) return false;
  if (x.door.endpoint.starts_with("/v1/audio/")) return true;
  const Price* price = price_of(x, target);
  return price != nullptr && price->rates.audio_hour > 0;
}

Terms terms_of(const Exchange& x, const Target& target) { return terms_of(x.snapshot().facts[target.index].terms, x.model_at(target)); }

Meter::Meter(Exchange& x, const Target& target)
    : x_(&x), target_(&target), price_(price_of(x, target)), terms_(terms_of(x, target)) {}

// What no answer tells: the characters of speech; the length of audio, as the file lets us guess; and the tier, which is then as asked.
void Meter::add_untold(Usage& usage, bool told) const {
  if (price_ == nullptr) return;
  usage.beside.characters = spoken_characters(*x_);
  if (!told && is_audio_file(*x_, *target_)) {
    bool by_length = price_->rates.audio_hour > 0;
    if (by_length) usage = {.beside = {.audio_ms = x_->call.audio_ms}};
    else usage = {.audio_input = {audio_tokens(x_->call.audio_ms)}, .output = usage.output};
  }
  bool asks = !price_->services.empty() && usage.beside.tier == ServiceTier::untold;
  if (asks && &language_at(*x_, *target_) == x_->door.dialect) usage.beside.tier = asked_tier(*x_);
}

void Meter::measure(const std::optional<Usage>& told, std::int64_t visible, std::int64_t reasoning, AttemptRow& row) const {
  if (told) {
    row.usage = *told;
    row.usage_source = UsageSource::provider;
    learn_input(*x_, *target_, *told);
  } else {
    row.usage = {.input = counted_input(*x_, *target_).tokens, .output = estimated_tokens(visible), .reasoning = estimated_tokens(reasoning)};
    row.usage_source = UsageSource::estimated;
  }
  add_untold(row.usage, told.has_value());
  bill(row);
}

void Meter::measure_partly(const Usage& told, std::int64_t visible, std::int64_t reasoning, AttemptRow& row) const {
  row.usage = told;
  row.usage.output = std::max(told.output, estimated_tokens(visible));
  row.usage.reasoning = std::max(told.reasoning, estimated_tokens(reasoning));
  row.usage_source = UsageSource::estimated;
  add_untold(row.usage, true);
  bill(row);
}

void Meter::bill(AttemptRow& row) const {
  if (price_ == nullptr) return;
  const Price& price = price_->of(row.usage.beside.tier);
  write_price_id(price, terms_, row.price_id);
  row.cost = cost(price, row.usage, terms_);
}

}  // namespace tollgate
