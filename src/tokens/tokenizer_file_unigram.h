#pragma once
// A unigram model as a tokenizer.json describes it: each token has a score (the logarithm of how likely it is), and a piece falls into the
// tokens whose scores have the largest sum (Viterbi). A character that no token begins at is unknown: neighbours of that kind are one
// token, or one for each byte where the vocabulary has tokens for bytes.
//
// Time is linear in the text: at each character it looks at most `token_bytes_max` bytes ahead; memory is a ring of that many places.
// Scores are floating point, summed as Hugging Face's library sums them, so that ties fall the same way.
// Source: github.com/huggingface/tokenizers, tokenizers/src/models/unigram/model.rs (encode_optimized), read 2026-11-29.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "tokens/trie.h"

namespace tollgate {

class FileUnigram {
 public:
  static constexpr std::size_t token_bytes_max = 511;

  // Errors: invalid_request.
  static Result<FileUnigram> read(const json::Value& model);

  // REQUIRES: valid UTF-8.
  std::int64_t count(std::string_view piece) const;

  std::size_t bytes() const { return trie_bytes_ + scores_.size() * sizeof(double); }

 private:
  class Path;

  Trie trie_;  // the value is a place in scores_
  std::size_t trie_bytes_ = 0;
  std::vector<double> scores_;
  double unknown_score_ = 0;
  std::uint32_t unknown_ = Trie::no_value;
  std::string unknown_text_;
  bool byte_fallback_ = false;
};

}  // namespace tollgate
