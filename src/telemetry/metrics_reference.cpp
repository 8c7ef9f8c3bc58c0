#include "telemetry/metrics_reference.h"

#include "telemetry/prometheus.h"

namespace tollgate {
namespace {

constexpr std::string_view introduction =
    "# Metrics\n\n"
    "All metrics of `/metrics` on the admin port, made from the program's own description of them; do not edit.\n\n"
    "Names of routes, providers, models, teams and limits stand in labels only when the configuration knows them;\n"
    "any other is `other`, and a name that a call does not have is empty. A route that ends in `*` is one name.\n"
    "A family holds at most 2000 series; what comes later is counted as `other`. Sums over all series of requests,\n"
    "tokens and cost equal the sums of the rows since the program started.\n\n"
    "| Metric | Type | Labels | Meaning |\n"
    "|---|---|---|---|\n";

std::string quoted(std::string_view text) { return '`' + std::string(text) + '`'; }

std::string labels_text(const Family& family) {
  std::string out;
  for (std::size_t i = 0; i < family.label_count(); ++i) out += (i > 0 ? " " : "") + quoted(family.labels[i]);
  return out;
}

std::string bounds_text(const Family& family) {
  std::string out;
  for (std::int64_t bound : family.bounds) out += (out.empty() ? "" : " ") + decimal_text(bound, family.decimals);
  return out;
}

}  // namespace

std::string metrics_reference_markdown(std::span<const Family* const> families) {
  std::string out(introduction);
  for (const Family* family : families)
    out.append("| ").append(quoted(family->name)).append(" | ").append(to_string(family->type)).append(" | ")
        .append(labels_text(*family)).append(" | ").append(family->help).append(" |\n");
  out += "\n## Buckets\n\n| Histogram | Upper bounds |\n|---|---|\n";
  for (const Family* family : families)
    if (family->type == MetricType::histogram)
      out.append("| ").append(quoted(family->name)).append(" | ").append(bounds_text(*family)).append(" |\n");
  return out;
}

}  // namespace tollgate
