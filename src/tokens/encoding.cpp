#include "tokens/encoding.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "tokens/merging.h"
#include "tokens/shipped.h"
#include "tokens/short_words.h"
#include "tokens/text_forms.h"
#include "tokens/unknown_words.h"
#include "tokens/word_memory.h"

namespace tollgate {
namespace {

struct Shipped {
  std::string_view name;
  Splitting splitting;
  std::string_view (*file)();
  std::uint32_t limit;  // ids from here on are not taken
};
constexpr std::uint32_t no_limit = std::numeric_limits<std::uint32_t>::max(), r50k_limit = 50'256;
constexpr std::array<Shipped, encoding_count> all_shipped = {{
    {"o200k_base", Splitting::o200k, shipped::o200k_base, no_limit},
    {"cl100k_base", Splitting::cl100k, shipped::cl100k_base, no_limit},
    {"p50k_base", Splitting::p50k, shipped::p50k_base, no_limit},
    {"r50k_base", Splitting::p50k, shipped::p50k_base, r50k_limit},
}};

// The last bytes of a text are read from a copy with zeroes behind it, so that a look at 16 bytes never leaves it.
constexpr std::ptrdiff_t tail_bytes = 64, padding = 32;
constexpr std::size_t json_slice = 32 * 1024, repaired_slice = 16 * 1024;

// Gives each piece of a text to `take`. Pieces lie in memory of which 16 bytes from their start can be read. False when it is no UTF-8.
template <Splitting splitting, class Take>
bool for_each_piece(std::string_view text, Take&& take) {
  const char *at = text.data(), *end = at + text.size();
  bool valid = true;
  auto go_until = [&](const char* stop) {
    while (at < stop) {
      const char* next = short_word_end<splitting>(at);
      if (next == nullptr) {
        next = piece_end<splitting>(at, end, valid);
        if (!valid) return;
      }
      take(at, static_cast<std::size_t>(next - at));
      at = next;
    }
  };
  if (end - at > tail_bytes) go_until(end - tail_bytes);
  if (!valid || at == end) return valid;
  std::array<char, tail_bytes + padding> tail{};
  auto rest = static_cast<std::size_t>(end - at);
  std::memcpy(tail.data(), at, rest);
  at = tail.data(), end = at + rest;
  go_until(end);
  return valid;
}

WordMemory& memory_of(EncodingId id) {
  static thread_local std::array<WordMemory, encoding_count> all;
  return all[static_cast<std::size_t>(id)];
}

// Words on their way to be looked up. They are looked up together, so that memory is waited for once and not for each.
class Batch {
 public:
  Batch(const Vocabulary& vocabulary, WordMemory& memory) : vocabulary_(vocabulary), memory_(memory), unknown_(vocabulary, memory) {}

  void add(const char* at, std::size_t size) {
    Word& word = words_[count_++];
    word.key = WordKey::padded(at, size);
    word.hash = word.key.hash();
    vocabulary_.words().prefetch(word.hash);
    if (count_ == words_.size()) look_up();
  }
  std::int64_t finish() {
    look_up();
    unknown_.finish();
    return tokens_ + unknown_.tokens();
  }

 private:
  struct Word {
    WordKey key;
    std::uint64_t hash;
  };

  void look_up() {
    std::size_t others = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const Word& word = words_[i];
      if (vocabulary_.is_token(word.key, word.hash)) continue;
      memory_.prefetch(word.hash);
      words_[others++] = word;
    }
    tokens_ += static_cast<std::int64_t>(count_ - others);
    for (std::size_t i = 0; i < others; ++i) {
      int known = memory_.find(words_[i].key, words_[i].hash);
      if (known == 0) unknown_.add(words_[i].key, words_[i].hash);
      tokens_ += known;
    }
    count_ = 0;
  }

  const Vocabulary& vocabulary_;
  WordMemory& memory_;
  UnknownWords unknown_;
  std::array<Word, 32> words_;
  std::size_t count_ = 0;
  std::int64_t tokens_ = 0;
};

}  // namespace

Encoding* Encoding::made(EncodingId id) {
  const Shipped& shipped = all_shipped[static_cast<std::size_t>(id)];
  auto vocabulary = Vocabulary::read(shipped.file(), shipped.limit);
  if (!vocabulary) std::abort();  // the build took in something else
  return new Encoding(id, shipped.splitting, std::move(*vocabulary));
}

