#pragma once
// The normalizer of a tokenizer.json: how a text is rewritten before it is split. NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents,
// Prepend, Replace, and Sequences of them. Precompiled (SentencePiece's table) is refused by name.
// Source: github.com/huggingface/tokenizers, tokenizers/src/normalizers, read 2026-11-29. Unicode is that of utf8proc (14.0 in Debian 12).

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "json/value.h"
#include "tokens/tokenizer_file_pattern.h"
#include "tokens/tokenizer_file_unicode.h"

namespace tollgate {

class FileNormalizer {
 public:
  // Errors: invalid_request; names the part that this version does not know.
  static Result<FileNormalizer> read(const json::Value& normalizer);

  // Whether it leaves every text as it is.
  bool idle() const { return steps_.empty(); }

  struct Normalized {
    std::string text;
    bool same_start = true;  // the first character is still there, maybe rewritten
    bool whole = true;       // as Hugging Face's library writes it; false where a bound of ours was met
  };
  // REQUIRES: valid UTF-8.
  Normalized apply(std::string_view text) const;

 private:
  struct Prepend {
    std::string text;
  };
  struct Replace {
    FilePattern pattern;
    std::string content;
  };
  struct Lowercase {};
  struct StripAccents {};
  struct Strip {
    bool left = true, right = true;
  };
  using Step = std::variant<Prepend, Replace, UnicodeForm, Lowercase, StripAccents, Strip>;

  Result<void> add(const json::Value& part, int depth);
  Result<void> add_replace(const json::Value& part);

  static void apply(const Prepend& step, Normalized& to);
  static void apply(const Replace& step, Normalized& to);
  static void apply(const UnicodeForm& step, Normalized& to);
  static void apply(const Lowercase& step, Normalized& to);
  static void apply(const StripAccents& step, Normalized& to);
  static void apply(const Strip& step, Normalized& to);

  std::vector<Step> steps_;
};

}  // namespace tollgate
