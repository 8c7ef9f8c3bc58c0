#include "storage/sqlite/sums.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "storage/journal/rows.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_hour = 3'600'000'000'000;
constexpr std::int64_t ns_per_day = 24 * ns_per_hour;
constexpr std::int64_t days_per_week = 7;
constexpr std::int64_t monday_offset = 3;  // 1970-01-01 was a Thursday
constexpr std::string_view tag_prefix = "tags.";

enum class Meaning : std::uint8_t { word, person, tag, status };

struct Dimension {
  std::string_view column;
  Meaning meaning;
  std::string tag{};
};

Result<Dimension> dimension(std::string_view name) {
  if (name.starts_with(tag_prefix) && name.size() > tag_prefix.size())
    return Dimension{"tags", Meaning::tag, std::string(name.substr(tag_prefix.size()))};
  if (name == "user") return Dimension{"user", Meaning::person};
  if (name == "status") return Dimension{"status", Meaning::status};
  for (std::string_view word :
       {"key", "team", "feature", "route", "endpoint", "dialect", "provider", "model", "region", "error_code"})
    if (name == word) return Dimension{word, Meaning::word};
  if (name == "price" || name == "price_id") return Dimension{"price", Meaning::word};
  return fail(Fault::invalid_request, fmt::format("cannot sum by `{}`", name), "by");
}

std::string label(const Dimension& dimension, std::int64_t value, const Dictionary& names) {
  if (dimension.meaning == Meaning::word) return names.word_text(static_cast<std::uint32_t>(value));
  if (dimension.meaning == Meaning::person) return names.person_text(static_cast<std::uint64_t>(value));
  if (dimension.meaning == Meaning::status)
    return std::string(to_string(static_cast<RowStatus>(std::clamp<std::int64_t>(value, 0, 4))));
  for (const auto& [name, text] : names.tags_of(static_cast<std::uint32_t>(value)))
    if (name == dimension.tag) return text;
  return {};
}

std::int64_t bucket_width(SumBucket bucket) { return bucket == SumBucket::hour ? ns_per_hour : ns_per_day; }

// The beginning of the bucket that `unit` (hours or days since 1970) falls into.
WallTime bucket_begin(SumBucket bucket, std::int64_t unit) {
  if (bucket == SumBucket::hour) return {unit * ns_per_hour};
  if (bucket == SumBucket::week) unit -= (unit + monday_offset) % days_per_week;
  if (bucket == SumBucket::month) {
    CivilDate date = civil_from_days(unit);
    unit = days_from_civil({date.year, date.month, 1});
  }
  return {unit * ns_per_day};
}

// The columns that are summed, behind the count of rows and of refused ones.
constexpr std::string_view summed[] = {"input_tokens",          "cache_read_tokens",   "cache_write_5m_tokens",
                                       "cache_write_1h_tokens", "audio_input_tokens",  "output_tokens",
                                       "reasoning_tokens",      "audio_output_tokens", "image_count",
                                       "cost_nano_usd",         "saved_nano_usd"};
using Numbers = std::array<std::int64_t, 2 + std::size(summed)>;

void add(Sum& sum, const Numbers& n) {
  sum.requests += n[0];
  sum.refused += n[1];
  sum.usage.input += {n[2]};
  sum.usage.cache_read += {n[3]};
  sum.usage.cache_write_5m += {n[4]};
  sum.usage.cache_write_1h += {n[5]};
  sum.usage.audio_input += {n[6]};
  sum.usage.output += {n[7]};
  sum.usage.reasoning += {n[8]};
  sum.usage.audio_output += {n[9]};
  sum.usage.image_count += n[10];
  sum.cost += {n[11]};
  sum.saved += {n[12]};
}

class Summing {
 public:
  Summing(const Dictionary& names, const SumQuery& query, std::vector<Dimension> dimensions)
      : names_(names), query_(query), dimensions_(std::move(dimensions)) {}

