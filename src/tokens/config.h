#pragma once
// Setting `tokenizers:`: files that say how texts fall into tokens, and the models that they are for.

#include <string>
#include <vector>

#include "base/describe.h"

namespace tollgate {

struct TokenizerConfig {
  std::string file{};
  std::vector<std::string> models{};  // names as providers know them, each a literal or with a trailing `*`
};
void describe(Fields& fields, TokenizerConfig& tokenizer);

}  // namespace tollgate
