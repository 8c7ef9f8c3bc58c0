#pragma once
// What came of a call, or would have come: one side of a comparison.

#include <string>

#include "domain/record.h"

namespace tollgate {

struct Outcome {
  RowStatus status = RowStatus::refused;
  Attribution who{};
  std::string route{};       // the model name that was asked for
  std::string provider{};    // of the target that answered, or was asked last; empty: nobody was asked
  std::string model{};
  Money cost{};
  std::string error_code{};  // empty: none
  std::string limit{};       // the one that refused it, where that is known: rows do not tell it

  std::string target() const { return provider.empty() ? std::string() : provider + "/" + model; }
};

inline Outcome outcome_of(const RequestRow& row) {
  return {row.status, row.attribution, row.route, row.provider, row.model, row.cost, row.error_code, {}};
}

}  // namespace tollgate
