#include "pricing/price.h"

#include <algorithm>
#include <initializer_list>

namespace tollgate {
namespace {

using Wide = unsigned __int128;
constexpr Wide widest = ~Wide{0};
constexpr std::uint64_t million = 1'000'000;

Wide positive(std::int64_t value) { return value > 0 ? static_cast<Wide>(value) : 0; }

// Millionths of a nano-USD; two factors below 2^63 cannot overflow.
Wide charge(Tokens tokens, std::int64_t per_million) { return positive(tokens.count) * positive(per_million); }

Wide charge_each(std::int64_t count, std::int64_t nano_usd) {
  Wide product = positive(count) * positive(nano_usd);
  return product > widest / million ? widest : product * million;
}

Wide sum(std::initializer_list<Wide> terms) {
  Wide total = 0;
  for (Wide term : terms)
    if (__builtin_add_overflow(total, term, &total)) return widest;
  return total;
}

Money rounded_half_up(Wide millionths) {
  // Up to $18,446 the sum fits into 64 bits, and the division is far faster.
  if (auto narrow = static_cast<std::uint64_t>(millionths); narrow == millionths)
    return {static_cast<std::int64_t>(narrow / million + (narrow % million >= million / 2))};
  Wide nano = millionths / million + (millionths % million >= million / 2);
  return {nano > static_cast<Wide>(INT64_MAX) ? INT64_MAX : static_cast<std::int64_t>(nano)};
}

std::int64_t dearest_input(const Rates& rates, const MayUse& may) {
  std::int64_t most = rates.input;
  if (may.cache) most = std::max({most, rates.cached_input, rates.cache_write_5m});
  if (may.cache_1h) most = std::max(most, rates.cache_write_1h);
  return may.audio ? std::max(most, rates.audio_input) : most;
}

std::int64_t dearest_output(const Rates& rates, const MayUse& may) {
  std::int64_t most = std::max(rates.output, rates.reasoning);
  return may.audio ? std::max(most, rates.audio_output) : most;
}

}  // namespace

Rates rates_from(const ListedRates& listed) {
  ListedRates complete = listed;
  if (!complete.input) complete.input = 0;
  if (!complete.output) complete.output = 0;
  return rates_over({}, complete);
}

Rates rates_over(const Rates& before, const ListedRates& listed) {
  auto input_side = [&](std::optional<std::int64_t> named, std::int64_t old) {
    return named.value_or(listed.input.value_or(old));
  };
  auto output_side = [&](std::optional<std::int64_t> named, std::int64_t old) {
    return named.value_or(listed.output.value_or(old));
  };
  return {.input = input_side(listed.input, before.input),
          .cached_input = input_side(listed.cached_input, before.cached_input),
          .cache_write_5m = input_side(listed.cache_write_5m, before.cache_write_5m),
          .cache_write_1h = input_side(listed.cache_write_1h, before.cache_write_1h),
          .audio_input = input_side(listed.audio_input, before.audio_input),
          .output = output_side(listed.output, before.output),
          .reasoning = output_side(listed.reasoning, before.reasoning),
          .audio_output = output_side(listed.audio_output, before.audio_output),
          .image = listed.image.value_or(before.image),
          .request = listed.request.value_or(before.request)};
}

namespace {

Rates at_percent(const Rates& rates, int percent) {
  constexpr Wide whole = 100;
  auto part = [&](std::int64_t rate) { return static_cast<std::int64_t>((positive(rate) * static_cast<Wide>(percent) + whole / 2) / whole); };
  return {.input = part(rates.input),
          .cached_input = part(rates.cached_input),
          .cache_write_5m = part(rates.cache_write_5m),
          .cache_write_1h = part(rates.cache_write_1h),
          .audio_input = part(rates.audio_input),
          .output = part(rates.output),
          .reasoning = part(rates.reasoning),
          .audio_output = part(rates.audio_output),
          .image = part(rates.image),
          .request = part(rates.request)};
}

}  // namespace

Price at_percent(const Price& price, int percent, std::string_view word) {
  Price out{.id = price.id + "/" + std::string(word), .rates = at_percent(price.rates, percent), .tiers = {}};
  for (const Tier& tier : price.tiers) out.tiers.push_back({tier.above, at_percent(tier.rates, percent)});
  return out;
}

const Rates& Price::rates_at(Tokens all_input) const {
  const Rates* found = &rates;
  for (const auto& tier : tiers)
    if (all_input.count > tier.above) found = &tier.rates;
  return *found;
}

Money cost(const Price& price, const Usage& usage) {
  const Rates& rates = price.rates_at(usage.all_input());
  return rounded_half_up(
      sum({charge(usage.input, rates.input), charge(usage.cache_read, rates.cached_input),
           charge(usage.cache_write_5m, rates.cache_write_5m), charge(usage.cache_write_1h, rates.cache_write_1h),
           charge(usage.audio_input, rates.audio_input), charge(usage.output, rates.output),
           charge(usage.reasoning, rates.reasoning), charge(usage.audio_output, rates.audio_output),
           charge_each(usage.image_count, rates.image), charge_each(1, rates.request)}));
}

Money worst_case(const Price& price, Tokens input_bound, Tokens output_bound, MayUse may) {
  std::int64_t input = dearest_input(price.rates, may), output = dearest_output(price.rates, may);
  std::int64_t image = price.rates.image, request = price.rates.request;
  for (const auto& tier : price.tiers) {
    if (input_bound.count <= tier.above) continue;
    input = std::max(input, dearest_input(tier.rates, may));
    output = std::max(output, dearest_output(tier.rates, may));
    image = std::max(image, tier.rates.image);
    request = std::max(request, tier.rates.request);
  }
  return rounded_half_up(sum({charge(input_bound, input), charge(output_bound, output), charge_each(may.images, image),
                              charge_each(1, request)}));
}

}  // namespace tollgate
