#pragma once
// NdjsonFramer: bytes of a stream in, its lines of JSON out, whatever the chunks were. Ollama streams so (quirk 92). It does no I/O and
// has the shape of SseFramer (sse.h): `data` is the line without its end, `block` with it. Empty lines are skipped. The last line may
// lack its end; whether it is whole is the reader's to judge.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialects/frame.h"

namespace tollgate {

class NdjsonFramer {
 public:
  explicit NdjsonFramer(std::size_t max_line_bytes = default_max_event_bytes) : max_line_bytes_(max_line_bytes) {}

  // REQUIRES: next() has said false since the last feed.
  void feed(std::string_view bytes);
  bool next(Frame& out);
  // No more bytes will come. REQUIRES: next() has said false since the last feed.
  void finish() { finished_ = true; }

  std::optional<Error> failure() const;

 private:
  bool give(Frame& out, std::string_view line);

  std::size_t max_line_bytes_;
  std::string_view input_;
  std::string buffer_;  // a line that came in pieces
  bool given_ = false;  // the line in buffer_ was given out
  bool finished_ = false, too_large_ = false;
};

}  // namespace tollgate
