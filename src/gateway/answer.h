#pragma once
// What a request got: a whole body, or a stream to be pulled. Settled and recorded when the last byte is handed out, or when it
// is dropped before.

#include <memory>
#include <string_view>

#include "gateway/streamed_answer.h"

namespace tollgate {

struct Answer {
  std::unique_ptr<ProviderAnswer> upstream{};  // keeps `whole` alive
  int status = 200;
  std::string_view content_type = "application/json";  // in `upstream`, or for ever
  std::string_view whole{};
  std::unique_ptr<StreamedAnswer> stream{};    // null: `whole` is the answer
};

}  // namespace tollgate
