#pragma once
// The added tokens of a tokenizer.json: words that are a token each wherever they stand, found before anything else is done with a text.
// Names of special tokens (<|im_start|>) are ordinary text in what we count, as with `encode_special_tokens` of Hugging Face's library: found,
// so that they cover what lies in them, and left as text.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tokens/trie.h"

namespace tollgate {

class FileAddedTokens {
 public:
  struct Word {
    std::string text;
    bool special = false;
  };
  // Words without text, or seen before, are left out.
  explicit FileAddedTokens(std::vector<Word> words);
  FileAddedTokens() = default;

  bool none() const { return !any_; }

  // Hands on what lies between the words, in order, and gives how many tokens the words are. `begin`: where in the text a part begins.
  std::int64_t split(std::string_view text, const std::function<void(std::string_view part, std::size_t begin)>& take) const;

 private:
  struct Found {
    std::size_t size = 0;
    bool special = false;
  };
  Found longest_at(std::string_view text, std::size_t at) const;

  Trie trie_;  // value 1: special
  bool any_ = false;
};

}  // namespace tollgate
