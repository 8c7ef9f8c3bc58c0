#include "tokens/tokenizer_file_bpe_reading.h"

#include <fmt/format.h>

#include <algorithm>

#include "tokens/tokenizer_file_json.h"
#include "tokens/tokenizer_file_splitting.h"

namespace tollgate {

using namespace tokenizer_json;

namespace {

std::size_t size_of(const json::Value& array) {
  std::size_t size = 0;
  for (const json::Value& ignored : json::Elements(array)) static_cast<void>(ignored), ++size;
  return size;
}

std::string_view unquoted(const json::Value& text) { return text.raw.substr(1, text.raw.size() - 2); }

constexpr std::size_t merges_max = 4 * file_tokens_max;
constexpr char32_t byte_characters_end = 0x144;

}  // namespace

char32_t next_character(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(at);
  std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t code = size == 1 ? first : first & (0x7Fu >> size);
  for (std::size_t i = 1; i < size && at + i < text.size(); ++i) code = code << 6 | (byte(at + i) & 0x3F);
  at = std::min(at + size, text.size());
  return code;
}

std::string file_token_bytes(std::string_view token) {
  static const std::array<int, byte_characters_end> byte_of = [] {
    std::array<int, byte_characters_end> made;
    made.fill(-1);
    for (int byte = 0; byte < 256; ++byte) made[file_byte_character(static_cast<unsigned char>(byte))] = byte;
    return made;
  }();
  std::string bytes;
  for (std::size_t at = 0; at < token.size();) {
    char32_t code = next_character(token, at);
    if (code >= byte_characters_end || byte_of[code] < 0) return {};
    bytes += static_cast<char>(byte_of[code]);
  }
  return bytes;
}

Result<void> FileBpe::Reading::all() {
  TG_TRY_VOID(check_ways());
  TG_TRY_VOID(vocabulary());
  TG_TRY_VOID(unknown());
  bytes();
  characters();
  TG_TRY_VOID(merges());
  if (flag(model_, "ignore_merges", false)) wholes();
  return {};
}

Result<void> FileBpe::Reading::check_ways() const {
  for (std::string_view name : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (!text(model_, name).empty()) return bad(fmt::format("model.{}", name), "is not known to this version");
  json::Value dropout = part(model_, "dropout");
  bool drops = dropout.is(json::Kind::number) && dropout.raw.find_first_of("123456789") != dropout.raw.npos;
  return drops ? Result<void>(bad("model.dropout", "counts would be chance")) : Result<void>();
}

Result<void> FileBpe::Reading::vocabulary() {
  json::Value vocab = part(model_, "vocab");
  if (!vocab.is(json::Kind::object)) return bad("model.vocab", "is no object");
  for (const json::Member& member : json::Members(vocab)) {
    auto id = member.value.integer();
    if (!id || *id < 0 || *id >= static_cast<std::int64_t>(none)) return bad("model.vocab", fmt::format("'{}' has no id", member.key()));
    names_.put(names_.kept(member.raw_key), static_cast<std::uint32_t>(*id));
    if (names_.size() > file_tokens_max) return bad("model.vocab", fmt::format("has more than {} tokens", file_tokens_max));
  }
  return names_.size() == 0 ? Result<void>(bad("model.vocab", "is empty")) : Result<void>();
}

Result<void> FileBpe::Reading::unknown() {
  std::string name = text(model_, "unk_token");
  to_.fuse_unknown_ = flag(model_, "fuse_unk", false);
  if (name.empty()) return {};
  auto id = names_.find(name);
  if (!id) return bad("model.unk_token", "is not in the vocabulary");
  to_.unknown_ = *id;
  return {};
}

// A character is written as bytes where each of its bytes has a token; files have all of them, or none.
void FileBpe::Reading::bytes() {
  to_.byte_ids_.fill(none);
  if (!flag(model_, "byte_fallback", false)) return;
  to_.byte_fallback_ = true;
  for (int byte = 0; byte < 256; ++byte)
    to_.byte_ids_[static_cast<std::size_t>(byte)] = names_.find_byte(static_cast<unsigned char>(byte)).value_or(none);
}

void FileBpe::Reading::characters() {
  to_.ids_.emplace_back().fill(none);
  for (const auto& [name, id] : names_.all()) {
    if (name.empty()) continue;
    if (to_.by_bytes_) {
      std::string bytes = file_token_bytes(name);
      if (bytes.size() == 1) to_.put_id(static_cast<unsigned char>(bytes[0]), id);
      continue;
    }
    std::size_t at = 0;
    char32_t code = next_character(name, at);
    if (at == name.size()) to_.put_id(code, id);
  }
}

Result<void> FileBpe::Reading::merges() {
  json::Value list = part(model_, "merges");
  if (!list.is(json::Kind::array)) return bad("model.merges", "is no array");
  std::size_t count = size_of(list);
  if (count > merges_max) return bad("model.merges", fmt::format("has more than {} pairs", merges_max));
  to_.merges_ = FileMerges(count);
  to_.neighbours_.assign((std::size_t{1} << 22) / 64, 0);
  std::uint32_t rank = 0;
  for (const json::Value& one : json::Elements(list)) {
    std::string_view left, right;
    if (one.is(json::Kind::string)) {
      std::string_view both = names_.kept(unquoted(one));
      std::size_t space = both.find(' ');
      if (space == both.npos || both.find(' ', space + 1) != both.npos) return bad(fmt::format("model.merges[{}]", rank), "is not two tokens with a space between");
      left = both.substr(0, space), right = both.substr(space + 1);
    } else {
      std::size_t at = 0;
      for (const json::Value& half : json::Elements(one))
        if (half.is(json::Kind::string)) (at++ == 0 ? left : right) = names_.kept(unquoted(half));
      if (at != 2) return bad(fmt::format("model.merges[{}]", rank), "is not two tokens");
    }
    TG_TRY_VOID(merge(left, right, rank++));
  }
  if (!cuts_) std::ranges::fill(to_.neighbours_, ~std::uint64_t{0});
  return {};
}

Result<void> FileBpe::Reading::merge(std::string_view left, std::string_view right, std::uint32_t rank) {
  joined_.assign(left).append(right);
  auto first = names_.find(left), second = names_.find(right), made = names_.find(joined_);
  if (!first || !second || !made) return bad(fmt::format("model.merges[{}]", rank), "names a token that is not in the vocabulary");
  to_.merges_.put(*first, *second, {rank, *made});
  to_.add_neighbours(joined_);
  // Tokens that stand for what is unknown lie between other characters than their names have.
  auto stands_for = [&](std::uint32_t id) { return id == to_.unknown_ || std::ranges::find(to_.byte_ids_, id) != to_.byte_ids_.end(); };
  if (to_.unknown_ == *first || to_.unknown_ == *second || (to_.byte_fallback_ && (left.starts_with("<0x") || right.starts_with("<0x")) && (stands_for(*first) || stands_for(*second))))
    cuts_ = false;
  return {};
}

void FileBpe::Reading::wholes() {
  to_.wholes_.reserve(names_.size());
  for (const auto& [name, id] : names_.all()) {
    std::string text = to_.by_bytes_ ? file_token_bytes(name) : std::string(name);
    if (!text.empty()) to_.wholes_.insert(std::move(text));
  }
}

}  // namespace tollgate
