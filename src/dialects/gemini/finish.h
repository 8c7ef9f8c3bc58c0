#pragma once
// Why an answer ended: Google's words, as text or as an integer (quirk 69), and ours.

#include <string>
#include <string_view>

#include "domain/chat_response.h"
#include "json/value.h"

namespace tollgate::gemini {

struct Finish {
  FinishReason reason = FinishReason::none;  // none: the answer goes on
  std::string native{};
};

// `value` is a candidate's finishReason; null where it has none. Calls turn STOP into tool_calls (quirk 63): the caller of this
// knows whether there were any.
Finish read_finish(const json::Value& value);

// STOP with calls is tool_calls.
FinishReason with_calls(FinishReason reason, bool calls);

// The word that a candidate ends with. `native` wins where it is one of Google's own words.
std::string_view finish_word(FinishReason reason, std::string_view native);

}  // namespace tollgate::gemini
