#include "async/readiness.h"

#include <cassert>

namespace tollgate {

void Readiness::mark_readable() {
  readable_ = true;
  if (reader_ != nullptr) reader_->complete(Wake::ready);
}

void Readiness::mark_writable() {
  writable_ = true;
  if (writer_ != nullptr) writer_->complete(Wake::ready);
}

void Readiness::mark_hung_up() {
  hung_up_ = true;
  mark_readable();
  if (on_hangup_ != nullptr) on_hangup_->cancel();
}

void Readiness::cancel_on_hangup(Cancellation* cancellation) {
  on_hangup_ = cancellation;
  if (on_hangup_ != nullptr && hung_up_) on_hangup_->cancel();
}

bool Readiness::Awaiter::await_suspend(std::coroutine_handle<> handle) {
  if (!waiter.begin(wait, handle)) return false;
  Waiter*& slot = reading ? readiness.reader_ : readiness.writer_;
  assert(slot == nullptr);
  slot = &waiter;
  waiter.registered = &slot;
  return true;
}

}  // namespace tollgate
