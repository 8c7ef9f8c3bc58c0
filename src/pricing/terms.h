#pragma once
// What is paid of prices by contract: a discount, a surcharge, or several, one after the other.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pricing/price.h"

namespace tollgate {

// Of the prices of some models.
struct ModelTerms {
  std::vector<std::string> models;  // patterns; empty: all
  std::int64_t millionths = 0;
};

// All that concern the model, multiplied; each product is rounded half up to a millionth.
Terms terms_of(std::span<const ModelTerms> terms, std::string_view model);

// As rows name a price that is paid so: "openai/gpt-4o@2026-11-22*0.85".
std::string price_id_of(const Price& price, Terms terms);
// The same into a string that is there, which needs no memory in steady state.
void write_price_id(const Price& price, Terms terms, std::string& into);

}  // namespace tollgate
