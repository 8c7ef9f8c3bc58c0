// What roll-ups cost the view's writer, and what they save in questions.
//
//   storage_rollups_bench FOLDER writer
//     rows into a view by the gateway's own writer: without roll-ups, then with; of a gateway that takes 5,000 calls a
//     second, in batches of 666, of 2,000 (feeder_batch) and of 5,000, roll-ups taken up as the feeder does
//   storage_rollups_bench FOLDER questions MILLIONS [FEATURES]
//     rows without roll-ups, then roll-ups made for them (a view of an older version), then questions to them
//   storage_rollups_bench FOLDER rows MILLIONS [FEATURES]
//     the same questions from the rows alone
//
// For questions a million rows are spread over 30 days, more over as many days more, a year at most. There are 1,000
// users; a team has twenty of them, a key and FEATURES (else 4) features, of which a user has two; a feature has a model,
// one call in ten goes elsewhere, one in twenty-five is no success. The rows stay in FOLDER for a next run, which makes
// only the roll-ups anew if they are of another version: some 0.2 GB a million; delete them by hand.
//
// `cpu` is time of the one thread, the best of five, which other work on the machine disturbs less than the clock; `cold`
// is by the clock, once, after the kernel was asked to forget the file's pages.

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>

#include <fmt/format.h>

#include "storage/files/disk.h"
#include "storage/sqlite/feeder.h"
#include "storage/sqlite/rollup_check.h"
#include "storage/sqlite/sums.h"

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_day = 24 * ns_per_hour;
constexpr std::int64_t ns_of_a_call = 200'000;  // at 5,000 a second
constexpr std::uint64_t calls_between_syncs = 66'000;
constexpr std::int64_t calls_at_once = 20'000;
constexpr int users = 1'000, users_of_a_team = 20, teams = users / users_of_a_team, models = 8;

class OpenSealer final : public ValueSealer {
 public:
  Result<std::string> seal(std::uint64_t, std::string_view text) override { return std::string(text); }
  std::optional<std::string> open(std::uint64_t, std::string_view sealed) override { return std::string(sealed); }
  Result<void> sync() override { return {}; }
  Result<void> forget(std::uint64_t) override { return {}; }
};

double seconds_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}
double cpu_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }
double wall_seconds() { return seconds_of(CLOCK_MONOTONIC); }

