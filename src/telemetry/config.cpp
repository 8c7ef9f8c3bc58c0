#include "telemetry/config.h"

namespace tollgate {

void describe(Fields& fields, TelemetryConfig& telemetry) {
  fields.add("access_log", telemetry.access_log, "One line for each request, and where it goes.")
      .known_as({"log", "logging"});
  fields.later("otlp", "Base URL of an OpenTelemetry collector.");
  fields.later("sample", "Share of the requests that are traced.");
}

}  // namespace tollgate
