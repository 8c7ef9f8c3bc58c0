#pragma once
// Words for tests of the ledger: a sealer that seals nothing, calls with every field filled in, and a journal on a fake
// disk.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "storage/journal/fake_disk.h"
#include "storage/journal/journal.h"
#include "storage/journal/reader.h"
#include "storage/journal/rows.h"

namespace tollgate {

inline constexpr WallTime noon{1'795'300'000'000'000'000};
inline constexpr std::uint32_t small_segment = 24;  // records: tests roll over often

// Text as it is, with the person before it; deleting a person's key is remembered, and whether keys are durable.
class PlainSealer final : public ValueSealer {
 public:
  Result<std::string> seal(std::uint64_t person, std::string_view text) override {
    synced = false;
    return std::to_string(person) + ":" + std::string(text);
  }
  std::optional<std::string> open(std::uint64_t person, std::string_view sealed) override {
    std::string prefix = std::to_string(person) + ":";
    if (forgotten.contains(person) || !sealed.starts_with(prefix)) return std::nullopt;
    return std::string(sealed.substr(prefix.size()));
  }
  Result<void> sync() override {
    if (disk_is_full) return fail(Fault::unavailable, "full");
    synced = true;
    return {};
  }
  Result<void> forget(std::uint64_t person) override {
    forgotten.insert(person);
    return {};
  }
  std::set<std::uint64_t> forgotten;
  bool synced = true, disk_is_full = false;
};

inline RequestId test_id(std::uint64_t number) {
  return {(static_cast<std::uint64_t>(noon.unix_ms()) << 16) + number, number << 40 | 7};
}

inline RequestRow test_row(std::uint64_t number) {
  RequestRow row;
  row.id = test_id(number);
  row.at = noon + milliseconds(static_cast<std::int64_t>(number));
  row.finished_at = row.at + milliseconds(1500);
  row.key = "search-dev";
  row.attribution = {.team = number % 2 == 0 ? "search" : "ads",
                     .user = "user-" + std::to_string(number % 5),
                     .feature = "autocomplete",
                     .tags = {{"env", number % 3 == 0 ? "dev" : "prod"}, {"zone", "b"}}};
  row.route = "gpt-4o";
  row.endpoint = "/v1/chat/completions";
  row.dialect = "openai_chat";
  row.stream = true;
  row.provider = "openai";
  row.model = "gpt-4o-" + std::to_string(number);  // a name that no other row has
  row.region = "us";
  row.status = RowStatus::ok;
  row.http_status = 200;
  row.attempts = 1;
  row.usage = {
      .input = {100}, .cache_read = {20}, .output = {50 + static_cast<std::int64_t>(number)}, .reasoning = {3}};
  row.cost = {1'000 + static_cast<std::int64_t>(number)};
  row.saved = {11};
  row.price_id = "gpt-4o@2026-01";
  row.cache = CacheResult::miss;
  row.first_token_ms = 210;
  row.duration_ms = 1500;
  return row;
}

inline AttemptRow test_attempt(const RequestRow& row, int n = 1) {
  return {.request_id = row.id,
          .n = n,
          .provider = row.provider,
          .model = row.model,
          .key = "main",
          .region = row.region,
          .phase = AttemptPhase::done,
          .http_status = 200,
          .error_class = "",
          .started_at = row.at,
          .duration_ms = 1400,
          .first_token_ms = 200,
          .usage = row.usage,
          .usage_source = UsageSource::provider,
          .cost = row.cost,
          .price_id = row.price_id};
}

inline Intent test_intent(const RequestRow& row, int attempt = 1) {
  return {
      .row = row, .attempt = attempt, .provider_key = "main", .reserved = {9'000}, .input = {100}, .input_cost = {250}};
}

inline std::string text_of(const RequestRow& row) {
  std::string text = to_string(row.id) + " " + rfc3339(row.at) + " " + rfc3339(row.finished_at) + " " + row.key + " " +
                     row.attribution.team + " " + row.attribution.user + " " + row.attribution.feature;
  for (const auto& [name, value] : row.attribution.tags) text += " " + name + "=" + value;
  for (const auto* word : {&row.route, &row.endpoint, &row.dialect, &row.provider, &row.model, &row.region,
                           &row.error_code, &row.price_id})
    text += " " + *word;
  for (std::int64_t n :
       {std::int64_t{row.stream}, std::int64_t{row.http_status}, std::int64_t{row.attempts}, row.usage.input.count,
        row.usage.cache_read.count, row.usage.output.count, row.usage.reasoning.count, row.cost.nano_usd,
        row.saved.nano_usd, row.first_token_ms, row.duration_ms})
    text += " " + std::to_string(n);
  return text + " " + std::string(to_string(row.status)) + " " + std::string(to_string(row.usage_source)) + " " +
         std::string(to_string(row.cache));
}

inline std::function<std::uint64_t()> test_random(std::uint64_t seed) {
  return [random = std::make_shared<std::mt19937_64>(seed)] { return (*random)(); };
}

// A journal on a fake disk, which must outlive it.
class TestJournal {
 public:
  explicit TestJournal(FakeDisk& folder, JournalSettings settings = {.writers = 2, .segment_slots = small_segment},
                       WallTime now = noon)
      : disk(folder) {
    settings.random = test_random(1);
    auto opened = Journal::open(disk, sealer, settings, "pid 1", now);
    if (!opened)
      error = opened.error().detail;
    else
      journal = std::move(*opened);
  }

  Journal* operator->() { return journal.get(); }
  JournalWriter& writer(int index = 0) { return journal->writer(index); }
  // Begins a call: its intent is appended.
  RowSpace begin(const RequestRow& row, int writer_index = 0) {
    auto space = writer(writer_index).open(RowPurpose::call);
    EXPECT_TRUE(space.has_value()) << (space ? "" : space.error().detail);
    EXPECT_TRUE(writer(writer_index).append_intent(*space, test_intent(row)).has_value());
    return std::move(*space);
  }
  Lsn finish(RowSpace space, const RequestRow& row, int writer_index = 0) {
    EXPECT_TRUE(writer(writer_index).append_attempt(space, test_attempt(row)).has_value());
    return writer(writer_index).append_request(std::move(space), row);
  }
  void call(std::uint64_t number, int writer_index = 0) {
    auto row = test_row(number);
    finish(begin(row, writer_index), row, writer_index);
  }
  Result<std::uint64_t> commit() {
    return journal->step_commit([] { return Instant{}; });
  }
  void care() { EXPECT_TRUE(journal->step_care(Instant{1}, noon).has_value()); }
  void commit_and_care() {
    EXPECT_TRUE(commit().has_value());
    care();
  }

  FakeDisk& disk;
  PlainSealer sealer;
  std::string error;
  std::unique_ptr<Journal> journal;
};

// What a folder's journal says, read as any reader would.
struct ReadBack {
  std::map<RequestId, RequestRow> requests;
  std::map<RequestId, std::vector<AttemptRow>> attempts;
  std::uint64_t request_rows = 0;
};
inline ReadBack read_back(Disk& disk) {
  PlainSealer sealer;
  auto names = Dictionary::open(disk, sealer, {.mode = Dictionary::Mode::read});
  ReadBack all;
  JournalPositions from;
  auto read = read_journal(disk, from, nullptr, UINT64_MAX, [&](const JournalRecord& record) {
    if (record.header.type == RecordType::request) {
      auto row = row_of(record.as<RequestRecord>(), **names);
      all.requests[row.id] = row;
      ++all.request_rows;
    } else if (record.header.type == RecordType::attempt) {
      auto row = row_of(record.as<AttemptRecord>(), **names);
      all.attempts[row.request_id].push_back(row);
    }
  });
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().detail);
  return all;
}

}  // namespace tollgate
