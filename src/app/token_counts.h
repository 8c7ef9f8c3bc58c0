#pragma once
// Counting tokens for who asks: texts, or a whole call in the words of its dialect.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tokens/model_tokenizers.h"

namespace tollgate {

struct TokenCount {
  std::int64_t tokens = 0;
  std::int64_t upper_bound = 0;
  bool exact = false;
};

// `tokenizer` is the operator's, where one is for the model, else null.
//
// Of a text alone: no frame of messages is around it. Names of special tokens in it are text like any other.
TokenCount count_text(std::string_view model, std::string_view text, const TokenizerFile* tokenizer = nullptr);

// Of a call's body. `dialect`: openai_chat where it is empty. Errors: invalid_request.
Result<TokenCount> count_body(std::string_view model, std::string_view dialect, std::string_view body, const TokenizerFile* tokenizer = nullptr);

// {"model", "text" | "texts" | "body", "dialect"} to {"input_tokens", "exact", "upper_bound"} or {"counts", "exact"}. Errors: invalid_request.
// `tokenizers` may be null: none is configured.
Result<std::string> token_counts(std::string_view question, const ModelTokenizers* tokenizers = nullptr);

}  // namespace tollgate
