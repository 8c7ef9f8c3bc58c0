#pragma once
// The disk of a simulated gateway: the journal's FakeDisk, with time that a sync takes and the accidents that can
// happen to it.
//
//   commit slow      each sync takes its time; now and then one takes seconds
//   sync fails       from a moment on; final until a restart
//   full             no free space for a while
//   kill, power cut  what a restart finds: `after` gives the disk of the next start

#include <memory>

#include "async/random.h"
#include "sim/fiber.h"
#include "sim/virtual_time.h"
#include "storage/journal/fake_disk.h"

namespace tollgate::sim {

enum class Crash : std::uint8_t { kill, power };

struct DiskManner {
  Duration sync_usual = std::chrono::microseconds(200);
  std::uint64_t slow_permille = 5;  // of all syncs
  Duration sync_slow = milliseconds(100);
};

class SimDisk {
 public:
  SimDisk(VirtualTime& time, DiskManner manner, std::uint64_t seed, FakeDisk files = {})
      : time_(time), manner_(manner), random_(seed), files_(std::move(files)) {
    files_.during_sync = [this] { take_time(); };
  }
  SimDisk(const SimDisk&) = delete;

  FakeDisk& files() { return files_; }
  int syncs() const { return files_.syncs; }

  // What is left on it after an accident of this very moment.
  FakeDisk after(Crash crash) {
    std::mt19937_64 chance(random_.next());
    return crash == Crash::kill ? files_.after_kill() : files_.after_power_cut(chance);
  }

  // The gateway on it is gone: a sync that lasts is not woken any more, further ones take no time.
  void stop_taking_time() {
    takes_time_ = false;
    *waiting_ = false;
  }

 private:
  // Outside of a fiber (at a start, at the end) a sync takes no time.
  void take_time() {
    Fiber* fiber = Fiber::current();
    if (fiber == nullptr || !takes_time_) return;
    bool slow = random_.below(1000) < manner_.slow_permille;
    Duration most = slow ? manner_.sync_slow : manner_.sync_usual;
    Duration lasts(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count()) + 1)));
    *waiting_ = true;
    time_.after(lasts, [fiber, waiting = waiting_] {
      if (*waiting) fiber->resume();
    });
    fiber->pause();
    *waiting_ = false;
  }

  VirtualTime& time_;
  DiskManner manner_;
  SeededRandom random_;
  FakeDisk files_;
  bool takes_time_ = true;
  std::shared_ptr<bool> waiting_ = std::make_shared<bool>(false);
};

}  // namespace tollgate::sim
