#pragma once
// The framer of any framing, behind one interface: bytes of a stream in, whole frames out, whatever the chunks were. The rules of
// feed, next and finish are SseFramer's.

#include <variant>

#include "dialects/aws_event_stream.h"
#include "dialects/frame.h"
#include "dialects/json_array.h"
#include "dialects/ndjson.h"

namespace tollgate {

class AnyFramer {
 public:
  explicit AnyFramer(Framing framing);

  void feed(std::string_view bytes) {
    std::visit([&](auto& framer) { framer.feed(bytes); }, framer_);
  }
  bool next(Frame& out) {
    return std::visit([&](auto& framer) { return framer.next(out); }, framer_);
  }
  void finish() {
    std::visit([](auto& framer) { framer.finish(); }, framer_);
  }
  std::optional<Error> failure() const {
    return std::visit([](const auto& framer) -> std::optional<Error> { return framer.failure(); }, framer_);
  }

 private:
  std::variant<SseFramer, JsonArrayFramer, NdjsonFramer, AwsEventFramer> framer_;
};

}  // namespace tollgate
