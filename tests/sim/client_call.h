#pragma once
// What one simulated client asks and how it behaves meanwhile, drawn from the seed. No I/O here.

#include "async/random.h"
#include "sim/story.h"

namespace tollgate::sim {

// When and how a client leaves before its answer is whole.
struct Leaving {
  enum class When : std::uint8_t { never, while_sending, after_sending, while_reading };
  enum class How : std::uint8_t { close, reset, silence };
  When when = When::never;
  How how = How::close;
  std::size_t bytes = 0;  // sent, or read of the body
  Duration delay{};       // after sending
};

struct Behaviour {
  Leaving leaving;
  std::size_t send_at_once = SIZE_MAX;
  Duration send_pause{};
  std::size_t read_at_once = 16 * 1024;
  Duration read_pause{};
  bool close_after = false;  // asks the server to close
};

struct DrawnCall {
  ClientCall call;
  Behaviour behaviour;
  std::string request;  // head and body
};

DrawnCall draw_call(std::string mark, int key, Random& random);

}  // namespace tollgate::sim
