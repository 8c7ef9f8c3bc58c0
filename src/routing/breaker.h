#pragma once
// A circuit breaker: stops asking a target that keeps failing, lets one call find out whether it is back, then lets more and more pass.
//
//   closed      calls pass; failures of the last window are counted
//   open        none passes for `open_for`
//   half_open   one call probes; when it succeeds, the share that passes grows from a tenth to all over `open_for`
//
// Shared by all threads; no lock. Counts live in a ring of ten slots, so a window is forgotten a tenth at a time.

#include <array>
#include <atomic>
#include <cstdint>

#include "base/time.h"
#include "routing/config.h"

namespace tollgate {

class Breaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };

  // May a call pass? May take the probe's place: ask only for a call that will be made. `random` in [0, 2^64).
  bool enter(Instant now, std::uint64_t random, const BreakerConfig& rule);
  // The same without taking anything: for choosing.
  bool would_admit(Instant now) const;

  void succeeded(Instant now, const BreakerConfig& rule);
  void failed(Instant now, const BreakerConfig& rule);

  State state(Instant now) const;
  // Until a call may pass again; zero when one may now.
  Duration closed_for(Instant now) const;

 private:
  enum class Mode : std::uint8_t { closed, open, probing, ramp };
  // A mode and until when: one word, so that it changes as one.
  struct Stage {
    Mode mode = Mode::closed;
    std::int64_t until_us = 0;
  };
  static Stage unpacked(std::uint64_t word);
  static std::uint64_t packed(Stage stage);

  bool change(std::uint64_t from, Mode mode, Instant until);
  void count(Instant now, const BreakerConfig& rule, bool failure);
  void forget();
  bool is_too_much(Instant now, const BreakerConfig& rule) const;

  static constexpr int slots = 10;
  std::atomic<std::uint64_t> stage_ = 0;
  std::atomic<int> in_a_row_ = 0;  // failures, with no success between them
  std::array<std::atomic<std::uint64_t>, slots> counts_{};  // number of the slot's time, failures, calls
};

std::string_view to_string(Breaker::State state);

}  // namespace tollgate
