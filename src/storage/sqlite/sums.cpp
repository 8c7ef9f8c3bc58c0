#include "storage/sqlite/sums.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "limits/window.h"
#include "storage/sqlite/grouped_sums.h"
#include "storage/sqlite/rollup_plan.h"
#include "storage/sqlite/rollups.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

// The calendar of a question.
class Buckets {
 public:
  Buckets(SumBucket bucket, std::shared_ptr<const Zone> zone) : zone_(std::move(zone)) {
    if (zone_ == nullptr) zone_ = std::make_shared<const Zone>(Zone::utc());
    constexpr Every every[] = {Every::ever, Every::hour, Every::day, Every::week, Every::month};
    if (bucket != SumBucket::none) window_ = Window::calendar(every[static_cast<std::size_t>(bucket)], zone_);
  }

  Period around(std::int64_t at_ns) const {
    return window_ ? window_->period_at({at_ns}) : Period{0, {INT64_MIN}, {INT64_MAX}};
  }
  // A bucket's `begin` as the clock shows it.
  std::string label(std::int64_t begin_ns) const {
    return window_ ? rfc3339({begin_ns}, zone_->offset_at(WallTime{begin_ns}.unix_seconds())) : std::string();
  }
  std::int64_t of(std::int64_t at_ns) const { return window_ ? around(at_ns).begin.ns : 0; }

 private:
  std::shared_ptr<const Zone> zone_;
  std::optional<Window> window_;
};

class Summing {
 public:
  Summing(const SumQuery& query, const LedgerQueries::Match& match, std::vector<SumDimension> dimensions)
      : query_(query), match_(match), buckets_(query.bucket, query.zone), groups_(std::move(dimensions)) {}

  Result<void> add_view(Database& view) {
    TG_TRY(oldest, one_time(view, "ASC"));
    TG_TRY(newest, one_time(view, "DESC"));
    if (!oldest || !newest) return {};
    TG_TRY(mark, rollups_mark(view));
    if (mark) mark_ = *mark;
    auto tables = mark ? tables_for(needs_persons()) : std::span<const RollupTable* const>();
    auto stretch = stretch_of(query_.filter.from, query_.filter.to, *oldest, *newest);
    std::size_t count = 0;
    for (WallTime at = stretch.begin; at < stretch.end;) {
      Period bucket = buckets_.around(at.ns);
      WallTime end = std::min(bucket.end, stretch.end);
      TG_TRY_VOID(add_stretch(view, tables, buckets_.of(at.ns), at, end));
      at = end;
      if (++count > max_sum_buckets)
        return fail(Fault::invalid_request, "too many buckets: ask for a shorter time or longer buckets", "bucket");
    }
    return mark ? add_newer(view, stretch.begin, stretch.end) : Result<void>{};
  }

  Result<void> add_row(const RequestRecord& record) {
    RollupNames names = names_of(record);
    GroupedSums::Values values{};
    const auto& dimensions = groups_.dimensions();
    for (std::size_t i = 0; i < dimensions.size(); ++i) values[i] = names[dimensions[i].place];
    return groups_.add(buckets_.of(record.at_ns), values, numbers_of(record));
  }

  Sums result(const Dictionary& names) const {
    return groups_.result(names, [&](std::int64_t begin) { return buckets_.label(begin); });
  }

 private:
  NeedsPersons needs_persons() const {
    bool needed = !match_.users.empty() || std::ranges::any_of(groups_.dimensions(), &SumDimension::personal);
    return needed ? NeedsPersons::yes : NeedsPersons::no;
  }

  // The first or last time at which a row of the view was admitted.
  static Result<std::optional<WallTime>> one_time(Database& view, std::string_view order) {
    TG_TRY(rows, view.prepare(fmt::format("SELECT at_ns FROM requests ORDER BY at_ns {} LIMIT 1", order)));
    TG_TRY(row, rows.step());
    return row ? std::optional(WallTime{rows.integer(0)}) : std::nullopt;
  }

  Result<void> add_stretch(Database& view, std::span<const RollupTable* const> tables, std::int64_t bucket,
                           WallTime begin, WallTime end) {
    TG_TRY_VOID(view.in_time());
    pieces_.clear();
    append_pieces(tables, begin, end, pieces_);
    for (const auto& piece : pieces_) TG_TRY_VOID(add_piece(view, piece, bucket));
    return {};
  }

