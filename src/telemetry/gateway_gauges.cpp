#include "telemetry/gateway_gauges.h"

#include "telemetry/metrics.h"
#include "telemetry/own_usage.h"

namespace tollgate {

GatewayGauges::GatewayGauges(Registry& registry, const BuildInfo& build, WallTime started)
    : registry_(registry),
      cells_(registry.add_cells()),
      in_flight_(registry.gauge(metric::in_flight)),
      upstream_connections_(registry.gauge(metric::upstream_connections)),
      reservations_open_(registry.gauge(metric::reservations_open)),
      ledger_lag_rows_(registry.gauge(metric::ledger_lag_rows)),
      config_version_(registry.gauge(metric::config_version)),
      series_(registry.gauge(metric::metric_series)),
      cpu_(registry.counter(metric::cpu_seconds_total)),
      resident_(registry.gauge(metric::resident_memory_bytes)),
      virtual_(registry.gauge(metric::virtual_memory_bytes)),
      open_fds_(registry.gauge(metric::open_fds)),
      max_fds_(registry.gauge(metric::max_fds)) {
  cells_.set(registry.gauge(metric::build_info, {build.version, build.commit, build.compiler}), 1);
  cells_.set(registry.gauge(metric::start_time_seconds), started.unix_ms());
}

void GatewayGauges::set(const GatewayFigures& figures) {
  cells_.set(in_flight_, figures.in_flight);
  cells_.set(upstream_connections_, figures.upstream_connections);
  cells_.set(reservations_open_, figures.reservations_open);
  cells_.set(ledger_lag_rows_, figures.ledger_lag_rows);
  cells_.set(config_version_, figures.config_version);
  for (const BreakerFigure& figure : figures.breakers) cells_.set(registry_.gauge(metric::breaker_state, {figure.provider, figure.model}), figure.state);
  if (figures.audit) set_audit(*figures.audit);
  set_limits(figures.limits);
  set_own_usage();
  cells_.set(series_, static_cast<std::int64_t>(registry_.series_count()));
}

void GatewayGauges::set_audit(const AuditFigures& audit) {
  cells_.set(registry_.counter(metric::audit_events_total), audit.events);
  cells_.set(registry_.gauge(metric::audit_lag_events), audit.lag);
  for (const ExportFigure& figure : audit.exports) {
    cells_.set(registry_.gauge(metric::audit_export_lag_events, {figure.sink}), figure.lag);
    cells_.set(registry_.counter(metric::audit_export_failures_total, {figure.sink}), figure.failures);
  }
}

// Limits beyond the family's maximum share a series that nothing could say in one number: it stays absent.
void GatewayGauges::set_limits(std::span<const LimitUse> limits) {
  for (const auto& [name, gauge] : limits_) cells_.set(gauge, MetricCells::absent);
  for (const LimitUse& use : limits) {
    auto known = limits_.find(std::string(use.limit));
    if (known == limits_.end()) {
      if (limits_.size() >= metric::limit_used_ratio.series_max) continue;
      known = limits_.emplace(use.limit, registry_.gauge(metric::limit_used_ratio, {use.limit})).first;
    }
    cells_.set(known->second, use.used.basis_points);
  }
}

void GatewayGauges::set_own_usage() {
  OwnUsage usage = own_usage();
  auto set_known = [&](Gauge gauge, std::int64_t value) { cells_.set(gauge, value < 0 ? MetricCells::absent : value); };
  if (usage.cpu_us >= 0) cells_.set(cpu_, static_cast<std::uint64_t>(usage.cpu_us));
  set_known(resident_, usage.resident_bytes);
  set_known(virtual_, usage.virtual_bytes);
  set_known(open_fds_, usage.open_fds);
  set_known(max_fds_, usage.max_fds);
}

}  // namespace tollgate
