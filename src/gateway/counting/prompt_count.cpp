#include "gateway/counting/prompt_count.h"

#include <algorithm>

#include "async/reactor.h"
#include "dialects/beyond_body.h"
#include "dialects/prompt_pictures.h"
#include "gateway/counting/prompt_tokens.h"
#include "tokens/estimator.h"
#include "tokens/families.h"
#include "tokens/images.h"

namespace tollgate {
namespace {

// OpenAI shows tools to its models as types, half as long as their JSON, and little of what stands around calls. Fitted to half of 538 recorded
// calls with tools; the other half has a median error of 12 % (docs/token-counting.md).
constexpr std::int64_t tool_shrinks = 2, bytes_of_other = 18;
constexpr std::int64_t bytes_per_token = 4;  // where nothing is counted
constexpr std::int64_t untold_frame = 32;    // of models whose form of a chat is not known

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

struct Counting {
  const CallView& call;
  const PromptReader& reader;
  const PromptTokens& counted;
  Pictures pictures;

  // Of the bound, beside texts.
  std::int64_t rest() const { return std::max<std::int64_t>(call.input_bound.count - counted.form.text_bytes, 0); }
  // What is neither text nor a tool nor a picture.
  std::int64_t other() const { return std::max<std::int64_t>(0, other_bytes(counted.form, rest()) - pictures.within_bound); }
};

// What a prompt with tools has beside them, at the most: Anthropic's 530 tokens (docs.anthropic.com, "Tool use pricing and tokens", read
// 2026-11-29), some 600 of Groq and others before Llama 4 (recorded calls).
std::int64_t preamble_of_tools(std::string_view model, const PromptForm& form) {
  if (form.tools == 0) return 0;
  switch (token_family_of(model)) {
    case TokenFamily::anthropic: return 530;
    case TokenFamily::llama:
    case TokenFamily::grok:
    case TokenFamily::other: return 640;
    default: return 0;
  }
}

// Texts by their tokens, all the rest by its bytes, which no tokenizer makes more tokens of.
InputCount with_encoding(const Counting& c) {
  ChatFrame chat = chat_frame_of(c.reader.model);
  bool is_known = chat.known && c.reader.host_prompt + c.reader.overrun == 0;
  const PromptForm& form = c.counted.form;
  std::int64_t frame = form.messages * (tokens_per_message + tokens_per_role) + form.names * tokens_per_name + chat.reply_start +
                       form.answers * chat.each_answer + chat.preamble;
  std::int64_t known = c.counted.texts + frame;
  std::int64_t bound = std::min(known + c.rest(), std::max(c.call.input_bound.count, known)) + (chat.known ? 0 : untold_frame) - c.pictures.spared;
  InputCount count{.tokens = Tokens{known + c.counted.tools / tool_shrinks + c.pictures.tokens + c.other() / bytes_of_other}, .bound = Tokens{bound}};
  count.only_text = form.only_text;
  count.exact = form.only_text && is_known && (c.call.operation == Operation::chat || c.call.operation == Operation::count_tokens);
  return count;
}

// What a model's template makes of a prompt, beside its texts. What is no conversation has none.
Prompt frame_in(const CallView& call, const PromptForm& form) {
  bool is_chat = call.operation == Operation::chat || call.operation == Operation::count_tokens;
  if (!is_chat) return {};
  return {.turns = form.messages - form.instructions, .instructions = form.instructions, .tools = form.tools, .reasons = form.reasons, .must_call = form.must_call};
}

// All but the bytes of what is neither text nor tool.
Prompt prompt_in(const CallView& call, const PromptTokens& counted) {
  Prompt prompt = frame_in(call, counted.form);
  prompt.text = std::max<std::int64_t>(0, counted.texts - (counted.form.only_text ? counted.thoughts : 0));  // while tools are called they stay
  prompt.marks = counted.marks;
  prompt.tool_text = counted.tools;
  return prompt;
}

// Texts by the operator's tokenizer. What the model's template puts around them is not in its file: it is estimated, and bounded by what templates
// have (5 tokens a message in Llama 3) several times.
InputCount with_tokenizer(const Counting& c) {
  constexpr std::int64_t message_most = 20, template_most = 64;
  const PromptForm& form = c.counted.form;
  std::int64_t around = estimate(c.reader.model, frame_in(c.call, form)).median;
  std::int64_t cuts = is_long(c.call) ? 1 + form.text_bytes / static_cast<std::int64_t>(TokenizerFileSlices::slice_bytes) : 0;
  std::int64_t spare = form.messages * message_most + template_most + preamble_of_tools(c.reader.model, form) + cuts * TokenizerFileSlices::cut_tokens;
  InputCount count{.tokens = Tokens{c.counted.texts + c.counted.tools + around + c.pictures.tokens + c.other() / bytes_of_other}, .bound = {}};
  count.bound = std::max(count.tokens, Tokens{c.counted.texts + c.rest() + spare - c.pictures.spared});
  count.only_text = form.only_text;
  return count;
}

// Texts by what o200k_base makes of them, and weights of the model's family; bounded by its bytes.
InputCount estimated(const Counting& c) {
  const PromptForm& form = c.counted.form;
  Prompt prompt = prompt_in(c.call, c.counted);
  prompt.other_bytes = c.other();
  std::int64_t tokens = estimate(c.reader.model, prompt).median;
  InputCount count{.bound = c.call.input_bound + Tokens{preamble_of_tools(c.reader.model, form) - c.pictures.spared}};
  count.only_text = form.only_text;
  count.estimated = {.tokens = tokens + c.pictures.tokens, .unsure = c.pictures.tokens + c.other() / bytes_per_token, .tools = form.tools > 0};
  count.tokens = Tokens{c.reader.calibration == nullptr ? count.estimated.tokens : c.reader.calibration->corrected(count.estimated)};
  return count;
}

// What the host and the provider add to the body.
void add_beyond(InputCount& count, const CallView& call, const PromptReader& reader, bool names_files) {
  BeyondBody beyond = beyond_body(call.root);
  count.overrun = reader.overrun;
  count.bound += Tokens{beyond.tokens + reader.host_prompt + reader.overrun};
  if (beyond.continues && reader.kept) {
    count.bound += *reader.kept;
    count.tokens += *reader.kept;
  }
  bool reads_more = beyond.fills_context || names_files || (beyond.continues && !reader.kept) || reads_by_itself(reader.model);
  if (reads_more) count.bound += reader.context.value_or(Tokens{largest_context});
  bool is_all = !reads_more && beyond.tokens == 0 && !beyond.continues;
  count.exact = count.exact && is_all;
  count.only_text = count.only_text && is_all;
  if (!is_all) count.estimated = {};
}

bool is_prompt(const CallView& call) {
  return call.operation == Operation::chat || call.operation == Operation::completions || call.operation == Operation::embeddings ||
         call.operation == Operation::count_tokens;
}

// What counts the texts.
TextTokenizer tokenizer_of(const PromptReader& reader) {
  if (reader.tokenizer != nullptr) return *reader.tokenizer;
  return Encoding::of(encoding_of(reader.model).value_or(EncodingId::o200k_base));
}

CountedFor purpose_of(const PromptReader& reader) {
  return reader.tokenizer == nullptr && !encoding_of(reader.model) ? CountedFor::estimate : CountedFor::itself;
}

InputCount with_texts(const CallView& call, const PromptReader& reader, const PromptTokens& counted) {
  Counting c{call, reader, counted, pictures_in(call, reader.model, counted.form)};
  InputCount count = reader.tokenizer != nullptr ? with_tokenizer(c) : purpose_of(reader) == CountedFor::estimate ? estimated(c) : with_encoding(c);
  add_beyond(count, call, reader, counted.form.named_files > 0);
  return count;
}

}  // namespace

InputCount count_of_bytes(const CallView& call, const PromptReader& reader) {
  std::int64_t bytes = call.input_bound.count;
  InputCount count{.tokens = Tokens{std::max<std::int64_t>(1, (bytes + bytes_per_token - 1) / bytes_per_token)}, .bound = call.input_bound};
  bool names_files = is_prompt(call) && each_prompt_text(call.root, [](const PromptText&) {}, [](std::string_view) {}).named_files > 0;
  add_beyond(count, call, reader, names_files);
  return count;
}

InputCount count_prompt(const CallView& call, const PromptReader& reader) {
  if (!is_prompt(call)) return count_of_bytes(call, reader);
  return with_texts(call, reader, prompt_tokens(call.root, tokenizer_of(reader), purpose_of(reader)));
}

Prompt estimated_prompt(const CallView& call) {
  PromptTokens counted = prompt_tokens(call.root, Encoding::of(EncodingId::o200k_base), CountedFor::estimate);
  Prompt prompt = prompt_in(call, counted);
  prompt.other_bytes = counted.form.other_bytes;
  return prompt;
}

bool is_long(const CallView& call) { return call.body.size() > Slices::slice_bytes; }

Task<Result<InputCount>> count_long_prompt(const CallView& call, PromptReader reader, Wait wait) {
  if (!is_prompt(call)) co_return count_of_bytes(call, reader);
  LongPrompt prompt(call.root, tokenizer_of(reader), purpose_of(reader));
  while (prompt.step()) {
    co_await next_turn();
    if (wait.cancellation != nullptr && wait.cancellation->cancelled()) co_return fail(woken_early(Wake::cancelled));
    if (Reactor::current().now() >= wait.until) co_return fail(woken_early(Wake::timeout));
  }
  co_return with_texts(call, reader, prompt.counted());
}

}  // namespace tollgate
