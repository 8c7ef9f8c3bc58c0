#include "tokens/vocabulary.h"

#include <array>
#include <string>

namespace tollgate {
namespace {

constexpr std::string_view magic = "TGTOKS01";
constexpr std::size_t head_bytes = 16, bytes_per_token = 9;
constexpr std::size_t ahead = 24;  // memory is asked for this many tokens before it is needed

std::uint32_t number(const unsigned char* at, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) value = value << 8 | at[i];
  return value;
}

// The file's tokens in the order of their bytes.
struct Sorted {
  std::string bytes;  // owns what `texts` shows
  std::vector<std::string_view> texts;
  std::vector<std::uint32_t> ids, left_ids, right_ids;  // those of the parts; of a single byte no_value
};

Result<Sorted> unpack(std::string_view file, std::uint32_t limit) {
  auto at = reinterpret_cast<const unsigned char*>(file.data());
  if (file.size() < head_bytes || !file.starts_with(magic)) return fail(Fault::internal, "this is no file of tokens");
  std::size_t count = number(at + 8, 4), rest_bytes = number(at + 12, 4);
  if (file.size() != head_bytes + count * bytes_per_token + rest_bytes) return fail(Fault::internal, "this file of tokens is cut");
  const unsigned char *shared = at + head_bytes, *rest = shared + count, *left = rest + count, *ids = left + count, *right_ids = ids + 3 * count,
                      *text = right_ids + 3 * count;

  Sorted sorted;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) bytes += shared[i] + std::size_t{rest[i]};
  sorted.bytes.reserve(bytes);
  sorted.texts.reserve(count), sorted.ids.reserve(count), sorted.left_ids.reserve(count), sorted.right_ids.reserve(count);
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
    sorted.right_ids.push_back(left[i] == 0 ? Trie::no_value : number(right_ids + 3 * i, 3));
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

  made.add_words(sorted.texts, sorted.ids);
  for (std::size_t i = 0; i < sorted.ids.size(); ++i) {
    std::uint32_t id = sorted.ids[i], left = sorted.left_ids[i], right = sorted.right_ids[i];
    made.sizes_[id] = static_cast<std::uint8_t>(sorted.texts[i].size());
    bool single = left == Trie::no_value;
    if (single != (id < byte_count) || (!single && (left >= id || right >= id))) return fail(Fault::internal, "a token is older than its parts");
    if (single) made.byte_ids_[static_cast<unsigned char>(sorted.texts[i][0])] = id;
    else if (sorted.texts[i].size() == 2) made.byte_pairs_[byte_pair(sorted.texts[i][0], sorted.texts[i][1])] = id;
    made.splits_[id] = single ? Split{id, id} : Split{left, right};
    if (i + ahead < sorted.ids.size()) made.pairs_.prefetch(sorted.left_ids[i + ahead], sorted.right_ids[i + ahead]);
    if (!single) made.pairs_.add(left, right, id);
  }
  return made;
}

// In the order of the ids, that is the most frequent first.
void Vocabulary::add_words(std::span<const std::string_view> texts, std::span<const std::uint32_t> ids) {
  std::vector<WordKey> keys(count());
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (texts[i].size() <= WordKey::bytes_max) keys[ids[i]] = WordKey::of(texts[i].data(), texts[i].size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + ahead < keys.size()) words_.prefetch(keys[i + ahead].hash());
    if (keys[i] != WordKey{}) words_.add(keys[i]);
  }
}

// Undoes the merges at the seam, the youngest first: if at some step a merge across the seam would have been older than the one that was
// made there, it would have come first. Source: github.com/github/rust-gems, crates/bpe (is_valid_token_pair), MIT.
bool Vocabulary::stay_apart(std::uint32_t left, std::uint32_t right) const {
  std::uint32_t limit = Pairs::none;
  while (pairs_.find(left, right) >= limit) {
    bool left_is_younger = left > right;
    std::uint32_t younger = left_is_younger ? left : right;
    if (younger < byte_count) return true;
    Split parts = splits_[younger];
    // Of two merges to the same token the one further left comes first.
    limit = left_is_younger ? younger : younger + 1;
    left = left_is_younger ? parts.right : left;
    right = left_is_younger ? right : parts.left;
  }
  return false;
}

}  // namespace tollgate
