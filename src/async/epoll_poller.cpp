#include "async/epoll_poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace tollgate {
namespace {

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::system_category(), what); }

constexpr std::int64_t longest_sleep_ms = 60'000;

int timeout_ms(Instant until) {
  if (until == Instant::never()) return static_cast<int>(longest_sleep_ms);
  timespec at{};
  ::clock_gettime(CLOCK_MONOTONIC, &at);
  std::int64_t left = until.ns - (at.tv_sec * 1'000'000'000LL + at.tv_nsec);
  return static_cast<int>(std::clamp<std::int64_t>((left + 999'999) / 1'000'000, 0, longest_sleep_ms));
}

}  // namespace

EpollPoller::EpollPoller() : events_(new epoll_event[batch]) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) throw_errno("epoll_create1");
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_ < 0) throw_errno("eventfd");
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) < 0) throw_errno("epoll_ctl");
}

EpollPoller::~EpollPoller() {
  ::close(wake_);
  ::close(epoll_);
  delete[] static_cast<epoll_event*>(events_);
}

bool EpollPoller::watch(int descriptor, Readiness& readiness) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &readiness}};
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void EpollPoller::forget(Readiness& readiness) {
  auto* events = static_cast<epoll_event*>(events_);
  for (int i = delivering_; i < delivered_; ++i)
    if (events[i].data.ptr == &readiness) events[i].data.ptr = nullptr;
}

void EpollPoller::wake() {
  std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(wake_, &one, sizeof one);
}

void EpollPoller::wait(Instant until) {
  auto* events = static_cast<epoll_event*>(events_);
  int timeout = until == Instant{0} ? 0 : timeout_ms(until);
  delivered_ = std::max(0, ::epoll_wait(epoll_, events, batch, timeout));
  for (delivering_ = 0; delivering_ < delivered_; ++delivering_) {
    auto* readiness = static_cast<Readiness*>(events[delivering_].data.ptr);
    if (readiness == nullptr) continue;  // the wake descriptor; edge-triggered, so it need not be read
    std::uint32_t what = events[delivering_].events;
    if (what & (EPOLLOUT | EPOLLERR)) readiness->mark_writable();
    if (what & (EPOLLIN | EPOLLERR)) readiness->mark_readable();
    if (what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readiness->mark_hung_up();
  }
  delivering_ = delivered_ = 0;
}

}  // namespace tollgate
