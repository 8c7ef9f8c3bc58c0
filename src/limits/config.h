#pragma once
// Settings `limits:`, and the `limits` of a key: one idea for rates, quotas and budgets.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "limits/spent.h"
#include "limits/window.h"

namespace tollgate {

inline std::span<const std::string_view> setting_names(Every) {
  static constexpr std::string_view names[] = {"minute", "hour", "day", "week", "month"};
  return names;
}

// Whom a limit is for: every part that is not empty must match, by one of its patterns (a trailing `*` stands for
// anything).
struct MatchConfig {
  std::vector<std::string> key{}, team{}, user{}, feature{};
  std::vector<std::string> model{};  // the route that was asked for
  std::vector<std::string> provider{};
  Named<std::vector<std::string>> tags{};
};
void describe(Fields& fields, MatchConfig& match);

enum class OnLimit : std::uint8_t { reject, queue, downgrade, alert };
inline std::span<const std::string_view> setting_names(OnLimit) {
  static constexpr std::string_view names[] = {"reject", "queue", "downgrade", "alert"};
  return names;
}

struct LimitConfig {
  MatchConfig match{};
  std::vector<std::string> each{};  // key team user feature model provider tags.NAME: one counter for each value
  std::optional<Money> usd{};  // one of these
  std::optional<std::int64_t> tokens{}, input_tokens{}, output_tokens{}, requests{}, concurrent{};
  std::optional<Every> every{};  // this or rolling
  std::optional<Duration> rolling{};
  std::string timezone = "UTC";
  OnLimit on_limit = OnLimit::reject;
  std::optional<Duration> wait{};  // of queue
  std::string to{};                // of downgrade
  bool clamp = false;
  std::vector<Percent> alert_at{};
};
void describe(Fields& fields, LimitConfig& limit);

// Its measures that are set, with their amounts; one in a right configuration.
std::vector<std::pair<Measure, std::int64_t>> amounts_of(const LimitConfig& limit);

// Whether `each` may name it.
bool counts_by(std::string_view what);

}  // namespace tollgate
