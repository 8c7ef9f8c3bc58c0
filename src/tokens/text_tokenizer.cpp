#include "tokens/text_tokenizer.h"

namespace tollgate {

std::int64_t TextTokenizer::count(std::string_view text, TextForm form) const {
  bool json = form == TextForm::json;
  if (const Encoding* known = encoding()) return json ? known->count_json(text) : known->count(text);
  return json ? file()->count_json(text).tokens : file()->count(text).tokens;
}

std::uint64_t TextTokenizer::id() const {
  return encoding() != nullptr ? static_cast<std::uint64_t>(encoding()->id()) : encoding_count + file()->id();
}

}  // namespace tollgate