// Calls in the order of time, by names of a dictionary.
class Calls {
 public:
  Calls(Dictionary& names, std::uint64_t count, int features) : count_(count), features_(static_cast<std::size_t>(features)) {
    days_ = std::min<std::int64_t>(365, 30 * static_cast<std::int64_t>((count + 999'999) / 1'000'000));
    parse_rfc3339("2026-01-01", begin_);
    for (int i = 0; i < users; ++i) {
      persons_.push_back(*names.person(fmt::format("user-{}", i)));
      Tags set{{"env", i % 3 == 0 ? "dev" : "prod"}};
      std::string canonical;
      canonical_tags(set, canonical);
      tags_.push_back(*names.tags(persons_.back(), set, canonical));
    }
    for (int i = 0; i < teams; ++i) teams_.push_back(*names.word(fmt::format("team-{}", i)));
    for (int i = 0; i < teams * features; ++i) features_of_teams_.push_back(*names.word(fmt::format("feature-{}", i)));
    for (int i = 0; i < 30; ++i) words_.push_back(*names.word(fmt::format("name-{}", i)));
  }

  std::uint64_t count() const { return count_; }
  WallTime begin() const { return begin_; }
  WallTime end() const { return {begin_.ns + days_ * ns_per_day}; }

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
    std::size_t user = dice % users;
    std::size_t team = user / users_of_a_team;
    std::size_t feature = team * features_ + (user + (dice >> 20) % 2) % features_;
    std::size_t model = ((dice >> 24) % 10 == 0 ? feature + 1 : feature) % models;
    RequestRecord r;
    r.at_ns = rush_ ? begin_.ns + static_cast<std::int64_t>(next_) * ns_of_a_call
                    : begin_.ns + static_cast<std::int64_t>(static_cast<__int128>(days_) * ns_per_day * next_ / count_);
    r.id = {static_cast<std::uint64_t>(r.at_ns / 1'000'000) << 16, next_ << 20 | (dice & 0xFFFFF)};
    r.finished_at_ns = r.at_ns + 2'000'000'000;
    r.user = persons_[user];
    r.tags = tags_[user];
    r.team = teams_[team];
    r.key = teams_[team];
    r.feature = features_of_teams_[feature];
    r.route = r.model = words_[model];
    r.provider = words_[10 + model % 3];
    r.region = words_[13];
    r.endpoint = words_[14];
    r.dialect = words_[15];
    r.price = words_[20 + model];
    bool failed = (dice >> 32) % 25 == 0;
    r.status = static_cast<std::uint8_t>(failed ? 1 + (dice >> 40) % 4 : 0);
    if (failed) r.error_code = words_[16];
    r.usage.input = static_cast<std::int64_t>((dice >> 12) % 4000);
    r.usage.output = static_cast<std::int64_t>((dice >> 28) % 700);
    r.cost_nano_usd = r.usage.input * 2'500 + r.usage.output * 10'000;
    r.first_token_ms = 300;
    r.duration_ms = 2'000;
    return r;
  }

  std::mt19937_64 random_{1};
  std::uint64_t count_, next_ = 0;
  std::size_t features_;
  bool rush_ = false;
  std::int64_t days_;
  WallTime begin_;
  std::vector<std::uint64_t> persons_;
  std::vector<std::uint32_t> tags_, teams_, features_of_teams_, words_;
};

struct Folder {
  explicit Folder(std::filesystem::path where) : path(std::move(where)) {
    disk = std::move(*FileDisk::open(path));
    names = std::move(*Dictionary::open(*disk, sealer, {.random = std::mt19937_64(3)}));
    view = path / view_file;
  }

  void change(const char* sql) {
    auto database = std::move(*Database::open(view, Database::Mode::write, 1000));
    if (auto done = database.run(sql); !done) throw std::runtime_error(done.error().detail);
  }
  double size_gb() const { return static_cast<double>(std::filesystem::file_size(view)) / 1e9; }
  void forget_pages() const {
    int fd = ::open(view.c_str(), O_RDONLY | O_CLOEXEC);
    std::ignore = ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    ::close(fd);
  }

  std::filesystem::path path, view;
  OpenSealer sealer;
  std::unique_ptr<FileDisk> disk;
  std::unique_ptr<Dictionary> names;
};

enum class Rolled : std::uint8_t { no, yes };

// Seconds of CPU.
double write_all(View& view, Calls& calls, std::size_t calls_in_a_batch, Rolled rolled) {
  double begin = cpu_seconds(), making = 0;
  std::uint64_t unsynced = 0;
  ViewBatch batch;
  while (calls.more()) {
    double before = cpu_seconds();
    calls.fill(batch, calls_in_a_batch);
    making += cpu_seconds() - before;
    if (auto written = view.write(batch, view.positions()); !written) throw std::runtime_error(written.error().detail);
    if (rolled == Rolled::yes && view.rows_to_roll_up() >= feeder_fill_batch) std::ignore = view.fill_rollups(feeder_fill_batch);
    if ((unsynced += batch.requests.size()) < calls_between_syncs && calls.more()) continue;
    std::ignore = view.make_durable();
    unsynced = 0;
  }
  return cpu_seconds() - begin - making;
}

void tell_rate(std::string_view what, double seconds, std::uint64_t count) {
  fmt::print("{}: {:.2f} us a row, {:.0f} rows a second\n", what, seconds * 1e6 / static_cast<double>(count),
             static_cast<double>(count) / seconds);
  std::fflush(stdout);
}

void write_in_a_rush(const std::filesystem::path& path, Rolled rolled, std::size_t calls_in_a_batch) {
  std::filesystem::remove_all(path);
  Folder folder(path);
  Calls calls(*folder.names, 300'000, 4);
  calls.in_a_rush(300'000);
  auto view = std::move(*View::open(folder.view));
  double seconds = write_all(*view, calls, calls_in_a_batch, rolled);
  tell_rate(fmt::format("5,000 calls a second, {} in a batch, {} roll-ups", calls_in_a_batch, rolled == Rolled::yes ? "with" : "without"),
            seconds, calls.count());
  std::filesystem::remove_all(path);
}

void write_rows(Folder& folder, Calls& calls) {
  auto whole = folder.path / "whole";
  if (std::filesystem::exists(whole)) return;
  auto view = std::move(*View::open(folder.view));
  tell_rate("written without roll-ups, spread over days", write_all(*view, calls, calls_at_once, Rolled::no), calls.count());
  fmt::print("the file has {:.2f} GB\n", folder.size_gb());
  std::ofstream(whole).put('\n');
}

void fill_rollups(Folder& folder, const Calls& calls) {
  auto view = std::move(*View::open(folder.view));
  if (view->rows_to_roll_up() == 0) return;
  std::int64_t at_once = calls.count() > 5'000'000 ? 10 * feeder_fill_batch : feeder_fill_batch;  // many rows: not to wait for long
  double begin = cpu_seconds(), wall = wall_seconds();
  for (bool complete = false; !complete;) {
    complete = *view->fill_rollups(at_once);
    std::ignore = view->make_durable();
  }
  tell_rate(fmt::format("roll-ups filled up, {} rows at a time", at_once), cpu_seconds() - begin, calls.count());
  fmt::print("that took {:.0f} s by the clock; the file has {:.2f} GB\n", wall_seconds() - wall, folder.size_gb());
}

void tell_lines(Folder& folder) {
  auto database = std::move(*Database::open(folder.view, Database::Mode::read, 1000));
  for (const auto& table : rollup_tables)
    fmt::print("  {}: {} lines\n", table.name, *database.ask(fmt::format("SELECT COUNT(*) FROM {}", table.name)));
}

void open_and_check(Folder& folder) {
  folder.forget_pages();
  double begin = wall_seconds();
  { auto view = std::move(*View::open(folder.view)); }
  fmt::print("opened in {:.1f} ms by the clock, cold\n", (wall_seconds() - begin) * 1e3);
  auto database = std::move(*Database::open(folder.view, Database::Mode::read, 1000));
  begin = wall_seconds();
  if (!database.run("BEGIN") || *wrong_rollup(database)) throw std::runtime_error("roll-ups do not sum the rows");
  fmt::print("every roll-up was compared with the rows in {:.1f} s by the clock\n", wall_seconds() - begin);
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
  RowFilter team{.from = march, .to = april, .team = "team-7"};
  std::vector<Question> all{{"total", {.filter = {}, .by = {}}},
                            {"total of all time by month", {.filter = {}, .by = {}, .bucket = SumBucket::month}},
                            {"total of all time by day", {.filter = {}, .by = {}, .bucket = SumBucket::day}},
                            {"team, a month", {.filter = month, .by = {"team"}}},
                            {"team, a month by day", {.filter = month, .by = {"team"}, .bucket = SumBucket::day}},
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

struct Took {
  double cpu, wall;
  std::size_t rows;
};

Took ask_once(Folder& folder, const SumQuery& query) {
  LedgerQueries queries(*folder.disk, *folder.names, folder.view);
  double cpu = cpu_seconds(), wall = wall_seconds();
  auto sums = sum_rows(queries, query);
  if (!sums) throw std::runtime_error(sums.error().detail);
  return {(cpu_seconds() - cpu) * 1e3, (wall_seconds() - wall) * 1e3, sums->rows.size()};
}

void ask(Folder& folder, const Calls& calls, int times) {
  fmt::print("questions to {} rows, ms:\n  {:<46} {:>9} {:>9} {:>9} {:>7}\n", calls.count(), "", "cold", "warm", "cpu", "rows");
  for (const auto& [words, query] : questions(calls)) {
    folder.forget_pages();
    double cold = ask_once(folder, query).wall;
    Took best = ask_once(folder, query);
    for (int i = 1; i < times; ++i) {
      Took took = ask_once(folder, query);
      best.cpu = std::min(best.cpu, took.cpu), best.wall = std::min(best.wall, took.wall);
    }
    fmt::print("  {:<46} {:>9.1f} {:>9.1f} {:>9.1f} {:>7}\n", words, cold, best.wall, best.cpu, best.rows);
    std::fflush(stdout);
  }
}

int bench(const std::filesystem::path& parent, std::string_view part, std::uint64_t millions, int features) {
  if (part == "writer") {
    for (std::size_t calls_in_a_batch : {666, 2'000, 5'000})
      for (auto rolled : {Rolled::no, Rolled::yes}) write_in_a_rush(parent / "rollups-bench", rolled, calls_in_a_batch);
    return 0;
  }
  auto path = parent / fmt::format("rollups-bench-{}m-{}", millions, features);
  if (!std::filesystem::exists(path / "whole")) std::filesystem::remove_all(path);
  Folder folder(path);
  Calls calls(*folder.names, millions * 1'000'000, features);
  write_rows(folder, calls);
  if (part == "rows") {
    folder.change("UPDATE rollups SET version = 0");
    ask(folder, calls, 1);
    return 0;
  }
  fill_rollups(folder, calls);
  tell_lines(folder);
  ask(folder, calls, 5);
  open_and_check(folder);
  return 0;
}

}  // namespace
}  // namespace tollgate

int main(int argc, char** argv) {
  auto part = std::string_view(argc > 2 ? argv[2] : "");
  if (part != "writer" && part != "questions" && part != "rows") {
    fmt::print("usage: storage_rollups_bench FOLDER writer|questions|rows [MILLIONS] [FEATURES]\n");
    return 2;
  }
  return tollgate::bench(argv[1], part, argc > 3 ? std::stoull(argv[3]) : 1, argc > 4 ? std::stoi(argv[4]) : 4);
}
