#pragma once
// Which of the operator's tokenizers a model has.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "tokens/tokenizer_file.h"

namespace tollgate {

class ModelTokenizers {
 public:
  struct Entry {
    std::string pattern;  // a literal, or with a trailing `*`
    std::shared_ptr<const TokenizerFile> tokenizer;
  };
  // A name without `*` wins over patterns, and of these the longest. What equals another comes behind it.
  explicit ModelTokenizers(std::vector<Entry> entries) : entries_(std::move(entries)) {
    std::ranges::stable_sort(entries_, std::greater<>(), [](const Entry& entry) { return std::pair(!entry.pattern.ends_with('*'), entry.pattern.size()); });
  }

  // Null: none is for it.
  std::shared_ptr<const TokenizerFile> find(std::string_view model) const {
    auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return matches(entry.pattern, model); });
    return found == entries_.end() ? nullptr : found->tokenizer;
  }

 private:
  std::vector<Entry> entries_;
};

}  // namespace tollgate
