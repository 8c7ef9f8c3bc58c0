#include "pricing/price.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace tollgate {
namespace {

using Wide = unsigned __int128;
constexpr Wide widest = ~Wide{0};
constexpr std::uint64_t million = 1'000'000;
constexpr Wide ms_per_hour = 3'600'000;

Wide positive(std::int64_t value) { return value > 0 ? static_cast<Wide>(value) : 0; }

Wide product(Wide a, Wide b) {
  Wide out = 0;
  return __builtin_mul_overflow(a, b, &out) ? widest : out;
}

// Millionths of a nano-USD; two factors below 2^63 cannot overflow.
Wide charge(Tokens tokens, std::int64_t per_million) { return positive(tokens.count) * positive(per_million); }

Wide charge_each(std::int64_t count, std::int64_t nano_usd) {
  Wide whole = positive(count) * positive(nano_usd);
  return whole > widest / million ? widest : whole * million;
}

Wide sum(std::initializer_list<Wide> terms) {
  Wide total = 0;
  for (Wide term : terms)
    if (__builtin_add_overflow(total, term, &total)) return widest;
  return total;
}

Money rounded_half_up(Wide amount, Wide unit) {
  if (amount == widest) return {INT64_MAX};
  Wide nano = amount / unit + (amount % unit >= unit - unit / 2);
  return {nano > static_cast<Wide>(INT64_MAX) ? INT64_MAX : static_cast<std::int64_t>(nano)};
}

// An amount: millionths of a nano-USD, and what audio costs by its length, in parts of a nano-USD of which an hour's milliseconds are one.
// The two together are whole in eighteen millionths.
struct Sum {
  Wide millionths = 0;
  Wide per_ms = 0;

