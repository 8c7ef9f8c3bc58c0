#pragma once
// The tokenizers that a configuration names, read from their files. A file whose path, size and time are those of before is not read again:
// a reload costs nothing, and old and new snapshots share one copy.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/scalar.h"
#include "tokens/config.h"
#include "tokens/model_tokenizers.h"

namespace tollgate {

// Errors: invalid_request, with the file and what is wrong in it.
Result<std::shared_ptr<const TokenizerFile>> read_tokenizer_file(const std::string& path);

class TokenizerShelf {
 public:
  // Null where none is configured. Files that are no longer named are let go. Errors: as read_tokenizer_file.
  Result<std::shared_ptr<const ModelTokenizers>> load(const Named<TokenizerConfig>& wanted);

 private:
  struct Kept {
    std::uintmax_t size = 0;
    std::filesystem::file_time_type time{};
    std::shared_ptr<const TokenizerFile> tokenizer{};
  };
  Result<Kept> get(const std::string& path) const;

  std::map<std::string, Kept> kept_;
};

}  // namespace tollgate
