#include "pricing/terms.h"

#include <algorithm>

#include "base/text.h"

namespace tollgate {

Terms terms_of(std::span<const ModelTerms> all, std::string_view model) {
  constexpr std::int64_t million = 1'000'000;
  Terms terms;
  for (const ModelTerms& some : all) {
    bool concerned = some.models.empty() || std::any_of(some.models.begin(), some.models.end(), [&](const auto& p) { return matches(p, model); });
    if (concerned) terms.millionths = (terms.millionths * some.millionths + million / 2) / million;
  }
  return terms;
}

void write_price_id(const Price& price, Terms terms, std::string& into) {
  constexpr std::int64_t nano_per_millionth = 1'000;
  into = price.id;
  if (!terms.whole()) into += "*" + format_usd({terms.millionths * nano_per_millionth});
}

std::string price_id_of(const Price& price, Terms terms) {
  std::string id;
  write_price_id(price, terms, id);
  return id;
}

}  // namespace tollgate