  Result<void> add_piece(Database& view, const RollupPiece& piece, std::int64_t bucket) {
    auto& asked = statements_[piece.table];
    if (!asked) {
      TG_TRY(made, view.prepare(sql(piece.table)));
      asked = std::move(made);
    }
    const std::int64_t stretch[] = {piece.begin, piece.end, mark_.high, mark_.low};
    asked->bind(std::span(stretch).first(piece.table == nullptr ? 4 : 2));
    for (;;) {
      TG_TRY(row, asked->step());
      if (!row) return {};
      TG_TRY_VOID(add_line(*asked, bucket));
    }
  }

  Result<bool> is_mark_far(Database& view) const {
    TG_TRY(rows, view.prepare(fmt::format("SELECT 1 FROM requests WHERE (id_high, id_low) > (?1, ?2) LIMIT 1 OFFSET {}", far_mark)));
    const std::int64_t mark[] = {mark_.high, mark_.low};
    rows.bind(mark);
    return rows.step();
  }

  // The rows that the roll-ups do not have yet.
  Result<void> add_newer(Database& view, WallTime begin, WallTime end) {
    TG_TRY(far, is_mark_far(view));
    TG_TRY(rows, view.prepare(fmt::format("SELECT {}, at_ns FROM requests WHERE {}{}", columns(nullptr),
                                          far ? rows_behind_far_mark : rows_behind_mark, match_.and_names())));
    const std::int64_t stretch[] = {begin.ns, end.ns, mark_.high, mark_.low};
    rows.bind(stretch);
    for (;;) {
      TG_TRY(row, rows.step());
      if (!row) return {};
      TG_TRY_VOID(add_line(rows, buckets_.of(rows.integer(static_cast<int>(groups_.dimensions().size() + std::tuple_size_v<SumNumbers>)))));
    }
  }

  // What columns() asks for.
  Result<void> add_line(Statement& asked, std::int64_t bucket) {
    std::size_t names = groups_.dimensions().size();
    GroupedSums::Values values{};
    for (std::size_t i = 0; i < names; ++i) values[i] = asked.integer(static_cast<int>(i));
    SumNumbers numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = asked.integer(static_cast<int>(names + i));
    return groups_.add(bucket, values, numbers);
  }

  // Names, counts, sums of the rows (no table) or lines.
  std::string columns(const RollupTable* table) const {
    std::string names;
    for (const auto& dimension : groups_.dimensions()) names += fmt::format("{}, ", dimension.column());
    names += table == nullptr ? std::string(counts_sql()) : fmt::format("{}", fmt::join(rollup_counts, ", "));
    return fmt::format("{}, {}", names, fmt::join(summed_columns, ", "));
  }

  // Lines between ?1 and ?2; of rows those up to the mark.
  std::string sql(const RollupTable* table) const {
    return fmt::format("SELECT {} FROM {} WHERE {}{}", columns(table), table == nullptr ? "requests" : table->name,
                       table == nullptr ? rows_up_to_mark : "hour >= ?1 AND hour < ?2", match_.and_names());
  }

  const SumQuery& query_;
  const LedgerQueries::Match& match_;
  Buckets buckets_;
  GroupedSums groups_;
  std::map<const RollupTable*, std::optional<Statement>> statements_;
  std::vector<RollupPiece> pieces_;
  ViewOrder mark_{INT64_MAX, INT64_MAX};  // of the last row that roll-ups have
};

Result<Sums> sum_once(LedgerQueries& queries, const SumQuery& query, const std::vector<SumDimension>& dimensions) {
  TG_TRY(moment, queries.moment());
  auto match = queries.match(query.filter);
  Summing summing(query, match, dimensions);
  if (match.nothing) return summing.result(queries.names());
  if (moment.view) TG_TRY_VOID(summing.add_view(*moment.view));
  for (const auto& record : moment.tail.requests)
    if (match.fits(record)) TG_TRY_VOID(summing.add_row(record));
  return summing.result(queries.names());
}

}  // namespace

std::string rfc3339(WallTime at, std::int64_t offset) {
  if (offset == 0) return rfc3339(at);
  std::string local = rfc3339(WallTime{at.ns + offset * ns_per_second});
  std::int64_t minutes = std::abs(offset) / 60;
  local.back() = offset < 0 ? '-' : '+';
  return local + fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

Result<Sums> sum_rows(LedgerQueries& queries, const SumQuery& query) {
  if (query.by.size() > max_sum_dimensions) return fail(Fault::invalid_request, "too many names to sum by", "by");
  std::vector<SumDimension> dimensions;
  for (const auto& name : query.by) {
    TG_TRY(found, sum_dimension(name));
    dimensions.push_back(std::move(found));
  }
  return queries.with_or_without_view([&] { return sum_once(queries, query, dimensions); });
}

}  // namespace tollgate
