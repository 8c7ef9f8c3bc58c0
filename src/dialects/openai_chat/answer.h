#pragma once
// A whole answer, not streamed, of the OpenAI wire family: is it one, and what was used?
//
// A body that is no JSON object of the endpoint's shape is the provider's fault (upstream_protocol), and so is an error
// object inside a 200: it comes back as the error that it is. White space in front is a keep-alive (quirk 33); a byte
// order mark is cut off. Usage that is missing or absurd does not make an answer bad: the caller counts then.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "dialects/openai_chat/endpoint.h"
#include "dialects/openai_chat/usage.h"

namespace tollgate::openai_chat {

struct Answer {
  std::string_view body;  // what to forward: the body without a byte order mark
  std::optional<Usage> usage;
  bool absurd_usage = false;
  std::int64_t choices = 0;     // of an embeddings answer, the vectors
  std::int64_t text_bytes = 0;  // visible output, see choice.h
  std::int64_t reasoning_bytes = 0;
  bool every_choice_finished = false;  // each one gave a finish reason
  bool cut_by_length = false;
  bool filtered = false;
};

Result<Answer> read_answer(Endpoint endpoint, std::string_view body, UsageQuirks quirks = {});

}  // namespace tollgate::openai_chat
