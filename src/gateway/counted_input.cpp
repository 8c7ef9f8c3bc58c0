#include "gateway/counted_input.h"

#include <algorithm>

#include "dialects/prompt_texts.h"
#include "gateway/attempts/meter.h"
#include "tokens/estimator.h"
#include "tokens/families.h"
#include "tokens/message_cache.h"

namespace tollgate {
namespace {

constexpr std::size_t bytes_max = 1024 * 1024;       // of a body; a longer one is bounded by its bytes, for it would hold up the thread
constexpr std::size_t messages_remembered = 4096;  // of one thread: 128 KiB

MessageCache& remembered() {
  static const MessageHash hash = MessageHash::random();
  thread_local MessageCache cache(hash, messages_remembered);
  return cache;
}

// Texts by their tokens, all the rest by its bytes, which no tokenizer makes more tokens of.
InputCount with_encoding(const CallView& call, const Encoding& encoding) {
  std::int64_t tokens = 0;
  PromptForm form = each_prompt_text(call.root, [&](std::string_view raw) { tokens += remembered().count(encoding, raw, TextForm::json); });
  std::int64_t frame = form.messages * (tokens_per_message + tokens_per_role) + form.names * tokens_per_name + tokens_of_reply_start;
  std::int64_t rest = std::max<std::int64_t>(call.input_bound.count - form.text_bytes, 0);
  InputCount count{.tokens = Tokens{tokens + frame}, .bound = Tokens{std::min(tokens + frame + rest, std::max(call.input_bound.count, tokens + frame))}};
  count.exact = form.only_text && (call.operation == Operation::chat || call.operation == Operation::count_tokens);
  if (!form.only_text) count.tokens += estimated_tokens(rest);
  return count;
}

InputCount estimated(const CallView& call, std::string_view model, const Calibration* calibration) {
  Prompt prompt;
  PromptForm form = each_prompt_text(call.root, [&](std::string_view raw) { prompt.text += shape_of(raw, TextForm::json); });
  prompt.messages = form.messages;
  std::int64_t rest = std::max<std::int64_t>(call.input_bound.count - form.text_bytes, 0);
  TokenEstimate estimate = tollgate::estimate(token_family_of(model), prompt);
  InputCount count{.tokens = Tokens{estimate.median}, .bound = call.input_bound, .estimated = estimate.median, .only_text = form.only_text};
  if (calibration != nullptr) estimate = calibration->corrected(estimate);
  count.tokens = Tokens{std::max<std::int64_t>(estimate.median, 1)};
  if (!form.only_text) count.tokens += estimated_tokens(rest);
  return count;
}

}  // namespace

InputCount count_prompt(const CallView& call, std::string_view model, const Calibration* calibration) {
  bool is_prompt = call.operation == Operation::chat || call.operation == Operation::completions || call.operation == Operation::embeddings ||
                   call.operation == Operation::count_tokens;
  if (!is_prompt || call.body.size() > bytes_max) return {.tokens = std::max(Tokens{1}, estimated_tokens(call.input_bound.count)), .bound = call.input_bound};
  if (auto encoding = encoding_of(model)) return with_encoding(call, Encoding::of(*encoding));
  return estimated(call, model, calibration);
}

const InputCount& counted_input(Exchange& x, const Target& target) {
  const TargetFacts& facts = x.snapshot().facts[target.index];
  bool known = x.counted && x.counted_for == &facts;
  if (!known) {
    x.counted = count_prompt(x.call, x.model_at(target), facts.calibration.get());
    x.counted_for = &facts;
  }
  return *x.counted;
}

void learn_input(Exchange& x, const Target& target, const Usage& reported) {
  const TargetFacts& facts = x.snapshot().facts[target.index];
  bool teaches = x.counted && x.counted_for == &facts && x.counted->estimated > 0 && x.counted->only_text && facts.calibration != nullptr;
  if (teaches) facts.calibration->saw(x.counted->estimated, reported.all_input().count);
}

}  // namespace tollgate
