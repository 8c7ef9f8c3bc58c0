#pragma once
// Settings `telemetry:`.

#include "base/describe.h"

namespace tollgate {

enum class AccessLogTo : std::uint8_t { off, stdout_, stderr_ };
inline std::span<const std::string_view> setting_names(AccessLogTo) {
  static constexpr std::string_view names[] = {"off", "stdout", "stderr"};
  return names;
}

struct TelemetryConfig {
  AccessLogTo access_log = AccessLogTo::off;
};
void describe(Fields& fields, TelemetryConfig& telemetry);

}  // namespace tollgate
