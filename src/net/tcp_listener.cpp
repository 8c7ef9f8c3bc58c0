#include "net/tcp_listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/tcp_stream.h"

namespace tollgate {
namespace {

constexpr int backlog = 4096;

std::unexpected<Error> cannot_listen(const ListenAddress& address) {
  return fail(Fault::unavailable, fmt::format("cannot listen on {}: {}", format_listen(address), std::strerror(errno)));
}

int open_socket(const ListenAddress& address) {
  sockaddr_in6 v6{};
  sockaddr_in v4{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(address.port);
  std::memcpy(&v6.sin6_addr, address.ip.bytes.data(), 16);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port);
  std::memcpy(&v4.sin_addr, address.ip.bytes.data() + 12, 4);
  bool is_v4 = address.ip.is_v4();

  int descriptor = ::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  int one = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  const auto* where = is_v4 ? reinterpret_cast<sockaddr*>(&v4) : reinterpret_cast<sockaddr*>(&v6);
  socklen_t size = is_v4 ? sizeof v4 : sizeof v6;
  if (::bind(descriptor, where, size) == 0 && ::listen(descriptor, backlog) == 0) return descriptor;
  int reason = errno;
  ::close(descriptor);
  errno = reason;
  return -1;
}

std::uint16_t bound_port(int descriptor) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size);
  return peer_address(&bound).port;
}

}  // namespace

Result<std::unique_ptr<TcpListener>> TcpListener::open(const ListenAddress& address, EpollPoller& poller) {
  int descriptor = open_socket(address);
  if (descriptor < 0) return cannot_listen(address);
  return std::unique_ptr<TcpListener>(new TcpListener(descriptor, poller, bound_port(descriptor)));
}

TcpListener::TcpListener(int descriptor, EpollPoller& poller, std::uint16_t port)
    : descriptor_(descriptor), spare_(::open("/dev/null", O_RDONLY | O_CLOEXEC)), poller_(poller), port_(port) {
  poller_.watch(descriptor_, readiness_);
}

TcpListener::~TcpListener() {
  poller_.forget(readiness_);
  ::close(descriptor_);
  if (spare_ >= 0) ::close(spare_);
}

bool TcpListener::refuse_one() {
  if (spare_ >= 0) ::close(spare_);
  int refused = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  if (refused >= 0) ::close(refused);
  spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  return refused >= 0;
}

Task<Result<std::unique_ptr<ByteStream>>> TcpListener::accept(Wait wait) {
  for (;;) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    errno = EAGAIN;
    int accepted = readiness_.may_read() ? ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&from), &size,
                                                     SOCK_NONBLOCK | SOCK_CLOEXEC)
                                         : -1;
    if (accepted >= 0) {
      std::unique_ptr<ByteStream> stream = std::make_unique<TcpStream>(accepted, poller_, peer_address(&from));
      co_return stream;
    }
    // The kernel says EMFILE even when nobody is waiting to be accepted.
    if ((errno == EMFILE || errno == ENFILE) && refuse_one()) continue;
    if (errno == ECONNABORTED || errno == EINTR) continue;
    readiness_.drained();
    Wake wake = co_await readiness_.readable(wait);
    if (wake != Wake::ready) co_return fail(woken_early(wake));
  }
}

}  // namespace tollgate
