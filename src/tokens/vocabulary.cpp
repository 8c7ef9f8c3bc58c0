#include "tokens/vocabulary.h"

#include <array>
#include <string>

namespace tollgate {
namespace {

constexpr std::string_view magic = "TGTOKS01";
constexpr std::size_t head_bytes = 16, bytes_per_token = 6;

std::uint32_t number(const unsigned char* at, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) value = value << 8 | at[i];
  return value;
}

// The file's tokens in the order of their bytes.
struct Sorted {
  std::string bytes;  // owns what `texts` shows
  std::vector<std::string_view> texts;
  std::vector<std::uint32_t> ids, left_ids;  // of the left part: none for a single byte
};

Result<Sorted> unpack(std::string_view file, std::uint32_t limit) {
  auto at = reinterpret_cast<const unsigned char*>(file.data());
  if (file.size() < head_bytes || !file.starts_with(magic)) return fail(Fault::internal, "this is no file of tokens");
  std::size_t count = number(at + 8, 4), rest_bytes = number(at + 12, 4);
  if (file.size() != head_bytes + count * bytes_per_token + rest_bytes) return fail(Fault::internal, "this file of tokens is cut");
  const unsigned char *shared = at + head_bytes, *rest = shared + count, *left = rest + count, *ids = left + count, *text = ids + 3 * count;

  Sorted sorted;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) bytes += shared[i] + std::size_t{rest[i]};
  sorted.bytes.reserve(bytes);
  sorted.texts.reserve(count), sorted.ids.reserve(count), sorted.left_ids.reserve(count);
  std::array<char, Vocabulary::token_bytes_max> token{};
  std::array<std::uint32_t, Vocabulary::token_bytes_max + 1> id_of_prefix{};  // of the token whose bytes are the first n of this one
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t size = shared[i] + std::size_t{rest[i]};
    if (size == 0 || size > token.size() || left[i] >= size) return fail(Fault::internal, "a token is empty or too long");
    for (std::size_t j = shared[i]; j < size; ++j) token[j] = static_cast<char>(*text++);
    std::uint32_t id = id_of_prefix[size] = number(ids + 3 * i, 3);
    if (id >= limit) continue;
    sorted.bytes.append(token.data(), size);
    sorted.texts.emplace_back(sorted.bytes.data() + sorted.bytes.size() - size, size);
    sorted.ids.push_back(id);
    sorted.left_ids.push_back(left[i] == 0 ? Trie::no_value : id_of_prefix[left[i]]);
  }
  return sorted;
}

}  // namespace

Result<Vocabulary> Vocabulary::read(std::string_view file, std::uint32_t limit) {
  TG_TRY(sorted, unpack(file, limit));
  std::size_t count = 0;
  for (std::uint32_t id : sorted.ids) count = std::max<std::size_t>(count, id + std::size_t{1});
  Vocabulary made(count);
  made.trie_.build(sorted.texts, sorted.ids);

  std::vector<std::uint32_t> place(count, Trie::no_value);
  for (std::size_t i = 0; i < sorted.ids.size(); ++i) place[sorted.ids[i]] = static_cast<std::uint32_t>(i);
  for (std::uint32_t id = 0; id < count; ++id) {
    if (place[id] == Trie::no_value) continue;  // p50k_base leaves one out
    std::string_view text = sorted.texts[place[id]];
    made.sizes_[id] = static_cast<std::uint8_t>(text.size());
    if (text.size() <= WordKey::bytes_max) made.words_.add(WordKey::of(text.data(), text.size()));
    std::uint32_t left = sorted.left_ids[place[id]];
    if (left == Trie::no_value) {
      made.splits_[id] = {id, id};
      continue;
    }
    Trie::Step step{made.trie_.root(), Trie::no_value};
    for (char byte : text.substr(made.sizes_[left]))
      if (!made.trie_.step(step.base, static_cast<unsigned char>(byte), step)) return fail(Fault::internal, "a part of a token is no token");
    made.splits_[id] = {left, step.value};
    made.pairs_.add(left, step.value, id);
  }
  return made;
}

// Undoes the merges at the seam, the youngest first: if at some step a merge across the seam would have been older than the one that was
// made there, it would have come first. Source: github.com/github/rust-gems, crates/bpe (is_valid_token_pair), MIT.
bool Vocabulary::stay_apart(std::uint32_t left, std::uint32_t right) const {
  std::uint32_t limit = Pairs::none;
  for (;;) {
    if (pairs_.find(left, right) < limit) return false;
    bool left_is_younger = left > right;
    for (int side = 0;; ++side) {
      if (side == 2) return true;  // two single bytes
      if (left_is_younger) {
        limit = left;
        left = splits_[left].right;
        if (left != limit) break;
      } else {
        limit = right + 1;
        right = splits_[right].left;
        if (right + 1 != limit) break;
      }
      left_is_younger = !left_is_younger;
    }
  }
}

}  // namespace tollgate
