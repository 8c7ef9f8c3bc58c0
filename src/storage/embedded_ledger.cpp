#include "storage/embedded_ledger.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tollgate {
namespace {

constexpr int low_priority = 10;
constexpr Duration feed_interval = milliseconds(100);
constexpr Duration feed_pause = milliseconds(5);    // between batches: requests first
constexpr Duration view_error_pause = seconds(1);

Instant clock_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}
WallTime wall_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

}  // namespace

Result<std::unique_ptr<EmbeddedLedger>> EmbeddedLedger::open(Disk& disk, ValueSealer& sealer, const LedgerSettings& settings,
                                                             std::string_view owner, WallTime now) {
  std::unique_ptr<EmbeddedLedger> ledger(new EmbeddedLedger());
  ledger->durability_ = settings.config.durability;
  JournalSettings journal{.writers = settings.writers,
                          .keep = settings.config.keep,
                          .journal_max_bytes = static_cast<std::uint64_t>(settings.config.journal_max.count),
                          .random = settings.random};
  TG_TRY(opened, Journal::open(disk, sealer, std::move(journal), owner, now));
  ledger->journal_ = std::move(opened);
  if (!settings.view.empty()) ledger->feeder_ = std::make_unique<Feeder>(disk, settings.view, settings.config.keep);
  return ledger;
}

EmbeddedLedger::~EmbeddedLedger() = default;

void EmbeddedLedger::each_past_call(const std::function<void(const PastCalls&)>& visit) const {
  const Dictionary& names = journal_->names();
  constexpr std::int64_t ns_per_minute = 60'000'000'000;
  journal_->facts().each([&](const FactKey& key, const FactSums& sums) {
    visit({.at = {key.minute * ns_per_minute},
           .key = names.word_text(key.key),
           .attribution = {.team = names.word_text(key.team),
                           .user = names.person_text(key.user),
                           .feature = names.word_text(key.feature),
                           .tags = names.tags_of(key.tags)},
           .route = names.word_text(key.route),
           .provider = names.word_text(key.provider),
           .model = names.word_text(key.model),
           .requests = sums.requests,
           .input = {sums.input_tokens},
           .output = {sums.output_tokens},
           .cost = {sums.cost_nano_usd}});
  });
}

void EmbeddedLedger::run(std::function<void(const Error&)> on_error) {
  auto in_view = [this]() -> std::optional<JournalPositions> {
    return feeder_ ? std::optional(feeder_->durable_positions()) : std::nullopt;
  };
  threads_ = std::make_unique<JournalThreads>(*journal_, durability_, JournalThreads::Doors{in_view, on_error});
  if (feeder_) feeding_ = std::jthread([this, on_error](std::stop_token stop) { feed_loop(stop, on_error); });
}

void EmbeddedLedger::feed_loop(std::stop_token stop, const std::function<void(const Error&)>& on_error) {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), low_priority);
  while (!stop.stop_requested()) {
    auto read = feeder_->step(journal_->ends(), clock_now(), wall_now());
    if (!read && on_error) on_error(read.error());
    Duration pause = !read ? view_error_pause : *read == feeder_batch ? feed_pause : feed_interval;
    std::unique_lock lock(mutex_);
    stopping_.wait_for(lock, stop, pause, [] { return false; });
  }
}

Result<void> EmbeddedLedger::step(Instant now, WallTime wall) {
  TG_TRY_VOID(journal_->step_commit([now] { return now; }));
  TG_TRY_VOID(journal_->step_care(now, wall));
  if (feeder_) std::ignore = feeder_->step(journal_->ends(), now, wall);
  auto in_view = feeder_ ? std::optional(feeder_->durable_positions()) : std::nullopt;
  TG_TRY_VOID(journal_->step_checkpoint(in_view ? &*in_view : nullptr, now, wall));
  return {};
}

Result<void> EmbeddedLedger::close(WallTime now) {
  threads_.reset();
  feeding_ = {};
  return journal_->close(now);
}

}  // namespace tollgate
