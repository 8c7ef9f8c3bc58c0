#pragma once
// The pre-tokenizer of a tokenizer.json: how a text falls into the pieces that are merged each for itself. What Hugging Face's library
// calls ByteLevel, Metaspace, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit, and Sequences of them.
// Source: github.com/huggingface/tokenizers, tokenizers/src/pre_tokenizers and tokenizer/normalizer.rs (split), read 2026-11-29.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "json/value.h"
#include "tokens/tokenizer_file_pattern.h"

namespace tollgate {

class FileSplitting {
 public:
  using Take = std::function<void(std::string_view piece)>;

  // Errors: invalid_request; names the part that this version does not know.
  static Result<FileSplitting> read(const json::Value& pre_tokenizer);

  // Hands on each piece, none of them empty. `first`: the text begins the whole. False when a pattern gave up, and what it left was
  // handed on as one piece.
  bool run(std::string_view text, bool first, const Take& take) const;

  // Pieces are merged by bytes, each written as a character of its own (file_byte_character).
  bool by_bytes() const { return by_bytes_; }

 private:
  enum class Behavior : unsigned char { removed, isolated, merged_with_previous, merged_with_next, contiguous };
  enum class Prepend : unsigned char { always, first, never };
  struct Split {
    FilePattern pattern;
    Behavior behavior = Behavior::isolated;
    bool invert = false;
  };
  struct ByteLevel {
    bool prefix_space = false;
  };
  struct Metaspace {
    std::string replacement;
    Prepend prepend = Prepend::always;
  };
  using Step = std::variant<Split, ByteLevel, Metaspace>;
  struct Walk;
  template <class Emit>
  class Segments;

  Result<void> add(const json::Value& part, int depth);
  Result<void> add_split(const json::Value& part);
  Result<void> add_metaspace(const json::Value& part);
  Result<void> add_byte_level(const json::Value& part);
  Result<void> add_words(std::string_view pattern, Behavior behavior, bool invert = false);
  static std::optional<Behavior> behavior_of(std::string_view name);

  std::vector<Step> steps_;
  bool by_bytes_ = false;
};

// The character that stands for a byte in the vocabulary of a byte-level tokenizer: itself where it is visible, else one from U+0100 on.
char32_t file_byte_character(unsigned char byte);

}  // namespace tollgate
