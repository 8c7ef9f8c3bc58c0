#include "routing/breaker.h"

#include <algorithm>

namespace tollgate {
namespace {

constexpr std::int64_t ns_per_us = 1000;
constexpr std::int64_t whole_in_basis_points = 10'000;
constexpr std::uint64_t count_bits = 20, count_mask = (1u << count_bits) - 1;
constexpr std::uint64_t time_mask = (1u << 24) - 1;

struct Slot {
  std::uint64_t time, failures, calls;
};
Slot unpacked_slot(std::uint64_t word) { return {word >> (2 * count_bits), (word >> count_bits) & count_mask, word & count_mask}; }
std::uint64_t packed_slot(Slot slot) { return slot.time << (2 * count_bits) | slot.failures << count_bits | slot.calls; }

// Which slot's time a moment is in; it comes round after years of running.
std::uint64_t time_of(Instant now, const BreakerConfig& rule, int slots) {
  std::int64_t length = std::max<std::int64_t>(rule.window.count() / slots, 1);
  return static_cast<std::uint64_t>(now.ns / length) & time_mask;
}

}  // namespace

Breaker::Stage Breaker::unpacked(std::uint64_t word) { return {static_cast<Mode>(word & 3), static_cast<std::int64_t>(word >> 2)}; }
std::uint64_t Breaker::packed(Stage stage) { return static_cast<std::uint64_t>(stage.until_us) << 2 | static_cast<std::uint64_t>(stage.mode); }

bool Breaker::change(std::uint64_t from, Mode mode, Instant until) {
  return stage_.compare_exchange_strong(from, packed({mode, until.ns / ns_per_us}), std::memory_order_acq_rel);
}

bool Breaker::would_admit(Instant now) const {
  Stage stage = unpacked(stage_.load(std::memory_order_acquire));
  bool shut = stage.mode == Mode::open || stage.mode == Mode::probing;
  return !shut || now.ns / ns_per_us >= stage.until_us;
}

bool Breaker::enter(Instant now, std::uint64_t random, const BreakerConfig& rule) {
  std::uint64_t word = stage_.load(std::memory_order_acquire);
  Stage stage = unpacked(word);
  std::int64_t left_us = stage.until_us - now.ns / ns_per_us;
  switch (stage.mode) {
    case Mode::closed: return true;
    case Mode::open:
    case Mode::probing:  // a probe that never came back makes room for another
      return left_us <= 0 && change(word, Mode::probing, now + rule.open_for);
    case Mode::ramp: break;
  }
  if (left_us <= 0) {
    change(word, Mode::closed, {});
    return true;
  }
  std::int64_t whole_us = std::max<std::int64_t>(rule.open_for.count() / ns_per_us, 1);
  std::int64_t gone_us = std::max<std::int64_t>(whole_us - left_us, 0);
  // A tenth at first, all at the end; in parts of 2^32.
  std::uint64_t share = (std::uint64_t{1} << 32) / 10 * static_cast<std::uint64_t>(whole_us + 9 * gone_us) / static_cast<std::uint64_t>(whole_us);
  return (random >> 32) < share;
}

void Breaker::count(Instant now, const BreakerConfig& rule, bool failure) {
  std::uint64_t time = time_of(now, rule, slots);
  auto& cell = counts_[time % slots];
  std::uint64_t word = cell.load(std::memory_order_relaxed);
  for (;;) {
    Slot slot = unpacked_slot(word);
    if (slot.time != time) slot = {time, 0, 0};
    if (slot.calls == count_mask) return;
    slot.calls += 1;
    slot.failures += failure ? 1 : 0;
    if (cell.compare_exchange_weak(word, packed_slot(slot), std::memory_order_relaxed)) return;
  }
}

void Breaker::forget() {
  for (auto& cell : counts_) cell.store(0, std::memory_order_relaxed);
}

bool Breaker::is_too_much(Instant now, const BreakerConfig& rule) const {
  std::uint64_t time = time_of(now, rule, slots), failures = 0, calls = 0;
  for (const auto& cell : counts_) {
    Slot slot = unpacked_slot(cell.load(std::memory_order_relaxed));
    if (((time - slot.time) & time_mask) >= slots) continue;
    failures += slot.failures;
    calls += slot.calls;
  }
  bool enough = failures >= static_cast<std::uint64_t>(rule.failures);
  return enough && failures * whole_in_basis_points >= calls * static_cast<std::uint64_t>(rule.share.basis_points);
}

void Breaker::succeeded(Instant now, const BreakerConfig& rule) {
  count(now, rule, false);
  if (in_a_row_.load(std::memory_order_relaxed) != 0) in_a_row_.store(0, std::memory_order_relaxed);
  std::uint64_t word = stage_.load(std::memory_order_acquire);
  if (unpacked(word).mode == Mode::probing && change(word, Mode::ramp, now + rule.open_for)) forget();
}

void Breaker::failed(Instant now, const BreakerConfig& rule) {
  count(now, rule, true);
  // At high rates a window is full of calls that went well before: so many in a row are enough, whatever their share.
  constexpr int times = 4;
  bool dead = in_a_row_.fetch_add(1, std::memory_order_relaxed) + 1 >= times * rule.failures;
  std::uint64_t word = stage_.load(std::memory_order_acquire);
  Mode mode = unpacked(word).mode;
  bool again = mode == Mode::probing || mode == Mode::ramp;
  if (again || (mode == Mode::closed && (dead || is_too_much(now, rule)))) change(word, Mode::open, now + rule.open_for);
}

Breaker::State Breaker::state(Instant now) const {
  Stage stage = unpacked(stage_.load(std::memory_order_acquire));
  bool over = now.ns / ns_per_us >= stage.until_us;
  if (stage.mode == Mode::open) return over ? State::half_open : State::open;
  if (stage.mode == Mode::probing) return State::half_open;
  return stage.mode == Mode::ramp && !over ? State::half_open : State::closed;
}

Duration Breaker::closed_for(Instant now) const {
  if (would_admit(now)) return Duration(0);
  return Duration((unpacked(stage_.load(std::memory_order_acquire)).until_us - now.ns / ns_per_us) * ns_per_us);
}

std::string_view to_string(Breaker::State state) {
  constexpr std::string_view names[] = {"closed", "open", "half_open"};
  return names[static_cast<std::size_t>(state)];
}

}  // namespace tollgate
