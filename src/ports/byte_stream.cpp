#include "ports/byte_stream.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace tollgate {
namespace {

using State = IoCount::State;

std::unexpected<Error> connection_broken() {
  return fail({.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = "the connection broke"});
}

std::unexpected<Error> not_in_time(Wake wake) { return fail(woken_early(wake)); }

}  // namespace

Task<Result<void>> ByteStream::shake_hands(Wait) { co_return Result<void>{}; }

Task<Result<std::size_t>> read_some(ByteStream& stream, std::span<char> into, Wait wait) {
  for (;;) {
    IoCount got = stream.try_read(into);
    if (got.state == State::moved) co_return got.count;
    if (got.state == State::ended) co_return std::size_t{0};
    if (got.state == State::failed) co_return connection_broken();
    Wake wake = co_await stream.readiness().readable(wait);
    if (wake != Wake::ready) co_return not_in_time(wake);
  }
}

Task<void> finish_writing(ByteStream& stream, Wait wait) {
  for (;;) {
    stream.finish_writing();
    if (!stream.is_finishing()) co_return;
    Wake wake = co_await stream.readiness().writable(wait);
    if (wake != Wake::ready) co_return;
  }
}

Task<Result<void>> write_all(ByteStream& stream, std::span<const std::string_view> parts, Wait wait) {
  assert(parts.size() <= max_write_parts);
  std::array<std::string_view, max_write_parts> left;
  std::copy(parts.begin(), parts.end(), left.begin());
  std::size_t first = 0;
  for (;;) {
    while (first < parts.size() && left[first].empty()) ++first;
    if (first == parts.size()) co_return Result<void>{};
    IoCount put = stream.try_write(std::span(left).subspan(first, parts.size() - first));
    if (put.state == State::failed || put.state == State::ended) co_return connection_broken();
    if (put.state == State::blocked) {
      Wake wake = co_await stream.readiness().writable(wait);
      if (wake != Wake::ready) co_return not_in_time(wake);
      continue;
    }
    for (std::size_t moved = put.count; moved > 0; ++first) {
      std::size_t from_this = std::min(moved, left[first].size());
      left[first].remove_prefix(from_this);
      moved -= from_this;
      if (!left[first].empty()) break;
    }
  }
}

}  // namespace tollgate
