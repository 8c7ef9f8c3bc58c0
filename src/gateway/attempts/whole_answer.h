#pragma once
// An answer that came in one piece: what it used, and what the client gets of it.

#include "gateway/exchange.h"

namespace tollgate {

// As it came: the body, and what its head tells of the usage where bodies tell nothing.
struct AnswerBytes {
  std::string_view body;
  std::optional<Usage> in_head{};
};

struct WholeAnswer {
  std::string_view body;  // in the provider's bytes, or in the exchange
  std::optional<Usage> usage{};
  std::int64_t text_bytes = 0;
  std::int64_t reasoning_bytes = 0;
};

// Errors: upstream_protocol, or the error that an answer of status 200 holds.
Result<WholeAnswer> read_whole(Exchange& exchange, Try& one, const AnswerBytes& bytes, std::int64_t now);

}  // namespace tollgate