  Result<void> add_view(Database& view, const LedgerQueries::Match& match) {
    TG_TRY(rows, view.prepare(sql(match)));
    for (;;) {
      TG_TRY(row, rows.step());
      if (!row) return {};
      std::vector<std::int64_t> group;
      for (std::size_t i = 0; i <= dimensions_.size(); ++i) group.push_back(rows.integer(static_cast<int>(i)));
      Numbers numbers;
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = rows.integer(static_cast<int>(group.size() + i));
      TG_TRY_VOID(take(group, numbers));
    }
  }

  Result<void> add_row(const RequestRecord& record) {
    auto values = values_of(record);
    std::vector<std::int64_t> group{query_.bucket == SumBucket::none ? 0 : record.at_ns / bucket_width(query_.bucket)};
    for (const auto& one : dimensions_) group.push_back(values[request_column(one.column)]);
    Numbers numbers{1, record.status == static_cast<std::uint8_t>(RowStatus::refused) ? 1 : 0};
    for (std::size_t i = 0; i < std::size(summed); ++i) numbers[i + 2] = values[request_column(summed[i])];
    return take(group, numbers);
  }

  Sums result() {
    for (auto& [place, sum] : sums_)
      sums_result_.rows.push_back({place.second, query_.bucket == SumBucket::none ? "" : rfc3339({place.first}), sum});
    return std::move(sums_result_);
  }

 private:
  std::string sql(const LedgerQueries::Match& match) const {
    std::string unit = query_.bucket == SumBucket::none ? "0" : fmt::format("at_ns / {}", bucket_width(query_.bucket));
    std::string columns = unit, groups = "1";
    for (std::size_t i = 0; i < dimensions_.size(); ++i) {
      columns += fmt::format(", {}", dimensions_[i].column);
      groups += fmt::format(", {}", i + 2);
    }
    std::string sql =
        fmt::format("SELECT {}, COUNT(*), SUM(status = {})", columns, static_cast<int>(RowStatus::refused));
    for (auto column : summed) sql += fmt::format(", SUM({})", column);
    return sql + fmt::format(" FROM requests{} GROUP BY {}", match.where(), groups);
  }

  // `group`: hours or days, then one value for each dimension.
  Result<void> take(const std::vector<std::int64_t>& group, const Numbers& numbers) {
    std::int64_t begin = query_.bucket == SumBucket::none ? 0 : bucket_begin(query_.bucket, group[0]).ns;
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < dimensions_.size(); ++i) labels.push_back(label(dimensions_[i], group[i + 1], names_));
    add(sums_[{begin, std::move(labels)}], numbers);
    add(sums_result_.total, numbers);
    if (sums_.size() > max_sum_rows)
      return fail(Fault::invalid_request, "too many sums: ask for fewer names or a shorter time", "by");
    return {};
  }

  const Dictionary& names_;
  const SumQuery& query_;
  std::vector<Dimension> dimensions_;
  std::map<std::pair<std::int64_t, std::vector<std::string>>, Sum> sums_;
  Sums sums_result_;
};

Result<Sums> sum_once(LedgerQueries& queries, const SumQuery& query, const std::vector<Dimension>& dimensions) {
  TG_TRY(moment, queries.moment());
  auto match = queries.match(query.filter);
  Summing summing(queries.names(), query, dimensions);
  if (match.nothing) return summing.result();
  if (moment.view) TG_TRY_VOID(summing.add_view(*moment.view, match));
  for (const auto& record : moment.tail.requests)
    if (match.fits(record)) TG_TRY_VOID(summing.add_row(record));
  return summing.result();
}

}  // namespace

Result<Sums> sum_rows(LedgerQueries& queries, const SumQuery& query) {
  if (query.by.size() > max_sum_dimensions) return fail(Fault::invalid_request, "too many names to sum by", "by");
  std::vector<Dimension> dimensions;
  for (const auto& name : query.by) {
    TG_TRY(found, dimension(name));
    dimensions.push_back(std::move(found));
  }
  return queries.with_or_without_view([&] { return sum_once(queries, query, dimensions); });
}

}  // namespace tollgate
