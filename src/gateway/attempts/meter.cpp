#include "gateway/attempts/meter.h"

#include <algorithm>

#include "dialects/fields.h"
#include "gateway/counted_input.h"

namespace tollgate {
namespace {

constexpr std::int64_t bytes_per_token = 4;

}  // namespace

Tokens estimated_tokens(std::int64_t bytes) { return {(bytes + bytes_per_token - 1) / bytes_per_token}; }

std::int64_t bytes_of(Tokens tokens) { return tokens.count * bytes_per_token; }

Tokens speech_tokens(const Exchange& x) {
  if (x.door.endpoint != "/v1/audio/speech") return {};
  auto bytes = static_cast<std::int64_t>(field_of(x.call.root, "input").raw.size());
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

Meter::Meter(Exchange& x, const Target& target) : x_(&x), target_(&target), price_(price_of(x, target)) {}

void Meter::measure(const std::optional<Usage>& told, std::int64_t visible, std::int64_t reasoning, AttemptRow& row) const {
  if (told) {
    row.usage = *told;
    row.usage_source = UsageSource::provider;
    learn_input(*x_, *target_, *told);
  } else {
    row.usage = {.input = counted_input(*x_, *target_).tokens, .output = estimated_tokens(visible), .reasoning = estimated_tokens(reasoning)};
    row.usage_source = UsageSource::estimated;
  }
  bill(row);
}

void Meter::measure_partly(const Usage& told, std::int64_t visible, std::int64_t reasoning, AttemptRow& row) const {
  row.usage = told;
  row.usage.output = std::max(told.output, estimated_tokens(visible));
  row.usage.reasoning = std::max(told.reasoning, estimated_tokens(reasoning));
  row.usage_source = UsageSource::estimated;
  bill(row);
}

void Meter::bill(AttemptRow& row) const {
  if (price_ == nullptr) return;
  row.price_id = price_->id;
  row.cost = cost(*price_, row.usage);
}

}  // namespace tollgate
