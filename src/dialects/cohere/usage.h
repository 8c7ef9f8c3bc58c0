#pragma once
// Usage and finish reasons of Cohere, both ways. What is billed counts (`billed_units`), not what the template adds (`tokens`), where
// both are told (wire-quirk 90). `cached_tokens` is a part of `tokens` and changes no bill.

#include <optional>
#include <string_view>

#include "domain/chat_response.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::cohere {

std::optional<Usage> read_usage(const json::Value& usage);
void write_usage(json::Writer& out, const Usage& usage);

FinishReason read_finish(std::string_view word);
std::string_view word_of(FinishReason finish);

}  // namespace tollgate::cohere
