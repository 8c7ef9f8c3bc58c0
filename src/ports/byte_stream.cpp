#include "ports/byte_stream.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "async/reactor.h"

namespace tollgate {
namespace {

using State = IoCount::State;

std::unexpected<Error> connection_broken() {
  return fail({.fault = Fault::upstream_unreachable, .retry = Retry::next_target, .detail = "the connection broke"});
}

std::unexpected<Error> not_in_time(Wake wake) { return fail(woken_early(wake)); }

// What of the parts is still to be written.
class PartsLeft {
 public:
  explicit PartsLeft(std::span<const std::string_view> parts) : count_(parts.size()) {
    assert(count_ <= max_write_parts);
    std::copy(parts.begin(), parts.end(), parts_.begin());
    skip_empty();
  }
  bool none() const { return first_ == count_; }
  std::span<const std::string_view> all() const { return std::span(parts_).subspan(first_, count_ - first_); }
  void took(std::size_t bytes) {
    while (bytes > 0) {
      std::size_t of_this = std::min(bytes, parts_[first_].size());
      parts_[first_].remove_prefix(of_this);
      bytes -= of_this;
      skip_empty();
    }
  }

 private:
  void skip_empty() {
    while (first_ < count_ && parts_[first_].empty()) ++first_;
  }
  std::array<std::string_view, max_write_parts> parts_;
  std::size_t count_;
  std::size_t first_ = 0;
};

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
  PartsLeft left(parts);
  while (!left.none()) {
    IoCount put = stream.try_write(left.all());
    if (put.state == State::failed || put.state == State::ended) co_return connection_broken();
    if (put.state == State::moved) {
      left.took(put.count);
      continue;
    }
    Wake wake = co_await stream.readiness().writable(wait);
    if (wake != Wake::ready) co_return not_in_time(wake);
  }
  co_return Result<void>{};
}

Task<Result<void>> write_steadily(ByteStream& stream, std::span<const std::string_view> parts, Duration stall,
                                  Cancellation* cancellation) {
  PartsLeft left(parts);
  Wait wait{Reactor::current().now() + stall, cancellation};
  while (!left.none()) {
    IoCount put = stream.try_write(left.all());
    if (put.state == State::failed || put.state == State::ended) co_return connection_broken();
    if (put.state == State::moved) {
      left.took(put.count);
      wait.until = Reactor::current().now() + stall;
      continue;
    }
    Wake wake = co_await stream.readiness().writable(wait);
    if (wake != Wake::ready) co_return not_in_time(wake);
  }
  co_return Result<void>{};
}

}  // namespace tollgate
