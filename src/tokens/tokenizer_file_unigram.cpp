#include "tokens/tokenizer_file_unigram.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "tokens/tokenizer_file_bpe_reading.h"
#include "tokens/tokenizer_file_json.h"
#include "tokens/tokenizer_file_names.h"

namespace tollgate {

using namespace tokenizer_json;

namespace {

constexpr double unknown_penalty = 10.0;  // below the lowest score
constexpr std::size_t unigram_tokens_max = 1'000'000;  // places in the trie

struct Piece {
  std::string_view text;
  double score = 0;
};

std::optional<double> number_of(const json::Value& value) {
  double number = 0;
  auto [end, error] = std::from_chars(value.raw.data(), value.raw.data() + value.raw.size(), number);
  bool good = value.is(json::Kind::number) && error == std::errc() && end == value.raw.data() + value.raw.size() && std::isfinite(number);
  return good ? std::optional(number) : std::nullopt;
}

Result<std::vector<Piece>> pieces_of(const json::Value& vocab, FileTokenNames& names) {
  std::vector<Piece> pieces;
  for (const json::Value& one : json::Elements(vocab)) {
    Piece piece;
    std::size_t at = 0;
    std::optional<double> score;
    for (const json::Value& half : json::Elements(one)) {
      if (at == 0 && half.is(json::Kind::string)) piece.text = names.kept(half.raw.substr(1, half.raw.size() - 2));
      if (at++ == 1) score = number_of(half);
    }
    if (at != 2 || !score) return bad(fmt::format("model.vocab[{}]", pieces.size()), "is not a text and a score");
    piece.score = *score;
    if (piece.text.size() > FileUnigram::token_bytes_max)
      return bad(fmt::format("model.vocab[{}]", pieces.size()), fmt::format("has more than {} bytes", FileUnigram::token_bytes_max));
    names.put(piece.text, static_cast<std::uint32_t>(pieces.size()));
    pieces.push_back(piece);
    if (pieces.size() >= unigram_tokens_max) return bad("model.vocab", fmt::format("has more than {} tokens", unigram_tokens_max));
  }
  if (pieces.empty()) return bad("model.vocab", "is empty, or no array of pairs");
  return pieces;
}

}  // namespace

Result<FileUnigram> FileUnigram::read(const json::Value& model) {
  FileUnigram made;
  FileTokenNames names;
  TG_TRY(pieces, pieces_of(part(model, "vocab"), names));
  double lowest = std::numeric_limits<double>::infinity();
  for (const Piece& piece : pieces) lowest = std::min(lowest, piece.score), made.scores_.push_back(piece.score);
  made.unknown_score_ = lowest - unknown_penalty;
  json::Value unknown = part(model, "unk_id");
  if (!unknown.is(json::Kind::null)) {
    auto id = unknown.integer();
    if (!id || *id < 0 || static_cast<std::size_t>(*id) >= pieces.size()) return bad("model.unk_id", "is not in the vocabulary");
    made.unknown_ = static_cast<std::uint32_t>(*id);
    made.unknown_text_ = pieces[made.unknown_].text;
  }
  std::vector<std::string_view> texts;
  for (const auto& [text, id] : names.all())
    if (!text.empty()) texts.push_back(text);
  std::ranges::sort(texts);
  std::vector<std::uint32_t> ids;
  std::size_t prefixes = 0;
  for (std::string_view text : texts) ids.push_back(names.find(text).value_or(0)), prefixes += text.size();
  if (texts.empty()) return bad("model.vocab", "has no token with a text");
  made.trie_.build(texts, ids);
  made.trie_bytes_ = prefixes * 8;  // at most
  made.byte_fallback_ = flag(model, "byte_fallback", false);
  for (int byte = 0; byte < 256; ++byte) made.byte_fallback_ = made.byte_fallback_ && names.find_byte(static_cast<unsigned char>(byte));
  if (made.unknown_ == Trie::no_value && !made.byte_fallback_) return bad("model.unk_id", "is missing");
  return made;
}

// The best way to each place, of the places that a token may still reach.
class FileUnigram::Path {
 public:
  struct Place {
    double score = 0;
    std::size_t unknown_from = 0;  // where the unknown characters began that end here
    std::int64_t tokens = 0;       // up to those
    bool reached = false, unknown = false;
  };

  explicit Path(std::string_view piece, const FileUnigram& model) : piece_(piece), model_(model) { at(0).reached = true; }

  Place& at(std::size_t place) { return ring_[place % ring_.size()]; }
  // Of all up to a place.
  std::int64_t tokens_to(std::size_t end) {
    const Place& place = at(end);
    if (!place.unknown) return place.tokens;
    std::string_view text = piece_.substr(place.unknown_from, end - place.unknown_from);
    bool bytes = model_.byte_fallback_ && text != model_.unknown_text_;
    return place.tokens + (bytes ? static_cast<std::int64_t>(text.size()) : 1);
  }
  void offer(std::size_t from, std::size_t to, double score, bool unknown) {
    Place& end = at(to);
    double sum = score + at(from).score;
    if (end.reached && sum <= end.score) return;
    bool goes_on = unknown && at(from).unknown;
    end = {.score = sum, .unknown_from = goes_on ? at(from).unknown_from : from, .tokens = 0, .reached = true, .unknown = unknown};
    if (unknown) end.tokens = goes_on ? at(from).tokens : tokens_to(from);
    else end.tokens = tokens_to(from) + 1;
  }
  // What lies behind may be written over.
  void leave(std::size_t place) { at(place).reached = false; }

 private:
  std::string_view piece_;
  const FileUnigram& model_;
  std::array<Place, token_bytes_max + 1> ring_{};
};

std::int64_t FileUnigram::count(std::string_view piece) const {
  Path path(piece, *this);
  for (std::size_t at = 0; at < piece.size();) {
    std::size_t next = at;
    next_character(piece, next);
    bool single = false;
    Trie::Step step{trie_.root(), Trie::no_value};
    for (std::size_t end = at + 1; end <= piece.size() && trie_.step(step.base, static_cast<unsigned char>(piece[end - 1]), step); ++end) {
      if (step.value == Trie::no_value) continue;
      path.offer(at, end, scores_[step.value], step.value == unknown_);
      single = single || end == next;
    }
    if (!single) path.offer(at, next, unknown_score_, true);
    for (; at < next; ++at) path.leave(at);
  }
  return path.tokens_to(piece.size());
}

}  // namespace tollgate
