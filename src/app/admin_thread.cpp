#include "app/admin_thread.h"

#include <pthread.h>

namespace tollgate {
namespace {

constexpr auto housekeeping_every = seconds(1);
constexpr auto close_within = milliseconds(500);
constexpr std::uint16_t admin_writer = 0xFFFE;  // in the ids that it makes; workers count from 0

}  // namespace

AdminThread::AdminThread(Clock& clock, MemoryBudget& memory, std::function<void()> keep_house)
    : keep_house_(std::move(keep_house)),
      memory_(memory),
      random_(system_seed()),
      reactor_(clock, random_, poller_),
      orders_(reactor_, [](void* self) { static_cast<AdminThread*>(self)->take_orders(); }, this) {}

AdminThread::~AdminThread() {
  if (!thread_.joinable()) return;
  stop();
  thread_.join();
}

Result<void> AdminThread::listen(const ListenAddress& address) {
  TG_TRY(listener, TcpListener::open(address, poller_));
  listeners_.push_back(std::move(listener));
  return {};
}

void AdminThread::start(AdminPort::Doors doors) {
  port_handler_ = std::make_unique<AdminPort>(std::move(doors), RequestIdSource(admin_writer), reactor_);
  server_ = std::make_unique<http::Server>(*port_handler_, memory_, http::ServerLimits{});
  thread_ = std::thread(&AdminThread::run, this);
}

void AdminThread::stop() { orders_.ring(); }

void AdminThread::take_orders() {
  if (!std::exchange(stopping_, true)) tasks_.spawn(close_down());
}

void AdminThread::run() {
  ::pthread_setname_np(::pthread_self(), "admin");
  {
    Reactor::Turn turn(reactor_);
    for (auto& listener : listeners_) tasks_.spawn(server_->run(*listener));
    tasks_.spawn(housekeeping());
  }
  reactor_.run_until([this] { return finished_ && tasks_.size() == 0; });
}

Task<void> AdminThread::housekeeping() {
  for (;;) {
    Wait wait{reactor_.now() + housekeeping_every, &tasks_.cancellation()};
    if (co_await sleep(wait) == Wake::cancelled) co_return;
    keep_house_();
  }
}

Task<void> AdminThread::close_down() {
  co_await server_->drain(reactor_.now() + close_within);
  tasks_.cancellation().cancel();
  finished_ = true;
}

}  // namespace tollgate
