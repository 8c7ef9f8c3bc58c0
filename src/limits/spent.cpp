#include "limits/spent.h"

namespace tollgate {

std::string_view to_string(Measure measure) {
  constexpr std::string_view names[] = {"usd", "tokens", "input_tokens", "output_tokens", "requests", "concurrent"};
  return names[static_cast<std::size_t>(measure)];
}

std::string_view unit_of(Measure measure) {
  constexpr std::string_view names[] = {"USD", "tokens", "input tokens", "output tokens", "requests", "calls at once"};
  return names[static_cast<std::size_t>(measure)];
}

std::string to_text(Measure measure, Quantity amount) {
  return measure == Measure::usd ? format_usd({amount.units}) : std::to_string(amount.units);
}

std::int64_t Spent::of(Measure measure) const {
  switch (measure) {
    case Measure::usd: return cost.nano_usd;
    case Measure::tokens: {
      std::int64_t sum = 0;
      return __builtin_add_overflow(input, output, &sum) ? INT64_MAX : sum;
    }
    case Measure::input_tokens: return input;
    case Measure::output_tokens: return output;
    case Measure::requests: return requests;
    case Measure::concurrent: return at_once;
  }
  return 0;
}

}  // namespace tollgate
