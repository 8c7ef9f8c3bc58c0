#include "sim/fiber.h"

#include <cassert>

namespace tollgate::sim {
namespace {

thread_local Fiber* running = nullptr;

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)), stack_(new char[stack_bytes]) {}

Fiber::~Fiber() { assert(done_ || !begun_); }

Fiber* Fiber::current() { return running; }

void Fiber::enter() {
  Fiber* self = running;
  self->body_();
  self->done_ = true;
  ::setcontext(&self->resumer_);  // never comes back here
}

void Fiber::resume() {
  assert(!done_ && running == nullptr);
  if (!begun_) {
    begun_ = true;
    ::getcontext(&own_);
    own_.uc_stack.ss_sp = stack_.get();
    own_.uc_stack.ss_size = stack_bytes;
    own_.uc_link = nullptr;
    ::makecontext(&own_, &Fiber::enter, 0);
  }
  running = this;
  ::swapcontext(&resumer_, &own_);
  running = nullptr;
}

void Fiber::pause() {
  assert(running == this);
  ::swapcontext(&own_, &resumer_);
}

}  // namespace tollgate::sim
