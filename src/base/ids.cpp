#include "base/ids.h"

namespace tollgate {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::string_view prefix = "req_";

int value_of(char c) {
  auto at = alphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

void write_request_id(RequestId id, char* out) {
  prefix.copy(out, prefix.size());
  unsigned __int128 bits = (static_cast<unsigned __int128>(id.high) << 64) | id.low;
  for (int i = 25; i >= 0; --i, bits >>= 5) out[prefix.size() + static_cast<std::size_t>(i)] = alphabet[bits & 31];
}

std::string to_string(RequestId id) {
  std::string text(request_id_length, '\0');
  write_request_id(id, text.data());
  return text;
}

std::optional<RequestId> parse_request_id(std::string_view text) {
  if (text.size() != request_id_length || !text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  if (value_of(text[0]) > 7) return std::nullopt;  // 26 x 5 bits are 130
  unsigned __int128 bits = 0;
  for (char c : text) {
    int value = value_of(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 5) | static_cast<unsigned>(value);
  }
  return RequestId{static_cast<std::uint64_t>(bits >> 64), static_cast<std::uint64_t>(bits)};
}

RequestId RequestIdSource::next(WallTime now, std::uint64_t random) {
  auto ms = static_cast<std::uint64_t>(now.unix_ms());
  if (ms > last_ms_) {
    last_ms_ = ms;
    counter_ = 0;
  } else if (++counter_ == (1u << 24)) {  // the clock stood still or went back for 16 million ids: borrow a millisecond
    ++last_ms_;
    counter_ = 0;
  }
  return {(last_ms_ << 16) | writer_, (static_cast<std::uint64_t>(counter_) << 40) | (random & ((1ULL << 40) - 1))};
}

}  // namespace tollgate
