#pragma once
// The tokens of a prompt's texts and of its tools, without what stands around them. A text that this thread counted lately is known again.

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "dialects/prompt_texts.h"
#include "tokens/estimator.h"
#include "tokens/slices.h"
#include "tokens/text_tokenizer.h"
#include "tokens/tokenizer_file_slices.h"

namespace tollgate {

struct PromptTokens {
  PromptForm form;
  std::int64_t texts = 0, tools = 0;
  // For an estimate only:
  std::int64_t thoughts = 0;  // of texts, what a model thought before it answered, where an answer begins with it (`<think>`)
  TextMarks marks{};          // of texts
};

enum class CountedFor : std::uint8_t { itself, estimate };

// All at once, for prompts that nobody waits for. `root`: a body that was scanned.
PromptTokens prompt_tokens(const json::Value& root, const TextTokenizer& tokenizer, CountedFor purpose);

// The same a slice at a time, so that a loop can do other work in between:
//
//   for (LongPrompt prompt(root, tokenizer, purpose); prompt.step();) co_await next_turn();
class LongPrompt {
 public:
  // Finds the texts, at one go. The body, and what the tokenizer is a view of, must outlive it.
  LongPrompt(const json::Value& root, const TextTokenizer& tokenizer, CountedFor purpose);

  // Counts on, for about as long as 64 KiB of prose take. False: all of it is counted.
  bool step();
  const PromptTokens& counted() const { return counted_; }

 private:
  struct Piece {
    std::string_view text;
    TextForm form;
    std::int64_t PromptTokens::* sum;  // where its tokens belong
  };
  void begin(const Piece& piece);
  void end(std::int64_t tokens);
  void next_slice();

  TextTokenizer tokenizer_;
  PromptTokens counted_;
  std::vector<Piece> pieces_;
  std::deque<std::string> joined_;  // of texts that are one for the model
  std::size_t at_ = 0;
  std::unique_ptr<Slices> slices_;  // of the piece, when it is long: this or the other
  std::unique_ptr<TokenizerFileSlices> file_slices_;
};

}  // namespace tollgate
