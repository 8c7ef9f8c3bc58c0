#include "tokens/tokenizer_file_added.h"

#include <algorithm>

namespace tollgate {

FileAddedTokens::FileAddedTokens(std::vector<Word> words) {
  std::erase_if(words, [](const Word& word) { return word.text.empty(); });
  any_ = std::ranges::any_of(words, [](const Word& word) { return !word.special; });
  if (!any_) return;
  std::ranges::stable_sort(words, {}, &Word::text);
  auto repeated = std::ranges::unique(words, {}, &Word::text);
  words.erase(repeated.begin(), repeated.end());
  std::vector<std::string_view> texts;
  std::vector<std::uint32_t> values;
  for (const Word& word : words) texts.push_back(word.text), values.push_back(word.special ? 1 : 0);
  trie_.build(texts, values);
}

FileAddedTokens::Found FileAddedTokens::longest_at(std::string_view text, std::size_t at) const {
  Found found;
  Trie::Step step{trie_.root(), Trie::no_value};
  for (std::size_t size = 1; at + size <= text.size() && trie_.step(step.base, static_cast<unsigned char>(text[at + size - 1]), step); ++size)
    if (step.value != Trie::no_value) found = {size, step.value == 1};
  return found;
}

std::int64_t FileAddedTokens::split(std::string_view text, const std::function<void(std::string_view, std::size_t)>& take) const {
  if (none()) return take(text, 0), 0;
  std::int64_t words = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    Found found = longest_at(text, at);
    if (found.size == 0) {
      ++at;
      continue;
    }
    if (!found.special) {
      if (at > begin) take(text.substr(begin, at - begin), begin);
      ++words;
      begin = at + found.size;
    }
    at += found.size;
  }
  if (begin < text.size()) take(text.substr(begin), begin);
  return words;
}

}  // namespace tollgate
