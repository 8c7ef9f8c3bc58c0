#include "mock/wire.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "async/reactor.h"
#include "net/tcp_stream.h"

namespace tollgate::mock {
namespace {

constexpr auto write_stall = seconds(60);  // a client that takes nothing for so long is gone
constexpr std::size_t kept_out_bytes = 64 * 1024;

}  // namespace

Task<bool> Wire::write(std::string_view bytes) {
  std::array<std::string_view, 1> parts{bytes};
  auto written = co_await write_all(stream_, parts, {Reactor::current().now() + write_stall, &gone_});
  co_return written.has_value() && !gone_.cancelled();
}

Task<bool> Wire::write_in_drops() {
  auto size = static_cast<std::size_t>(drip_->bytes);
  for (std::size_t at = 0; at < out.size(); at += size) {
    if (!co_await write(std::string_view(out).substr(at, size))) co_return false;
    if (!co_await pause(drip_->every)) co_return false;
  }
  co_return true;
}

Task<bool> Wire::flush() {
  if (out.empty()) co_return !gone_.cancelled();
  bool written = drip_ != nullptr ? co_await write_in_drops() : co_await write(out);
  out.clear();
  if (out.capacity() > kept_out_bytes) out.shrink_to_fit();
  co_return written;
}

Task<bool> Wire::pause(Duration time) {
  if (time.count() == 0) co_return !gone_.cancelled();
  co_return co_await sleep({Reactor::current().now() + time, &gone_}) == Wake::timeout;
}

void break_off(std::unique_ptr<ByteStream> stream) {
  if (auto* tcp = dynamic_cast<TcpStream*>(stream.get())) {
    linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(tcp->descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
}

}  // namespace tollgate::mock
