#pragma once
// The words of a provider's refusal, whichever of the known shapes it has (wire-quirks 94-100). Nothing in here is safe
// to show.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace tollgate::openai {

struct RefusalBody {
  std::string message;
  std::string type;
  std::string code;        // a word; numbers go to `status`
  std::string error_code;  // a finer word that some give in `details` (Anthropic: enforced_spend_limit_reached)
  std::string param;
  int status = 0;                                        // an HTTP status told inside, as some do in a 200; 0: none
  std::optional<std::chrono::milliseconds> retry_delay;  // RetryInfo, or a number in the text (quirk 104)
};

// A whole body; one that is not JSON gives nothing.
RefusalBody read_refusal_body(std::string_view body);

// The error object, error string or flat object itself.
RefusalBody read_refusal_value(const json::Value& error);

// "… Please try again in 4.86s. …", "… retry after 60 seconds …". Empty when the text has no such words.
std::optional<std::chrono::milliseconds> retry_delay_in_text(std::string_view text);

}  // namespace tollgate::openai
