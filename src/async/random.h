#pragma once
// Random numbers for ids, jitter and choices, as a door to the world, so that a simulation replays from its seed.
// Not for keys and secrets: those come from crypto/random.h.

#include <cstdint>

namespace tollgate {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;

  // Evenly in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }
};

// xoshiro256** by Blackman and Vigna, seeded with splitmix64. One for each thread.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  std::uint64_t next() override;

 private:
  std::uint64_t state_[4];
};

// A seed from the operating system.
std::uint64_t system_seed();

}  // namespace tollgate
