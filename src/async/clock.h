#pragma once
// The time, as a door to the world: the real one reads the kernel's clocks, the simulator's only moves when nothing else can.

#include "base/time.h"

namespace tollgate {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
  virtual WallTime wall() = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() override;
  WallTime wall() override;
};

}  // namespace tollgate
