// What roll-ups cost the view's writer, and what they save in questions.
//
//   storage_rollups_bench FOLDER [MILLIONS] [rows]
//
//   1  rows into a view by the gateway's own writer: without roll-ups, then with; of a gateway that takes 5,000 calls a
//      second, in batches of 666 (feeder_batch), of 1,250 (a quarter of a second) and of 5,000
//   2  roll-ups made afterwards for rows that are there (a view of an older version)
//   3  questions, the best of five; with `rows` also from the rows alone
//
// For questions a million rows are spread over 30 days, more over as many days more, a year at most. A team has twenty
// users, a key and four features, of which a user has two; a feature has a model, one call in ten goes elsewhere, one in
// twenty-five is no success.
// Times are seconds of CPU of the one thread, which other work on the machine disturbs less than the clock.

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "storage/files/disk.h"
#include "storage/sqlite/sums.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_day = 24 * ns_per_hour;
constexpr std::int64_t ns_of_a_call = 200'000;  // at 5,000 a second
constexpr std::uint64_t calls_between_syncs = 66'000;
constexpr int users_of_a_team = 20;

class OpenSealer final : public ValueSealer {
 public:
  Result<std::string> seal(std::uint64_t, std::string_view text) override { return std::string(text); }
  std::optional<std::string> open(std::uint64_t, std::string_view sealed) override { return std::string(sealed); }
  Result<void> forget(std::uint64_t) override { return {}; }
};

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Calls in the order of time, by names of a dictionary.
class Calls {
 public:
  Calls(Dictionary& names, std::uint64_t count) : count_(count), users_(count > 5'000'000 ? 10'000 : 1'000) {
    days_ = std::min<std::int64_t>(365, 30 * static_cast<std::int64_t>((count + 999'999) / 1'000'000));
    parse_rfc3339("2026-01-01", begin_);
    for (int i = 0; i < users_; ++i) {
      persons_.push_back(*names.person(fmt::format("user-{}", i)));
      Tags set{{"env", i % 3 == 0 ? "dev" : "prod"}};
      std::string canonical;
      canonical_tags(set, canonical);
      tags_.push_back(*names.tags(persons_.back(), set, canonical));
    }
    for (int i = 0; i < 500; ++i) words_.push_back(*names.word(fmt::format("name-{}", i)));
  }

  std::uint64_t count() const { return count_; }
  WallTime begin() const { return begin_; }
  WallTime end() const { return {begin_.ns + days_ * ns_per_day}; }
  int users() const { return users_; }

  void fill(ViewBatch& batch, std::size_t calls) {
    batch = {};
    for (; calls > 0 && next_ < count_; --calls, ++next_) batch.requests.push_back(call());
  }
  bool more() const { return next_ < count_; }
  // From now on as they come to a busy gateway.
  void in_a_rush(std::uint64_t count) {
    next_ = 0;
    count_ = count;
    rush_ = true;
  }

 private:
  RequestRecord call() {
    auto dice = random_();
    std::size_t user = dice % static_cast<std::uint64_t>(users_);
    std::size_t team = user / users_of_a_team;
    std::size_t feature = (team * 4 + user % 3 + (dice >> 20) % 2) % 200;
    std::size_t model = ((dice >> 24) % 10 == 0 ? feature + 1 : feature) % 8;
    RequestRecord r;
    r.at_ns = rush_ ? begin_.ns + static_cast<std::int64_t>(next_) * ns_of_a_call
                    : begin_.ns + static_cast<std::int64_t>(static_cast<__int128>(days_) * ns_per_day * next_ / count_);
    r.id = {static_cast<std::uint64_t>(r.at_ns / 1'000'000) << 16, next_ << 20 | (dice & 0xFFFFF)};
    r.finished_at_ns = r.at_ns + 2'000'000'000;
    r.user = persons_[user];
    r.tags = tags_[user];
    r.team = words_[team % 500];
    r.key = words_[team % 500];
    r.feature = words_[200 + feature];
    r.route = r.model = words_[400 + model];
    r.provider = words_[410 + model % 3];
    r.region = words_[413];
    r.endpoint = words_[414];
    r.dialect = words_[415];
    r.price = words_[420 + model];
    bool failed = (dice >> 32) % 25 == 0;
    r.status = static_cast<std::uint8_t>(failed ? 1 + (dice >> 40) % 4 : 0);
    if (failed) r.error_code = words_[416];
    r.usage.input = static_cast<std::int64_t>((dice >> 12) % 4000);
    r.usage.output = static_cast<std::int64_t>((dice >> 28) % 700);
    r.cost_nano_usd = r.usage.input * 2'500 + r.usage.output * 10'000;
    r.first_token_ms = 300;
    r.duration_ms = 2'000;
    return r;
  }

  std::mt19937_64 random_{1};
  std::uint64_t count_, next_ = 0;
  int users_;
  bool rush_ = false;
  std::int64_t days_;
  WallTime begin_;
  std::vector<std::uint64_t> persons_;
  std::vector<std::uint32_t> tags_, words_;
};

struct Folder {
  explicit Folder(const char* parent) : path(fmt::format("{}/rollups-bench-{}", parent, ::getpid())) {
    std::filesystem::remove_all(path);
    disk = std::move(*FileDisk::open(path));
    names = std::move(*Dictionary::open(*disk, sealer, {.random = std::mt19937_64(3)}));
    view = path / view_file;
  }
  ~Folder() { std::filesystem::remove_all(path); }

  void change(const char* sql) {
    auto database = std::move(*Database::open(view, Database::Mode::write, 1000));
    if (auto done = database.run(sql); !done) throw std::runtime_error(done.error().detail);
  }
  double size_gb() const { return static_cast<double>(std::filesystem::file_size(view)) / 1e9; }

  std::filesystem::path path, view;
  OpenSealer sealer;
  std::unique_ptr<FileDisk> disk;
  std::unique_ptr<Dictionary> names;
};

// Seconds of CPU.
double write_all(View& view, Calls& calls, std::size_t calls_in_a_batch) {
  double begin = cpu_seconds(), making = 0;
  std::uint64_t unsynced = 0;
  ViewBatch batch;
  while (calls.more()) {
    double before = cpu_seconds();
    calls.fill(batch, calls_in_a_batch);
    making += cpu_seconds() - before;
    if (auto written = view.write(batch, view.positions()); !written) throw std::runtime_error(written.error().detail);
    if ((unsynced += batch.requests.size()) < calls_between_syncs && calls.more()) continue;
    std::ignore = view.make_durable();
    unsynced = 0;
  }
  return cpu_seconds() - begin - making;
}

void tell_rate(std::string_view what, double seconds, const Calls& calls) {
  fmt::print("{}: {:.2f} us a row, {:.0f} rows a second\n", what, seconds * 1e6 / static_cast<double>(calls.count()),
             static_cast<double>(calls.count()) / seconds);
}

void write_and_fill(Folder& folder, Calls& calls) {
  {
    auto view = std::move(*View::open(folder.view));
    folder.change("UPDATE rollups SET id_high = -9223372036854775807, id_low = 0");
  }
  auto view = std::move(*View::open(folder.view));  // no row is behind the mark: nothing is rolled up
  tell_rate("written without roll-ups, spread over days", write_all(*view, calls, 666), calls);
  fmt::print("the file has {:.2f} GB\n", folder.size_gb());
  double begin = cpu_seconds();
  for (bool complete = false; !complete;) {
    complete = *view->fill_rollups(20'000);
    std::ignore = view->make_durable();
  }
  tell_rate("roll-ups filled up", cpu_seconds() - begin, calls);
  fmt::print("the file has {:.2f} GB\n", folder.size_gb());
}

enum class Rolled : std::uint8_t { no, yes };

void write_in_a_rush(const char* parent, Rolled rolled, std::size_t calls_in_a_batch) {
  Folder folder(parent);
  Calls calls(*folder.names, 300'000);
  calls.in_a_rush(300'000);
  {
    auto made = std::move(*View::open(folder.view));
  }
  if (rolled == Rolled::no) folder.change("UPDATE rollups SET id_high = -9223372036854775807, id_low = 0");
  auto view = std::move(*View::open(folder.view));
  tell_rate(fmt::format("5,000 calls a second, {} in a batch, {} roll-ups", calls_in_a_batch,
                        rolled == Rolled::yes ? "with" : "without"),
            write_all(*view, calls, calls_in_a_batch), calls);
}

struct Question {
  std::string_view words;
  SumQuery query;
};

std::vector<Question> questions(const Calls& calls) {
  WallTime march, april, odd{calls.end().ns - 10 * ns_per_day + 1'234'567'890};
  bool year = calls.end().ns - calls.begin().ns > 100 * ns_per_day;
  parse_rfc3339(year ? "2026-03-01" : "2026-01-01", march);
  parse_rfc3339(year ? "2026-04-01" : "2026-02-01", april);
  RowFilter month{.from = march, .to = april}, week{.from = march, .to = {march.ns + 7 * ns_per_day}}, ragged{.from = odd};
  RowFilter team{.from = march, .to = april, .team = "name-7"};
  std::vector<Question> all{{"total", {.filter = {}, .by = {}}},
                            {"total of all time by month", {.filter = {}, .by = {}, .bucket = SumBucket::month}},
                            {"team and feature, a month by day", {.filter = month, .by = {"team", "feature"}, .bucket = SumBucket::day}},
                            {"key and model, a week by hour", {.filter = week, .by = {"key", "model"}, .bucket = SumBucket::hour}},
                            {"team, route, model, status, all time", {.filter = {}, .by = {"team", "route", "model", "status"}}},
                            {"user, all time", {.filter = {}, .by = {"user"}}},
                            {"user, a month", {.filter = month, .by = {"user"}}},
                            {"user, a month by day", {.filter = month, .by = {"user"}, .bucket = SumBucket::day}},
                            {"user of one team, a month", {.filter = team, .by = {"user", "feature"}}},
                            {"tags.env, all time", {.filter = {}, .by = {"tags.env"}}},
                            {"user and model, ten days from a ragged moment", {.filter = ragged, .by = {"user", "model"}}}};
  if (auto zone = Zone::load("Europe/Berlin"))
    all.push_back({"team, a month by day in Europe/Berlin", {.filter = month, .by = {"team"}, .bucket = SumBucket::day, .zone = *zone}});
  return all;
}

void ask(Folder& folder, const Calls& calls, int times) {
  for (const auto& [words, query] : questions(calls)) {
    double best = 1e9;
    std::size_t rows = 0;
    for (int i = 0; i < times; ++i) {
      LedgerQueries queries(*folder.disk, *folder.names, folder.view);
      double begin = cpu_seconds();
      auto sums = sum_rows(queries, query);
      best = std::min(best, cpu_seconds() - begin);
      if (!sums) throw std::runtime_error(sums.error().detail);
      rows = sums->rows.size();
    }
    fmt::print("  {:<48} {:>9.1f} ms  {:>7} rows\n", words, best * 1e3, rows);
  }
}

}  // namespace
}  // namespace tollgate

int main(int argc, char** argv) {
  using namespace tollgate;
  const char* parent = argc > 1 ? argv[1] : ".";
  std::uint64_t count = (argc > 2 ? std::stoull(argv[2]) : 1) * 1'000'000;
  bool rows_too = argc > 3 && std::string_view(argv[3]) == "rows";
  for (std::size_t calls_in_a_batch : {666, 1'250, 5'000})
    for (auto rolled : {Rolled::no, Rolled::yes}) write_in_a_rush(parent, rolled, calls_in_a_batch);
  Folder folder(parent);
  Calls calls(*folder.names, count);
  write_and_fill(folder, calls);
  fmt::print("questions to {} rows of {} users:\n", count, calls.users());
  ask(folder, calls, 5);
  if (!rows_too) return 0;
  folder.change("UPDATE rollups SET version = 0");
  fmt::print("the same from the rows:\n");
  ask(folder, calls, 2);
}