  Money rounded(Terms terms) const {
    // Up to $18,446 the sum fits into 64 bits, and the division is far faster.
    if (auto narrow = static_cast<std::uint64_t>(millionths); per_ms == 0 && terms.whole() && narrow == millionths)
      return {static_cast<std::int64_t>(narrow / million + (narrow % million >= million / 2))};
    if (per_ms == 0 && terms.whole()) return rounded_half_up(millionths, million);
    Wide all = sum({product(millionths, 18), product(per_ms, 5)});
    return rounded_half_up(product(all, positive(terms.millionths)), Wide{18} * million * million);
  }
};
static_assert(Wide{18} * million / ms_per_hour == 5 && Wide{18} * million % ms_per_hour == 0);

// What parts of a bucket cost more than they would as the rest of it; less is more too.
Wide with_part(Tokens whole, std::int64_t rate, std::initializer_list<std::pair<Tokens, std::int64_t>> parts) {
  std::int64_t left = std::max<std::int64_t>(whole.count, 0);
  Wide total = 0;
  for (auto [part, part_rate] : parts) {
    std::int64_t taken = std::clamp<std::int64_t>(part.count, 0, left);
    left -= taken;
    total = sum({total, charge({taken}, part_rate)});
  }
  return sum({total, charge({left}, rate)});
}

Wide by_length(std::int64_t audio_ms, const Rates& rates) {
  return audio_ms <= 0 ? 0 : positive(std::max(audio_ms, rates.audio_least_ms)) * positive(rates.audio_hour);
}

Sum sum_of(const Rates& r, const Usage& usage) {
  Sum all{.millionths = sum({charge(usage.cache_write_5m, r.cache_write_5m), charge(usage.cache_write_1h, r.cache_write_1h),
                             charge(usage.audio_input, r.audio_input), charge(usage.reasoning, r.reasoning),
                             charge(usage.audio_output, r.audio_output), charge_each(usage.image_count, r.image), charge_each(1, r.request)})};
  const BilledBeside& b = usage.beside;
  if (!b.any()) {
    all.millionths = sum({all.millionths, charge(usage.input, r.input), charge(usage.cache_read, r.cached_input), charge(usage.output, r.output)});
    return all;
  }
  all.millionths = sum({all.millionths, with_part(usage.input, r.input, {{b.image_input, r.image_input}, {b.video_input, r.video_input}}),
                        with_part(usage.cache_read, r.cached_input, {{b.cached_audio, r.cached_audio}, {b.cached_image, r.cached_image}}),
                        with_part(usage.output, r.output, {{b.image_output, r.image_output}, {b.video_output, r.video_output}}),
                        charge({b.characters}, r.characters), charge_each(b.pages, r.page), charge_each(b.annotated_pages, r.annotated_page),
                        charge_each(b.web_searches, r.web_search), charge_each(b.file_searches, r.file_search)});
  all.per_ms = by_length(b.audio_ms, r);
  return all;
}

std::int64_t dearest_input(const Rates& rates, const MayUse& may) {
  std::int64_t most = rates.input;
  if (may.cache) most = std::max({most, rates.cached_input, rates.cache_write_5m});
  if (may.cache && may.audio) most = std::max({most, rates.cached_audio, rates.cached_image});
  if (may.cache_1h) most = std::max(most, rates.cache_write_1h);
  return may.audio ? std::max({most, rates.audio_input, rates.image_input, rates.video_input}) : most;
}

std::int64_t dearest_output(const Rates& rates, const MayUse& may) {
  std::int64_t most = std::max(rates.output, rates.reasoning);
  return may.audio ? std::max({most, rates.audio_output, rates.image_output, rates.video_output}) : most;
}

// The dearest of both, price by price.
Rates dearest(const Rates& a, const Rates& b) {
  Rates out = a;
  for (const RateField& field : rate_fields()) out.*field.rate = std::max(a.*field.rate, b.*field.rate);
  return out;
}

Rates at_percent(const Rates& rates, Percent share) {
  constexpr Wide whole = 10'000;
  Rates out = rates;
  for (const RateField& field : rate_fields())
    if (field.is_money)
      out.*field.rate = static_cast<std::int64_t>((positive(rates.*field.rate) * positive(share.basis_points) + whole / 2) / whole);
  return out;
}

Money worst_of(const Price& price, Tokens input_bound, Tokens output_bound, const MayUse& may, Terms terms) {
  Rates most = price.rates;
  for (const auto& tier : price.tiers)
    if (input_bound.count > tier.above) most = dearest(most, tier.rates);
  // A page is one or the other, so the dearer one is enough.
  Sum all{.millionths = sum({charge(input_bound, dearest_input(most, may)), charge(output_bound, dearest_output(most, may)),
                             charge_each(may.images, most.image), charge_each(1, most.request), charge({may.characters}, most.characters),
                             charge_each(may.pages, std::max(most.page, most.annotated_page)), charge_each(may.web_searches, most.web_search),
                             charge_each(may.file_searches, most.file_search)}),
          .per_ms = by_length(may.audio_ms, most)};
  return all.rounded(terms);
}

}  // namespace

Price at_percent(const Price& price, Percent share, std::string_view word) {
  Price out{.id = price.id + "/" + std::string(word), .rates = at_percent(price.rates, share), .tiers = {}};
  for (const Tier& tier : price.tiers) out.tiers.push_back({tier.above, at_percent(tier.rates, share)});
  return out;
}

const Rates& Price::rates_at(Tokens all_input) const {
  const Rates* found = &rates;
  for (const auto& tier : tiers)
    if (all_input.count > tier.above) found = &tier.rates;
  return *found;
}

const Price& Price::of(ServiceTier tier) const {
  for (const Price& other : services)
    if (other.service == tier) return other;
  return *this;
}

Money cost(const Price& price, const Usage& usage, Terms terms) {
  return sum_of(price.rates_at(usage.all_input()), usage).rounded(terms);
}

Money worst_case(const Price& price, Tokens input_bound, Tokens output_bound, MayUse may, Terms terms) {
  Money usual = worst_of(price, input_bound, output_bound, may, terms);
  const Price& asked = price.of(may.tier);
  return &asked == &price ? usual : std::max(usual, worst_of(asked, input_bound, output_bound, may, terms));
}

}  // namespace tollgate
