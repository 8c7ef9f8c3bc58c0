#include "async/reactor.h"

#include <algorithm>
#include <cassert>

namespace tollgate {
namespace {

thread_local Reactor* current_reactor = nullptr;

}  // namespace

Reactor::Reactor(Clock& clock, Random& random, Poller& poller)
    : clock_(clock), random_(random), poller_(poller), now_(clock.now()), wall_(clock.wall()), timers_(now_) {}

Reactor::~Reactor() = default;

Reactor& Reactor::current() {
  assert(current_reactor != nullptr);
  return *current_reactor;
}

Reactor::Turn::Turn(Reactor& reactor) : previous_(current_reactor) {
  current_reactor = &reactor;
  reactor.read_clocks();
}
Reactor::Turn::~Turn() { current_reactor = previous_; }

void Reactor::run() {
  Turn turn(*this);
  while (!stopping_.load(std::memory_order_acquire)) {
    resume_ready();
    await_events();
  }
}

void Reactor::stop() {
  stopping_.store(true, std::memory_order_release);
  poller_.wake();
}

void Reactor::read_clocks() {
  now_ = clock_.now();
  wall_ = clock_.wall();
}

void Reactor::resume_ready() {
  // Only what is ready now: a coroutine that is always ready must not keep the sockets waiting.
  List<Waiter, &Waiter::queue_node> batch;
  batch.take_all(ready_);
  while (Waiter* waiter = batch.pop_front()) waiter->coroutine.resume();
}

void Reactor::await_events() {
  poller_.wait(ready_.empty() && !rung_.load() ? timers_.next() : now_);
  read_clocks();
  timers_.advance(now_);
  if (rung_.exchange(false)) answer_doorbells();
}

void Reactor::answer_doorbells() {
  for (std::size_t i = 0; i < doorbells_.size(); ++i)
    if (doorbells_[i]->rung_.exchange(false)) doorbells_[i]->answer_(doorbells_[i]->context_);
}

Doorbell::Doorbell(Reactor& reactor, Answer answer, void* context)
    : reactor_(reactor), answer_(answer), context_(context) {
  reactor_.doorbells_.push_back(this);
}

Doorbell::~Doorbell() { std::erase(reactor_.doorbells_, this); }

void Doorbell::ring() {
  if (rung_.exchange(true)) return;
  if (!reactor_.rung_.exchange(true)) reactor_.poller_.wake();
}

}  // namespace tollgate
