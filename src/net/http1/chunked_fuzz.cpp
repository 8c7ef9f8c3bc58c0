// How this fuzzer works
//
// 1. The first byte is the size of the pieces; the rest is a chunked body and what follows it.
// 2. It is decoded whole and in pieces: payload, end and bytes taken must be equal.
// 3. Each step must take something, and its payload must lie inside what it took.
// 4. What was accepted is encoded again by our writer and must decode to the same payload.
//
// A violation prints its rule and aborts; the fuzzer then keeps the input.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "net/http1/chunked.h"

namespace tollgate::http {
namespace {

void must(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", rule);
  std::abort();
}

struct Decoded {
  std::string payload;
  std::size_t taken = 0;
  bool done = false, failed = false;
};

Decoded decode(std::string_view bytes, std::size_t piece_size) {
  ChunkedDecoder decoder;
  Decoded out;
  while (out.taken < bytes.size() && !decoder.done() && !decoder.failed()) {
    std::string piece(bytes.substr(out.taken, piece_size));  // its own allocation: the sanitizer sees its ends
    BodyStep step = decoder.feed(piece);
    must(step.taken <= piece.size() && (step.taken > 0 || decoder.failed()), "a step takes something");
    must(step.payload.size() <= step.taken, "the payload is part of what was taken");
    if (!step.payload.empty())
      must(step.payload.data() + step.payload.size() == piece.data() + step.taken, "the payload ends what was taken");
    out.payload += step.payload;
    out.taken += step.taken;
  }
  out.done = decoder.done();
  out.failed = decoder.failed();
  return out;
}

void check_rewritten(const std::string& payload) {
  std::array<char, chunk_head_bytes_max> head;
  std::string bytes;
  if (!payload.empty()) {
    bytes.assign(head.data(), write_chunk_head(head, payload.size()));
    bytes += payload;
    bytes += chunk_end;
  }
  bytes += last_chunk;
  Decoded again = decode(bytes, bytes.size());
  must(again.done && again.taken == bytes.size() && again.payload == payload, "what we write we read");
}

}  // namespace
}  // namespace tollgate::http

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace tollgate::http;
  if (size < 1) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  Decoded whole = decode(bytes, bytes.size() + 1), pieces = decode(bytes, data[0] % 16 + 1);
  must(whole.done == pieces.done && whole.failed == pieces.failed, "pieces end the same");
  must(whole.payload == pieces.payload, "pieces give the same payload");
  must(!whole.done || whole.taken == pieces.taken, "pieces leave the same rest");
  if (whole.done) check_rewritten(whole.payload);
  return 0;
}
