// 1. The first byte chooses how the rest is cut into chunks and whether the client asked for usage.
// 2. The stream is framed and read whole and in chunks: steps, usage, error and wholeness must be equal.
// 3. Nothing is forwarded after an error or the end mark; buckets of usage are never negative; a whole answer has no
// error.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dialects/openai_chat/stream.h"

namespace {

using namespace tollgate;
using namespace tollgate::openai_chat;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  std::string forwarded;
  std::optional<Usage> usage;
  bool whole = false;
  bool failed = false;
  std::int64_t text_bytes = 0;
  bool operator==(const Outcome&) const = default;
};

void drain(SseFramer& framer, StreamReader& reader, Outcome& outcome) {
  SseEvent event;
  while (framer.next(event)) {
    bool over = reader.done() || reader.error();
    StreamStep step = reader.read(event);
    require(!over || !step.forward);
    if (step.forward) outcome.forwarded += event.block;
  }
}

Outcome read(std::string_view bytes, std::size_t step, UsageAsked asked) {
  SseFramer framer;
  StreamReader reader(asked);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));
    framer.feed(piece);
    drain(framer, reader, outcome);
  }
  framer.finish();
  drain(framer, reader, outcome);
  outcome.usage = reader.usage();
  outcome.whole = reader.whole();
  outcome.failed = reader.error().has_value();
  outcome.text_bytes = reader.text_bytes();
  return outcome;
}

void check(const Usage& usage) {
  for (Tokens bucket : {usage.input, usage.cache_read, usage.cache_write_5m, usage.cache_write_1h, usage.audio_input,
                        usage.output, usage.reasoning, usage.audio_output}) {
    require(bucket.count >= 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  UsageAsked asked = data[0] & 1u ? UsageAsked::yes : UsageAsked::no;
  Outcome whole = read(bytes, bytes.size() + 1, asked);
  require(read(bytes, data[0] / 2u % 37u + 1, asked) == whole);
  require(!(whole.whole && whole.failed));
  require(whole.text_bytes >= 0);
  if (whole.usage) check(*whole.usage);
  return 0;
}
