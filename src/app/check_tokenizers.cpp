#include <fmt/format.h>

#include <map>

#include "app/config_check.h"
#include "config/fault.h"

namespace tollgate {

void check_tokenizers(const Checking& checking) {
  std::map<std::string, std::string> owners;  // of patterns
  for (const auto& [name, tokenizer] : checking.config.tokenizers) {
    config::Path at{"tokenizers", name};
    if (checking.options.tokenizer_fault)
      if (auto fault = checking.options.tokenizer_fault(tokenizer.file)) checking.error(at / "file", *fault);
    for (std::size_t i = 0; i < tokenizer.models.size(); ++i) {
      const std::string& pattern = tokenizer.models[i];
      if (pattern.empty() || pattern.find('*') < pattern.size() - 1)
        checking.error(at / "models" / i, fmt::format("{} must be a name, with `*` only at the end", config::shown(pattern)));
      auto [owner, fresh] = owners.emplace(pattern, name);
      if (!fresh) checking.error(at / "models" / i, fmt::format("`{}` has this pattern too", owner->second));
    }
  }
}

}  // namespace tollgate
