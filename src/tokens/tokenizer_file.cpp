#include "tokens/tokenizer_file.h"

#include <fmt/format.h>

#include <atomic>
#include <string>

#include "json/scan.h"
#include "tokens/text_forms.h"
#include "tokens/tokenizer_file_json.h"

namespace tollgate {

using namespace tokenizer_json;

namespace {

constexpr std::size_t added_max = 200'000;

// Each byte as the character that stands for it, for a model that knows characters only.
std::string in_byte_characters(std::string_view piece) {
  std::string out;
  out.reserve(2 * piece.size());
  for (char byte : piece) {
    char32_t code = file_byte_character(static_cast<unsigned char>(byte));
    if (code < 0x80) out += static_cast<char>(code);
    else (out += static_cast<char>(0xC0 | code >> 6)) += static_cast<char>(0x80 | (code & 0x3F));
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<const TokenizerFile>> TokenizerFile::read(std::string_view json) {
  if (json.size() > file_bytes_max) return bad("the file", fmt::format("has more than {} MiB", file_bytes_max >> 20));
  static std::atomic<std::uint64_t> read_before{0};
  std::shared_ptr<TokenizerFile> made(new TokenizerFile);
  made->id_ = 1 + read_before.fetch_add(1, std::memory_order_relaxed);
  TG_TRY_VOID(made->read_parts(json));
  return std::shared_ptr<const TokenizerFile>(std::move(made));
}

Result<void> TokenizerFile::read_parts(std::string_view json) {
  auto root = json::scan(json, {.refuse_duplicates = false});
  if (!root) return bad("the file", fmt::format("is no JSON ({} at byte {})", root.error().what, root.error().offset));
  json::Value model = part(*root, "model");
  if (!model.is(json::Kind::object)) return bad("model", "is missing: this is no tokenizer.json");
  TG_TRY(normalizer, FileNormalizer::read(part(*root, "normalizer")));
  normalizer_ = std::move(normalizer);
  TG_TRY(splitting, FileSplitting::read(part(*root, "pre_tokenizer")));
  splitting_ = std::move(splitting);
  TG_TRY_VOID(read_added(part(*root, "added_tokens")));
  std::string type = text(model, "type");
  if (type == "BPE") {
    TG_TRY(bpe, FileBpe::read(model, splitting_.by_bytes()));
    model_ = std::move(bpe);
  } else if (type == "Unigram") {
    TG_TRY(unigram, FileUnigram::read(model));
    model_ = std::move(unigram);
  } else {
    return bad("model", fmt::format("'{}' is not known to this version: it reads BPE and Unigram", type));
  }
  return {};
}

Result<void> TokenizerFile::read_added(const json::Value& list) {
  std::vector<FileAddedTokens::Word> before, after;
  for (const json::Value& one : json::Elements(list)) {
    FileAddedTokens::Word word{text(one, "content"), flag(one, "special", false)};
    bool bends = flag(one, "single_word", false) || flag(one, "lstrip", false) || flag(one, "rstrip", false);
    if (bends && !word.special) return bad("added_tokens", fmt::format("'{}' has lstrip, rstrip or single_word, which are not known to this version", word.text));
    bool rewritten = flag(one, "normalized", !word.special);
    if (rewritten) word.text = normalizer_.apply(word.text).text;
    (rewritten ? after : before).push_back(std::move(word));
    if (before.size() + after.size() > added_max) return bad("added_tokens", fmt::format("are more than {}", added_max));
  }
  before_ = FileAddedTokens(std::move(before));
  after_ = FileAddedTokens(std::move(after));
  return {};
}

TokenizerFile::Count TokenizerFile::count(std::string_view utf8) const {
  std::string repaired;
  if (!is_utf8(utf8)) {
    repaired.resize(3 * utf8.size());
    repaired.resize(repair(utf8, repaired.data()));
    utf8 = repaired;
  }
  Count count;
  count.tokens += before_.split(utf8, [&](std::string_view part, std::size_t begin) { count_part(part, begin == 0, count); });
  return count;
}

TokenizerFile::Count TokenizerFile::count_json(std::string_view raw) const {
  if (raw.find('\\') == raw.npos) return count(raw);
  std::string text(raw.size(), '\0');
  text.resize(unescape(raw, text.data()));
  return count(text);
}

void TokenizerFile::count_part(std::string_view text, bool first, Count& count) const {
  if (normalizer_.idle()) return count_normalized(text, first, count);
  FileNormalizer::Normalized made = normalizer_.apply(text);
  count.exact = count.exact && made.whole;
  count_normalized(made.text, first && made.same_start, count);
}

void TokenizerFile::count_normalized(std::string_view text, bool first, Count& count) const {
  count.tokens += after_.split(text, [&](std::string_view part, std::size_t begin) {
    bool whole = splitting_.run(part, first && begin == 0, [&](std::string_view piece) { count_piece(piece, count); });
    count.exact = count.exact && whole;
  });
}

void TokenizerFile::count_piece(std::string_view piece, Count& count) const {
  if (const auto* bpe = std::get_if<FileBpe>(&model_)) {
    FileBpe::Counted counted = bpe->count(piece);
    count.tokens += counted.tokens;
    count.exact = count.exact && counted.whole;
  } else if (const auto* unigram = std::get_if<FileUnigram>(&model_)) {
    count.tokens += splitting_.by_bytes() ? unigram->count(in_byte_characters(piece)) : unigram->count(piece);
  }
}

std::size_t TokenizerFile::bytes() const {
  if (const auto* bpe = std::get_if<FileBpe>(&model_)) return bpe->bytes();
  const auto* unigram = std::get_if<FileUnigram>(&model_);
  return unigram == nullptr ? 0 : unigram->bytes();
}

}  // namespace tollgate
