#pragma once
// Signs of life on a stream that is silent while its model thinks, so that nothing on the way takes it for dead.
//
// A beat before the first content begins the answer, and with it gives up the right to another status than 200.

#include <functional>

#include "async/task_group.h"
#include "net/http_exchange.h"

namespace tollgate {

class Heartbeat {
 public:
  // `start` sends the head of the answer. All outlive it.
  Heartbeat(http::ServerExchange& http, std::string_view beat, std::function<void()> start) : http_(http), beat_(beat), start_(std::move(start)) {}

  // From now on the silence is watched.
  void begin(Duration every);
  // Around everything else that is sent: no beat comes between.
  Task<void> hold();
  void release();
  // REQUIRES: called before it goes.
  Task<void> end();

  bool answered() const { return answered_; }

 private:
  Task<void> run();

  http::ServerExchange& http_;
  std::string_view beat_;
  std::function<void()> start_;
  TaskGroup tasks_;
  Duration every_{0};
  Instant last_{};
  bool answered_ = false;  // by a beat
  bool beating_ = false;
  bool held_ = false;
};

}  // namespace tollgate
