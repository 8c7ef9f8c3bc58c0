#pragma once
// The vocabulary of a tokenizer.json while it is read: tokens by their texts, one id each. About 60 bytes for each, gone when the model is
// made. Most texts stay where they lie in the file, which must outlive it.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "json/value.h"

namespace tollgate {

constexpr std::size_t file_tokens_max = 2'000'000;

class FileTokenNames {
 public:
  // A string of the file without its quotes, escapes decoded; it stays as long as this object.
  std::string_view kept(std::string_view raw) {
    if (raw.find('\\') == raw.npos) return raw;
    json::Value quoted{{raw.data() - 1, raw.size() + 2}, json::Kind::string};
    return decoded_.emplace_back(quoted.string().value_or(""));
  }
  // A later id replaces an earlier one.
  void put(std::string_view kept_text, std::uint32_t id) { ids_[kept_text] = id; }
  std::optional<std::uint32_t> find(std::string_view text) const {
    auto found = ids_.find(text);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
  }
  // Of the token <0x0A> and its like, which stand for a byte.
  std::optional<std::uint32_t> find_byte(unsigned char byte) const {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string name = "<0x";
    name += digits[byte >> 4];
    name += digits[byte & 15];
    return find(name += '>');
  }
  std::size_t size() const { return ids_.size(); }
  const std::unordered_map<std::string_view, std::uint32_t>& all() const { return ids_; }

 private:
  std::unordered_map<std::string_view, std::uint32_t> ids_;
  std::deque<std::string> decoded_;
};

}  // namespace tollgate
