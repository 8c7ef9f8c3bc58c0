#pragma once
// How many tokens a prompt has for who reads it: exact where the model's encoding is public and the input is text, else an estimate that follows
// what the provider reports; and a bound to reserve.

#include <optional>
#include <string_view>

#include "async/task.h"
#include "async/wait.h"
#include "dialects/call_view.h"
#include "tokens/calibration.h"
#include "tokens/estimator.h"
#include "tokens/tokenizer_file.h"

namespace tollgate {

// Tokens of a call's input, at one target.
struct InputCount {
  Tokens tokens{};              // to show, and to bill where nobody reports any
  Tokens bound{};               // to reserve: it is not more
  bool exact = false;
  std::int64_t overrun = 0;     // of the bound, what earlier reports were above theirs
  Estimated estimated{};        // by the estimator alone, before its corrections; 0 tokens: it was not asked, or what is reported teaches nothing
  bool only_text = false;       // nothing else is in it, nor read beside it
};

struct PromptReader {
  std::string_view model;
  const Calibration* calibration = nullptr;     // null: nothing was learned
  const TokenizerFile* tokenizer = nullptr;     // the operator's for this model; null: none
  std::int64_t overrun = 0;                     // what reports were above bounds
  std::int64_t host_prompt = 0;                 // most tokens of one that its host puts before ours
  std::optional<Tokens> context{};              // the most that the model reads and writes
  std::optional<Tokens> kept{};                 // what the stored answer has, with all before it, that the call goes on with
};

InputCount count_prompt(const CallView& call, const PromptReader& reader);

// What the estimator is asked of a call's body.
Prompt estimated_prompt(const CallView& call);

// Prompts that are to be counted a slice at a time.
bool is_long(const CallView& call);
// Others go on in between. Errors: deadline, cancelled.
Task<Result<InputCount>> count_long_prompt(const CallView& call, PromptReader reader, Wait wait);
// Without counting, by its bytes.
InputCount count_of_bytes(const CallView& call, const PromptReader& reader);

}  // namespace tollgate
