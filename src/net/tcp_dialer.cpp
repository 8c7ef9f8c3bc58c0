#include "net/tcp_dialer.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "net/connect_proxy.h"
#include "net/tcp_stream.h"
#include "net/tls_client.h"

namespace tollgate {
namespace {

constexpr auto next_address_after = milliseconds(250);
constexpr auto look_again_after = milliseconds(20);
constexpr std::size_t addresses_max = 64;

std::unexpected<Error> unreachable(std::string_view why) {
  return fail({.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = std::string(why)});
}

// A socket that has begun to connect; null when it could not even begin.
std::unique_ptr<TcpStream> begin_connect(const SocketAddress& to, EpollPoller& poller) {
  int descriptor = ::socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return nullptr;
  int code = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&to.storage), to.size);
  if (code < 0 && errno != EINPROGRESS) {
    ::close(descriptor);
    return nullptr;
  }
  auto stream = std::make_unique<TcpStream>(descriptor, poller, peer_address(&to.storage));
  if (code < 0) stream->readiness().filled();  // writable means connected, or failed
  return stream;
}

enum class Progress : std::uint8_t { trying, connected, failed };

Progress progress_of(TcpStream& stream) {
  if (!stream.readiness().may_write() && !stream.readiness().hung_up()) return Progress::trying;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(stream.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 && !stream.readiness().hung_up() ? Progress::connected : Progress::failed;
}

// The first that is connected, moved out; those that failed are dropped.
std::unique_ptr<TcpStream> take_connected(std::vector<std::unique_ptr<TcpStream>>& trying) {
  for (auto& stream : trying) {
    Progress progress = progress_of(*stream);
    if (progress == Progress::connected) return std::move(stream);
    if (progress == Progress::failed) stream.reset();
  }
  std::erase(trying, nullptr);
  return nullptr;
}

}  // namespace

Task<Result<std::unique_ptr<ByteStream>>> TcpDialer::connect_any(std::vector<SocketAddress> addresses, Wait wait) {
  std::vector<std::unique_ptr<TcpStream>> trying;
  std::size_t next = 0, count = std::min(addresses.size(), addresses_max);
  Instant next_at{0};
  for (;;) {
    Instant now = Reactor::current().now();
    if (next < count && (now >= next_at || trying.empty())) {
      if (auto stream = begin_connect(addresses[next], poller_)) trying.push_back(std::move(stream));
      ++next;
      next_at = now + next_address_after;
    }
    if (std::unique_ptr<ByteStream> connected = take_connected(trying)) co_return connected;
    if (trying.empty()) {
      if (next < count) continue;
      co_return unreachable("the provider refused the connection");
    }
    Instant look_again = trying.size() == 1 ? (next < count ? next_at : wait.until) : now + look_again_after;
    Wake wake = co_await trying.back()->readiness().writable(wait.at_most(look_again));
    if (wake == Wake::cancelled) co_return fail(woken_early(wake));
    if (wake == Wake::timeout && Reactor::current().now() >= wait.until) co_return fail(woken_early(wake));
  }
}

Task<Result<std::unique_ptr<ByteStream>>> TcpDialer::dial(const Origin& origin, Wait wait) {
  bool proxied = !origin.proxy_host.empty();
  const std::string& host = proxied ? origin.proxy_host : origin.host;
  std::uint16_t port = proxied ? origin.proxy_port : origin.port;
  TG_CO_TRY(addresses, co_await resolver_.resolve(host, port, wait));
  TG_CO_TRY(stream, co_await connect_any(std::move(addresses), wait));
  if (proxied) TG_CO_TRY_VOID(co_await open_tunnel(*stream, origin, wait));
  if (!origin.tls) co_return std::move(stream);
  co_return co_await tls_.secure(std::move(stream), origin, wait);
}

}  // namespace tollgate
