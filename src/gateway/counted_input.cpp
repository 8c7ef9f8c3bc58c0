#include "gateway/counted_input.h"

#include <algorithm>

#include "dialects/prompt_pictures.h"
#include "dialects/prompt_texts.h"
#include "gateway/attempts/meter.h"
#include "tokens/estimator.h"
#include "tokens/families.h"
#include "tokens/images.h"
#include "tokens/message_cache.h"
#include "tokens/model_tokenizers.h"

namespace tollgate {
namespace {

constexpr std::size_t bytes_max = 1024 * 1024;       // of a body; a longer one is bounded by its bytes, for it would hold up the thread
// OpenAI shows tools to its models as types, half as long as their JSON, and little of what stands around calls. Fitted to half of 538 recorded
// calls with tools; the other half has a median error of 12 % (docs/token-counting.md).
constexpr std::int64_t tool_shrinks = 2, bytes_of_other = 18;
constexpr std::int64_t untold_frame = 32;            // that a host may add to a prompt beside its known preamble
constexpr std::size_t messages_remembered = 4096;  // of one thread: 128 KiB

MessageCache& remembered() {
  static const MessageHash hash = MessageHash::random();
  thread_local MessageCache cache(hash, messages_remembered);
  return cache;
}

// Counts texts, of which some go on where the one before them ended. Call end() behind the last.
class TextCount {
 public:
  explicit TextCount(const Encoding& encoding) : encoding_(encoding) {}

  void add(const PromptText& text) {
    if (!text.continues) {
      end();
      last_ = text.raw;
      return;
    }
    if (joined_.empty()) joined_ = last_;
    joined_ += text.raw;
  }
  void end() {
    tokens += remembered().count(encoding_, joined_.empty() ? last_ : joined_, TextForm::json);
    last_ = {};
    joined_.clear();
  }
  std::int64_t tokens = 0;

