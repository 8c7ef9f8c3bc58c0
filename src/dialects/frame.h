#pragma once
// One frame of a stream, whatever frames it: a server-sent event, a line of JSON, an AWS event, an element of a JSON array.

#include <string_view>

#include "dialects/sse.h"

namespace tollgate {

enum class Framing : unsigned char { sse, ndjson, aws_event_stream, json_array };

// What a stream in this framing is announced as.
constexpr std::string_view content_type_of(Framing framing) {
  switch (framing) {
    case Framing::ndjson: return "application/x-ndjson";
    case Framing::aws_event_stream: return "application/vnd.amazon.eventstream";
    case Framing::json_array: return "application/json";
    case Framing::sse: break;
  }
  return "text/event-stream; charset=utf-8";
}

// The framers of all kinds give SseEvent: `name` is the event's (of AWS `:event-type`), `data` its JSON, `block` the frame as it
// may be forwarded. Of an AWS exception `error_field` is the `:exception-type` and `data` its payload.
using Frame = SseEvent;

}  // namespace tollgate
