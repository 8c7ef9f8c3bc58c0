#pragma once
// A question for the cost of a usage, as text, and its answer.
//
//   {"model": "gpt-4o", "input_tokens": 812, "output_tokens": 1024}  ->  {"cost_nano_usd": …, "cost_usd": "…", "price_id": "…"}
//
//   model, provider      as the asker calls them
//   at                   the moment of the call, RFC 3339
//   service_tier         flex, priority, fast, batch
//   input_tokens …       the buckets of a row, and what is billed beside them (docs/prices.md)

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "pricing/model.h"

namespace tollgate {

struct PriceQuestion {
  std::string model{}, provider{};  // an empty provider: the model's maker
  WallTime at{};
  Usage usage{};
};

// `now` stands for a moment that is not said. Errors: invalid_request with the member at fault.
Result<PriceQuestion> read_price_question(std::string_view text, WallTime now);

// Without a line end.
std::string price_answer(const Model& model, const PriceQuestion& question, Terms terms);

}  // namespace tollgate
