#include "pricing/model.h"

#include <cassert>

namespace tollgate {

bool PriceRow::holds_at(WallTime at) const {
  if (from && at < *from) return false;
  if (!daily_begin_s) return true;
  constexpr std::int64_t seconds_per_day = 86'400;
  std::int64_t second = ((at.unix_seconds() % seconds_per_day) + seconds_per_day) % seconds_per_day;
  if (*daily_begin_s <= daily_end_s) return *daily_begin_s <= second && second < daily_end_s;
  return second >= *daily_begin_s || second < daily_end_s;
}

const Price& Model::price_at(WallTime at) const {
  assert(!rows.empty());
  for (std::size_t i = rows.size(); i-- > 1;)
    if (rows[i].holds_at(at)) return rows[i].price;
  return rows[0].price;
}

}  // namespace tollgate
