#pragma once
// Usage and stop reasons of Converse, both ways. `inputTokens` holds no cached ones; cache counts come under two names (quirk 84).

#include <optional>
#include <string_view>

#include "domain/chat_response.h"
#include "json/value.h"
#include "json/write.h"

namespace tollgate::bedrock_converse {

std::optional<Usage> read_usage(const json::Value& usage);
void write_usage(json::Writer& out, const Usage& usage);

FinishReason read_finish(std::string_view word);
std::string_view word_of(FinishReason finish);

}  // namespace tollgate::bedrock_converse
