#pragma once
// RequestId: 128 bits, ordered by time. 48 bits of milliseconds, 16 of writer, 24 of counter, 40 random; so ids of one writer
// grow strictly, an index on them stays compact, and nobody can guess a neighbour's.
//
// As text: "req_" and 26 characters of Crockford's base 32, which sort like the ids themselves.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tollgate {

struct RequestId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const RequestId&, const RequestId&) = default;
  bool empty() const { return high == 0 && low == 0; }
};

constexpr std::size_t request_id_length = 30;

// Writes exactly request_id_length characters.
void write_request_id(RequestId id, char* out);
std::string to_string(RequestId id);
std::optional<RequestId> parse_request_id(std::string_view text);

// Makes ids for one writer; not shared between threads.
class RequestIdSource {
 public:
  explicit RequestIdSource(std::uint16_t writer) : writer_(writer) {}
  RequestId next(WallTime now, std::uint64_t random);

 private:
  std::uint16_t writer_;
  std::uint64_t last_ms_ = 0;
  std::uint32_t counter_ = 0;
};

}  // namespace tollgate
