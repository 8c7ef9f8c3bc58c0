#pragma once
// How many tokens OpenAI's models make of a text: exactly what `len(tiktoken.get_encoding(name).encode_ordinary(text))` gives, in which
// names of special tokens such as <|endoftext|> are text like any other.
//
//   Encoding::o200k_base().count("Hello, world!")    // 4
//
// What is no UTF-8 counts as Python's bytes.decode("utf-8", "replace") makes it: a U+FFFD for each maximal subpart. In JSON a lone surrogate
// (\uD83D without its other half) counts as U+FFFD, as in tiktoken.
//
// Counting takes time linear in the text, whatever it says, and no memory from the heap; but for texts of more than 32 KiB without a place
// at which they may be cut, when they also need rewriting (they hold escapes, or bytes that are no UTF-8). For texts so long that a loop
// would wait for them: tokens/slices.h.
//
// An encoding's tables (13 MiB for o200k_base, 7 MiB for cl100k_base) are built at its first use, once for all threads; that takes 30 to 90 ms
// of one core, so that who counts in a loop asks for it when it starts. All functions may be called by all threads at once. Each thread
// remembers the counts of some thousand words that are no tokens: 128 KiB for each encoding that it uses.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tokens/pieces.h"
#include "tokens/vocabulary.h"

namespace tollgate {

enum class EncodingId : std::uint8_t { o200k_base, cl100k_base, p50k_base, r50k_base };
constexpr std::size_t encoding_count = 4;

class Encoding {
 public:
  static const Encoding& of(EncodingId id);
  static const Encoding& o200k_base() { return of(EncodingId::o200k_base); }
  static const Encoding& cl100k_base() { return of(EncodingId::cl100k_base); }

  EncodingId id() const { return id_; }
  std::string_view name() const;
  const Vocabulary& vocabulary() const { return vocabulary_; }

  std::int64_t count(std::string_view utf8) const;
  // Of what stands between the quotes of a JSON string, escapes included: the count of the text that they mean. A broken escape counts as
  // it stands: JSON is to be checked before.
  std::int64_t count_json(std::string_view raw) const;
  // How many bytes its first piece has: what is merged for itself. REQUIRES: valid UTF-8, not empty.
  std::size_t piece_size(std::string_view utf8) const;
  // The tokens themselves; for tests, slow.
  std::vector<std::uint32_t> encode(std::string_view utf8) const;

  Encoding(const Encoding&) = delete;
  Encoding& operator=(const Encoding&) = delete;

 private:
  Encoding(EncodingId id, Splitting splitting, Vocabulary vocabulary) : id_(id), splitting_(splitting), vocabulary_(std::move(vocabulary)) {}
  static Encoding* made(EncodingId id);
  template <Splitting splitting>
  std::optional<std::int64_t> count_as(std::string_view utf8) const;
  // Empty when it is no UTF-8.
  std::optional<std::int64_t> count_valid(std::string_view utf8) const;

  EncodingId id_;
  Splitting splitting_;
  Vocabulary vocabulary_;
};

}  // namespace tollgate
