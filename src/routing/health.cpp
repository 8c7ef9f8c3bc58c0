#include "routing/health.h"

#include <algorithm>
#include <bit>

namespace tollgate {
namespace {

constexpr Duration stale_after = seconds(10);
constexpr Duration first_cooling = milliseconds(250);
constexpr Duration longest_cooling = seconds(30);
constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t ns_per_day = 86'400 * ns_per_second;
constexpr std::uint64_t whole_in_basis_points = 10'000;
constexpr std::uint64_t count_bits = 20, count_mask = (1u << count_bits) - 1, time_mask = (1u << 24) - 1;

// The later of both stays: a short cooling never ends a long one.
void lengthen(std::atomic<std::int64_t>& until, std::int64_t ns) {
  std::int64_t before = until.load(std::memory_order_relaxed);
  while (before < ns && !until.compare_exchange_weak(before, ns, std::memory_order_relaxed)) {
  }
}

}  // namespace

void MovingMean::add(std::int64_t value, Instant now) {
  std::int64_t before = value_.load(std::memory_order_relaxed);
  std::int64_t at = at_ns_.exchange(now.ns, std::memory_order_relaxed);
  bool alone = before == 0 || now.ns - at > stale_after.count();
  value_.store(std::max<std::int64_t>(alone ? value : before + (value - before) / 4, 1), std::memory_order_relaxed);
}

Duration KeyHealth::left(const std::atomic<std::int64_t>& until, Instant now) {
  std::int64_t at = until.load(std::memory_order_relaxed);
  return at > now.ns ? Duration(at - now.ns) : Duration(0);
}

void KeyHealth::rate_limited(Instant now, std::optional<milliseconds> said) {
  int row = std::min(in_a_row_.fetch_add(1, std::memory_order_relaxed), 10);
  Duration length = said ? Duration(*said) : std::min<Duration>(first_cooling * (1 << row), longest_cooling);
  lengthen(cooling_until_ns_, (now + length).ns);
}

void KeyHealth::bench(Instant now, Duration length, Why why) {
  why_.store(why, std::memory_order_relaxed);
  lengthen(benched_until_ns_, (now + length).ns);
}

void KeyHealth::succeeded() {
  if (in_a_row_.load(std::memory_order_relaxed) != 0) in_a_row_.store(0, std::memory_order_relaxed);
}

bool DayBudget::take(WallTime now, Money worst, Money budget) {
  std::lock_guard lock(mutex_);
  if (std::int64_t day = now.ns / ns_per_day; day != day_) {
    day_ = day;
    spent_ = {};
  }
  if (spent_ + worst > budget) return false;
  spent_ += worst;
  return true;
}

void DayBudget::settle(WallTime taken, Money worst, Money cost) {
  std::lock_guard lock(mutex_);
  if (taken.ns / ns_per_day == day_) spent_ = spent_ - worst + cost;
}

void Spread::add(std::int64_t number) {
  constexpr int least_bits = 6;  // 64
  auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(number, 1 << least_bits));
  int octave = std::bit_width(value) - 1;
  std::uint64_t quarter = (value >> (octave - 2)) & 3;
  std::size_t step = std::min(static_cast<std::size_t>(octave - least_bits) * 4 + quarter, steps - 1);
  counts_[step].fetch_add(1, std::memory_order_relaxed);
  if (total_.fetch_add(1, std::memory_order_relaxed) + 1 < halved_at) return;
  std::uint32_t left = 0;
  for (auto& count : counts_) {
    std::uint32_t half = count.load(std::memory_order_relaxed) / 2;
    count.store(half, std::memory_order_relaxed);
    left += half;
  }
  total_.store(left, std::memory_order_relaxed);
}

std::optional<std::int64_t> Spread::at(Percent share) const {
  std::uint32_t total = total_.load(std::memory_order_relaxed);
  if (total < enough) return std::nullopt;
  std::uint64_t within = 0, wanted = static_cast<std::uint64_t>(total) * static_cast<std::uint64_t>(share.basis_points) / whole_in_basis_points;
  for (std::size_t step = 0; step < steps; ++step) {
    within += counts_[step].load(std::memory_order_relaxed);
    if (within < wanted) continue;
    std::uint64_t octave = step / 4 + 6, above = step % 4 + 5;  // where the next step begins
    return static_cast<std::int64_t>((above << octave) >> 2);
  }
  return std::nullopt;
}

void ShareBudget::count(Instant now, bool retry) {
  std::uint64_t time = static_cast<std::uint64_t>(now.ns / ns_per_second) & time_mask;
  auto& cell = counts_[time % slots];
  std::uint64_t word = cell.load(std::memory_order_relaxed);
  for (;;) {
    std::uint64_t fresh = word >> (2 * count_bits) == time ? word : time << (2 * count_bits);
    std::uint64_t shift = retry ? count_bits : 0;
    if (((fresh >> shift) & count_mask) == count_mask) return;
    if (cell.compare_exchange_weak(word, fresh + (std::uint64_t{1} << shift), std::memory_order_relaxed)) return;
  }
}

bool ShareBudget::take(Instant now, Percent share) {
  std::uint64_t time = static_cast<std::uint64_t>(now.ns / ns_per_second) & time_mask, retries = 0, calls = 0;
  for (const auto& cell : counts_) {
    std::uint64_t word = cell.load(std::memory_order_relaxed);
    if (((time - (word >> (2 * count_bits))) & time_mask) >= slots) continue;
    retries += (word >> count_bits) & count_mask;
    calls += word & count_mask;
  }
  std::uint64_t most = std::max(static_cast<std::uint64_t>(least_), calls * static_cast<std::uint64_t>(share.basis_points) / whole_in_basis_points);
  if (retries >= most) return false;
  count(now, true);
  return true;
}

template <class T>
T* HealthBook::at(std::map<std::string, T>& all, std::initializer_list<std::string_view> parts) {
  std::string name;
  for (std::string_view part : parts) (name += part) += '\n';
  std::lock_guard lock(mutex_);
  return &all[name];
}

TargetHealth* HealthBook::target(std::string_view provider, std::string_view model) { return at(targets_, {provider, model}); }
KeyHealth* HealthBook::key(std::string_view provider, std::string_view model, std::string_view key) { return at(keys_, {provider, model, key}); }
KeyHealth* HealthBook::credential(std::string_view provider, std::string_view key, std::uint64_t mark) {
  return at(credentials_, {provider, key, std::to_string(mark)});
}
RouteHealth* HealthBook::route(std::string_view name) { return at(routes_, {name}); }

}  // namespace tollgate
