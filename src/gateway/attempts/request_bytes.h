#pragma once
// What goes upstream for one attempt: the caller's own bytes with the declared edits, or the call written in the target's
// language. Which of its wishes the target cannot be told is noted in the try.

#include "dialects/openai_chat/splice.h"
#include "gateway/exchange.h"

namespace tollgate {

struct RequestBytes {
  std::string_view path;            // behind the base URL and the type's own path
  bool from_root = false;           // behind the base URL itself
  openai_chat::Splices edits{};     // what the pieces' inserts live in
  openai_chat::Pieces pieces{};

  std::span<const std::string_view> body() const& { return pieces.all(); }
  void body() && = delete;
};

// The bytes live in the exchange, in the try and in the result. Errors: invalid_request, for what the target cannot do at all, and, where the
// caller wants that (x-tollgate-strict), for what would be dropped.
Result<RequestBytes> request_bytes(Exchange& exchange, Try& one);

}  // namespace tollgate
