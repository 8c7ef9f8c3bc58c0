#pragma once
// All models that have a price: those that ship (data/prices/catalogue.json) and those that the configuration names
// over them.
//
// Immutable. Built when a configuration is loaded; each target keeps the pointer that it found, so nothing is looked up
// by name on the request path. A pointer is good for as long as the catalogue.
//
// A model is found by its provider's name for it, by another name the file lists, and without what marks a snapshot: a
// date at the end (gpt-4o-2024-11-20, claude-sonnet-4-20250514, …@20250514) or `-latest`. Nothing is guessed from a
// prefix: a model that merely looks like a known one is unpriced, which `pricing.unpriced` decides about.
//
// Format of the file: docs/formats/prices.md.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pricing/model.h"

namespace tollgate {

// Above so many input tokens these; what it leaves out is as below.
struct TierOverride {
  std::int64_t above = 0;
  ListedRates rates;
};

// A price of the configuration. Its `name` is a model's, a `provider/model`, or one that targets name with `price:`.
// Over a known model what it leaves out follows rates_over; naming both input and output replaces tiers and dated rows
// by one price.
struct PriceOverride {
  std::string name;
  ListedRates rates;
  std::vector<TierOverride> tiers{};                       // in place of those that there were
  std::vector<std::pair<ServiceTier, Percent>> services{};  // what a service costs, of the price
};

class Catalogue {
 public:
  // Fails when the text is not a catalogue; the detail names the model at fault.
  static Result<Catalogue> load(std::string_view json, std::span<const PriceOverride> overrides = {});
  // The one in this program.
  static std::string_view shipped();

  // The model of a target; null when it has no price. `provider` is the provider's type.
  const Model* find(std::string_view provider, std::string_view model) const;
  // What a target's `price:` names: a name of the configuration, `provider/model`, or a model of any provider, its
  // maker first.
  const Model* find_named(std::string_view name) const;

  const std::vector<Model>& models() const { return models_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Names = std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>>;

  friend class CatalogueReader;
  void add_names(std::uint32_t model, std::span<const std::string> aliases);
  Result<void> add_override(const PriceOverride& over);
  const Model* at(const Names& names, std::string_view name) const;
  const Model* find_shipped(std::string_view name) const;
  const Model* find_exactly(std::string_view provider, std::string_view model) const;

  std::vector<Model> models_;                                  // those of the file, then those of the configuration
  Names qualified_;                                            // "provider/name" -> model
  Names bare_;                                                 // "name" -> model of the first provider that has it
  Names overrides_;                                            // names of the configuration
  std::vector<std::pair<std::string, std::string>> fallback_;  // provider, and whose rows stand in
};

// The name without what marks a snapshot: a date or `-latest` at its end. The whole name when nothing does.
std::string_view without_snapshot(std::string_view name);

}  // namespace tollgate
