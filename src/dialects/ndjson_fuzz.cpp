// The first byte chooses how the rest is cut into chunks, the second a bound. Framed whole and in chunks, frames and failure are equal.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/ndjson.h"

namespace {

using namespace tollgate;

struct Outcome {
  std::vector<std::string> frames;
  bool failed = false;
  bool operator==(const Outcome&) const = default;
};

Outcome frame(std::string_view bytes, std::size_t step, std::size_t bound) {
  NdjsonFramer framer(bound);
  Outcome outcome;
  Frame one;
  auto drain = [&] {
    while (framer.next(one)) outcome.frames.push_back(std::string(one.name) + "|" + std::string(one.data) + "|" + std::string(one.error_field));
  };
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));
    framer.feed(piece);
    drain();
    framer.feed({});
  }
  framer.finish();
  drain();
  outcome.failed = framer.failure().has_value();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::size_t bound = data[1] == 0 ? default_max_event_bytes : data[1] * 8u;
  if (!(frame(bytes, bytes.size() + 1, bound) == frame(bytes, data[0] % 64u + 1, bound))) std::abort();
  return 0;
}
