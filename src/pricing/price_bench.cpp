// CPU time of cost() and worst_case() with a price that has a tier, and of reading the catalogue that ships.
#include <fmt/format.h>

#include <ctime>

#include "pricing/catalogue.h"

using namespace tollgate;

namespace {

template <class F>
void measure(const char* what, int rounds, F run) {
  std::clock_t begin = std::clock();
  std::int64_t sum = 0;
  for (int i = 0; i < rounds; ++i) sum += run(i);
  double spent_ns = 1e9 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  fmt::print("{}: {:.1f} ns ({})\n", what, spent_ns / rounds, sum);
}

}  // namespace

int main() {
  measure("catalogue", 20,
          [](int) { return static_cast<std::int64_t>(Catalogue::load(Catalogue::shipped())->models().size()); });
  auto catalogue = Catalogue::load(Catalogue::shipped());
  const Price& price = catalogue->find("anthropic", "claude-sonnet-4-5")->price_at({1'795'000'000'000'000'000});
  measure("cost", 20'000'000, [&](int i) {
    Usage usage;
    usage.input = {i % 4096};
    usage.cache_read = {i % 8192};
    usage.output = {i % 512};
    return cost(price, usage).nano_usd;
  });
  measure("worst_case", 20'000'000, [&](int i) { return worst_case(price, {i % 4096}, {4096}).nano_usd; });
}
