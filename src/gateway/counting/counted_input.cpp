#include "gateway/counting/counted_input.h"

#include "gateway/attempts/meter.h"
#include "tokens/model_tokenizers.h"

namespace tollgate {
namespace {

const TargetFacts& facts_of(const Exchange& x, const Target& target) { return x.snapshot().facts[target.index]; }

bool is_counted(const Exchange& x, const Target& target) { return x.counted && x.counted_for == &facts_of(x, target); }

}  // namespace

PromptReader reader_at(const Snapshot& snapshot, const Target& target, std::string_view model) {
  const TargetFacts& facts = snapshot.facts[target.index];
  PromptReader reader{.model = model, .calibration = facts.calibration.get(), .host_prompt = facts.host_prompt};
  if (facts.overrun != nullptr) reader.overrun = facts.overrun->most();
  if (target.context > 0) reader.context = Tokens{target.context};
  bool is_open = target.model.empty();
  if (!is_open)
    reader.tokenizer = facts.tokenizer.get();
  else if (snapshot.tokenizers != nullptr)
    reader.tokenizer = snapshot.tokenizers->find(model).get();
  return reader;
}

PromptReader reader_at(const Exchange& x, const Target& target) {
  PromptReader reader = reader_at(x.snapshot(), target, x.model_at(target));
  if (const Model* model = model_of(x, target); model != nullptr && model->context) reader.context = model->context;
  reader.kept = x.kept;
  return reader;
}

const InputCount& counted_input(Exchange& x, const Target& target) {
  if (is_counted(x, target)) return *x.counted;
  bool at_once = !is_long(x.call);
  x.counted = at_once ? count_prompt(x.call, reader_at(x, target)) : count_of_bytes(x.call, reader_at(x, target));
  x.counted_for = at_once ? &facts_of(x, target) : nullptr;
  return *x.counted;
}

Task<Result<void>> count_ahead(Exchange& x, const Target& target) {
  if (!is_long(x.call) || is_counted(x, target)) co_return Result<void>{};
  auto counted = co_await count_long_prompt(x.call, reader_at(x, target), x.wait());
  if (!counted) {
    bool left = counted.error().fault == Fault::cancelled;
    if (left) co_return fail(Fault::client_gone, "the client left");
    co_return fail(std::move(counted).error());
  }
  x.counted = *counted;
  x.counted_for = &facts_of(x, target);
  co_return Result<void>{};
}

void count_now(Exchange& x, const Target& target) {
  if (is_counted(x, target)) return;
  x.counted = count_prompt(x.call, reader_at(x, target));
  x.counted_for = &facts_of(x, target);
}

void learn_input(Exchange& x, const Target& target, const Usage& reported) {
  if (!is_counted(x, target)) return;
  const TargetFacts& facts = facts_of(x, target);
  std::int64_t tokens = reported.all_input().count;
  if (facts.calibration != nullptr) facts.calibration->saw(x.counted->estimated, tokens);
  if (tokens > x.counted->bound.count && x.counted->only_text && facts.overrun != nullptr) facts.overrun->saw(x.counted->overrun, tokens - x.counted->bound.count);
}

}  // namespace tollgate
