#pragma once
// What the gateway counts about itself and about the calls it serves. To add a metric, add a Family and a line in
// gateway_families; /metrics and docs/generated/metrics.md follow.
//
// Names of routes, providers, models and teams stand in labels only when the configuration knows them, else `other`;
// a name that a call does not have (the provider of a refused call) is empty. `status`, `kind`, `result` and `reason`
// are words of ours. Sums over all series of requests, tokens and cost equal the sums of the rows.

#include "metrics/family.h"

namespace tollgate::metric {

namespace bounds {
inline constexpr std::int64_t duration_ms[] = {5,    10,   25,    50,    100,   250,    500,    1000,   2500,
                                               5000, 10000, 20000, 30000, 60000, 120000, 300000, 600000};
inline constexpr std::int64_t first_token_ms[] = {10,  25,   50,   100,  200,  300,   400,   500,   750,
                                                  1000, 1500, 2000, 3000, 5000, 10000, 20000, 30000, 60000};
inline constexpr std::int64_t milli_per_second[] = {1000,   2000,   5000,   10000,  20000,  30000,  50000,
                                                    75000,  100000, 150000, 200000, 300000, 500000, 1000000};
inline constexpr std::int64_t overhead_ns[] = {5'000,      10'000,     20'000,      50'000,       100'000,
                                               200'000,    500'000,    1'000'000,   2'000'000,    5'000'000,
                                               10'000'000, 20'000'000, 50'000'000, 100'000'000, 1'000'000'000};
}  // namespace bounds

inline constexpr Family requests_total{
    .name = "tollgate_requests_total",
    .type = MetricType::counter,
    .help = "Requests of known keys that asked for an answer, by the status of their row.",
    .labels = {"route", "provider", "model", "team", "status"},
    .named_labels = 4};
inline constexpr Family tokens_total{
    .name = "tollgate_tokens_total",
    .type = MetricType::counter,
    .help = "Tokens of the rows; the kinds do not overlap, audio has its own.",
    .labels = {"route", "provider", "model", "team", "kind"},
    .named_labels = 4};
inline constexpr Family cost_nano_usd_total{
    .name = "tollgate_cost_nano_usd_total",
    .type = MetricType::counter,
    .help = "Cost of the rows in billionths of a US dollar.",
    .labels = {"route", "provider", "model", "team"},
    .named_labels = 4};
inline constexpr Family saved_nano_usd_total{
    .name = "tollgate_saved_nano_usd_total",
    .type = MetricType::counter,
    .help = "What caches and shared calls saved, in billionths of a US dollar."};
inline constexpr Family request_duration_seconds{
    .name = "tollgate_request_duration_seconds",
    .type = MetricType::histogram,
    .help = "From a request's first byte to its row, refused ones too.",
    .decimals = 3,
    .bounds = bounds::duration_ms};
inline constexpr Family first_token_seconds{
    .name = "tollgate_first_token_seconds",
    .type = MetricType::histogram,
    .help = "Until the first content, of requests that got some.",
    .decimals = 3,
    .bounds = bounds::first_token_ms};
inline constexpr Family output_tokens_per_second{
    .name = "tollgate_output_tokens_per_second",
    .type = MetricType::histogram,
    .help = "Speed of whole streams after their first content.",
    .decimals = 3,
    .bounds = bounds::milli_per_second};
inline constexpr Family gateway_overhead_seconds{
    .name = "tollgate_gateway_overhead_seconds",
    .type = MetricType::histogram,
    .help = "The gateway's own share of a request's time.",
    .decimals = 9,
    .bounds = bounds::overhead_ns};
inline constexpr Family attempts_total{
    .name = "tollgate_attempts_total",
    .type = MetricType::counter,
    .help = "Tries at targets; the result is ok or the class of the error.",
    .labels = {"provider", "model", "result"},
    .named_labels = 2};
inline constexpr Family fallbacks_total{
    .name = "tollgate_fallbacks_total",
    .type = MetricType::counter,
    .help = "Tries at another target after a failed one; targets read provider/model.",
    .labels = {"from", "to", "reason"},
    .named_labels = 2};
inline constexpr Family retries_total{
    .name = "tollgate_retries_total",
    .type = MetricType::counter,
    .help = "Further tries at the same target, with the same or another credential."};
inline constexpr Family breaker_state{
    .name = "tollgate_breaker_state",
    .type = MetricType::gauge,
    .help = "A target's circuit breaker: 0 closed, 1 half open, 2 open.",
    .labels = {"provider", "model"},
    .named_labels = 2};
inline constexpr Family limit_rejections_total{
    .name = "tollgate_limit_rejections_total",
    .type = MetricType::counter,
    .help = "Calls that a limit refused.",
    .labels = {"limit"},
    .named_labels = 1};
inline constexpr Family limit_alerts_total{
    .name = "tollgate_limit_alerts_total",
    .type = MetricType::counter,
    .help = "Times that a counter of a limit reached a mark of `alert_at`, in per cent of the limit.",
    .labels = {"limit", "at"},
    .named_labels = 1};
inline constexpr Family credentials_benched_total{
    .name = "tollgate_credentials_benched_total",
    .type = MetricType::counter,
    .help = "Times that a provider's credential was left alone, because it was refused or its quota was spent.",
    .labels = {"provider", "key", "why"},
    .named_labels = 3};
inline constexpr Family limit_used_ratio{
    .name = "tollgate_limit_used_ratio",
    .type = MetricType::gauge,
    .help = "Used and reserved share of a limit; of its fullest counter where it has several.",
    .labels = {"limit"},
    .named_labels = 1,
    .decimals = 4};
inline constexpr Family reservations_open{
    .name = "tollgate_reservations_open",
    .type = MetricType::gauge,
    .help = "Reservations that are not settled yet."};
inline constexpr Family ledger_rows_total{
    .name = "tollgate_ledger_rows_total",
    .type = MetricType::counter,
    .help = "Request rows written."};
inline constexpr Family ledger_lag_rows{
    .name = "tollgate_ledger_lag_rows",
    .type = MetricType::gauge,
    .help = "Rows of the journal that reports do not show yet."};
inline constexpr Family audit_events_total{
    .name = "tollgate_audit_events_total",
    .type = MetricType::counter,
    .help = "Lines written to the audit log since the start."};
inline constexpr Family audit_lag_events{
    .name = "tollgate_audit_lag_events",
    .type = MetricType::gauge,
    .help = "Events of the audit log that are not on the disk yet."};
inline constexpr Family audit_export_lag_events{
    .name = "tollgate_audit_export_lag_events",
    .type = MetricType::gauge,
    .help = "Lines of the audit log that a place outside does not have yet.",
    .labels = {"sink"}};
inline constexpr Family audit_export_failures_total{
    .name = "tollgate_audit_export_failures_total",
    .type = MetricType::counter,
    .help = "Failed tries to bring lines of the audit log to a place outside.",
    .labels = {"sink"}};
inline constexpr Family priced_model_zero_cost_total{
    .name = "tollgate_priced_model_zero_cost_total",
    .type = MetricType::counter,
    .help = "Whole answers with usage and a price that cost nothing: a price of zero, or a fault."};
inline constexpr Family in_flight{
    .name = "tollgate_in_flight",
    .type = MetricType::gauge,
    .help = "Requests under way."};
inline constexpr Family upstream_connections{
    .name = "tollgate_upstream_connections",
    .type = MetricType::gauge,
    .help = "Open connections to providers."};
inline constexpr Family access_log_dropped_total{
    .name = "tollgate_access_log_dropped_total",
    .type = MetricType::counter,
    .help = "Lines of the access log lost because its reader was too slow or gone."};
inline constexpr Family metric_series{
    .name = "tollgate_metric_series",
    .type = MetricType::gauge,
    .help = "Series of all metrics together."};
inline constexpr Family config_version{
    .name = "tollgate_config_version",
    .type = MetricType::gauge,
    .help = "Number of the configuration in force; grows with each reload."};
inline constexpr Family build_info{
    .name = "tollgate_build_info",
    .type = MetricType::gauge,
    .help = "Always 1.",
    .labels = {"version", "commit", "compiler"}};

// As other programs name them: https://prometheus.io/docs/instrumenting/writing_clientlibs, "Process metrics", read
// 2026-11-22.
inline constexpr Family cpu_seconds_total{
    .name = "process_cpu_seconds_total",
    .type = MetricType::counter,
    .help = "User and system time of the program.",
    .decimals = 6};
inline constexpr Family resident_memory_bytes{
    .name = "process_resident_memory_bytes",
    .type = MetricType::gauge,
    .help = "Memory in use."};
inline constexpr Family virtual_memory_bytes{
    .name = "process_virtual_memory_bytes",
    .type = MetricType::gauge,
    .help = "Address space in use."};
inline constexpr Family open_fds{
    .name = "process_open_fds",
    .type = MetricType::gauge,
    .help = "Open file descriptors."};
inline constexpr Family max_fds{
    .name = "process_max_fds",
    .type = MetricType::gauge,
    .help = "Most file descriptors that may be open."};
inline constexpr Family start_time_seconds{
    .name = "process_start_time_seconds",
    .type = MetricType::gauge,
    .help = "When the program started, in seconds since 1970.",
    .decimals = 3};

inline constexpr const Family* gateway_families[] = {
    &requests_total,
    &tokens_total,
    &cost_nano_usd_total,
    &saved_nano_usd_total,
    &request_duration_seconds,
    &first_token_seconds,
    &output_tokens_per_second,
    &gateway_overhead_seconds,
    &attempts_total,
    &fallbacks_total,
    &retries_total,
    &breaker_state,
    &limit_rejections_total,
    &limit_alerts_total,
    &credentials_benched_total,
    &limit_used_ratio,
    &reservations_open,
    &ledger_rows_total,
    &ledger_lag_rows,
    &audit_events_total,
    &audit_lag_events,
    &audit_export_lag_events,
    &audit_export_failures_total,
    &priced_model_zero_cost_total,
    &in_flight,
    &upstream_connections,
    &access_log_dropped_total,
    &metric_series,
    &config_version,
    &build_info,
    &cpu_seconds_total,
    &resident_memory_bytes,
    &virtual_memory_bytes,
    &open_fds,
    &max_fds,
    &start_time_seconds,
};

}  // namespace tollgate::metric