// Never freed: threads that end late may still count.
const Encoding& Encoding::of(EncodingId id) {
  switch (id) {
    case EncodingId::o200k_base: { static const Encoding& only = *made(id); return only; }
    case EncodingId::cl100k_base: { static const Encoding& only = *made(id); return only; }
    case EncodingId::p50k_base: { static const Encoding& only = *made(id); return only; }
    case EncodingId::r50k_base: break;
  }
  static const Encoding& only = *made(EncodingId::r50k_base);
  return only;
}

std::string_view Encoding::name() const { return all_shipped[static_cast<std::size_t>(id_)].name; }

template <Splitting splitting>
std::optional<std::int64_t> Encoding::count_as(std::string_view utf8) const {
  Batch words(vocabulary_, memory_of(id_));
  std::int64_t count = 0;
  bool valid = for_each_piece<splitting>(utf8, [&](const char* at, std::size_t size) {
    if (size <= WordKey::bytes_max) words.add(at, size);
    else count += merged_count(vocabulary_, {at, size});
  });
  count += words.finish();
  return valid ? std::optional(count) : std::nullopt;
}

std::optional<std::int64_t> Encoding::count_valid(std::string_view utf8) const {
  switch (splitting_) {
    case Splitting::o200k: return count_as<Splitting::o200k>(utf8);
    case Splitting::cl100k: return count_as<Splitting::cl100k>(utf8);
    case Splitting::p50k: break;
  }
  return count_as<Splitting::p50k>(utf8);
}

std::int64_t Encoding::count(std::string_view utf8) const {
  if (auto count = count_valid(utf8)) return *count;
  std::array<char, 3 * repaired_slice> scratch;
  std::int64_t sum = 0;
  while (!utf8.empty()) {
    std::string_view slice = utf8.substr(0, cut_of(utf8, TextForm::plain, repaired_slice));
    std::string large(slice.size() > repaired_slice ? 3 * slice.size() : 0, '\0');
    char* out = large.empty() ? scratch.data() : large.data();
    sum += count_valid({out, repair(slice, out)}).value_or(0);
    utf8.remove_prefix(slice.size());
  }
  return sum;
}

std::int64_t Encoding::count_json(std::string_view raw) const {
  if (raw.find('\\') == raw.npos) return count(raw);
  std::array<char, json_slice> scratch;
  std::int64_t sum = 0;
  while (!raw.empty()) {
    std::string_view slice = raw.substr(0, cut_of(raw, TextForm::json, json_slice));
    std::string large(slice.size() > json_slice ? slice.size() : 0, '\0');
    char* out = large.empty() ? scratch.data() : large.data();
    sum += count({out, unescape(slice, out)});
    raw.remove_prefix(slice.size());
  }
  return sum;
}

std::size_t Encoding::piece_size(std::string_view utf8) const {
  const char *at = utf8.data(), *end = at + utf8.size();
  bool valid = true;
  switch (splitting_) {
    case Splitting::o200k: return static_cast<std::size_t>(piece_end<Splitting::o200k>(at, end, valid) - at);
    case Splitting::cl100k: return static_cast<std::size_t>(piece_end<Splitting::cl100k>(at, end, valid) - at);
    case Splitting::p50k: break;
  }
  return static_cast<std::size_t>(piece_end<Splitting::p50k>(at, end, valid) - at);
}

std::vector<std::uint32_t> Encoding::encode(std::string_view utf8) const {
  std::string text(3 * utf8.size(), '\0');
  text.resize(repair(utf8, text.data()));
  std::vector<std::uint32_t> ids;
  auto take = [&](const char* at, std::size_t size) {
    for (std::uint32_t id : merged(vocabulary_, {at, size})) ids.push_back(id);
  };
  switch (splitting_) {
    case Splitting::o200k: for_each_piece<Splitting::o200k>(text, take); break;
    case Splitting::cl100k: for_each_piece<Splitting::cl100k>(text, take); break;
    case Splitting::p50k: for_each_piece<Splitting::p50k>(text, take); break;
  }
  return ids;
}

}  // namespace tollgate
