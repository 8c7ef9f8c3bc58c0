#include "tokens/slices.h"

#include <array>

#include "tokens/merging.h"

namespace tollgate {
namespace {

constexpr std::size_t window = 8192;
// Steps that take as long as counting a slice of prose: some 50 ns each.
constexpr std::int64_t steps_per_slice = 8192;

}  // namespace

struct Slices::Long {
  std::array<std::uint32_t, window> ids;
  std::array<std::uint64_t, window / 64> open;
  std::string_view piece;
  Merging merging;

  Long(const Vocabulary& vocabulary, std::string_view text) : piece(text), merging(vocabulary, text, ids, open) {}
};

Slices::Slices(const Encoding& encoding, std::string_view text, TextForm form) : encoding_(encoding), rest_(text), form_(form) {}
Slices::~Slices() = default;

void Slices::next() {
  if (long_ != nullptr) return next_of_long();
  if (!stretch_.empty()) return next_pieces();
  std::string_view slice = rest_.substr(0, cut_of(rest_, form_, slice_bytes));
  rest_.remove_prefix(slice.size());
  if (slice.size() > 2 * slice_bytes) return begin_stretch(slice);
  tokens_ += form_ == TextForm::json ? encoding_.count_json(slice) : encoding_.count(slice);
}

void Slices::begin_stretch(std::string_view slice) {
  stretch_ = slice;
  if (form_ == TextForm::json && slice.find('\\') != slice.npos) {
    std::string plain(slice.size(), '\0');
    plain.resize(unescape(slice, plain.data()));
    written_ = std::move(plain);
    stretch_ = written_;
  }
  if (is_utf8(stretch_)) return;
  std::string repaired(3 * stretch_.size(), '\0');
  repaired.resize(repair(stretch_, repaired.data()));
  written_ = std::move(repaired);
  stretch_ = written_;
}

void Slices::next_pieces() {
  for (std::size_t counted = 0; counted < slice_bytes && !stretch_.empty();) {
    std::string_view piece = stretch_.substr(0, encoding_.piece_size(stretch_));
    stretch_.remove_prefix(piece.size());
    if (piece.size() > slice_bytes) {
      long_ = std::make_unique<Long>(encoding_.vocabulary(), piece);
      return;
    }
    tokens_ += merged_count(encoding_.vocabulary(), piece);
    counted += piece.size();
  }
}

void Slices::next_of_long() {
  Merging& merging = long_->merging;
  merging.run(steps_per_slice);
  if (!merging.ended()) return;
  tokens_ += merging.stuck() ? static_cast<std::int64_t>(merged(encoding_.vocabulary(), long_->piece).size()) : merging.count();
  long_.reset();
}

}  // namespace tollgate
