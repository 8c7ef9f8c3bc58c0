// 1. The first byte chooses how the rest is cut into chunks; the second chooses a bound.
// 2. The stream is framed whole and in chunks: events, clean blocks and failure must be equal.
// 3. What was forwarded is framed again: it must give the same blocks, hold no CR, and end in a blank line.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/sse.h"

namespace {

struct Outcome {
  std::vector<std::string> blocks;
  bool failed = false;
  bool operator==(const Outcome&) const = default;
};

void drain(tollgate::SseFramer& framer, Outcome& outcome) {
  tollgate::SseEvent event;
  while (framer.next(event)) {
    outcome.blocks.push_back(std::string(event.block) + '|' + std::string(event.name) + '|' + std::string(event.data));
  }
}

Outcome frame(std::string_view bytes, std::size_t step, std::size_t bound, std::string* forwarded) {
  tollgate::SseFramer framer(bound);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));
    framer.feed(piece);
    drain(framer, outcome);
  }
  framer.finish();
  drain(framer, outcome);
  outcome.failed = framer.failure().has_value();
  if (forwarded != nullptr) {
    for (const std::string& block : outcome.blocks) *forwarded += block.substr(0, block.find("\n\n") + 2);
  }
  return outcome;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::size_t step = data[0] % 19u + 1, bound = data[1] * 8u + 16;
  std::string forwarded;
  Outcome whole = frame(bytes, bytes.size() + 1, bound, &forwarded);
  require(frame(bytes, step, bound, nullptr) == whole);
  require(forwarded.find('\r') == std::string::npos);
  require(forwarded.empty() || forwarded.ends_with("\n\n"));
  // A byte order mark may stand at the front again, as part of a field's name: only one is ever cut off.
  if (!forwarded.starts_with("\xEF\xBB\xBF")) require(frame(forwarded, step, bound, nullptr).blocks == whole.blocks);
  return 0;
}
