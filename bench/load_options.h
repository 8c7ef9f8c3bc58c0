#pragma once
// What a run of tollgate_load is asked to do. `--help` prints the same words that parse() understands.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::bench {

struct LoadOptions {
  std::string to;    // HOST:PORT of the proxy; empty: the stub itself, that is, without a proxy
  std::string stub;  // HOST:PORT where our upstream listens; empty: it is somebody else's
  std::string path = "/v1/chat/completions";
  std::string key = "sk-bench";
  std::string model = "bench-model";
  std::size_t connections = 64;  // 0: only the stub
  double rate = 0;               // requests a second; 0: closed loop
  double seconds = 2;
  double warm_seconds = 0.5;
  std::size_t body_bytes = 1024;
  bool stream = false;
  std::size_t events = 50;
  std::int64_t pace_us = 0;
  std::int64_t delay_us = 0;
  std::vector<int> processes;  // whose CPU is counted
  bool hold = false;
  bool sleep = false;  // wait in epoll_wait instead of spinning
  bool json = false;

  // Empty after saying on stderr what is wrong, or after --help.
  static std::optional<LoadOptions> parse(int count, char** words);
};

extern const std::string_view kLoadHelp;

}  // namespace tollgate::bench
