#pragma once
// A plain function with a stack of its own, which may pause in the middle and be resumed later, on the same thread. It
// lets code that blocks, a commit that waits for its disk, take virtual time without a second thread.

#include <ucontext.h>

#include <functional>
#include <memory>

namespace tollgate::sim {

class Fiber {
 public:
  // Nothing runs before the first resume().
  explicit Fiber(std::function<void()> body);
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  // REQUIRES: done, or never resumed.
  ~Fiber();

  // Until it pauses or ends. REQUIRES: not done, and not called from within a fiber.
  void resume();
  bool done() const { return done_; }

  // The one that runs now; null outside of any.
  static Fiber* current();
  // Back to the one who resumed it. REQUIRES: called from within this fiber.
  void pause();

 private:
  static constexpr std::size_t stack_bytes = 256 * 1024;
  static void enter();

  std::function<void()> body_;
  std::unique_ptr<char[]> stack_;
  ucontext_t own_{};
  ucontext_t resumer_{};
  bool begun_ = false;
  bool done_ = false;
};

}  // namespace tollgate::sim
