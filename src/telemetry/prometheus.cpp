#include "telemetry/prometheus.h"

#include <charconv>

namespace tollgate {
namespace {

using Series = Registry::Series;

constexpr std::size_t longest_number = 24;  // characters of any 64-bit integer

void append_number(std::string& out, std::uint64_t number) {
  char digits[longest_number];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_decimal(std::string& out, std::uint64_t number, int decimals) {
  std::uint64_t unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  append_number(out, number / unit);
  std::uint64_t rest = number % unit;
  if (rest != 0) out += '.';
  for (; rest != 0; rest %= unit) {
    unit /= 10;
    out += static_cast<char>('0' + rest / unit);
  }
}

void append_signed(std::string& out, std::int64_t number, int decimals) {
  auto size = static_cast<std::uint64_t>(number);
  if (number < 0) out += '-', size = 0 - size;
  append_decimal(out, size, decimals);
}

// Back slash and line end everywhere, the quote in label values.
void append_escaped(std::string& out, std::string_view text, std::string_view special) {
  for (;;) {
    std::size_t at = text.find_first_of(special);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return;
    out += '\\';
    out += text[at] == '\n' ? 'n' : text[at];
    text.remove_prefix(at + 1);
  }
}

void append_head(std::string& out, const Family& family) {
  out.append("# HELP ").append(family.name).append(" ");
  append_escaped(out, family.help, "\\\n");
  out.append("\n# TYPE ").append(family.name).append(" ").append(to_string(family.type)).append("\n");
}

// `route="a",status="ok"`
void append_labels(std::string& out, const Family& family, const Series& series) {
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    if (i > 0) out += ',';
    out.append(family.labels[i]).append("=\"");
    append_escaped(out, series.values[i], "\\\"\n");
    out += '"';
  }
}

// Name and labels of one line, up to the number.
void append_start(std::string& out, const Family& family, const Series& series) {
  out += family.name;
  if (!series.values.empty()) {
    out += '{';
    append_labels(out, family, series);
    out += '}';
  }
  out += ' ';
}

void append_counter(std::string& out, const Registry& registry, const Family& family, const Series& series) {
  append_start(out, family, series);
  append_decimal(out, registry.sum(series.cell), family.decimals);
  out += '\n';
}

void append_gauge(std::string& out, const Registry& registry, const Family& family, const Series& series) {
  auto value = registry.gauge_sum(series.cell);
  if (!value) return;
  append_start(out, family, series);
  append_signed(out, *value, family.decimals);
  out += '\n';
}

// `name_bucket{labels,le="` as often as there are buckets, then sum and count.
void append_histogram(std::string& out, const Registry& registry, const Family& family, const Series& series) {
  std::string labels;
  append_labels(labels, family, series);
  std::string braced = labels.empty() ? " " : '{' + labels + "} ";
  if (!labels.empty()) labels += ',';

  std::uint64_t count = 0;
  std::size_t bounds = family.bounds.size();
  for (std::size_t i = 0; i <= bounds; ++i) {
    count += registry.sum(series.cell + static_cast<Cell>(i));
    out.append(family.name).append("_bucket{").append(labels).append("le=\"");
    if (i < bounds)
      append_signed(out, family.bounds[i], family.decimals);
    else
      out += "+Inf";
    out += "\"} ";
    append_number(out, count);
    out += '\n';
  }
  out.append(family.name).append("_sum").append(braced);
  append_decimal(out, registry.sum(series.cell + static_cast<Cell>(bounds + 1)), family.decimals);
  out.append("\n").append(family.name).append("_count").append(braced);
  append_number(out, count);
  out += '\n';
}

void append_series(std::string& out, const Registry& registry, const Family& family, const Series& series) {
  switch (family.type) {
    case MetricType::counter: return append_counter(out, registry, family, series);
    case MetricType::gauge: return append_gauge(out, registry, family, series);
    case MetricType::histogram: return append_histogram(out, registry, family, series);
  }
}

}  // namespace

void append_prometheus(std::string& out, const Registry& registry) {
  for (const auto& [family, series] : registry.series()) {
    append_head(out, *family);
    for (const Series* one : series) append_series(out, registry, *family, *one);
  }
}

std::string decimal_text(std::int64_t number, int decimals) {
  std::string out;
  append_signed(out, number, decimals);
  return out;
}

}  // namespace tollgate
