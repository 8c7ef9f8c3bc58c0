#pragma once
// The clients: connections that send one prepared request after another and check every answer.
//
//   closed loop  (rate 0)  each connection asks again as soon as it has its answer; latency runs from the sending
//   open loop    (rate n)  n requests a second are due whatever the answers do; latency runs from when a request was
//   due, so
//                          that a stall is seen by all who would have come meanwhile
//   hold                   each connection asks once and then stays; a stream stays in the middle
//
// An answer is right when its status is 200 and its body is what the stub sent, byte for byte (a stream: every event
// and [DONE]); of another upstream than the stub, when it is 200 and a stream ends with [DONE].

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "bench/latency.h"
#include "bench/loop.h"

namespace tollgate::bench {

struct ClientShape {
  Address to;
  std::string request;
  std::string expected_json;  // body of the answer when not streaming; empty: the upstream is not the stub, any will do
  std::size_t connections = 1;
  double rate = 0;  // requests a second; 0 is the closed loop
  bool stream = false;
  bool hold = false;
  std::size_t events = 0;  // content events of a stream
};

// What was seen since measuring began.
struct Tally {
  std::uint64_t requests = 0;
  std::uint64_t events = 0;  // content events of streams
  std::uint64_t wrong_status = 0;
  std::uint64_t wrong_body = 0;
  std::uint64_t broken = 0;  // connection refused, closed or garbled in the middle
  std::uint64_t timed_out = 0;
  std::uint64_t overrun = 0;  // open loop: due, but the backlog was full
  std::uint64_t reconnects = 0;
  int last_wrong_status = 0;
  Latency whole;      // to the last byte
  Latency first;      // streams: to the first event
  Latency under_way;  // streams: an event's way from the stub's send to here

  std::uint64_t errors() const { return wrong_status + wrong_body + broken + timed_out + overrun; }
};

class Client {
 public:
  Client(Loop& loop, ClientShape shape);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Opens, asks, gives up, reopens: whatever is due. Call it each turn of the loop.
  void tick(std::int64_t now);
  void begin_measuring() { tally_ = Tally(); }
  const Tally& tally() const { return tally_; }
  // Hold: connections that have had their first answer or first event.
  std::size_t held() const { return held_; }

 private:
  class Connection;
  static constexpr std::int64_t kAnswerLimitNs = 15'000'000'000;
  static constexpr std::int64_t kSweepEveryNs = 100'000'000;
  static constexpr std::size_t kBacklogMax = 1'000'000;

  void free(Connection& connection);
  void open_some();
  void queue_due(std::int64_t now);
  void sweep(std::int64_t now);

  Loop& loop_;
  ClientShape shape_;
  Tally tally_;
  std::size_t held_ = 0;
  std::int64_t next_due_ = 0;
  std::int64_t next_sweep_ = 0;
  std::deque<std::int64_t> due_;  // open loop: intended starts that no connection has taken
  std::vector<Connection*> idle_;
  std::vector<Connection*> closed_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace tollgate::bench
