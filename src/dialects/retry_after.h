#pragma once
// When a provider says to come back, and whether at all.
//
// A caller collects the answer's headers with `take`, then asks. Order: milliseconds, then Retry-After as seconds or as
// a date (RFC 9110, 10.2.3), then the reset times of counters that stand at zero. A wait is a minimum; beyond `cap` it
// is told apart, for an upstream may not park our requests. Nothing here throws or fails: what cannot be read is no
// hint. Hints count on error answers only: some providers send Retry-After with every 200 (quirk 102).

#include <optional>
#include <string_view>

#include "base/time.h"

namespace tollgate {

constexpr milliseconds default_retry_cap{120'000};

struct RetryAdvice {
  std::optional<milliseconds> wait;       // empty: no usable hint, or one beyond the cap
  bool over_cap = false;                  // a wait longer than the cap was asked for: fail over or answer now
  std::optional<bool> should_retry = {};  // x-should-retry; false: never again on this credential
};

// Views of header values; the head must outlive them.
struct RetryHints {
  struct Counter {
    std::string_view remaining;
    std::string_view reset;
  };

  std::string_view retry_after;
  std::string_view retry_after_ms;
  std::string_view should_retry;
  Counter requests;
  Counter tokens;

  // Notes the header if it is a hint; the name in any case of letters.
  void take(std::string_view name, std::string_view value);
  RetryAdvice read(WallTime now, milliseconds cap = default_retry_cap) const;
};

// "8.64s", "1m30s", "2m7.93s", "250ms", "1h": the durations of OpenAI and Groq. Empty when it is none.
std::optional<milliseconds> parse_reset_time(std::string_view text);

// Any of the three forms of an HTTP date. Empty when it is none.
std::optional<WallTime> parse_http_date(std::string_view text, WallTime now);

}  // namespace tollgate
