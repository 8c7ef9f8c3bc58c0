#pragma once
// The one usage extractor of the Messages API, for whole answers and for the two events of a stream that tell of it.
//
// `input_tokens` holds neither cached nor written tokens: prompt = input + cache_creation + cache_read. `cache_creation` splits what was
// written by how long it lasts; without it all is for five minutes. Of a stream the last told value counts, field by field (wire-quirks
// 52-55). Thinking is part of `output_tokens`. `speed: fast` is a price of its own, whatever the `service_tier`.

#include <optional>

#include "domain/usage.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::anthropic_messages {

class UsageReader {
 public:
  // An object `usage`; anything else tells nothing. Impossible numbers (negative, absurdly large) are not taken.
  void take(const json::Value& usage);
  // Empty when nothing was told.
  std::optional<Usage> usage() const;

 private:
  std::optional<std::int64_t> input_, output_, read_, written_, written_5m_, written_1h_, thinking_, searches_;
  ServiceTier tier_ = ServiceTier::untold;
};

// The value of `usage`, as SDKs want it.
void write_usage(json::Writer& out, const Usage& usage);

}  // namespace tollgate::anthropic_messages
