#include "net/datagram.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tollgate {

Result<std::unique_ptr<DatagramSender>> DatagramSender::connected(int family, const void* address, unsigned size) {
  const int descriptor = ::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail(Fault::upstream_unreachable, fmt::format("no socket: {}", std::strerror(errno)));
  std::unique_ptr<DatagramSender> sender(new DatagramSender(descriptor));
  if (::connect(descriptor, static_cast<const sockaddr*>(address), size) == 0) return sender;
  return fail(Fault::upstream_unreachable, std::strerror(errno));
}

Result<std::unique_ptr<DatagramSender>> DatagramSender::to(const SocketAddress& address) {
  return connected(address.storage.ss_family, &address.storage, address.size);
}

Result<std::unique_ptr<DatagramSender>> DatagramSender::to_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(Fault::upstream_unreachable, "the path of the socket is too long");
  path.copy(address.sun_path, path.size());
  return connected(AF_UNIX, &address, sizeof address);
}

DatagramSender::~DatagramSender() { ::close(descriptor_); }

DatagramSender::Sent DatagramSender::send(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return Sent::yes;
  return errno == EAGAIN || errno == ENOBUFS || errno == EINTR ? Sent::blocked : Sent::failed;
}

}  // namespace tollgate
