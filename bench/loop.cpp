#include "bench/loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace tollgate::bench {
namespace {

constexpr int kEventsATurn = 256;
constexpr int kBacklog = 4096;

[[noreturn]] void refuse(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

sockaddr_in plain(Address address) {
  sockaddr_in made{};
  made.sin_family = AF_INET;
  made.sin_addr.s_addr = address.ip;
  made.sin_port = address.port;
  return made;
}

void without_delay(int socket) {
  int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

}  // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) refuse("epoll_create1");
}

Loop::~Loop() { close(epoll_); }

void Loop::watch(int socket, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) refuse("epoll_ctl");
}

void Loop::turn(int wait_ms) {
  std::array<epoll_event, kEventsATurn> events;
  int found = epoll_wait(epoll_, events.data(), kEventsATurn, wait_ms);
  for (int at = 0; at < found; ++at) {
    epoll_event& event = events[static_cast<std::size_t>(at)];
    bool gone = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    static_cast<Watcher*>(event.data.ptr)->ready(gone ? HungUp::yes : HungUp::no);
  }
}

Address Address::parse(const std::string& text) {
  std::size_t colon = text.rfind(':');
  Address address;
  std::uint16_t port = 0;
  if (colon == std::string::npos || inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.ip) != 1 ||
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), port).ptr != text.data() + text.size()) {
    throw std::runtime_error("not an address and port: " + text);
  }
  address.port = htons(port);
  return address;
}

int listen_on(Address address) {
  int made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) refuse("socket");
  int yes = 1;
  setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in to = plain(address);
  if (bind(made, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) refuse("bind");
  if (listen(made, kBacklog) != 0) refuse("listen");
  return made;
}

int connect_to(Address address) {
  int made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) refuse("socket");
  without_delay(made);
  sockaddr_in to = plain(address);
  if (connect(made, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
    close(made);
    refuse("connect");
  }
  return made;
}

int accept_from(int listener) {
  int made = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (made >= 0) without_delay(made);
  return made;
}

bool Outbox::send(int socket, std::string_view bytes) {
  if (!kept_.empty()) {
    kept_.append(bytes);
    return flush(socket);
  }
  ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return false;
  kept_.append(bytes.substr(static_cast<std::size_t>(std::max<ssize_t>(sent, 0))));
  return true;
}

bool Outbox::flush(int socket) {
  if (kept_.empty()) return true;
  ssize_t sent = ::send(socket, kept_.data(), kept_.size(), MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN;
  kept_.erase(0, static_cast<std::size_t>(sent));
  return true;
}

std::ptrdiff_t read_some(int socket, char* bytes, std::size_t room) {
  ssize_t got = recv(socket, bytes, room, MSG_DONTWAIT);
  return got >= 0 ? got : errno == EAGAIN ? -1 : 0;
}

}  // namespace tollgate::bench
