#pragma once
// A tokenizer that the operator brings: a `tokenizer.json` as Hugging Face's library writes it. Counts what
//
//   tokenizer.encode_special_tokens = True; len(tokenizer.encode(text, add_special_tokens=False).ids)
//
// gives in Python: names of special tokens are text like any other, and what a template adds around a text is not counted.
//
//   TG_TRY(tokenizer, TokenizerFile::read(text));
//   tokenizer->count("Hello, world!").tokens
//
// Models: BPE and Unigram. Normalizers and pre-tokenizers: tokenizer_file_normalizer.h, tokenizer_file_splitting.h. All else that a file
// may say is refused with the part's name: a count that is nearly right would be believed.
//
// Reading takes some 100 bytes for each token and merge beside the text; what stays is `bytes()`: 27 for each merge, 8 for each byte of a
// unigram's tokens. It is never changed, and all threads may count at once. Counting takes time linear in the text (n log n in a
// stretch without a place to cut) and a few times the text's bytes from the heap where it is rewritten.

#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "tokens/tokenizer_file_added.h"
#include "tokens/tokenizer_file_bpe.h"
#include "tokens/tokenizer_file_normalizer.h"
#include "tokens/tokenizer_file_splitting.h"
#include "tokens/tokenizer_file_unigram.h"

namespace tollgate {

class TokenizerFile {
 public:
  static constexpr std::size_t file_bytes_max = std::size_t{64} * 1024 * 1024;

  // Errors: invalid_request, with the part at fault: `model.merges[3]: …`.
  static Result<std::shared_ptr<const TokenizerFile>> read(std::string_view json);

  struct Count {
    std::int64_t tokens = 0;
    bool exact = true;  // false: a bound was met, so that a part was counted apart (a word of more than 256 Ki characters, a pattern without end)
  };
  // What is no UTF-8 counts as U+FFFD.
  Count count(std::string_view utf8) const;
  // Of what stands between the quotes of a JSON string, escapes included.
  Count count_json(std::string_view raw) const;

  // About what it holds in memory.
  std::size_t bytes() const;
  // Another one for each that is read in this process, from 1.
  std::uint64_t id() const { return id_; }

 private:
  TokenizerFile() = default;
  Result<void> read_parts(std::string_view json);
  Result<void> read_added(const json::Value& list);
  void count_part(std::string_view text, bool first, Count& count) const;
  void count_normalized(std::string_view text, bool first, Count& count) const;
  void count_piece(std::string_view piece, Count& count) const;

  std::uint64_t id_ = 0;
  FileAddedTokens before_;  // found in the text as it came
  FileNormalizer normalizer_;
  FileAddedTokens after_;   // found in the normalized text
  FileSplitting splitting_;
  std::variant<std::monostate, FileBpe, FileUnigram> model_;
};

}  // namespace tollgate
