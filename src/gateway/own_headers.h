#pragma once
// The request headers that steer the gateway: ours, and other gateways' that would. A header of ours with a wrong value is a 400
// that names it. Another gateway's header can never do more than ours: one that would set host, configuration, credential,
// threshold or price is a 400 too (docs/decisions/foreign-headers.md); the rest have no effect.

#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "routing/config.h"

namespace tollgate {

struct Wishes {
  std::optional<milliseconds> timeout{};  // x-tollgate-timeout-ms
  bool strict = false;                    // x-tollgate-strict: 1
  std::string_view idempotency{};         // Idempotency-Key; a view into the head
  std::optional<ModelTier> hint{};             // x-tollgate-route-hint
  bool dry_run = false;                   // x-tollgate-dry-run: 1
  std::string_view session{};             // x-tollgate-session; a view into the head
};

// Any header; those that steer nothing are ignored.
Result<void> take_wish(std::string_view name, std::string_view value, Wishes& wishes);

}  // namespace tollgate
