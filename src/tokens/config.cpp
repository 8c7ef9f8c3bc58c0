#include "tokens/config.h"

namespace tollgate {

void describe(Fields& fields, TokenizerConfig& tokenizer) {
  fields.add("file", tokenizer.file, "A tokenizer.json of Hugging Face's form, BPE or Unigram, of at most 64 MiB.")
      .required()
      .max_length(1024)
      .example("/etc/tollgate/llama3.json")
      .known_as({"path", "tokenizer"});
  fields.add("models", tokenizer.models, "Models whose texts it counts, as their providers name them; a trailing `*` matches any ending, the longest pattern wins.")
      .required()
      .not_empty()
      .at_most(256)
      .example("[\"llama-3*\"]")
      .known_as({"model", "match", "for"});
}

}  // namespace tollgate
