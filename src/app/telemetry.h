#pragma once
// Everything that reads finished requests, put together: metrics, totals of keys, access log.

#include <optional>

#include "app/config.h"
#include "gateway/worker.h"
#include "limits/alerts.h"
#include "telemetry/access_log.h"
#include "telemetry/gateway_gauges.h"
#include "telemetry/key_totals.h"
#include "telemetry/request_metrics.h"

namespace tollgate {

class Telemetry {
 public:
  Telemetry(const TelemetryConfig& config, WallTime started);

  // For one worker's thread; call before the workers run.
  std::vector<std::unique_ptr<RecordReader>> readers();

  // At load and at each reload: which names may stand in labels.
  void know(const Config& config);

  // A mark of a limit was reached: a line of the log, and a count. For one thread.
  void tell(const LimitAlert& alert);

  // The Prometheus text. One thread at a time.
  std::string text(const GatewayFigures& figures);

  KeyTotals& totals() { return totals_; }

 private:
  Registry registry_;
  CurrentLabelNames names_;
  GatewayGauges gauges_;
  MetricCells& alert_cells_;
  KeyTotals totals_;
  std::optional<AccessLog> access_log_;
};

}  // namespace tollgate
