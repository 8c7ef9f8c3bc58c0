#pragma once
// A model of one provider: its prices over time and the bounds of what it reads and writes.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/tokens.h"
#include "pricing/price.h"

namespace tollgate {

struct PriceRow {
  Price price;
  std::string source;                         // "genai-prices 0.2.3", or "configuration"
  std::optional<WallTime> from;               // midnight in UTC; none: always
  std::optional<std::int32_t> daily_begin_s;  // a price for some hours of the day: seconds after midnight in UTC
  std::int32_t daily_end_s = 0;               // not in it; below the begin it runs over midnight

  bool holds_at(WallTime at) const;
};

struct Model {
  std::string provider;  // empty for a name of the configuration
  std::string name;
  std::vector<PriceRow> rows;     // of those that hold, the last one counts; the first always holds
  std::optional<Tokens> context;  // input and output together
  std::optional<Tokens> max_output;

  // The price of a call that was admitted at this moment.
  const Price& price_at(WallTime at) const;
  // The most that one answer may have; none when nobody says: then a call without a maximum of its own has no bound.
  std::optional<Tokens> output_bound() const { return max_output ? max_output : context; }
};

}  // namespace tollgate
