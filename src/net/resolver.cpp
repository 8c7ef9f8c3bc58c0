#include "net/resolver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <cstring>

namespace tollgate {
namespace {

int look_up(const std::string& host, int flags, std::vector<SocketAddress>& found) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  for (addrinfo* at = list; at != nullptr; at = at->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
    address.size = at->ai_addrlen;
    found.push_back(address);
  }
  if (list != nullptr) ::freeaddrinfo(list);
  return code;
}

std::vector<SocketAddress> with_port(std::vector<SocketAddress> addresses, std::uint16_t port) {
  for (auto& address : addresses) {
    if (address.storage.ss_family == AF_INET6)
      reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port = htons(port);
    else
      reinterpret_cast<sockaddr_in&>(address.storage).sin_port = htons(port);
  }
  return addresses;
}

std::unexpected<Error> no_address() {
  return fail({.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = "the provider's name has no address"});
}

}  // namespace

// Shares the lookup with the thread, so that a caller may leave before the answer comes.
struct Resolver::LookupAwaiter {
  Lookup& lookup;
  Wait wait;
  Waiter waiter{};
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    if (!waiter.begin(wait, handle)) return false;
    lookup.waiting.push_back(waiter);
    return true;
  }
  Wake await_resume() const { return waiter.wake; }
};

Resolver::Resolver(Reactor& reactor)
    : doorbell_(reactor, [](void* self) { static_cast<Resolver*>(self)->bring_home(); }, this) {}

Resolver::~Resolver() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  asked_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Resolver::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    asked_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    std::shared_ptr<Lookup> lookup = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    lookup->code = look_up(lookup->host, AI_ADDRCONFIG, lookup->found);
    lock.lock();
    answered_.push_back(std::move(lookup));
    doorbell_.ring();
  }
}

void Resolver::bring_home() {
  std::vector<std::shared_ptr<Lookup>> answered;
  {
    std::lock_guard lock(mutex_);
    answered.swap(answered_);
  }
  for (auto& lookup : answered) {
    asking_.erase(lookup->host);
    if (remembered_.size() >= remembered_max) remembered_.clear();
    if (lookup->code == 0) remembered_[lookup->host] = {lookup->found, Reactor::current().now() + remember_for};
    while (Waiter* waiter = lookup->waiting.pop_front()) waiter->complete(Wake::ready);
  }
}

// The lookup of this name that is under way, or a new one; null when too many wait.
std::shared_ptr<Resolver::Lookup> Resolver::ask(const std::string& host) {
  if (auto under_way = asking_.find(host); under_way != asking_.end()) return under_way->second;
  auto lookup = std::make_shared<Lookup>();
  lookup->host = host;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= queue_max) return nullptr;
    if (!thread_.joinable()) thread_ = std::thread(&Resolver::work, this);
    waiting_.push_back(lookup);
  }
  asking_[host] = lookup;
  asked_.notify_one();
  return lookup;
}

Task<Result<std::vector<SocketAddress>>> Resolver::resolve(const std::string& host, std::uint16_t port, Wait wait) {
  std::vector<SocketAddress> literal;
  if (look_up(host, AI_NUMERICHOST, literal) == 0) co_return with_port(std::move(literal), port);

  Instant now = Reactor::current().now();
  if (auto known = remembered_.find(host); known != remembered_.end() && known->second.until > now)
    co_return with_port(known->second.found, port);

  std::shared_ptr<Lookup> lookup = ask(host);
  if (lookup == nullptr) co_return no_address();
  Wake wake = co_await LookupAwaiter{*lookup, wait};
  if (wake != Wake::ready) co_return fail(woken_early(wake));
  if (lookup->code != 0 || lookup->found.empty()) co_return no_address();
  co_return with_port(lookup->found, port);
}

}  // namespace tollgate
