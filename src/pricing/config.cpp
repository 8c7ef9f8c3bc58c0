#include "pricing/config.h"

namespace tollgate {

void describe(Fields& fields, PriceConfig& price) {
  constexpr Money free = usd(0), most = usd(1'000'000);
  fields.add("input", price.input, "Input tokens, USD per million.")
      .range(free, most)
      .example("3.00")
      .known_as({"prompt", "input_cost_per_token", "input_price"});
  fields.add("cached_input", price.cached_input, "Input read from the provider's cache, USD per million.")
      .range(free, most)
      .otherwise("as `input`")
      .example("1.50")
      .known_as({"cache_read", "cached", "cache_read_input_token_cost"});
  fields.add("cache_write_5m", price.cache_write_5m, "Input written to its cache for five minutes, USD per million.")
      .range(free, most)
      .otherwise("as `input`")
      .example("3.75")
      .known_as({"cache_write", "cache_creation_input_token_cost"});
  fields.add("cache_write_1h", price.cache_write_1h, "Input written to its cache for an hour, USD per million.")
      .range(free, most)
      .otherwise("as `input`")
      .example("6.00");
  fields.add("audio_input", price.audio_input, "Audio input, USD per million.")
      .range(free, most)
      .otherwise("as `input`")
      .example("40.00");
  fields.add("output", price.output, "Output tokens, USD per million.")
      .range(free, most)
      .example("12.00")
      .known_as({"completion", "output_cost_per_token", "output_price"});
  fields.add("reasoning", price.reasoning, "Reasoning tokens, USD per million.")
      .range(free, most)
      .otherwise("as `output`")
      .example("12.00");
  fields.add("audio_output", price.audio_output, "Audio output, USD per million.")
      .range(free, most)
      .otherwise("as `output`")
      .example("80.00");
  fields.add("image", price.image, "An image that is made, USD each.").range(free, most).otherwise("nothing").example("0.04");
}

void describe(Fields& fields, PricingConfig& pricing) {
  fields.add("unpriced", pricing.unpriced,
             "Calls under a `usd` limit whose model has no price: refuse them, allow them with a mark in the row, or "
             "count 0.");
}

void describe(Fields& fields, BillingConfig& billing) {
  fields.add("lost", billing.lost,
             "What an answer costs that was lost after the request was sent: its input, or nothing.");
}

}  // namespace tollgate
