#pragma once
// Metrics that are not counted but looked up: whoever answers a scrape collects the figures and sets them here first.
//
//   GatewayGauges gauges(registry, build, started);   // one for the program
//   gauges.set(figures);                              // before each scrape
//   append_prometheus(out, registry);
//
// It counts in cells of its own, so only one thread at a time may set.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/settings.h"
#include "base/time.h"
#include "metrics/registry.h"

namespace tollgate {

struct BuildInfo {
  std::string_view version;
  std::string_view commit;
  std::string_view compiler;
};

struct LimitUse {
  std::string_view limit;  // name in the configuration
  Percent used;            // and reserved, of the fullest counter
};

struct BreakerFigure {
  std::string_view provider, model;
  std::int64_t state = 0;  // 0 closed, 1 half open, 2 open
};

// A place that the audit log goes to.
struct ExportFigure {
  std::string_view sink;
  std::int64_t lag = 0;        // lines
  std::uint64_t failures = 0;  // since the start
};

struct AuditFigures {
  std::uint64_t events = 0;  // since the start
  std::int64_t lag = 0;      // that are not on the disk
  std::span<const ExportFigure> exports{};
};

struct GatewayFigures {
  std::int64_t in_flight = 0;
  std::int64_t upstream_connections = 0;
  std::int64_t reservations_open = 0;
  std::int64_t ledger_lag_rows = 0;
  std::int64_t config_version = 0;
  std::optional<AuditFigures> audit{};  // empty: no log is kept
  std::span<const BreakerFigure> breakers{};
  std::span<const LimitUse> limits{};  // a limit that is not among them any more is not shown
};

class GatewayGauges {
 public:
  // The registry must outlive it.
  GatewayGauges(Registry& registry, const BuildInfo& build, WallTime started);

  void set(const GatewayFigures& figures);

 private:
  void set_limits(std::span<const LimitUse> limits);
  void set_audit(const AuditFigures& audit);
  void set_own_usage();

  Registry& registry_;
  MetricCells& cells_;
  Gauge in_flight_, upstream_connections_, reservations_open_, ledger_lag_rows_, config_version_, series_;
  Counter cpu_;
  Gauge resident_, virtual_, open_fds_, max_fds_;
  std::unordered_map<std::string, Gauge> limits_;  // as many as the registry has series for them, and one
};

}  // namespace tollgate
