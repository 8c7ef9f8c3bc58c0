#include "dialects/any_framer.h"

namespace tollgate {

AnyFramer::AnyFramer(Framing framing) {
  if (framing == Framing::json_array) framer_.emplace<JsonArrayFramer>();
  if (framing == Framing::ndjson) framer_.emplace<NdjsonFramer>();
  if (framing == Framing::aws_event_stream) framer_.emplace<AwsEventFramer>();
}

}  // namespace tollgate
