#include "gateway/attempts/passed_stream.h"

namespace tollgate {

Result<void> PassedStream::take(std::string_view bytes, Outgoing& out) {
  if (bytes.empty()) {
    over_ = true;
    return {};
  }
  came_ = true;
  out.pass(bytes);
  read(bytes);
  return {};
}

void PassedStream::read(std::string_view bytes) {
  if (framer_.failure()) return;  // no events of a size that we read; they pass all the same
  framer_.feed(bytes);
  Frame frame;
  while (framer_.next(frame)) {
    events_.clear();
    reader_->read(frame, events_);
    for (const StreamEvent& event : events_)
      if (const auto* seen = std::get_if<UsageSeen>(&event)) usage_ = seen->usage;
  }
}

}  // namespace tollgate
