#include "app/tokenizer_shelf.h"

#include <fmt/format.h>

#include "config/secrets.h"

namespace tollgate {

Result<std::shared_ptr<const TokenizerFile>> read_tokenizer_file(const std::string& path) {
  auto text = config::read_file(path, TokenizerFile::file_bytes_max);
  if (!text) return fail(Fault::invalid_request, fmt::format("{}: it is missing, no file, or larger than {} MiB", path, TokenizerFile::file_bytes_max >> 20));
  auto read = TokenizerFile::read(*text);
  if (!read) return fail(Fault::invalid_request, fmt::format("{}: {}", path, read.error().detail));
  return read;
}

Result<TokenizerShelf::Kept> TokenizerShelf::get(const std::string& path) const {
  std::error_code missing;
  Kept now{.size = std::filesystem::file_size(path, missing)};
  if (!missing) now.time = std::filesystem::last_write_time(path, missing);
  auto known = kept_.find(path);
  if (!missing && known != kept_.end() && known->second.size == now.size && known->second.time == now.time) return known->second;
  TG_TRY(read, read_tokenizer_file(path));
  now.tokenizer = std::move(read);
  return now;
}

Result<std::shared_ptr<const ModelTokenizers>> TokenizerShelf::load(const Named<TokenizerConfig>& wanted) {
  std::map<std::string, Kept> used;
  std::vector<ModelTokenizers::Entry> entries;
  for (const auto& entry : wanted) {
    if (!used.contains(entry.value.file)) {
      auto got = get(entry.value.file);
      if (!got) return fail(Fault::invalid_request, fmt::format("tokenizers.{}.file: {}", entry.name, got.error().detail));
      used[entry.value.file] = std::move(*got);
    }
    for (const std::string& pattern : entry.value.models) entries.push_back({pattern, used[entry.value.file].tokenizer});
  }
  kept_ = std::move(used);
  if (entries.empty()) return std::shared_ptr<const ModelTokenizers>();
  return std::make_shared<const ModelTokenizers>(std::move(entries));
}

}  // namespace tollgate