 private:
  const Encoding& encoding_;
  std::string_view last_;
  std::string joined_;  // of several
};

// What is neither text nor a tool. `rest`: of the bound, beside texts.
std::int64_t other_bytes(const PromptForm& form, std::int64_t rest) { return std::clamp<std::int64_t>(form.other_bytes, 0, std::max<std::int64_t>(rest - form.tool_bytes, 0)); }

// Pictures by their makers' rules. Those whose size or rule is not known are shown as usual ones, and bounded as before.
struct Pictures {
  std::int64_t tokens = 0;
  std::int64_t within_bound = 0;  // what the bound has for them
  std::int64_t spared = 0;        // of that, what they cannot take
};

Pictures pictures_in(const CallView& call, std::string_view model, const PromptForm& form) {
  constexpr std::int64_t usual = 1000, small_print = 32;  // rules change: half as much again is set aside
  Pictures all;
  if (form.only_text || call.picture_bound == 0) return all;
  for (const PromptPicture& picture : pictures_of(call.root)) {
    auto detail = picture.low_detail ? ImageDetail::low : ImageDetail::high;
    auto tokens = picture.size ? picture_tokens(model, picture.size->width, picture.size->height, detail) : std::nullopt;
    all.tokens += tokens.value_or(usual);
    all.within_bound += call.picture_bound;
    if (tokens) all.spared += std::max<std::int64_t>(0, call.picture_bound - (*tokens + *tokens / 2 + small_print));
  }
  return all;
}

// Texts by their tokens, all the rest by its bytes, which no tokenizer makes more tokens of.
InputCount with_encoding(const CallView& call, std::string_view model, const Encoding& encoding, const ChatFrame& form_of_chat) {
  TextCount texts(encoding);
  std::int64_t tools = 0;
  PromptForm form = each_prompt_text(call.root, [&](const PromptText& text) { texts.add(text); },
                                     [&](std::string_view raw) { tools += remembered().count(encoding, raw, TextForm::plain); });
  texts.end();
  std::int64_t frame = form.messages * (tokens_per_message + tokens_per_role) + form.names * tokens_per_name + form_of_chat.reply_start +
                       form.answers * form_of_chat.each_answer + form_of_chat.preamble;
  std::int64_t known = texts.tokens + frame, rest = std::max<std::int64_t>(call.input_bound.count - form.text_bytes, 0);
  std::int64_t spare = form_of_chat.known ? 0 : untold_frame;
  Pictures pictures = pictures_in(call, model, form);
  std::int64_t other = std::max<std::int64_t>(0, other_bytes(form, rest) - pictures.within_bound);
  std::int64_t bound = std::min(known + rest, std::max(call.input_bound.count, known)) + spare - pictures.spared;
  InputCount count{.tokens = Tokens{known + tools / tool_shrinks + pictures.tokens + other / bytes_of_other}, .bound = Tokens{bound}};
  count.exact = form.only_text && form_of_chat.known && (call.operation == Operation::chat || call.operation == Operation::count_tokens);
  return count;
}

// What providers and hosts put before a prompt that has tools, at the most: Anthropic's 530 tokens (docs.anthropic.com, "Tool use pricing and
// tokens", read 2026-11-29), some 600 of Groq and others before Llama 4 (recorded calls).
std::int64_t preamble_of_tools(TokenFamily family) {
  switch (family) {
    case TokenFamily::anthropic: return 530;
    case TokenFamily::llama:
    case TokenFamily::grok:
    case TokenFamily::other: return 640;
    default: return 0;
  }
}

InputCount estimated(const CallView& call, std::string_view model, const Calibration* calibration) {
  Prompt prompt;
  PromptForm form = each_prompt_text(call.root, [&](const PromptText& text) { prompt.text += shape_of(text.raw, TextForm::json); },
                                     [&](std::string_view raw) { prompt.text += shape_of(raw, TextForm::plain); });
  prompt.messages = form.messages;
  prompt.tools = form.tools;
  std::int64_t rest = std::max<std::int64_t>(call.input_bound.count - form.text_bytes, 0);
  TokenFamily family = token_family_of(model);
  TokenEstimate estimate = tollgate::estimate(family, prompt);
  InputCount count{.tokens = Tokens{estimate.median}, .bound = call.input_bound, .estimated = estimate.median, .only_text = form.only_text};
  if (form.tools > 0) count.bound += Tokens{preamble_of_tools(family)};
  if (calibration != nullptr) estimate = calibration->corrected(estimate);
  count.tokens = Tokens{std::max<std::int64_t>(estimate.median, 1)};
  Pictures pictures = pictures_in(call, model, form);
  count.bound = Tokens{count.bound.count - pictures.spared};
  count.tokens += Tokens{pictures.tokens} + estimated_tokens(std::max<std::int64_t>(0, other_bytes(form, rest) - pictures.within_bound));
  return count;
}

// Texts by the operator's tokenizer. What the model's template puts around them is not in its file: it is estimated, and bounded by what templates
// have (5 tokens a message in Llama 3, and a system prompt of some 40 of its own; the most that was seen is 20 and 60).
InputCount with_tokenizer(const CallView& call, std::string_view model, const TokenizerFile& tokenizer) {
  constexpr std::int64_t message_max = 20, prompt_max = 64;
  Prompt frame;
  std::int64_t texts = 0, tools = 0;
  PromptForm form = each_prompt_text(call.root, [&](const PromptText& text) { texts += tokenizer.count_json(text.raw).tokens; },
                                     [&](std::string_view raw) { tools += tokenizer.count(raw).tokens; });
  frame.messages = form.messages;
  frame.tools = form.tools;
  TokenFamily family = token_family_of(model);
  std::int64_t rest = std::max<std::int64_t>(call.input_bound.count - form.text_bytes, 0);
  std::int64_t spare = form.messages * message_max + prompt_max + (form.tools > 0 ? preamble_of_tools(family) : 0);
  Pictures pictures = pictures_in(call, model, form);
  std::int64_t other = std::max<std::int64_t>(0, other_bytes(form, rest) - pictures.within_bound);
  InputCount count{.tokens = Tokens{texts + tools + estimate(family, frame).median + pictures.tokens + other / bytes_of_other}, .bound = {}};
  count.bound = std::max(count.tokens, Tokens{texts + rest + spare - pictures.spared});
  return count;
}

}  // namespace

InputCount count_prompt(const CallView& call, std::string_view model, const Calibration* calibration, const TokenizerFile* tokenizer) {
  bool is_prompt = call.operation == Operation::chat || call.operation == Operation::completions || call.operation == Operation::embeddings ||
                   call.operation == Operation::count_tokens;
  if (!is_prompt || call.body.size() > bytes_max) return {.tokens = std::max(Tokens{1}, estimated_tokens(call.input_bound.count)), .bound = call.input_bound};
  if (tokenizer != nullptr) return with_tokenizer(call, model, *tokenizer);
  if (auto encoding = encoding_of(model)) return with_encoding(call, model, Encoding::of(*encoding), chat_frame_of(model));
  return estimated(call, model, calibration);
}

std::shared_ptr<const TokenizerFile> tokenizer_for(const Snapshot& snapshot, const Target& target, std::string_view model) {
  if (snapshot.tokenizers == nullptr) return nullptr;
  return target.model.empty() ? snapshot.tokenizers->find(model) : snapshot.facts[target.index].tokenizer;
}

const InputCount& counted_input(Exchange& x, const Target& target) {
  const TargetFacts& facts = x.snapshot().facts[target.index];
  bool known = x.counted && x.counted_for == &facts;
  if (!known) {
    std::string_view model = x.model_at(target);
    x.counted = count_prompt(x.call, model, facts.calibration.get(), tokenizer_for(x.snapshot(), target, model).get());
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
