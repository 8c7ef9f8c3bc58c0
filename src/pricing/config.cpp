#include "pricing/config.h"

namespace tollgate {
namespace {

constexpr Money free_of_charge = usd(0), most = usd(1'000'000);
constexpr Percent no_share = percent(0), most_share = percent(10'000);
constexpr std::int64_t most_tokens = 1'000'000'000;
constexpr std::size_t most_patterns = 256, most_tiers = 8;

Field& add_price(Fields& fields, std::string_view name, std::optional<Money>& price, std::string_view help) {
  return fields.add(name, price, help).range(free_of_charge, most);
}

// The prices of tokens, which tiers have too.
template <class Prices>
void add_token_prices(Fields& fields, Prices& price) {
  add_price(fields, "input", price.input, "Input tokens, USD per million.")
      .example("3.00")
      .known_as({"prompt", "input_cost_per_token", "input_price"});
  add_price(fields, "cached_input", price.cached_input, "Input read from the provider's cache, USD per million.")
      .otherwise("as `input`")
      .example("1.50")
      .known_as({"cache_read", "cached", "cache_read_input_token_cost"});
  add_price(fields, "cache_write_5m", price.cache_write_5m, "Input written to its cache for five minutes, USD per million.")
      .otherwise("as `input`")
      .example("3.75")
      .known_as({"cache_write", "cache_creation_input_token_cost"});
  add_price(fields, "cache_write_1h", price.cache_write_1h, "Input written to its cache for an hour, USD per million.")
      .otherwise("as `input`")
      .example("6.00");
  add_price(fields, "audio_input", price.audio_input, "Audio input, USD per million.").otherwise("as `input`").example("40.00");
  add_price(fields, "output", price.output, "Output tokens, USD per million.")
      .example("12.00")
      .known_as({"completion", "output_cost_per_token", "output_price"});
  add_price(fields, "reasoning", price.reasoning, "Reasoning tokens, USD per million.").otherwise("as `output`").example("12.00");
  add_price(fields, "audio_output", price.audio_output, "Audio output, USD per million.").otherwise("as `output`").example("80.00");
}

Field& add_share(Fields& fields, std::string_view name, std::optional<Percent>& share, std::string_view help) {
  return fields.add(name, share, help).range(no_share, most_share);
}

}  // namespace

void describe(Fields& fields, PriceTierConfig& tier) {
  fields.add("above", tier.above, "With more input tokens than this the whole call has these prices.").required().range(0, most_tokens).example("200000");
  add_token_prices(fields, tier);
}

void describe(Fields& fields, PriceConfig& price) {
  add_token_prices(fields, price);
  add_price(fields, "image_input", price.image_input, "Tokens of pictures that are read, USD per million.").otherwise("as `input`").example("5.00");
  add_price(fields, "image_output", price.image_output, "Tokens of pictures that are made, USD per million.").otherwise("as `output`").example("30.00");
  add_price(fields, "image", price.image, "An image that is made, USD each.").otherwise("nothing").example("0.04");
  add_price(fields, "request", price.request, "Each call, USD.").otherwise("nothing").example("0.005");
  add_price(fields, "characters", price.characters, "Characters of a text that is spoken, USD per million.")
      .otherwise("nothing")
      .example("15.00")
      .known_as({"input_cost_per_character"});
  add_price(fields, "audio_hour", price.audio_hour, "Audio that is billed by its length, USD for an hour; a second is a part of 3,600.")
      .otherwise("nothing")
      .example("0.36")
      .known_as({"input_cost_per_second", "audio_second", "audio_minute"});
  add_price(fields, "page", price.page, "A page that is read, USD each.").otherwise("nothing").example("0.002").known_as({"ocr_cost_per_page"});
  add_price(fields, "annotated_page", price.annotated_page, "A page that is read and annotated, USD each.").otherwise("nothing").example("0.003");
  add_price(fields, "web_search", price.web_search, "A search of the web by the provider, USD each.").otherwise("nothing").example("0.01");
  add_price(fields, "file_search", price.file_search, "A search of files by the provider, USD each.").otherwise("nothing").example("0.0025");
  fields.add("tiers", price.tiers, "Prices of calls with long input, by `above`, growing.")
      .at_most(most_tiers)
      .example("[ { above: 200000, input: 6.00, output: 18.00 } ]")
      .known_as({"long_context"});
  add_share(fields, "batch", price.batch, "What a call of a batch costs, of the price.").otherwise("as the provider's list says").example("50%");
  add_share(fields, "flex", price.flex, "What a call costs that was served as `flex`, of the price.").otherwise("as the provider's list says").example("50%");
  add_share(fields, "priority", price.priority, "What a call costs that was served as `priority`, of the price.")
      .otherwise("as the provider's list says")
      .example("200%");
}

void describe(Fields& fields, TermsConfig& terms) {
  fields.add("provider", terms.provider, "Providers, by their names here.").not_empty().at_most(most_patterns).example("openai");
  fields.add("model", terms.model, "Models, by the provider's own names; a trailing `*` stands for anything.")
      .not_empty()
      .at_most(most_patterns)
      .example("\"gpt-*\"")
      .known_as({"models"});
  fields.add("region", terms.region, "Regions of providers.").not_empty().at_most(most_patterns).example("us").known_as({"regions"});
  fields.add("discount", terms.discount, "What is taken off the price.").range(no_share, percent(100)).example("15%");
  fields.add("surcharge", terms.surcharge, "What is added to it.").range(no_share, most_share).alternative().example("10%").known_as({"markup", "uplift", "margin"});
}

void describe(Fields& fields, PricingConfig& pricing) {
  fields.add("terms", pricing.terms, "Discounts and surcharges; of a target that several concern, one after the other.")
      .entry("contract")
      .at_most(1000)
      .known_as({"discounts", "margins"});
  fields.add("unpriced", pricing.unpriced,
             "Calls under a `usd` limit whose model has no price: refuse them, allow them with a mark in the row, or "
             "count 0.");
}

void describe(Fields& fields, BillingConfig& billing) {
  fields.add("lost", billing.lost,
             "What an answer costs that was lost after the request was sent: its input, or nothing.");
}

}  // namespace tollgate
