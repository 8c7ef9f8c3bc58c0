#include "app/telemetry.h"

#include <fmt/format.h>

#include <cstdio>

#include <unistd.h>

#include "app/version.h"
#include "config/fault.h"
#include "telemetry/metrics.h"
#include "telemetry/prometheus.h"

namespace tollgate {
namespace {

// Lets a class that knows nothing of the gateway read its records.
template <class Inner>
class Reads final : public RecordReader {
 public:
  template <class... Args>
  explicit Reads(Args&&... args) : inner_(std::forward<Args>(args)...) {}
  void recorded(const RequestRow& row, std::span<const AttemptRow> attempts) override { inner_.recorded(row, attempts); }
  void limit_rejected(std::string_view limit) override {
    if constexpr (requires { inner_.limit_rejected(limit); }) inner_.limit_rejected(limit);
  }
  void credential_benched(std::string_view provider, std::string_view key, std::string_view why) override {
    if constexpr (requires { inner_.credential_benched(provider, key, why); }) inner_.credential_benched(provider, key, why);
  }
  void overhead(Duration spent) override {
    if constexpr (requires { inner_.overhead(spent); }) inner_.overhead(spent);
  }

 private:
  Inner inner_;
};

// For who reads the log: what needs a hand of the operator's.
class Alarms final : public RecordReader {
 public:
  void recorded(const RequestRow&, std::span<const AttemptRow>) override {}
  void credential_benched(std::string_view provider, std::string_view key, std::string_view why) override {
    fmt::print(stderr, "tollgate: provider {}: its key {} {}; it is left alone for a while\n", provider, key,
               why == "quota" ? "has spent its quota" : "was refused");
  }
};

NameLists names_of(const Config& config) {
  NameLists lists;
  for (const auto& route : config.routes) {
    lists.routes.push_back(route.name);
    for (const auto& target : route.value.targets) lists.models.push_back(target.model);
  }
  for (const auto& provider : config.providers) lists.providers.push_back(provider.name);
  for (const auto& key : config.keys) lists.teams.push_back(key.value.key.team);
  return lists;
}

}  // namespace

Telemetry::Telemetry(const TelemetryConfig& config, WallTime started)
    : registry_(metric::gateway_families), gauges_(registry_, {version_text, commit_text, compiler_text}, started), alert_cells_(registry_.add_cells()) {
  if (config.access_log == AccessLogTo::off) return;
  int fd = config.access_log == AccessLogTo::stdout_ ? STDOUT_FILENO : STDERR_FILENO;
  access_log_.emplace(fd, Personal::left_out, registry_);
}

std::vector<std::unique_ptr<RecordReader>> Telemetry::readers() {
  MetricCells& cells = registry_.add_cells();
  std::vector<std::unique_ptr<RecordReader>> readers;
  readers.push_back(std::make_unique<Reads<RequestMetrics>>(registry_, cells, names_));
  readers.push_back(std::make_unique<Reads<KeyTotals&>>(totals_));
  readers.push_back(std::make_unique<Alarms>());
  if (access_log_) readers.push_back(std::make_unique<Reads<AccessLogLane&>>(access_log_->add_lane(cells)));
  return readers;
}

void Telemetry::know(const Config& config) { names_.replace(names_of(config)); }

void Telemetry::tell(const LimitAlert& alert) {
  const LimitState& state = alert.state;
  std::string at = fmt::format("{}", alert.mark.basis_points / percent(1).basis_points);
  alert_cells_.add(registry_.counter(metric::limit_alerts_total, {state.limit, at}));
  std::string whose;
  for (const auto& [attribute, value] : state.each) whose += fmt::format(" {}={}", attribute, config::shown(value));
  fmt::print(stderr, "tollgate: limit {}{}: {} of {} {} are used, {} % or more\n", state.limit, whose, to_text(state.measure, state.used),
             to_text(state.measure, state.amount), unit_of(state.measure), at);
}

std::string Telemetry::text(const GatewayFigures& figures) {
  gauges_.set(figures);
  std::string text;
  append_prometheus(text, registry_);
  return text;
}

}  // namespace tollgate
