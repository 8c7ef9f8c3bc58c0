#pragma once
// What a call of the past should have cost under other prices: the rule of charging (gateway/settlement.h) once more, over
// the tokens that its attempts used.
//
// A price's id stands for its numbers for ever, so an attempt whose price is still the same keeps its cost to the unit;
// so does one that nobody knows a price for. What a tenant was not charged for lost answers stays free.

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "domain/ledger_row.h"

namespace tollgate {

struct PricedUsage {
  Money cost;
  std::string price_id;
};

// What was used, of whom; `price_id` is the price that it had, empty when it had none.
struct UsedModel {
  const LedgerRow& row;
  std::string_view provider, model, price_id;
  const Usage& usage;
};
// Empty: there is no price for it.
using Pricer = std::function<std::optional<PricedUsage>(const UsedModel& used)>;

enum class LostCharge : std::uint8_t { input, none };  // of calls that had no price then

struct Repriced {
  Money cost;            // what the call should have cost
  std::string price_id;  // of the answer
  bool unpriced = false;  // a part of it has no price: the cost is what it was
};

// `attempts` are all of the row's, shadows included. A correction is not repriced. REQUIRES: row.origin is another.
Repriced reprice(const LedgerRow& row, std::span<const AttemptRow> attempts, LostCharge lost, const Pricer& price);

}  // namespace tollgate
