#include "dialects/ndjson.h"

#include <utility>

#include "base/text.h"

namespace tollgate {

void NdjsonFramer::feed(std::string_view bytes) { input_ = bytes; }

bool NdjsonFramer::give(Frame& out, std::string_view line) {
  std::string_view data = line;
  while (data.ends_with('\n') || data.ends_with('\r')) data.remove_suffix(1);
  data = trimmed(data);
  if (data.empty()) return false;
  out = {};
  out.data = data;
  out.block = line;
  out.has_data = true;
  return true;
}

bool NdjsonFramer::next(Frame& out) {
  if (std::exchange(given_, false)) buffer_.clear();
  while (!too_large_ && !input_.empty()) {
    std::size_t end = input_.find('\n');
    std::string_view piece = input_.substr(0, end == std::string_view::npos ? end : end + 1);
    if (buffer_.size() + piece.size() > max_line_bytes_) {
      too_large_ = true;
      return false;
    }
    input_.remove_prefix(piece.size());
    bool whole = piece.ends_with('\n');
    if (whole && buffer_.empty()) {
      if (give(out, piece)) return true;
      continue;
    }
    buffer_ += piece;
    if (!whole) return false;
    given_ = give(out, buffer_);
    if (given_) return true;
    buffer_.clear();
  }
  if (too_large_ || !finished_ || buffer_.empty()) return false;
  given_ = give(out, buffer_);
  if (!given_) buffer_.clear();
  return given_;
}

std::optional<Error> NdjsonFramer::failure() const {
  if (!too_large_) return std::nullopt;
  return Error{.fault = Fault::upstream_protocol, .retry = Retry::next_target, .detail = "a line of the provider's stream is too large"};
}

}  // namespace tollgate
