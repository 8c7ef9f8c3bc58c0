#pragma once
// Settings `routes:`: what a model name stands for.

#include <string>
#include <vector>

#include "base/describe.h"

namespace tollgate {

struct TargetConfig {
  std::string provider{};
  std::string model{};  // the provider's own name for it; it may be unknown to the catalogue
  std::string price{};  // name of a price; empty: the model's own
};
void describe(Fields& fields, TargetConfig& target);

enum class Strategy : std::uint8_t { ordered, weighted, least_latency, least_busy, cheapest, difficulty };
inline std::span<const std::string_view> setting_names(Strategy) {
  static constexpr std::string_view names[] = {"ordered",    "weighted", "least_latency",
                                               "least_busy", "cheapest", "difficulty"};
  return names;
}

// What sends a call to the next target or route.
enum class FallbackCause : std::uint8_t {
  rate_limited,
  overloaded,
  timeout,
  unreachable,
  upstream_error,
  context_length,
  content_filter,
};
inline std::span<const std::string_view> setting_names(FallbackCause) {
  static constexpr std::string_view names[] = {"rate_limited",   "overloaded",     "timeout",       "unreachable",
                                               "upstream_error", "context_length", "content_filter"};
  return names;
}

struct RetryConfig {
  int attempts = 2;  // further ones after the first
  Duration backoff = milliseconds(200);
  Duration max_backoff = seconds(5);
};
void describe(Fields& fields, RetryConfig& retry);

// Of the whole request, all attempts together.
struct RequestTimeouts {
  Duration total = seconds(600);
};
void describe(Fields& fields, RequestTimeouts& timeouts);

struct RouteConfig {
  Strategy strategy = Strategy::ordered;
  std::vector<TargetConfig> targets{};
  std::vector<std::string> fallback{};
  std::vector<FallbackCause> fallback_on{FallbackCause::rate_limited,   FallbackCause::overloaded,
                                         FallbackCause::timeout,        FallbackCause::unreachable,
                                         FallbackCause::upstream_error, FallbackCause::context_length};
  RetryConfig retry{};
  RequestTimeouts timeouts{};
};
void describe(Fields& fields, RouteConfig& route);

}  // namespace tollgate
