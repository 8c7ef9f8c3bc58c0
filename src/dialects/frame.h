#pragma once
// One frame of a stream, whatever frames it: a server-sent event, a line of JSON, an AWS event, an element of a JSON array.

#include <string_view>

#include "dialects/sse.h"

namespace tollgate {

enum class Framing : unsigned char { sse, ndjson, aws_event_stream, json_array };

// The framers of all kinds give SseEvent: `name` is the event's (of AWS `:event-type`), `data` its JSON, `block` the frame as it
// may be forwarded. Of an AWS exception `error_field` is the `:exception-type` and `data` its payload.
using Frame = SseEvent;

}  // namespace tollgate
