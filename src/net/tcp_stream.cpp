#include "net/tcp_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace tollgate {

PeerAddress peer_address(const void* socket_address) {
  PeerAddress out;
  auto family = static_cast<const sockaddr*>(socket_address)->sa_family;
  if (family == AF_INET6) {
    const auto* v6 = static_cast<const sockaddr_in6*>(socket_address);
    std::memcpy(out.ip.bytes.data(), &v6->sin6_addr, 16);
    out.port = ntohs(v6->sin6_port);
  } else if (family == AF_INET) {
    const auto* v4 = static_cast<const sockaddr_in*>(socket_address);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&v4->sin_addr);
    out.ip = IpAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]);
    out.port = ntohs(v4->sin_port);
  }
  return out;
}

TcpStream::TcpStream(int descriptor, EpollPoller& poller, PeerAddress peer)
    : descriptor_(descriptor), poller_(poller), peer_(peer) {
  int one = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  poller_.watch(descriptor_, readiness_);
}

TcpStream::~TcpStream() {
  poller_.forget(readiness_);
  ::close(descriptor_);
}

IoCount TcpStream::try_read(std::span<char> into) {
  if (!readiness_.may_read()) return IoCount::blocked();
  ssize_t got = ::recv(descriptor_, into.data(), into.size(), 0);
  if (got > 0) {
    if (static_cast<std::size_t>(got) < into.size()) readiness_.drained();
    return IoCount::moved(static_cast<std::size_t>(got));
  }
  if (got == 0) return IoCount::ended();
  if (errno == EAGAIN || errno == EINTR) {
    readiness_.drained();
    return readiness_.hung_up() ? IoCount::ended() : IoCount::blocked();
  }
  return IoCount::failed();
}

IoCount TcpStream::try_write(std::span<const std::string_view> parts) {
  if (!readiness_.may_write()) return IoCount::blocked();
  std::array<iovec, max_write_parts> vectors;
  std::size_t count = 0, total = 0;
  for (auto part : parts.first(std::min(parts.size(), vectors.size()))) {
    if (part.empty()) continue;
    vectors[count++] = {const_cast<char*>(part.data()), part.size()};
    total += part.size();
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  ssize_t put = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  if (put >= 0) {
    if (static_cast<std::size_t>(put) < total) readiness_.filled();
    return IoCount::moved(static_cast<std::size_t>(put));
  }
  if (errno == EAGAIN || errno == EINTR) {
    readiness_.filled();
    return IoCount::blocked();
  }
  return IoCount::failed();
}

void TcpStream::finish_writing() { ::shutdown(descriptor_, SHUT_WR); }

}  // namespace tollgate
