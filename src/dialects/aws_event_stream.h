#pragma once
// application/vnd.amazon.eventstream: length, header length, checksum, headers, payload, checksum (quirk 77). AwsEventFramer takes the
// bytes in any chunks and gives frames in the shape of SseFramer (sse.h): `name` is the header :event-type, `data` the payload, `block`
// the message's bytes. Of an exception `error_field` is its :exception-type, of an error its :error-code (then `data` is its message).
// Source: AWS SDK documentation, "Event stream encoding"; recorded streams.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialects/frame.h"

namespace tollgate {

class AwsEventFramer {
 public:
  explicit AwsEventFramer(std::size_t max_message_bytes = default_max_event_bytes) : max_message_bytes_(max_message_bytes) {}

  // REQUIRES: next() has said false since the last feed.
  void feed(std::string_view bytes) { input_ = bytes; }
  bool next(Frame& out);
  // No more bytes will come. REQUIRES: next() has said false since the last feed.
  void finish() {}

  std::optional<Error> failure() const;

 private:
  enum class Trouble : std::uint8_t { none, too_large, broken };

  bool fill(std::size_t wanted);
  bool read(std::string_view message, Frame& out);

  std::size_t max_message_bytes_;
  std::string_view input_;
  std::string buffer_;  // a message that came in pieces
  bool given_ = false;  // the message in buffer_ was given out
  Trouble trouble_ = Trouble::none;
};

void append_aws_event(std::string& out, std::string_view event_type, std::string_view payload);
void append_aws_exception(std::string& out, std::string_view exception_type, std::string_view payload);

}  // namespace tollgate
