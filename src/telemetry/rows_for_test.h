#pragma once
// Random rows for the tests of telemetry: names of a small configuration, now and then unknown ones, tokens and costs
// of all sizes. The same seed gives the same rows.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "domain/record.h"
#include "telemetry/label_names.h"

namespace tollgate {

inline NameLists names_for_test() {
  return {.routes = {"gpt-4o", "claude-*", "smart"},
          .providers = {"openai", "azure-eu", "anthropic"},
          .models = {"gpt-4o", "gpt-4o-mini", "claude-sonnet-4"},
          .teams = {"search", "support"}};
}

class RandomRows {
 public:
  explicit RandomRows(std::uint64_t seed) : random_(seed) {}

  RequestRow next() {
    RequestRow row;
    row.key = "key-" + std::to_string(below(5));
    row.attribution.team = one_of({"search", "support", "", unknown()});
    row.attribution.user = unknown();
    row.route = one_of({"gpt-4o", "claude-3", "claude-4", "smart", unknown()});
    row.endpoint = "/v1/" + unknown();
    row.provider = one_of({"openai", "azure-eu", "anthropic", "", unknown()});
    row.model = one_of({"gpt-4o", "gpt-4o-mini", "claude-sonnet-4", "", unknown()});
    row.status = static_cast<RowStatus>(below(5));
    row.stream = below(2) == 0;
    row.usage = usage();
    row.cost = {static_cast<std::int64_t>(below(3) * below(5'000'000))};
    row.saved = {static_cast<std::int64_t>(below(1000))};
    row.first_token_ms = static_cast<std::int64_t>(below(3000)) - 1;
    row.duration_ms = row.first_token_ms + static_cast<std::int64_t>(below(20'000));
    return row;
  }

  std::vector<AttemptRow> attempts() {
    std::vector<AttemptRow> rows(below(4));
    for (AttemptRow& row : rows) {
      row.provider = one_of({"openai", "azure-eu", unknown()});
      row.model = one_of({"gpt-4o", unknown()});
      row.error_class = one_of({"", "upstream_timeout", "upstream_overloaded", unknown()});
    }
    return rows;
  }

  std::string unknown() { return "x" + std::to_string(random_()); }
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

 private:
  std::string one_of(std::vector<std::string> choices) { return std::move(choices[below(choices.size())]); }
  Tokens tokens() { return {static_cast<std::int64_t>(below(2) * below(100'000))}; }
  Usage usage() {
    Usage usage{tokens(), tokens(), tokens(), tokens(), tokens(), tokens(), tokens(), tokens()};
    return usage;
  }

  std::mt19937_64 random_;
};

}  // namespace tollgate
