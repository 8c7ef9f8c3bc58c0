#pragma once
// A network without a kernel, in virtual time: connections are pipes in memory, and the clock moves only when nothing
// else can. The end of a pipe that dies before it finished writing is a reset to the other.

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <string>

#include "async/clock.h"
#include "async/poller.h"
#include "async/reactor.h"
#include "ports/network.h"

namespace tollgate::mock {

struct VirtualTime final : Clock, Poller {
  Instant now() override { return at; }
  WallTime wall() override { return {at.ns}; }
  void wait(Instant until) override {
    if (until != Instant::never()) at = std::max(at, until);
  }
  void wake() override {}
  Instant at{1'000'000'000};
};

class PipeStream final : public ByteStream {
 public:
  struct Direction {
    std::string bytes;
    bool finished = false, broken = false;
    PipeStream* reader = nullptr;
  };

  PipeStream(std::shared_ptr<Direction> in, std::shared_ptr<Direction> out) : in_(std::move(in)), out_(std::move(out)) {
    in_->reader = this;
  }
  ~PipeStream() override {
    in_->reader = nullptr;
    out_->broken = !out_->finished;
    if (out_->reader != nullptr) out_->reader->readiness_.mark_hung_up();
  }

  IoCount try_read(std::span<char> into) override {
    std::size_t count = std::min(into.size(), in_->bytes.size());
    if (count == 0) return in_->broken ? IoCount::failed() : in_->finished ? IoCount::ended() : blocked();
    std::memcpy(into.data(), in_->bytes.data(), count);
    in_->bytes.erase(0, count);
    return IoCount::moved(count);
  }
  IoCount try_write(std::span<const std::string_view> parts) override {
    if (out_->reader == nullptr || out_->finished) return IoCount::failed();
    std::size_t count = 0;
    for (std::string_view part : parts) {
      out_->bytes += part;
      count += part.size();
    }
    out_->reader->readiness_.mark_readable();
    return IoCount::moved(count);
  }
  void finish_writing() override {
    out_->finished = true;
    if (out_->reader != nullptr) out_->reader->readiness_.mark_hung_up();
  }
  Readiness& readiness() override { return readiness_; }
  PeerAddress peer() const override { return {}; }

 private:
  IoCount blocked() {
    readiness_.drained();
    return IoCount::blocked();
  }

  std::shared_ptr<Direction> in_, out_;
  Readiness readiness_;
};

class PipeListener final : public Listener {
 public:
  Task<Result<std::unique_ptr<ByteStream>>> accept(Wait wait) override {
    while (waiting_.empty()) {
      readiness_.drained();
      Wake wake = co_await readiness_.readable(wait);
      if (wake != Wake::ready) co_return fail(woken_early(wake));
    }
    auto stream = std::move(waiting_.front());
    waiting_.pop_front();
    co_return stream;
  }

  std::unique_ptr<ByteStream> connect() {
    auto to = std::make_shared<PipeStream::Direction>(), from = std::make_shared<PipeStream::Direction>();
    waiting_.push_back(std::make_unique<PipeStream>(to, from));
    readiness_.mark_readable();
    return std::make_unique<PipeStream>(from, to);
  }

 private:
  std::deque<std::unique_ptr<ByteStream>> waiting_;
  Readiness readiness_;
};

}  // namespace tollgate::mock
