#pragma once
// What counts texts: a public encoding, or the operator's tokenizer. A view; what it was made of must outlive it.

#include <cstdint>
#include <string_view>
#include <variant>

#include "tokens/encoding.h"
#include "tokens/text_forms.h"
#include "tokens/tokenizer_file.h"

namespace tollgate {

class TextTokenizer {
 public:
  TextTokenizer(const Encoding& encoding) : which_(&encoding) {}
  TextTokenizer(const TokenizerFile& file) : which_(&file) {}

  std::int64_t count(std::string_view text, TextForm form) const;
  // Tells it from every other one of this process.
  std::uint64_t id() const;

  // Null where it is the other one.
  const Encoding* encoding() const { return value<const Encoding*>(); }
  const TokenizerFile* file() const { return value<const TokenizerFile*>(); }

 private:
  template <class Pointer>
  Pointer value() const {
    const Pointer* held = std::get_if<Pointer>(&which_);
    return held == nullptr ? nullptr : *held;
  }
  std::variant<const Encoding*, const TokenizerFile*> which_;
};

}  // namespace tollgate
