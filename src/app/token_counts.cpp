#include "app/token_counts.h"

#include "dialects/all.h"
#include "dialects/fields.h"
#include "gateway/counting/prompt_count.h"
#include "json/document.h"
#include "json/write.h"
#include "tokens/encoding.h"
#include "tokens/estimator.h"
#include "tokens/families.h"

namespace tollgate {
namespace {

std::string answer_of(const TokenCount& count) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("input_tokens", count.tokens).member("exact", count.exact).member("upper_bound", count.upper_bound).end_object();
  return text;
}

Result<std::string> count_texts(std::string_view model, const json::Value& texts, const TokenizerFile* tokenizer) {
  if (!texts.is(json::Kind::array)) return bad_field("texts", "invalid_type", "'texts' must be an array of strings");
  std::string text;
  json::Writer out(text);
  bool exact = true;
  out.begin_object().key("counts").begin_array();
  for (const json::Value& element : json::Elements(texts)) {
    auto one = element.string();
    if (!one) return bad_field("texts", "invalid_type", "'texts' must be an array of strings");
    TokenCount count = count_text(model, *one, tokenizer);
    exact = exact && count.exact;
    out.value(count.tokens);
  }
  out.end_array().member("exact", exact).end_object();
  return text;
}

}  // namespace

TokenCount count_text(std::string_view model, std::string_view text, const TokenizerFile* tokenizer) {
  if (tokenizer != nullptr) {
    TokenizerFile::Count count = tokenizer->count(text);
    return {.tokens = count.tokens, .upper_bound = count.exact ? count.tokens : std::max(count.tokens, static_cast<std::int64_t>(text.size())), .exact = count.exact};
  }
  if (auto encoding = encoding_of(model)) {
    std::int64_t tokens = Encoding::of(*encoding).count(text);
    return {.tokens = tokens, .upper_bound = tokens, .exact = true};
  }
  // A plain text may hold backslashes, which marks_in() takes for escapes: that costs a digit or two.
  TokenEstimate guess = estimate(model, {.text = Encoding::of(EncodingId::o200k_base).count(text), .marks = marks_in(text)});
  std::int64_t upper = std::min<std::int64_t>(guess.upper, static_cast<std::int64_t>(text.size()));  // nobody's tokenizer makes more tokens than bytes
  return {.tokens = guess.median, .upper_bound = std::max<std::int64_t>(upper, guess.median)};
}

Result<TokenCount> count_body(std::string_view model, std::string_view dialect, std::string_view body, const TokenizerFile* tokenizer) {
  const Dialect* language = find_dialect(dialect.empty() ? "openai_chat" : dialect);
  if (language == nullptr) return bad_field("dialect", "invalid_value", "there is no dialect of this name");
  TG_TRY(call, language->view({.operation = Operation::count_tokens, .body = body, .path_model = model}));
  InputCount count = count_prompt(call, {.model = model.empty() ? std::string_view(call.model) : model, .tokenizer = tokenizer});
  return TokenCount{.tokens = count.tokens.count, .upper_bound = count.bound.count, .exact = count.exact};
}

Result<std::string> token_counts(std::string_view question, const ModelTokenizers* tokenizers) {
  auto document = json::Document::parse(question);
  if (!document) return fail(Fault::invalid_request, "the body is no JSON");
  const json::Value root{question, json::Kind::object};
  std::string model = text_field(root, "model");
  json::Value text = field_of(root, "text"), texts = field_of(root, "texts"), body = field_of(root, "body");
  int given = !text.is(json::Kind::null) + !texts.is(json::Kind::null) + !body.is(json::Kind::null);
  if (given != 1) return fail(Fault::invalid_request, "say one of 'text', 'texts' and 'body'");
  if (model.empty() && body.is(json::Kind::null)) return bad_field("model", "missing_required_parameter", "'model' is required");
  auto tokenizer_of = [&](std::string_view name) { return tokenizers == nullptr ? nullptr : tokenizers->find(name); };
  auto tokenizer = tokenizer_of(model.empty() ? text_field(body, "model") : model);
  if (!texts.is(json::Kind::null)) return count_texts(model, texts, tokenizer.get());
  if (!body.is(json::Kind::null)) {
    TG_TRY(count, count_body(model, text_field(root, "dialect"), body.raw, tokenizer.get()));
    return answer_of(count);
  }
  auto one = text.string();
  if (!one) return bad_field("text", "invalid_type", "'text' must be a string");
  return answer_of(count_text(model, *one, tokenizer.get()));
}

}  // namespace tollgate
