#pragma once
// The bytes that client and stub send, built once before the run: a chat request of a wished size, an OpenAI answer of
// about 600 bytes with its usage, and a stream of events of 196 bytes, each in an HTTP chunk of its own.
//
// Each content event carries the time of its sending in its text (`@` and 16 digits, nanoseconds of the steady clock,
// modulo 10^16), so that whoever receives it knows how long it was under way.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate::bench {

struct RequestShape {
  std::string host;
  std::string path;
  std::string key;
  std::string model;
  std::size_t body_bytes = 0;  // padded with prompt text up to this
  bool stream = false;
};

std::string request_bytes(const RequestShape& shape);

struct Answers {
  std::string json;       // the body alone
  std::string json_http;  // with its head
  std::string stream_head;
  std::string event;         // one content event as an HTTP chunk; the digits are at `stamp_at`
  std::size_t stamp_at = 0;  // offset in `event`
  std::string stream_end;    // finish, usage and [DONE] as three chunks, then the last chunk
};

Answers answers(std::string_view model);

// Events that follow the content: finish reason, usage, [DONE].
inline constexpr std::size_t kClosingEvents = 3;
inline constexpr std::size_t kStampDigits = 16;
inline constexpr char kStampMark = '@';

std::int64_t now_ns();
// Writes the time into 16 digits at `digits`.
void write_stamp(char* digits, std::int64_t at_ns);
// How long ago an event was stamped; -1 when it carries no stamp.
std::int64_t age_ns(std::string_view event, std::int64_t at_ns);

}  // namespace tollgate::bench
