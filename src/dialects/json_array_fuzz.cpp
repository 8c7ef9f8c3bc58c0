// 1. The first byte chooses how the rest is cut into chunks; the second chooses a bound.
// 2. The stream is framed whole and in chunks: elements, closing and failure must be equal.
// 3. The elements are written as we write streams and framed again: the same elements must come out.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/json_array.h"

namespace {

using namespace tollgate;

struct Outcome {
  std::vector<std::string> elements;
  bool cut = false;
  bool closed = false;
  bool failed = false;
  bool operator==(const Outcome&) const = default;
};

void drain(JsonArrayFramer& framer, Outcome& outcome) {
  Frame frame;
  while (framer.next(frame)) {
    outcome.elements.emplace_back(frame.data);
    outcome.cut |= !frame.terminated;
  }
}

Outcome frame(std::string_view bytes, std::size_t step, std::size_t bound) {
  JsonArrayFramer framer(bound);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));
    framer.feed(piece);
    drain(framer, outcome);
  }
  framer.finish();
  drain(framer, outcome);
  outcome.closed = framer.closed();
  outcome.failed = framer.failure().has_value();
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
  Outcome whole = frame(bytes, bytes.size() + 1, bound);
  require(frame(bytes, step, bound) == whole);
  if (whole.cut || whole.elements.empty()) return 0;
  std::string written;
  for (std::size_t i = 0; i < whole.elements.size(); ++i)
    append_array_element(written, whole.elements[i], i == 0 ? ElementPlace::first : ElementPlace::later);
  written += array_end;
  require(frame(written, step, bound).elements == whole.elements);
  return 0;
}
