#include "net/connect_proxy.h"

#include <fmt/format.h>

#include <array>

#include "net/http1/head.h"

namespace tollgate {
namespace {

constexpr std::size_t answer_bytes_max = 8 * 1024;

std::unexpected<Error> refused(std::string_view why) {
  return fail({.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = std::string(why)});
}

}  // namespace

Task<Result<void>> open_tunnel(ByteStream& stream, const Origin& origin, Wait wait) {
  bool v6 = origin.host.find(':') != std::string::npos;
  std::string authority = fmt::format("{}{}{}:{}", v6 ? "[" : "", origin.host, v6 ? "]" : "", origin.port);
  std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nhost: {0}\r\n\r\n", authority);
  std::array<std::string_view, 1> parts{request};
  TG_CO_TRY_VOID(co_await write_all(stream, parts, wait));

  std::array<char, answer_bytes_max> room;
  std::size_t end = 0, resume = 0;
  http::ResponseHead head;
  for (;;) {
    auto parsed = http::parse_response_head({room.data(), end}, resume, "CONNECT", head);
    if (parsed.state == http::ParseState::bad) co_return refused("the proxy's answer is not HTTP");
    if (parsed.state == http::ParseState::complete) {
      if (head.status / 100 != 2) co_return refused("the proxy refused the connection");
      if (parsed.head_bytes != end) co_return refused("the proxy spoke before it was asked");
      co_return Result<void>{};
    }
    if (end == room.size()) co_return refused("the proxy's answer is too long");
    TG_CO_TRY(got, co_await read_some(stream, std::span(room).subspan(end), wait));
    if (got == 0) co_return refused("the proxy closed the connection");
    end += got;
  }
}

}  // namespace tollgate
