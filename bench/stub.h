#pragma once
// The upstream: answers each request with prebuilt bytes, at once or after a delay, as one JSON body or as a stream of
// events.
//
//   pace 0   the whole stream in one send: the proxy takes it as fast as it can
//   pace n   head and first event at once, then one event each n nanoseconds, each in a send of its own
//
// What a request asks decides nothing: the run's shape does.

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "bench/loop.h"
#include "bench/message_reader.h"
#include "bench/wire.h"

namespace tollgate::bench {

struct StubShape {
  std::string model;
  bool stream = false;
  std::size_t events = 0;
  std::int64_t pace_ns = 0;
  std::int64_t delay_ns = 0;  // before the first byte of an answer
};

class Stub final : public Watcher {
 public:
  Stub(Loop& loop, Address at, StubShape shape);
  ~Stub();
  Stub(const Stub&) = delete;
  Stub& operator=(const Stub&) = delete;

  void ready(HungUp hung_up) override;
  // Sends what is due. Call it each turn of the loop.
  void tick(std::int64_t now);

  std::uint64_t requests() const { return requests_; }

 private:
  class Connection;
  // A turn of one connection; void when the connection has begun another life since.
  struct Due {
    std::int64_t at = 0;
    Connection* connection = nullptr;
    std::uint64_t life = 0;
  };

  void release(Connection& connection);

  Loop& loop_;
  StubShape shape_;
  Answers answers_;
  std::string whole_stream_;
  int listener_ = -1;
  std::uint64_t requests_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> unused_;
  std::deque<Due> delayed_;  // answers not begun: all wait equally long, so the first in is the first due
  std::deque<Due> paced_;    // streams under way, for the same reason in order
};

}  // namespace tollgate::bench
