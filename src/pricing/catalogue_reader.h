#pragma once
// Reads the catalogue's JSON (docs/formats/prices.md) into a Catalogue. Unknown fields are refused: a misspelt price
// would silently fall back to another.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "pricing/catalogue.h"

namespace tollgate {

// No price above a million dollars for a million tokens is meant.
constexpr std::int64_t dearest_rate = 1'000'000 * nano_per_usd;

class CatalogueReader {
 public:
  explicit CatalogueReader(Catalogue& into) : into_(into) {}
  Result<void> read(std::string_view text);

 private:
  Result<void> read_fallback(json::Value value);
  Result<void> read_model(json::Value value);
  void sort_by_maker();

  Catalogue& into_;
  std::vector<std::string> makers_;                // providers whose rows a bare name finds first
  std::vector<std::vector<std::string>> aliases_;  // of each model
};

}  // namespace tollgate
